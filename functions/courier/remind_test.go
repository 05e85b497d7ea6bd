package main

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"resonanz/events"
	"resonanz/shared/config"
	"resonanz/shared/delivery"
	"resonanz/shared/feedback"
	"resonanz/shared/store"
)

func TestAReminderIsKeptWithTheFirstMail(t *testing.T) {
	for name, c := range map[string]struct {
		days    int
		expires time.Time
		want    bool
	}{
		"before the link ends":   {5, noon.AddDate(0, 0, 14), true},
		"when the link has gone": {5, noon.AddDate(0, 0, 5), false},
		"none configured":        {0, noon.AddDate(0, 0, 14), false},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t, func(cfg *config.Config) { cfg.Invitations.ReminderDays = c.days })
			in := invited(t, r.memory, func(in *feedback.Invitation, _ *store.Entry) { in.ExpiresAt = c.expires })
			if n := r.deliver(t, body(t, in, false)); n != 0 || len(r.post.sent) != 1 {
				t.Fatalf("%d failed, %d mails", n, len(r.post.sent))
			}
			due := noon.AddDate(0, 0, c.days)
			if early := r.due(t, due.Add(-time.Millisecond)); len(early) != 0 {
				t.Errorf("too early: %v", early)
			}
			var want []events.Invite
			if c.want {
				want = []events.Invite{{ResponseKey: key, EventID: event, Reminder: true}}
			}
			if diff := cmp.Diff(want, r.due(t, due)); diff != "" {
				t.Errorf("reminders (-want +got):\n%s", diff)
			}
		})
	}
}

func TestWhoHasNotAnsweredIsRemindedOnce(t *testing.T) {
	r := newRig(t)
	in := invited(t, r.memory)
	r.deliver(t, body(t, in, false))
	r.clock = noon.AddDate(0, 0, 5)
	for range 3 { // the clock asks each minute
		if n := r.deliver(t, body(t, in, true), body(t, in, true)); n != 0 {
			t.Fatalf("%d failed", n)
		}
		r.clock = r.clock.Add(time.Minute)
	}
	if len(r.post.sent) != 2 {
		t.Fatalf("%d mails, want the invitation and one reminder", len(r.post.sent))
	}
	raw := r.post.sent[1].RawMessage.Data
	if !bytes.Contains(raw, []byte("Subject: =?utf-8?q?Reminder")) || *r.post.sent[1].Tags[2].Value != "reminder" {
		t.Errorf("the second mail is no reminder:\n%s", raw)
	}
	if left := r.due(t, noon.AddDate(1, 0, 0)); len(left) != 0 {
		t.Errorf("still asked for: %v", left)
	}
	if !strings.Contains(r.out.String(), `"ReminderMailed":1`) {
		t.Errorf("metrics %s", r.out.String())
	}
}

func TestAReminderThatIsNotNeededIsForgotten(t *testing.T) {
	for name, happens := range map[string]func(*testing.T, *rig){
		"answered": func(t *testing.T, r *rig) { vote(t, r.memory) },
		"bounced": func(t *testing.T, r *rig) {
			if _, err := delivery.Note(t.Context(), r.memory, key, event, feedback.Bounced, noon, noon); err != nil {
				t.Fatal(err)
			}
		},
		"opted out": func(t *testing.T, r *rig) {
			if err := r.memory.OptOut(t.Context(), store.AddressContact(customer), store.Unsubscribed, noon); err != nil {
				t.Fatal(err)
			}
		},
		"expired": func(_ *testing.T, r *rig) { r.clock = noon.AddDate(0, 0, 14) },
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			in := invited(t, r.memory)
			r.deliver(t, body(t, in, false))
			r.clock = noon.AddDate(0, 0, 5)
			before := len(r.deliveries(t))
			happens(t, r)
			if name == "bounced" {
				before++
			}
			if n := r.deliver(t, body(t, in, true)); n != 0 || len(r.post.sent) != 1 {
				t.Errorf("%d failed, %d mails, want the first only", n, len(r.post.sent))
			}
			if left := r.due(t, noon.AddDate(1, 0, 0)); len(left) != 0 {
				t.Errorf("still asked for: %v", left)
			}
			// The first mail did arrive: not to send the second is no failure of it.
			if after := len(r.deliveries(t)); after != before {
				t.Errorf("%d deliveries noted, want %d", after, before)
			}
		})
	}
}

// A mail service that is down for a day must not be asked each minute by
// everyone who is to be reminded.
func TestAReminderThatFailsIsPutOffAndLeftToTheClock(t *testing.T) {
	r := newRig(t)
	in := invited(t, r.memory)
	r.deliver(t, body(t, in, false))
	r.clock = noon.AddDate(0, 0, 5)
	r.post.before = func() error { return errors.New("no answer") }
	for attempt := 1; attempt <= lastTry+1; attempt++ {
		if n := r.deliverAt(t, attempt, body(t, in, true)); n != 0 || len(r.dead.reasons) != 0 {
			t.Fatalf("attempt %d: %d failed, %q put aside", attempt, n, r.dead.reasons)
		}
	}
	if early := r.due(t, r.clock.Add(putOff-time.Millisecond)); len(early) != 0 {
		t.Errorf("asked for again at once: %v", early)
	}
	r.clock = r.clock.Add(putOff)
	if len(r.due(t, r.clock)) != 1 {
		t.Fatal("the clock does not ask again")
	}
	r.post.before = nil
	r.deliver(t, body(t, in, true))
	if len(r.post.sent) != 2 || len(r.due(t, r.clock)) != 0 {
		t.Errorf("%d mails, reminders left: %v", len(r.post.sent), r.due(t, r.clock))
	}
}

// TestAReminderThatCanNeverBeSentIsToldOnce: the clock would ask for ever.
func TestAReminderThatCanNeverBeSentIsToldOnce(t *testing.T) {
	r := newRig(t)
	in := invited(t, r.memory, func(in *feedback.Invitation, _ *store.Entry) { in.Touchpoint = "closed" })
	if err := r.memory.Remind(t.Context(), store.Reminder{ResponseKey: key, EventID: event, DueAt: noon}); err != nil {
		t.Fatal(err)
	}
	if n := r.deliver(t, body(t, in, true)); n != 0 || len(r.dead.reasons) != 1 || len(r.due(t, noon)) != 0 {
		t.Errorf("%d failed, put aside %q, left %v", n, r.dead.reasons, r.due(t, noon))
	}
}
