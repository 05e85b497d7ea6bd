package consume_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	lambdaevents "github.com/aws/aws-lambda-go/events"
	"github.com/google/go-cmp/cmp"

	"resonanz/shared/consume"
)

// stream is a batch of n inserts with the sequence numbers 100, 101, …
func stream(n int) (ev lambdaevents.DynamoDBEvent) {
	for i := range n {
		text := func(s string) lambdaevents.DynamoDBAttributeValue { return lambdaevents.NewStringAttribute(s) }
		keys := map[string]lambdaevents.DynamoDBAttributeValue{"PK": text("2026-03#00"), "SK": text(fmt.Sprint("sk", i))}
		ev.Records = append(ev.Records, lambdaevents.DynamoDBEventRecord{
			EventID: fmt.Sprint("e", i), EventName: "INSERT",
			Change: lambdaevents.DynamoDBStreamRecord{SequenceNumber: fmt.Sprint(100 + i), Keys: keys,
				NewImage: map[string]lambdaevents.DynamoDBAttributeValue{"PK": keys["PK"], "SK": keys["SK"], "personal": text("private words")}},
		})
	}
	return ev
}

func noChange(context.Context, lambdaevents.DynamoDBEventRecord) error { return nil }

func TestAStreamStopsAtItsFirstFailure(t *testing.T) {
	never, later := consume.Poison(errors.New("never")), errors.New("not now")
	for name, c := range map[string]struct {
		errs   map[string]error // by sequence number
		panics string
		resume string // sequence number in the response
		seen   []string
		dead   []string
	}{
		"all good":              {seen: []string{"100", "101", "102", "103"}},
		"one fails":             {errs: map[string]error{"101": later}, resume: "101", seen: []string{"100", "101"}},
		"the first fails":       {errs: map[string]error{"100": later, "102": later}, resume: "100", seen: []string{"100"}},
		"one panics":            {panics: "102", resume: "102", seen: []string{"100", "101", "102"}},
		"poison is passed":      {errs: map[string]error{"101": never}, seen: []string{"100", "101", "102", "103"}, dead: []string{"101"}},
		"poison, then failure":  {errs: map[string]error{"100": never, "102": later}, resume: "102", seen: []string{"100", "101", "102"}, dead: []string{"100"}},
		"poison after failure":  {errs: map[string]error{"101": later, "102": never}, resume: "101", seen: []string{"100", "101"}},
		"panic, poison between": {errs: map[string]error{"101": never}, panics: "103", resume: "103", seen: []string{"100", "101", "102", "103"}, dead: []string{"101"}},
	} {
		t.Run(name, func(t *testing.T) {
			one := func(seen *[]string, seq string) error {
				*seen = append(*seen, seq)
				if seq == c.panics {
					panic("here")
				}
				return c.errs[seq]
			}
			check := func(how string, out lambdaevents.DynamoDBEventResponse, dlq *deadLetters) {
				t.Helper()
				var resume string
				for _, f := range out.BatchItemFailures {
					resume += f.ItemIdentifier
				}
				var dead []string
				for _, l := range dlq.letters {
					dead = append(dead, l.Source)
				}
				if diff := cmp.Diff(c.resume, resume) + cmp.Diff(c.dead, dead); diff != "" {
					t.Errorf("%s: %s", how, diff)
				}
			}
			k, dlq, _ := consumer()
			var seen []string
			check("one by one", k.Stream(t.Context(), stream(4), func(_ context.Context, r lambdaevents.DynamoDBEventRecord) error {
				return one(&seen, r.Change.SequenceNumber)
			}), dlq)
			if diff := cmp.Diff(c.seen, seen); diff != "" {
				t.Errorf("one by one: %s", diff)
			}
			k, dlq, _ = consumer()
			check("at once", k.StreamBatch(t.Context(), stream(4), func(_ context.Context, all []*consume.Change) error {
				for _, ch := range all {
					ch.Fail(one(&seen, ch.Record.Change.SequenceNumber))
				}
				return nil
			}), dlq)
		})
	}
}

func TestAFailedStreamBatchResumesAtItsFirstRecord(t *testing.T) {
	k, dlq, _ := consumer()
	out := k.StreamBatch(t.Context(), stream(3), func(_ context.Context, all []*consume.Change) error {
		all[0].Fail(consume.Poison(errors.New("never")))
		return errors.New("queue unreachable")
	})
	if len(out.BatchItemFailures) != 1 || out.BatchItemFailures[0].ItemIdentifier != "101" || len(dlq.letters) != 1 {
		t.Errorf("got %v, %v", out, dlq.letters)
	}
}

func TestAStreamRecordIsBuriedWithoutItsContents(t *testing.T) {
	k, dlq, log := consumer()
	k.Stream(t.Context(), stream(1), func(context.Context, lambdaevents.DynamoDBEventRecord) error {
		return consume.Poison(errors.New("unknown kind"))
	})
	want := []letter{{`{"pk":"2026-03#00","sk":"sk0","event_name":"INSERT","sequence_number":"100"}`, "unknown kind", "100"}}
	if diff := cmp.Diff(want, dlq.letters); diff != "" {
		t.Error(diff)
	}
	if strings.Contains(log.String(), "private") {
		t.Errorf("personal data in the log: %s", log)
	}
}

func TestPoisonThatCannotBeBuriedHoldsTheStream(t *testing.T) {
	k, dlq, _ := consumer()
	dlq.err = errors.New("throttled")
	out := k.Stream(t.Context(), stream(3), func(_ context.Context, r lambdaevents.DynamoDBEventRecord) error {
		if r.Change.SequenceNumber == "101" {
			return consume.Poison(errors.New("never"))
		}
		return nil
	})
	if len(out.BatchItemFailures) != 1 || out.BatchItemFailures[0].ItemIdentifier != "101" {
		t.Errorf("got %v", out)
	}
}
