package lifecycle_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"resonanz/shared/casefile"
	"resonanz/shared/lifecycle"
	"resonanz/shared/sla"
)

// slower gives everybody twice the time.
func slower(tb testing.TB, r lifecycle.Rules) lifecycle.Rules {
	p := &sla.Policy{ID: "DEFAULT", Calendar: calendar(tb), FirstResponse: 16 * time.Hour, Resolution: 80 * time.Hour, AtRiskPercent: 80, CloseDays: 21, Print: "slower"}
	r.Policy = func(string) *sla.Policy { return p }
	return r
}

func TestAChangedPolicyMovesOpenDeadlines(t *testing.T) {
	s := received(t).later(7 * time.Hour)
	s.ticks() // at risk
	c, entries, moved := lifecycle.Retime(s.Case, s.now, slower(t, s.rules))
	if !moved || len(entries) != 1 || entries[0].Action != casefile.Rescheduling || entries[0].Inform || entries[0].Alert != nil || entries[0].By != bySystem {
		t.Fatalf("got %v, %+v", moved, entries)
	}
	if want := monday.Add(48 * time.Hour); !c.DueAt.Equal(want) || !entries[0].DueAt.Equal(want) {
		t.Errorf("due %s, want %s", c.DueAt, want)
	}
	if d := sla.Find(c.Handling.Clock, sla.FirstResponse); d.Level != 0 || !c.NextAt.Equal(d.AtRiskAt) {
		t.Errorf("what is not at risk any more: %+v, next %s", d, c.NextAt)
	}
	s.keep(c, entries)
	s.rules = slower(t, s.rules)
	if c, entries, moved := lifecycle.Retime(s.Case, s.now, s.rules); moved || entries != nil || c.Version != s.Version {
		t.Errorf("moved twice: %+v", entries)
	}
	if diff := cmp.Diff(s.State(), casefile.Replay(s.timeline)); diff != "" {
		t.Error(diff)
	}
}

func TestTheSamePolicyMovesNothing(t *testing.T) {
	for _, status := range everyStatus {
		s := at(t, status)
		if c, entries, moved := lifecycle.Retime(s.Case, s.now.Add(time.Hour), s.rules); moved || entries != nil || c.NextAt != s.NextAt {
			t.Errorf("%s: got %+v", status, entries)
		}
	}
}

func TestAResolvedCaseClosesByTheNewPolicy(t *testing.T) {
	s := at(t, casefile.Resolved)
	c, entries, moved := lifecycle.Retime(s.Case, s.now, slower(t, s.rules))
	if !moved || len(entries) != 1 || !c.DueAt.After(s.DueAt) {
		t.Errorf("closes at %s, was %s", c.DueAt, s.DueAt)
	}
	if diff := cmp.Diff(s.Handling.Clock.Deadlines, c.Handling.Clock.Deadlines); diff != "" {
		t.Errorf("what was met stays as it was:\n%s", diff)
	}
}

// TestARegulatoryAnswerThatWasGivenIsNotOwedByALaterPolicy: a preset that comes
// with another category, or another policy, was met when the decision was told.
func TestARegulatoryAnswerThatWasGivenIsNotOwedByALaterPolicy(t *testing.T) {
	told := at(t, casefile.Resolved)
	first := told.Handling.ResolvedAt
	regulated := func(r lifecycle.Rules) lifecycle.Rules {
		usual := r.Policy
		r.Policy = func(string) *sla.Policy { return usual("PAYMENTS") }
		return r
	}
	for name, s := range map[string]*story{
		"another category": told.must(byAnna, lifecycle.Command{Do: casefile.Assessing, Category: "billing.refund_delay"}),
		"another policy":   at(t, casefile.Resolved),
		"once reopened":    at(t, casefile.Reopened),
	} {
		s.rules = regulated(s.rules)
		s.retimes()
		d := sla.Find(s.Handling.Clock, sla.PSD2101)
		if d == nil || !d.MetAt.Equal(first) || d.DueAt.IsZero() || sla.StateOf(d, s.now) != sla.Met {
			t.Errorf("%s: %+v, want it met at %s", name, d, first)
		}
		s.later(60 * 24 * time.Hour).ticks()
		for _, e := range s.Handling.Escalations {
			if e.Clock == sla.PSD2101 {
				t.Errorf("%s: staff are told of %s", name, e.Rule)
			}
		}
	}
}

func TestEndedAndOtherCasesHaveNoDeadlinesToMove(t *testing.T) {
	for _, status := range []casefile.Status{casefile.Draft, casefile.Closed, casefile.Withdrawn, casefile.Duplicate, casefile.Dismissed, casefile.Open} {
		s := at(t, status)
		if _, _, moved := lifecycle.Retime(s.Case, s.now, slower(t, s.rules)); moved {
			t.Errorf("%s moved", status)
		}
		if s.later(1000 * 24 * time.Hour); len(s.ticks()) != 0 {
			t.Errorf("the clock did something to what is %s", status)
		}
	}
}

func TestAnotherCategoryBringsItsTeamPolicyAndSeverity(t *testing.T) {
	s := at(t, casefile.Acknowledged).must(byAnna, lifecycle.Command{Do: casefile.Assessing, Severity: casefile.High, Category: "billing.refund_delay"})
	if s.Category != "billing.refund_delay" || s.Handling.Team != "billing" || s.Handling.Clock.Policy != "PAYMENTS" ||
		sla.Find(s.Handling.Clock, sla.PSD2101) == nil || s.last().Alert.Team != "billing" {
		t.Errorf("got %+v", s.Handling)
	}
	s = at(t, casefile.Acknowledged).must(byAnna, plain[casefile.Assigning],
		lifecycle.Command{Do: casefile.Assigning, Team: "service", Owner: boris},
		lifecycle.Command{Do: casefile.Assessing, Severity: casefile.High, Category: "billing.refund_delay"})
	if s.Handling.Team != "service" || s.Handling.Owner != boris {
		t.Errorf("taken from whom it was given: %s, %s", s.Handling.Team, s.Handling.Owner)
	}
	s = at(t, casefile.Assessed).must(byAnna, lifecycle.Command{Do: casefile.Assessing, Category: "product.safety"})
	if s.Handling.Severity != casefile.Critical || s.last().Alert == nil || s.last().Alert.Rule != "CRITICAL_SEVERITY" {
		t.Errorf("got %s", s.Handling.Severity)
	}
}

func TestACaseFromBeforeThereWereClocksGetsOne(t *testing.T) {
	s := at(t, casefile.Received)
	s.Handling.Clock = nil
	c, entries, moved := lifecycle.Retime(s.Case, s.now, s.rules)
	if !moved || len(entries) != 1 || c.Handling.Clock == nil || !c.Handling.Clock.Runs[0].From.Equal(s.OpenedAt) {
		t.Errorf("got %+v", c.Handling.Clock)
	}
	s.now = s.now.Add(time.Hour) // and until then it is handled as any other
	s.must(byAnna, plain[casefile.Acknowledging], plain[casefile.Answering], plain[casefile.Assessing], plain[casefile.Investigating],
		plain[casefile.Deciding], plain[casefile.Resolving], plain[casefile.Reopening])
}
