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

// Assisted answers (staff keyed them in) stay out of the headline figure.
const (
	Self     CollectionMode = "self"
	Assisted CollectionMode = "assisted"
)

// Kind is the kind of a ledger event.
type Kind string

// The kinds stored today.
const (
	KindRating     Kind = "rating"
	KindInvitation Kind = "invitation"
)

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

// Invitation records that a link was issued for one contact.
type Invitation struct {
	EventID     EventID     `json:"event_id"`
	ResponseKey ResponseKey `json:"response_key"`
	Touchpoint  Touchpoint  `json:"touchpoint"`
	Channel     Channel     `json:"channel"`
	Language    Language    `json:"language,omitempty"`
	Segment     string      `json:"segment,omitempty"`
	IssuedAt    time.Time   `json:"issued_at"`
	ReceivedAt  time.Time   `json:"received_at"`
	ExpiresAt   time.Time   `json:"expires_at"`
}

// Personal is the part of an event that can identify someone or was written in
// their own words. It lives in one attribute of the ledger item, goes with an
// erasure, and never enters queues, facts, logs or metrics.
type Personal struct {
	Comment         string `json:"comment,omitempty"`
	Suggestion      string `json:"suggestion,omitempty"`
	CallbackContact string `json:"callback_contact,omitempty"`
}

// IsZero reports whether nothing personal was given.
func (p Personal) IsZero() bool { return p == Personal{} }
