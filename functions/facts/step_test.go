package main

import (
	"encoding/json"
	"errors"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	lambdaevents "github.com/aws/aws-lambda-go/events"
	"github.com/google/go-cmp/cmp"

	"resonanz/events"
	"resonanz/shared/feedback"
	"resonanz/shared/period"
	"resonanz/shared/responses"
)

var berlin = must(time.LoadLocation("Europe/Berlin"))

var march = must(period.Parse("2026-03"))

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// step is the entry n of a case that two rules escalate.
func step(n int, at time.Time) *events.Step {
	return &events.Step{
		Case: "2603-W5DA-3M0T", Seq: n, At: at, Action: "opened", By: "system", Rule: "CRITICAL_SEVERITY", Status: "received",
		Family: "complaint", Touchpoint: "repair", Channel: feedback.WebForm, ResponseKey: "2026-03-aaaaaaaaaaaaaaaa", Category: "product.safety",
		Severity: "critical", ReceivedAt: at, Policy: "DEFAULT", Escalations: []events.Escalation{
			{Rule: "CRITICAL_SEVERITY", RaisedAt: at}, {Rule: "SLA_BREACH", Clock: "first_response", RaisedAt: at.Add(-time.Hour)},
		},
	}
}

func body(t *testing.T, s *events.Step) string {
	t.Helper()
	b, err := json.Marshal(events.Message{Version: events.Version, Type: events.TypeStep, Step: s})
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func folders(keys []string) (out []string) {
	for _, k := range keys {
		out = append(out, filepath.Dir(k))
	}
	return slices.Compact(out)
}

func TestAStepBecomesATransitionAndItsEscalations(t *testing.T) {
	r := newRig()
	april := time.Date(2026, 3, 31, 22, 0, 0, 0, time.UTC) // in Berlin
	ev := batch(t, body(t, step(1, april)), rating(1, "2026-03"), body(t, step(1, april)))
	for range 2 {
		if failed := r.mustHandle(t, ev); len(failed) > 0 || len(r.dead) > 0 {
			t.Fatalf("failed %v, poison %v", failed, r.dead)
		}
	}
	got, keys := r.facts(t)
	want := []string{"facts/month=2026-03/escalation", "facts/month=2026-03/rating", "facts/month=2026-04/escalation", "facts/month=2026-04/transition"}
	if d := cmp.Diff(want, folders(keys)); d != "" || len(keys) != 4 {
		t.Errorf("objects (-want +got):\n%s", d)
	}
	if len(got.Transitions) != 1 || len(got.Escalations) != 2 {
		t.Fatalf("%d transitions and %d escalations", len(got.Transitions), len(got.Escalations))
	}
	if tr := got.Transitions[0]; got.Text(tr.Case) != "2603-W5DA-3M0T" || tr.Seq != 1 || got.Text(tr.Touchpoint) != "repair" || tr.At != april.UnixMilli() {
		t.Errorf("transition %+v", tr)
	}
	for _, e := range got.Escalations {
		if got.Text(e.Touchpoint) != "repair" || got.Text(e.Category) != "product.safety" || got.Text(e.Family) != "complaint" {
			t.Errorf("escalation %+v", e)
		}
	}
}

func TestAnEscalationThatIsSeenLaterLiesBesideItsFirstFact(t *testing.T) {
	raised := time.Date(2026, 3, 20, 9, 0, 0, 0, time.UTC)
	first := step(1, raised)
	first.Escalations = first.Escalations[:1]
	later := step(2, raised.AddDate(0, 1, 0))
	later.Escalations = []events.Escalation{{Rule: "CRITICAL_SEVERITY", RaisedAt: raised, SeenAt: later.At, HandledAt: later.At}}
	for _, order := range [][]*events.Step{{first, later}, {later, first}} {
		r := newRig()
		for _, s := range order { // messages of their own: none overwrites the other's object
			if failed := r.mustHandle(t, batch(t, body(t, s))); len(failed) > 0 || len(r.dead) > 0 {
				t.Fatalf("failed %v, poison %v", failed, r.dead)
			}
		}
		got, keys := r.facts(t)
		want := []string{"facts/month=2026-03/escalation", "facts/month=2026-03/transition", "facts/month=2026-04/transition"}
		if d := cmp.Diff(want, folders(keys)); d != "" || len(got.Escalations) != 2 || got.Escalations[0].Event != got.Escalations[1].Event {
			t.Errorf("%d escalations in\n%s", len(got.Escalations), d)
		}
		set := responses.NewSet(got, march, march)
		n := 0
		for e := range set.Escalations(time.Time{}) {
			n++
			if e.Seen != later.At.UnixMilli() || e.Handled != later.At.UnixMilli() || e.Raised != raised.UnixMilli() {
				t.Errorf("it stands at %+v", e)
			}
		}
		if n != 1 {
			t.Errorf("%d escalations, want one", n)
		}
	}
}

func TestTheSampleStepsAreStored(t *testing.T) {
	sample, err := os.ReadFile("../../events/samples/steps-batch.json")
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
	if got, _ := r.facts(t); len(got.Transitions) != 3 || len(got.Escalations) != 2 {
		t.Errorf("%d transitions, %d escalations", len(got.Transitions), len(got.Escalations))
	}
}

func TestAStepOfWhichOneObjectFailsComesAgain(t *testing.T) {
	r := newRig()
	at := time.Date(2026, 3, 20, 9, 0, 0, 0, time.UTC)
	r.fail, r.failOn = errors.New("the bucket is away"), "/escalation/"
	ev := batch(t, body(t, step(1, at)), rating(1, "2026-03"))
	if d := cmp.Diff([]string{"m0"}, r.mustHandle(t, ev)); d != "" {
		t.Error(d)
	}
	for _, want := range []string{`"FactsWritten":2`, `"FactObjects":2`, `"FactsFailed":2`, `"FactsPoison":0`} {
		if !strings.Contains(r.metrics.String(), want) {
			t.Errorf("metrics lack %s: %s", want, r.metrics.String())
		}
	}
	r.fail = nil
	if failed := r.mustHandle(t, ev); len(failed) > 0 {
		t.Errorf("failed %v", failed)
	}
	if got, _ := r.facts(t); len(got.Transitions) != 1 || len(got.Escalations) != 2 || len(got.Votes) != 1 {
		t.Errorf("%d transitions, %d escalations, %d votes", len(got.Transitions), len(got.Escalations), len(got.Votes))
	}
}

func TestAStepWithAnybodysWordsIsPoisonAndItsReasonQuotesNothing(t *testing.T) {
	at := time.Date(2026, 3, 20, 9, 0, 0, 0, time.UTC)
	for _, secret := range []string{"Erika was rude to me", "erika@example.com"} {
		for field, spoil := range map[string]func(*events.Step){
			"case":              func(s *events.Step) { s.Case = secret },
			"action":            func(s *events.Step) { s.Action = secret },
			"by":                func(s *events.Step) { s.By = secret },
			"rule":              func(s *events.Step) { s.Rule = secret },
			"from":              func(s *events.Step) { s.From = secret },
			"status":            func(s *events.Step) { s.Status = secret },
			"family":            func(s *events.Step) { s.Family = secret },
			"touchpoint":        func(s *events.Step) { s.Touchpoint = feedback.Touchpoint(secret) },
			"channel":           func(s *events.Step) { s.Channel = feedback.Channel(secret) },
			"response key":      func(s *events.Step) { s.ResponseKey = feedback.ResponseKey(secret) },
			"category":          func(s *events.Step) { s.Category = secret },
			"severity":          func(s *events.Step) { s.Severity = secret },
			"segment":           func(s *events.Step) { s.Segment = secret },
			"policy":            func(s *events.Step) { s.Policy = secret },
			"decision":          func(s *events.Step) { s.Decision = secret },
			"decision_reason":   func(s *events.Step) { s.DecisionReason = secret },
			"root_cause":        func(s *events.Step) { s.RootCause = secret },
			"corrective_action": func(s *events.Step) { s.Measure = secret },
			"compensations":     func(s *events.Step) { s.Compensations = []events.Compensation{{Kind: secret}} },
			"escalations: rule": func(s *events.Step) { s.Escalations[1].Rule = secret },
			"clock":             func(s *events.Step) { s.Escalations[1].Clock = secret },
			"raised_at":         func(s *events.Step) { s.Escalations[1].RaisedAt = time.Time{} },
			"at is missing":     func(s *events.Step) { s.At = time.Time{} },
			"satisfaction":      func(s *events.Step) { s.Satisfaction = 6 },
			"seq":               func(s *events.Step) { s.Seq = math.MaxInt32 + 1 },
			"closed_at":         func(s *events.Step) { s.ClosedAt = time.Date(0, 1, 1, 0, 0, 0, 0, time.UTC) },
			"handled_at":        func(s *events.Step) { s.Escalations[0].HandledAt = time.Date(0, 1, 1, 0, 0, 0, 0, time.UTC) },
			"at: no time":       func(s *events.Step) { s.At = time.Date(1970, 1, 1, 0, 0, 0, 0, time.UTC) },
		} {
			s := step(1, at)
			spoil(s)
			r := newRig()
			failed := r.mustHandle(t, batch(t, body(t, s), rating(2, "2026-03")))
			if len(failed) != 0 || len(r.dead) != 1 || !strings.Contains(strings.ReplaceAll(r.dead[0], "_key", " key"), field) ||
				strings.Contains(r.dead[0], "Erika") || strings.Contains(r.dead[0], "erika") {
				t.Errorf("%s: failed %v, poison %q", field, failed, r.dead)
			}
			if got, _ := r.facts(t); len(got.Votes) != 1 || len(got.Transitions)+len(got.Escalations) != 0 {
				t.Errorf("%s: want the good vote and nothing else", field)
			}
		}
	}
}
