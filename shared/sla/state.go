package sla

import (
	"time"

	"resonanz/shared/casefile"
)

// State is how a deadline stands.
type State string

// The states.
const (
	Met      State = "met"      // done when due or before
	Breached State = "breached" // done later, or not yet and due
	Pending  State = "pending"  // not yet, and not due; in no ratio
)

// State is how the deadline of c with that name stands now. While the clock
// stands nothing is breached that was not before. Pending where there is none.
func (p *Policy) State(c *casefile.Clock, name string, now time.Time) State {
	d := Find(c, name)
	if d == nil {
		return Pending
	}
	if last := len(c.Runs) - 1; d.MetAt.IsZero() && d.DueAt.IsZero() && last >= 0 {
		if due := p.consumed(c, p.target(name)); !due.IsZero() && c.Runs[last].To.After(due) {
			return Breached
		}
	}
	return StateOf(d, now)
}

// StateOf is how d stands now by its dates alone: one without is pending.
func StateOf(d *casefile.Deadline, now time.Time) State {
	at := d.MetAt
	if at.IsZero() {
		at = now
	}
	switch {
	case !d.DueAt.IsZero() && at.After(d.DueAt):
		return Breached
	case d.MetAt.IsZero():
		return Pending
	}
	return Met
}
