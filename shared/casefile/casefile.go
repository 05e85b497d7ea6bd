// Package casefile holds cases and their audit trail: what is kept of a
// callback or a complaint, how a case gets its number, and how timeline
// entries are chained by hash. It decides nothing; the rules live in escalate.
// It imports the standard library and the domain only, and holds nothing
// personal.
package casefile

import (
	"time"

	"resonanz/events"
	"resonanz/shared/feedback"
)

// Number names a case: "2603-7K2M-Q4XA", year and month, then 40 bits.
type Number string

// Family groups the rules whose cases are one: a response has at most one case
// of each family.
type Family string

// The families.
const (
	Callback  Family = "callback"  // LOW_RATING_CALLBACK and CALLBACK_REQUESTED
	Complaint Family = "complaint" // CRITICAL_SEVERITY, COMPLAINT_RECEIVED and RATING_IS_COMPLAINT
	Attention Family = "attention" // HIGH_VALUE_LOW_RATING
	Gap       Family = "gap"       // DATA_GAP: of a silence of a device, not of a response
	Alarm     Family = "alarm"     // SPIKE, CRISIS, SUSPICIOUS_VOTING, EVIDENCE_GAP and DATA_GAP of a touchpoint: of figures, not of a response
)

// Status is where a case stands.
type Status string

// The statuses. A complaint goes through the lifecycle of package lifecycle;
// cases of the other families are open or closed.
const (
	Open  Status = "open"  // a callback is owed, a device is silent, a figure is to be looked into
	Draft Status = "draft" // a rating that may be a complaint, to be triaged

	Received         Status = "received"          // a complaint, registered
	Acknowledged     Status = "acknowledged"      // the customer was told that it was
	Assessed         Status = "assessed"          // severity, urgency and category are set
	InInvestigation  Status = "in_investigation"  // somebody finds out
	AwaitingCustomer Status = "awaiting_customer" // the customer was asked something
	Decided          Status = "decided"           // with reasons; not communicated yet
	Resolved         Status = "resolved"          // the decision was communicated
	Reopened         Status = "reopened"

	Closed    Status = "closed"    // nothing is owed any more
	Withdrawn Status = "withdrawn" // by the customer
	Duplicate Status = "duplicate" // of another case, which goes on
	Dismissed Status = "dismissed" // a draft that is no complaint
)

// Ended reports whether nothing is owed any more in status s. A closed
// complaint can still be reopened.
func (s Status) Ended() bool {
	return s == Closed || s == Withdrawn || s == Duplicate || s == Dismissed
}

// NoAction is the time of the next clock action of a case that has none left:
// the case stays on the work list, behind all others.
var NoAction = time.Date(9999, time.December, 31, 0, 0, 0, 0, time.UTC)

// Reminder is how often staff are reminded of an open case of which nothing else
// is left for the clock to do: the whole chain was told, or the customer was
// asked. Nobody fades away.
const Reminder = 7 * 24 * time.Hour

// Case is the present state of a case; its timeline tells how it came to be.
type Case struct {
	Number      Number               `json:"number"`
	Family      Family               `json:"family"`
	Subject     string               `json:"subject"` // what the case is about: a response key, or a device and the last it was heard of
	Rule        string               `json:"rule"`    // the strongest rule that holds, such as LOW_RATING_CALLBACK
	Priority    string               `json:"priority,omitempty"`
	Status      Status               `json:"status"`
	Touchpoint  feedback.Touchpoint  `json:"touchpoint"`
	Channel     feedback.Channel     `json:"channel,omitempty"`
	Device      feedback.Device      `json:"device,omitempty"` // that is silent
	ResponseKey feedback.ResponseKey `json:"response_key"`     // empty for a gap
	EventID     feedback.EventID     `json:"event_id"`         // the event whose text and contact staff need; empty for a gap
	Scale       feedback.Scale       `json:"scale,omitempty"`
	Rating      int                  `json:"rating,omitempty"`
	Category    string               `json:"category,omitempty"` // of a complaint
	Language    feedback.Language    `json:"language,omitempty"` // of mail to the customer
	Segment     string               `json:"segment,omitempty"`
	// Notifiable: an address of the customer is known, so that every transition
	// is told by mail. Other cases count as not notifiable.
	Notifiable bool `json:"notifiable,omitempty"`
	// CustomerKey is kept beside the state, where it is indexed and can be erased;
	// empty: anonymous.
	CustomerKey string    `json:"-"`
	Handling    Handling  `json:"handling,omitzero"` // what was done; the timeline replays to it
	OpenedAt    time.Time `json:"opened_at"`
	DueAt       time.Time `json:"due_at"`  // the deadline promised
	Step        int       `json:"step"`    // 0: the first of the chain has been told, 1: the next, …
	NextAt      time.Time `json:"next_at"` // when the clock looks again; NoAction: never; zero: off the work list
	// EndedAt is when the status became one that has ended: kept by the stores,
	// for the list of ended cases. Zero: it has not, or goes on again.
	EndedAt time.Time `json:"ended_at,omitzero"`
	Version int       `json:"version"` // number of timeline entries
	Head    Hash      `json:"head"`    // hash of the last timeline entry
}

