package casefile_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"resonanz/events"
	"resonanz/shared/casefile"
)

func TestAStepSaysWhatHappenedAndHowTheCaseStands(t *testing.T) {
	berlin := time.FixedZone("CET", 3600)
	at := time.Date(2026, time.March, 10, 10, 0, 0, 123_456_789, berlin)
	utc := time.Date(2026, time.March, 10, 9, 0, 0, 123_000_000, time.UTC)
	c := &casefile.Case{
		Number: "2603-7K2M-Q4XA", Family: casefile.Complaint, Subject: "2026-03-abcdefghijklmn27", Rule: "CRITICAL_SEVERITY", Status: casefile.Decided,
		Touchpoint: "repair", Channel: "web_form", ResponseKey: "2026-03-abcdefghijklmn27", EventID: "018e4f6a-3c1b-7e2d-9f00-5a6b7c8d9e0f",
		Category: "product.safety", Segment: "A", Notifiable: true, CustomerKey: "kunde-4711", OpenedAt: at.Add(-48 * time.Hour),
		Handling: casefile.Handling{
			Severity: casefile.Critical, Team: "workshop", Owner: "erika-7", AcknowledgedAt: at, Action: "new-seals", RootCause: "material", Satisfaction: 3,
			Decision: &casefile.Decision{Outcome: casefile.Partly, Reason: "wear", At: at, By: "erika-7"},
			Compensations: []casefile.Compensation{
				{ID: "1", Type: "financial", Kind: "refund", Cents: 500, State: casefile.Promised, At: at, By: "erika-7"},
				{ID: "2", Type: "financial", Kind: "voucher", Cents: 900, State: casefile.Waiting, At: at, By: "erika-7"},
				{ID: "3", Type: "material", Kind: "gift", Cents: 100, State: casefile.Refused, At: at, By: "erika-7"},
				{ID: "4", Type: "immaterial", Kind: "apology", State: casefile.Promised, At: at, By: "erika-7"},
			},
			Escalations: []casefile.Escalation{{Rule: "FOLLOW_UP_COMPLAINT", RaisedAt: at.Add(-time.Hour)}, {Rule: "SLA_BREACH", Clock: "resolution", RaisedAt: at}},
			Clock:       &casefile.Clock{Policy: "DEFAULT", Print: "x", Runs: []casefile.Run{{From: at.Add(-24 * time.Hour)}}},
		},
	}
	e := &casefile.Entry{
		Case: c.Number, Seq: 7, At: at, Action: casefile.Deciding, Cause: "018e4f6a-3c1b-7e2d-9f00-5a6b7c8d9e01", Rule: "CRITICAL_SEVERITY",
		From: casefile.InInvestigation, Status: casefile.Decided, By: casefile.Actor{Kind: casefile.Staff, ID: "erika-7"}, Inform: true, Reason: "note",
		Words: casefile.NewWords("Liebe Erika"), Set: &casefile.Handling{Escalations: []casefile.Escalation{{Rule: "SLA_BREACH", Clock: "resolution", RaisedAt: at, SeenAt: at}}},
		Alert: &events.Alert{Reason: events.CaseEscalated, At: at},
	}
	want := &events.Step{
		Case: "2603-7K2M-Q4XA", Seq: 7, At: utc, Action: "decided", By: "staff", Rule: "CRITICAL_SEVERITY", From: "in_investigation", Status: "decided",
		Informed: true, Notifiable: true, Family: "complaint", Touchpoint: "repair", Channel: "web_form", ResponseKey: "2026-03-abcdefghijklmn27",
		Category: "product.safety", Severity: "critical", Segment: "A", ReceivedAt: utc.Add(-24 * time.Hour), Policy: "DEFAULT", AcknowledgedAt: utc,
		Decision: "partly", DecisionReason: "wear", Owned: true, RootCause: "material", Measure: "new-seals", Satisfaction: 3,
		Compensations: []events.Compensation{{Kind: "refund", Cents: 500}, {Kind: "apology"}},
		Escalations:   []events.Escalation{{Rule: "SLA_BREACH", Clock: "resolution", RaisedAt: utc, SeenAt: utc}},
	}
	got := casefile.StepOf(c, e)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	b, err := json.Marshal(got)
	if err != nil {
		t.Fatal(err)
	}
	for _, private := range []string{"erika", "Erika", "kunde", "018e4f6a", "workshop", "note"} {
		if strings.Contains(string(b), private) {
			t.Errorf("%q in %s", private, b)
		}
	}
}

func TestAStepOfACaseWithoutAClockCountsFromItsOpening(t *testing.T) {
	at := time.Date(2026, time.March, 10, 9, 0, 0, 0, time.UTC)
	c := &casefile.Case{Number: "2603-7K2M-Q4XA", Family: casefile.Alarm, Rule: "SPIKE", Status: casefile.Open, OpenedAt: at}
	e := &casefile.Entry{Case: c.Number, Seq: 1, At: at.Add(time.Minute), Action: casefile.Opened, Rule: "SPIKE", Status: casefile.Open}
	want := &events.Step{
		Case: "2603-7K2M-Q4XA", Seq: 1, At: at.Add(time.Minute), Action: "opened", By: "system", Rule: "SPIKE", Status: "open",
		Family: "alarm", ReceivedAt: at,
	}
	if diff := cmp.Diff(want, casefile.StepOf(c, e)); diff != "" {
		t.Error(diff)
	}
}
