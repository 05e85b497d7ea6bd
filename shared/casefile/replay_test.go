package casefile_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"resonanz/shared/casefile"
)

func TestATimelineReplaysToItsCase(t *testing.T) {
	c := casefile.Case{Number: "2603-7K2M-Q4XA"}
	var timeline []casefile.Entry
	for _, e := range []casefile.Entry{
		{Action: casefile.Opened, Rule: "COMPLAINT_RECEIVED", Priority: "normal", Category: "delivery.late", Status: casefile.Received, DueAt: noon,
			Set: &casefile.Handling{Severity: casefile.Medium, Team: "service"}},
		{Action: casefile.Raising, Rule: "REPEAT_COMPLAINT", Priority: "high", Status: casefile.Received, DueAt: noon, Step: 1,
			Set: &casefile.Handling{Escalations: []casefile.Escalation{{Rule: "REPEAT_COMPLAINT", RaisedAt: noon}}}},
		{Action: casefile.Annotated, Rule: "COMPLAINT_RECEIVED", Status: casefile.Acknowledged, Step: 1},
	} {
		if err := casefile.Seal(&c, &e); err != nil {
			t.Fatal(err)
		}
		timeline = append(timeline, e)
	}
	want := casefile.State{
		Number: c.Number, Rule: "COMPLAINT_RECEIVED", Priority: "high", Status: casefile.Acknowledged, Category: "delivery.late", Step: 1,
		Handling: casefile.Handling{Severity: casefile.Medium, Team: "service", Escalations: []casefile.Escalation{{Rule: "REPEAT_COMPLAINT", RaisedAt: noon}}},
		Version:  3, Head: c.Head,
	}
	if diff := cmp.Diff(want, casefile.Replay(timeline)); diff != "" {
		t.Error(diff)
	}
	c.Rule, c.Priority, c.Status, c.Category, c.Step, c.Handling = want.Rule, want.Priority, want.Status, want.Category, want.Step, want.Handling
	if diff := cmp.Diff(want, c.State()); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(casefile.State{}, casefile.Replay(nil)); diff != "" {
		t.Error(diff)
	}
}
