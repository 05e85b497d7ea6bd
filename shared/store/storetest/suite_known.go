package storetest

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"resonanz/events"
	"resonanz/shared/casefile"
	"resonanz/shared/store"
)

func runKnown(t *testing.T, open func(*testing.T) (Full, Full)) {
	test(t, open, "the crisis is changed from the version that was read", func(t *testing.T, s, peer Full) {
		c, err := s.Crisis(t.Context())
		must(t, err)
		same(t, casefile.Crisis{}, c)
		c.Spikes = []casefile.Spike{{Rule: "SPIKE", Subject: "hotline@2026-03-15", Touchpoint: "hotline", At: noon}}
		must(t, s.PutCrisis(t.Context(), &c))
		stale := casefile.Crisis{}
		if is(t, peer.PutCrisis(t.Context(), &stale), store.ErrVersion); stale.Version != 0 {
			t.Errorf("what was not stored is at version %d", stale.Version)
		}
		got, err := peer.Crisis(t.Context())
		must(t, err)
		same(t, c, got)
		got.Case, got.Since, got.Spikes = "2603-AAAA-BBBB", noon, nil
		must(t, peer.PutCrisis(t.Context(), &got))
		is(t, s.PutCrisis(t.Context(), &c), store.ErrVersion)
		now, err := s.Crisis(t.Context())
		must(t, err)
		if same(t, got, now); now.Version != 2 {
			t.Errorf("at version %d", now.Version)
		}
	})
	test(t, open, "of many that change the crisis at once, one does", func(t *testing.T, s, peer Full) {
		counts := race(t, func(i int) string {
			return outcome(t, []Full{s, peer}[i%2].PutCrisis(t.Context(), new(casefile.Crisis)))
		})
		if counts["done"] != 1 || counts["version"] != parallel-1 {
			t.Errorf("got %v", counts)
		}
	})
	test(t, open, "the configuration applied is what was said last", func(t *testing.T, s, peer Full) {
		for _, want := range []string{"", "a1b2", "c3d4"} {
			if want != "" {
				must(t, s.SetApplied(t.Context(), want))
			}
			got, err := peer.Applied(t.Context())
			if must(t, err); got != want {
				t.Errorf("got %q, want %q", got, want)
			}
		}
	})
	test(t, open, "corrective actions come in the order of their ids", func(t *testing.T, s, peer Full) {
		none, err := s.Actions(t.Context())
		if must(t, err); len(none) != 0 {
			t.Errorf("got %v", none)
		}
		var want []casefile.CorrectiveAction
		for i := range 5 {
			want = append(want, casefile.CorrectiveAction{
				ID: fmt.Sprint("action-", i), Category: "billing", Title: "Prüfung der Rechnungen", Owner: "anna", StartsAt: noon,
			})
		}
		for i := range want {
			must(t, s.PutAction(t.Context(), want[len(want)-1-i]))
		}
		want[3].DoneAt = noon.Add(time.Hour)
		must(t, peer.PutAction(t.Context(), want[3]))
		got, err := s.Actions(t.Context())
		must(t, err)
		same(t, want, got)
		is(t, s.PutAction(t.Context(), casefile.CorrectiveAction{Title: "no id"}), store.ErrInvalid)
	})
}

// aHook is the n-th of a fixed series of deliveries that wait.
func aHook(endpoint string, n int) store.Hook {
	return store.Hook{
		Endpoint: endpoint, Alert: events.Alert{ID: fmt.Sprintf("2603-AAAA-BBBB#%02d", n), Reason: events.CaseOpened, At: noon, Case: "2603-AAAA-BBBB"},
		Status: store.HookWaiting, Attempt: 2, NextAt: noon.Add(time.Duration(n) * time.Minute), Now: noon,
		Log: []store.HookTry{{At: noon, Status: 503, Millis: 120}},
	}
}

