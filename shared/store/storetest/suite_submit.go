package storetest

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"resonanz/shared/casefile"
	"resonanz/shared/feedback"
	"resonanz/shared/store"
)

// aComplaint is the n-th of a fixed series of complaints: the event, its case,
// and the entries that open and acknowledge it.
func aComplaint(n int) (*store.Entry, *casefile.Case, []*casefile.Entry) {
	e := entry(march, n)
	e.Kind = feedback.KindComplaint
	e.Personal = []byte(`{"complaint":"private words"}`)
	c, opened := aCase(march, n)
	c.Family, c.Rule = casefile.Complaint, "COMPLAINT_RECEIVED"
	c.Number = casefile.NumberOf(casefile.Complaint, string(c.ResponseKey), march, 0)
	c.Status, c.Category = casefile.Acknowledged, "billing/wrong_amount"
	opened.Status = casefile.Received
	return e, c, []*casefile.Entry{opened, {At: noon, Action: casefile.Acknowledging, From: casefile.Received, Status: casefile.Acknowledged, Inform: true}}
}

func runSubmit(t *testing.T, open func(*testing.T) (Full, Full)) {
	test(t, open, "a complaint is stored with its case and its lines", func(t *testing.T, s, peer Full) {
		e, c, lines := aComplaint(1)
		mustSubmit(t, s, store.Accepted, e, c, lines...)
		if c.Version != 2 || lines[1].Seq != 2 || lines[1].Prev != lines[0].Hash || c.Head != lines[1].Hash {
			t.Errorf("not sealed: %+v", c)
		}
		got, err := peer.Get(t.Context(), e.ResponseKey, e.EventID)
		must(t, err)
		same(t, e, got)
		state, err := peer.GetCase(t.Context(), c.Number)
		must(t, err)
		same(t, c, state)
		timeline, err := peer.Timeline(t.Context(), c.Number)
		must(t, err)
		same(t, []casefile.Entry{*lines[0], *lines[1]}, timeline)
		must(t, casefile.Check(state, timeline))
		if all := due(t, s, casefile.NoAction); len(all) != 1 {
			t.Errorf("the work list has %d cases", len(all))
		}
	})
	test(t, open, "a replay is a duplicate and changes nothing", func(t *testing.T, s, peer Full) {
		e, c, lines := aComplaint(1)
		mustSubmit(t, s, store.Accepted, e, c, lines...)
		must(t, s.UpdateCase(t.Context(), c, &casefile.Entry{At: noon, Action: casefile.Noting}))
		for name, number := range map[string]casefile.Number{
			"the same number": c.Number, "another number": casefile.NumberOf(casefile.Complaint, c.Subject, march, 1),
		} {
			again, twin, more := aComplaint(1)
			twin.Number = number
			stored := mustSubmit(t, peer, store.Duplicate, again, twin, more...)
			same(t, e, stored)
			if twin.Version != 0 || more[0].Seq != 0 || more[0].Alert.ID != "" {
				t.Errorf("%s: what was not stored is sealed: %+v", name, twin)
			}
			if number != c.Number {
				_, err := s.GetCase(t.Context(), number)
				is(t, err, store.ErrNotFound)
			}
		}
		got, err := s.GetCase(t.Context(), c.Number)
		must(t, err)
		same(t, c, got)
	})
	test(t, open, "the same id with another body is a conflict and changes nothing", func(t *testing.T, s, _ Full) {
		e, c, lines := aComplaint(1)
		mustSubmit(t, s, store.Accepted, e, c, lines...)
		other, twin, more := aComplaint(1)
		other.Digest[0]++
		twin.Number = casefile.NumberOf(casefile.Complaint, c.Subject, march, 1)
		outcome, stored, err := s.Submit(t.Context(), other, twin, more...)
		if is(t, err, store.ErrConflict); outcome != 0 {
			t.Errorf("a conflict has no outcome, got %v", outcome)
		}
		same(t, e, stored)
		_, err = s.GetCase(t.Context(), twin.Number)
		is(t, err, store.ErrNotFound)
	})
	test(t, open, "a number that is taken is said, and nothing is stored", func(t *testing.T, s, _ Full) {
		_, taken, lines := aComplaint(1)
		must(t, s.CreateCase(t.Context(), taken, lines...))
		e, c, more := aComplaint(2)
		own := c.Number
		c.Number = taken.Number
		outcome, stored, err := s.Submit(t.Context(), e, c, more...)
		if is(t, err, store.ErrExists); outcome != 0 || stored != nil || c.Version != 0 || more[0].Seq != 0 {
			t.Errorf("got %v, %v, %+v", outcome, stored, c)
		}
		_, err = s.Get(t.Context(), e.ResponseKey, e.EventID)
		is(t, err, store.ErrNotFound)
		c.Number = own
		mustSubmit(t, s, store.Accepted, e, c, more...)
	})
	test(t, open, "what could not be found again is refused", func(t *testing.T, s, _ Full) {
		for name, change := range map[string]func(*store.Entry, *casefile.Case){
			"no id":          func(e *store.Entry, _ *casefile.Case) { e.EventID = "" },
			"no month":       func(e *store.Entry, _ *casefile.Case) { e.ResponseKey = "x" },
			"a case of late": func(_ *store.Entry, c *casefile.Case) { c.Version = 1 },
		} {
			e, c, lines := aComplaint(1)
			change(e, c)
			if _, _, err := s.Submit(t.Context(), e, c, lines...); !errors.Is(err, store.ErrInvalid) {
				t.Errorf("%s: got %v", name, err)
			}
		}
		e, c, _ := aComplaint(1)
		_, _, err := s.Submit(t.Context(), e, c)
		is(t, err, store.ErrInvalid)
	})
	test(t, open, "of many that submit one complaint at once, one opens its case", func(t *testing.T, s, peer Full) {
		outcomes := race(t, func(i int) string {
			e, c, lines := aComplaint(1)
			outcome, _, err := []Full{s, peer}[i%2].Submit(t.Context(), e, c, lines...)
			if errors.Is(err, store.ErrVersion) {
				return "later"
			}
			if err != nil {
				t.Error(err)
			}
			return outcome.String()
		})
		if outcomes["accepted"] != 1 || outcomes["duplicate"]+outcomes["later"] != parallel-1 {
			t.Errorf("got %v", outcomes)
		}
		_, c, _ := aComplaint(1)
		timeline, err := s.Timeline(t.Context(), c.Number)
		if must(t, err); len(timeline) != 2 {
			t.Errorf("%d lines", len(timeline))
		}
	})
	test(t, open, "a cancelled submission stores nothing", func(t *testing.T, s, _ Full) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		e, c, lines := aComplaint(1)
		_, _, err := s.Submit(ctx, e, c, lines...)
		is(t, err, context.Canceled)
		_, err = s.Get(t.Context(), e.ResponseKey, e.EventID)
		is(t, err, store.ErrNotFound)
	})
}

