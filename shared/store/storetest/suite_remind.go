package storetest

import (
	"testing"
	"time"

	"resonanz/events"
	"resonanz/shared/feedback"
	"resonanz/shared/store"
)

func runReminders(t *testing.T, open func(*testing.T) (Full, Full)) {
	reminder := func(n int, at time.Time) store.Reminder {
		e := entry(march, n)
		return store.Reminder{ResponseKey: e.ResponseKey, EventID: e.EventID, DueAt: at}
	}
	// reminders reads those of the index that are due.
	reminders := func(t *testing.T, s Full, until time.Time) map[feedback.ResponseKey]events.Invite {
		t.Helper()
		all := make(map[feedback.ResponseKey]events.Invite)
		must(t, s.Due(t.Context(), until, func(d store.Due) error {
			if d.Invite == nil || d.Case != nil || d.Silence != nil || !d.Invite.Reminder {
				t.Errorf("got %+v, want a reminder and nothing else", d)
				return nil
			}
			all[d.Invite.ResponseKey] = *d.Invite
			return nil
		}))
		return all
	}
	test(t, open, "a reminder is due from its time on until it is forgotten", func(t *testing.T, s, peer Full) {
		first, second := reminder(1, noon), reminder(2, noon.Add(time.Hour))
		must(t, s.Remind(t.Context(), first))
		must(t, peer.Remind(t.Context(), second))
		one := events.Invite{ResponseKey: first.ResponseKey, EventID: first.EventID, Reminder: true}
		two := events.Invite{ResponseKey: second.ResponseKey, EventID: second.EventID, Reminder: true}
		same(t, map[feedback.ResponseKey]events.Invite{}, reminders(t, s, noon.Add(-time.Millisecond)))
		for range 2 {
			same(t, map[feedback.ResponseKey]events.Invite{one.ResponseKey: one}, reminders(t, s, noon))
		}
		same(t, map[feedback.ResponseKey]events.Invite{one.ResponseKey: one, two.ResponseKey: two}, reminders(t, peer, noon.Add(time.Hour)))
		must(t, peer.ForgetReminder(t.Context(), first.ResponseKey))
		same(t, map[feedback.ResponseKey]events.Invite{two.ResponseKey: two}, reminders(t, s, noon.Add(time.Hour)))
	})
	test(t, open, "the same reminder kept twice is one, forgotten twice is none", func(t *testing.T, s, peer Full) {
		r := reminder(1, noon)
		must(t, s.Remind(t.Context(), r))
		must(t, peer.Remind(t.Context(), r))
		if got := reminders(t, s, noon); len(got) != 1 {
			t.Errorf("got %v", got)
		}
		for range 2 {
			must(t, s.ForgetReminder(t.Context(), r.ResponseKey))
		}
		same(t, map[feedback.ResponseKey]events.Invite{}, reminders(t, peer, noon))
	})
	test(t, open, "a reminder is no part of its response", func(t *testing.T, s, _ Full) {
		e := entry(march, 1)
		mustPut(t, s, e, store.Accepted)
		must(t, s.Remind(t.Context(), reminder(1, noon)))
		all, err := s.Response(t.Context(), e.ResponseKey)
		must(t, err)
		same(t, []store.Entry{*e}, all)
	})
	test(t, open, "what could not be found again is refused", func(t *testing.T, s, _ Full) {
		good := reminder(1, noon)
		for _, change := range []func(*store.Reminder){
			func(r *store.Reminder) { r.ResponseKey = "x" },
			func(r *store.Reminder) { r.EventID = "" },
			func(r *store.Reminder) { r.DueAt = time.Time{} },
		} {
			r := good
			change(&r)
			is(t, s.Remind(t.Context(), r), store.ErrInvalid)
		}
	})
}
