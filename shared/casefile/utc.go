package casefile

import (
	"slices"
	"time"
)

// utc is h with every time in UTC, sharing nothing with h: the same handling has
// one JSON, wherever its times were read.
func (h *Handling) utc() Handling {
	u := *h
	for _, t := range []*time.Time{
		&u.AcknowledgedAt, &u.FirstResponseAt, &u.ResolvedAt, &u.LastResolvedAt,
		&u.AcceptedAt, &u.ClosedAt, &u.ReopenedAt, &u.ApologyAt,
	} {
		*t = t.UTC()
	}
	if h.Decision != nil {
		d := *h.Decision
		d.At = d.At.UTC()
		u.Decision = &d
	}
	u.Compensations, u.Attachments, u.Escalations = slices.Clone(h.Compensations), slices.Clone(h.Attachments), slices.Clone(h.Escalations)
	for i := range u.Compensations {
		u.Compensations[i].At = u.Compensations[i].At.UTC()
	}
	for i := range u.Attachments {
		u.Attachments[i].At = u.Attachments[i].At.UTC()
	}
	for i := range u.Escalations {
		e := &u.Escalations[i]
		e.RaisedAt, e.SeenAt, e.HandledAt, e.LevelAt = e.RaisedAt.UTC(), e.SeenAt.UTC(), e.HandledAt.UTC(), e.LevelAt.UTC()
	}
	if u.Clock = h.Clock.Clone(); u.Clock != nil {
		for i := range u.Clock.Runs {
			r := &u.Clock.Runs[i]
			r.From, r.To = r.From.UTC(), r.To.UTC()
		}
		for i := range u.Clock.Deadlines {
			d := &u.Clock.Deadlines[i]
			d.AtRiskAt, d.DueAt, d.LevelAt, d.MetAt, d.HeldAt = d.AtRiskAt.UTC(), d.DueAt.UTC(), d.LevelAt.UTC(), d.MetAt.UTC(), d.HeldAt.UTC()
		}
	}
	return u
}