func runWords(t *testing.T, open func(*testing.T) (Full, Full)) {
	said := func(text string) *casefile.Entry {
		return &casefile.Entry{At: noon, Action: casefile.Replying, By: casefile.Actor{Kind: casefile.Customer}, Words: &casefile.Words{Text: text}}
	}
	test(t, open, "words come back with their entry, salted, and the chain holds them", func(t *testing.T, s, peer Full) {
		c, first := aCase(march, 1)
		first.Words = &casefile.Words{Text: "Grüße \"aus\" Köln"}
		second := said("yes")
		must(t, s.CreateCase(t.Context(), c, first, second))
		must(t, s.UpdateCase(t.Context(), c, said("yes")))
		timeline, err := peer.Timeline(t.Context(), c.Number)
		must(t, err)
		got, err := peer.GetCase(t.Context(), c.Number)
		must(t, err)
		must(t, casefile.Check(got, timeline))
		if timeline[0].Words.Text != "Grüße \"aus\" Köln" || timeline[2].Words.Text != "yes" {
			t.Errorf("got %+v", timeline)
		}
		if timeline[1].Words.Salt == "" || timeline[1].Words.Salt == timeline[2].Words.Salt || timeline[1].WordsHash == timeline[2].WordsHash {
			t.Error("the same words have the same hash: it tells them")
		}
		same(t, &timeline[1], second)
		salted := said("no")
		salted.Words.Salt = "a salt of the caller's"
		must(t, s.UpdateCase(t.Context(), got, salted))
		line, err := peer.EntryOf(t.Context(), c.Number, 4)
		must(t, err)
		same(t, salted, line)
	})
	test(t, open, "words that come back are the reader's own", func(t *testing.T, s, _ Full) {
		c, first := aCase(march, 1)
		first.Words = &casefile.Words{Text: "as it was"}
		must(t, s.CreateCase(t.Context(), c, first))
		first.Words.Text = "changed by who stored it"
		line, err := s.EntryOf(t.Context(), c.Number, 1)
		must(t, err)
		line.Words.Text = "changed by who read it"
		line, err = s.EntryOf(t.Context(), c.Number, 1)
		if must(t, err); line.Words.Text != "as it was" {
			t.Errorf("got %q", line.Words.Text)
		}
	})
	test(t, open, "one entry is read by its number", func(t *testing.T, s, _ Full) {
		c, first := aCase(march, 1)
		second := &casefile.Entry{At: noon, Action: casefile.Noting}
		must(t, s.CreateCase(t.Context(), c, first, second))
		for seq, want := range map[int]*casefile.Entry{1: first, 2: second} {
			got, err := s.EntryOf(t.Context(), c.Number, seq)
			must(t, err)
			same(t, want, got)
		}
		for _, seq := range []int{-1, 0, 3, 10000} {
			_, err := s.EntryOf(t.Context(), c.Number, seq)
			is(t, err, store.ErrNotFound)
		}
		_, err := s.EntryOf(t.Context(), "2603-AAAA-AAAA", 1)
		is(t, err, store.ErrNotFound)
	})
	test(t, open, "several lines are stored as one, or none", func(t *testing.T, s, _ Full) {
		c, first := aCase(march, 1)
		must(t, s.CreateCase(t.Context(), c, first))
		stale := *c
		var lines []*casefile.Entry
		for i := range 10 {
			lines = append(lines, &casefile.Entry{At: noon, Action: casefile.Noting, Step: i})
		}
		must(t, s.UpdateCase(t.Context(), c, lines...))
		is(t, s.UpdateCase(t.Context(), &stale, said("late"), said("later")), store.ErrVersion)
		is(t, s.UpdateCase(t.Context(), c), store.ErrInvalid)
		is(t, s.UpdateCase(t.Context(), c, make([]*casefile.Entry, 99)...), store.ErrInvalid)
		timeline, err := s.Timeline(t.Context(), c.Number)
		must(t, err)
		if must(t, casefile.Check(c, timeline)); len(timeline) != 11 {
			t.Errorf("%d lines", len(timeline))
		}
	})
	test(t, open, "what is read of a case is the reader's own", func(t *testing.T, s, _ Full) {
		c, first := aCase(march, 1)
		c.CustomerKey = "customer-1"
		c.Handling = casefile.Handling{
			Decision: &casefile.Decision{Outcome: casefile.Accepted, At: noon, By: "anna"},
			Clock:    &casefile.Clock{Policy: "DEFAULT", Runs: []casefile.Run{{From: noon}}},
		}
		must(t, s.CreateCase(t.Context(), c, first))
		want := fmt.Sprintf("%+v %+v", *c.Handling.Decision, *c.Handling.Clock)
		got, err := s.GetCase(t.Context(), c.Number)
		must(t, err)
		same(t, c, got)
		got.Handling.Decision.By, got.Handling.Clock.Runs[0].To = "nobody", noon
		got, err = s.GetCase(t.Context(), c.Number)
		must(t, err)
		if now := fmt.Sprintf("%+v %+v", *got.Handling.Decision, *got.Handling.Clock); now != want {
			t.Errorf("got %s, want %s", now, want)
		}
	})
}

func mustSubmit(t *testing.T, s Full, want store.Outcome, e *store.Entry, c *casefile.Case, es ...*casefile.Entry) *store.Entry {
	t.Helper()
	got, stored, err := s.Submit(t.Context(), e, c, es...)
	if err != nil || got != want {
		t.Errorf("submitting %s: got %v, %v, want %v", e.EventID, got, err, want)
	}
	if (stored == nil) != (want == store.Accepted) {
		t.Errorf("submitting %s: stored entry %v beside %v", e.EventID, stored, got)
	}
	return stored
}
