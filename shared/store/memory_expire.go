package store

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"resonanz/shared/casefile"
	"resonanz/shared/feedback"
	"resonanz/shared/period"
)

// Expire is Table.Expire.
func (m *Memory) Expire(ctx context.Context, p period.Period, x Expiry) (done Expired, err error) {
	if err := ctx.Err(); err != nil {
		return done, fmt.Errorf("taking what has expired out of month %s: %w", p, err)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	var unreadable error
	for k, entries := range m.entries {
		if k.Month() != p {
			continue
		}
		for id, e := range entries {
			personal, key, changed, err := x.rest(&e)
			switch {
			case err != nil:
				unreadable = err
				continue
			case !changed:
				continue
			case x.Held != nil && x.Held(k):
				done.HeldBack++
				continue
			}
			done.Events++
			if e.Kind == feedback.KindInvitation && len(personal) != len(e.Personal) {
				done.Addresses++
			}
			e.Personal, e.CustomerKey, e.Digest = personal, key, Digest{}
			entries[id] = e
		}
	}
	if unreadable != nil {
		return done, fmt.Errorf("taking what has expired out of month %s: %w", p, unreadable)
	}
	return done, nil
}

// Sever is Table.Sever.
func (m *Memory) Sever(ctx context.Context, k feedback.ResponseKey, id feedback.EventID) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("severing event %s from its customer: %w", id, err)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.stripResponse(k, func(e *Entry) bool { return e.EventID == id })
	return nil
}

// ExpireCases is Table.ExpireCases.
func (m *Memory) ExpireCases(ctx context.Context, month string, before time.Time, held func(feedback.ResponseKey) bool, each func(casefile.Number) error) (done Expired, err error) {
	for _, l := range m.list(closedShard(month)) {
		if !l.c.EndedAt.Before(before) {
			continue
		}
		if ctx.Err() != nil {
			err = cmp.Or(err, ctx.Err())
			break
		}
		if failed := each(l.c.Number); failed != nil {
			err = cmp.Or(err, failed)
			continue
		}
		m.mu.Lock()
		if k := l.c.ResponseKey; held == nil || !held(k) {
			done.Events += m.stripResponse(k, func(e *Entry) bool { return e.Kind == feedback.KindComplaint })
		}
		lines := m.stripCase(l.c.Number)
		done.Lines += lines
		if lines > 0 || l.c.CustomerKey != "" {
			done.Cases++
		}
		m.mu.Unlock()
	}
	if err != nil {
		return done, fmt.Errorf("taking what has expired out of the cases that ended in %s: %w", month, err)
	}
	return done, nil
}
