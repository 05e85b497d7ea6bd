package storetest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"resonanz/shared/feedback"
	"resonanz/shared/period"
	"resonanz/shared/store"
)

// Run runs the whole contract. Open gives two workers' handles on one store
// that holds nothing; it is called once per test, and tests run in parallel.
func Run(t *testing.T, open func(*testing.T) (worker, peer Full)) {
	t.Run("ledger", func(t *testing.T) { runLedger(t, open) })
	t.Run("any", func(t *testing.T) { runAny(t, open) })
	t.Run("cases", func(t *testing.T) { runCases(t, open) })
	t.Run("submissions", func(t *testing.T) { runSubmit(t, open) })
	t.Run("words", func(t *testing.T) { runWords(t, open) })
	t.Run("lists", func(t *testing.T) { runLists(t, open) })
	t.Run("known", func(t *testing.T) { runKnown(t, open) })
	t.Run("days", func(t *testing.T) { runDays(t, open) })
	t.Run("webhooks", func(t *testing.T) { runHooks(t, open) })
	t.Run("beats", func(t *testing.T) { runBeats(t, open) })
	t.Run("reminders", func(t *testing.T) { runReminders(t, open) })
	t.Run("contacts", func(t *testing.T) { runContacts(t, open) })
	t.Run("topics", func(t *testing.T) { runTopics(t, open) })
	t.Run("forget", func(t *testing.T) { runForget(t, open) })
	t.Run("expire", func(t *testing.T) { runExpire(t, open) })
	t.Run("once", func(t *testing.T) { runOnce(t, open) })
	t.Run("reports", func(t *testing.T) { runReports(t, open) })
	t.Run("steps", func(t *testing.T) { runReported(t, open) })
}

// parallel is how many goroutines a race is run with.
const parallel = 50

var (
	march = MustPeriod("2026-03")
	april = MustPeriod("2026-04")
	noon  = time.Date(2026, time.March, 15, 12, 0, 0, 250e6, time.UTC)
)

// Noon is about when the contract plays: a store with a clock is given it.
var Noon = noon

// MustPeriod is period.Parse for constants.
func MustPeriod(s string) period.Period {
	p, err := period.Parse(s)
	if err != nil {
		panic(err)
	}
	return p
}

// eventID is the n-th of a fixed series of event ids.
func eventID(n int) feedback.EventID {
	return feedback.DeriveEventID("storetest", fmt.Sprint(n))
}

// entry is the n-th of a fixed series of entries, each a response of its own.
func entry(p period.Period, n int) *store.Entry {
	id := eventID(n)
	event := fmt.Sprintf(`{"event_id":%q,"rating":%d}`, id, n%5+1)
	return &store.Entry{
		Kind:        feedback.KindRating,
		ResponseKey: feedback.NewResponseKey(p, feedback.ResponseIDOf(id)),
		EventID:     id,
		ReceivedAt:  noon,
		Event:       []byte(event),
		Digest:      store.DigestOf([]byte(event)),
	}
}

