package lifecycle

import (
	"cmp"

	"resonanz/shared/casefile"
	"resonanz/shared/sla"
)

// decide decides, with reasons and by somebody.
func (m *move) decide() *Refusal {
	switch m.cmd.Outcome {
	case casefile.Accepted, casefile.Partly, casefile.Goodwill, casefile.Rejected:
	case "":
		return refuse(Missing, "outcome", "Say what was decided.")
	default:
		return refuse(Invalid, "outcome", "Want accepted, partly, goodwill or rejected.")
	}
	rejected := m.cmd.Outcome == casefile.Rejected
	if f := m.cmd.needWords(); f != nil {
		if rejected {
			f.Code = ReasonRequired
		}
		return f
	}
	if rejected && m.cmd.Reason == "" {
		return refuse(ReasonRequired, "reason", "A rejection has a reason.")
	}
	if m.cmd.Reason != "" && !m.r.Knows(RejectionReasons, m.cmd.Reason) {
		return refuse(Unknown, "reason", "There is no such reason.")
	}
	if !rejected && m.cmd.Reason != "" {
		return refuse(Unexpected, "reason", "Only a rejection has a code for its reason.")
	}
	if f := m.cause(); f != nil {
		return f
	}
	owner := cmp.Or(m.cmd.Owner, m.c.Handling.Owner, m.by.ID)
	if owner == "" {
		return refuse(Missing, "owner", "Somebody answers for a decision.")
	}
	if f := m.to(casefile.Decided); f != nil {
		return f
	}
	m.change(casefile.Handling{Decision: &casefile.Decision{Outcome: m.cmd.Outcome, Reason: m.cmd.Reason, At: m.now, By: owner}})
	m.replied() // with its reasons
	m.record(casefile.Deciding, m.c.Rule)
	return nil
}

// apologise records that somebody apologised to the customer, by whatever way.
func (m *move) apologise() *Refusal {
	m.change(casefile.Handling{ApologyAt: m.now})
	m.record(casefile.Apologising, m.c.Rule)
	return nil
}

// resolve tells the decision; the clock has reached its end.
func (m *move) resolve() *Refusal {
	if f := m.cmd.needWords(); f != nil {
		return f
	}
	if m.c.Handling.Decision == nil {
		return refuse(IllegalTransition, "", "Nothing was decided.")
	}
	if f := m.cause(); f != nil {
		return f
	}
	if f := m.to(casefile.Resolved); f != nil {
		return f
	}
	m.replied()
	m.clock(func(p *sla.Policy, k *casefile.Clock) {
		sla.MeetAll(k, m.now)
		p.Stop(k, m.now)
	})
	h := casefile.Handling{LastResolvedAt: m.now}
	if m.c.Handling.ResolvedAt.IsZero() {
		h.ResolvedAt = m.now
	}
	m.change(h)
	m.handled("", "")
	m.record(casefile.Resolving, m.c.Rule)
	return nil
}

// close closes a complaint of which the root cause is known, or a case that is no
// complaint.
func (m *move) close() *Refusal {
	if m.c.Family != casefile.Complaint {
		if m.cmd.RootCause != "" {
			return refuse(Unexpected, "root_cause", "Only a complaint has a root cause.")
		}
		m.change(casefile.Handling{ClosedAt: m.now})
		return m.end(casefile.Closed, casefile.Closing)
	}
	if f := m.cause(); f != nil {
		return f
	}
	return m.closed()
}

// closed closes a complaint.
func (m *move) closed() *Refusal {
	if m.c.Handling.RootCause == "" {
		return refuse(RootCauseNeeded, "root_cause", "A complaint is not closed before its root cause is known.")
	}
	m.change(casefile.Handling{ClosedAt: m.now})
	return m.end(casefile.Closed, casefile.Closing)
}
