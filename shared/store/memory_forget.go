package store

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"resonanz/shared/casefile"
	"resonanz/shared/feedback"
)

// Forget is Table.Forget.
func (m *Memory) Forget(ctx context.Context, customerKey string) (f Forgotten, err error) {
	if err := ctx.Err(); err != nil {
		return f, fmt.Errorf("forgetting a customer: %w", err)
	}
	if customerKey == "" {
		return f, fmt.Errorf("forgetting a customer: %w", ErrInvalid)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	responses, cases := map[feedback.ResponseKey]bool{}, map[casefile.Number]bool{}
	for k, entries := range m.entries {
		for _, e := range entries {
			if e.CustomerKey == customerKey {
				responses[k] = true
			}
		}
	}
	contacts := map[ContactID]bool{KeyContact(customerKey): true}
	for n, c := range m.cases {
		if c.state.CustomerKey != customerKey {
			continue
		}
		cases[n] = true
		for i := range c.timeline {
			if c.timeline[i].Words != nil {
				c.timeline[i].Words = nil
				f.Lines++
			}
		}
		c.state.CustomerKey = ""
		m.cases[n] = c
	}
	for k := range responses {
		delete(m.reminders, k)
		for id, e := range m.entries[k] {
			if email := emailOf(e.Personal); email != "" {
				contacts[AddressContact(email)] = true
			}
			if e.Personal != nil || e.CustomerKey != "" {
				e.Personal, e.CustomerKey, e.Digest = nil, "", Digest{}
				m.entries[k][id] = e
				f.Events++
			}
		}
	}
	for id := range contacts {
		if c := m.contacts[id]; c.optedOut == "" {
			delete(m.contacts, id)
		}
	}
	maps.DeleteFunc(m.topics, func(at shelvedTopic, _ Touch) bool { return contacts[at.id] })
	f.Responses, f.Cases = slices.Sorted(maps.Keys(responses)), slices.Sorted(maps.Keys(cases))
	return f, nil
}
