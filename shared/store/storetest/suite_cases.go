package storetest

import (
	"errors"
	"testing"
	"time"

	"resonanz/events"
	"resonanz/shared/casefile"
	"resonanz/shared/feedback"
	"resonanz/shared/period"
	"resonanz/shared/store"
)

// aCase is the n-th of a fixed series of new cases, and what opens it.
func aCase(p period.Period, n int) (*casefile.Case, *casefile.Entry) {
	id := eventID(n)
	key := feedback.NewResponseKey(p, feedback.ResponseIDOf(id))
	due := noon.Add(24 * time.Hour)
	c := &casefile.Case{
		Number:      casefile.NumberOf(casefile.Callback, string(key), p, 0),
		Family:      casefile.Callback,
		Subject:     string(key),
		Rule:        "LOW_RATING_CALLBACK",
		Status:      casefile.Open,
		Touchpoint:  "hotline",
		Channel:     feedback.EmailLink,
		ResponseKey: key,
		EventID:     id,
		Scale:       feedback.Stars5,
		Rating:      1,
		OpenedAt:    noon,
		DueAt:       due,
		NextAt:      due,
	}
	return c, &casefile.Entry{
		At: noon, Action: casefile.Opened, Cause: id, Rule: c.Rule, Status: c.Status, DueAt: due,
		Alert: &events.Alert{Reason: events.CaseOpened, At: noon, Rule: c.Rule, ResponseKey: key, EventID: id, DueAt: &due},
	}
}

func runCases(t *testing.T, open func(*testing.T) (Full, Full)) {
	test(t, open, "a case is created with its first line", func(t *testing.T, s, peer Full) {
		c, e := aCase(march, 1)
		must(t, s.CreateCase(t.Context(), c, e))
		if c.Version != 1 || e.Seq != 1 || e.Case != c.Number || c.Head != e.Hash || e.Alert.ID != string(c.Number)+"#1" {
			t.Errorf("not sealed: %+v, %+v", c, e)
		}
		got, err := peer.GetCase(t.Context(), c.Number)
		must(t, err)
		same(t, c, got)
		timeline, err := peer.Timeline(t.Context(), c.Number)
		must(t, err)
		same(t, []casefile.Entry{*e}, timeline)
		must(t, casefile.Check(got, timeline))
	})
	test(t, open, "an unknown case is not found", func(t *testing.T, s, _ Full) {
		c, e := aCase(march, 1)
		_, err := s.GetCase(t.Context(), c.Number)
		is(t, err, store.ErrNotFound)
		c.Version = 1
		is(t, s.UpdateCase(t.Context(), c, e), store.ErrVersion)
		if timeline, err := s.Timeline(t.Context(), c.Number); err != nil || len(timeline) != 0 {
			t.Errorf("got %v, %v", timeline, err)
		}
	})
	test(t, open, "a number is taken once", func(t *testing.T, s, peer Full) {
		c, e := aCase(march, 1)
		must(t, s.CreateCase(t.Context(), c, e))
		again, e2 := aCase(march, 1)
		again.Rating = 2
		is(t, peer.CreateCase(t.Context(), again, e2), store.ErrExists)
		if again.Version != 0 || e2.Seq != 0 || e2.Alert.ID != "" {
			t.Errorf("what was not stored is not sealed: %+v, %+v", again, e2)
		}
		got, err := s.GetCase(t.Context(), c.Number)
		must(t, err)
		same(t, c, got)
		opened, e3 := aCase(march, 2)
		opened.Version = 3
		is(t, s.CreateCase(t.Context(), opened, e3), store.ErrInvalid)
	})
	test(t, open, "a change adds a line to the chain", func(t *testing.T, s, peer Full) {
		c, e := aCase(march, 1)
		must(t, s.CreateCase(t.Context(), c, e))
		for step := 1; step <= 12; step++ {
			c.Step = step
			must(t, peer.UpdateCase(t.Context(), c, &casefile.Entry{At: noon, Action: casefile.Overdue, Step: step}))
		}
		got, err := s.GetCase(t.Context(), c.Number)
		must(t, err)
		same(t, c, got)
		timeline, err := s.Timeline(t.Context(), c.Number)
		must(t, err)
		if len(timeline) != 13 || got.Version != 13 || got.Step != 12 {
			t.Errorf("got %d lines, %+v", len(timeline), got)
		}
		must(t, casefile.Check(got, timeline))
	})
	test(t, open, "who read an older version must read again", func(t *testing.T, s, peer Full) {
		c, e := aCase(march, 1)
		must(t, s.CreateCase(t.Context(), c, e))
		stale := *c
		must(t, s.UpdateCase(t.Context(), c, &casefile.Entry{At: noon, Action: casefile.Annotated}))
		line := &casefile.Entry{At: noon, Action: casefile.Overdue}
		is(t, peer.UpdateCase(t.Context(), &stale, line), store.ErrVersion)
		if stale.Version != 1 || line.Seq != 0 {
			t.Errorf("what was not stored is not sealed: %+v, %+v", stale, line)
		}
		stale.Version = 0
		is(t, peer.UpdateCase(t.Context(), &stale, line), store.ErrVersion)
		timeline, err := s.Timeline(t.Context(), c.Number)
		must(t, err)
		must(t, casefile.Check(c, timeline))
	})
	test(t, open, "of many that open one case at once, one does", func(t *testing.T, s, peer Full) {
		counts := race(t, func(i int) string {
			c, e := aCase(march, 1)
			return outcome(t, []Full{s, peer}[i%2].CreateCase(t.Context(), c, e))
		})
		if counts["done"] != 1 {
			t.Errorf("got %v", counts)
		}
		wholeCase(t, s, 1)
	})
	test(t, open, "of many that change one version at once, one does", func(t *testing.T, s, peer Full) {
		c, e := aCase(march, 1)
		must(t, s.CreateCase(t.Context(), c, e))
		counts := race(t, func(i int) string {
			mine := *c
			return outcome(t, []Full{s, peer}[i%2].UpdateCase(t.Context(), &mine, &casefile.Entry{At: noon, Action: casefile.Annotated, Step: i}))
		})
		if counts["done"] != 1 || counts["version"] != parallel-1 {
			t.Errorf("got %v", counts)
		}
		wholeCase(t, s, 2)
	})
	test(t, open, "the due index holds what the clock must look at", func(t *testing.T, s, _ Full) {
		want := make(map[casefile.Number]casefile.Due)
		for n := range 30 {
			c, e := aCase(march, n)
			c.NextAt = noon.Add(time.Duration(n-20) * time.Millisecond)
			switch n % 7 {
			case 3:
				c.NextAt = casefile.NoAction
			case 5:
				c.NextAt = time.Time{} // off the work list
			}
			c.Step = n
			must(t, s.CreateCase(t.Context(), c, e))
			if n <= 20 && n%7 != 3 && n%7 != 5 {
				want[c.Number] = casefile.Due{Case: c.Number, Step: n, NextAt: c.NextAt}
			}
		}
		same(t, want, due(t, s, noon))
		if all := due(t, s, casefile.NoAction); len(all) != 26 { // 30 − those at n%7 == 5
			t.Errorf("the work list has %d cases, want 26", len(all))
		}
		enough, calls := errors.New("enough"), 0
		is(t, s.Due(t.Context(), noon, func(store.Due) error { calls++; return enough }), enough)
		if calls != 1 {
			t.Errorf("called %d times after an error", calls)
		}
	})
	test(t, open, "a case moves within the due index and leaves it", func(t *testing.T, s, _ Full) {
		c, e := aCase(march, 1)
		must(t, s.CreateCase(t.Context(), c, e))
		first := c.NextAt
		c.NextAt, c.Step = first.Add(24*time.Hour), 1
		must(t, s.UpdateCase(t.Context(), c, &casefile.Entry{At: first, Action: casefile.Overdue, Step: 1}))
		if early := due(t, s, first); len(early) != 0 {
			t.Errorf("still due: %v", early)
		}
		same(t, map[casefile.Number]casefile.Due{c.Number: {Case: c.Number, Step: 1, NextAt: c.NextAt}}, due(t, s, c.NextAt))
		c.NextAt, c.Status = time.Time{}, casefile.Closed
		must(t, s.UpdateCase(t.Context(), c, &casefile.Entry{At: first, Action: casefile.Annotated, Status: casefile.Closed}))
		if left := due(t, s, casefile.NoAction); len(left) != 0 {
			t.Errorf("still listed: %v", left)
		}
	})
}

