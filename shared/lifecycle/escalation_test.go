package lifecycle_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"resonanz/events"
	"resonanz/shared/casefile"
	"resonanz/shared/lifecycle"
)

// raise raises a rule, and keeps the case when it counts.
func (s *story) raise(rule, priority string) bool {
	c, entries, raised := lifecycle.Raise(s.Case, rule, priority, s.now, s.rules)
	if raised {
		s.keep(c, entries)
	}
	return raised
}

func TestARuleEscalatesACaseOnceUntilItWasHandled(t *testing.T) {
	s := at(t, casefile.Assessed).later(time.Hour)
	if !s.raise("REPEAT_COMPLAINT", "high") {
		t.Fatal("not raised")
	}
	e := s.last()
	if e.Action != casefile.Raising || e.Rule != "REPEAT_COMPLAINT" || e.By != bySystem || e.Inform || e.Status != casefile.Assessed ||
		e.Alert.Reason != events.CaseEscalated || e.Alert.Rule != "REPEAT_COMPLAINT" || e.Alert.Priority != "high" || s.Priority != "high" || s.Rule != "COMPLAINT_RECEIVED" {
		t.Errorf("got %+v, %+v", e, e.Alert)
	}
	if s.raise("REPEAT_COMPLAINT", "high") {
		t.Error("raised twice")
	}
	if !s.raise("FOLLOW_UP_COMPLAINT", "normal") || s.Priority != "high" {
		t.Errorf("another rule lowers nothing: %s", s.Priority)
	}
	s.later(time.Hour).must(byBoris, plain[casefile.Noting])
	for _, e := range s.Handling.Escalations {
		if !e.SeenAt.Equal(s.now) || !e.HandledAt.IsZero() {
			t.Errorf("whoever does something has seen it: %+v", e)
		}
	}
	if s.raise("REPEAT_COMPLAINT", "high") {
		t.Error("seen is not handled")
	}
	s.later(time.Hour).must(byBoris, lifecycle.Command{Do: casefile.Handled, Rule: "REPEAT_COMPLAINT"})
	if e := s.Handling.Escalations[0]; !e.HandledAt.Equal(s.now) || s.last().Action != casefile.Handled {
		t.Errorf("got %+v", e)
	}
	if e := s.Handling.Escalations[1]; !e.HandledAt.IsZero() {
		t.Errorf("the other one is open: %+v", e)
	}
	if !s.raise("REPEAT_COMPLAINT", "high") || len(s.Handling.Escalations) != 3 {
		t.Error("what was handled may come again")
	}
}

func TestRaisedAndHandledInOneMillisecondStillIsTwoEscalations(t *testing.T) {
	s := at(t, casefile.Assessed)
	for range 3 {
		if !s.raise("REPEAT_COMPLAINT", "high") {
			t.Fatal("not raised")
		}
		s.must(byAnna, lifecycle.Command{Do: casefile.Handled})
	}
	if len(s.Handling.Escalations) != 3 {
		t.Errorf("got %+v", s.Handling.Escalations)
	}
}

func TestSeeingMarksOneRuleOrAll(t *testing.T) {
	s := at(t, casefile.Assessed)
	s.raise("REPEAT_COMPLAINT", "high")
	s.raise("MAIL_BOUNCED", "normal")
	s.must(byAnna, lifecycle.Command{Do: casefile.Seeing, Rule: "MAIL_BOUNCED"})
	if e := s.Handling.Escalations; !e[0].SeenAt.IsZero() || e[1].SeenAt.IsZero() {
		t.Errorf("got %+v", e)
	}
	if err := s.try(byAnna, lifecycle.Command{Do: casefile.Seeing, Rule: "MAIL_BOUNCED"}); err == nil {
		t.Error("seen twice")
	}
	s.must(byAnna, lifecycle.Command{Do: casefile.Seeing})
	if e := s.Handling.Escalations; e[0].SeenAt.IsZero() {
		t.Errorf("got %+v", e)
	}
}

func TestWhatHasEndedIsNotEscalated(t *testing.T) {
	for _, status := range []casefile.Status{casefile.Closed, casefile.Withdrawn, casefile.Duplicate, casefile.Dismissed} {
		if at(t, status).raise("REPEAT_COMPLAINT", "high") {
			t.Error(status)
		}
	}
}

