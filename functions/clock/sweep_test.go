package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"testing"
	"time"

	"resonanz/events"
	"resonanz/shared/casefile"
	"resonanz/shared/store"
)

// retimed counts the messages that name a configuration, by case.
func (p *postbox) retimed(t *testing.T, print string) map[string]int {
	t.Helper()
	all := map[string]int{}
	for _, b := range p.bodies {
		var m events.Message
		if err := json.Unmarshal([]byte(b), &m); err != nil {
			t.Fatal(err)
		}
		if m.Deadline != nil && m.Deadline.Print == print {
			all[m.Deadline.Case]++
		}
	}
	return all
}

// book fills a store with n cases that are due some other day, and one that has
// ended.
func book(t *testing.T, n int) *store.Memory {
	t.Helper()
	m := store.NewMemory()
	for i := range n {
		open(t, m, casefile.Number(fmt.Sprintf("2603-0000-%04d", i)), 0, noon.AddDate(0, 0, 1))
	}
	ended := casefile.Case{Number: "2603-0000-ZZZZ", Family: casefile.Callback, Status: casefile.Closed}
	if err := m.CreateCase(t.Context(), &ended, &casefile.Entry{Action: casefile.Opened}); err != nil {
		t.Fatal(err)
	}
	return m
}

func TestAChangedConfigurationIsToldOfEveryOpenCase(t *testing.T) {
	m, p := book(t, 250), new(postbox)
	h := newHandler(m, p, io.Discard)
	h.applied, h.print = m, "one"
	clock := noon
	h.now = func() time.Time { return clock }
	minute := func(want int) {
		t.Helper()
		p.bodies = nil
		if err := h.Handle(t.Context(), Tick{}); err != nil {
			t.Fatal(err)
		}
		got := p.retimed(t, h.print)
		if len(got) != want || len(p.bodies) != want || got["2603-0000-ZZZZ"] != 0 {
			t.Errorf("%s: told of %d cases in %d messages, want %d", clock.Format(time.TimeOnly), len(got), len(p.bodies), want)
		}
	}
	minute(250)
	clock = clock.Add(time.Minute)
	minute(0)
	clock = noon.Add(settled) // what a function of before took meanwhile
	minute(250)
	clock = clock.Add(time.Minute)
	minute(0)
	h.print = "two"
	minute(250)
	h.print = "one" // taken back before it was settled
	minute(250)
	clock = clock.Add(settled)
	minute(250)
	minute(0)
}

func TestWhatIsDueComesBeforeASweep(t *testing.T) {
	m, p := book(t, 1), new(postbox)
	open(t, m, "2603-0000-9999", 3, noon)
	h := newHandler(m, p, io.Discard)
	h.applied, h.print = m, "one"
	if err := h.Handle(t.Context(), Tick{}); err != nil {
		t.Fatal(err)
	}
	var first events.Message
	if err := json.Unmarshal([]byte(p.bodies[0]), &first); err != nil || first.Deadline.Print != "" || first.Deadline.Case != "2603-0000-9999" {
		t.Errorf("first %s, %v, want the deadline that has passed", p.bodies[0], err)
	}
	if got := p.retimed(t, "one"); len(got) != 2 {
		t.Errorf("told of %v, want both cases", got)
	}
}

// cut is an index that cannot be read to its end.
type cut struct {
	*store.Memory
	err error
}

func (c cut) OpenCases(ctx context.Context, each func(casefile.Due) error) error {
	n := 0
	return c.Memory.OpenCases(ctx, func(d casefile.Due) error {
		if n++; n > 3 {
			return c.err
		}
		return each(d)
	})
}

func TestASweepThatWasCutShortBeginsAnew(t *testing.T) {
	down := errors.New("no answer")
	for name, tt := range map[string]struct {
		spoil func(h *handler, p *postbox, m *store.Memory)
		err   error
	}{
		"the index":     {func(h *handler, _ *postbox, m *store.Memory) { h.due = cut{m, down} }, down},
		"the time":      {func(h *handler, _ *postbox, m *store.Memory) { h.due = cut{m, errOutOfTime} }, nil},
		"the queue":     {func(_ *handler, p *postbox, _ *store.Memory) { p.refuseQueue = map[string]error{"escalation": down} }, down},
		"what is known": {func(h *handler, _ *postbox, _ *store.Memory) { h.applied = &note{err: down} }, down},
	} {
		t.Run(name, func(t *testing.T) {
			m, p := book(t, 10), new(postbox)
			h := newHandler(m, p, io.Discard)
			h.applied, h.print = m, "one"
			tt.spoil(h, p, m)
			if err := h.Handle(t.Context(), Tick{}); !errors.Is(err, tt.err) {
				t.Errorf("error %v, want %v", err, tt.err)
			}
			if print, err := m.Applied(t.Context()); err != nil || print != "" {
				t.Errorf("applied %q, %v, though it was cut short", print, err)
			}
			h.due, h.applied, p.refuseQueue, p.bodies = m, m, nil, nil
			if err := h.Handle(t.Context(), Tick{}); err != nil {
				t.Fatal(err)
			}
			if got := p.retimed(t, "one"); len(got) != 10 {
				t.Errorf("told of %d cases, want all 10", len(got))
			}
		})
	}
}

func TestWhatIsKeptOfTheConfigurationMayBeAnything(t *testing.T) {
	for _, kept := range []string{"one since yesterday", "one since ", " since 2026-03-11T12:00:00Z", "two since 2026-03-11T12:00:00Z"} {
		m, p := book(t, 2), new(postbox)
		if err := m.SetApplied(t.Context(), kept); err != nil {
			t.Fatal(err)
		}
		h := newHandler(m, p, new(bytes.Buffer))
		h.applied, h.print = m, "one"
		if err := h.Handle(t.Context(), Tick{}); err != nil {
			t.Fatal(err)
		}
		if got := p.retimed(t, "one"); len(got) != 2 {
			t.Errorf("%q: told of %d cases, want both", kept, len(got))
		}
	}
}

// torn is an index with a line that cannot be read.
type torn struct{ *store.Memory }

func (t torn) Due(ctx context.Context, until time.Time, each func(store.Due) error) error {
	return cmp.Or(t.Memory.Due(ctx, until, each), store.ErrInvalid)
}

func (t torn) OpenCases(ctx context.Context, each func(casefile.Due) error) error {
	return cmp.Or(t.Memory.OpenCases(ctx, each), store.ErrInvalid)
}

func TestALineThatCannotBeReadKeepsNoCaseFromANewConfiguration(t *testing.T) {
	m, p := book(t, 3), new(postbox)
	h := newHandler(torn{m}, p, io.Discard)
	h.applied, h.print = m, "one"
	if err := h.Handle(t.Context(), Tick{}); !errors.Is(err, store.ErrInvalid) {
		t.Errorf("nobody hears of the line: %v", err)
	}
	if got := p.retimed(t, "one"); len(got) != 3 {
		t.Errorf("told of %d cases", len(got))
	}
	p.bodies = nil
	if err := h.Handle(t.Context(), Tick{}); !errors.Is(err, store.ErrInvalid) {
		t.Errorf("got %v", err)
	}
	if got := p.retimed(t, "one"); len(got) != 0 {
		t.Errorf("told of %d cases again, each minute for ever", len(got))
	}
}
