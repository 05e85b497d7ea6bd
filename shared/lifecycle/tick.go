package lifecycle

import (
	"time"

	"resonanz/events"
	"resonanz/shared/casefile"
	"resonanz/shared/sla"
)

// due is one thing that the clock does, and when.
type due struct {
	at time.Time
	do func(m *move)
}

// Tick lets the clock do the one thing that is due now, the earliest first, or
// nothing: false. It is called until it returns false. What is done is done once,
// however late or often it is called: each level of a deadline is told to the
// next recipient of the chain, and a resolved complaint closes when the customer
// has had time to disagree, unless its root cause is missing: then staff are told.
func Tick(c casefile.Case, now time.Time, r Rules) (casefile.Case, []casefile.Entry, bool) {
	m := begin(c, system, now, r)
	d := next(&m.c, &m.r)
	if d.at.IsZero() || m.now.Before(d.at) {
		return c, nil, false
	}
	d.do(m)
	return m.c, m.entries, true
}

// nextAt is when the clock looks at c again.
func nextAt(c *casefile.Case, r *Rules) time.Time {
	if c.Status.Ended() {
		return time.Time{}
	}
	if c.Family != casefile.Complaint || c.Status == casefile.Draft {
		return c.NextAt // see escalate.Missed
	}
	if d := next(c, r); !d.at.IsZero() {
		return d.at
	}
	if c.Handling.Clock == nil && !c.NextAt.IsZero() {
		return c.NextAt // of before there were clocks: it gets one when the clock looks at it
	}
	return casefile.NoAction
}

// next is the earliest thing left for the clock to do with a complaint; a zero
// time: none.
func next(c *casefile.Case, r *Rules) due {
	var first due
	add := func(at time.Time, do func(m *move)) {
		if !at.IsZero() && (first.at.IsZero() || at.Before(first.at)) {
			first = due{at, do}
		}
	}
	if c.Family != casefile.Complaint || c.Status == casefile.Draft || c.Status.Ended() {
		return first
	}
	last := lastLevel(c, r)
	if k := c.Handling.Clock; k != nil {
		for i := range k.Deadlines {
			add(levelAt(c, &k.Deadlines[i], last, r), func(m *move) { m.level(i) })
		}
	}
	for _, e := range c.Handling.Escalations {
		if e.Level >= last || !pressing(c, &e) {
			continue
		}
		since := e.RaisedAt
		if e.Level > 0 {
			since = e.LevelAt
		}
		add(since.Add(r.step(c)), func(m *move) { m.remind(e) })
	}
	if c.Status == casefile.Resolved {
		switch {
		case c.Handling.RootCause != "":
			add(closesAt(c, r), func(m *move) { _ = m.closed() }) // the root cause is known
		case !unhandled(c, RootCauseMissing, ""):
			add(unclosedAt(c, r), (*move).unclosed)
		}
	}
	if first.at.IsZero() && c.Handling.Clock != nil {
		add(idleAt(c), (*move).idle)
	}
	return first
}

// idleAt is when staff are reminded of a complaint of which nothing else is left
// for the clock to do: a while after the last time that it did, or that the SLA
// clock began or stopped.
func idleAt(c *casefile.Case) time.Time {
	since := c.OpenedAt
	later := func(at time.Time) {
		if at.After(since) {
			since = at
		}
	}
	for _, run := range c.Handling.Clock.Runs {
		later(run.From)
		later(run.To)
	}
	for _, d := range c.Handling.Clock.Deadlines {
		later(d.LevelAt)
	}
	for _, e := range c.Handling.Escalations {
		later(e.RaisedAt)
		later(e.LevelAt)
		later(e.HandledAt)
	}
	return since.Add(casefile.Reminder)
}

// idle reminds staff that a complaint is still open: whoever is first where the
// customer was asked, else the last of the chain.
func (m *move) idle() {
	if unhandled(&m.c, StillOpen, "") {
		m.mark(func(e *casefile.Escalation) bool { return e.Rule == StillOpen && e.HandledAt.IsZero() },
			func(e *casefile.Escalation) {
				e.Level++
				e.LevelAt = m.now
			})
	} else {
		m.raised(casefile.Escalation{Rule: StillOpen, RaisedAt: m.now})
	}
	a := m.tell(events.CaseEscalated, StillOpen)
	if m.c.Status != casefile.AwaitingCustomer {
		a.Step = lastLevel(&m.c, &m.r)
	}
	m.c.Step++
	m.record(casefile.Raising, StillOpen)
}

// step is the time between two recipients.
func (r *Rules) step(c *casefile.Case) time.Duration {
	if c.Handling.Severity == casefile.Critical {
		return r.CriticalStep
	}
	return r.StepAfter
}

