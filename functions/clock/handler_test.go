package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"resonanz/events"
	"resonanz/shared/casefile"
	"resonanz/shared/observe"
	"resonanz/shared/outbox"
	"resonanz/shared/store"
)

var noon = time.Date(2026, time.March, 11, 12, 0, 0, 0, time.UTC)

// postbox takes messages, except those that refuse names.
type postbox struct {
	mu     sync.Mutex
	bodies []string
	queues []string // of the bodies
	calls  int
	refuse func(call int) error

	refuseQueue map[string]error
}

func (p *postbox) Send(_ context.Context, queue string, messages []outbox.Message) []error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.calls++
	results := make([]error, len(messages))
	for i, m := range messages {
		if p.refuse != nil {
			results[i] = p.refuse(p.calls)
		}
		if err := p.refuseQueue[queue]; err != nil {
			results[i] = err
		}
		if results[i] == nil {
			p.bodies, p.queues = append(p.bodies, m.Body), append(p.queues, queue)
		}
	}
	return results
}

func (p *postbox) deadlines(t *testing.T) map[string]events.Deadline {
	t.Helper()
	all := map[string]events.Deadline{}
	for _, b := range p.bodies {
		var m events.Message
		if err := json.Unmarshal([]byte(b), &m); err != nil {
			t.Fatal(err)
		}
		if m.Version != events.Version || m.Type != events.TypeDeadline || m.Deadline == nil {
			t.Fatalf("message %s, want a deadline", b)
		}
		all[m.Deadline.Case] = *m.Deadline
	}
	return all
}

func open(t *testing.T, m *store.Memory, n casefile.Number, step int, next time.Time) {
	t.Helper()
	c := casefile.Case{Number: n, Family: casefile.Callback, Status: casefile.Open, Step: step, NextAt: next}
	if err := m.CreateCase(t.Context(), &c, &casefile.Entry{Action: casefile.Opened}); err != nil {
		t.Fatal(err)
	}
}

func newHandler(due dueIndex, p *postbox, metrics io.Writer) *handler {
	now := func() time.Time { return noon }
	return &handler{
		due: due, applied: new(note), queue: p, escalation: "escalation", mail: "mail", notify: "notify", log: slog.New(slog.DiscardHandler),
		metrics: observe.NewMetricsTo(metrics, "clock", now), now: now,
	}
}

// note keeps the configuration applied.
type note struct {
	print string
	err   error
}

func (n *note) Applied(context.Context) (string, error) { return n.print, n.err }

func (n *note) SetApplied(_ context.Context, print string) error {
	n.print = print
	return nil
}

func TestTellsOfEveryDeadlineThatHasPassed(t *testing.T) {
	m, p := store.NewMemory(), new(postbox)
	open(t, m, "2603-0000-0001", 0, noon.Add(-time.Hour))
	open(t, m, "2603-0000-0002", 2, noon)
	open(t, m, "2603-0000-0003", 0, noon.Add(time.Millisecond))
	open(t, m, "2603-0000-0004", 2, casefile.NoAction)
	open(t, m, "2603-0000-0005", 0, time.Time{})
	var out bytes.Buffer
	if err := newHandler(m, p, &out).Handle(t.Context(), Tick{}); err != nil {
		t.Fatal(err)
	}
	want := map[string]events.Deadline{
		"2603-0000-0001": {Case: "2603-0000-0001", Step: 0, DueAt: noon.Add(-time.Hour)},
		"2603-0000-0002": {Case: "2603-0000-0002", Step: 2, DueAt: noon},
	}
	if diff := cmp.Diff(want, p.deadlines(t)); diff != "" {
		t.Errorf("deadlines (-want +got):\n%s", diff)
	}
	if !strings.Contains(out.String(), `"DeadlinesSent":2`) {
		t.Errorf("metrics %s, want two deadlines sent", out.String())
	}
}

func TestManyDeadlinesGoInBatches(t *testing.T) {
	m, p := store.NewMemory(), new(postbox)
	for i := range 250 {
		open(t, m, casefile.Number(fmt.Sprintf("2603-0000-%04d", i)), 0, noon)
	}
	if err := newHandler(m, p, io.Discard).Handle(t.Context(), Tick{}); err != nil {
		t.Fatal(err)
	}
	if got := len(p.deadlines(t)); got != 250 || len(p.bodies) != 250 || p.calls != 3 {
		t.Errorf("%d cases in %d messages and %d calls, want 250 in 250 and 3", got, len(p.bodies), p.calls)
	}
}

