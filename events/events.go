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
	TypeStored   Type = "stored"   // a ledger event was stored; fanout → reporting queue and, where it concerns a case, escalation queue
	TypeDeadline Type = "deadline" // a case's deadline has passed; clock → escalation queue
	TypeAlert    Type = "alert"    // staff must hear of something; fanout → notify queue
	TypeInvite   Type = "invite"   // a customer is to be asked by mail; fanout, or clock for the reminder → mail queue
	TypeSilence  Type = "silence"  // a device is silent; clock → escalation queue
	TypeInform   Type = "inform"   // a customer is to be told of a step of a case; fanout → mail queue
	TypeSignal   Type = "signal"   // figures ask for attention; watch or report → escalation queue
	TypeHook     Type = "hook"     // a webhook that failed is tried again; clock → notify queue
	TypeStep     Type = "step"     // something happened to a case; fanout → reporting queue
	TypeOrder    Type = "order"    // a report is to be made; report → report queue
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
	Inform   *Inform   `json:"inform,omitempty"`
	Signal   *Signal   `json:"signal,omitempty"`
	Hook     *Hook     `json:"hook,omitempty"`
	Step     *Step     `json:"step,omitempty"`
	Order    *Order    `json:"order,omitempty"`
}

// Step is one timeline entry of a case as reporting keeps it: what happened, and
// how the case stood after it. Codes are those of package casefile.
type Step struct {
	Case       string    `json:"case"`
	Seq        int       `json:"seq"`
	At         time.Time `json:"at"`
	Action     string    `json:"action"`
	By         string    `json:"by,omitempty"` // kind of actor: system, staff or customer
	Rule       string    `json:"rule,omitempty"`
	From       string    `json:"from,omitempty"`
	Status     string    `json:"status,omitempty"`
	Informed   bool      `json:"informed,omitempty"`
	Notifiable bool      `json:"notifiable,omitempty"`

	Family      string               `json:"family"`
	Touchpoint  feedback.Touchpoint  `json:"touchpoint,omitempty"`
	Channel     feedback.Channel     `json:"channel,omitempty"`
	ResponseKey feedback.ResponseKey `json:"response_key,omitempty"`
	Category    string               `json:"category,omitempty"`
	Severity    string               `json:"severity,omitempty"`
	Segment     string               `json:"segment,omitempty"`
	ReceivedAt  time.Time            `json:"received_at"`

	Policy          string         `json:"policy,omitempty"`
	AcknowledgedAt  time.Time      `json:"acknowledged_at,omitzero"`
	FirstResponseAt time.Time      `json:"first_response_at,omitzero"`
	ResolvedAt      time.Time      `json:"resolved_at,omitzero"`
	LastResolvedAt  time.Time      `json:"last_resolved_at,omitzero"`
	ClosedAt        time.Time      `json:"closed_at,omitzero"`
	ReopenedAt      time.Time      `json:"reopened_at,omitzero"`
	ApologyAt       time.Time      `json:"apology_at,omitzero"`
	Decision        string         `json:"decision,omitempty"`
	DecisionReason  string         `json:"decision_reason,omitempty"`
	Owned           bool           `json:"owned,omitempty"` // somebody answers for the decision
	RootCause       string         `json:"root_cause,omitempty"`
	Measure         string         `json:"corrective_action,omitempty"`
	Satisfaction    int            `json:"satisfaction,omitempty"`
	Compensations   []Compensation `json:"compensations,omitempty"` // those promised
	Escalations     []Escalation   `json:"escalations,omitempty"`   // those that this entry changed
}

// Compensation is one thing promised.
type Compensation struct {
	Kind  string `json:"kind"`
	Cents int64  `json:"cents,omitempty"`
}

// Escalation is one rule that escalated a case.
type Escalation struct {
	Rule      string    `json:"rule"`
	Clock     string    `json:"clock,omitempty"`
	RaisedAt  time.Time `json:"raised_at"`
	SeenAt    time.Time `json:"seen_at,omitzero"`
	HandledAt time.Time `json:"handled_at,omitzero"`
}

