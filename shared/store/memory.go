package store

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"resonanz/shared/casefile"
	"resonanz/shared/feedback"
	"resonanz/shared/period"
)

// Memory is the store in memory, for tests. It is safe for concurrent use. What a
// Table forgets when its time to live is up it keeps.
type Memory struct {
	*shelves
	owner *byte // told apart by address: one worker of several
}

type shelves struct {
	mu      sync.Mutex
	entries map[feedback.ResponseKey]map[feedback.EventID]Entry
	cases   map[casefile.Number]shelvedCase
	once    map[string]marker
	reports map[string][]ReportVersion // by partition

	beats     map[feedback.Device]Beat
	gaps      map[shelvedGap]Gap
	reminders map[feedback.ResponseKey]shelvedReminder
	contacts  map[ContactID]shelvedContact
	topics    map[shelvedTopic]Touch

	actions map[string]casefile.CorrectiveAction
	crisis  casefile.Crisis
	applied string
	hooks   map[shelvedHook]Hook
	days    map[string][]byte // JSON, by date
	swept   map[string]Swept

	erasures []Erasure
}

type marker struct {
	done  bool
	until time.Time
	owner *byte
}

// NewMemory makes an empty store.
func NewMemory() *Memory {
	return &Memory{&shelves{
		entries: make(map[feedback.ResponseKey]map[feedback.EventID]Entry),
		cases:   make(map[casefile.Number]shelvedCase),
		once:    make(map[string]marker),
		reports: make(map[string][]ReportVersion),

		beats:     make(map[feedback.Device]Beat),
		gaps:      make(map[shelvedGap]Gap),
		reminders: make(map[feedback.ResponseKey]shelvedReminder),

		actions: make(map[string]casefile.CorrectiveAction),
		hooks:   make(map[shelvedHook]Hook),
		days:    make(map[string][]byte),
		swept:   make(map[string]Swept),
	}, new(byte)}
}

// Peer is another worker's handle on the same store: leases of effects that
// one took are not the other's.
func (m *Memory) Peer() *Memory { return &Memory{m.shelves, new(byte)} }

// Put is Table.Put.
func (m *Memory) Put(ctx context.Context, e *Entry) (Outcome, *Entry, error) {
	if err := cmp.Or(ctx.Err(), e.check()); err != nil {
		return 0, nil, fmt.Errorf("storing event %s: %w", e.EventID, err)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.put(e)
}

// put runs with mu held.
func (m *Memory) put(e *Entry) (Outcome, *Entry, error) {
	response := m.entries[e.ResponseKey]
	if stored, ok := response[e.EventID]; ok {
		stored = cloneEntry(&stored)
		if e.same(&stored) {
			return Duplicate, &stored, nil
		}
		return 0, &stored, fmt.Errorf("storing event %s: %w", e.EventID, ErrConflict)
	}
	if response == nil {
		response = make(map[feedback.EventID]Entry)
		m.entries[e.ResponseKey] = response
	}
	response[e.EventID] = cloneEntry(e)
	return Accepted, nil, nil
}

func cloneEntry(e *Entry) Entry {
	c := *e
	c.ReceivedAt = c.ReceivedAt.UTC().Truncate(time.Millisecond)
	c.Event = slices.Clone(e.Event)
	c.Personal = nil
	if len(e.Personal) > 0 {
		c.Personal = slices.Clone(e.Personal)
	}
	return c
}

// Get is Table.Get.
func (m *Memory) Get(ctx context.Context, k feedback.ResponseKey, id feedback.EventID) (*Entry, error) {
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("reading event %s: %w", id, err)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	e, ok := m.entries[k][id]
	if !ok {
		return nil, fmt.Errorf("reading event %s: %w", id, ErrNotFound)
	}
	e = cloneEntry(&e)
	return &e, nil
}

// Response is Table.Response.
func (m *Memory) Response(ctx context.Context, k feedback.ResponseKey) ([]Entry, error) {
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("reading response %s: %w", k, err)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	var all []Entry
	for _, id := range slices.Sorted(maps.Keys(m.entries[k])) {
		e := m.entries[k][id]
		all = append(all, cloneEntry(&e))
	}
	return all, nil
}

// Month is Table.Month.
func (m *Memory) Month(ctx context.Context, p period.Period, each func(Entry) error) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("reading month %s: %w", p, err)
	}
	m.mu.Lock()
	var all []Entry
	for k, response := range m.entries {
		if k.Month() != p {
			continue
		}
		for _, e := range response {
			if !feedback.OfCanary(e.Event) {
				all = append(all, cloneEntry(&e))
			}
		}
	}
	m.mu.Unlock()
	for i := range all {
		if err := cmp.Or(ctx.Err(), each(all[i])); err != nil {
			return fmt.Errorf("reading month %s: %w", p, err)
		}
	}
	return nil
}

// Begin is Table.Begin.
func (m *Memory) Begin(ctx context.Context, effect string, now time.Time, lease time.Duration) (OnceState, error) {
	if err := ctx.Err(); err != nil {
		return 0, fmt.Errorf("beginning effect %s: %w", effect, err)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	switch k, ok := m.once[effect]; {
	case ok && k.done:
		return Done, nil
	case ok && now.Before(k.until):
		return InProgress, nil
	}
	state := Started
	if _, left := m.once[effect]; left {
		state = TakenOver
	}
	m.once[effect] = marker{until: now.Add(lease), owner: m.owner}
	return state, nil
}

// Finish is Table.Finish.
func (m *Memory) Finish(ctx context.Context, effect string, _ time.Time) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("finishing effect %s: %w", effect, err)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.once[effect] = marker{done: true}
	return nil
}

// Release is Table.Release.
func (m *Memory) Release(ctx context.Context, effect string) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("releasing effect %s: %w", effect, err)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if k := m.once[effect]; !k.done && k.owner == m.owner {
		delete(m.once, effect)
	}
	return nil
}
