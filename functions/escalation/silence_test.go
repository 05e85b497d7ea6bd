package main

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"resonanz/events"
	"resonanz/shared/casefile"
	"resonanz/shared/config"
	"resonanz/shared/escalate"
	"resonanz/shared/feedback"
	"resonanz/shared/store"
)

// beat is a sign of life of the kiosk, of which the next is due after half an hour.
func (r *rig) beat(t testing.TB, at time.Time) {
	t.Helper()
	b := store.Beat{Device: "kiosk-1", Touchpoint: "checkout-cologne", At: at, DueAt: r.watched("kiosk-1", at), Queued: 3, App: "1"}
	if err := r.memory.Beat(context.Background(), b); err != nil {
		t.Fatal(err)
	}
}

// tick delivers every silence that is due, as the clock does, repeats times
// over, and returns how many there were.
func (r *rig) tick(t testing.TB, repeats int) (n int) {
	t.Helper()
	var bodies []string
	err := r.memory.Due(context.Background(), r.clock, func(d store.Due) error {
		if d.Silence != nil {
			n++
			for range repeats {
				bodies = append(bodies, message(t, events.Message{Type: events.TypeSilence, Silence: d.Silence}))
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if failed := r.deliver(t, bodies...); failed != nil {
		t.Fatalf("messages %v failed", failed)
	}
	return n
}

func gapOf(last time.Time) casefile.Number {
	return escalate.GapNumber(&events.Silence{Device: "kiosk-1", LastAt: last}, 0)
}

func TestASilentDeviceOpensOneCaseAndAnotherBeatClosesIt(t *testing.T) {
	r := newRig()
	r.beat(t, noon)
	r.clock = noon.Add(29 * time.Minute)
	if n := r.tick(t, 1); n != 0 {
		t.Fatalf("%d silences before the time", n)
	}
	r.clock = noon.Add(30 * time.Minute)
	r.tick(t, 3)
	c, timeline := r.state(t, gapOf(noon))
	if c == nil || c.Rule != "DATA_GAP" || c.Status != casefile.Open || c.Device != "kiosk-1" || c.Touchpoint != "checkout-cologne" || len(timeline) != 1 {
		t.Fatalf("case %+v with %+v, want one open gap", c, timeline)
	}
	if !c.NextAt.Equal(noon.Add(30*time.Minute + 24*time.Hour)) {
		t.Errorf("the next of the chain is told at %s", c.NextAt)
	}
	r.clock = r.clock.Add(again - time.Minute)
	if n := r.tick(t, 1); n != 0 {
		t.Errorf("%d silences told again too early", n)
	}
	for range 3 { // still silent: looked at again and again, nothing changes
		r.clock = r.clock.Add(again)
		if n := r.tick(t, 2); n != 1 {
			t.Errorf("%d silences, want the one gap", n)
		}
	}
	if _, timeline := r.state(t, gapOf(noon)); len(timeline) != 1 {
		t.Errorf("%d entries of a gap that goes on, want 1", len(timeline))
	}

	heard := r.clock.Add(time.Minute)
	r.beat(t, heard)
	r.clock = r.clock.Add(again)
	r.tick(t, 3)
	c, timeline = r.state(t, gapOf(noon))
	if c.Status != casefile.Closed || len(timeline) != 2 || timeline[1].Action != casefile.Ended || timeline[1].Alert == nil || timeline[1].Alert.Reason != events.CaseChanged {
		t.Fatalf("case %+v with %+v, want it closed and staff told once", c, timeline)
	}
	r.clock = heard.Add(29 * time.Minute)
	if n := r.tick(t, 1); n != 0 {
		t.Errorf("%d silences of a device that is back", n)
	}
	r.clock = heard.Add(30 * time.Minute)
	r.tick(t, 1)
	if c, _ := r.state(t, gapOf(heard)); c == nil || c.Number == gapOf(noon) || c.Status != casefile.Open {
		t.Errorf("case %+v, want a second silence to be another case", c)
	}
	for name, want := range map[string]int{`"CasesOpened":1`: 2, `"GapsEnded":1`: 1} {
		if got := strings.Count(r.out.String(), name); got != want {
			t.Errorf("%s counted %d times, want %d", name, got, want)
		}
	}
}

func TestASecondSilenceLeavesTheFirstToBeClosed(t *testing.T) {
	r := newRig()
	r.beat(t, noon)
	r.clock = noon.Add(30 * time.Minute)
	r.tick(t, 1)
	r.watched = func(_ feedback.Device, last time.Time) time.Time { return last.Add(time.Minute) }
	second := r.clock.Add(time.Minute)
	r.beat(t, second)
	r.clock = second.Add(time.Minute) // silent again before the first gap was looked at
	r.tick(t, 1)
	r.clock = r.clock.Add(again)
	r.tick(t, 1)
	first, _ := r.state(t, gapOf(noon))
	next, _ := r.state(t, gapOf(second))
	if first.Status != casefile.Closed || next.Status != casefile.Open {
		t.Errorf("first %+v, second %+v, want the first closed only", first, next)
	}
}

func TestAMessageThatIsOutOfDateOpensNothing(t *testing.T) {
	r := newRig()
	r.beat(t, noon)
	old := message(t, events.Message{Type: events.TypeSilence, Silence: &events.Silence{Device: "kiosk-1", Touchpoint: "hotline", LastAt: noon.Add(-time.Hour), DueAt: noon}})
	unknown := message(t, events.Message{Type: events.TypeSilence, Silence: &events.Silence{Device: "kiosk-9", Touchpoint: "hotline", LastAt: noon, DueAt: noon}})
	if failed := r.deliver(t, old, unknown); failed != nil || len(r.dead.bodies) != 0 {
		t.Errorf("failed %v, put aside %q", failed, r.dead.reasons)
	}
	if c, _ := r.state(t, gapOf(noon.Add(-time.Hour))); c != nil {
		t.Errorf("case %+v of a device that was heard of", c)
	}
}

func TestTheConfigurationOfTodayCounts(t *testing.T) {
	r := newRig()
	r.beat(t, noon)
	r.clock = noon.Add(30 * time.Minute)
	r.watched = func(_ feedback.Device, last time.Time) time.Time { return last.Add(2 * time.Hour) } // closed meanwhile
	r.tick(t, 1)
	b, err := r.memory.LastBeat(t.Context(), "kiosk-1")
	if err != nil || !b.DueAt.Equal(noon.Add(2*time.Hour)) || b.Queued != 3 {
		t.Errorf("beat %+v, %v, want it put off", b, err)
	}
	if c, _ := r.state(t, gapOf(noon)); c != nil {
		t.Errorf("case %+v, want none", c)
	}
	r.clock = noon.Add(2 * time.Hour)
	r.tick(t, 1)
	if c, _ := r.state(t, gapOf(noon)); c == nil || c.Status != casefile.Open {
		t.Fatalf("case %+v, want an open gap", c)
	}
	r.watched = func(feedback.Device, time.Time) time.Time { return time.Time{} } // taken out of service
	r.clock = r.clock.Add(again)
	r.tick(t, 1)
	if c, _ := r.state(t, gapOf(noon)); c.Status != casefile.Closed {
		t.Errorf("case %+v, want the gap of a device that is not watched any more closed", c)
	}
	r.clock = r.clock.Add(365 * 24 * time.Hour)
	if n := r.tick(t, 1); n != 0 {
		t.Errorf("%d silences of a device out of service", n)
	}
}

func TestAGapThatStaffClosedIsLeftAlone(t *testing.T) {
	r := newRig()
	r.beat(t, noon)
	r.clock = noon.Add(30 * time.Minute)
	r.tick(t, 1)
	c, _ := r.state(t, gapOf(noon))
	c.Status, c.NextAt = casefile.Closed, time.Time{}
	if err := r.memory.UpdateCase(t.Context(), c, &casefile.Entry{Action: casefile.Annotated, At: r.clock}); err != nil {
		t.Fatal(err)
	}
	r.clock = r.clock.Add(again)
	r.tick(t, 1)
	r.clock = r.clock.Add(365 * 24 * time.Hour)
	if n := r.tick(t, 1); n != 0 {
		t.Errorf("%d silences of a gap that was closed", n)
	}
}

// failing is a store whose n-th write fails, before or after it was done.
type failing struct {
	*store.Memory
	n, calls int
	after    bool
}

func (f *failing) write(do func() error) error {
	f.calls++
	if f.calls != f.n {
		return do()
	}
	if f.after {
		if err := do(); err != nil {
			return err
		}
	}
	return errThrottled
}

func (f *failing) CreateCase(ctx context.Context, c *casefile.Case, es ...*casefile.Entry) error {
	return f.write(func() error { return f.Memory.CreateCase(ctx, c, es...) })
}

func (f *failing) UpdateCase(ctx context.Context, c *casefile.Case, es ...*casefile.Entry) error {
	return f.write(func() error { return f.Memory.UpdateCase(ctx, c, es...) })
}

func (f *failing) Watch(ctx context.Context, b store.Beat) error {
	return f.write(func() error { return f.Memory.Watch(ctx, b) })
}

func (f *failing) PutGap(ctx context.Context, g store.Gap) error {
	return f.write(func() error { return f.Memory.PutGap(ctx, g) })
}

func TestAWorkerThatDiesBetweenTwoWritesChangesNothing(t *testing.T) {
	play := func(n int, after bool) []casefile.Action {
		r := newRig()
		f := &failing{Memory: r.memory, n: n, after: after}
		r.cases, r.devices = f, f
		deliver := func() { // what fails comes again
			for range 3 {
				var bodies []string
				err := r.memory.Due(t.Context(), r.clock, func(d store.Due) error {
					if d.Silence != nil {
						bodies = append(bodies, message(t, events.Message{Type: events.TypeSilence, Silence: d.Silence}))
					}
					return nil
				})
				if err != nil {
					t.Fatal(err)
				}
				for range 3 {
					if r.deliver(t, bodies...) == nil {
						break
					}
				}
			}
		}
		r.beat(t, noon)
		r.clock = noon.Add(30 * time.Minute)
		deliver()
		r.beat(t, r.clock)
		r.clock = r.clock.Add(again)
		deliver()
		if b, err := r.memory.LastBeat(t.Context(), "kiosk-1"); err != nil || !b.DueAt.Equal(noon.Add(time.Hour)) {
			t.Errorf("write %d: beat %+v, %v, want the device watched on", n, b, err)
		}
		r.clock = noon.Add(59 * time.Minute)
		if left := r.tick(t, 1); left != 0 {
			t.Errorf("write %d: %d silences left", n, left)
		}
		var actions []casefile.Action
		_, timeline := r.state(t, gapOf(noon))
		for _, e := range timeline {
			actions = append(actions, e.Action)
		}
		return actions
	}
	for n := range 6 { // 5 writes; the 0th never comes
		for _, after := range []bool{false, true} {
			if diff := cmp.Diff([]casefile.Action{casefile.Opened, casefile.Ended}, play(n, after)); diff != "" {
				t.Errorf("write %d failed, done before it %t: timeline (-want +got):\n%s", n, after, diff)
			}
		}
	}
}

// lively is a store whose device is heard of just before it is left alone.
type lively struct {
	*store.Memory
	beat func()
}

func (l *lively) Watch(ctx context.Context, b store.Beat) error {
	l.beat()
	return l.Memory.Watch(ctx, b)
}

func TestABeatMeanwhileKnowsBetter(t *testing.T) {
	r := newRig()
	r.beat(t, noon)
	r.clock = noon.Add(30 * time.Minute)
	r.devices = &lively{r.memory, func() { r.beat(t, r.clock) }}
	if n := r.tick(t, 1); n != 1 {
		t.Fatalf("%d silences, want 1", n)
	}
	b, err := r.memory.LastBeat(t.Context(), "kiosk-1")
	if err != nil || !b.At.Equal(r.clock) || !b.DueAt.Equal(r.clock.Add(30*time.Minute)) {
		t.Errorf("beat %+v, %v, want the later one watched", b, err)
	}
	r.devices = r.memory
	r.clock = r.clock.Add(again)
	r.tick(t, 1)
	if c, _ := r.state(t, gapOf(noon)); c.Status != casefile.Closed {
		t.Errorf("case %+v, want it closed", c)
	}
}

func TestAThrottledReadComesAgain(t *testing.T) {
	r := newRig()
	r.beat(t, noon)
	b := &busy{Memory: r.memory, err: errThrottled, n: 1}
	r.cases = b
	r.clock = noon.Add(30 * time.Minute)
	body := message(t, events.Message{Type: events.TypeSilence, Silence: &events.Silence{Device: "kiosk-1", Touchpoint: "hotline", LastAt: noon, DueAt: r.clock}})
	if failed := r.deliver(t, body); len(failed) != 1 {
		t.Errorf("failed %v, want the message to come again", failed)
	}
	if failed := r.deliver(t, body); failed != nil {
		t.Errorf("failed %v once the table answers", failed)
	}
}

func TestDevicesAreWatchedAsConfigured(t *testing.T) {
	cfg, err := config.Parse([]byte(`{"organisation":{"time_zone":"Europe/Berlin"},"devices":[
		{"id":"shop","silent_minutes":30,"hours":{"days":["mon"],"from":"08:00","to":"20:00"}},
		{"id":"always","silent_minutes":30}, {"id":"unwatched"}, {"id":"revoked","silent_minutes":30,"revoked":true}]}`))
	if err != nil {
		t.Fatal(err)
	}
	w, err := watching(cfg)
	if err != nil {
		t.Fatal(err)
	}
	evening := time.Date(2026, time.March, 23, 18, 50, 0, 0, time.UTC) // a Monday, 19:50; clocks change before the next
	for d, want := range map[feedback.Device]time.Time{
		"shop": time.Date(2026, time.March, 30, 6, 20, 0, 0, time.UTC), "always": evening.Add(30 * time.Minute),
		"unwatched": {}, "revoked": {}, "unknown": {},
	} {
		if got := w(d, evening); !got.Equal(want) {
			t.Errorf("%s: silent at %s, want %s", d, got, want)
		}
	}
	cfg.Devices[0].Hours.From = "noon"
	if _, err := watching(cfg); err == nil || !strings.Contains(err.Error(), "shop") {
		t.Errorf("error %v, want the device named", err)
	}
}
