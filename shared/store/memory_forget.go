package store

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"resonanz/shared/casefile"
	"resonanz/shared/feedback"
)

// Forget is Table.Forget.
func (m *Memory) Forget(ctx context.Context, customerKey string) (Forgotten, error) {
	return forget(ctx, m, customerKey)
}

// CustomerItems is Table.CustomerItems.
func (m *Memory) CustomerItems(ctx context.Context, customerKey, cursor string, limit int) (page CustomerPage, err error) {
	if err = ctx.Err(); err == nil && (customerKey == "" || limit < 1 || limit > MaxCustomerItems) {
		err = ErrInvalid
	}
	var after string
	if err == nil {
		after, err = openCursor(customerList(customerKey), cursor)
	}
	if err != nil {
		return page, fmt.Errorf("reading what bears a customer's key: %w", err)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	all := make(map[string]CustomerItem)
	for k, entries := range m.entries {
		for id, e := range entries {
			if e.CustomerKey == customerKey {
				all[partition(k)+" "+sortKey(k, id)] = CustomerItem{Response: k, Event: id}
			}
		}
	}
	for n, c := range m.cases {
		if c.state.CustomerKey == customerKey {
			all[pkCase+string(n)+" "+skState] = CustomerItem{Case: n}
		}
	}
	places := slices.Sorted(maps.Keys(all))
	places = slices.DeleteFunc(places, func(p string) bool { return after != "" && p <= after })
	for i, p := range places {
		if i == limit {
			page.Cursor = sealCursor(customerList(customerKey), places[i-1])
			break
		}
		page.Items = append(page.Items, all[p])
	}
	return page, nil
}

// ForgetCase is Table.ForgetCase.
func (m *Memory) ForgetCase(ctx context.Context, n casefile.Number) (lines int, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	c, ok := m.cases[n]
	if err = ctx.Err(); err == nil && !ok {
		err = ErrNotFound
	}
	if err != nil {
		return 0, fmt.Errorf("forgetting the customer of case %s: %w", n, err)
	}
	for i := range c.timeline {
		if c.timeline[i].Words != nil {
			c.timeline[i].Words = nil
			lines++
		}
	}
	c.state.CustomerKey = ""
	m.cases[n] = c
	return lines, nil
}

// ForgetResponse is Table.ForgetResponse.
func (m *Memory) ForgetResponse(ctx context.Context, k feedback.ResponseKey) (events int, err error) {
	if err := ctx.Err(); err != nil {
		return 0, fmt.Errorf("forgetting who gave response %s: %w", k, err)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	for id, e := range m.entries[k] {
		if e.Personal != nil || e.CustomerKey != "" {
			e.Personal, e.CustomerKey, e.Digest = nil, "", Digest{}
			m.entries[k][id] = e
			events++
		}
	}
	return events, nil
}

// ForgetContact is Table.ForgetContact.
func (m *Memory) ForgetContact(ctx context.Context, id ContactID) (items int, err error) {
	if err := ctx.Err(); err != nil {
		return 0, fmt.Errorf("forgetting a contact: %w", err)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if c, ok := m.contacts[id]; ok && c.optedOut == "" {
		delete(m.contacts, id)
		items++
	}
	before := len(m.topics)
	maps.DeleteFunc(m.topics, func(at shelvedTopic, _ Touch) bool { return at.id == id && id != "" })
	return items + before - len(m.topics), nil
}

// KnownOf is Table.KnownOf.
func (m *Memory) KnownOf(ctx context.Context, id ContactID) (k Known, err error) {
	if err := ctx.Err(); err != nil {
		return k, fmt.Errorf("reading what is known of a contact: %w", err)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	c := m.contacts[id]
	k.LastAt, k.Why, k.OptedOutAt = c.askedAt, c.optedOut, c.outAt
	for at, touch := range m.topics {
		if at.id == id && id != "" {
			k.Topics = append(k.Topics, Topic{at.topic, touch})
		}
	}
	slices.SortFunc(k.Topics, func(a, b Topic) int { return strings.Compare(a.Topic, b.Topic) })
	return k, nil
}

// NoteErasure is Table.NoteErasure.
func (m *Memory) NoteErasure(ctx context.Context, e Erasure) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("noting an erasure: %w", err)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.erasures = append(m.erasures, e)
	return nil
}

// Erasures is Table.Erasures.
func (m *Memory) Erasures(ctx context.Context) ([]Erasure, error) {
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("reading the erasures: %w", err)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.SortedStableFunc(slices.Values(m.erasures), func(a, b Erasure) int { return cmp.Compare(a.At.UnixMilli(), b.At.UnixMilli()) }), nil
}
