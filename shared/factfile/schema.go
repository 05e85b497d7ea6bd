package factfile

import "resonanz/shared/feedback"

// The kinds of facts that are no events of the ledger.
const (
	KindTransition feedback.Kind = "transition" // a timeline entry of a case
	KindEscalation feedback.Kind = "escalation" // a rule that escalated a case, as it stood after an entry
)

// SchemaVersion is the version of the columns below. It stands in the footer of
// every file as the value of SchemaKey; a file without it is taken for one of
// this version, a file of another version is not read.
const (
	SchemaVersion = "1"
	SchemaKey     = "resonanz.schema"
)

// Column describes one column of a kind of fact files.
type Column struct {
	Name     string
	Type     string // of Athena: binary, string, int, boolean or timestamp
	Optional bool   // may be null, and may be missing from files of other writers
	Doc      string
}

// The types of Athena. Binary is a UUID of 16 bytes, which DuckDB and pandas read
// as one; a timestamp has milliseconds and is in UTC.
const (
	uuidBytes = "binary"
	str       = "string"
	integer   = "int"
	boolean   = "boolean"
	instant   = "timestamp"
	keyDoc    = "response, named for ever: the month it was issued in and 16 characters"
	langDoc   = "of the customer, ISO 639-1"
	segDoc    = "of the customer: one letter A to Z"
	placeDoc  = "configured id of the place or occasion of contact"
	familyDoc = "callback, complaint, attention, gap or alarm"
	eventDoc  = "the event, named for ever: rows of one event are one fact"
	inDoc     = "when it was received"
)

// Columns describes the files of a kind, in the order in which they are written;
// nil for what is no kind of facts. Besides, every file lies in a partition
// month=YYYY-MM: that of the response key, and in the organisation's time zone of
// transitions that of happened_at, of escalations that of raised_at.
func Columns(kind feedback.Kind) []Column {
	switch kind {
	case feedback.KindRating:
		return ratingSchema
	case feedback.KindInvitation:
		return invitationSchema
	case feedback.KindComplaint:
		return complaintSchema
	case feedback.KindDelivery:
		return deliverySchema
	case KindTransition:
		return transitionSchema
	case KindEscalation:
		return escalationSchema
	}
	return nil
}

var ratingSchema = []Column{
	{"event_id", uuidBytes, false, eventDoc},
	{"response_key", str, false, keyDoc + "; votes of one response are one answer"},
	{"touchpoint", str, false, placeDoc},
	{"channel", str, false, "how it reached us: email_link, sms_link, chat_link, qr, kiosk, terminal, response_card, web_form, phone, in_person or letter"},
	{"scale", str, false, "stars_1_5, csat_1_10, nps_0_10 or ces_1_7"},
	{"rating", integer, false, "on the scale"},
	{"submitted_at", instant, false, "by the clock of the device; not believed more than five minutes after received_at"},
	{"received_at", instant, false, inDoc},
	{"device", str, true, "configured id of a kiosk or terminal; null: a link"},
	{"language", str, true, langDoc},
	{"reason", str, true, "code that the customer chose"},
	{"nps", integer, true, "willingness to recommend, 0 to 10"},
	{"ces", integer, true, "ease, 1 to 7"},
	{"fcr", boolean, true, "the matter was solved, as the customer says; null: not asked or answered"},
	{"expectation", integer, true, "what was expected, on the scale of the rating"},
	{"callback_requested", boolean, false, "the customer asked to be called"},
	{"has_text", boolean, false, "a comment was given; its words are no fact"},
	{"segment", str, true, segDoc},
	{"topic", str, true, "code of what the contact was about"},
	{"collection_mode", str, false, "self; assisted where staff keyed it in; imported where it was collected elsewhere before"},
	{"card", str, true, "configured id of the response card; null: no card"},
	{"phase", str, true, "of the project, a code; of a card"},
	{"answers", str, true, "other answers of a card: a JSON object of codes by question"},
}

var invitationSchema = []Column{
	{"event_id", uuidBytes, false, eventDoc},
	{"response_key", str, false, keyDoc + "; that of the answer, if one comes"},
	{"touchpoint", str, false, placeDoc},
	{"channel", str, false, "how the link is sent"},
	{"language", str, true, langDoc},
	{"segment", str, true, segDoc},
	{"issued_at", instant, false, "when the link was issued"},
	{"received_at", instant, false, inDoc},
	{"expires_at", instant, false, "when the link ends"},
	{"topic", str, true, "code of what the contact was about"},
	{"contact_at", instant, true, "when the contact was; null: when the link was issued"},
	{"resolved", boolean, true, "the contact solved the matter, as the caller says; null: not told"},
	{"beyond_first_level", boolean, true, "the first level could not have solved it"},
	{"known", boolean, true, "the customer is known, so that contacts can be linked"},
	{"previous", str, true, "response key of the same customer's contact before about the same topic"},
	{"previous_at", instant, true, "when that contact was"},
	{"skipped", boolean, true, "nobody was asked: the row tells of a contact only"},
}

