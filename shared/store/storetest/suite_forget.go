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
}
