package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	lambdaevents "github.com/aws/aws-lambda-go/events"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"resonanz/events"
	"resonanz/shared/casefile"
	"resonanz/shared/escalate"
	"resonanz/shared/feedback"
	"resonanz/shared/period"
	"resonanz/shared/store"
)

var noon = time.Date(2026, time.March, 10, 12, 0, 0, 0, time.UTC)

// letters collects what goes to the dead-letter queue.
type letters struct {
	mu      sync.Mutex
	reasons []string
	bodies  []string
}

func (l *letters) Send(_ context.Context, _, text string, attributes map[string]string) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.reasons = append(l.reasons, attributes["reason"])
	l.bodies = append(l.bodies, text)
	return nil
}

func eventID(n int) feedback.EventID {
	return feedback.EventID(fmt.Sprintf("0190b0c0-0000-7000-8000-%012d", n))
}

func responseKey(t rapid.TB, n int) feedback.ResponseKey {
	march, err := period.Parse("2026-03")
	if err != nil {
		t.Fatal(err)
	}
	return feedback.NewResponseKey(march, feedback.ResponseIDOf(eventID(1000+n)))
}

func vote(n int, k feedback.ResponseKey, at time.Time, stars int, callback bool) feedback.Rating {
	return feedback.Rating{
		EventID: eventID(n), ResponseKey: k, Touchpoint: "hotline", Channel: feedback.EmailLink, Scale: feedback.Stars5,
		Rating: stars, SubmittedAt: at, ReceivedAt: at, CallbackRequested: callback, CollectionMode: feedback.Self,
	}
}

// store puts v into the ledger, with a text that must never leave it.
func (r *rig) store(t rapid.TB, v feedback.Rating) {
	t.Helper()
	r.put(t, feedback.KindRating, v.ResponseKey, v.EventID, v)
}

func (r *rig) put(t rapid.TB, kind feedback.Kind, k feedback.ResponseKey, id feedback.EventID, v any) {
	t.Helper()
	if _, _, err := r.memory.Put(context.Background(), entryOf(t, kind, k, id, v, "")); err != nil {
		t.Fatal(err)
	}
}

func message(t rapid.TB, m events.Message) string {
	t.Helper()
	m.Version = events.Version
	b, err := json.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func stored(t rapid.TB, v feedback.Rating) string {
	t.Helper()
	return storedAs(t, feedback.KindRating, v)
}

func storedAs(t rapid.TB, kind feedback.Kind, v any) string {
	t.Helper()
	event, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return message(t, events.Message{Type: events.TypeStored, Stored: &events.Stored{Kind: kind, Event: event}})
}

// deliver hands bodies over as one batch and returns the positions that failed.
func (r *rig) deliver(t rapid.TB, bodies ...string) []int {
	t.Helper()
	return r.deliverAttempt(t, 1, bodies...)
}

// deliverAttempt is deliver of messages that come for the n-th time.
func (r *rig) deliverAttempt(t rapid.TB, attempt int, bodies ...string) []int {
	t.Helper()
	var ev lambdaevents.SQSEvent
	for i, b := range bodies {
		ev.Records = append(ev.Records, lambdaevents.SQSMessage{MessageId: fmt.Sprint(i), Body: b,
			Attributes: map[string]string{"ApproximateReceiveCount": fmt.Sprint(attempt)}})
	}
	out, err := r.Handle(context.Background(), ev)
	if err != nil {
		t.Fatal(err)
	}
	var failed []int
	for _, f := range out.BatchItemFailures {
		var i int
		if _, err := fmt.Sscan(f.ItemIdentifier, &i); err != nil {
			t.Fatal(err)
		}
		failed = append(failed, i)
	}
	return failed
}

func (r *rig) state(t rapid.TB, n casefile.Number) (*casefile.Case, []casefile.Entry) {
	t.Helper()
	c, err := r.memory.GetCase(context.Background(), n)
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		t.Fatal(err)
	}
	timeline, err := r.memory.Timeline(context.Background(), n)
	if err != nil {
		t.Fatal(err)
	}
	if err := casefile.Check(c, timeline); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(c.State(), casefile.Replay(timeline)); diff != "" && timeline[0].Rule != "" { // those that tests made up say nothing
		t.Fatalf("case %s (-kept +replayed):\n%s", n, diff)
	}
	return c, timeline
}

