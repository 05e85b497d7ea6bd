// Package events holds the versioned messages between functions and the facts
// that reporting stores. Fields are added, never renamed; golden holds the JSON
// of every shape. No message carries personal data.
//
// samples holds a payload of every trigger, as the services of AWS send them.
// Tokens and device keys in them are genuine, under keys of the tests' own.
package events

import (
	"encoding/json"
	"time"

	"resonanz/shared/feedback"
)

// Version is the version of every message written today.
const Version = 1

// Type tells the messages apart.
type Type string

// The message types.
const (
	TypeStored   Type = "stored"   // a ledger event was stored; fanout → escalation and reporting queues
	TypeDeadline Type = "deadline" // a case's deadline has passed; clock → escalation queue
	TypeAlert    Type = "alert"    // staff must hear of something; fanout → notify queue
	TypeInvite   Type = "invite"   // a customer is to be asked by mail; fanout, or clock for the reminder → mail queue
	TypeSilence  Type = "silence"  // a device is silent; clock → escalation queue
)

// Message is the body of every SQS message. Exactly the part named by Type is set.
type Message struct {
	Version  int       `json:"v"`
	Type     Type      `json:"type"`
	Stored   *Stored   `json:"stored,omitempty"`
	Deadline *Deadline `json:"deadline,omitempty"`
	Alert    *Alert    `json:"alert,omitempty"`
	Invite   *Invite   `json:"invite,omitempty"`
	Silence  *Silence  `json:"silence,omitempty"`
}

// Invite asks for the mail of one invitation, or for its reminder.
type Invite struct {
	ResponseKey feedback.ResponseKey `json:"response_key"`
	EventID     feedback.EventID     `json:"event_id"`
	Reminder    bool                 `json:"reminder,omitempty"`
}

// Silence says that a device has not been heard of for longer than is
// configured. LastAt is its last sign of life: one silence, one LastAt.
type Silence struct {
	Device     feedback.Device     `json:"device"`
	Touchpoint feedback.Touchpoint `json:"touchpoint"`
	LastAt     time.Time           `json:"last_at"`
	DueAt      time.Time           `json:"due_at"` // when it should have been heard of
}

// Stored says that a ledger event was stored. Event is the JSON of
// feedback.Rating, Invitation, Card, Complaint or Delivery, as Kind says.
type Stored struct {
	Kind  feedback.Kind   `json:"kind"`
	Event json.RawMessage `json:"event"`
}

// Deadline says that the deadline DueAt of a case had passed when the clock
// looked. Step is the case's escalation step at that time; an older step is
// ignored.
type Deadline struct {
	Case  string    `json:"case"`
	Step  int       `json:"step"`
	DueAt time.Time `json:"due_at"`
}

// Alert tells staff about one step of one case, or about a new report. ID is
// stable over redeliveries ("<case>#<seq>", "report#<period>#<version>"): each
// effect happens once per ID.
type Alert struct {
	ID          string               `json:"id"`
	Reason      AlertReason          `json:"reason"`
	At          time.Time            `json:"at"`
	Case        string               `json:"case,omitempty"`
	Rule        string               `json:"rule,omitempty"`
	Priority    string               `json:"priority,omitempty"`
	Touchpoint  feedback.Touchpoint  `json:"touchpoint,omitempty"`
	Device      feedback.Device      `json:"device,omitempty"` // of a DATA_GAP, which has no response; case_changed: it is heard of again
	ResponseKey feedback.ResponseKey `json:"response_key,omitempty"`
	EventID     feedback.EventID     `json:"event_id,omitempty"`
	Rating      int                  `json:"rating,omitempty"`
	Scale       feedback.Scale       `json:"scale,omitempty"`
	Category    string               `json:"category,omitempty"` // of a complaint
	DueAt       *time.Time           `json:"due_at,omitempty"`
	Step        int                  `json:"step"` // 0 first recipient, 1 the next of the chain, …
	Period      string               `json:"period,omitempty"`
	Report      string               `json:"report,omitempty"` // report version, for reason report_ready
}

// AlertReason says why an alert is sent.
type AlertReason string

// The reasons.
const (
	CaseOpened  AlertReason = "case_opened"
	CaseChanged AlertReason = "case_changed" // for instance: a better vote came, the callback stays open
	CaseOverdue AlertReason = "case_overdue"
	ReportReady AlertReason = "report_ready"
)