// due reads the cases of the index into a map, each at most once.
func due(t *testing.T, s Full, until time.Time) map[casefile.Number]casefile.Due {
	t.Helper()
	all := make(map[casefile.Number]casefile.Due)
	must(t, s.Due(t.Context(), until, func(d store.Due) error {
		if d.Case == nil || d.Silence != nil || d.Invite != nil {
			t.Errorf("got %+v, want a case and nothing else", d)
			return nil
		}
		if _, twice := all[d.Case.Case]; twice {
			t.Errorf("case %s comes twice", d.Case.Case)
		}
		all[d.Case.Case] = *d.Case
		return nil
	}))
	return all
}

// outcome names how a write of a case ended. A store may call a creation that
// lost a race ErrVersion: read again, and it exists.
func outcome(t *testing.T, err error) string {
	switch {
	case err == nil:
		return "done"
	case errors.Is(err, store.ErrExists):
		return "exists"
	case errors.Is(err, store.ErrVersion):
		return "version"
	}
	t.Error(err)
	return "error"
}

// wholeCase checks that the first case of the series is at version and whole.
func wholeCase(t *testing.T, s Full, version int) {
	t.Helper()
	c, _ := aCase(march, 1)
	got, err := s.GetCase(t.Context(), c.Number)
	must(t, err)
	timeline, err := s.Timeline(t.Context(), c.Number)
	must(t, err)
	if got.Version != version {
		t.Errorf("at version %d, want %d", got.Version, version)
	}
	must(t, casefile.Check(got, timeline))
}
