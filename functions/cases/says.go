package main

import (
	"slices"

	"resonanz/shared/casefile"
	"resonanz/shared/intake"
)

// says reports whether an entry may come of a command: whatever the command names
// is what the entry tells. Words that were erased say nothing any more.
func says(e *casefile.Entry, cmd *intake.Command) bool {
	if e.Words != nil && e.Words.Text != cmd.Text || e.Words == nil && e.WordsHash == (casefile.Hash{}) && cmd.Text != "" {
		return false
	}
	var set casefile.Handling
	if e.Set != nil {
		set = *e.Set
	}
	var d casefile.Decision
	if set.Decision != nil {
		d = *set.Decision
	}
	if cmd.Do == casefile.Assigning && (set.Team != cmd.Team || set.Owner != cmd.Owner) {
		return false
	}
	reason := e.Reason
	if cmd.Do == casefile.Deciding {
		reason = d.Reason
	}
	// What was critical already is not told again.
	critical := cmd.Severity == casefile.Critical && set.Severity == ""
	return agrees(cmd.Category, e.Category) && (critical || agrees(cmd.Severity, set.Severity)) && agrees(cmd.Urgency, set.Urgency) &&
		agrees(cmd.RootCause, set.RootCause) && agrees(cmd.CorrectiveAction, set.Action) && set.DuplicateOf == cmd.Of &&
		d.Outcome == cmd.Outcome && reason == cmd.Reason && (cmd.Do != casefile.Deciding || agrees(cmd.Owner, d.By)) &&
		promises(set.Compensations, cmd) && raises(set.Escalations, cmd) && holds(set.Clock, cmd)
}

// agrees reports whether a command names nothing, or what is told.
func agrees[T comparable](asked, told T) bool {
	var none T
	return asked == none || asked == told
}

// promises reports whether a compensation is the one that a command gives, or lets
// hold or go.
func promises(all []casefile.Compensation, cmd *intake.Command) bool {
	if cmd.Type == "" && cmd.ID == "" {
		return true
	}
	return slices.ContainsFunc(all, func(p casefile.Compensation) bool {
		return agrees(cmd.ID, p.ID) && (cmd.ID != "" || p.Type == cmd.Type && p.Kind == cmd.Kind && p.Cents == cmd.Cents)
	})
}

// raises reports whether the escalations that a command marks are among all.
func raises(all []casefile.Escalation, cmd *intake.Command) bool {
	if cmd.Do != casefile.Seeing && cmd.Do != casefile.Handled {
		return true
	}
	return slices.ContainsFunc(all, func(x casefile.Escalation) bool {
		return agrees(cmd.Rule, x.Rule) && agrees(cmd.Clock, x.Clock) && (cmd.Do == casefile.Seeing || !x.HandledAt.IsZero())
	})
}

// holds reports whether the deadline was held for which a command is the holding
// reply.
func holds(k *casefile.Clock, cmd *intake.Command) bool {
	if cmd.Do != casefile.Answering || cmd.Clock == "" {
		return true
	}
	return k != nil && slices.ContainsFunc(k.Deadlines, func(d casefile.Deadline) bool { return d.Name == cmd.Clock && !d.HeldAt.IsZero() })
}
