package storetest

import (
	"context"
	"errors"
	"testing"
	"time"

	"resonanz/shared/feedback"
	"resonanz/shared/store"
)

const month = 30 * 24 * time.Hour

// invitation is the n-th of a fixed series of invitations.
func invitation(n int) *store.Entry {
	e := entry(march, n)
	e.Kind = feedback.KindInvitation
	return e
}

// customer is who may be asked once a month, at now.
func customer(key, email string, now time.Time) store.Contact {
	return store.Contact{Key: store.KeyContact(key), Address: store.AddressContact(email), Fatigue: month, Now: now}
}

func mustInvite(t *testing.T, s Full, e *store.Entry, c store.Contact, want store.Outcome) *store.Entry {
	t.Helper()
	got, stored, err := s.Invite(t.Context(), e, c)
	if err != nil || got != want || (stored == nil) != (want == store.Accepted) {
		t.Errorf("inviting by %s: got %v, %v, %v, want %v", e.EventID, got, stored, err, want)
	}
	return stored
}

// refused checks that an invitation is refused and leaves nothing behind.
func refused(t *testing.T, s Full, e *store.Entry, c store.Contact, want error) {
	t.Helper()
	outcome, stored, err := s.Invite(t.Context(), e, c)
	if is(t, err, want); outcome != 0 || stored != nil {
		t.Errorf("inviting by %s: got %v, %v", e.EventID, outcome, stored)
	}
	_, err = s.Get(t.Context(), e.ResponseKey, e.EventID)
	is(t, err, store.ErrNotFound)
}

