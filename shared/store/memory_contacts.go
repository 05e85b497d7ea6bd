package store

import (
	"cmp"
	"context"
	"fmt"
	"time"
)

// shelvedContact is what is remembered of a contact.
type shelvedContact struct {
	askedAt  time.Time
	optedOut Why // empty: not
	outAt    time.Time
}

// Invite is Table.Invite.
func (m *Memory) Invite(ctx context.Context, e *Entry, c Contact) (Outcome, *Entry, error) {
	if c.asked() == "" {
		return m.Put(ctx, e)
	}
	if err := cmp.Or(ctx.Err(), e.check()); err != nil {
		return 0, nil, fmt.Errorf("storing event %s: %w", e.EventID, err)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if _, ok := m.entries[e.ResponseKey][e.EventID]; ok {
		return m.put(e)
	}
	contact := m.contacts[c.asked()]
	now := c.Now.UTC().Truncate(time.Millisecond)
	switch {
	case contact.optedOut != "" || m.contacts[c.Address].optedOut != "":
		return 0, nil, fmt.Errorf("storing event %s: %w", e.EventID, ErrOptedOut)
	case c.Fatigue > 0 && !contact.askedAt.IsZero() && contact.askedAt.After(now.Add(-c.Fatigue)):
		return 0, nil, fmt.Errorf("storing event %s: %w", e.EventID, ErrFatigue)
	}
	if err := m.touch(e, &c); err != nil {
		return 0, nil, fmt.Errorf("storing event %s: %w", e.EventID, err)
	}
	contact.askedAt = now
	m.shelve(c.asked(), contact)
	return m.put(e)
}

// shelve runs with mu held.
func (m *Memory) shelve(id ContactID, c shelvedContact) {
	if m.contacts == nil {
		m.contacts = make(map[ContactID]shelvedContact)
	}
	m.contacts[id] = c
}

// OptOut is Table.OptOut.
func (m *Memory) OptOut(ctx context.Context, id ContactID, why Why, now time.Time) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("opting out a contact: %w", err)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if c := m.contacts[id]; id != "" && c.optedOut == "" {
		c.optedOut, c.outAt = why, now.UTC().Truncate(time.Millisecond)
		m.shelve(id, c)
	}
	return nil
}

// OptedOut is Table.OptedOut.
func (m *Memory) OptedOut(ctx context.Context, ids ...ContactID) (bool, error) {
	if err := ctx.Err(); err != nil {
		return false, fmt.Errorf("reading a contact: %w", err)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, id := range ids {
		if id != "" && m.contacts[id].optedOut != "" {
			return true, nil
		}
	}
	return false, nil
}
