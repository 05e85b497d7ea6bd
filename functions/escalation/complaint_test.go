package main

import (
	"strings"
	"testing"
	"time"

	"resonanz/events"
	"resonanz/shared/casefile"
	"resonanz/shared/escalate"
	"resonanz/shared/feedback"
)

func told(n int, k feedback.ResponseKey, at time.Time, category string, callback bool) feedback.Complaint {
	return feedback.Complaint{
		EventID: eventID(n), ResponseKey: k, Touchpoint: "repair", Channel: feedback.WebForm, Category: category,
		SubmittedAt: at, ReceivedAt: at, CallbackRequested: callback, CollectionMode: feedback.Self,
	}
}

func TestAComplaintIsRegisteredOnce(t *testing.T) {
	r, k := newRig(), responseKey(t, 1)
	c := told(1, k, noon, "delivery.late", true)
	r.put(t, feedback.KindComplaint, k, c.EventID, c)
	body := storedAs(t, feedback.KindComplaint, c)
	for range 3 {
		if failed := r.deliver(t, body, body); failed != nil {
			t.Fatalf("messages %v failed", failed)
		}
	}
	registered, timeline := r.state(t, escalate.Number(casefile.Complaint, k, 0))
	if registered == nil || registered.Rule != "COMPLAINT_RECEIVED" || registered.Status != casefile.Received ||
		registered.Category != "delivery.late" || !registered.DueAt.Equal(noon.Add(24*time.Hour)) {
		t.Fatalf("case %+v, want a registered complaint to be triaged in 24 hours", registered)
	}
	if len(timeline) != 1 || timeline[0].Alert == nil || timeline[0].Alert.Category != "delivery.late" {
		t.Errorf("timeline %+v, want one entry with one alert", timeline)
	}
	if callback, _ := r.state(t, escalate.Number(casefile.Callback, k, 0)); callback == nil || callback.Rule != "CALLBACK_REQUESTED" {
		t.Errorf("callback %+v, want the wish kept beside the complaint", callback)
	}
	if got := strings.Count(r.out.String(), `"CasesOpened":1`); got != 2 {
		t.Errorf("%d openings counted, want 2", got)
	}
}

func TestACriticalComplaintGoesToTheNextWithinTheHour(t *testing.T) {
	r, k := newRig(), responseKey(t, 1)
	c := told(1, k, noon, "privacy", false)
	r.put(t, feedback.KindComplaint, k, c.EventID, c)
	r.deliver(t, storedAs(t, feedback.KindComplaint, c))
	n := escalate.Number(casefile.Complaint, k, 0)
	r.clock = noon.Add(time.Hour)
	r.deliver(t, message(t, events.Message{Type: events.TypeDeadline, Deadline: &events.Deadline{Case: string(n), DueAt: r.clock}}))
	state, timeline := r.state(t, n)
	if state.Priority != "critical" || state.Step != 1 || len(timeline) != 2 || !state.NextAt.Equal(noon.Add(2*time.Hour)) {
		t.Errorf("case %+v with %+v, want the second of the chain told after an hour", state, timeline)
	}
}

func TestACardIsAVoteForEveryRule(t *testing.T) {
	r, k := newRig(), responseKey(t, 1)
	card := feedback.Card{Rating: vote(1, k, noon, 1, true), Card: "visit", Answers: map[string]string{"found": "no"}}
	card.HasText = true
	later := told(2, k, noon.Add(time.Hour), "other", false)
	r.put(t, feedback.KindCard, k, card.EventID, card)
	r.put(t, feedback.KindComplaint, k, later.EventID, later)
	for range 2 { // the complaint is delivered first: the card comes out of the ledger
		if failed := r.deliver(t, storedAs(t, feedback.KindComplaint, later), storedAs(t, feedback.KindCard, card)); failed != nil {
			t.Fatalf("messages %v failed", failed)
		}
	}
	callback, _ := r.state(t, escalate.Number(casefile.Callback, k, 0))
	if callback == nil || callback.Rule != "LOW_RATING_CALLBACK" || callback.Rating != 1 {
		t.Errorf("callback %+v, want that of a low rating", callback)
	}
	complaint, timeline := r.state(t, escalate.Number(casefile.Complaint, k, 0))
	if complaint == nil || complaint.Status != casefile.Received || complaint.Rating != 1 || len(timeline) != 2 {
		t.Errorf("complaint %+v with %+v, want the draft of the card and the complaint in one case", complaint, timeline)
	}
}