func TestASeverityThatBecomesCriticalEscalatesUntilAnotherHasSeenIt(t *testing.T) {
	s := at(t, casefile.Acknowledged).must(byAnna, lifecycle.Command{Do: casefile.Assessing, Severity: casefile.Critical})
	e := s.last()
	if s.Rule != "CRITICAL_SEVERITY" || s.Priority != "critical" || e.Alert.Reason != events.CaseEscalated || e.Alert.Rule != "CRITICAL_SEVERITY" || e.Alert.Severity != "critical" {
		t.Errorf("got %s, %s, %+v", s.Rule, s.Priority, e.Alert)
	}
	if !s.NextAt.Equal(s.now.Add(time.Hour)) {
		t.Errorf("the next recipient hears at %s", s.NextAt)
	}
	s.must(byBoris, with(casefile.Assessing, func(c *lifecycle.Command) { c.Words = words("Nobody is in danger: the battery was removed.") }))
	if x := s.Handling.Escalations[0]; s.Rule != "COMPLAINT_RECEIVED" || s.Priority != "high" || s.Handling.Severity != casefile.Medium || x.HandledAt.IsZero() {
		t.Errorf("lowered with a reason: %s, %s, %+v", s.Rule, s.Priority, x)
	}
	if s.last().WordsHash == (casefile.Hash{}) {
		t.Error("the reason is not in the timeline")
	}
}

func TestReopeningIsAFollowUp(t *testing.T) {
	for _, by := range []casefile.Actor{byAnna, byCustomer} {
		s := at(t, casefile.Closed).later(time.Hour).must(by, plain[casefile.Reopening])
		e := s.last()
		if e.Alert.Reason != events.CaseEscalated || e.Alert.Rule != "FOLLOW_UP_COMPLAINT" || e.Alert.Action != "reopened" || !e.Inform || s.Priority != "high" {
			t.Errorf("by %s: %+v", by.Kind, e.Alert)
		}
		if !s.Handling.ReopenedAt.Equal(s.now) || len(s.Handling.Escalations) != 1 {
			t.Errorf("got %+v", s.Handling)
		}
		resolved := s.Handling.ResolvedAt
		s.later(time.Hour).must(byAnna, plain[casefile.Investigating], plain[casefile.Deciding], plain[casefile.Resolving])
		if !s.Handling.ResolvedAt.Equal(resolved) || !s.Handling.LastResolvedAt.Equal(s.now) {
			t.Errorf("first resolved %s, last %s", s.Handling.ResolvedAt, s.Handling.LastResolvedAt)
		}
	}
}

func TestADisappointedCustomerIsNotLeftAlone(t *testing.T) {
	for stars, want := range map[int]events.AlertReason{1: events.CaseEscalated, 2: events.CaseEscalated, 3: events.CustomerActed, 5: events.CustomerActed} {
		s := at(t, casefile.Closed).must(byCustomer, lifecycle.Command{Do: casefile.Rating, Stars: stars})
		if a := s.last().Alert; a.Reason != want || a.Action != "rated" || s.Handling.Satisfaction != stars || s.Status != casefile.Closed || !s.NextAt.IsZero() {
			t.Errorf("%d: %+v", stars, a)
		}
		if want == events.CaseEscalated {
			s.must(byAnna, lifecycle.Command{Do: casefile.Handled, Rule: "DISAPPOINTED_AFTER_CLOSURE"})
		}
	}
}

func TestStaffHearWhatTheCustomerDid(t *testing.T) {
	for do, status := range map[casefile.Action]casefile.Status{
		casefile.Replying: casefile.Assessed, casefile.Withdrawing: casefile.Assessed,
		casefile.Accepting: casefile.Resolved, casefile.Attaching: casefile.Assessed, casefile.Rating: casefile.Closed,
	} {
		s := at(t, status).must(byCustomer, plain[do])
		if a := s.last().Alert; a == nil || a.Reason != events.CustomerActed || a.Action != string(do) || a.Team != "service" || a.Step != 0 {
			t.Errorf("%s: %+v", do, a)
		}
	}
	at(t, casefile.Assessed).must(byCustomer, lifecycle.Command{Do: casefile.Withdrawing}) // nobody owes us a reason
	if a := at(t, casefile.Assessed).must(byAnna, plain[casefile.Withdrawing]).last().Alert; a != nil {
		t.Errorf("staff hear what staff did: %+v", a)
	}
}

func TestAnotherTeamHearsOfWhatItIsGiven(t *testing.T) {
	s := at(t, casefile.Assessed).must(byAnna, plain[casefile.Assigning])
	if a := s.last().Alert; a == nil || a.Reason != events.CaseChanged || a.Team != "billing" || a.Action != "assigned" || s.Handling.Owner != boris {
		t.Errorf("got %+v", a)
	}
	s.must(byAnna, lifecycle.Command{Do: casefile.Assigning, Owner: anna})
	if a := s.last().Alert; a != nil || s.Handling.Team != "billing" || s.Handling.Owner != anna {
		t.Errorf("an owner within the team: %+v, %+v", a, s.Handling)
	}
	s.must(byAnna, lifecycle.Command{Do: casefile.Assigning, Team: "service"})
	if s.Handling.Owner != "" {
		t.Errorf("%s stayed the owner", s.Handling.Owner)
	}
}

