package lifecycle

import (
	"reflect"
	"slices"
	"time"

	"resonanz/events"
	"resonanz/shared/casefile"
	"resonanz/shared/sla"
)

// move is a case on its way to its next state.
type move struct {
	c       casefile.Case     // as it is by now
	set     casefile.Handling // what the entry under way changed of the handling
	from    casefile.Status   // before the entry under way
	inform  bool              // the entry under way is told, though the status stays
	alert   *events.Alert     // of the entry under way
	entries []casefile.Entry
	cmd     Command
	by      casefile.Actor
	now     time.Time
	r       Rules
}

// begin begins a move. A clock on this machine that is a little behind that of
// the one before must not let time run backwards.
func begin(c casefile.Case, by casefile.Actor, now time.Time, r Rules) *move {
	now = now.UTC().Truncate(time.Millisecond)
	if k := c.Handling.Clock; k != nil && len(k.Runs) > 0 {
		last := k.Runs[len(k.Runs)-1]
		for _, t := range []time.Time{last.From, last.To} {
			if t.After(now) {
				now = t
			}
		}
	}
	return &move{c: c, from: c.Status, by: by, now: now, r: r}
}

// system is the actor of what nobody asked for.
var system = casefile.Actor{Kind: casefile.System}

// change changes the handling, and remembers what for the entry.
func (m *move) change(h casefile.Handling) {
	m.c.Handling.Merge(h)
	m.set.Merge(h)
}

// to changes the status along an edge of the lifecycle.
func (m *move) to(s casefile.Status) *Refusal {
	if !slices.Contains(edges[m.c.Status], s) {
		return refuse(IllegalTransition, "", "A case that is "+string(m.c.Status)+" cannot become "+string(s)+".")
	}
	m.c.Status = s
	return nil
}

// record ends the entry under way and begins the next. Words and cause are those
// of the command, on the first entry.
func (m *move) record(action casefile.Action, rule string) {
	m.c.DueAt = dueAt(&m.c, &m.r)
	m.c.NextAt = nextAt(&m.c, &m.r)
	e := casefile.Entry{
		At: m.now, Action: action, Rule: rule, Category: m.c.Category, Priority: m.c.Priority,
		Status: m.c.Status, DueAt: m.c.DueAt, Step: m.c.Step, By: m.by,
	}
	if m.c.Status != m.from {
		e.From = m.from
		m.inform = m.inform || visible(m.c.Status)
	}
	e.Inform = m.inform && m.c.Notifiable && m.c.Family == casefile.Complaint
	if set := m.set; !reflect.ValueOf(set).IsZero() {
		e.Set = &set
	}
	if len(m.entries) == 0 {
		e.Cause = m.cmd.Cause
		if m.cmd.said() {
			e.Words = m.cmd.Words
		}
		if action == casefile.Dismissing || action == casefile.Refusing || m.cmd.Reason == Erased { // that of a decision is part of it
			e.Reason = m.cmd.Reason
		}
	}
	if m.alert != nil {
		m.finish(m.alert)
		e.Alert = m.alert
	}
	m.entries = append(m.entries, e)
	m.set, m.from, m.inform, m.alert = casefile.Handling{}, m.c.Status, false, nil
}

// visible reports whether the customer is told that a case came to be so. A
// draft is nothing to the customer, and a complaint is acknowledged as soon as it
// is received.
func visible(to casefile.Status) bool {
	return to != casefile.Received && to != casefile.Dismissed
}

// tell lets the entry under way alert staff.
func (m *move) tell(reason events.AlertReason, rule string) *events.Alert {
	m.alert = &events.Alert{Reason: reason, Rule: rule}
	return m.alert
}

// finish fills in what every alert says of the case as it is by now.
func (m *move) finish(a *events.Alert) {
	c := &m.c
	a.At, a.Priority, a.Touchpoint, a.Device, a.ResponseKey = m.now, c.Priority, c.Touchpoint, c.Device, c.ResponseKey
	a.EventID, a.Rating, a.Scale, a.Category = c.EventID, c.Rating, c.Scale, c.Category
	a.Team, a.Status, a.Severity = c.Handling.Team, string(c.Status), string(c.Handling.Severity)
	if a.Rule == "" {
		a.Rule = c.Rule
	}
	if a.DueAt == nil && !c.DueAt.IsZero() {
		due := c.DueAt
		a.DueAt = &due
	}
}

// policy is the service level of the case.
func policy(c *casefile.Case, r *Rules) *sla.Policy {
	if c.Handling.Clock != nil {
		return r.Policy(c.Handling.Clock.Policy)
	}
	return r.Policy(r.Route(c.Touchpoint, c.Category).Policy)
}

// clock changes a copy of the case's clock and keeps it; cases without a clock
// are left alone.
func (m *move) clock(do func(p *sla.Policy, k *casefile.Clock)) {
	k := m.c.Handling.Clock.Clone()
	if k == nil {
		return
	}
	do(policy(&m.c, &m.r), k)
	m.change(casefile.Handling{Clock: k})
}

func (m *move) stop() { m.clock(func(p *sla.Policy, k *casefile.Clock) { p.Stop(k, m.now) }) }
func (m *move) resume() {
	m.handled(StillOpen, "")
	m.clock(func(p *sla.Policy, k *casefile.Clock) { p.Resume(k, m.now) })
}

// receivedAt is from when the clock of c counts.
func receivedAt(c *casefile.Case) time.Time {
	if k := c.Handling.Clock; k != nil && len(k.Runs) > 0 {
		return k.Runs[0].From
	}
	return c.OpenedAt
}