func TestALowVoteOpensACaseOnce(t *testing.T) {
	r, k := newRig(), responseKey(t, 1)
	v := vote(1, k, noon, 2, true)
	r.store(t, v)
	for range 3 { // delivered, delivered again, and after a crash before the acknowledgement
		if failed := r.deliver(t, stored(t, v), stored(t, v)); failed != nil {
			t.Fatalf("messages %v failed", failed)
		}
	}
	n := escalate.Number(casefile.Callback, k, 0)
	c, timeline := r.state(t, n)
	if c == nil || c.Rule != "LOW_RATING_CALLBACK" || c.Status != casefile.Open || !c.NextAt.Equal(noon.Add(24*time.Hour)) {
		t.Fatalf("case %+v, want an open callback due in 24 hours", c)
	}
	if len(timeline) != 1 || timeline[0].Alert == nil || timeline[0].Alert.ID != string(n)+"#1" || timeline[0].Alert.Reason != events.CaseOpened {
		t.Errorf("timeline %+v, want one entry with one alert", timeline)
	}
	if got := strings.Count(r.out.String(), `"CasesOpened":1`); got != 1 {
		t.Errorf("%d openings counted, want 1:\n%s", got, r.out.String())
	}
}

func TestABetterVoteIsRecordedInTheCase(t *testing.T) {
	r, k := newRig(), responseKey(t, 1)
	first, second := vote(1, k, noon, 2, true), vote(2, k, noon.Add(time.Hour), 5, false)
	r.store(t, first)
	r.deliver(t, stored(t, first))
	r.store(t, second)
	r.deliver(t, stored(t, second), stored(t, first))
	c, timeline := r.state(t, escalate.Number(casefile.Callback, k, 0))
	if c.Status != casefile.Open || len(timeline) != 2 || timeline[1].Action != casefile.Annotated || timeline[1].Cause != second.EventID {
		t.Errorf("case %+v with %+v, want it open and annotated", c, timeline)
	}
}

// untouchable fails the test when the store is asked for anything.
type untouchable struct {
	cases
	t *testing.T
}

func (u untouchable) Response(context.Context, feedback.ResponseKey) ([]store.Entry, error) {
	u.t.Error("the ledger was read")
	return nil, nil
}

func TestAnOrdinaryDeviceVoteCostsNoCall(t *testing.T) {
	r := newRig()
	r.ledger, r.cases = untouchable{t: t}, untouchable{t: t}
	march, err := period.Parse("2026-03")
	if err != nil {
		t.Fatal(err)
	}
	v := vote(1, feedback.NewResponseKey(march, feedback.ResponseIDOf(eventID(1))), noon, 1, false)
	if failed := r.deliver(t, stored(t, v), storedAs(t, feedback.KindCard, v),
		storedAs(t, feedback.KindInvitation, struct{}{}), storedAs(t, feedback.KindDelivery, struct{}{})); failed != nil {
		t.Errorf("messages %v failed", failed)
	}
	if len(r.dead.bodies) != 0 {
		t.Errorf("put aside: %q", r.dead.reasons)
	}
}

func TestANumberTakenByAnotherResponse(t *testing.T) {
	r, k := newRig(), responseKey(t, 1)
	taken := casefile.Case{Number: escalate.Number(casefile.Callback, k, 0), Family: casefile.Callback, Subject: "another", Status: casefile.Open}
	if err := r.memory.CreateCase(t.Context(), &taken, &casefile.Entry{Action: casefile.Opened}); err != nil {
		t.Fatal(err)
	}
	first, second := vote(1, k, noon, 2, true), vote(2, k, noon.Add(time.Hour), 4, true)
	for _, v := range []feedback.Rating{first, second, first} {
		r.store(t, v)
		if failed := r.deliver(t, stored(t, v)); failed != nil {
			t.Fatalf("messages %v failed", failed)
		}
	}
	if c, timeline := r.state(t, escalate.Number(casefile.Callback, k, 1)); c == nil || c.Subject != string(k) || len(timeline) != 2 {
		t.Errorf("case %+v with %d entries, want the response's own case with both votes", c, len(timeline))
	}
	if _, timeline := r.state(t, taken.Number); len(timeline) != 1 {
		t.Errorf("the other case has %d entries, want it untouched", len(timeline))
	}
	if c, _ := r.state(t, escalate.Number(casefile.Callback, k, 2)); c != nil {
		t.Errorf("case %+v opened twice", c)
	}
}

