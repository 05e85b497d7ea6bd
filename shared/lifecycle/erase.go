package lifecycle

import (
	"resonanz/events"
	"resonanz/shared/casefile"
	"time"
)

// Erased is the reason under which a timeline tells that its customer was erased,
// and the action that staff are told of.
const Erased = "erased"

// Erase ends what is done for a customer who is erased, since nobody is left to
// answer: a complaint is withdrawn, a draft dismissed, a callback closed, each with
// the reason Erased and without a word to the customer, whom no mail can reach any
// more. Staff are told if they were at it. A case that had ended notes it. False:
// its timeline says so already, and nothing was written since.
func Erase(c casefile.Case, timeline []casefile.Entry, now time.Time, r Rules) (casefile.Case, []casefile.Entry, bool) {
	if c.Status.Ended() && !c.Notifiable && wasErased(timeline) {
		return c, nil, false
	}
	m := begin(c, system, now, r)
	m.c.Notifiable = false
	m.cmd.Reason = Erased
	if c.Status.Ended() {
		m.record(casefile.Annotated, m.c.Rule)
		return m.c, m.entries, true
	}
	m.tell(events.CustomerActed, "").Action = Erased
	status, action := casefile.Closed, casefile.Closing
	switch {
	case c.Status == casefile.Draft:
		status, action = casefile.Dismissed, casefile.Dismissing
	case c.Family == casefile.Complaint:
		status, action = casefile.Withdrawn, casefile.Withdrawing
	default:
		m.change(casefile.Handling{ClosedAt: m.now})
	}
	if f := m.end(status, action); f != nil { // every open status has the edge
		return c, nil, false
	}
	return m.c, m.entries, true
}

// ErasedAt is when a timeline tells last that its customer was erased: files added
// until then are gone. Zero: it does not.
func ErasedAt(timeline []casefile.Entry) (at time.Time) {
	for i := range timeline {
		if timeline[i].Reason == Erased {
			at = timeline[i].At
		}
	}
	return at
}

// wasErased reports whether a timeline says that its customer was erased, and
// nothing was written since.
func wasErased(timeline []casefile.Entry) bool {
	erased := false
	for i := range timeline {
		switch e := &timeline[i]; {
		case e.Reason == Erased:
			erased = true
		case e.Words != nil:
			erased = false
		}
	}
	return erased
}
