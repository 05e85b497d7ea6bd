package store

import (
	"cmp"
	"context"
	"fmt"
	"time"
)

// LastContact is Table.LastContact.
func (m *Memory) LastContact(ctx context.Context, id ContactID, topic string) (Touch, error) {
	if err := ctx.Err(); err != nil {
		return Touch{}, fmt.Errorf("reading the last contact about a topic: %w", err)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.topics[shelvedTopic{id, topic}], nil
}

// shelvedTopic is a customer and a topic.
type shelvedTopic struct {
	id    ContactID
	topic string
}

// Record is Table.Record.
func (m *Memory) Record(ctx context.Context, e *Entry, c Contact) (Outcome, *Entry, error) {
	if !c.linked() {
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
	if err := m.touch(e, &c); err != nil {
		return 0, nil, fmt.Errorf("storing event %s: %w", e.EventID, err)
	}
	return m.put(e)
}

// touch runs with mu held.
func (m *Memory) touch(e *Entry, c *Contact) error {
	if !c.linked() {
		return nil
	}
	at := shelvedTopic{c.asked(), c.Topic}
	if m.topics[at].Key != c.Before.Key {
		return ErrMoved
	}
	if m.topics == nil {
		m.topics = make(map[shelvedTopic]Touch)
	}
	m.topics[at] = Touch{Key: e.ResponseKey, At: c.At.UTC().Truncate(time.Millisecond)}
	return nil
}
