package consume_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	lambdaevents "github.com/aws/aws-lambda-go/events"
	"github.com/google/go-cmp/cmp"

	"resonanz/events"
	"resonanz/shared/consume"
	"resonanz/shared/observe"
)

// letter is what reached the dead-letter queue.
type letter struct{ Body, Reason, Source string }

// deadLetters is a dead-letter queue; err makes it unreachable.
type deadLetters struct {
	letters []letter
	err     error
}

func (d *deadLetters) Send(_ context.Context, _, text string, attributes map[string]string) error {
	if d.err != nil {
		return d.err
	}
	d.letters = append(d.letters, letter{text, attributes["reason"], attributes["source"]})
	return nil
}

// consumer is a consumer with a dead-letter queue, and what it logs.
func consumer() (*consume.Consumer, *deadLetters, *bytes.Buffer) {
	var log bytes.Buffer
	dlq := new(deadLetters)
	return &consume.Consumer{Log: observe.LoggerTo(&log, "test", nil), Sender: dlq, DLQ: "https://example.com/dlq"}, dlq, &log
}

// body is a deadline message for step n, which the handlers below go by.
func body(n int) string {
	b, err := json.Marshal(events.Message{Version: events.Version, Type: events.TypeDeadline, Deadline: &events.Deadline{Case: "2603-AAAA-BBBB", Step: n}})
	if err != nil {
		panic(err)
	}
	return string(b)
}

// batch is an SQS batch of the bodies; the n-th message is "m<n>".
func batch(bodies ...string) (ev lambdaevents.SQSEvent) {
	for i, b := range bodies {
		ev.Records = append(ev.Records, lambdaevents.SQSMessage{MessageId: fmt.Sprintf("m%d", i), Body: b,
			Attributes: map[string]string{"ApproximateReceiveCount": "2", "SentTimestamp": "1773576000250"}})
	}
	return ev
}

func failures(r lambdaevents.SQSEventResponse) []string {
	ids := []string{}
	for _, f := range r.BatchItemFailures {
		ids = append(ids, f.ItemIdentifier)
	}
	return ids
}

// steps handles deadlines and keeps the steps it saw; step 7 fails, 8 panics,
// 9 is poison.
type steps struct{ seen []int }

func (s *steps) handle(_ context.Context, m events.Message, _ consume.Meta) error {
	s.seen = append(s.seen, m.Deadline.Step)
	switch m.Deadline.Step {
	case 7:
		return errors.New("not now")
	case 8:
		var none []int
		_ = none[m.Deadline.Step]
	case 9:
		return consume.Poison(errors.New("never"))
	}
	return nil
}

func (s *steps) handleAll(ctx context.Context, all []*consume.Delivery) error {
	for _, d := range all {
		if err := s.handle(ctx, d.Message, d.Meta); err != nil {
			d.Fail(err)
		}
	}
	return nil
}

