package factfile

import (
	"resonanz/shared/feedback"
	"resonanz/shared/responses"
)

// groupRows bounds a row group, and so the memory a reader needs at once.
const groupRows = 1 << 16

// rating names the columns of a file of ratings. What is optional may be null,
// and the whole column may be missing from files of other writers.
type rating struct {
	EventID           [16]byte `parquet:"event_id,uuid"`
	ResponseKey       string   `parquet:"response_key"`
	Touchpoint        string   `parquet:"touchpoint,dict"`
	Channel           string   `parquet:"channel,dict"`
	Scale             string   `parquet:"scale,dict"`
	Rating            int32    `parquet:"rating"`
	SubmittedAt       int64    `parquet:"submitted_at,timestamp(millisecond)"`
	ReceivedAt        int64    `parquet:"received_at,timestamp(millisecond)"`
	Device            *string  `parquet:"device,optional,dict"`
	Language          *string  `parquet:"language,optional,dict"`
	Reason            *string  `parquet:"reason,optional,dict"`
	NPS               *int32   `parquet:"nps,optional"`
	CES               *int32   `parquet:"ces,optional"`
	FCR               *bool    `parquet:"fcr,optional"`
	Expectation       *int32   `parquet:"expectation,optional"`
	CallbackRequested bool     `parquet:"callback_requested"`
	HasText           bool     `parquet:"has_text"`
	Segment           *string  `parquet:"segment,optional,dict"`
	Topic             *string  `parquet:"topic,optional,dict"`
	CollectionMode    string   `parquet:"collection_mode,dict"`
	Card              *string  `parquet:"card,optional,dict"`
	Phase             *string  `parquet:"phase,optional,dict"`
	Answers           *string  `parquet:"answers,optional,dict"` // JSON: {"question":"answer"}
}

// issued names the columns of a file of invitations.
type issued struct {
	EventID     [16]byte `parquet:"event_id,uuid"`
	ResponseKey string   `parquet:"response_key"`
	Touchpoint  string   `parquet:"touchpoint,dict"`
	Channel     string   `parquet:"channel,dict"`
	Language    *string  `parquet:"language,optional,dict"`
	Segment     *string  `parquet:"segment,optional,dict"`
	IssuedAt    int64    `parquet:"issued_at,timestamp(millisecond)"`
	ReceivedAt  int64    `parquet:"received_at,timestamp(millisecond)"`
	ExpiresAt   int64    `parquet:"expires_at,timestamp(millisecond)"`
	contact
	Skipped *bool `parquet:"skipped,optional"`
}

// contact names those of them that tell of the contact.
type contact struct {
	Topic            *string `parquet:"topic,optional,dict"`
	ContactAt        *int64  `parquet:"contact_at,optional,timestamp(millisecond)"`
	Resolved         *bool   `parquet:"resolved,optional"`
	BeyondFirstLevel *bool   `parquet:"beyond_first_level,optional"`
	Known            *bool   `parquet:"known,optional"`
	Previous         *string `parquet:"previous,optional"`
	PreviousAt       *int64  `parquet:"previous_at,optional,timestamp(millisecond)"`
}

// complaint names the columns of a file of complaints.
type complaint struct {
	EventID           [16]byte `parquet:"event_id,uuid"`
	ResponseKey       string   `parquet:"response_key"`
	Touchpoint        string   `parquet:"touchpoint,dict"`
	Channel           string   `parquet:"channel,dict"`
	Category          string   `parquet:"category,dict"`
	Annoyance         *int32   `parquet:"annoyance,optional"`
	SubmittedAt       int64    `parquet:"submitted_at,timestamp(millisecond)"`
	ReceivedAt        int64    `parquet:"received_at,timestamp(millisecond)"`
	Device            *string  `parquet:"device,optional,dict"`
	Language          *string  `parquet:"language,optional,dict"`
	CallbackRequested bool     `parquet:"callback_requested"`
	Topic             *string  `parquet:"topic,optional,dict"`
	CollectionMode    string   `parquet:"collection_mode,dict"`
}

// delivery names the columns of a file of deliveries.
type delivery struct {
	EventID     [16]byte `parquet:"event_id,uuid"`
	ResponseKey string   `parquet:"response_key"`
	Outcome     string   `parquet:"outcome,dict"`
	At          int64    `parquet:"at,timestamp(millisecond)"`
	ReceivedAt  int64    `parquet:"received_at,timestamp(millisecond)"`
}