func TestDeadlinesMoveACaseOncePerStep(t *testing.T) {
	r, k := newRig(), responseKey(t, 1)
	v := vote(1, k, noon, 1, true)
	r.store(t, v)
	r.deliver(t, stored(t, v))
	n := escalate.Number(casefile.Callback, k, 0)
	deadline := func(step int) string {
		return message(t, events.Message{Type: events.TypeDeadline, Deadline: &events.Deadline{Case: string(n), Step: step, DueAt: noon.Add(24 * time.Hour)}})
	}
	r.deliver(t, deadline(0)) // the clock is not there yet
	r.clock = noon.Add(24 * time.Hour)
	for range 2 {
		if failed := r.deliver(t, deadline(0), deadline(0), deadline(1)); failed != nil {
			t.Fatalf("messages %v failed", failed)
		}
	}
	c, timeline := r.state(t, n)
	if c.Step != 1 || len(timeline) != 2 || timeline[1].Alert.Reason != events.CaseOverdue || timeline[1].Alert.Step != 1 {
		t.Errorf("case %+v with %+v, want one step and the next recipient told", c, timeline)
	}
}

func TestPoisonGoesAsideAndTheRestIsHandled(t *testing.T) {
	r, k := newRig(), responseKey(t, 1)
	good := vote(1, k, noon, 1, true)
	r.store(t, good)
	bad := vote(2, "2026-03-TOO-SHORT", noon, 1, true)
	nameless := vote(3, responseKey(t, 3), noon, 1, true)
	nameless.EventID = "x"
	failed := r.deliver(t,
		`{"v":1,"type":`,
		message(t, events.Message{Type: events.TypeAlert, Alert: &events.Alert{ID: "a"}}),
		message(t, events.Message{Type: events.TypeDeadline, Deadline: &events.Deadline{Case: "2603-0000-0000"}}),
		message(t, events.Message{Type: events.TypeDeadline, Deadline: &events.Deadline{Case: "no number"}}),
		message(t, events.Message{Type: events.TypeStored, Stored: &events.Stored{Kind: feedback.KindRating, Event: []byte(`{"rating":"four"}`)}}),
		stored(t, bad), stored(t, nameless),
		storedAs(t, feedback.KindComplaint, map[string]any{"category": 7}),
		storedAs(t, feedback.KindComplaint, feedback.Complaint{EventID: eventID(9), Category: "other"}),
		message(t, events.Message{Type: events.TypeSilence, Silence: &events.Silence{Device: "kiosk-1"}}),
		message(t, events.Message{Type: events.TypeSilence, Silence: &events.Silence{Device: "NO DEVICE", LastAt: noon, DueAt: noon}}),
		stored(t, good))
	if failed != nil {
		t.Errorf("messages %v come again, want the poison put aside and the rest done", failed)
	}
	if len(r.dead.bodies) != 11 {
		t.Errorf("%d messages put aside, want 11: %q", len(r.dead.bodies), r.dead.reasons)
	}
	for i, reason := range r.dead.reasons {
		if len(reason) < 10 {
			t.Errorf("message %q was put aside for the reason %q", r.dead.bodies[i], reason)
		}
	}
	if c, _ := r.state(t, escalate.Number(casefile.Callback, k, 0)); c == nil {
		t.Error("the good message was not handled")
	}
}

func TestNothingPersonalIsLogged(t *testing.T) {
	r, k := newRig(), responseKey(t, 1)
	v := vote(1, k, noon, 1, true)
	r.store(t, v)
	r.deliver(t, stored(t, v), `{"v":1,"comment":"geheimer Kommentar"}`)
	for _, s := range []string{"geheimer", "0221"} {
		if strings.Contains(r.log.String(), s) || strings.Contains(r.out.String(), s) {
			t.Errorf("%q was logged:\n%s%s", s, r.log.String(), r.out.String())
		}
	}
}
