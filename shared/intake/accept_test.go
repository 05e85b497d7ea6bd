package intake_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"resonanz/shared/feedback"
	"resonanz/shared/intake"
	"resonanz/shared/intake/intaketest"
	"resonanz/shared/period"
	"resonanz/shared/problem"
	"resonanz/shared/store"
)

func accept(t *testing.T, l intake.Ledger, body []byte, at time.Time) (intake.Receipt, error) {
	t.Helper()
	s, err := parse(t, body, at)
	if err != nil {
		t.Fatal(err)
	}
	return intake.Accept(t.Context(), l, s)
}

func stored(t *testing.T, m *store.Memory, months ...string) []store.Entry {
	t.Helper()
	var all []store.Entry
	for _, s := range months {
		p, err := period.Parse(s)
		if err != nil {
			t.Fatal(err)
		}
		if err := m.Month(t.Context(), p, func(e store.Entry) error { all = append(all, e); return nil }); err != nil {
			t.Fatal(err)
		}
	}
	return all
}

func TestAReplayIsADuplicateHoweverItIsSpelled(t *testing.T) {
	m := store.NewMemory()
	e := intaketest.Event()
	first, err := accept(t, m, e.JSON(t), now)
	if err != nil || first.Status != intake.Accepted {
		t.Fatalf("got %+v, %v", first, err)
	}
	for name, body := range map[string][]byte{
		"the same bytes":    e.JSON(t),
		"another offset":    e.With("submitted_at", "2026-03-10T09:00:00Z").JSON(t),
		"upper-case id":     e.With("event_id", strings.ToUpper(e["event_id"].(string))).JSON(t),
		"the default named": e.With("collection_mode", "self").JSON(t),
	} {
		got, err := accept(t, m, body, now.Add(72*time.Hour))
		want := intake.Receipt{EventID: first.EventID, ResponseKey: first.ResponseKey, Status: intake.Duplicate}
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("%s: %v (-want +got):\n%s", name, err, diff)
		}
	}
	if n := len(stored(t, m, "2026-03")); n != 1 {
		t.Errorf("%d stored, want 1", n)
	}
}

func TestTheSameIDWithAnotherBodyIsAConflictAndChangesNothing(t *testing.T) {
	m := store.NewMemory()
	e := intaketest.Event().With("comment", "gut").With("customer_key", "K-1")
	if _, err := accept(t, m, e.JSON(t), now); err != nil {
		t.Fatal(err)
	}
	before := stored(t, m, "2026-03")
	for _, other := range []intaketest.Fields{
		e.With("rating", 1), e.With("comment", "schlecht"), e.With("comment", nil), e.With("customer_key", "K-2"), e.With("nps", 0),
		e.With("submitted_at", "2026-03-10T10:00:00.001+01:00"), e.With("callback_requested", true),
	} {
		if _, err := accept(t, m, other.JSON(t), now); problem.Of(err).Code != problem.EventConflict || problem.Of(err).Status != 409 {
			t.Errorf("%v: got %v", other, err)
		}
	}
	if diff := cmp.Diff(before, stored(t, m, "2026-03")); diff != "" {
		t.Errorf("the ledger changed (-before +after):\n%s", diff)
	}
}

func TestWhatIsPersonalStaysOutOfTheEvent(t *testing.T) {
	m := store.NewMemory()
	e := intaketest.Event().With("comment", "Mein Name ist Max Muster").With("suggestion", "Rufen Sie Max an").
		With("callback_requested", true).With("callback_contact", "max@example.com").With("customer_key", "MAX-1")
	if _, err := accept(t, m, e.JSON(t), now); err != nil {
		t.Fatal(err)
	}
	got := stored(t, m, "2026-03")[0]
	if strings.Contains(strings.ToLower(string(got.Event)), "max") {
		t.Errorf("the event holds something personal: %s", got.Event)
	}
	var p feedback.Personal
	if err := json.Unmarshal(got.Personal, &p); err != nil || p.CallbackContact != "max@example.com" || got.CustomerKey != "MAX-1" {
		t.Errorf("personal part %s, key %q, %v", got.Personal, got.CustomerKey, err)
	}
}

func TestAnEventFromAClockAheadIsStoredOnceOverTheEndOfAMonth(t *testing.T) {
	m := store.NewMemory()
	body := intaketest.Event().With("submitted_at", "2026-04-01T09:00:00+02:00").JSON(t)
	first, err := accept(t, m, body, time.Date(2026, 3, 31, 20, 0, 0, 0, time.UTC))
	if err != nil || first.ResponseKey.Month().String() != "2026-03" {
		t.Fatalf("got %+v, %v", first, err)
	}
	again, err := accept(t, m, body, time.Date(2026, 3, 31, 23, 0, 0, 0, time.UTC)) // 1 April in Berlin
	if err != nil || again.Status != intake.Duplicate || again.ResponseKey != first.ResponseKey {
		t.Errorf("got %+v, %v; want a duplicate of %+v", again, err, first)
	}
	if n := len(stored(t, m, "2026-03", "2026-04")); n != 1 {
		t.Errorf("%d stored, want 1", n)
	}
}

// broken fails every call, as a throttled table does.
type broken struct{ err error }

func (b broken) Put(context.Context, *store.Entry) (store.Outcome, *store.Entry, error) {
	return 0, nil, fmt.Errorf("storing: %w", b.err)
}

func (b broken) GetAny(context.Context, []feedback.ResponseKey, feedback.EventID) (*store.Entry, error) {
	return nil, fmt.Errorf("reading: %w", b.err)
}

func (b broken) Get(context.Context, feedback.ResponseKey, feedback.EventID) (*store.Entry, error) {
	return nil, fmt.Errorf("reading: %w", b.err)
}

func TestAFailedWriteIsA503ThatKeepsItsCauseForTheLog(t *testing.T) {
	cause := errors.New("throttled on table-x")
	for name, submitted := range map[string]string{"write": "2026-03-10T09:00:00Z", "look-up": "2026-03-10T12:00:00Z"} {
		_, err := accept(t, broken{cause}, intaketest.Event().With("submitted_at", submitted).JSON(t), now)
		p := problem.Of(err)
		if p.Status != 503 || p.RetryAfter == 0 || !errors.Is(err, cause) || strings.Contains(string(p.JSON()), "table-x") {
			t.Errorf("%s: got %v, %s", name, err, p.JSON())
		}
	}
}
