package casefile

import (
	"time"

	"resonanz/events"
)

// StepOf is what reporting keeps of e, an entry of c, and of how c stands after
// it: codes and times, nothing personal. Of several entries written at once c is
// as it stands after the last; what an entry itself says, such as its status, is
// its own.
func StepOf(c *Case, e *Entry) *events.Step {
	h := &c.Handling
	s := &events.Step{
		Case: string(c.Number), Seq: e.Seq, At: reported(e.At), Action: string(e.Action), By: string(e.By.Kind),
		Rule: e.Rule, From: string(e.From), Status: string(e.Status), Informed: e.Inform, Notifiable: c.Notifiable,
		Family: string(c.Family), Touchpoint: c.Touchpoint, Channel: c.Channel, ResponseKey: c.ResponseKey,
		Category: c.Category, Severity: string(h.Severity), Segment: c.Segment, ReceivedAt: reported(receivedAt(c)),
		AcknowledgedAt: reported(h.AcknowledgedAt), FirstResponseAt: reported(h.FirstResponseAt),
		ResolvedAt: reported(h.ResolvedAt), LastResolvedAt: reported(h.LastResolvedAt), ClosedAt: reported(h.ClosedAt),
		ReopenedAt: reported(h.ReopenedAt), ApologyAt: reported(h.ApologyAt),
		RootCause: h.RootCause, Measure: h.Action, Satisfaction: h.Satisfaction,
	}
	if s.By == "" { // an entry that a rule wrote
		s.By = string(System)
	}
	if h.Clock != nil {
		s.Policy = h.Clock.Policy
	}
	if d := h.Decision; d != nil {
		s.Decision, s.DecisionReason, s.Owned = string(d.Outcome), d.Reason, d.By != ""
	}
	for _, p := range h.Compensations {
		if p.State == Promised {
			s.Compensations = append(s.Compensations, events.Compensation{Kind: p.Kind, Cents: p.Cents})
		}
	}
	if e.Set != nil {
		for _, x := range e.Set.Escalations {
			s.Escalations = append(s.Escalations, events.Escalation{
				Rule: x.Rule, Clock: x.Clock, RaisedAt: reported(x.RaisedAt), SeenAt: reported(x.SeenAt), HandledAt: reported(x.HandledAt),
			})
		}
	}
	return s
}

// reported is t as facts have it: UTC, in milliseconds.
func reported(t time.Time) time.Time { return t.UTC().Truncate(time.Millisecond) }

// receivedAt is when c began: of a complaint when it was received, which for one
// that began as a rating is later than the case.
func receivedAt(c *Case) time.Time {
	if k := c.Handling.Clock; k != nil && len(k.Runs) > 0 {
		return k.Runs[0].From
	}
	return c.OpenedAt
}