func TestAFailureIsReportedAndTheRestGoesOut(t *testing.T) {
	m, down := store.NewMemory(), errors.New("no answer")
	p := &postbox{refuse: func(call int) error {
		if call == 1 {
			return down
		}
		return nil
	}}
	for i := range 150 {
		open(t, m, casefile.Number(fmt.Sprintf("2603-0000-%04d", i)), 0, noon)
	}
	h := newHandler(m, p, io.Discard)
	if err := h.Handle(t.Context(), Tick{}); !errors.Is(err, down) {
		t.Errorf("error %v, want %v", err, down)
	}
	if n := len(p.bodies); n != 50 && n != 100 { // two batches are on their way at once
		t.Errorf("%d messages, want those of the other call", n)
	}
	// The next minute finds all of them still due.
	if err := h.Handle(t.Context(), Tick{}); err != nil {
		t.Fatal(err)
	}
	if got := len(p.deadlines(t)); got != 150 {
		t.Errorf("%d cases told of, want all 150", got)
	}
}

type brokenIndex struct{ error }

func (b brokenIndex) Due(context.Context, time.Time, func(store.Due) error) error { return b.error }
func (b brokenIndex) OpenCases(context.Context, func(casefile.Due) error) error   { return b.error }

// lines is an index of a few lines.
type lines []store.Due

func (l lines) Due(_ context.Context, _ time.Time, each func(store.Due) error) error {
	for _, d := range l {
		if err := each(d); err != nil {
			return err
		}
	}
	return nil
}

func (l lines) OpenCases(_ context.Context, each func(casefile.Due) error) error {
	for _, d := range l {
		if d.Case != nil {
			if err := each(*d.Case); err != nil {
				return err
			}
		}
	}
	return nil
}

func TestEveryQueueHearsOfItsOwn(t *testing.T) {
	silence := events.Silence{Device: "kiosk-1", Touchpoint: "hotline", LastAt: noon.Add(-time.Hour), DueAt: noon}
	invite := events.Invite{ResponseKey: "2026-03-aaaaaaaaaaaaaaaa", EventID: "0190b0c0-0000-7000-8000-000000000001", Reminder: true}
	hook := events.Hook{Endpoint: "crm", Alert: events.Alert{ID: "2603-0000-0001#1", Reason: events.CaseOpened, At: noon}, Attempt: 2}
	p := new(postbox)
	var out bytes.Buffer
	h := newHandler(lines{
		{Hook: &hook}, {Invite: &invite}, {Silence: &silence}, {}, {Case: &casefile.Due{Case: "2603-0000-0001", Step: 1, NextAt: noon}},
	}, p, &out)
	if err := h.Handle(t.Context(), Tick{}); err != nil {
		t.Fatal(err)
	}
	got := map[string][]events.Message{}
	for i, b := range p.bodies {
		var m events.Message
		if err := json.Unmarshal([]byte(b), &m); err != nil {
			t.Fatal(err)
		}
		got[p.queues[i]] = append(got[p.queues[i]], m)
	}
	want := map[string][]events.Message{
		"escalation": {
			{Version: events.Version, Type: events.TypeSilence, Silence: &silence},
			{Version: events.Version, Type: events.TypeDeadline, Deadline: &events.Deadline{Case: "2603-0000-0001", Step: 1, DueAt: noon}},
		},
		"mail":   {{Version: events.Version, Type: events.TypeInvite, Invite: &invite}},
		"notify": {{Version: events.Version, Type: events.TypeHook, Hook: &hook}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("messages (-want +got):\n%s", diff)
	}
	for _, name := range []string{"DeadlinesSent", "SilencesSent", "RemindersSent", "HooksSent"} {
		if !strings.Contains(out.String(), `"`+name+`":1`) {
			t.Errorf("metrics %s, want one in %s", out.String(), name)
		}
	}
}

func TestAMailQueueThatIsDownDelaysNoDeadline(t *testing.T) {
	down := errors.New("no answer")
	p := &postbox{refuseQueue: map[string]error{"mail": down}}
	h := newHandler(lines{
		{Invite: &events.Invite{ResponseKey: "2026-03-aaaaaaaaaaaaaaaa", Reminder: true}},
		{Case: &casefile.Due{Case: "2603-0000-0001", NextAt: noon}},
	}, p, io.Discard)
	if err := h.Handle(t.Context(), Tick{}); !errors.Is(err, down) {
		t.Errorf("error %v, want %v", err, down)
	}
	if diff := cmp.Diff([]string{"escalation"}, p.queues); diff != "" {
		t.Errorf("queues (-want +got):\n%s", diff)
	}
}

func TestAnUnreadableIndexIsAnError(t *testing.T) {
	throttled := errors.New("throttled")
	if err := newHandler(brokenIndex{throttled}, new(postbox), io.Discard).Handle(t.Context(), Tick{}); !errors.Is(err, throttled) {
		t.Errorf("error %v, want %v", err, throttled)
	}
}

func TestStopsInTime(t *testing.T) {
	m, p := store.NewMemory(), new(postbox)
	open(t, m, "2603-0000-0001", 0, noon)
	ctx, cancel := context.WithTimeout(t.Context(), reserve/2)
	defer cancel()
	if err := newHandler(m, p, io.Discard).Handle(ctx, Tick{}); err != nil {
		t.Errorf("error %v, want the next minute to go on", err)
	}
	if len(p.bodies) != 0 {
		t.Errorf("%d messages were sent when time was over", len(p.bodies))
	}
}
