package store_test

import (
	"context"
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"resonanz/shared/casefile"
	"resonanz/shared/erasure"
	"resonanz/shared/feedback"
	"resonanz/shared/period"
	"resonanz/shared/store"
	"resonanz/shared/store/storetest"
)

type forgetter interface {
	ForgetAgain(ctx context.Context, api store.ScanAPI, known func(string) bool, covers store.Covers, each func(casefile.Number) error) (store.Expired, error)
}

// What the index showed too late goes by the log of erasures, which knows hashes
// only; what was said since stays.
func TestAnErasureIsAppliedAgainByItsHash(t *testing.T) {
	client := dynamoDB(t)
	table := store.New(client, newTable(t, client, fmt.Sprintf("again-%d", os.Getpid())))
	erased := time.Date(2026, time.March, 15, 12, 0, 0, 0, time.UTC)
	put := func(s storetest.Full, n int, key string, at time.Time) *store.Entry {
		t.Helper()
		id := feedback.DeriveEventID("again", fmt.Sprint(n))
		e := &store.Entry{
			Kind: feedback.KindInvitation, EventID: id, ReceivedAt: at, CustomerKey: key,
			ResponseKey: feedback.NewResponseKey(period.Of(at, time.UTC), feedback.ResponseIDOf(id)),
			Event:       []byte(`{}`), Personal: []byte(`{"email":"kundin@example.com"}`), Digest: store.DigestOf([]byte(id)),
		}
		if _, _, err := s.Put(t.Context(), e); err != nil {
			t.Fatal(err)
		}
		return e
	}
	log := erasure.Log{erasure.Customer("K-1"): erased}
	for name, s := range map[string]storetest.Full{"table": table, "memory": store.NewMemory()} {
		before, since, other := put(s, 1, "K-1", erased), put(s, 2, "K-1", erased.Add(time.Second)), put(s, 3, "K-2", erased)
		// The vote came by the link, which knows no customer; a later one is of the
		// same contact, and was given after the erasure.
		vote, again := put(s, 4, "", erased), put(s, 5, "", erased.Add(time.Second))
		for _, e := range []*store.Entry{vote, again} {
			e.EventID = feedback.DeriveEventID("of the response", string(e.EventID))
			e.ResponseKey, e.Kind = before.ResponseKey, feedback.KindRating
			if _, _, err := s.Put(t.Context(), e); err != nil {
				t.Fatal(err)
			}
		}
		c := &casefile.Case{Number: "2603-7K2M-Q4XA", Status: casefile.Received, CustomerKey: "K-1", OpenedAt: erased, NextAt: casefile.NoAction}
		line := &casefile.Entry{At: erased, Action: casefile.Opened, Words: &casefile.Words{Text: "Mein Name ist Beispiel"}}
		if err := s.CreateCase(t.Context(), c, line); err != nil {
			t.Fatal(err)
		}
		// A case of the response bears no key, like the vote that it is about.
		number := casefile.NumberOf(casefile.Callback, string(before.ResponseKey), before.ResponseKey.Month(), 0)
		callback := &casefile.Case{Number: number, Status: casefile.Open, ResponseKey: before.ResponseKey, OpenedAt: erased, NextAt: casefile.NoAction}
		if err := s.CreateCase(t.Context(), callback, &casefile.Entry{At: erased, Action: casefile.Opened, Words: &casefile.Words{Text: "Ruft Frau Beispiel an"}}); err != nil {
			t.Fatal(err)
		}
		told := map[casefile.Number]int{} // of these the files go
		forget := func() store.Expired {
			got, err := s.(forgetter).ForgetAgain(t.Context(), client,
				func(key string) bool { _, ok := log[erasure.Customer(key)]; return ok },
				func(key string, at time.Time) bool { return log.Covers(erasure.Customer(key), at) },
				func(n casefile.Number) error { told[n]++; return nil })
			if err != nil {
				t.Fatal(err)
			}
			return got
		}
		if got, want := forget(), (store.Expired{Events: 2, Lines: 2, Cases: 2}); got != want {
			t.Errorf("%s: got %+v, want %+v", name, got, want)
		}
		if got := forget(); got != (store.Expired{}) {
			t.Errorf("%s: again %+v", name, got)
		}
		if diff := cmp.Diff(map[casefile.Number]bool{c.Number: true, number: true}, map[casefile.Number]bool{c.Number: told[c.Number] > 0, number: told[number] > 0}); diff != "" || len(told) != 2 {
			t.Errorf("%s: told of %v", name, told)
		}
		left := map[string]bool{}
		for what, e := range map[string]*store.Entry{"before": before, "since": since, "other": other, "vote": vote, "again": again} {
			got, err := s.Get(t.Context(), e.ResponseKey, e.EventID)
			if err != nil {
				t.Fatal(err)
			}
			left[what] = len(got.Personal) > 0
		}
		if diff := cmp.Diff(map[string]bool{"before": false, "since": true, "other": true, "vote": false, "again": true}, left); diff != "" {
			t.Errorf("%s: own words left (-want +got):\n%s", name, diff)
		}
		timeline, err := s.Timeline(t.Context(), c.Number)
		if err != nil {
			t.Fatal(err)
		}
		if state, err := s.GetCase(t.Context(), c.Number); err != nil || state.CustomerKey != "" || casefile.Check(state, timeline) != nil || timeline[0].Words != nil {
			t.Errorf("%s: %+v, %v", name, state, err)
		}
	}
}
