package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	lambdaevents "github.com/aws/aws-lambda-go/events"
	"github.com/google/go-cmp/cmp"

	"resonanz/events"
	store "resonanz/shared/bucket"
	"resonanz/shared/consume"
	"resonanz/shared/factfile"
	"resonanz/shared/feedback"
	"resonanz/shared/observe"
	"resonanz/shared/responses"
)

// rig is the function on a bucket in memory, and the dead-letter queue.
type rig struct {
	*handler
	objects *store.Memory
	dead    []string // reasons
	metrics bytes.Buffer
	fail    error  // of the next writes …
	failOn  string // … of objects whose name contains this
}

func newRig() *rig {
	r := &rig{objects: store.NewMemory()}
	r.handler = &handler{
		consumer: consume.Consumer{Log: slog.New(slog.NewTextHandler(io.Discard, nil)), Sender: r, DLQ: "https://sqs.example.com/dead"},
		bucket:   r,
		zone:     berlin,
		metrics:  observe.NewMetricsTo(&r.metrics, "facts", time.Now),
	}
	return r
}

func (r *rig) Put(ctx context.Context, key, contentType string, content []byte) error {
	if r.fail != nil && strings.Contains("/"+key, r.failOn) {
		return r.fail
	}
	return r.objects.Put(ctx, key, contentType, content)
}

func (r *rig) Send(_ context.Context, _, _ string, attributes map[string]string) error {
	r.dead = append(r.dead, attributes["reason"])
	return nil
}

// facts reads everything in the bucket.
func (r *rig) facts(t *testing.T) (*responses.Batch, []string) {
	t.Helper()
	all := new(responses.Batch)
	var keys []string
	err := r.objects.List(t.Context(), "facts/", func(key string) error {
		keys = append(keys, key)
		_, kind, ok := factfile.ParseKey(key)
		if !ok {
			return fmt.Errorf("%s is no name of a fact file", key)
		}
		b, err := r.objects.Get(t.Context(), key)
		if err != nil {
			return err
		}
		return factfile.Read(kind, b, all)
	})
	if err != nil {
		t.Fatal(err)
	}
	return all, keys
}

func (r *rig) mustHandle(t *testing.T, ev lambdaevents.SQSEvent) []string {
	t.Helper()
	res, err := r.Handle(t.Context(), ev)
	if err != nil {
		t.Fatal(err)
	}
	if res.BatchItemFailures == nil {
		t.Error("the list of failures is null")
	}
	failed := []string{}
	for _, f := range res.BatchItemFailures {
		failed = append(failed, f.ItemIdentifier)
	}
	return failed
}

func rating(n int, month string) *feedback.Rating {
	at := time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC).Add(time.Duration(n) * time.Minute)
	return &feedback.Rating{
		EventID: feedback.EventID(fmt.Sprintf("018e4f6a-3c1b-4e2d-9f00-%012d", n)), ResponseKey: feedback.ResponseKey(month + "-aaaaaaaaaaaaaaa" + string(rune('a'+n%26))),
		Touchpoint: "hotline", Channel: feedback.EmailLink, Scale: feedback.Stars5, Rating: n%5 + 1, SubmittedAt: at, ReceivedAt: at, CollectionMode: feedback.Self,
	}
}

func invitation(month string) *feedback.Invitation {
	at := time.Date(2026, 3, 10, 12, 1, 0, 0, time.UTC)
	return &feedback.Invitation{EventID: "018e4f6a-3c1b-4e2d-9f01-000000000001", ResponseKey: feedback.ResponseKey(month + "-baaaaaaaaaaaaaab"),
		Touchpoint: "hotline", Channel: feedback.SMSLink, IssuedAt: at, ReceivedAt: at, ExpiresAt: at.AddDate(0, 0, 14)}
}

// batch makes an SQS batch of stored events; a string is a body as it is.
func batch(t *testing.T, all ...any) (ev lambdaevents.SQSEvent) {
	t.Helper()
	for i, e := range all {
		body, raw := e.(string)
		if !raw {
			kind := feedback.KindRating
			switch e.(type) {
			case *feedback.Invitation:
				kind = feedback.KindInvitation
			case *feedback.Card:
				kind = feedback.KindCard
			case *feedback.Complaint:
				kind = feedback.KindComplaint
			case *feedback.Delivery:
				kind = feedback.KindDelivery
			}
			event, err := json.Marshal(e)
			if err != nil {
				t.Fatal(err)
			}
			b, err := json.Marshal(events.Message{Version: events.Version, Type: events.TypeStored, Stored: &events.Stored{Kind: kind, Event: event}})
			if err != nil {
				t.Fatal(err)
			}
			body = string(b)
		}
		ev.Records = append(ev.Records, lambdaevents.SQSMessage{MessageId: fmt.Sprint("m", i), Body: body})
	}
	return ev
}

