package store

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"resonanz/events"
	"resonanz/shared/casefile"
	"resonanz/shared/feedback"
)

type shelvedGap struct {
	device feedback.Device
	lastAt int64 // milliseconds since 1970 UTC
}

// shelvedReminder is kept by response key.
type shelvedReminder struct {
	event feedback.EventID // of the invitation
	dueAt time.Time
}

// Due is Table.Due.
func (m *Memory) Due(ctx context.Context, until time.Time, each func(Due) error) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("reading what is due: %w", err)
	}
	type line struct {
		shard string
		at    time.Time
		due   Due
	}
	var lines []line
	add := func(id string, at time.Time, d Due) {
		if !at.IsZero() && !at.After(until) {
			lines = append(lines, line{dueShard(id), at, d})
		}
	}
	m.mu.Lock()
	for n := range m.cases {
		c := m.cases[n].state
		if shard, at := listed(&c); shard == casesShard && !at.After(until) {
			lines = append(lines, line{shard, at, Due{Case: &casefile.Due{Case: n, Step: c.Step, NextAt: millisecond(at)}}})
		}
	}
	for k, h := range m.hooks {
		add(k.endpoint+k.alert, h.NextAt, Due{Hook: &events.Hook{Endpoint: h.Endpoint, Alert: h.Alert, Attempt: h.Attempt}})
	}
	for d, b := range m.beats {
		add(string(d), b.DueAt, Due{Silence: &events.Silence{Device: d, Touchpoint: b.Touchpoint, LastAt: b.At, DueAt: b.DueAt}})
	}
	for k, g := range m.gaps {
		add(string(k.device), g.NextAt, Due{Silence: &events.Silence{Device: k.device, Touchpoint: g.Touchpoint, LastAt: g.LastAt, DueAt: g.SilentAt}})
	}
	for k, r := range m.reminders {
		add(string(k), r.dueAt, Due{Invite: &events.Invite{ResponseKey: k, EventID: r.event, Reminder: true}})
	}
	m.mu.Unlock()
	slices.SortFunc(lines, func(a, b line) int {
		return cmp.Or(strings.Compare(a.shard, b.shard), a.at.Compare(b.at))
	})
	for _, l := range lines {
		if err := cmp.Or(ctx.Err(), each(l.due)); err != nil {
			return fmt.Errorf("reading what is due: %w", err)
		}
	}
	return nil
}

// Beat is Table.Beat.
func (m *Memory) Beat(ctx context.Context, b Beat) error {
	if err := cmp.Or(ctx.Err(), b.check()); err != nil {
		return fmt.Errorf("storing the beat of %s: %w", b.Device, err)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.beats[b.Device] = cloneBeat(b)
	return nil
}

// Watch is Table.Watch.
func (m *Memory) Watch(ctx context.Context, b Beat) error {
	if err := cmp.Or(ctx.Err(), b.check()); err != nil {
		return fmt.Errorf("watching %s: %w", b.Device, err)
	}
	b = cloneBeat(b)
	m.mu.Lock()
	defer m.mu.Unlock()
	if kept, ok := m.beats[b.Device]; !ok || !kept.At.Equal(b.At) {
		return fmt.Errorf("watching %s: %w", b.Device, ErrVersion)
	}
	m.beats[b.Device] = b
	return nil
}

// LastBeat is Table.LastBeat.
func (m *Memory) LastBeat(ctx context.Context, d feedback.Device) (*Beat, error) {
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("reading the beat of %s: %w", d, err)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	b, ok := m.beats[d]
	if !ok {
		return nil, fmt.Errorf("reading the beat of %s: %w", d, ErrNotFound)
	}
	return &b, nil
}

// PutGap is Table.PutGap.
func (m *Memory) PutGap(ctx context.Context, g Gap) error {
	if err := cmp.Or(ctx.Err(), g.check()); err != nil {
		return fmt.Errorf("storing the gap of %s: %w", g.Device, err)
	}
	g.LastAt, g.SilentAt, g.NextAt = millisecond(g.LastAt), millisecond(g.SilentAt), millisecond(g.NextAt)
	m.mu.Lock()
	defer m.mu.Unlock()
	m.gaps[shelvedGap{g.Device, g.LastAt.UnixMilli()}] = g
	return nil
}

func cloneBeat(b Beat) Beat {
	b.At, b.DueAt = millisecond(b.At), millisecond(b.DueAt)
	return b
}

// millisecond is t as the table keeps it; zero stays zero.
func millisecond(t time.Time) time.Time {
	if t.IsZero() {
		return time.Time{}
	}
	return t.UTC().Truncate(time.Millisecond)
}