func runHooks(t *testing.T, open func(*testing.T) (Full, Full)) {
	test(t, open, "a delivery comes back as it was kept last", func(t *testing.T, s, peer Full) {
		h := aHook("crm", 1)
		_, err := s.Hook(t.Context(), "crm", h.Alert.ID)
		is(t, err, store.ErrNotFound)
		must(t, s.PutHook(t.Context(), h))
		h.Status, h.NextAt = store.HookDelivered, time.Time{}
		h.Log = append(h.Log, store.HookTry{At: noon, Error: "timeout", Millis: 5000})
		for range 2 {
			must(t, peer.PutHook(t.Context(), h))
			got, err := s.Hook(t.Context(), "crm", h.Alert.ID)
			must(t, err)
			same(t, &h, got)
		}
		_, err = s.Hook(t.Context(), "chat", h.Alert.ID)
		is(t, err, store.ErrNotFound)
	})
	test(t, open, "the due index holds what is to be tried again, until it is settled", func(t *testing.T, s, _ Full) {
		waiting := func(until time.Time) (out []string) {
			must(t, s.Due(t.Context(), until, func(d store.Due) error {
				if d.Hook == nil || d.Case != nil || d.Silence != nil || d.Invite != nil {
					t.Errorf("got %+v, want a webhook and nothing else", d)
					return nil
				}
				want := aHook(d.Hook.Endpoint, 1)
				same(t, &events.Hook{Endpoint: d.Hook.Endpoint, Alert: want.Alert, Attempt: 2}, d.Hook)
				out = append(out, d.Hook.Endpoint)
				return nil
			}))
			return out
		}
		h := aHook("crm", 1)
		must(t, s.PutHook(t.Context(), h))
		if early := waiting(h.NextAt.Add(-time.Millisecond)); len(early) != 0 {
			t.Errorf("due early: %v", early)
		}
		same(t, []string{"crm"}, waiting(h.NextAt))
		h.Status, h.NextAt = store.HookFailed, time.Time{}
		must(t, s.PutHook(t.Context(), h))
		if left := waiting(casefile.NoAction); len(left) != 0 {
			t.Errorf("still due: %v", left)
		}
	})
	test(t, open, "the log of an endpoint is read in pages, the latest cases first", func(t *testing.T, s, _ Full) {
		for n := range 7 {
			must(t, s.PutHook(t.Context(), aHook("crm", n)))
			must(t, s.PutHook(t.Context(), aHook("crm-2", n)))
		}
		var got []string
		cursor := ""
		for {
			page, err := s.Hooks(t.Context(), "crm", cursor, 3)
			must(t, err)
			for _, h := range page.Hooks {
				if h.Endpoint != "crm" {
					t.Errorf("one of %s", h.Endpoint)
				}
				got = append(got, h.Alert.ID[len("2603-AAAA-BBBB#"):])
			}
			if cursor = page.Cursor; cursor == "" {
				break
			}
			for _, bad := range []string{cursor[1:], "A" + cursor, strings.ToUpper(cursor) + "A"} {
				_, err := s.Hooks(t.Context(), "crm", bad, 3)
				is(t, err, store.ErrInvalid)
			}
			_, err = s.Hooks(t.Context(), "crm-2", cursor, 3)
			is(t, err, store.ErrInvalid)
		}
		same(t, []string{"06", "05", "04", "03", "02", "01", "00"}, got)
		none, err := s.Hooks(t.Context(), "chat", "", 3)
		if must(t, err); len(none.Hooks) != 0 || none.Cursor != "" {
			t.Errorf("got %v", none)
		}
		for endpoint, limit := range map[string]int{"": 3, "crm": 0, "crm-2": store.MaxHooks + 1} {
			_, err := s.Hooks(t.Context(), endpoint, "", limit)
			is(t, err, store.ErrInvalid)
		}
	})
	test(t, open, "a delivery that could not be found again is refused", func(t *testing.T, s, _ Full) {
		for name, change := range map[string]func(*store.Hook){
			"no endpoint":      func(h *store.Hook) { h.Endpoint = "" },
			"no alert":         func(h *store.Hook) { h.Alert.ID = "" },
			"no time":          func(h *store.Hook) { h.Now = time.Time{} },
			"no status":        func(h *store.Hook) { h.Status = "" },
			"other status":     func(h *store.Hook) { h.Status, h.NextAt = "lost", time.Time{} },
			"waits for never":  func(h *store.Hook) { h.NextAt = time.Time{} },
			"settled, and due": func(h *store.Hook) { h.Status = store.HookFailed },
		} {
			h := aHook("crm", 1)
			change(&h)
			if err := s.PutHook(t.Context(), h); !errors.Is(err, store.ErrInvalid) {
				t.Errorf("%s: got %v", name, err)
			}
		}
	})
}