// Action is what a timeline entry records.
type Action string

// The actions.
const (
	Opened    Action = "opened"
	Upgraded  Action = "upgraded"  // a stronger rule now holds
	Annotated Action = "annotated" // something happened that changes no duty
	Overdue   Action = "overdue"   // a deadline passed
	Ended     Action = "ended"     // a gap is over: the device was heard of again, or is not watched any more

	Registered    Action = "registered"   // → received
	Acknowledging Action = "acknowledged" // → acknowledged
	Assessing     Action = "assessed"     // → assessed, or assessed anew
	Assigning     Action = "assigned"
	Investigating Action = "investigating" // → in_investigation
	Asking        Action = "asked"         // → awaiting_customer; words to the customer
	Answering     Action = "answered"      // words to the customer; the first is the first response
	Noting        Action = "noted"         // words among staff
	Deciding      Action = "decided"       // → decided; words: the reasons, to the customer
	Compensating  Action = "compensated"   // promised, or waiting for approval
	Approving     Action = "approved"      // of a compensation
	Declining     Action = "declined"      // of a compensation
	Apologising   Action = "apologised"
	Resolving     Action = "resolved"  // → resolved; words to the customer
	Closing       Action = "closed"    // → closed
	Reopening     Action = "reopened"  // → reopened; words of the customer
	Withdrawing   Action = "withdrawn" // → withdrawn
	Duplicating   Action = "duplicate" // → duplicate
	Dismissing    Action = "dismissed" // of a draft
	Replying      Action = "replied"   // words of the customer
	Accepting     Action = "accepted"  // the customer accepts the resolution of a case that cannot be closed yet
	Rating        Action = "rated"     // the customer rated the handling; words of the customer
	Attaching     Action = "attached"
	Refusing      Action = "attachment_refused"
	Raising       Action = "escalated"   // a rule escalated the case
	Seeing        Action = "seen"        // an escalation was
	Handled       Action = "handled"     // an escalation was
	Rescheduling  Action = "rescheduled" // policy or calendar changed: deadlines moved
	Linking       Action = "linked"      // to a corrective action
)

// Actor is who did something.
type Actor struct {
	Kind ActorKind `json:"kind"`
	ID   string    `json:"id,omitempty"` // of staff: the subject of the token, a code
}

// ActorKind tells kinds of actors apart.
type ActorKind string

// The kinds.
const (
	System   ActorKind = "system"
	Staff    ActorKind = "staff"
	Customer ActorKind = "customer"
)

// Words are what was written with an entry. They are personal: kept beside the
// entry, never in it, and gone after an erasure. The entry holds their hash.
type Words struct {
	Salt string `json:"salt"` // random, so that the hash of short words tells nothing
	Text string `json:"text"`
}

// Entry is one line of a case's timeline: append-only, chained by hash.
// Case, Seq, Prev, Hash and the alert's ID and Case are set by Seal.
type Entry struct {
	Case   Number           `json:"case"`
	Seq    int              `json:"seq"` // 1, 2, 3, …
	At     time.Time        `json:"at"`
	Action Action           `json:"action"`
	Cause  feedback.EventID `json:"cause,omitempty"` // the event behind it; empty for a deadline
	Rule   string           `json:"rule,omitempty"`
	Rating int              `json:"rating,omitempty"`
	Scale  feedback.Scale   `json:"scale,omitempty"`
	// Category of the complaint behind it.
	Category string        `json:"category,omitempty"`
	Reason   string        `json:"reason,omitempty"` // a code: why a file was refused, or a draft dismissed
	Status   Status        `json:"status,omitempty"` // after this entry
	DueAt    time.Time     `json:"due_at,omitzero"`  // after this entry
	Step     int           `json:"step"`             // after this entry
	Alert    *events.Alert `json:"alert,omitempty"`  // staff are told this, once

	Priority string `json:"priority,omitempty"` // after this entry

	By     Actor     `json:"by,omitzero"`
	From   Status    `json:"from,omitempty"`   // status before, where it changed
	Set    *Handling `json:"set,omitempty"`    // what changed of the handling: see Handling.Merge
	Inform bool      `json:"inform,omitempty"` // the customer is told by mail, once
	// WordsHash is that of Words, which are not part of the entry; zero: none.
	WordsHash Hash   `json:"words,omitzero"`
	Words     *Words `json:"-"`

	Prev Hash `json:"prev"`
	Hash Hash `json:"hash"`
}

// Due is one line of the due index: a case whose next clock action has come.
// The index lags a little behind: an older Step is ignored by the rules.
type Due struct {
	Case   Number
	Step   int
	NextAt time.Time
}

// CausedBy reports whether one of the entries was caused by the event: then a
// redelivery has nothing left to do.
func CausedBy(timeline []Entry, event feedback.EventID) bool {
	for i := range timeline {
		if event != "" && timeline[i].Cause == event {
			return true
		}
	}
	return false
}
