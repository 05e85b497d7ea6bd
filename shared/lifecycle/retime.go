package lifecycle

import (
	"cmp"
	"time"

	"resonanz/events"
	"resonanz/shared/casefile"
	"resonanz/shared/sla"
)

// Retime works the deadlines of c out anew where policy, calendar, route or chain
// changed. False: no date has moved, neither one promised nor the next at which
// the clock looks, and the policy is the same: nothing is to be recorded. A
// complaint that was opened before there were clocks gets one, and with it what
// it would have been received with.
func Retime(c casefile.Case, now time.Time, r Rules) (casefile.Case, []casefile.Entry, bool) {
	if c.Family != casefile.Complaint || c.Status == casefile.Draft || c.Status.Ended() {
		return c, nil, false
	}
	m := begin(c, system, now, r)
	p := r.Policy(r.Route(c.Touchpoint, c.Category).Policy)
	moved := true
	if k := c.Handling.Clock.Clone(); k != nil {
		was := k.Policy
		moved = m.retime(p, k) || k.Policy != was // by which a clock that stands goes on
		m.change(casefile.Handling{Clock: k})
	} else {
		m.adopt()
	}
	m.record(casefile.Rescheduling, m.c.Rule)
	if !moved && m.c.DueAt.Equal(c.DueAt) && m.c.NextAt.Equal(c.NextAt) {
		return c, nil, false
	}
	return m.c, m.entries, true
}

// retime works the dates of k out by p, and reports whether one moved. A
// regulatory answer is given when the decision is told: a preset that p brings
// into a case that was resolved is met since.
func (m *move) retime(p *sla.Policy, k *casefile.Clock) bool {
	moved := p.Retime(k, receivedAt(&m.c))
	if told := m.c.Handling.ResolvedAt; !told.IsZero() {
		for _, preset := range p.Presets {
			sla.Meet(k, preset, told)
		}
	}
	return moved
}

// adopt gives a complaint of before what it lacks: hands, severity, urgency, and
// a clock that knows what was done about it.
func (m *move) adopt() {
	h := &m.c.Handling
	route := m.r.Route(m.c.Touchpoint, m.c.Category)
	p := m.r.Policy(route.Policy)
	k := p.Start(m.c.OpenedAt)
	if !h.FirstResponseAt.IsZero() {
		sla.Meet(k, sla.FirstResponse, h.FirstResponseAt)
	}
	if m.c.Status == casefile.Resolved {
		sla.MeetAll(k, h.LastResolvedAt)
	}
	if m.c.Status == casefile.AwaitingCustomer || m.c.Status == casefile.Resolved {
		p.Stop(k, m.now)
	}
	overdue := m.missed(k)
	change := casefile.Handling{Clock: k}
	if h.Team == "" && h.Owner == "" {
		change.Team, change.Owner = route.Team, route.Owner
	}
	severity := m.r.Severity(m.c.Category)
	if h.Severity == "" {
		m.atLeast(cmp.Or(severity, casefile.Medium))
	}
	if h.Urgency == "" {
		change.Urgency = casefile.Normal
		if severity == casefile.Critical {
			change.Urgency = casefile.Immediate
		}
	}
	m.change(change)
	if overdue != nil && m.alert == nil {
		a := m.tell(events.CaseBreached, SLABreach)
		a.Clock, a.Step, a.DueAt = overdue.Name, overdue.Level, &overdue.DueAt
		m.c.Step++
	}
}

// missed notes which deadlines of k have passed already, and returns the first.
// Whoever was responsible heard of them by the rules of before, and hears of them
// once more, not of each level.
func (m *move) missed(k *casefile.Clock) (first *casefile.Deadline) {
	for i := range k.Deadlines {
		d := &k.Deadlines[i]
		if !d.MetAt.IsZero() || d.DueAt.IsZero() || m.now.Before(d.DueAt) {
			continue
		}
		d.Level, d.LevelAt = 2, m.now
		m.raised(casefile.Escalation{Rule: SLABreach, Clock: d.Name, RaisedAt: m.now})
		if first == nil {
			copied := *d
			first = &copied
		}
	}
	return first
}
