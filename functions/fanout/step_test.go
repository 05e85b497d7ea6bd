package main

import (
	"bytes"
	"encoding/json"
	"os"
	"strings"
	"testing"

	lambdaevents "github.com/aws/aws-lambda-go/events"
	"github.com/google/go-cmp/cmp"

	"resonanz/events"
)

// TestEveryLineOfACaseReachesReportingOnce: those of the sample, the last of which
// has words beside it.
func TestEveryLineOfACaseReachesReportingOnce(t *testing.T) {
	sample, err := os.ReadFile("../../events/samples/stream-case.json")
	if err != nil {
		t.Fatal(err)
	}
	var ev lambdaevents.DynamoDBEvent
	if err := json.Unmarshal(sample, &ev); err != nil {
		t.Fatal(err)
	}
	b, log := newBroker(), new(bytes.Buffer)
	if out, err := newHandler(b, log).Handle(t.Context(), ev); err != nil || len(out.BatchItemFailures) != 0 || len(b.reasons) != 0 {
		t.Fatalf("response %+v, error %v, poison %v", out, err, b.reasons)
	}
	var got []int
	for _, body := range b.queues["reporting"] {
		var m events.Message
		if err := json.Unmarshal([]byte(body), &m); err != nil || m.Type != events.TypeStep {
			t.Fatalf("%v: %s", err, body)
		}
		got = append(got, m.Step.Seq)
		if strings.Contains(body, "Guten Tag") || strings.Contains(body, "anna") {
			t.Errorf("words, or who wrote them, in %s", body)
		}
	}
	if diff := cmp.Diff([]int{1, 2, 3}, got); diff != "" {
		t.Errorf("steps (-want +got):\n%s", diff)
	}
}