func TestACaseThatIsNoComplaintIsWorkedOnAndClosed(t *testing.T) {
	s := callback(t).must(byAnna, plain[casefile.Noting], plain[casefile.Assigning], lifecycle.Command{Do: casefile.Closing, Words: words("Called.")})
	if e := s.last(); s.Status != casefile.Closed || !s.NextAt.IsZero() || e.Inform || e.From != casefile.Open || s.Handling.ClosedAt.IsZero() {
		t.Errorf("got %+v", e)
	}
	for _, by := range []casefile.Actor{byAnna, byCustomer} {
		for _, do := range []casefile.Action{casefile.Reopening, casefile.Rating, casefile.Linking, casefile.Refusing} {
			if err := s.try(by, plain[do]); err == nil {
				t.Errorf("%s by %s of a callback", do, by.Kind)
			}
		}
	}
}

// A reminder that a case is still open is handled by whatever staff do, and by
// saying so as well.
func TestAReminderIsHandledByItsName(t *testing.T) {
	for _, rule := range []string{"STILL_OPEN", ""} {
		s := at(t, casefile.AwaitingCustomer).later(8 * 24 * time.Hour)
		if s.ticks(); len(s.Handling.Escalations) != 1 || s.Handling.Escalations[0].Rule != "STILL_OPEN" {
			t.Fatalf("raised %+v", s.Handling.Escalations)
		}
		s.must(byAnna, lifecycle.Command{Do: casefile.Handled, Rule: rule})
		if e := s.Handling.Escalations[0]; !e.HandledAt.Equal(s.now) || s.last().Action != casefile.Handled {
			t.Errorf("by %q: %+v", rule, e)
		}
	}
	s := at(t, casefile.AwaitingCustomer).later(8 * 24 * time.Hour)
	s.ticks()
	s.raise("REPEAT_COMPLAINT", "high")
	s.must(byAnna, lifecycle.Command{Do: casefile.Handled, Rule: "REPEAT_COMPLAINT"})
	if e := s.Handling.Escalations[0]; !e.HandledAt.Equal(s.now) {
		t.Errorf("by doing something: %+v", e)
	}
}

// By what was said, as a threat is, and not by its category.
func TestACriticalRuleMakesAComplaintCritical(t *testing.T) {
	s := at(t, casefile.Acknowledged)
	if !s.raise("CRITICAL_SEVERITY", "critical") || s.raise("CRITICAL_SEVERITY", "critical") {
		t.Fatal("want it raised once")
	}
	e := s.last()
	if s.Handling.Severity != casefile.Critical || s.Handling.Urgency != casefile.Immediate || s.Priority != "critical" || e.Alert.Severity != "critical" {
		t.Errorf("got %s, %+v, %+v", s.Priority, s.Handling, e.Alert)
	}
	if !s.NextAt.Equal(s.now.Add(time.Hour)) {
		t.Errorf("the next recipient hears at %s", s.NextAt)
	}
	if diff := cmp.Diff(s.State(), casefile.Replay(s.timeline)); diff != "" {
		t.Error(diff)
	}
}

func TestAThreatInLaterWordsOfTheCustomerMakesItCritical(t *testing.T) {
	threat := words("Now my lawyer will write.")
	for _, tt := range []struct {
		from casefile.Status
		do   casefile.Action
	}{{casefile.InInvestigation, casefile.Replying}, {casefile.AwaitingCustomer, casefile.Replying}, {casefile.Resolved, casefile.Reopening}} {
		s := at(t, tt.from)
		s.rules.Threatens = func(text string) bool { return text == threat.Text }
		s.must(byCustomer, lifecycle.Command{Do: tt.do, Words: threat})
		e := s.last()
		if s.Handling.Severity != casefile.Critical || s.Priority != "critical" || e.Action != tt.do || e.Alert == nil ||
			e.Alert.Rule != "CRITICAL_SEVERITY" || e.Alert.Reason != events.CaseEscalated || e.Alert.Action != string(tt.do) {
			t.Errorf("%s: %s, %s, %+v", tt.from, s.Handling.Severity, s.Priority, e.Alert)
		}
		if !s.NextAt.Equal(s.now.Add(time.Hour)) {
			t.Errorf("%s: the next recipient hears at %s", tt.from, s.NextAt)
		}
		if diff := cmp.Diff(s.State(), casefile.Replay(s.timeline)); diff != "" {
			t.Error(diff)
		}
		// Once it is critical, further words are told as any others are.
		before := len(s.Handling.Escalations)
		if s.must(byCustomer, lifecycle.Command{Do: casefile.Replying, Words: threat}); s.last().Alert.Reason != events.CustomerActed || len(s.Handling.Escalations) != before {
			t.Errorf("%s: told again %+v", tt.from, s.last().Alert)
		}
	}
	s := at(t, casefile.InInvestigation)
	s.rules.Threatens = func(string) bool { return true }
	if s.must(byAnna, lifecycle.Command{Do: casefile.Answering, Words: threat}); s.Handling.Severity == casefile.Critical {
		t.Error("staff quoted it")
	}
}
