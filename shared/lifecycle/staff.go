package lifecycle

import (
	"slices"
	"time"

	"resonanz/events"
	"resonanz/shared/casefile"
	"resonanz/shared/sla"
)

// isComplaint refuses what only complaints go through.
func isComplaint(c *casefile.Case, _ time.Time, _ *Rules) *Refusal {
	if c.Family != casefile.Complaint {
		return refuse(IllegalTransition, "", "This case is no complaint.")
	}
	return nil
}

// register makes a draft a complaint. Its clock has run since the customer spoke.
func (m *move) register() *Refusal {
	if m.cmd.Category == "" {
		return refuse(Missing, "category", "A complaint has a category.")
	}
	if !m.r.Knows(Categories, m.cmd.Category) {
		return refuse(Unknown, "category", "There is no such category.")
	}
	if s := m.cmd.Severity; s != "" && grade(s) < grade(m.r.Severity(m.cmd.Category)) && m.cmd.needWords() != nil {
		return refuse(ReasonRequired, "text", "Say why this is less severe than its category.")
	}
	m.c.Category = m.cmd.Category
	m.receive(m.c.OpenedAt)
	if f := m.to(casefile.Received); f != nil {
		return f
	}
	m.record(casefile.Registered, m.c.Rule)
	m.by = system
	m.acknowledged()
	return nil
}

// dismiss ends a draft that is no complaint.
func (m *move) dismiss() *Refusal {
	if m.cmd.Reason == "" {
		return refuse(Missing, "reason", "Say by a code why this is no complaint.")
	}
	if !m.r.Knows(DismissalReasons, m.cmd.Reason) {
		return refuse(Unknown, "reason", "There is no such reason.")
	}
	return m.end(casefile.Dismissed, casefile.Dismissing)
}

// acknowledge is only for cases that were not when they were received.
func (m *move) acknowledge() *Refusal {
	if f := m.to(casefile.Acknowledged); f != nil {
		return f
	}
	m.acknowledged()
	return nil
}

// duplicate ends a case that another one goes on with, before its customer was
// told of it. A draft is registered first, since only a complaint is one.
func (m *move) duplicate() *Refusal {
	if f := m.same(); f != nil {
		return f
	}
	if m.c.Status == casefile.Draft {
		if f := m.to(casefile.Received); f != nil {
			return f
		}
		m.record(casefile.Registered, m.c.Rule)
	}
	drafted := len(m.entries) > 0
	m.change(casefile.Handling{DuplicateOf: m.cmd.Duplicate})
	if f := m.end(casefile.Duplicate, casefile.Duplicating); f != nil {
		return f
	}
	if drafted {
		first, last := &m.entries[0], &m.entries[len(m.entries)-1]
		last.Inform = false // its customer rated, and knows of no complaint
		last.Cause, first.Cause = first.Cause, ""
		last.Words, first.Words = first.Words, nil
	}
	return nil
}

// join says of a case whose customer was told of it that it is about the same as
// another. Both go on: whoever was promised an answer gets one.
func (m *move) join() *Refusal {
	if f := m.same(); f != nil {
		return f
	}
	m.change(casefile.Handling{DuplicateOf: m.cmd.Duplicate})
	m.record(casefile.Duplicating, m.c.Rule)
	return nil
}

// same checks the number of the other case. Whether there is one is for the
// caller to check.
func (m *move) same() *Refusal {
	if m.cmd.Duplicate == "" {
		return refuse(Missing, "of", "Name the case that goes on.")
	}
	if _, err := casefile.ParseNumber(string(m.cmd.Duplicate)); err != nil {
		return refuse(Invalid, "of", "This is not the number of a case.")
	}
	if m.cmd.Duplicate == m.c.Number {
		return refuse(Invalid, "of", "A case is no duplicate of itself.")
	}
	return nil
}

// end is the end of a case of which nothing is owed any more.
func (m *move) end(s casefile.Status, action casefile.Action) *Refusal {
	if f := m.to(s); f != nil {
		return f
	}
	m.stop()
	m.handled("", "")
	m.record(action, m.c.Rule)
	return nil
}

// assess sets severity, urgency and category; the first time it is a step of the
// lifecycle. Nobody lowers a severity, nor puts a case into a category that brings
// a higher one, without a reason.
func (m *move) assess() *Refusal {
	first := m.c.Status == casefile.Acknowledged
	if first && m.cmd.Severity == "" {
		return refuse(Missing, "severity", "Say how severe it is.")
	}
	if f := m.cause(); f != nil {
		return f
	}
	was := m.c.Category
	if f := m.categorise(); f != nil {
		return f
	}
	if s := m.cmd.Severity; s != "" {
		switch {
		case m.cmd.needWords() == nil:
		case grade(s) < grade(m.c.Handling.Severity):
			return refuse(ReasonRequired, "text", "Say why the severity is lowered.")
		case m.c.Category != was && grade(s) < grade(m.r.Severity(m.c.Category)):
			return refuse(ReasonRequired, "text", "Say why this is less severe than its category.")
		}
		if s == casefile.Critical {
			m.atLeast(s)
		} else {
			m.lower(s)
		}
	}
	m.change(casefile.Handling{Urgency: m.cmd.Urgency})
	if first {
		if f := m.to(casefile.Assessed); f != nil {
			return f
		}
	}
	m.record(casefile.Assessing, m.c.Rule)
	return nil
}

// grade orders severities; what is none is below all.
func grade(s casefile.Severity) int { return slices.Index(casefile.Severities[:], s) }

