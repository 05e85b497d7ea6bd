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

// StateOf is how d stands now. A deadline whose clock is stopped is pending.
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
