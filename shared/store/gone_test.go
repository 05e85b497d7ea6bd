package store_test

import (
	"errors"
	"fmt"
	"os"
	"testing"
	"time"

	"resonanz/events"
	"resonanz/shared/feedback"
	"resonanz/shared/period"
	"resonanz/shared/signal"
	"resonanz/shared/store"
)

// DynamoDB deletes an item days after its time to live is up. Until then it is
// there, and nothing may depend on it: one case for each kind of item that has one.
func TestWhatIsStillThereAfterItsTimeIsGone(t *testing.T) {
	client := dynamoDB(t)
	name := newTable(t, client, fmt.Sprintf("gone-%d", os.Getpid()))
	start := time.Date(2026, time.March, 15, 12, 0, 0, 0, time.UTC)
	now := start
	table := store.New(client, name).At(func() time.Time { return now })
	ctx := t.Context()

	// found says whether what was put at the start is still known.
	kinds := map[string]struct {
		lives time.Duration
		put   func() error
		found func() (bool, error)
	}{
		"the mark of an effect": {90 * 24 * time.Hour, func() error {
			if _, err := table.Begin(ctx, "mail", start, time.Minute); err != nil {
				return err
			}
			return table.Finish(ctx, "mail", start)
		}, func() (bool, error) {
			state, err := table.Begin(ctx, "mail", now, time.Minute)
			if state == store.Started {
				return false, errors.Join(err, table.Release(ctx, "mail"))
			}
			return true, err
		}},
		"a webhook": {30 * 24 * time.Hour, func() error {
			return table.PutHook(ctx, store.Hook{Endpoint: "crm", Alert: events.Alert{ID: "a"}, Status: store.HookDelivered, Attempt: 1, Now: start})
		}, func() (bool, error) {
			_, err := table.Hook(ctx, "crm", "a")
			page, listed := table.Hooks(ctx, "crm", "", 10)
			if (err == nil) != (len(page.Hooks) == 1) || listed != nil {
				return false, fmt.Errorf("listed %d, read %w, %w", len(page.Hooks), err, listed)
			}
			if errors.Is(err, store.ErrNotFound) {
				return false, nil
			}
			return true, err
		}},
		"the counts of a day": {200*24*time.Hour - 12*time.Hour, func() error {
			return table.PutDay(ctx, signal.Day{Date: "2026-03-15"})
		}, func() (bool, error) {
			days, err := table.Days(ctx, "2026-03-01", "2026-03-31")
			return len(days) == 1, err
		}},
		"a contact about a topic": {400 * 24 * time.Hour, func() error {
			e := invitation(1, start)
			_, _, err := table.Invite(ctx, e, store.Contact{Key: "kone", Fatigue: time.Hour, Now: start, At: start, Topic: "billing"})
			return err
		}, func() (bool, error) {
			last, err := table.LastContact(ctx, "kone", "billing")
			return last.Key != "", err
		}},
		"a silence that is over": {7 * 24 * time.Hour, func() error {
			return table.PutGap(ctx, store.Gap{Device: "kiosk-1", Touchpoint: "hotline", LastAt: start, SilentAt: start, Now: start})
		}, nil}, // nobody reads it: the due index shows those that are not
		"what the canary said": {8 * 24 * time.Hour, func() error {
			e := canary(start)
			_, _, err := table.Put(ctx, e)
			return err
		}, func() (bool, error) {
			e := canary(start)
			_, err := table.Get(ctx, e.ResponseKey, e.EventID)
			if errors.Is(err, store.ErrNotFound) {
				return false, nil
			}
			return true, err
		}},
	}
	for what, k := range kinds {
		now = start
		if err := k.put(); err != nil {
			t.Fatalf("%s: %v", what, err)
		}
		if k.found == nil {
			continue
		}
		for _, at := range []struct {
			after time.Duration
			want  bool
		}{{0, true}, {k.lives - time.Second, true}, {k.lives, false}, {k.lives + 48*time.Hour, false}} {
			now = start.Add(at.after)
			if got, err := k.found(); err != nil || got != at.want {
				t.Errorf("%s after %s: found %t, %v", what, at.after, got, err)
			}
		}
	}
	// What is gone is in nobody's way either.
	now = start.Add(401 * 24 * time.Hour)
	if _, _, err := table.Invite(ctx, invitation(2, now), store.Contact{Key: "kone", Fatigue: 365 * 24 * time.Hour, Now: now, At: now, Topic: "billing"}); err != nil {
		t.Errorf("a contact that is gone: %v", err)
	}
}

func invitation(n int, at time.Time) *store.Entry {
	id := feedback.DeriveEventID("gone", fmt.Sprint(n))
	return &store.Entry{
		Kind: feedback.KindInvitation, EventID: id, ReceivedAt: at, Event: []byte(`{}`), Digest: store.DigestOf([]byte(id)),
		ResponseKey: feedback.NewResponseKey(period.Of(at, time.UTC), feedback.ResponseIDOf(id)),
	}
}

func canary(at time.Time) *store.Entry {
	e := invitation(3, at)
	e.Event = []byte(`{"touchpoint":"` + string(feedback.Canary) + `"}`)
	return e
}