func runLedger(t *testing.T, open func(*testing.T) (Full, Full)) {
	test(t, open, "what was put comes back", func(t *testing.T, s, peer Full) {
		plain, full := entry(march, 1), entry(march, 2)
		full.Kind = feedback.KindInvitation
		full.Personal = []byte(`{"comment":"Grüße \"aus\" Köln"}`)
		full.CustomerKey = "customer-1"
		for _, e := range []*store.Entry{plain, full} {
			mustPut(t, s, e, store.Accepted)
			got, err := peer.Get(t.Context(), e.ResponseKey, e.EventID)
			must(t, err)
			same(t, e, got)
		}
	})
	test(t, open, "an unknown event is not found", func(t *testing.T, s, _ Full) {
		mustPut(t, s, entry(march, 1), store.Accepted)
		_, err := s.Get(t.Context(), entry(march, 1).ResponseKey, eventID(2))
		is(t, err, store.ErrNotFound)
		_, err = s.Get(t.Context(), "no key", eventID(2))
		is(t, err, store.ErrNotFound)
	})
	test(t, open, "a replay is a duplicate and changes nothing", func(t *testing.T, s, peer Full) {
		first := entry(march, 1)
		mustPut(t, s, first, store.Accepted)
		later := entry(march, 1)
		later.ReceivedAt = noon.Add(48 * time.Hour)
		later.Event = []byte(`{"received":"later"}`)
		stored := mustPut(t, peer, later, store.Duplicate)
		same(t, first, stored)
		got, err := s.Get(t.Context(), first.ResponseKey, first.EventID)
		must(t, err)
		same(t, first, got)
	})
	test(t, open, "the same id with another body is a conflict and changes nothing", func(t *testing.T, s, _ Full) {
		first := entry(march, 1)
		mustPut(t, s, first, store.Accepted)
		for name, change := range map[string]func(*store.Entry){
			"body": func(e *store.Entry) { e.Digest[0]++ },
			"kind": func(e *store.Entry) { e.Kind = feedback.KindInvitation },
		} {
			other := entry(march, 1)
			change(other)
			outcome, stored, err := s.Put(t.Context(), other)
			if is(t, err, store.ErrConflict); outcome != 0 {
				t.Errorf("%s: a conflict has no outcome, got %v", name, outcome)
			}
			same(t, first, stored)
		}
		got, err := s.Get(t.Context(), first.ResponseKey, first.EventID)
		must(t, err)
		same(t, first, got)
	})
	test(t, open, "a replay of an erased event is a duplicate", func(t *testing.T, s, _ Full) {
		erased := entry(march, 1)
		erased.Digest = store.Digest{}
		mustPut(t, s, erased, store.Accepted)
		mustPut(t, s, entry(march, 1), store.Duplicate)
	})
	test(t, open, "an entry that could not be found again is refused", func(t *testing.T, s, _ Full) {
		for name, change := range map[string]func(*store.Entry){
			"no key":   func(e *store.Entry) { e.ResponseKey = "" },
			"no id":    func(e *store.Entry) { e.EventID = "" },
			"no kind":  func(e *store.Entry) { e.Kind = "" },
			"no event": func(e *store.Entry) { e.Event = nil },
		} {
			e := entry(march, 1)
			change(e)
			if _, _, err := s.Put(t.Context(), e); !errors.Is(err, store.ErrInvalid) {
				t.Errorf("%s: got %v", name, err)
			}
		}
	})
	test(t, open, "of many that put one event at once, one is accepted", func(t *testing.T, s, peer Full) {
		outcomes := race(t, func(i int) store.Outcome {
			outcome, _, err := []Full{s, peer}[i%2].Put(t.Context(), entry(march, 1))
			if err != nil {
				t.Error(err)
			}
			return outcome
		})
		if outcomes[store.Accepted] != 1 || outcomes[store.Duplicate] != parallel-1 {
			t.Errorf("got %v", outcomes)
		}
	})
	test(t, open, "of many that use one id for different bodies, one is accepted", func(t *testing.T, s, _ Full) {
		outcomes := race(t, func(i int) string {
			e := entry(march, 1)
			e.Digest[0] = byte(i)
			outcome, _, err := s.Put(t.Context(), e)
			if errors.Is(err, store.ErrConflict) {
				return "conflict"
			}
			if err != nil {
				t.Error(err)
			}
			return outcome.String()
		})
		if outcomes["accepted"] != 1 || outcomes["conflict"] != parallel-1 {
			t.Errorf("got %v", outcomes)
		}
	})
	test(t, open, "a response holds its own events only", func(t *testing.T, s, _ Full) {
		key := entry(march, 1).ResponseKey
		var want []feedback.EventID
		for n := range 5 {
			e := entry(march, 100+n)
			e.ResponseKey = key
			mustPut(t, s, e, store.Accepted)
			want = append(want, e.EventID)
		}
		mustPut(t, s, entry(march, 2), store.Accepted)
		mustPut(t, s, entry(april, 1), store.Accepted)
		all, err := s.Response(t.Context(), key)
		must(t, err)
		var got []feedback.EventID
		for _, e := range all {
			got = append(got, e.EventID)
		}
		slices.Sort(want)
		same(t, want, got)
		for _, k := range []feedback.ResponseKey{"", "2026-03-aaaaaaaaaaaaaaaa"} {
			if none, err := s.Response(t.Context(), k); err != nil || len(none) != 0 {
				t.Errorf("%q: got %v, %v", k, none, err)
			}
		}
	})
	test(t, open, "a month is read whole, each entry once", func(t *testing.T, s, _ Full) {
		const n = 300 // some shards hold several, every page path is taken
		want := make(map[feedback.EventID]int)
		var group sync.WaitGroup
		for i := range n {
			want[eventID(i)] = 1
			group.Go(func() { mustPut(t, s, entry(march, i), store.Accepted) })
		}
		group.Wait()
		mustPut(t, s, entry(april, n), store.Accepted)
		got := make(map[feedback.EventID]int)
		must(t, s.Month(t.Context(), march, func(e store.Entry) error { got[e.EventID]++; return nil }))
		same(t, want, got)
	})
	test(t, open, "a large month is read over many pages", func(t *testing.T, s, _ Full) {
		key := entry(march, 1).ResponseKey // one shard
		comment := []byte(`{"comment":"` + strings.Repeat("x", 100_000) + `"}`)
		for n := range 25 { // 2.5 MB: a page ends at 1 MB
			e := entry(march, n)
			e.ResponseKey, e.Personal = key, comment
			mustPut(t, s, e, store.Accepted)
		}
		got := 0
		must(t, s.Month(t.Context(), march, func(store.Entry) error { got++; return nil }))
		all, err := s.Response(t.Context(), key)
		if must(t, err); got != 25 || len(all) != 25 {
			t.Errorf("month %d, response %d, want 25", got, len(all))
		}
	})
	test(t, open, "a reader of a month can end it", func(t *testing.T, s, _ Full) {
		for n := range 20 {
			mustPut(t, s, entry(march, n), store.Accepted)
		}
		enough, n := errors.New("enough"), 0
		err := s.Month(t.Context(), march, func(store.Entry) error { n++; return enough })
		if is(t, err, enough); n != 1 {
			t.Errorf("called %d times", n)
		}
	})
	test(t, open, "a cancelled call stores nothing", func(t *testing.T, s, _ Full) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		e := entry(march, 1)
		_, _, err := s.Put(ctx, e)
		is(t, err, context.Canceled)
		is(t, s.Month(ctx, march, func(store.Entry) error { return nil }), context.Canceled)
		_, err = s.Get(t.Context(), e.ResponseKey, e.EventID)
		is(t, err, store.ErrNotFound)
	})
}

