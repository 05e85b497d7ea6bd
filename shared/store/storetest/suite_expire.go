package storetest

import (
	"errors"
	"testing"
	"time"

	"resonanz/shared/casefile"
	"resonanz/shared/feedback"
	"resonanz/shared/store"
)

// told is the n-th of a series of entries of a kind with something personal.
func told(n int, kind feedback.Kind, personal string) *store.Entry {
	e := entry(march, n)
	e.Kind, e.Personal, e.CustomerKey = kind, []byte(personal), "K-1"
	return e
}

// bare is e with what is left of it.
func bare(e *store.Entry, customerKey string) *store.Entry {
	left := *e
	left.Personal, left.CustomerKey, left.Digest = nil, customerKey, store.Digest{}
	return &left
}

func runExpire(t *testing.T, open func(*testing.T) (Full, Full)) {
	const words, address = `{"comment":"Guten Tag"}`, `{"email":"kundin@example.com"}`
	soon, past := noon.Add(time.Millisecond), noon
	check := func(t *testing.T, s Full, want ...*store.Entry) {
		t.Helper()
		for _, e := range want {
			got, err := s.Get(t.Context(), e.ResponseKey, e.EventID)
			must(t, err)
			same(t, e, got)
		}
	}
	test(t, open, "each class goes when its own time is up", func(t *testing.T, s, peer Full) {
		vote, card := told(1, feedback.KindRating, words), told(2, feedback.KindCard, words)
		invitation, complaint := told(3, feedback.KindInvitation, address), told(4, feedback.KindComplaint, words)
		brought := told(5, feedback.KindComplaint, words)
		brought.Event = []byte(`{"collection_mode":"imported"}`)
		plain := entry(march, 6)
		other := told(7, feedback.KindRating, words)
		other.ResponseKey = feedback.NewResponseKey(april, feedback.ResponseIDOf(other.EventID))
		all := []*store.Entry{vote, card, invitation, complaint, brought, plain, other}
		for _, e := range all {
			mustPut(t, s, e, store.Accepted)
		}
		for _, x := range []store.Expiry{{}, {Words: past, Imported: past, Addresses: past}} {
			if got, err := peer.Expire(t.Context(), march, x); err != nil || got != (store.Expired{}) {
				t.Errorf("%+v: got %+v, %v", x, got, err)
			}
		}
		check(t, s, all...)

		got, err := peer.Expire(t.Context(), march, store.Expiry{Addresses: soon})
		must(t, err)
		same(t, store.Expired{Events: 1, Addresses: 1}, got)
		check(t, s, vote, card, bare(invitation, "K-1"), complaint, brought, plain, other)

		got, err = s.Expire(t.Context(), march, store.Expiry{Words: soon, Addresses: soon})
		must(t, err)
		same(t, store.Expired{Events: 3}, got)
		check(t, s, bare(vote, ""), bare(card, ""), bare(invitation, ""), complaint, brought, plain, other)

		for _, want := range []store.Expired{{Events: 1}, {}} {
			got, err = s.Expire(t.Context(), march, store.Expiry{Words: soon, Imported: soon, Addresses: soon})
			must(t, err)
			same(t, want, got)
		}
		check(t, s, complaint, bare(brought, ""), plain, other)
		// Its id is enough to know it again.
		if again := mustPut(t, s, vote, store.Duplicate); again != nil {
			same(t, bare(vote, ""), again)
		}
	})
	test(t, open, "an anonymous invitation leads to nobody once its link has ended", func(t *testing.T, s, _ Full) {
		secret, open := told(1, feedback.KindInvitation, address), told(2, feedback.KindInvitation, address)
		secret.Event, open.Event = []byte(`{"touchpoint":"hotline"}`), []byte(`{"touchpoint":"shop"}`)
		mustPut(t, s, secret, store.Accepted)
		mustPut(t, s, open, store.Accepted)
		at := func(tp feedback.Touchpoint) bool { return tp == "hotline" }
		if got, err := s.Expire(t.Context(), march, store.Expiry{Severed: past, Anonymous: at}); err != nil || got.Events != 0 {
			t.Errorf("too early: %+v, %v", got, err)
		}
		_, err := s.Expire(t.Context(), march, store.Expiry{Severed: soon, Anonymous: at})
		must(t, err)
		check(t, s, bare(secret, ""), open)
	})
	test(t, open, "what an open case needs is held back", func(t *testing.T, s, _ Full) {
		held, free := told(1, feedback.KindRating, words), told(2, feedback.KindRating, words)
		mustPut(t, s, held, store.Accepted)
		mustPut(t, s, free, store.Accepted)
		got, err := s.Expire(t.Context(), march, store.Expiry{Words: soon, Held: func(k feedback.ResponseKey) bool { return k == held.ResponseKey }})
		must(t, err)
		same(t, store.Expired{Events: 1, HeldBack: 1}, got)
		check(t, s, held, bare(free, ""))
	})
	test(t, open, "an entry that cannot be read holds up no other", func(t *testing.T, s, _ Full) {
		broken, good := told(1, feedback.KindInvitation, `{"email":7}`), told(2, feedback.KindInvitation, address)
		mustPut(t, s, broken, store.Accepted)
		mustPut(t, s, good, store.Accepted)
		got, err := s.Expire(t.Context(), march, store.Expiry{Addresses: soon})
		is(t, err, store.ErrInvalid)
		same(t, store.Expired{Events: 1, Addresses: 1}, got)
		check(t, s, broken, bare(good, "K-1"))
	})
	test(t, open, "a severed entry leads to nobody", func(t *testing.T, s, peer Full) {
		in := told(1, feedback.KindInvitation, address)
		mustPut(t, s, in, store.Accepted)
		for range 2 {
			must(t, peer.Sever(t.Context(), in.ResponseKey, in.EventID))
			check(t, s, bare(in, ""))
		}
		must(t, s.Sever(t.Context(), in.ResponseKey, eventID(2)))
	})
	test(t, open, "cases that ended lose words and customer, with the complaint behind them", func(t *testing.T, s, peer Full) {
		file := func(n int, ended time.Time) (*store.Entry, *casefile.Case) {
			e := told(n, feedback.KindComplaint, words)
			c, line := aCase(march, n)
			c.ResponseKey, c.CustomerKey = e.ResponseKey, "K-1"
			line.Words = &casefile.Words{Text: "Mein Name ist Beispiel"}
			mustSubmit(t, s, store.Accepted, e, c, line)
			if !ended.IsZero() {
				c.Status = casefile.Closed
				must(t, s.UpdateCase(t.Context(), c, &casefile.Entry{At: ended, Action: casefile.Closing, Status: casefile.Closed}))
			}
			return e, c
		}
		old, closed := file(1, noon)
		young, late := file(2, noon.Add(time.Hour))
		now, running := file(3, time.Time{})
		shared, other := file(4, noon)
		vote := told(5, feedback.KindRating, words)
		vote.ResponseKey = old.ResponseKey
		mustPut(t, s, vote, store.Accepted)

		var told []casefile.Number
		expire := func() store.Expired {
			got, err := peer.ExpireCases(t.Context(), "2026-03", soon, func(k feedback.ResponseKey) bool { return k == shared.ResponseKey },
				func(n casefile.Number) error { told = append(told, n); return nil })
			must(t, err)
			return got
		}
		locked := errors.New("the files of one cannot be deleted")
		got, err := peer.ExpireCases(t.Context(), "2026-03", soon, func(k feedback.ResponseKey) bool { return k == shared.ResponseKey },
			func(n casefile.Number) error {
				if n == closed.Number {
					return locked
				}
				return nil
			})
		is(t, err, locked)
		same(t, store.Expired{Lines: 1, Cases: 1}, got) // the other is done
		check(t, s, old)
		same(t, store.Expired{Events: 1, Lines: 1, Cases: 1}, expire())
		if len(told) != 2 {
			t.Errorf("told of %v", told)
		}
		same(t, store.Expired{}, expire())
		check(t, s, bare(old, ""), young, now, shared, vote)
		for _, c := range []struct {
			c    *casefile.Case
			gone bool
		}{{closed, true}, {other, true}, {late, false}, {running, false}} {
			state, err := s.GetCase(t.Context(), c.c.Number)
			must(t, err)
			timeline, err := s.Timeline(t.Context(), c.c.Number)
			must(t, err)
			must(t, casefile.Check(state, timeline))
			if (state.CustomerKey == "") != c.gone || (timeline[0].Words == nil) != c.gone {
				t.Errorf("case %s: customer %q, words %v", c.c.Number, state.CustomerKey, timeline[0].Words)
			}
		}
		if none, err := s.ExpireCases(t.Context(), "2026-04", soon.AddDate(1, 0, 0), nil, nil); err != nil || none != (store.Expired{}) {
			t.Errorf("of another month: %+v, %v", none, err)
		}
	})
	test(t, open, "how far a sweep got is remembered", func(t *testing.T, s, peer Full) {
		got, err := s.Swept(t.Context(), "ledger")
		must(t, err)
		same(t, store.Swept{}, got)
		want := store.Swept{Limits: "400/1095/90", StartedAt: noon, Next: "2026-02"}
		must(t, s.PutSwept(t.Context(), "ledger", want))
		must(t, s.PutSwept(t.Context(), "cases", store.Swept{Limits: "1095"}))
		got, err = peer.Swept(t.Context(), "ledger")
		must(t, err)
		same(t, want, got)
	})
}
