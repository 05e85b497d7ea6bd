package casefile

import "slices"

// Merge brings what an entry changed into h. What is empty in change stays as it
// is in h, with these exceptions: a team comes with its owner (none: the team
// itself answers), and a clock replaces the one before. Compensations and
// attachments are matched by id, escalations by rule, clock and when they were
// raised; what matches is replaced, what is new is added.
//
// H shares nothing with what it was before: copies of it stay as they are.
func (h *Handling) Merge(change Handling) {
	set(&h.Severity, change.Severity)
	set(&h.Urgency, change.Urgency)
	if change.Team != "" {
		h.Team, h.Owner = change.Team, change.Owner
	} else {
		set(&h.Owner, change.Owner)
	}
	set(&h.AcknowledgedAt, change.AcknowledgedAt)
	set(&h.FirstResponseAt, change.FirstResponseAt)
	set(&h.ResolvedAt, change.ResolvedAt)
	set(&h.LastResolvedAt, change.LastResolvedAt)
	set(&h.AcceptedAt, change.AcceptedAt)
	set(&h.ClosedAt, change.ClosedAt)
	set(&h.ReopenedAt, change.ReopenedAt)
	set(&h.ApologyAt, change.ApologyAt)
	if change.Decision != nil {
		d := *change.Decision
		h.Decision = &d
	}
	set(&h.RootCause, change.RootCause)
	set(&h.Action, change.Action)
	set(&h.DuplicateOf, change.DuplicateOf)
	set(&h.Satisfaction, change.Satisfaction)
	h.Compensations = upsert(h.Compensations, change.Compensations, func(a, b *Compensation) bool { return a.ID == b.ID })
	h.Attachments = upsert(h.Attachments, change.Attachments, func(a, b *Attachment) bool { return a.ID == b.ID })
	h.Escalations = upsert(h.Escalations, change.Escalations, func(a, b *Escalation) bool {
		return a.Rule == b.Rule && a.Clock == b.Clock && a.RaisedAt.Equal(b.RaisedAt)
	})
	if change.Clock != nil {
		h.Clock = change.Clock.Clone()
	}
}

// Clone is a copy of c that shares nothing with it; nil of nil.
func (c *Clock) Clone() *Clock {
	if c == nil {
		return nil
	}
	k := *c
	k.Runs, k.Deadlines = slices.Clone(c.Runs), slices.Clone(c.Deadlines)
	return &k
}

// set overwrites what is there with what is not empty.
func set[T comparable](to *T, change T) {
	var none T
	if change != none {
		*to = change
	}
}

// upsert is list with each of changes in place of the one it is the same as, or
// at the end.
func upsert[T any](list, changes []T, same func(a, b *T) bool) []T {
	if len(changes) == 0 {
		return list
	}
	out := slices.Clone(list)
next:
	for i := range changes {
		for j := range out {
			if same(&out[j], &changes[i]) {
				out[j] = changes[i]
				continue next
			}
		}
		out = append(out, changes[i])
	}
	return out
}