// test runs one clause of the contract on a store of its own.
func test(t *testing.T, open func(*testing.T) (Full, Full), name string, f func(t *testing.T, s, peer Full)) {
	t.Run(name, func(t *testing.T) {
		t.Parallel()
		s, peer := open(t)
		f(t, s, peer)
	})
}

// race runs f in many goroutines at once and counts what they return.
func race[R comparable](t *testing.T, f func(i int) R) map[R]int {
	t.Helper()
	results := make([]R, parallel)
	start := make(chan struct{})
	var group sync.WaitGroup
	for i := range results {
		group.Go(func() {
			<-start
			results[i] = f(i)
		})
	}
	close(start)
	group.Wait()
	counts := make(map[R]int)
	for _, r := range results {
		counts[r]++
	}
	return counts
}

func mustPut(t *testing.T, s Full, e *store.Entry, want store.Outcome) *store.Entry {
	t.Helper()
	got, stored, err := s.Put(t.Context(), e)
	if err != nil || got != want {
		t.Errorf("putting %s: got %v, %v, want %v", e.EventID, got, err, want)
	}
	if (stored == nil) != (want == store.Accepted) {
		t.Errorf("putting %s: stored entry %v beside %v", e.EventID, stored, got)
	}
	return stored
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func is(t *testing.T, got, want error) {
	t.Helper()
	if !errors.Is(got, want) {
		t.Errorf("got error %v, want %v", got, want)
	}
}

func same(t *testing.T, want, got any) {
	t.Helper()
	if diff := cmp.Diff(want, got, cmpopts.EquateEmpty(), cmp.AllowUnexported(period.Period{})); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}