func TestABatchBecomesOneObjectForEachMonthAndKind(t *testing.T) {
	r := newRig()
	if failed := r.mustHandle(t, batch(t, rating(1, "2026-03"), rating(2, "2026-02"), invitation("2026-03"), rating(3, "2026-03"))); len(failed) > 0 {
		t.Fatalf("failed: %v", failed)
	}
	got, keys := r.facts(t)
	var folders []string
	for _, k := range keys {
		folders = append(folders, k[:strings.LastIndexByte(k, '/')])
	}
	want := []string{"facts/month=2026-02/rating", "facts/month=2026-03/invitation", "facts/month=2026-03/rating"}
	if d := cmp.Diff(want, folders); d != "" {
		t.Errorf("objects (-want +got):\n%s", d)
	}
	if len(got.Votes) != 3 || len(got.Invitations) != 1 {
		t.Errorf("%d votes and %d invitations, want 3 and 1", len(got.Votes), len(got.Invitations))
	}
}

func TestTheSampleBatchIsStored(t *testing.T) {
	sample, err := os.ReadFile("../../events/samples/facts-batch.json")
	if err != nil {
		t.Fatal(err)
	}
	var ev lambdaevents.SQSEvent
	if err := json.Unmarshal(sample, &ev); err != nil {
		t.Fatal(err)
	}
	r := newRig()
	if failed := r.mustHandle(t, ev); len(failed) > 0 || len(r.dead) > 0 {
		t.Errorf("failed %v, poison %v", failed, r.dead)
	}
	if got, _ := r.facts(t); len(got.Votes) == 0 {
		t.Error("no votes were stored")
	}
}

func TestACrashBeforeAcknowledgingLeavesOneFact(t *testing.T) {
	r := newRig()
	ev := batch(t, rating(1, "2026-03"), rating(2, "2026-03"), invitation("2026-03"))
	r.mustHandle(t, ev) // stored, and then the function dies: nothing is acknowledged
	_, before := r.facts(t)
	slices.Reverse(ev.Records)
	r.mustHandle(t, ev) // the whole batch again, in another order
	_, after := r.facts(t)
	if d := cmp.Diff(before, after); d != "" {
		t.Errorf("the same batch wrote other objects:\n%s", d)
	}
	ev.Records = append(ev.Records[:1], batch(t, rating(4, "2026-03")).Records...) // a part of it, among others
	r.mustHandle(t, ev)
	got, _ := r.facts(t)
	distinct := make(map[[16]byte]bool)
	for _, v := range got.Votes {
		distinct[v.Event] = true
	}
	if len(distinct) != 3 {
		t.Errorf("%d distinct votes, want 3", len(distinct))
	}
}

func TestNothingIsAcknowledgedThatIsNotStored(t *testing.T) {
	r := newRig()
	r.fail = errors.New("the bucket is away")
	ev := batch(t, rating(1, "2026-03"), invitation("2026-03"))
	if failed := r.mustHandle(t, ev); len(failed) != 2 {
		t.Errorf("failed %v, want both messages", failed)
	}
	r.fail = nil
	if failed := r.mustHandle(t, ev); len(failed) != 0 {
		t.Errorf("failed %v after the bucket came back", failed)
	}
	if got, _ := r.facts(t); len(got.Votes) != 1 || len(got.Invitations) != 1 {
		t.Errorf("%d votes and %d invitations, want one each", len(got.Votes), len(got.Invitations))
	}
}

func TestPoisonLeavesTheRestAlone(t *testing.T) {
	bad := rating(7, "2026-03")
	bad.Channel = "pigeon"
	key := rating(8, "2026-03")
	key.ResponseKey = "2026-03"
	r := newRig()
	failed := r.mustHandle(t, batch(t, rating(1, "2026-03"), "{", bad, key,
		`{"v":1,"type":"stored","stored":{"kind":"telegram","event":{}}}`, `{"v":1,"type":"stored","stored":{"kind":"rating","event":[]}}`, `{"v":9,"type":"stored"}`,
		rating(2, "2026-03")))
	if len(failed) != 0 {
		t.Errorf("failed %v: poison must not come again", failed)
	}
	if len(r.dead) != 6 {
		t.Errorf("%d in the dead-letter queue, want 6: %q", len(r.dead), r.dead)
	}
	for _, reason := range r.dead {
		if reason == "" || reason == "-" {
			t.Error("a poison message without its reason")
		}
	}
	if got, _ := r.facts(t); len(got.Votes) != 2 {
		t.Errorf("%d votes, want the 2 good ones", len(got.Votes))
	}
}