// lastLevel is the last level of an escalation: that of the last of the chain. A
// chain of one is reminded once.
func lastLevel(c *casefile.Case, r *Rules) int { return max(1, r.Recipients(c.Handling.Team)-1) }

// levelAt is when the next level of a deadline is reached: at risk, breached,
// and then one recipient after the other. Zero: never.
func levelAt(c *casefile.Case, d *casefile.Deadline, last int, r *Rules) time.Time {
	switch {
	case !d.MetAt.IsZero() || d.DueAt.IsZero():
		return time.Time{}
	case d.Level == 0 && !d.AtRiskAt.IsZero():
		return d.AtRiskAt
	case d.Level < 2:
		return d.DueAt
	case d.Level < last:
		return d.LevelAt.Add(r.step(c))
	}
	return time.Time{}
}

// level tells the next level of deadline i.
func (m *move) level(i int) {
	rule, reason, action := SLABreach, events.CaseOverdue, casefile.Overdue
	var d casefile.Deadline
	m.clock(func(_ *sla.Policy, k *casefile.Clock) {
		at := &k.Deadlines[i]
		if at.Level == 0 && at.AtRiskAt.IsZero() { // of a deadline without a warning
			at.Level = 1
		}
		at.Level++
		at.LevelAt = m.now
		d = *at
	})
	switch d.Level {
	case 1:
		rule, reason, action = SLAAtRisk, events.CaseAtRisk, casefile.Raising
	case 2:
		reason, action = events.CaseBreached, casefile.Raising
	}
	if d.Level <= 2 && !unhandled(&m.c, rule, d.Name) {
		m.raised(casefile.Escalation{Rule: rule, Clock: d.Name, RaisedAt: m.now})
	}
	a := m.tell(reason, rule)
	a.Clock, a.Step = d.Name, d.Level
	dueAt := d.DueAt
	a.DueAt = &dueAt
	m.c.Step++
	m.record(action, m.ruleOf(action, rule))
}

// ruleOf is the rule an entry names: the one raised, else that of the case.
func (m *move) ruleOf(action casefile.Action, raised string) string {
	if action == casefile.Raising {
		return raised
	}
	return m.c.Rule
}

// pressing reports whether an escalation goes from one recipient to the next
// until somebody acts: a critical case until it was seen, a missing root cause
// until it was found.
func pressing(c *casefile.Case, e *casefile.Escalation) bool {
	switch e.Rule {
	case CriticalSeverity:
		return e.SeenAt.IsZero() && e.HandledAt.IsZero()
	case RootCauseMissing:
		return e.HandledAt.IsZero() && c.Status == casefile.Resolved
	}
	return false
}

// remind tells the next recipient of an escalation that nobody has acted on.
func (m *move) remind(e casefile.Escalation) {
	e.Level++
	e.LevelAt = m.now
	m.change(casefile.Handling{Escalations: []casefile.Escalation{e}})
	m.tell(events.CaseOverdue, e.Rule).Step = e.Level
	m.c.Step++
	m.record(casefile.Overdue, m.c.Rule)
}

// unclosedAt is when staff are told that the root cause is missing: when the case
// could close, and again a while after they have said that they handled it.
func unclosedAt(c *casefile.Case, r *Rules) time.Time {
	at := closesAt(c, r)
	for _, e := range c.Handling.Escalations {
		if again := e.HandledAt.Add(r.step(c)); e.Rule == RootCauseMissing && again.After(at) {
			at = again
		}
	}
	return at
}

// unclosed tells staff that a complaint could be closed but for its root cause.
func (m *move) unclosed() {
	m.escalate(RootCauseMissing, high)
	m.tell(events.CaseEscalated, RootCauseMissing)
	m.c.Step++
	m.record(casefile.Raising, RootCauseMissing)
}

// closesAt is when a resolved complaint closes by itself.
func closesAt(c *casefile.Case, r *Rules) time.Time {
	if accepted(c) {
		return c.Handling.AcceptedAt
	}
	return policy(c, r).CloseAt(c.Handling.LastResolvedAt)
}

// dueAt is the date that is promised for what comes next; zero: none.
func dueAt(c *casefile.Case, r *Rules) time.Time {
	if c.Family != casefile.Complaint || c.Status == casefile.Draft || c.Status.Ended() {
		return c.DueAt
	}
	if c.Status == casefile.Resolved {
		return closesAt(c, r)
	}
	k := c.Handling.Clock
	if k == nil {
		return c.DueAt
	}
	var first time.Time
	for _, d := range k.Deadlines {
		if d.MetAt.IsZero() && !d.DueAt.IsZero() && (first.IsZero() || d.DueAt.Before(first)) {
			first = d.DueAt
		}
	}
	return first
}