// lower sets a severity below critical. What was critical is so no more; it keeps
// a high priority.
func (m *move) lower(s casefile.Severity) {
	if m.c.Handling.Severity == casefile.Critical {
		m.c.Priority = string(high)
		if m.c.Rule == CriticalSeverity {
			m.c.Rule = ComplaintReceived
		}
		m.handled(CriticalSeverity, "")
	}
	m.change(casefile.Handling{Severity: s})
}

// atLeast raises the severity to s. What becomes critical by it is escalated at
// once.
func (m *move) atLeast(s casefile.Severity) {
	if grade(s) <= grade(m.c.Handling.Severity) {
		return
	}
	m.change(casefile.Handling{Severity: s})
	if s == casefile.Critical {
		m.c.Rule, m.c.Priority = CriticalSeverity, string(critical)
		if m.escalate(CriticalSeverity, critical) {
			m.tell(events.CaseEscalated, CriticalSeverity)
		}
	}
}

// categorise puts the case into another category: with it may go the team, where
// nobody chose one, the policy, and the severity, which only rises.
func (m *move) categorise() *Refusal {
	to := m.cmd.Category
	if to == "" || to == m.c.Category {
		return nil
	}
	if !m.r.Knows(Categories, to) {
		return refuse(Unknown, "category", "There is no such category.")
	}
	if limit, _ := m.r.Limit(to); Owed(&m.c.Handling) > limit {
		return refuse(OverLimit, "category", "What was promised to the customer is above the limit of that category.")
	}
	before, after := m.r.Route(m.c.Touchpoint, m.c.Category), m.r.Route(m.c.Touchpoint, to)
	m.c.Category = to
	if h := &m.c.Handling; h.Team == before.Team && h.Owner == before.Owner && after.Team != "" && after.Team != h.Team {
		m.change(casefile.Handling{Team: after.Team, Owner: after.Owner})
		m.tell(events.CaseChanged, "")
	}
	if before.Policy != after.Policy {
		m.clock(func(_ *sla.Policy, k *casefile.Clock) { m.retime(m.r.Policy(after.Policy), k) })
	}
	if m.cmd.Severity == "" {
		m.atLeast(m.r.Severity(to))
	}
	if m.r.FollowUp(to) && m.escalate(FollowUpComplaint, high) {
		m.tell(events.CaseEscalated, FollowUpComplaint)
	}
	return nil
}

// cause sets the root cause, where one is given.
func (m *move) cause() *Refusal {
	if m.cmd.RootCause == "" {
		return nil
	}
	if !m.r.Knows(RootCauses, m.cmd.RootCause) {
		return refuse(Unknown, "root_cause", "There is no such root cause.")
	}
	m.change(casefile.Handling{RootCause: m.cmd.RootCause})
	m.handled(RootCauseMissing, "")
	return nil
}

// assign puts the case into other hands.
func (m *move) assign() *Refusal {
	team, owner := m.cmd.Team, m.cmd.Owner
	if team == "" && owner == "" {
		return refuse(Missing, "team", "Name a team, or an owner.")
	}
	if team != "" && !m.r.Knows(Teams, team) {
		return refuse(Unknown, "team", "There is no such team.")
	}
	if team != "" && team != m.c.Handling.Team {
		m.tell(events.CaseChanged, "")
	}
	m.change(casefile.Handling{Team: team, Owner: owner})
	if m.alert != nil {
		m.alert.Action = string(casefile.Assigning)
	}
	m.record(casefile.Assigning, m.c.Rule)
	return nil
}

// investigate finds out, for the first time or anew; the clock runs again.
func (m *move) investigate() *Refusal {
	if f := m.cause(); f != nil {
		return f
	}
	if f := m.to(casefile.InInvestigation); f != nil {
		return f
	}
	m.resume()
	m.record(casefile.Investigating, m.c.Rule)
	return nil
}

// ask asks the customer; the clock stands still until the answer.
func (m *move) ask() *Refusal {
	if f := m.cmd.needWords(); f != nil {
		return f
	}
	if f := m.to(casefile.AwaitingCustomer); f != nil {
		return f
	}
	m.replied()
	m.stop()
	m.record(casefile.Asking, m.c.Rule)
	return nil
}

// answer writes to the customer. Clock names the preset for which it is a holding
// reply, which says why a decision takes longer and until when.
func (m *move) answer() *Refusal {
	if f := m.cmd.needWords(); f != nil {
		return f
	}
	if m.cmd.Clock != "" {
		held := false
		m.clock(func(p *sla.Policy, k *casefile.Clock) { held = p.Hold(k, m.cmd.Clock, receivedAt(&m.c), m.now) })
		if !held {
			return refuse(Unknown, "clock", "No deadline of this name can be held.")
		}
	}
	m.replied()
	m.inform = true
	m.record(casefile.Answering, m.c.Rule)
	return nil
}

// replied notes the first human reply.
func (m *move) replied() {
	if !m.c.Handling.FirstResponseAt.IsZero() {
		return
	}
	m.change(casefile.Handling{FirstResponseAt: m.now})
	m.clock(func(_ *sla.Policy, k *casefile.Clock) { sla.Meet(k, sla.FirstResponse, m.now) })
	m.handled("", sla.FirstResponse)
}

// note keeps words among staff.
func (m *move) note() *Refusal {
	if f := m.cmd.needWords(); f != nil {
		return f
	}
	m.record(casefile.Noting, m.c.Rule)
	return nil
}

// link links the case to a corrective action.
func (m *move) link() *Refusal {
	if m.cmd.CorrectiveAction == "" {
		return refuse(Missing, "corrective_action", "Name the corrective action.")
	}
	m.change(casefile.Handling{Action: m.cmd.CorrectiveAction})
	m.record(casefile.Linking, m.c.Rule)
	return nil
}
