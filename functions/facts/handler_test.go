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
	"github.com/aws/aws-sdk-go-v2/service/sqs"
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
	fail    error // of the next writes
}

func newRig() *rig {
	r := &rig{objects: store.NewMemory()}
	r.handler = &handler{
		consumer: consume.Consumer{Log: slog.New(slog.NewTextHandler(io.Discard, nil)), Sender: r, DLQ: "https://sqs.example.com/dead"},
		bucket:   r,
		metrics:  observe.NewMetricsTo(&r.metrics, "facts", time.Now),
	}
	return r
}

func (r *rig) Put(ctx context.Context, key, contentType string, content []byte) error {
	if r.fail != nil {
		return r.fail
	}
	return r.objects.Put(ctx, key, contentType, content)
}

func (r *rig) SendMessage(_ context.Context, in *sqs.SendMessageInput, _ ...func(*sqs.Options)) (*sqs.SendMessageOutput, error) {
	r.dead = append(r.dead, *in.MessageAttributes["reason"].StringValue)
	return &sqs.SendMessageOutput{}, nil
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

func invitation(n int, month string) *feedback.Invitation {
	at := time.Date(2026, 3, 10, 12, n, 0, 0, time.UTC)
	return &feedback.Invitation{EventID: feedback.EventID(fmt.Sprintf("018e4f6a-3c1b-4e2d-9f01-%012d", n)), ResponseKey: feedback.ResponseKey(month + "-baaaaaaaaaaaaaa" + string(rune('a'+n%26))),
		Touchpoint: "hotline", Channel: feedback.SMSLink, IssuedAt: at, ReceivedAt: at, ExpiresAt: at.AddDate(0, 0, 14)}
}

// batch makes an SQS batch of stored events; a string is a body as it is.
func batch(t *testing.T, all ...any) (ev lambdaevents.SQSEvent) {
	t.Helper()
	for i, e := range all {
		body, raw := e.(string)
		if !raw {
			kind := feedback.KindRating
			if _, ok := e.(*feedback.Invitation); ok {
				kind = feedback.KindInvitation
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
	if failed := r.mustHandle(t, batch(t, rating(1, "2026-03"), rating(2, "2026-02"), invitation(1, "2026-03"), rating(3, "2026-03"))); len(failed) > 0 {
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
	ev := batch(t, rating(1, "2026-03"), rating(2, "2026-03"), invitation(1, "2026-03"))
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
	ev := batch(t, rating(1, "2026-03"), invitation(1, "2026-03"))
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

func TestMessagesForOthersAreCountedAndLeft(t *testing.T) {
	r := newRig()
	failed := r.mustHandle(t, batch(t, `{"v":1,"type":"deadline","deadline":{"case":"2603-0000-0000","step":0,"due_at":"2026-03-10T12:00:00Z"}}`))
	if len(failed) != 0 || len(r.dead) != 0 {
		t.Errorf("failed %v, poison %v", failed, r.dead)
	}
	if !strings.Contains(r.metrics.String(), `"MessagesIgnored":1`) {
		t.Errorf("not counted: %s", r.metrics.String())
	}
	if _, keys := r.facts(t); len(keys) != 0 {
		t.Errorf("objects %v", keys)
	}
}
