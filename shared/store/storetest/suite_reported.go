package storetest

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"resonanz/shared/casefile"
	"resonanz/shared/store"
)

// reported is what reporting compares its facts with.
type reported interface {
	Steps(ctx context.Context, from, to, now time.Time, each func(store.Step) error) error
}

func runReported(t *testing.T, open func(*testing.T) (Full, Full)) {
	steps := func(t *testing.T, s Full, from, to, now time.Time) (all []store.Step) {
		t.Helper()
		must(t, s.(reported).Steps(t.Context(), from, to, now, func(step store.Step) error {
			all = append(all, step)
			return nil
		}))
		slices.SortFunc(all, func(a, b store.Step) int {
			return cmp.Or(cmp.Compare(a.Case, b.Case), a.Seq-b.Seq)
		})
		return all
	}
	// two makes an open case of two steps, a day apart, and one that has ended.
	two := func(t *testing.T, s Full) (still, ended *casefile.Case) {
		t.Helper()
		still, e := aCase(march, 1)
		must(t, s.CreateCase(t.Context(), still, e))
		must(t, s.UpdateCase(t.Context(), still, &casefile.Entry{At: noon.AddDate(0, 0, 1), Action: casefile.Annotated, Status: casefile.Open}))
		ended, e = aCase(march, 2)
		must(t, s.CreateCase(t.Context(), ended, e))
		ended.Status, ended.NextAt = casefile.Closed, time.Time{}
		must(t, s.UpdateCase(t.Context(), ended, &casefile.Entry{At: noon.AddDate(0, 1, 0), Action: casefile.Closing, Status: casefile.Closed}))
		return still, ended
	}
	test(t, open, "steps of open and of ended cases", func(t *testing.T, s, peer Full) {
		still, ended := two(t, s)
		want := []store.Step{{Case: still.Number, Seq: 1}, {Case: still.Number, Seq: 2}, {Case: ended.Number, Seq: 1}, {Case: ended.Number, Seq: 2}}
		slices.SortFunc(want, func(a, b store.Step) int { return cmp.Or(cmp.Compare(a.Case, b.Case), a.Seq-b.Seq) })
		same(t, want, steps(t, peer, noon, noon.AddDate(0, 2, 0), noon.AddDate(0, 2, 0)))
	})
	test(t, open, "steps of a time, its end left out", func(t *testing.T, s, peer Full) {
		still, _ := two(t, s)
		same(t, []store.Step{{Case: still.Number, Seq: 2}}, steps(t, peer, noon.Add(time.Second), noon.AddDate(0, 1, 0), noon.AddDate(0, 2, 0)))
		if got := steps(t, peer, noon.AddDate(0, 0, 2), noon.AddDate(0, 0, 3), noon.AddDate(0, 2, 0)); len(got) != 0 {
			t.Errorf("got %v", got)
		}
	})
	test(t, open, "steps of a case that has ended the month before", func(t *testing.T, s, peer Full) {
		_, ended := two(t, s)
		rated := noon.AddDate(0, 2, 0)
		must(t, s.UpdateCase(t.Context(), ended, &casefile.Entry{At: rated, Action: casefile.Annotated, Status: casefile.Closed}))
		same(t, []store.Step{{Case: ended.Number, Seq: 3}}, steps(t, peer, rated, rated.AddDate(0, 1, 0), rated.AddDate(0, 1, 0)))
	})
	test(t, open, "an error ends the reading of steps", func(t *testing.T, s, peer Full) {
		two(t, s)
		stop, n := errors.New("stop"), 0
		err := peer.(reported).Steps(t.Context(), noon, noon.AddDate(0, 2, 0), noon.AddDate(0, 2, 0), func(store.Step) error {
			n++
			return stop
		})
		is(t, err, stop)
		if n != 1 {
			t.Errorf("%d steps after the error", n-1)
		}
	})
}
