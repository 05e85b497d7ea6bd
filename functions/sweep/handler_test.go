package main

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"

	"resonanz/shared/observe"
	"resonanz/shared/retention"
	"resonanz/shared/store"
)

var night = time.Date(2026, time.March, 15, 2, 15, 0, 0, time.UTC)

// sweeps answers as a sweep that asks so often whether there is time for more.
type sweeps struct {
	asked []bool
	done  retention.Done
	err   error
	at    time.Time
}

func (s *sweeps) Sweep(_ context.Context, now time.Time, more func() bool) (retention.Done, error) {
	s.at = now
	s.asked = append(s.asked, more())
	return s.done, s.err
}

func newRig(s *sweeps) (*handler, *bytes.Buffer) {
	out := new(bytes.Buffer)
	now := func() time.Time { return night }
	return &handler{
		sweeper: s, log: observe.LoggerTo(out, "sweep", slog.LevelInfo), metrics: observe.NewMetricsTo(out, "sweep", now), now: now,
	}, out
}

func TestASweepSaysWhatItDid(t *testing.T) {
	s := &sweeps{done: retention.Done{Expired: store.Expired{Events: 7, Lines: 5, Cases: 2, HeldBack: 1, Addresses: 3}, Files: 4, Again: 6, Months: 9, Left: 8}}
	h, out := newRig(s)
	if err := h.Handle(t.Context(), Tick{Schedule: "sweep"}); err != nil || !s.at.Equal(night) {
		t.Fatalf("%v at %s", err, s.at)
	}
	for _, want := range []string{
		`"SweptEvents":7`, `"SweptAddresses":3`, `"SweptCases":2`, `"SweptFiles":4`, `"SweptAgain":6`, `"SweepHeldBack":1`, `"SweepLeft":8`, `"Function":"sweep"`,
		`"months":9`, `"lines":5`, `"left":8`,
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no %s in %s", want, out)
		}
	}
}

func TestAFailureIsToldBesideWhatWasDone(t *testing.T) {
	h, out := newRig(&sweeps{done: retention.Done{Expired: store.Expired{Events: 7}}, err: errors.New("throttled")})
	if err := h.Handle(t.Context(), Tick{}); err == nil || !strings.Contains(err.Error(), "throttled") || !strings.Contains(out.String(), `"SweptEvents":7`) {
		t.Errorf("%v: %s", err, out)
	}
}

func TestNoMonthIsBegunWhenTimeRunsOut(t *testing.T) {
	s := new(sweeps)
	h, _ := newRig(s)
	for left, want := range map[time.Duration]bool{margin + time.Second: true, margin: false, time.Second: false} {
		s.asked = nil
		ctx, cancel := context.WithDeadline(t.Context(), night.Add(left))
		h.now = func() time.Time { return night }
		_ = h.Handle(ctx, Tick{})
		cancel()
		if len(s.asked) != 1 || s.asked[0] != want {
			t.Errorf("with %s left: %v", left, s.asked)
		}
	}
}
