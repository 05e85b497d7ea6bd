package casefile

import (
	"time"
)

// State is what a timeline tells of its case: what stays the same however often
// it is read.
type State struct {
	Number   Number
	Rule     string
	Priority string
	Status   Status
	Category string
	Handling Handling
	DueAt    time.Time
	Step     int
	Version  int
	Head     Hash
}

// State is the part of c that its timeline replays to.
func (c *Case) State() State {
	return State{
		Number: c.Number, Rule: c.Rule, Priority: c.Priority, Status: c.Status, Category: c.Category,
		Handling: c.Handling, DueAt: c.DueAt, Step: c.Step, Version: c.Version, Head: c.Head,
	}
}

// Replay is the state to which a timeline leads, entry by entry from the first.
// It checks nothing: see Check.
func Replay(timeline []Entry) State {
	var s State
	for i := range timeline {
		e := &timeline[i]
		s.Number, s.Version, s.Head = e.Case, e.Seq, e.Hash
		s.Status, s.DueAt, s.Step = e.Status, e.DueAt, e.Step
		if e.Action != Raising { // which names the rule that was raised
			s.Rule = e.Rule
		}
		if e.Priority != "" {
			s.Priority = e.Priority
		}
		if e.Category != "" {
			s.Category = e.Category
		}
		if e.Set != nil {
			s.Handling.Merge(*e.Set)
		}
	}
	return s
}
