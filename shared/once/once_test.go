package once

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"

	"resonanz/shared/store"
)

var noon = time.Date(2026, time.March, 10, 12, 0, 0, 0, time.UTC)

func runner(m Markers, now *time.Time) *Runner {
	return &Runner{Markers: m, Log: slog.New(slog.DiscardHandler), Now: func() time.Time { return *now }, Timeout: time.Minute}
}

func TestAnEffectHappensOnce(t *testing.T) {
	m, now, n := store.NewMemory(), noon, 0
	do := func(context.Context) error { n++; return nil }
	for i, want := range []Outcome{Happened, Spared, Spared} {
		r := runner(m, &now)
		if i == 2 {
			r.Markers = m.Peer()
		}
		if got, err := r.Do(t.Context(), "a#mail", do); err != nil || got != want {
			t.Errorf("try %d: %v, %v, want %v", i, got, err, want)
		}
		now = now.Add(24 * time.Hour)
	}
	if got, err := runner(m, &now).Do(t.Context(), "b#mail", do); err != nil || got != Happened || n != 2 {
		t.Errorf("another: %v, %v; %d effects, want 2", got, err, n)
	}
}

func TestWhatFailedIsTriedAgainAtOnce(t *testing.T) {
	m, now, n := store.NewMemory(), noon, 0
	down := errors.New("no answer")
	do := func(context.Context) error {
		switch n++; n {
		case 1:
			return down
		case 2:
			panic("a customer's words")
		}
		return nil
	}
	r := runner(m, &now)
	if got, err := r.Do(t.Context(), "a#mail", do); got != Failed || !errors.Is(err, down) {
		t.Errorf("%v, %v", got, err)
	}
	if got, err := r.Do(t.Context(), "a#mail", do); got != Failed || err == nil || strings.Contains(err.Error(), "words") {
		t.Errorf("a panic: %v, %v", got, err)
	}
	if got, err := r.Do(t.Context(), "a#mail", do); got != Happened || err != nil {
		t.Errorf("%v, %v", got, err)
	}
}

// dead is a worker that can write nothing down any more.
type dead struct{ Markers }

func (dead) Finish(context.Context, string, time.Time) error { return errors.New("killed") }
func (dead) Release(context.Context, string) error           { return errors.New("killed") }

func TestTheLeaseOfADeadWorkerRunsOut(t *testing.T) {
	m, now := store.NewMemory(), noon
	if _, err := runner(dead{m}, &now).Do(t.Context(), "a#mail", func(context.Context) error { return errors.New("killed") }); err == nil {
		t.Error("no error")
	}
	other := runner(m.Peer(), &now)
	if got, err := other.Do(t.Context(), "a#mail", nil); got != Failed || !errors.Is(err, ErrElsewhere) {
		t.Errorf("%v, %v, want others kept off", got, err)
	}
	now = now.Add(leaseDefault)
	if got, err := other.Do(t.Context(), "a#mail", func(context.Context) error { return nil }); got != Happened || err != nil {
		t.Errorf("%v, %v", got, err)
	}
}

func TestWhatCouldNotBeWrittenDownDidHappen(t *testing.T) {
	m, now := store.NewMemory(), noon
	if got, err := runner(dead{m}, &now).Do(t.Context(), "a#mail", func(context.Context) error { return nil }); got != Happened || err != nil {
		t.Errorf("%v, %v", got, err)
	}
}

// forgetful refuses to write down what happened the first time.
type forgetful struct {
	Markers
	refused bool
}

func (f *forgetful) Finish(ctx context.Context, effect string, now time.Time) error {
	if !f.refused {
		f.refused = true
		return errors.New("refused")
	}
	return f.Markers.Finish(ctx, effect, now)
}

func TestWhatHappenedIsWrittenDownAtTheSecondTry(t *testing.T) {
	m, now, n := store.NewMemory(), noon, 0
	do := func(context.Context) error { n++; return nil }
	if got, err := runner(&forgetful{Markers: m}, &now).Do(t.Context(), "a#mail", do); err != nil || got != Happened {
		t.Errorf("%v, %v", got, err)
	}
	now = now.Add(24 * time.Hour)
	if got, err := runner(m.Peer(), &now).Do(t.Context(), "a#mail", do); err != nil || got != Spared || n != 1 {
		t.Errorf("again: %v, %v; %d effects, want 1", got, err, n)
	}
}

func TestAnEffectHasItsTimeAndNoMore(t *testing.T) {
	m, now := store.NewMemory(), noon
	r := runner(m, &now)
	r.Timeout = time.Millisecond
	got, err := r.Do(t.Context(), "a#mail", func(ctx context.Context) error {
		<-ctx.Done()
		return ctx.Err()
	})
	if got != Failed || !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("%v, %v", got, err)
	}
}

func TestTheLeaseOutlivesTheInvocation(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	if got := lease(ctx); got < 30*time.Second || got > 40*time.Second {
		t.Errorf("lease %s of an invocation of 30 s, want a little longer", got)
	}
	if got := lease(t.Context()); got != leaseDefault {
		t.Errorf("lease %s without a deadline, want %s", got, leaseDefault)
	}
}

func TestWhoTakesOverKnowsThatItMayHaveHappened(t *testing.T) {
	m, now := store.NewMemory(), noon
	if _, err := m.Peer().Begin(t.Context(), "a#mail", now, time.Minute); err != nil {
		t.Fatal(err)
	}
	now = now.Add(time.Minute)
	for effect, want := range map[string]bool{"a#mail": true, "b#mail": false} {
		var got bool
		if did, err := runner(m, &now).DoKnowing(t.Context(), effect, func(_ context.Context, maybe bool) error { got = maybe; return nil }); err != nil || did != Happened || got != want {
			t.Errorf("%s: %v, %v, told %v, want %v", effect, did, err, got, want)
		}
	}
}
