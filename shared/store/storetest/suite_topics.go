package storetest

import (
	"errors"
	"testing"
	"time"

	"resonanz/shared/store"
)

// about is a contact of a customer about a topic, after the one before.
func about(topic string, before store.Touch, now time.Time) store.Contact {
	c := customer("K-1", "", now)
	c.Fatigue, c.Topic, c.Before, c.At = 0, topic, before, now
	return c
}

func runTopics(t *testing.T, open func(*testing.T) (Full, Full)) {
	last := func(t *testing.T, s Full, topic string, want store.Touch) {
		t.Helper()
		got, err := s.LastContact(t.Context(), store.KeyContact("K-1"), topic)
		if err != nil || got.Key != want.Key || !got.At.Equal(want.At) {
			t.Errorf("last contact about %q: %v, %v, want %v", topic, got, err, want)
		}
	}
	touch := func(e *store.Entry, at time.Time) store.Touch { return store.Touch{Key: e.ResponseKey, At: at} }

	test(t, open, "contacts about a topic are linked in order", func(t *testing.T, s, peer Full) {
		last(t, s, "billing", store.Touch{})
		one, two, three := invitation(1), invitation(2), invitation(3)
		mustInvite(t, s, one, about("billing", store.Touch{}, noon), store.Accepted)
		last(t, peer, "billing", touch(one, noon))
		last(t, peer, "delivery", store.Touch{})
		if _, _, err := peer.Invite(t.Context(), two, about("billing", store.Touch{}, noon.Add(time.Hour))); !errors.Is(err, store.ErrMoved) {
			t.Errorf("after a contact that is not the last: %v", err)
		}
		_, err := s.Get(t.Context(), two.ResponseKey, two.EventID)
		is(t, err, store.ErrNotFound)
		mustInvite(t, peer, two, about("billing", touch(one, noon), noon.Add(time.Hour)), store.Accepted)
		mustInvite(t, s, two, about("billing", touch(one, noon), noon.Add(time.Hour)), store.Duplicate)
		last(t, s, "billing", touch(two, noon.Add(time.Hour)))
		mustInvite(t, s, three, about("delivery", store.Touch{}, noon), store.Accepted)
		last(t, s, "billing", touch(two, noon.Add(time.Hour)))
	})
	test(t, open, "a contact that nobody is asked about is recorded", func(t *testing.T, s, peer Full) {
		one, two, three := invitation(1), invitation(2), invitation(3)
		often := about("billing", store.Touch{}, noon)
		often.Fatigue = month
		mustInvite(t, s, one, often, store.Accepted)
		often.Before, often.Now, often.At = touch(one, noon), noon.Add(time.Hour), noon.Add(time.Hour)
		refused(t, peer, two, often, store.ErrFatigue)
		last(t, s, "billing", touch(one, noon))
		for i, want := range []store.Outcome{store.Accepted, store.Duplicate} {
			if got, stored, err := peer.Record(t.Context(), two, often); got != want || err != nil || (stored == nil) != (i == 0) {
				t.Errorf("recording: %v, %v, %v, want %v", got, stored, err, want)
			}
		}
		last(t, s, "billing", touch(two, noon.Add(time.Hour)))
		if _, _, err := s.Record(t.Context(), three, often); !errors.Is(err, store.ErrMoved) {
			t.Errorf("after a contact that is not the last: %v", err)
		}
		nobody := store.Contact{Topic: "billing", Now: noon}
		if got, _, err := s.Record(t.Context(), three, nobody); got != store.Accepted || err != nil {
			t.Errorf("of nobody known: %v, %v", got, err)
		}
		last(t, s, "billing", touch(two, noon.Add(time.Hour)))
	})
}