func runContacts(t *testing.T, open func(*testing.T) (Full, Full)) {
	test(t, open, "an invitation is stored and asks for a pause", func(t *testing.T, s, peer Full) {
		e := invitation(1)
		e.Personal, e.CustomerKey = []byte(`{"email":"kundin@example.com"}`), "K-1"
		mustInvite(t, s, e, customer("K-1", "kundin@example.com", noon), store.Accepted)
		got, err := peer.Get(t.Context(), e.ResponseKey, e.EventID)
		must(t, err)
		same(t, e, got)
		refused(t, peer, invitation(2), customer("K-1", "", noon), store.ErrFatigue)
		refused(t, peer, invitation(2), customer("K-1", "", noon.Add(month-time.Millisecond)), store.ErrFatigue)
		mustInvite(t, peer, invitation(2), customer("K-1", "", noon.Add(month)), store.Accepted)
		refused(t, s, invitation(3), customer("K-1", "", noon.Add(2*month-time.Millisecond)), store.ErrFatigue)
	})
	test(t, open, "a refused invitation prolongs no pause", func(t *testing.T, s, _ Full) {
		mustInvite(t, s, invitation(1), customer("K-1", "", noon), store.Accepted)
		refused(t, s, invitation(2), customer("K-1", "", noon.Add(month/2)), store.ErrFatigue)
		mustInvite(t, s, invitation(2), customer("K-1", "", noon.Add(month)), store.Accepted)
	})
	test(t, open, "the pause is the key's, and the address's of who has no key", func(t *testing.T, s, _ Full) {
		mustInvite(t, s, invitation(1), customer("K-1", "familie@example.com", noon), store.Accepted)
		mustInvite(t, s, invitation(2), customer("K-2", "familie@example.com", noon), store.Accepted)
		mustInvite(t, s, invitation(3), customer("", "familie@example.com", noon), store.Accepted)
		refused(t, s, invitation(4), customer("", "Familie@Example.COM", noon), store.ErrFatigue)
		refused(t, s, invitation(4), customer("K-2", "andere@example.com", noon), store.ErrFatigue)
	})
	test(t, open, "nobody in particular is asked as often as you like", func(t *testing.T, s, _ Full) {
		mustInvite(t, s, invitation(1), customer("", "", noon), store.Accepted)
		mustInvite(t, s, invitation(2), customer("", "", noon), store.Accepted)
		mustInvite(t, s, invitation(2), customer("", "", noon), store.Duplicate)
	})
	test(t, open, "without a limit everyone is, but for who opted out", func(t *testing.T, s, _ Full) {
		often := store.Contact{Key: store.KeyContact("K-1"), Now: noon}
		mustInvite(t, s, invitation(1), often, store.Accepted)
		mustInvite(t, s, invitation(2), often, store.Accepted)
		must(t, s.OptOut(t.Context(), often.Key, store.Unsubscribed, noon))
		refused(t, s, invitation(3), often, store.ErrOptedOut)
	})
	test(t, open, "who opted out by key or address is never asked again", func(t *testing.T, s, peer Full) {
		key, address := store.KeyContact("K-1"), store.AddressContact("kundin@example.com")
		must(t, s.OptOut(t.Context(), key, store.Unsubscribed, noon))
		must(t, s.OptOut(t.Context(), address, store.BouncedMail, noon))
		later := noon.Add(100 * month)
		refused(t, peer, invitation(1), customer("K-1", "", later), store.ErrOptedOut)
		refused(t, peer, invitation(1), customer("K-1", "neu@example.com", later), store.ErrOptedOut)
		refused(t, peer, invitation(1), customer("K-2", "KUNDIN@example.com", later), store.ErrOptedOut)
		refused(t, peer, invitation(1), customer("", "kundin@example.com", later), store.ErrOptedOut)
		mustInvite(t, s, invitation(1), customer("K-2", "neu@example.com", later), store.Accepted)
	})
	test(t, open, "an opt-out is named before a pause", func(t *testing.T, s, _ Full) {
		mustInvite(t, s, invitation(1), customer("K-1", "", noon), store.Accepted)
		must(t, s.OptOut(t.Context(), store.AddressContact("kundin@example.com"), store.ReportedSpam, noon))
		refused(t, s, invitation(2), customer("K-1", "kundin@example.com", noon), store.ErrOptedOut)
		must(t, s.OptOut(t.Context(), store.KeyContact("K-1"), store.Unsubscribed, noon))
		refused(t, s, invitation(2), customer("K-1", "", noon), store.ErrOptedOut)
	})
	test(t, open, "opting out again changes nothing", func(t *testing.T, s, peer Full) {
		key, address := store.KeyContact("K-1"), store.AddressContact("kundin@example.com")
		out := func(want bool, ids ...store.ContactID) {
			t.Helper()
			if got, err := peer.OptedOut(t.Context(), ids...); err != nil || got != want {
				t.Errorf("%v: got %v, %v, want %v", ids, got, err, want)
			}
		}
		out(false)
		out(false, "", key, address)
		mustInvite(t, s, invitation(1), customer("K-1", "", noon), store.Accepted)
		out(false, key)
		for range 2 {
			must(t, s.OptOut(t.Context(), key, store.Unsubscribed, noon))
			must(t, s.OptOut(t.Context(), "", store.Unsubscribed, noon))
			out(true, key)
			out(true, address, key)
			out(false, "", address)
		}
	})
	test(t, open, "the same invitation again is a duplicate, whatever its contact is by now", func(t *testing.T, s, peer Full) {
		first := invitation(1)
		mustInvite(t, s, first, customer("K-1", "kundin@example.com", noon), store.Accepted)
		again := func() {
			t.Helper()
			later := invitation(1)
			later.ReceivedAt, later.Event = noon.Add(time.Hour), []byte(`{"issued":"later"}`)
			same(t, first, mustInvite(t, peer, later, customer("K-1", "kundin@example.com", noon.Add(time.Hour)), store.Duplicate))
		}
		again()
		must(t, s.OptOut(t.Context(), store.KeyContact("K-1"), store.Unsubscribed, noon))
		again()
		must(t, s.OptOut(t.Context(), store.AddressContact("kundin@example.com"), store.Unsubscribed, noon))
		again()
		other := invitation(1)
		other.Digest[0]++
		_, stored, err := s.Invite(t.Context(), other, customer("K-1", "", noon))
		is(t, err, store.ErrConflict)
		same(t, first, stored)
	})
	test(t, open, "a duplicate after the pause begins no new one", func(t *testing.T, s, _ Full) {
		mustInvite(t, s, invitation(1), customer("K-1", "", noon), store.Accepted)
		mustInvite(t, s, invitation(1), customer("K-1", "", noon.Add(month)), store.Duplicate)
		mustInvite(t, s, invitation(2), customer("K-1", "", noon.Add(month)), store.Accepted)
	})
	test(t, open, "of many that invite one customer at once, one does", func(t *testing.T, s, peer Full) {
		counts := race(t, func(i int) string {
			_, _, err := []Full{s, peer}[i%2].Invite(t.Context(), invitation(i), customer("K-1", "kundin@example.com", noon))
			switch {
			case err == nil:
				return "accepted"
			case errors.Is(err, store.ErrFatigue):
				return "fatigue"
			case errors.Is(err, store.ErrVersion):
				return "busy" // the caller tries again
			}
			t.Error(err)
			return "error"
		})
		if counts["accepted"] != 1 || counts["fatigue"]+counts["busy"] != parallel-1 {
			t.Errorf("got %v", counts)
		}
	})
	test(t, open, "of many that send one invitation at once, one is accepted", func(t *testing.T, s, peer Full) {
		counts := race(t, func(i int) string {
			outcome, _, err := []Full{s, peer}[i%2].Invite(t.Context(), invitation(1), customer("K-1", "", noon))
			if err != nil && !errors.Is(err, store.ErrVersion) {
				t.Error(err)
			}
			return outcome.String()
		})
		if counts["accepted"] != 1 || counts["duplicate"] == 0 {
			t.Errorf("got %v", counts)
		}
	})
	test(t, open, "a broken or cancelled invitation leaves no trace", func(t *testing.T, s, _ Full) {
		bad := invitation(1)
		bad.Event = nil
		refused(t, s, bad, customer("K-1", "", noon), store.ErrInvalid)
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		_, _, err := s.Invite(ctx, invitation(1), customer("K-1", "", noon))
		is(t, err, context.Canceled)
		is(t, s.OptOut(ctx, store.KeyContact("K-1"), store.Unsubscribed, noon), context.Canceled)
		_, err = s.OptedOut(ctx, store.KeyContact("K-1"))
		is(t, err, context.Canceled)
		mustInvite(t, s, invitation(1), customer("K-1", "", noon), store.Accepted)
	})
}
