package delivery_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"resonanz/shared/delivery"
	"resonanz/shared/feedback"
	"resonanz/shared/store"
)

func TestWhatBecameOfAMailIsNotedOnceWithItsResponse(t *testing.T) {
	const key, invitation = feedback.ResponseKey("2026-03-aaaaaaaaaaaaaaaa"), feedback.EventID("0190b0c0-0000-7000-8000-000000000001")
	at := time.Date(2026, time.April, 2, 8, 0, 0, 5, time.FixedZone("", 7200))
	m := store.NewMemory()
	for i, want := range []store.Outcome{store.Accepted, store.Duplicate, store.Duplicate} {
		// Told again, perhaps of a second mail, later.
		later := time.Duration(i) * time.Hour
		if got, err := delivery.Note(t.Context(), m, key, invitation, feedback.Bounced, at.Add(later), at.Add(2*later)); err != nil || got != want {
			t.Errorf("got %v, %v, want %v", got, err, want)
		}
	}
	if _, err := delivery.Note(t.Context(), m, key, invitation, feedback.Reported, at, at); err != nil {
		t.Fatal(err)
	}
	all, err := m.Response(t.Context(), key)
	if err != nil {
		t.Fatal(err)
	}
	got := map[feedback.Outcome]feedback.Delivery{}
	for _, e := range all {
		var d feedback.Delivery
		if err := json.Unmarshal(e.Event, &d); err != nil || e.Kind != feedback.KindDelivery || e.EventID != d.EventID {
			t.Errorf("stored %+v, %v", e, err)
		}
		got[d.Outcome] = d
	}
	utc := at.UTC().Truncate(time.Millisecond)
	want := feedback.Delivery{
		EventID: feedback.DeriveEventID("delivery", string(invitation), "bounced"), ResponseKey: key, Outcome: feedback.Bounced, At: utc, ReceivedAt: utc,
	}
	if diff := cmp.Diff(want, got[feedback.Bounced]); diff != "" || len(all) != 2 {
		t.Errorf("%d stored (-want +got):\n%s", len(all), diff)
	}
}