func TestOneBadMessageFailsAlone(t *testing.T) {
	for name, c := range map[string]struct {
		bodies []string
		fail   []string
		dead   []letter
		seen   []int
	}{
		"all good":       {[]string{body(0), body(1)}, []string{}, nil, []int{0, 1}},
		"empty batch":    {nil, []string{}, nil, nil},
		"handler fails":  {[]string{body(0), body(7), body(2)}, []string{"m1"}, nil, []int{0, 7, 2}},
		"handler panics": {[]string{body(0), body(8), body(2)}, []string{"m1"}, nil, []int{0, 8, 2}},
		"poison":         {[]string{body(0), body(9), body(2)}, []string{}, []letter{{body(9), "never", "m1"}}, []int{0, 9, 2}},
		"no JSON":        {[]string{"{", body(2)}, []string{}, []letter{{"{", "malformed message: unexpected end of JSON input", "m0"}}, []int{2}},
		"empty body":     {[]string{"", body(2)}, []string{}, []letter{{"{}", "malformed message: unexpected end of JSON input", "m0"}}, []int{2}},
		"other version": {[]string{`{"v":2,"type":"deadline","deadline":{}}`, body(2)}, []string{},
			[]letter{{`{"v":2,"type":"deadline","deadline":{}}`, "message of version 2: this function reads version 1", "m0"}}, []int{2}},
		"unknown type": {[]string{`{"v":1,"type":"poem"}`}, []string{}, []letter{{`{"v":1,"type":"poem"}`, "message of an unknown type", "m0"}}, nil},
		"part missing": {[]string{`{"v":1,"type":"alert"}`}, []string{},
			[]letter{{`{"v":1,"type":"alert"}`, "message of type alert: exactly the part of that name must be set", "m0"}}, nil},
		"two parts": {[]string{`{"v":1,"type":"alert","alert":{},"stored":{}}`}, []string{},
			[]letter{{`{"v":1,"type":"alert","alert":{},"stored":{}}`, "message of type alert: exactly the part of that name must be set", "m0"}}, nil},
		"everything at once": {[]string{"null", body(7), body(8), body(9), body(3)}, []string{"m1", "m2"},
			[]letter{{"null", "message of version 0: this function reads version 1", "m0"}, {body(9), "never", "m3"}}, []int{7, 8, 9, 3}},
		"the same twice": {[]string{body(4), body(4)}, []string{}, nil, []int{4, 4}},
	} {
		t.Run(name, func(t *testing.T) {
			k, dlq, _ := consumer()
			var s steps
			out := k.SQS(t.Context(), batch(c.bodies...), s.handle)
			if diff := cmp.Diff(c.fail, failures(out)) + cmp.Diff(c.dead, dlq.letters) + cmp.Diff(c.seen, s.seen); diff != "" {
				t.Errorf("one by one: %s", diff)
			}
			k, dlq, _ = consumer()
			out = k.SQSBatch(t.Context(), batch(c.bodies...), new(steps).handleAll)
			if diff := cmp.Diff(c.fail, failures(out)) + cmp.Diff(c.dead, dlq.letters); diff != "" {
				t.Errorf("at once: %s", diff)
			}
		})
	}
}

func TestTheListOfFailuresIsNeverNull(t *testing.T) {
	k, _, _ := consumer()
	for _, out := range []any{
		k.SQS(t.Context(), batch(), new(steps).handle),
		k.SQS(t.Context(), batch(body(1)), new(steps).handle),
		k.SQSBatch(t.Context(), batch(body(1)), new(steps).handleAll),
		k.Stream(t.Context(), stream(0), noChange),
		k.Stream(t.Context(), stream(2), noChange),
	} {
		if b, err := json.Marshal(out); err != nil || string(b) != `{"batchItemFailures":[]}` {
			t.Errorf("%T: %s, %v", out, b, err)
		}
	}
}

func TestAFailedBatchFailsWhatItHasNotNamed(t *testing.T) {
	k, dlq, _ := consumer()
	out := k.SQSBatch(t.Context(), batch(body(0), body(1), "{", body(3)), func(_ context.Context, all []*consume.Delivery) error {
		all[1].Fail(consume.Poison(errors.New("never")))
		return errors.New("not now")
	})
	if diff := cmp.Diff([]string{"m0", "m3"}, failures(out)); diff != "" {
		t.Error(diff)
	}
	if len(dlq.letters) != 2 {
		t.Errorf("dead letters: %v", dlq.letters)
	}
}

func TestOneMessageDeliveredTwiceInABatchIsReportedOnce(t *testing.T) {
	k, _, _ := consumer()
	ev := batch(body(7), body(7))
	ev.Records[1].MessageId = "m0"
	if diff := cmp.Diff([]string{"m0"}, failures(k.SQS(t.Context(), ev, new(steps).handle))); diff != "" {
		t.Error(diff)
	}
}

func TestWithoutADeadLetterQueuePoisonTakesTheLongWay(t *testing.T) {
	for name, change := range map[string]func(*consume.Consumer, *deadLetters){
		"none":        func(k *consume.Consumer, _ *deadLetters) { k.DLQ = "" },
		"unreachable": func(_ *consume.Consumer, d *deadLetters) { d.err = errors.New("throttled") },
	} {
		k, dlq, log := consumer()
		change(k, dlq)
		out := k.SQS(t.Context(), batch("{", body(1)), new(steps).handle)
		if diff := cmp.Diff([]string{"m0"}, failures(out)); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
		if !strings.Contains(log.String(), "malformed message") {
			t.Errorf("%s: the reason is not logged: %s", name, log)
		}
	}
}

