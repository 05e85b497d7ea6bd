package lifecycle

import (
	"time"

	"resonanz/shared/casefile"
	"resonanz/shared/feedback"
)

// Receive makes the case of a complaint: registered and acknowledged in one, and
// in the hands of whom its route names. The two entries are to be sealed in
// their order.
func Receive(w *feedback.Complaint, o Opening, now time.Time, r Rules) (casefile.Case, []casefile.Entry) {
	return casefile.Case{}, nil
}

// Register brings a complaint into the case that its response has already; the
// caller has made sure that it is not in the timeline yet. A draft or a dismissed
// draft becomes a complaint, registered and acknowledged; what was resolved, or
// closed not too long ago, is reopened; else the word is recorded and staff are
// told.
func Register(c casefile.Case, w *feedback.Complaint, o Opening, now time.Time, r Rules) (casefile.Case, []casefile.Entry) {
	return c, nil
}

// Apply carries out a command, or says in a *Refusal why not. On success there
// is at least one entry.
func Apply(c casefile.Case, cmd Command, by casefile.Actor, now time.Time, r Rules) (casefile.Case, []casefile.Entry, error) {
	return c, nil, &Refusal{Code: IllegalTransition}
}

// Tick lets the clock do the one thing that is due now, or nothing: false. It is
// called until it returns false.
func Tick(c casefile.Case, now time.Time, r Rules) (casefile.Case, []casefile.Entry, bool) {
	return c, nil, false
}

// Retime works the deadlines of c out anew by the present policy and calendar.
// False: none has moved.
func Retime(c casefile.Case, now time.Time, r Rules) (casefile.Case, []casefile.Entry, bool) {
	return c, nil, false
}

// Raise escalates c by a rule. Priority is normal, high or critical: it is never
// lowered. False: the rule has escalated it before and has not been handled
// since, or the case has ended.
func Raise(c casefile.Case, rule, priority string, now time.Time, r Rules) (casefile.Case, []casefile.Entry, bool) {
	return c, nil, false
}
