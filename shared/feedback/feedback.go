// Package feedback holds the terms of the domain: events, responses, scales,
// channels. Values that exist are valid; the Parse functions are the only way
// in. Of this module it imports period alone, else the standard library only.
package feedback

import "time"

// EventID names one event for ever: a UUID in canonical lower-case text
// (RFC 9562). The same id is the same event, however often it arrives.
type EventID string

// ResponseKey names what one customer said about one contact:
// "2026-03-" followed by 16 base32 characters (a–z, 2–7). The month is that in
// which the key was issued, in the organisation's zone; every event of the
// response is kept in that month's partition.
type ResponseKey string

// Touchpoint is the id of a configured place or occasion of contact.
type Touchpoint string

// Device is the id of a configured kiosk or terminal; empty for a link.
type Device string

// Language is a two-letter code (ISO 639-1) in lower case.
type Language string

// Channel says how a response reached us.
type Channel string

// The channels of the field.
const (
	EmailLink    Channel = "email_link"
	SMSLink      Channel = "sms_link"
	ChatLink     Channel = "chat_link"
	QR           Channel = "qr"
	Kiosk        Channel = "kiosk"
	Terminal     Channel = "terminal"
	ResponseCard Channel = "response_card"
	WebForm      Channel = "web_form"
	Phone        Channel = "phone"
	InPerson     Channel = "in_person"
	Letter       Channel = "letter"
)

// Channels lists every channel; the order is fixed, since links store the index.
var Channels = [...]Channel{EmailLink, SMSLink, ChatLink, QR, Kiosk, Terminal, ResponseCard, WebForm, Phone, InPerson, Letter}

// Scale is the range a rating is given on.
type Scale string

// The scales of the field.
const (
	Stars5 Scale = "stars_1_5"
	CSAT10 Scale = "csat_1_10"
	NPS    Scale = "nps_0_10"
	CES7   Scale = "ces_1_7"
)

// CollectionMode says who filled the answer in.
type CollectionMode string

// Assisted answers (staff keyed them in) stay out of the headline figure. Imported
// ones were collected elsewhere before: they count in figures of their own month,
// and nothing is done about them any more.
const (
	Self     CollectionMode = "self"
	Assisted CollectionMode = "assisted"
	Imported CollectionMode = "imported"
)

// Kind is the kind of a ledger event.
type Kind string

// The kinds stored today.
const (
	KindRating     Kind = "rating"
	KindInvitation Kind = "invitation"
	KindCard       Kind = "card"      // a Card: a vote with the card's other answers
	KindComplaint  Kind = "complaint" // a Complaint
	KindDelivery   Kind = "delivery"  // a Delivery: what became of a mail we sent
)

// The kinds of facts that are no events of the ledger: they are made of the
// timelines of cases. ParseKind knows none of them.
const (
	KindTransition Kind = "transition" // one timeline entry
	KindEscalation Kind = "escalation" // one rule that escalated a case
)

// Kinds lists them.
var Kinds = [...]Kind{KindRating, KindInvitation, KindCard, KindComplaint, KindDelivery}

// Rating is one vote, without anything personal: what the ledger stores as the
// event, what the queues carry and what becomes a fact. Times are UTC with
// millisecond precision.
type Rating struct {
	EventID           EventID        `json:"event_id"`
	ResponseKey       ResponseKey    `json:"response_key"`
	Touchpoint        Touchpoint     `json:"touchpoint"`
	Channel           Channel        `json:"channel"`
	Scale             Scale          `json:"scale"`
	Rating            int            `json:"rating"`
	SubmittedAt       time.Time      `json:"submitted_at"`
	ReceivedAt        time.Time      `json:"received_at"`
	Device            Device         `json:"device,omitempty"`
	Language          Language       `json:"language,omitempty"`
	Reason            string         `json:"reason,omitempty"`
	NPS               *int           `json:"nps,omitempty"`
	CES               *int           `json:"ces,omitempty"`
	FCR               *bool          `json:"fcr,omitempty"`
	Expectation       *int           `json:"expectation,omitempty"`
	CallbackRequested bool           `json:"callback_requested,omitempty"`
	HasText           bool           `json:"has_text,omitempty"` // a comment was given; the text itself is Personal
	Segment           string         `json:"segment,omitempty"`
	Topic             string         `json:"topic,omitempty"`
	CollectionMode    CollectionMode `json:"collection_mode"`
}

// Card is a filled-in response card: the vote on its touchpoint, and what else
// was answered, without anything personal. Its JSON is that of the Rating with
// three more fields, so whoever asks for votes can read it as one.
type Card struct {
	Rating
	Card  string `json:"card"`            // id of the configured card
	Phase string `json:"phase,omitempty"` // of the project, a code
	// Number is the serial of a paper card that staff keyed in; empty online.
	Number string `json:"card_number,omitempty"`
	// Answers by question: "1" to "5" of a rating, the code of a choice, "yes"
	// or "no". Own words are Personal.
	Answers map[string]string `json:"answers,omitempty"`
}