func TestMessagesForOthersArePoison(t *testing.T) {
	r := newRig()
	failed := r.mustHandle(t, batch(t, `{"v":1,"type":"deadline","deadline":{"case":"2603-0000-0000","step":0,"due_at":"2026-03-10T12:00:00Z"}}`))
	if len(failed) != 0 || len(r.dead) != 1 || !strings.Contains(r.dead[0], "deadline") {
		t.Errorf("failed %v, poison %v", failed, r.dead)
	}
	if _, keys := r.facts(t); len(keys) != 0 {
		t.Errorf("objects %v", keys)
	}
}

func TestWhatIsNoFactIsPoisonAndItsReasonQuotesNothing(t *testing.T) {
	const secret = "erika@example.com"
	for field, spoil := range map[string]func(map[string]any){
		"event":           func(m map[string]any) { m["event_id"] = secret },
		"response_key":    func(m map[string]any) { m["response_key"] = secret },
		"touchpoint":      func(m map[string]any) { m["touchpoint"] = secret },
		"channel":         func(m map[string]any) { m["channel"] = secret },
		"scale":           func(m map[string]any) { m["scale"] = secret },
		"device":          func(m map[string]any) { m["device"] = secret },
		"collection_mode": func(m map[string]any) { m["collection_mode"] = secret },
		"time":            func(m map[string]any) { m["submitted_at"] = secret },
		"received_at":     func(m map[string]any) { delete(m, "received_at") },
		"submitted_at":    func(m map[string]any) { delete(m, "submitted_at") },
		"rating":          func(m map[string]any) { m["rating"] = secret },
		"outside scale":   func(m map[string]any) { m["rating"] = 6 },
		"language":        func(m map[string]any) { m["language"] = secret },
		"reason":          func(m map[string]any) { m["reason"] = secret },
		"topic":           func(m map[string]any) { m["topic"] = secret },
		"no time":         func(m map[string]any) { m["submitted_at"] = "9999-12-31T23:59:59-12:00" },
	} {
		event, err := json.Marshal(rating(1, "2026-03"))
		if err != nil {
			t.Fatal(err)
		}
		var fields map[string]any
		if err := json.Unmarshal(event, &fields); err != nil {
			t.Fatal(err)
		}
		spoil(fields)
		body, err := json.Marshal(map[string]any{"v": 1, "type": "stored", "stored": map[string]any{"kind": "rating", "event": fields}})
		if err != nil {
			t.Fatal(err)
		}
		r := newRig()
		failed := r.mustHandle(t, batch(t, string(body), rating(2, "2026-03")))
		if len(failed) != 0 || len(r.dead) != 1 || !strings.Contains(r.dead[0], field) || strings.Contains(r.dead[0], secret) {
			t.Errorf("%s: failed %v, poison %q", field, failed, r.dead)
		}
		if got, _ := r.facts(t); len(got.Votes) != 1 {
			t.Errorf("%s: %d votes, want the good one", field, len(got.Votes))
		}
	}
}

func TestAnObjectThatCannotBeStoredFailsItsMessagesOnly(t *testing.T) {
	r := newRig()
	r.fail, r.failOn = errors.New("the bucket is away"), "/month=2026-02/rating/"
	failed := r.mustHandle(t, batch(t, rating(1, "2026-03"), rating(2, "2026-02"), invitation("2026-02"), rating(3, "2026-02")))
	if d := cmp.Diff([]string{"m1", "m3"}, failed); d != "" {
		t.Errorf("failed (-want +got):\n%s", d)
	}
	if got, keys := r.facts(t); len(got.Votes) != 1 || len(got.Invitations) != 1 || len(keys) != 2 {
		t.Errorf("stored %d votes and %d invitations in %v", len(got.Votes), len(got.Invitations), keys)
	}
	for _, want := range []string{`"FactsWritten":2`, `"FactObjects":2`, `"FactsFailed":2`, `"FactsPoison":0`} {
		if !strings.Contains(r.metrics.String(), want) {
			t.Errorf("metrics lack %s: %s", want, r.metrics.String())
		}
	}
}