// Order asks for the report of a period: of the whole, or of a group.
type Order struct {
	Period  string `json:"period"`
	Group   string `json:"group,omitempty"`
	Restate bool   `json:"restate,omitempty"`
	// Check: compare the table with the facts as well, and tell of a gap.
	Check bool `json:"check,omitempty"`
	// Given is what the figures need besides the facts, as an order over HTTP
	// names it: contacts, survey, costs. All are counts and amounts.
	Given json.RawMessage `json:"given,omitempty"`
}

// Inform asks for the mail that tells the customer of entry Seq of a case.
type Inform struct {
	Case string `json:"case"`
	Seq  int    `json:"seq"`
}

// Signal says that figures ask for attention. Rule and Subject are its identity:
// told twice, it opens one case.
type Signal struct {
	Rule       string              `json:"rule"`    // SPIKE, DATA_GAP, SUSPICIOUS_VOTING or EVIDENCE_GAP
	Subject    string              `json:"subject"` // such as "checkout-cologne@2026-03-10T14"
	Touchpoint feedback.Touchpoint `json:"touchpoint,omitempty"`
	Device     feedback.Device     `json:"device,omitempty"`
	Category   string              `json:"category,omitempty"` // of complaints, where they spike
	At         time.Time           `json:"at"`                 // end of the time looked at
	Observed   int                 `json:"observed"`           // low ratings, complaints, taps, facts
	Of         int                 `json:"of,omitempty"`       // of so many
	Expected   float64             `json:"expected,omitempty"` // in that time
}

// Hook asks to try a webhook again: that of an alert to one endpoint.
type Hook struct {
	Endpoint string `json:"endpoint"` // configured id
	Alert    Alert  `json:"alert"`
	Attempt  int    `json:"attempt"` // 2, 3, …
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
	// Print is set where the configuration changed: the fingerprint of the one by
	// which the case's deadlines are to be worked out anew.
	Print string `json:"fingerprint,omitempty"`
}

// Alert tells staff about one step of one case, or about a new report. ID is
// stable over redeliveries ("<case>#<seq>", "report#<period>#<version>",
// "report#<period>#<group>#<version>"): each effect happens once per ID.
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
	Step        int                  `json:"step"`               // 0 first recipient, 1 the next of the chain, …
	Team        string               `json:"team,omitempty"`     // whose chain is told; empty: the organisation's
	Status      string               `json:"status,omitempty"`   // of a complaint, after it
	Severity    string               `json:"severity,omitempty"` // of a complaint
	Action      string               `json:"action,omitempty"`   // what the customer did, with reason customer_acted
	Clock       string               `json:"clock,omitempty"`    // the deadline concerned
	Signal      *Signal              `json:"signal,omitempty"`   // the figures behind an alarm
	Period      string               `json:"period,omitempty"`
	Report      string               `json:"report,omitempty"` // report version, for reason report_ready; Status is its standing
	Group       string               `json:"group,omitempty"`  // of touchpoints that the report is of; empty: the whole
	Hash        string               `json:"hash,omitempty"`   // of the facts behind the report
}

// AlertReason says why an alert is sent.
type AlertReason string

// The reasons.
const (
	CaseOpened  AlertReason = "case_opened"
	CaseChanged AlertReason = "case_changed" // for instance: a better vote came, the callback stays open
	CaseOverdue AlertReason = "case_overdue"
	ReportReady AlertReason = "report_ready"

	CaseAtRisk    AlertReason = "case_at_risk"   // SLA_AT_RISK
	CaseBreached  AlertReason = "case_breached"  // SLA_BREACH
	CaseEscalated AlertReason = "case_escalated" // a rule escalated an existing case: Rule says which
	CustomerActed AlertReason = "customer_acted" // replied, withdrew, accepted, reopened, rated: Action says which
)
