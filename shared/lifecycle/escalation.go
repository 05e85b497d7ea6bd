package lifecycle

import (
	"slices"
	"time"

	"resonanz/events"
	"resonanz/shared/casefile"
)

// priority orders work.
type priority string

const (
	normal   priority = "normal"
	high     priority = "high"
	critical priority = "critical"
)

// rank of a priority; what is none ranks lowest.
func (p priority) rank() int {
	switch p {
	case critical:
		return 3
	case high:
		return 2
	case normal:
		return 1
	}
	return 0
}

// Raise escalates c by a rule. Priority is normal, high or critical: it is never
// lowered; CriticalSeverity makes a complaint one of critical severity. False: the
// rule has escalated it before and has not been handled since, or the case has
// ended.
func Raise(c casefile.Case, rule, prio string, now time.Time, r Rules) (casefile.Case, []casefile.Entry, bool) {
	if c.Status.Ended() {
		return c, nil, false
	}
	m := begin(c, system, now, r)
	if !m.escalate(rule, priority(prio)) {
		return c, nil, false
	}
	if rule == CriticalSeverity && c.Handling.Severity != "" {
		m.change(casefile.Handling{Severity: casefile.Critical, Urgency: casefile.Immediate})
	}
	m.tell(events.CaseEscalated, rule)
	m.record(casefile.Raising, rule)
	return m.c, m.entries, true
}

// escalate notes that a rule escalates the case, and raises its priority. False:
// it has before, and that is not handled yet.
func (m *move) escalate(rule string, p priority) bool {
	if unhandled(&m.c, rule, "") {
		return false
	}
	if p.rank() > priority(m.c.Priority).rank() {
		m.c.Priority = string(p)
	}
	m.raised(casefile.Escalation{Rule: rule, RaisedAt: m.now})
	return true
}

// raised adds an escalation. What was raised before at the very same time keeps
// its own line.
func (m *move) raised(e casefile.Escalation) {
	for _, had := range m.c.Handling.Escalations {
		if had.Rule == e.Rule && had.Clock == e.Clock && !had.RaisedAt.Before(e.RaisedAt) {
			e.RaisedAt = had.RaisedAt.Add(time.Millisecond)
		}
	}
	m.change(casefile.Handling{Escalations: []casefile.Escalation{e}})
}

// unhandled reports whether an escalation by this rule and clock is still open.
func unhandled(c *casefile.Case, rule, clock string) bool {
	for _, e := range c.Handling.Escalations {
		if e.Rule == rule && e.Clock == clock && e.HandledAt.IsZero() {
			return true
		}
	}
	return false
}

// mark changes the escalations for which which holds.
func (m *move) mark(which func(e *casefile.Escalation) bool, change func(e *casefile.Escalation)) {
	var changed []casefile.Escalation
	for _, e := range m.c.Handling.Escalations {
		if which(&e) {
			change(&e)
			changed = append(changed, e)
		}
	}
	m.change(casefile.Handling{Escalations: changed})
}

// concerns reports whether e is of this rule and clock; empty: of any.
func concerns(e *casefile.Escalation, rule, clock string) bool {
	return (rule == "" || rule == e.Rule) && (clock == "" || clock == e.Clock)
}

// seen marks escalations as seen that were not.
func (m *move) seen(rule, clock string) {
	m.mark(func(e *casefile.Escalation) bool { return e.SeenAt.IsZero() && concerns(e, rule, clock) },
		func(e *casefile.Escalation) { e.SeenAt = m.now })
}

// handled marks escalations as handled that were not.
func (m *move) handled(rule, clock string) {
	m.mark(func(e *casefile.Escalation) bool { return e.HandledAt.IsZero() && concerns(e, rule, clock) },
		func(e *casefile.Escalation) {
			e.HandledAt = m.now
			if e.SeenAt.IsZero() {
				e.SeenAt = m.now
			}
		})
}

// hasUnseen: there is something to see.
func hasUnseen(c *casefile.Case, _ time.Time, _ *Rules) *Refusal {
	if slices.ContainsFunc(c.Handling.Escalations, func(e casefile.Escalation) bool { return e.SeenAt.IsZero() }) {
		return nil
	}
	return refuse(NothingOpen, "", "Every escalation of this case was seen.")
}

// hasUnhandled: there is something to handle.
func hasUnhandled(c *casefile.Case, _ time.Time, _ *Rules) *Refusal {
	if slices.ContainsFunc(c.Handling.Escalations, func(e casefile.Escalation) bool { return e.HandledAt.IsZero() }) {
		return nil
	}
	return refuse(NothingOpen, "", "Every escalation of this case was handled.")
}

// see marks escalations as seen, those of one rule and clock or all.
func (m *move) see() *Refusal {
	if !slices.ContainsFunc(m.c.Handling.Escalations, func(e casefile.Escalation) bool {
		return e.SeenAt.IsZero() && concerns(&e, m.cmd.Rule, m.cmd.Clock)
	}) {
		return refuse(Unknown, "rule", "No escalation by this rule and clock is left to see.")
	}
	m.seen(m.cmd.Rule, m.cmd.Clock)
	m.record(casefile.Seeing, m.c.Rule)
	return nil
}

// handle marks escalations as handled, those of one rule and clock or all.
func (m *move) handle() *Refusal {
	if !slices.ContainsFunc(m.c.Handling.Escalations, func(e casefile.Escalation) bool {
		return e.HandledAt.IsZero() && concerns(&e, m.cmd.Rule, m.cmd.Clock)
	}) {
		return refuse(Unknown, "rule", "No escalation by this rule and clock is left to handle.")
	}
	m.handled(m.cmd.Rule, m.cmd.Clock)
	m.handled(StillOpen, "")
	m.record(casefile.Handled, m.c.Rule)
	return nil
}
