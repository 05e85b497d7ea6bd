package storetest

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"resonanz/shared/casefile"
	"resonanz/shared/feedback"
	"resonanz/shared/store"
)

func runForget(t *testing.T, open func(*testing.T) (Full, Full)) {
	test(t, open, "a customer is forgotten and what is counted stays", func(t *testing.T, s, peer Full) {
		asked, other := invitation(1), invitation(2)
		asked.CustomerKey, asked.Personal = "K-1", []byte(`{"email":"kundin@example.com"}`)
		other.CustomerKey, other.Personal = "K-2", []byte(`{"email":"kunde@example.com"}`)
		c := about("billing", store.Touch{}, noon)
		mustInvite(t, s, asked, c, store.Accepted)
		c.Key = store.KeyContact("K-2")
		mustInvite(t, s, other, c, store.Accepted)
		// The vote came by the link, which knows no customer.
		vote := entry(march, 3)
		vote.ResponseKey, vote.Personal = asked.ResponseKey, []byte(`{"comment":"Guten Tag"}`)
		if _, _, err := s.Put(t.Context(), vote); err != nil {
			t.Fatal(err)
		}
		must(t, s.Remind(t.Context(), store.Reminder{ResponseKey: asked.ResponseKey, EventID: asked.EventID, DueAt: noon.Add(time.Hour)}))
		must(t, s.OptOut(t.Context(), store.AddressContact("kundin@example.com"), store.Unsubscribed, noon))
		file, line := aCase(march, 4)
		file.CustomerKey = "K-1"
		line.Words = &casefile.Words{Text: "Mein Name ist Beispiel"}
		must(t, s.CreateCase(t.Context(), file, line))

		want := store.Forgotten{Responses: []feedback.ResponseKey{asked.ResponseKey}, Cases: []casefile.Number{file.Number}, Events: 2, Lines: 1}
		for i := range 2 {
			got, err := peer.Forget(t.Context(), "K-1")
			must(t, err)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("time %d (-want +got):\n%s", i+1, diff)
			}
			want = store.Forgotten{} // nothing is left to be found
		}
		for _, e := range []*store.Entry{asked, vote} {
			got, err := s.Get(t.Context(), e.ResponseKey, e.EventID)
			must(t, err)
			bare := *e
			bare.Personal, bare.CustomerKey, bare.Digest = nil, "", store.Digest{}
			same(t, &bare, got)
		}
		got, err := s.Get(t.Context(), other.ResponseKey, other.EventID)
		must(t, err)
		same(t, other, got)

		state, err := s.GetCase(t.Context(), file.Number)
		must(t, err)
		timeline, err := s.Timeline(t.Context(), file.Number)
		must(t, err)
		if must(t, casefile.Check(state, timeline)); timeline[0].Words != nil || timeline[0].WordsHash == (casefile.Hash{}) || state.CustomerKey != "" {
			t.Errorf("%+v, %+v", state, timeline)
		}
		due := 0
		must(t, s.Due(t.Context(), noon.Add(48*time.Hour), func(d store.Due) error {
			if d.Invite != nil {
				due++
			}
			return nil
		}))
		if due != 0 {
			t.Error("a reminder is left")
		}
		for id, want := range map[store.ContactID]store.Touch{
			store.KeyContact("K-1"): {}, store.KeyContact("K-2"): {Key: other.ResponseKey, At: noon},
		} {
			got, err := s.LastContact(t.Context(), id, "billing")
			must(t, err)
			if got.Key != want.Key || !got.At.Equal(want.At) {
				t.Errorf("last contact %v, want %v", got, want)
			}
		}
		if out, err := s.OptedOut(t.Context(), store.AddressContact("kundin@example.com")); err != nil || !out {
			t.Errorf("the opt-out: %v, %v, want it kept", out, err)
		}
	})
	test(t, open, "nobody is not forgotten", func(t *testing.T, s, _ Full) {
		_, err := s.Forget(t.Context(), "")
		is(t, err, store.ErrInvalid)
		if got, err := s.Forget(t.Context(), "K-unknown"); err != nil || got.Events != 0 {
			t.Errorf("%+v, %v", got, err)
		}
	})
	test(t, open, "what bears a key is found page by page", func(t *testing.T, s, _ Full) {
		want := map[store.CustomerItem]int{}
		for n := range 25 {
			e := entry(march, n)
			e.CustomerKey = "K-1"
			mustPut(t, s, e, store.Accepted)
			want[store.CustomerItem{Response: e.ResponseKey, Event: e.EventID}]++
		}
		c, line := aCase(march, 30)
		c.CustomerKey = "K-1"
		must(t, s.CreateCase(t.Context(), c, line))
		want[store.CustomerItem{Case: c.Number}]++
		other := entry(march, 40)
		other.CustomerKey = "K-2"
		mustPut(t, s, other, store.Accepted)
		got, last := map[store.CustomerItem]int{}, store.CustomerItem{}
		for cursor := ""; ; {
			page, err := s.CustomerItems(t.Context(), "K-1", cursor, 4)
			if must(t, err); len(page.Items) > 4 {
				t.Errorf("%d items on a page", len(page.Items))
			}
			for _, it := range page.Items {
				got[it]++
				last = it
			}
			if _, err := s.CustomerItems(t.Context(), "K-2", page.Cursor, 4); page.Cursor != "" {
				is(t, err, store.ErrInvalid)
			}
			if cursor = page.Cursor; cursor == "" {
				break
			}
		}
		if same(t, want, got); last.Case == "" {
			t.Error("cases come last")
		}
		for limit, customerKey := range map[int]string{0: "K-1", store.MaxCustomerItems + 1: "K-1", 1: ""} {
			_, err := s.CustomerItems(t.Context(), customerKey, "", limit)
			is(t, err, store.ErrInvalid)
		}
	})
	test(t, open, "a customer is forgotten part by part", func(t *testing.T, s, _ Full) {
		asked := invitation(1)
		asked.CustomerKey = "K-1"
		c := about("billing", store.Touch{}, noon)
		c.Key = store.KeyContact("K-1")
		mustInvite(t, s, asked, c, store.Accepted)
		known, err := s.KnownOf(t.Context(), c.Key)
		must(t, err)
		if len(known.Topics) != 1 || known.Topics[0].Topic != "billing" || known.Topics[0].Key != asked.ResponseKey || known.LastAt.IsZero() || !known.OptedOutAt.IsZero() {
			t.Errorf("known: %+v", known)
		}
		if items, err := s.ForgetContact(t.Context(), c.Key); err != nil || items != 2 {
			t.Errorf("%d items of the contact, %v; want 2", items, err)
		}
		must(t, s.OptOut(t.Context(), c.Key, store.ReportedSpam, noon))
		if items, err := s.ForgetContact(t.Context(), c.Key); err != nil || items != 0 {
			t.Errorf("an opt-out is forgotten: %d, %v", items, err)
		}
		known, err = s.KnownOf(t.Context(), c.Key)
		if must(t, err); known.Why != store.ReportedSpam || !known.OptedOutAt.Equal(noon.Truncate(time.Millisecond)) || len(known.Topics) != 0 {
			t.Errorf("known: %+v", known)
		}
		if events, err := s.ForgetResponse(t.Context(), asked.ResponseKey); err != nil || events != 1 {
			t.Errorf("%d events, %v", events, err)
		}
		_, err = s.ForgetCase(t.Context(), "2603-0000-0000")
		is(t, err, store.ErrNotFound)
		for _, nobody := range []feedback.ResponseKey{"", "2026-03-aaaaaaaaaaaaaaaa"} {
			if events, err := s.ForgetResponse(t.Context(), nobody); err != nil || events != 0 {
				t.Errorf("%q: %d, %v", nobody, events, err)
			}
		}
	})
	test(t, open, "acts of erasing are noted, the oldest first", func(t *testing.T, s, peer Full) {
		var want []store.Erasure
		for n := range 3 {
			e := store.Erasure{At: noon.Add(time.Duration(n) * time.Hour).Truncate(time.Millisecond), By: "d.s", Subject: "hash", Whole: n == 2, Counts: map[string]int{"events": n}}
			want = append(want, e)
		}
		for _, n := range []int{2, 0, 1} {
			must(t, s.NoteErasure(t.Context(), want[n]))
		}
		got, err := peer.Erasures(t.Context())
		must(t, err)
		same(t, want, got)
	})
}