var complaintSchema = []Column{
	{"event_id", uuidBytes, false, eventDoc},
	{"response_key", str, false, keyDoc},
	{"touchpoint", str, false, placeDoc},
	{"channel", str, false, "how it reached us, as of a rating"},
	{"category", str, false, "configured code, such as billing.refund_delay"},
	{"annoyance", integer, true, "1 to 5, 5 the most"},
	{"submitted_at", instant, false, "by the clock of the device"},
	{"received_at", instant, false, inDoc},
	{"device", str, true, "configured id of a kiosk or terminal"},
	{"language", str, true, langDoc},
	{"callback_requested", boolean, false, "the customer asked to be called"},
	{"topic", str, true, "code of what the contact was about"},
	{"collection_mode", str, false, "self; assisted where staff keyed it in; imported where it was collected elsewhere before"},
}

var deliverySchema = []Column{
	{"event_id", uuidBytes, false, eventDoc},
	{"response_key", str, false, "that of the invitation"},
	{"outcome", str, false, "bounced, suppressed (not sent) or reported (as spam)"},
	{"at", instant, false, "when it happened"},
	{"received_at", instant, false, inDoc},
}

var transitionSchema = []Column{
	{"case_number", str, false, "the case; with seq it names the fact for ever"},
	{"seq", integer, false, "number of the entry in the case's timeline: 1, 2, 3, …"},
	{"happened_at", instant, false, "when it happened"},
	{"action", str, false, "what happened, such as opened, answered, resolved"},
	{"actor", str, true, "system, staff or customer"},
	{"rule", str, true, "behind the entry, such as SLA_BREACH"},
	{"from_status", str, true, "before the entry; null: it did not change"},
	{"status", str, true, "after the entry"},
	{"informed", boolean, false, "the customer is told of the entry by mail"},
	{"notifiable", boolean, false, "the customer can be told"},
	{"family", str, false, familyDoc},
	{"touchpoint", str, true, placeDoc + "; null: the case is about none"},
	{"channel", str, true, "of the response behind the case"},
	{"category", str, true, "configured code, of a complaint"},
	{"severity", str, true, "low, medium, high or critical"},
	{"segment", str, true, segDoc},
	{"response_key", str, true, "the response behind the case"},
	{"received_at", instant, false, "when the case began"},
	{"policy", str, true, "configured id of the SLA"},
	{"acknowledged_at", instant, true, "when the customer was told that the complaint came in"},
	{"first_response_at", instant, true, "first reply by a person"},
	{"resolved_at", instant, true, "first time"},
	{"last_resolved_at", instant, true, "last time, after reopening"},
	{"closed_at", instant, true, "last time"},
	{"reopened_at", instant, true, "last time"},
	{"apology_at", instant, true, "when it was given"},
	{"decision", str, true, "accepted, partly, goodwill or rejected"},
	{"decision_reason", str, true, "configured code"},
	{"decision_owned", boolean, false, "somebody answers for the decision"},
	{"root_cause", str, true, "configured code"},
	{"corrective_action", str, true, "id of the corrective action"},
	{"satisfaction", integer, true, "with the handling, 1 to 5"},
	{"compensations", str, true, `those promised, as JSON: [{"kind":"refund","cents":500}]`},
}

var escalationSchema = []Column{
	{"event_id", uuidBytes, false, "the escalation, named for ever; of several rows the one of the latest known_at counts"},
	{"case_number", str, false, "the case"},
	{"rule", str, false, "such as LOW_RATING_CALLBACK or SLA_BREACH"},
	{"clock", str, true, "name of the deadline, of SLA_AT_RISK and SLA_BREACH"},
	{"family", str, false, familyDoc},
	{"touchpoint", str, true, placeDoc + "; null: the case is about none"},
	{"category", str, true, "configured code, of a complaint"},
	{"raised_at", instant, false, "when the rule escalated the case"},
	{"seen_at", instant, true, "when staff saw it"},
	{"handled_at", instant, true, "when it was done"},
	{"known_at", instant, false, "when this was how it stood"},
}