// Complaint is an expression of dissatisfaction as it came in; what happened is
// told in Personal.Comment.
type Complaint struct {
	EventID           EventID        `json:"event_id"`
	ResponseKey       ResponseKey    `json:"response_key"`
	Touchpoint        Touchpoint     `json:"touchpoint"`
	Channel           Channel        `json:"channel"`
	Category          string         `json:"category"`            // a configured one, such as "billing.refund_delay"
	Annoyance         *int           `json:"annoyance,omitempty"` // 1 to 5, 5 the most: the relevance in FRAP
	SubmittedAt       time.Time      `json:"submitted_at"`
	ReceivedAt        time.Time      `json:"received_at"`
	Device            Device         `json:"device,omitempty"`
	Language          Language       `json:"language,omitempty"`
	CallbackRequested bool           `json:"callback_requested,omitempty"`
	Topic             string         `json:"topic,omitempty"`
	CollectionMode    CollectionMode `json:"collection_mode"`
}

// Delivery says what became of the mail that carried an invitation. A mail of
// which nothing is said was delivered.
type Delivery struct {
	EventID     EventID     `json:"event_id"`
	ResponseKey ResponseKey `json:"response_key"` // of the invitation
	Outcome     Outcome     `json:"outcome"`
	At          time.Time   `json:"at"`
	ReceivedAt  time.Time   `json:"received_at"`
}

// Outcome is what became of a mail.
type Outcome string

// The outcomes.
const (
	Bounced    Outcome = "bounced"    // it never arrived
	Suppressed Outcome = "suppressed" // it was not sent: the address had bounced before, was unsubscribed or erased, or the link had expired
	Reported   Outcome = "reported"   // it arrived, and was reported as spam
)

// Invitation records that a link was issued for one contact.
type Invitation struct {
	EventID     EventID     `json:"event_id"`
	ResponseKey ResponseKey `json:"response_key"`
	Touchpoint  Touchpoint  `json:"touchpoint"`
	Channel     Channel     `json:"channel"`
	Language    Language    `json:"language,omitempty"` // empty: not known
	Segment     string      `json:"segment,omitempty"`
	Consent     Consent     `json:"consent,omitempty"` // on which basis the customer is asked
	Mailed      bool        `json:"mailed,omitempty"`  // we send the link by mail; else the caller does
	Card        bool        `json:"card,omitempty"`    // the link opens the touchpoint's card, not the rating page

	// What the caller tells of the contact, for first-contact resolution. Topic is
	// a code; Resolved says whether the contact solved the matter as far as the
	// caller knows, nil: not told; Beyond that the first level could not have.
	Topic string `json:"topic,omitempty"`
	// ContactAt is when the contact was; zero: when the invitation was issued.
	ContactAt time.Time `json:"contact_at,omitzero"`
	Resolved  *bool     `json:"resolved,omitempty"`
	Beyond    bool      `json:"beyond_first_level,omitempty"`
	// Known: the customer is, so that contacts can be linked. Previous is the
	// response of the same customer's contact before about the same topic, and
	// PreviousAt its time: a link between responses, never a customer key.
	Known      bool        `json:"known,omitempty"`
	Previous   ResponseKey `json:"previous,omitempty"`
	PreviousAt time.Time   `json:"previous_at,omitzero"`
	// Skipped says why nobody was asked: fatigue or opted_out. Such an invitation
	// is the record of a contact only; there is no link.
	Skipped string `json:"skipped,omitempty"`

	IssuedAt   time.Time `json:"issued_at"`
	ReceivedAt time.Time `json:"received_at"`
	ExpiresAt  time.Time `json:"expires_at"`
}

// Why a contact was recorded and nobody asked.
const (
	SkippedFatigue  = "fatigue"   // asked too lately
	SkippedOptedOut = "opted_out" // wants no mail, or the address takes none
)

// Consent is the legal basis on which a customer is asked (GDPR, article 6(1)).
type Consent string

// The bases: (a), (b) and (f) of the article.
const (
	ConsentGiven       Consent = "consent"
	Contract           Consent = "contract"
	LegitimateInterest Consent = "legitimate_interest"
)

// Personal is the part of an event that can identify someone or was written in
// their own words. It lives in one attribute of the ledger item, goes with an
// erasure, and never enters queues, facts, logs or metrics.
type Personal struct {
	Comment         string `json:"comment,omitempty"`
	Suggestion      string `json:"suggestion,omitempty"`
	CallbackContact string `json:"callback_contact,omitempty"`

	Answers map[string]string `json:"answers,omitempty"`  // a card's questions answered in own words
	Remedy  string            `json:"remedy,omitempty"`   // what would put a complaint right
	Email   string            `json:"email,omitempty"`    // where an invitation is sent, or what becomes of a complaint
	Name    string            `json:"name,omitempty"`     // of who complains
	KeyedBy string            `json:"keyed_by,omitempty"` // who keyed a paper card in: a code of the owner's
}

// IsZero reports whether nothing personal was given.
func (p *Personal) IsZero() bool {
	return p.Comment == "" && p.Suggestion == "" && p.CallbackContact == "" &&
		len(p.Answers) == 0 && p.Remedy == "" && p.Email == "" && p.Name == "" && p.KeyedBy == ""
}
