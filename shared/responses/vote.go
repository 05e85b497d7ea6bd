// Package responses turns the facts of a month into responses: what one
// customer said about one contact, once, whatever order, duplicates or files
// the facts came in. It imports no AWS package and reads no clock.
package responses

import (
	"time"

	"resonanz/shared/feedback"
	"resonanz/shared/period"
)

// Name is an interned text: an index into the Batch that holds the fact. 0 is
// the empty text.
type Name uint32

// Key is a feedback.ResponseKey in twelve bytes: the month it was issued in and
// its 80 bits.
type Key struct {
	Month uint16 // period.Period.Index
	ID    [10]byte
}

// Period is the month the key was issued in.
func (k Key) Period() period.Period { return period.FromIndex(int(k.Month)) }

// Flags are the yes/no parts of a vote.
type Flags uint8

// The flags of a vote.
const (
	Assisted Flags = 1 << iota // staff keyed it in for the customer
	CallbackRequested
	HasText
	FCRAsked // the question whether the matter was solved was answered …
	FCRYes   // … with yes
	Imported // collected elsewhere, and brought in later
)

// FlagsOf are those that tell m.
func FlagsOf(m feedback.CollectionMode) Flags {
	switch m {
	case feedback.Assisted:
		return Assisted
	case feedback.Imported:
		return Imported
	}
	return 0
}

// Mode is how an answer was collected.
func (f Flags) Mode() feedback.CollectionMode {
	switch {
	case f&Assisted != 0:
		return feedback.Assisted
	case f&Imported != 0:
		return feedback.Imported
	}
	return feedback.Self
}

// Opt is an optional small number: 0 is absent, otherwise the value plus one.
type Opt int8

// Some is the present value v, in −1 < v < 127.
func Some(v int) Opt { return Opt(v + 1) }

// Get returns the value and whether there is one.
func (o Opt) Get() (int, bool) { return int(o) - 1, o != 0 }

// Vote is one vote as reporting sees it, in 88 bytes: a rating, or the rating of
// a card, which has Card set. Times are milliseconds since 1970 UTC.
type Vote struct {
	Event      [16]byte // the event id, a UUID
	Submitted  int64
	Received   int64
	Touchpoint Name
	Device     Name // 0 for a link
	Reason     Name
	Topic      Name
	Card       Name
	Phase      Name
	Answers    Name // of a card: its other answers as canonical JSON (AnswersText)
	Key        Key
	Channel    uint8 // index into feedback.Channels
	Scale      uint8 // index into Scales
	Rating     int8
	Flags      Flags
	NPS        Opt
	CES        Opt
	Expect     Opt
	Segment    uint8 // 0 or 'A'..'Z'
	Language   [2]byte
}

// Invitation is one issued link as reporting sees it. Times are milliseconds
// since 1970 UTC.
type Invitation struct {
	Event      [16]byte
	Issued     int64
	Received   int64
	Expires    int64
	Touchpoint Name
	Key        Key
	Channel    uint8
	Segment    uint8
	Language   [2]byte
	Skipped    bool // nobody was asked: it tells of the contact only
}

// Contact is what the caller of an invitation told of the contact that it asks
// about: an invitation without a topic has none. Times are milliseconds since
// 1970 UTC.
type Contact struct {
	Event       [16]byte // of the invitation
	At          int64    // when it was; else when the invitation was issued
	Received    int64
	Previous    int64 // the contact before of the same customer and topic; 0: none
	Topic       Name
	Touchpoint  Name
	Key         Key
	PreviousKey Key
	Known       bool // the customer is known, so that contacts can be linked
	Resolved    Opt  // 0 or 1; absent: not told
	Beyond      bool // beyond what the first level could resolve
}

// Complaint is one complaint as reporting sees it. Times are milliseconds since
// 1970 UTC.
type Complaint struct {
	Event      [16]byte
	Submitted  int64
	Received   int64
	Touchpoint Name
	Category   Name
	Device     Name
	Topic      Name
	Key        Key
	Channel    uint8
	Annoyance  Opt   // 1 to 5
	Flags      Flags // Assisted, Imported, CallbackRequested
	Language   [2]byte
}

// Delivery is what became of the mail of an invitation, as reporting sees it.
// Times are milliseconds since 1970 UTC.
type Delivery struct {
	Event    [16]byte
	At       int64
	Received int64
	Key      Key   // of the invitation
	Outcome  uint8 // index into Outcomes
}

// Outcomes lists what a Delivery refers to by index; the order is fixed.
var Outcomes = [...]feedback.Outcome{feedback.Bounced, feedback.Suppressed, feedback.Reported}

// Failed reports whether the mail of d never arrived. One that was reported as
// spam did.
func (d *Delivery) Failed() bool { return Outcomes[d.Outcome] != feedback.Reported }

// Scales lists the scales a Vote refers to by index; the order is fixed.
var Scales = [...]feedback.Scale{feedback.Stars5, feedback.CSAT10, feedback.NPS, feedback.CES7}

// Rules are the thresholds of folding.
type Rules struct {
	EditWindow time.Duration // the last vote within this time of the first wins, inclusive (48 h)
	Debounce   time.Duration // a tap sooner than this after the previous one on the same device is left out (3 s)
	MaxSkew    time.Duration // submitted_at further ahead of received_at than this is not believed (5 min)
}

// DefaultRules are the thresholds of the field.
var DefaultRules = Rules{EditWindow: 48 * time.Hour, Debounce: 3 * time.Second, MaxSkew: 5 * time.Minute}

// Skewed reports whether the device clock ran too far ahead to be believed.
func (r Rules) Skewed(v *Vote) bool { return v.Submitted > v.Received+r.MaxSkew.Milliseconds() }

// Effective is the time that counts for v, in milliseconds since 1970 UTC:
// submitted_at, or received_at where the device clock ran ahead.
func (r Rules) Effective(v *Vote) int64 {
	if r.Skewed(v) {
		return v.Received
	}
	return v.Submitted
}