func ratingOf(b *responses.Batch, v *responses.Vote) rating {
	r := rating{
		EventID: v.Event, ResponseKey: string(v.Key.ResponseKey()),
		Touchpoint: b.Text(v.Touchpoint), Channel: string(feedback.Channels[v.Channel]),
		Scale: string(responses.Scales[v.Scale]), Rating: int32(v.Rating),
		SubmittedAt: v.Submitted, ReceivedAt: v.Received,
		Device: word(b.Text(v.Device)), Language: language(v.Language), Reason: word(b.Text(v.Reason)),
		NPS: number(v.NPS), CES: number(v.CES), Expectation: number(v.Expect),
		CallbackRequested: v.Flags&responses.CallbackRequested != 0,
		HasText:           v.Flags&responses.HasText != 0,
		Segment:           segment(v.Segment), Topic: word(b.Text(v.Topic)),
		CollectionMode: string(v.Flags.Mode()),
		Card:           word(b.Text(v.Card)), Phase: word(b.Text(v.Phase)), Answers: word(b.Text(v.Answers)),
	}
	if v.Flags&responses.FCRAsked != 0 {
		yes := v.Flags&responses.FCRYes != 0
		r.FCR = &yes
	}
	return r
}

func issuedOf(b *responses.Batch, i *invited) issued {
	row := issued{
		EventID: i.Event, ResponseKey: string(i.Key.ResponseKey()),
		Touchpoint: b.Text(i.Touchpoint), Channel: string(feedback.Channels[i.Channel]),
		Language: language(i.Language), Segment: segment(i.Segment),
		IssuedAt: i.Issued, ReceivedAt: i.Received, ExpiresAt: i.Expires,
	}
	if i.Skipped {
		row.Skipped = &i.Skipped
	}
	if i.contact.Topic != 0 {
		row.contact = contactOf(b, &i.contact)
	}
	return row
}

func contactOf(b *responses.Batch, c *responses.Contact) contact {
	beyond, known := c.Beyond, c.Known
	out := contact{
		Topic: word(b.Text(c.Topic)), ContactAt: instantOf(c.At), BeyondFirstLevel: &beyond, Known: &known,
		Previous: keyed(c.PreviousKey), PreviousAt: instantOf(c.Previous),
	}
	if n, told := c.Resolved.Get(); told {
		yes := n != 0
		out.Resolved = &yes
	}
	return out
}

func complaintOf(b *responses.Batch, c *responses.Complaint) complaint {
	return complaint{
		EventID: c.Event, ResponseKey: string(c.Key.ResponseKey()),
		Touchpoint: b.Text(c.Touchpoint), Channel: string(feedback.Channels[c.Channel]),
		Category: b.Text(c.Category), Annoyance: number(c.Annoyance),
		SubmittedAt: c.Submitted, ReceivedAt: c.Received,
		Device: word(b.Text(c.Device)), Language: language(c.Language),
		CallbackRequested: c.Flags&responses.CallbackRequested != 0,
		Topic:             word(b.Text(c.Topic)), CollectionMode: string(c.Flags.Mode()),
	}
}

func deliveryOf(_ *responses.Batch, d *responses.Delivery) delivery {
	return delivery{
		EventID: d.Event, ResponseKey: string(d.Key.ResponseKey()),
		Outcome: string(responses.Outcomes[d.Outcome]), At: d.At, ReceivedAt: d.Received,
	}
}

// word is nil for an absent text: an empty string counts as a value.
func word(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

// keyed is nil for no response.
func keyed(k responses.Key) *string {
	if k == (responses.Key{}) {
		return nil
	}
	return word(string(k.ResponseKey()))
}

// instantOf is nil for no time.
func instantOf(ms int64) *int64 {
	if ms == 0 {
		return nil
	}
	return &ms
}

func language(l [2]byte) *string {
	if l[0] == 0 {
		return nil
	}
	return word(string(l[:]))
}

func segment(s uint8) *string {
	if s == 0 {
		return nil
	}
	return word(string(rune(s)))
}

func number(o responses.Opt) *int32 {
	v, ok := o.Get()
	if !ok {
		return nil
	}
	n := int32(v)
	return &n
}
