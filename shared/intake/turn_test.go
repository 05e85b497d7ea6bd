package intake_test

import (
	"context"
	"testing"
	"time"

	"resonanz/shared/feedback"
	"resonanz/shared/intake"
	"resonanz/shared/intake/intaketest"
	"resonanz/shared/store"
)

// A clock two hours ahead submits half past midnight of the next month; what
// was stored in the month of its arrival is the same event when it comes again
// after the clock on the wall has caught up.
func TestAClockAheadOfTheMonthStoresOnceEvenWhenTheMonthHasCome(t *testing.T) {
	at := func(s string) time.Time {
		v, err := time.Parse(time.RFC3339, s)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	for name, again := range map[string]string{
		"while it is still ahead":  "2026-03-31T23:59:00+02:00",
		"still ahead, next month":  "2026-04-01T00:10:00+02:00",
		"when the time has come":   "2026-04-01T00:26:00+02:00",
		"after a night without it": "2026-04-01T09:00:00+02:00",
		"a week later":             "2026-04-08T09:00:00+02:00",
	} {
		m := store.NewMemory()
		body := intaketest.Event().With("submitted_at", "2026-04-01T00:30:00+02:00").JSON(t)
		first, err := accept(t, m, body, at("2026-03-31T22:30:00+02:00"))
		if err != nil || first.Status != intake.Accepted {
			t.Fatalf("got %+v, %v", first, err)
		}
		got, err := accept(t, m, body, at(again))
		if err != nil || got.Status != intake.Duplicate || got.ResponseKey != first.ResponseKey {
			t.Errorf("%s: got %+v, %v, want a duplicate of %s", name, got, err, first.ResponseKey)
		}
		if n := len(stored(t, m, "2026-03", "2026-04")); n != 1 {
			t.Errorf("%s: stored %d times", name, n)
		}
	}
}

// reads counts look-ups.
type reads struct {
	*store.Memory
	n int
}

func (r *reads) Get(ctx context.Context, k feedback.ResponseKey, id feedback.EventID) (*store.Entry, error) {
	r.n++
	return r.Memory.Get(ctx, k, id)
}

func TestOnlyWhatMayHaveComeInTheMonthBeforeIsLookedUpThere(t *testing.T) {
	first := time.Date(2026, 4, 1, 0, 0, 0, 0, intaketest.Config(t).Zone())
	for name, c := range map[string]struct {
		submitted time.Time
		after     time.Duration // until it comes
		reads     int
	}{
		"at once":                      {first.Add(time.Hour), time.Second, 0},
		"late":                         {first.Add(time.Hour), time.Minute, 1},
		"days late":                    {first.Add(time.Hour), 100 * time.Hour, 1},
		"by a clock a minute ahead":    {first.Add(time.Hour), -time.Minute, 1},
		"late, of the second day":      {first.Add(24 * time.Hour), time.Hour, 0},
		"late, of the month before":    {first.Add(-time.Second), time.Hour, 0},
		"too far ahead to be believed": {first.Add(20 * 24 * time.Hour), -time.Hour, 1},
	} {
		m := &reads{Memory: store.NewMemory()}
		body := intaketest.Event().With("submitted_at", c.submitted.Format(time.RFC3339)).JSON(t)
		if _, err := accept(t, m, body, c.submitted.Add(c.after)); err != nil || m.n != c.reads {
			t.Errorf("%s: %d reads, want %d (%v)", name, m.n, c.reads, err)
		}
	}
}
