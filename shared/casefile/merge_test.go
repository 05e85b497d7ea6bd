package casefile_test

import (
	"reflect"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"resonanz/shared/casefile"
)

func TestEveryFieldOfAChangeIsMerged(t *testing.T) {
	var change, h casefile.Handling
	fill(reflect.ValueOf(&change).Elem(), noon)
	h.Merge(change)
	if diff := cmp.Diff(change, h); diff != "" {
		t.Errorf("a field is not merged:\n%s", diff)
	}
	h.Merge(casefile.Handling{})
	if diff := cmp.Diff(change, h); diff != "" {
		t.Errorf("no change changes nothing:\n%s", diff)
	}
}

func TestATeamComesWithItsOwner(t *testing.T) {
	h := casefile.Handling{Team: "service", Owner: "anna"}
	h.Merge(casefile.Handling{Owner: "ben"})
	if h.Team != "service" || h.Owner != "ben" {
		t.Errorf("an owner within the team: got %s, %s", h.Team, h.Owner)
	}
	h.Merge(casefile.Handling{Team: "billing"})
	if h.Team != "billing" || h.Owner != "" {
		t.Errorf("the owner of another team stayed: got %s, %s", h.Team, h.Owner)
	}
}

func TestWhatHasAnIdentityIsReplacedNotRepeated(t *testing.T) {
	h := casefile.Handling{
		Compensations: []casefile.Compensation{{ID: "1", State: casefile.Waiting}},
		Attachments:   []casefile.Attachment{{ID: "1", Bytes: 7}},
		Escalations:   []casefile.Escalation{{Rule: "A", RaisedAt: noon}, {Rule: "A", Clock: "resolution", RaisedAt: noon}},
	}
	h.Merge(casefile.Handling{
		Compensations: []casefile.Compensation{{ID: "1", State: casefile.Promised}, {ID: "2"}},
		Attachments:   []casefile.Attachment{{ID: "2"}},
		Escalations: []casefile.Escalation{
			{Rule: "A", RaisedAt: noon.In(time.FixedZone("CET", 3600)), SeenAt: noon}, // the same
			{Rule: "A", RaisedAt: noon.Add(1)},                                        // raised again
		},
	})
	if len(h.Compensations) != 2 || h.Compensations[0].State != casefile.Promised ||
		len(h.Attachments) != 2 || h.Attachments[0].Bytes != 7 ||
		len(h.Escalations) != 3 || h.Escalations[0].SeenAt.IsZero() || !h.Escalations[1].SeenAt.IsZero() {
		t.Errorf("got %+v", h)
	}
}

func TestMergingLeavesCopiesAlone(t *testing.T) {
	var before casefile.Handling
	fill(reflect.ValueOf(&before).Elem(), noon)
	copied := before
	var want casefile.Handling
	fill(reflect.ValueOf(&want).Elem(), noon)
	change := casefile.Handling{
		Decision:      &casefile.Decision{Outcome: casefile.Rejected},
		Compensations: []casefile.Compensation{{ID: "x", Cents: 9}, {ID: "y"}},
		Escalations:   []casefile.Escalation{{Rule: "x", Clock: "x", RaisedAt: noon}},
		Clock:         &casefile.Clock{Runs: []casefile.Run{{From: noon}}},
	}
	copied.Merge(change)
	if diff := cmp.Diff(want, before); diff != "" {
		t.Errorf("the case before changed:\n%s", diff)
	}
	change.Clock.Runs[0].From, change.Decision.Outcome = time.Time{}, "changed"
	if copied.Clock.Runs[0].From.IsZero() || copied.Decision.Outcome != casefile.Rejected {
		t.Error("the case shares its clock or decision with the change")
	}
}
