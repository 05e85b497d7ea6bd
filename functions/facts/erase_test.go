package main

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	lambdaevents "github.com/aws/aws-lambda-go/events"
	"github.com/google/go-cmp/cmp"

	"resonanz/events"
	"resonanz/shared/feedback"
	"resonanz/shared/period"
	"resonanz/shared/store"
)

// Facts that are made again from what an erasure left of the ledger are the same
// objects, byte by byte, and hold nothing of whom was erased.
func TestFactsMadeAgainAfterAnErasureAreTheSame(t *testing.T) {
	const secret = "Erika was rude to me"
	table := store.NewMemory()
	spoken := rating(1, "2026-03")
	spoken.HasText = true
	for kind, event := range map[feedback.Kind]any{
		feedback.KindRating: spoken, feedback.KindCard: card(2), feedback.KindComplaint: complaint(3), feedback.KindInvitation: invitation("2026-03"), feedback.KindDelivery: delivery(5),
	} {
		text, err := json.Marshal(event)
		if err != nil {
			t.Fatal(err)
		}
		var ids struct {
			EventID     feedback.EventID     `json:"event_id"`
			ResponseKey feedback.ResponseKey `json:"response_key"`
		}
		personal, err2 := json.Marshal(feedback.Personal{Comment: secret, Email: "erika@example.com"})
		if err := json.Unmarshal(text, &ids); err != nil || err2 != nil {
			t.Fatal(err, err2)
		}
		if _, _, err := table.Put(t.Context(), &store.Entry{
			Kind: kind, ResponseKey: ids.ResponseKey, EventID: ids.EventID, ReceivedAt: spoken.ReceivedAt, Event: text,
			Personal: personal, CustomerKey: "kunde-4711",
		}); err != nil {
			t.Fatal(kind, err)
		}
	}
	month, err := period.Parse("2026-03")
	if err != nil {
		t.Fatal(err)
	}
	made := func() map[string]string {
		var bodies []string
		err := table.Month(t.Context(), month, func(e store.Entry) error {
			body, err := json.Marshal(events.Message{Version: events.Version, Type: events.TypeStored, Stored: &events.Stored{Kind: e.Kind, Event: e.Event}})
			bodies = append(bodies, string(body))
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		slices.Sort(bodies)
		var ev lambdaevents.SQSEvent
		for _, body := range bodies {
			ev.Records = append(ev.Records, lambdaevents.SQSMessage{MessageId: body, Body: body})
		}
		r := newRig()
		if failed := r.mustHandle(t, ev); len(failed) != 0 || len(r.dead) != 0 {
			t.Fatalf("failed %v, poison %v", failed, r.dead)
		}
		_, keys := r.facts(t)
		objects := make(map[string]string)
		for _, key := range keys {
			content, err := r.objects.Get(t.Context(), key)
			if err != nil || strings.Contains(string(content), "Erika") || strings.Contains(string(content), "erika") || strings.Contains(string(content), "4711") {
				t.Errorf("%s: %v, or something personal", key, err)
			}
			objects[key] = string(content)
		}
		return objects
	}
	before := made()
	if f, err := table.Forget(t.Context(), "kunde-4711"); err != nil || f.Events != 5 {
		t.Fatalf("%+v, %v", f, err)
	}
	if d := cmp.Diff(before, made()); d != "" || len(before) != 4 {
		t.Errorf("%d objects (-before +after):\n%s", len(before), d)
	}
}
