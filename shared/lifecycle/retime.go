package lifecycle

import (
	"time"

	"resonanz/shared/casefile"
)

// Retime works the deadlines of c out anew where policy, calendar or route
// changed. False: no date has moved, and nothing is to be recorded. A complaint
// that was opened before there were clocks gets one.
func Retime(c casefile.Case, now time.Time, r Rules) (casefile.Case, []casefile.Entry, bool) {
	if c.Family != casefile.Complaint || c.Status == casefile.Draft || c.Status.Ended() {
		return c, nil, false
	}
	m := begin(c, system, now, r)
	p := r.Policy(r.Route(c.Touchpoint, c.Category).Policy)
	k, moved := c.Handling.Clock.Clone(), true
	if k != nil {
		moved = p.Retime(k, receivedAt(&c))
	} else {
		k = p.Start(c.OpenedAt)
		if c.Status == casefile.AwaitingCustomer || c.Status == casefile.Resolved {
			p.Stop(k, m.now)
		}
	}
	m.change(casefile.Handling{Clock: k})
	m.record(casefile.Rescheduling, m.c.Rule)
	if !moved && m.c.DueAt.Equal(c.DueAt) {
		return c, nil, false
	}
	return m.c, m.entries, true
}
