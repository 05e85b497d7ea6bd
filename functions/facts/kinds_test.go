package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"resonanz/events"
	"resonanz/shared/feedback"
)

func card(n int) *feedback.Card {
	return &feedback.Card{Rating: *rating(n, "2026-03"), Card: "visit", Phase: "pilot", Number: "A-17", Answers: map[string]string{"found": "yes", "friendliness": "4"}}
}

func complaint(n int) *feedback.Complaint {
	r, four := rating(n, "2026-03"), 4
	return &feedback.Complaint{EventID: r.EventID, ResponseKey: r.ResponseKey, Touchpoint: "repair", Channel: feedback.WebForm, Category: "delivery.late",
		Annoyance: &four, SubmittedAt: r.SubmittedAt, ReceivedAt: r.ReceivedAt, CallbackRequested: true, CollectionMode: feedback.Self}
}

func delivery(n int) *feedback.Delivery {
	r := rating(n, "2026-03")
	return &feedback.Delivery{EventID: r.EventID, ResponseKey: r.ResponseKey, Outcome: feedback.Bounced, At: r.SubmittedAt, ReceivedAt: r.ReceivedAt}
}

func TestEveryKindHasItsFolder(t *testing.T) {
	r := newRig()
	ev := batch(t, rating(1, "2026-03"), card(2), complaint(3), delivery(4), invitation("2026-03"))
	for range 2 { // the same objects again
		if failed := r.mustHandle(t, ev); len(failed) > 0 || len(r.dead) > 0 {
			t.Fatalf("failed %v, poison %v", failed, r.dead)
		}
	}
	got, keys := r.facts(t)
	var folders []string
	for _, k := range keys {
		folders = append(folders, filepath.Dir(k))
	}
	want := []string{"facts/month=2026-03/complaint", "facts/month=2026-03/delivery", "facts/month=2026-03/invitation", "facts/month=2026-03/rating"}
	if d := cmp.Diff(want, folders); d != "" {
		t.Errorf("objects (-want +got):\n%s", d)
	}
	if len(got.Votes) != 2 || len(got.Invitations) != 1 || len(got.Complaints) != 1 || len(got.Deliveries) != 1 {
		t.Fatalf("%d votes, %d invitations, %d complaints, %d deliveries", len(got.Votes), len(got.Invitations), len(got.Complaints), len(got.Deliveries))
	}
	plain, c := got.Votes[0], got.Votes[1]
	if plain.Card != 0 {
		plain, c = c, plain
	}
	if plain.Card != 0 || got.Text(c.Card) != "visit" || got.Text(c.Phase) != "pilot" || got.Text(c.Answers) != `{"found":"yes","friendliness":"4"}` {
		t.Errorf("the card reads %q, %q, %q", got.Text(c.Card), got.Text(c.Phase), got.Text(c.Answers))
	}
	if got.Text(got.Complaints[0].Category) != "delivery.late" {
		t.Errorf("complaint %+v", got.Complaints[0])
	}
}

func TestTheGoldenEventsBecomeFacts(t *testing.T) {
	files, err := filepath.Glob("../../events/golden/message-stored-*.json")
	if err != nil || len(files) < 5 {
		t.Fatalf("%d golden messages: %v", len(files), err)
	}
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		r := newRig()
		if failed := r.mustHandle(t, batch(t, string(b))); len(failed) > 0 || len(r.dead) > 0 {
			t.Errorf("%s: failed %v, poison %v", filepath.Base(f), failed, r.dead)
		}
		if _, keys := r.facts(t); len(keys) != 1 {
			t.Errorf("%s: objects %v", filepath.Base(f), keys)
		}
	}
}

func TestOwnWordsAndMalformedKindsAreNoFacts(t *testing.T) {
	const secret = "Erika was rude to me"
	for name, tt := range map[string]struct {
		kind  feedback.Kind
		event any
		spoil func(map[string]any)
	}{
		"answers":             {feedback.KindCard, card(1), func(m map[string]any) { m["answers"] = map[string]any{"remark": secret} }},
		"answers: ":           {feedback.KindCard, card(1), func(m map[string]any) { m["answers"] = map[string]any{secret: "yes"} }},
		"answers: wrong type": {feedback.KindCard, card(1), func(m map[string]any) { m["answers"] = secret }},
		"card":                {feedback.KindCard, card(1), func(m map[string]any) { m["card"] = secret }},
		"card: ":              {feedback.KindCard, card(1), func(m map[string]any) { delete(m, "card") }},
		"phase":               {feedback.KindCard, card(1), func(m map[string]any) { m["phase"] = secret }},
		"rating":              {feedback.KindCard, card(1), func(m map[string]any) { m["rating"] = 0 }},
		"category":            {feedback.KindComplaint, complaint(1), func(m map[string]any) { m["category"] = secret }},
		"category is missing": {feedback.KindComplaint, complaint(1), func(m map[string]any) { delete(m, "category") }},
		"annoyance":           {feedback.KindComplaint, complaint(1), func(m map[string]any) { m["annoyance"] = 6 }},
		"topic":               {feedback.KindComplaint, complaint(1), func(m map[string]any) { m["topic"] = secret }},
		"channel":             {feedback.KindComplaint, complaint(1), func(m map[string]any) { m["channel"] = secret }},
		"device":              {feedback.KindComplaint, complaint(1), func(m map[string]any) { m["device"] = secret }},
		"received_at":         {feedback.KindComplaint, complaint(1), func(m map[string]any) { delete(m, "received_at") }},
		"topic: ":             {feedback.KindInvitation, invitation("2026-03"), func(m map[string]any) { m["topic"] = secret }},
		"skipped":             {feedback.KindInvitation, invitation("2026-03"), func(m map[string]any) { m["skipped"] = secret }},
		"previous":            {feedback.KindInvitation, invitation("2026-03"), func(m map[string]any) { m["previous"] = secret }},
		"resolved":            {feedback.KindInvitation, invitation("2026-03"), func(m map[string]any) { m["resolved"] = secret }},
		"outcome":             {feedback.KindDelivery, delivery(1), func(m map[string]any) { m["outcome"] = secret }},
		"at is missing":       {feedback.KindDelivery, delivery(1), func(m map[string]any) { delete(m, "at") }},
		"response_key":        {feedback.KindDelivery, delivery(1), func(m map[string]any) { m["response_key"] = secret }},
	} {
		event, err := json.Marshal(tt.event)
		if err != nil {
			t.Fatal(err)
		}
		var fields map[string]any
		if err := json.Unmarshal(event, &fields); err != nil {
			t.Fatal(err)
		}
		tt.spoil(fields)
		if event, err = json.Marshal(fields); err != nil {
			t.Fatal(err)
		}
		body, err := json.Marshal(events.Message{Version: events.Version, Type: events.TypeStored, Stored: &events.Stored{Kind: tt.kind, Event: event}})
		if err != nil {
			t.Fatal(err)
		}
		r := newRig()
		failed := r.mustHandle(t, batch(t, string(body), rating(2, "2026-03")))
		if len(failed) != 0 || len(r.dead) != 1 || !strings.Contains(r.dead[0], name) || strings.Contains(r.dead[0], "Erika") {
			t.Errorf("%s: failed %v, poison %q", name, failed, r.dead)
		}
		if got, _ := r.facts(t); len(got.Votes) != 1 || len(got.Complaints)+len(got.Deliveries) != 0 {
			t.Errorf("%s: want the good vote and nothing else", name)
		}
	}
}