func TestNoRecordIsStartedWhenTimeRunsOut(t *testing.T) {
	ctx, cancel := context.WithDeadline(t.Context(), time.Now().Add(time.Hour))
	defer cancel()
	k, _, _ := consumer()
	k.Reserve = 2 * time.Hour
	var s steps
	if diff := cmp.Diff([]string{"m0", "m1"}, failures(k.SQS(ctx, batch(body(0), body(1)), s.handle))); diff != "" || s.seen != nil {
		t.Errorf("%v %s", s.seen, diff)
	}
	if diff := cmp.Diff([]string{"m0", "m1"}, failures(k.SQSBatch(ctx, batch(body(0), body(1)), s.handleAll))); diff != "" || s.seen != nil {
		t.Errorf("%v %s", s.seen, diff)
	}
	if out := k.Stream(ctx, stream(3), noChange); len(out.BatchItemFailures) != 1 || out.BatchItemFailures[0].ItemIdentifier != "100" {
		t.Errorf("stream: %v", out)
	}
	k.Reserve = time.Minute
	if got := failures(k.SQS(ctx, batch(body(0)), s.handle)); len(got) != 0 {
		t.Errorf("with time enough: %v", got)
	}
}

func TestACancelledInvocationStopsBetweenRecords(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	k, _, _ := consumer()
	out := k.SQS(ctx, batch(body(0), body(1), body(2)), func(_ context.Context, m events.Message, _ consume.Meta) error {
		if m.Deadline.Step == 1 {
			cancel()
		}
		return nil
	})
	if diff := cmp.Diff([]string{"m2"}, failures(out)); diff != "" {
		t.Error(diff)
	}
}

func TestMetaIsWhatTheQueueSays(t *testing.T) {
	k, _, _ := consumer()
	ev := batch(body(0))
	ev.Records[0].EventSourceARN = "arn:aws:sqs:eu-central-1:000000000000:q"
	want := consume.Meta{ID: "m0", Attempt: 2, SentAt: time.Date(2026, time.March, 15, 12, 0, 0, 250e6, time.UTC), QueueARN: "arn:aws:sqs:eu-central-1:000000000000:q"}
	k.SQS(t.Context(), ev, func(_ context.Context, _ events.Message, got consume.Meta) error {
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
		return nil
	})
}

func TestAReasonIsShortAndPrintable(t *testing.T) {
	k, dlq, _ := consumer()
	k.SQS(t.Context(), batch(body(0), body(1)), func(_ context.Context, m events.Message, _ consume.Meta) error {
		if m.Deadline.Step == 0 {
			return consume.Poison(errors.New("Zeile\nKöln " + strings.Repeat("x", 1000)))
		}
		return consume.Poison(errors.New(""))
	})
	if got := dlq.letters[0].Reason; len(got) != 256 || !strings.HasPrefix(got, "Zeile?K??ln xxx") {
		t.Errorf("got %q", got)
	}
	if got := dlq.letters[1].Reason; got != "-" {
		t.Errorf("got %q", got)
	}
}

func TestAPanicTellsNoSecrets(t *testing.T) {
	k, _, log := consumer()
	k.SQS(t.Context(), batch(body(0)), func(context.Context, events.Message, consume.Meta) error {
		panic("max@example.com")
	})
	if strings.Contains(log.String(), "max@") || !strings.Contains(log.String(), "handler panicked with a string") || !strings.Contains(log.String(), "consume_test.go") {
		t.Errorf("got %s", log)
	}
}

func TestPoisonKeepsItsError(t *testing.T) {
	cause := errors.New("cause")
	if p := consume.Poison(cause); !errors.Is(p, cause) || !consume.IsPoison(fmt.Errorf("handling: %w", p)) || p.Error() != "cause" {
		t.Errorf("got %v", p)
	}
	if consume.Poison(nil) != nil || consume.IsPoison(cause) || consume.IsPoison(nil) {
		t.Error("poison out of nothing")
	}
}
