package lifecycle_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"resonanz/events"
	"resonanz/shared/casefile"
	"resonanz/shared/feedback"
	"resonanz/shared/lifecycle"
	"resonanz/shared/sla"
)

// old is a complaint as it was stored before complaints had a lifecycle: with a
// deadline, and nothing of its handling.
func old(tb testing.TB, category string) *story {
	tb.Helper()
	s := &story{now: monday, rules: rules(tb), tb: tb}
	w := complaint()
	s.keep(casefile.Case{
		Number: "2603-7K2M-Q4XC", Family: casefile.Complaint, Subject: string(w.ResponseKey), ResponseKey: w.ResponseKey,
		Rule: "COMPLAINT_RECEIVED", Priority: "normal", Status: casefile.Received, Touchpoint: w.Touchpoint, EventID: w.EventID,
		Category: category, OpenedAt: monday, DueAt: monday.Add(24 * time.Hour), NextAt: monday.Add(24 * time.Hour),
	}, []casefile.Entry{{
		At: monday, Action: casefile.Opened, Cause: w.EventID, Rule: "COMPLAINT_RECEIVED", Priority: "normal", Category: category,
		Status: casefile.Received, DueAt: monday.Add(24 * time.Hour),
	}})
	return s
}

// retimes lets the rules of the story be applied, and returns the new entries.
func (s *story) retimes() []casefile.Entry {
	s.tb.Helper()
	c, entries, moved := lifecycle.Retime(s.Case, s.now, s.rules)
	if moved {
		s.keep(c, entries)
	}
	return entries
}

func TestAComplaintOfBeforeIsPutIntoHandsWithASeverityAndAClock(t *testing.T) {
	s := old(t, "billing.refund_delay").later(time.Hour)
	if n := len(s.retimes()); n != 1 {
		t.Fatalf("%d entries", n)
	}
	h := &s.Handling
	if h.Team != "billing" || h.Severity != casefile.Medium || h.Urgency != casefile.Normal || h.Clock == nil || h.Clock.Policy != "PAYMENTS" {
		t.Errorf("got %+v", h)
	}
	if s.last().Alert != nil || s.NextAt.Equal(casefile.NoAction) {
		t.Errorf("staff heard of it before; next %s", s.NextAt)
	}
	if diff := cmp.Diff(s.State(), casefile.Replay(s.timeline)); diff != "" {
		t.Error(diff)
	}
	s = old(t, "product.safety").later(time.Hour)
	s.retimes()
	if s.Handling.Severity != casefile.Critical || s.Rule != "CRITICAL_SEVERITY" || s.last().Alert == nil || s.Handling.Urgency != casefile.Immediate {
		t.Errorf("got %+v", s.Case)
	}
}

func TestOfAnOverdueComplaintOfBeforeStaffHearOnce(t *testing.T) {
	s := old(t, "delivery.late").later(60 * 24 * time.Hour)
	s.retimes()
	s.ticks()
	if a := s.last().Alert; len(s.timeline) != 2 || a == nil || a.Reason != events.CaseBreached || a.Clock != sla.FirstResponse || a.Team != "service" || a.DueAt == nil {
		t.Errorf("%d entries, alert %+v", len(s.timeline), a)
	}
	if diff := cmp.Diff(s.State(), casefile.Replay(s.timeline)); diff != "" {
		t.Error(diff)
	}
	s.later(s.rules.StepAfter).ticks()
	if a := s.last().Alert; a == nil || a.Step != 3 {
		t.Errorf("the next of the chain hears nothing: %+v", a)
	}
}

func TestWhatWasDoneAboutAComplaintOfBeforeCounts(t *testing.T) {
	s := old(t, "delivery.late").later(time.Hour)
	s.must(byAnna, plain[casefile.Acknowledging])
	if s.NextAt.Equal(casefile.NoAction) || s.NextAt.IsZero() || s.DueAt.IsZero() {
		t.Errorf("handled before it has a clock it falls off: due %s, next %s", s.DueAt, s.NextAt)
	}
	s.must(byAnna, plain[casefile.Answering])
	s.retimes()
	if d := sla.Find(s.Handling.Clock, sla.FirstResponse); d.MetAt.IsZero() {
		t.Errorf("it was answered: %+v", d)
	}
	s = old(t, "delivery.late").later(time.Hour)
	s.must(byAnna, plain[casefile.Acknowledging], plain[casefile.Assessing], plain[casefile.Investigating], plain[casefile.Deciding], plain[casefile.Resolving])
	s.retimes()
	if d := sla.Find(s.Handling.Clock, sla.Resolution); d.MetAt.IsZero() {
		t.Errorf("it was resolved: %+v", d)
	}
	s = old(t, "delivery.late").later(time.Hour)
	s.must(byAnna, plain[casefile.Acknowledging], plain[casefile.Assessing], plain[casefile.Investigating], plain[casefile.Asking])
	s.retimes()
	if d := sla.Find(s.Handling.Clock, sla.Resolution); !d.DueAt.IsZero() {
		t.Errorf("its customer was asked: %+v", d)
	}
}

func TestAnotherRouteHoldsAlsoForACaseWhoseClockStands(t *testing.T) {
	s := at(t, casefile.AwaitingCustomer)
	fast := &sla.Policy{ID: "FAST", Calendar: calendar(t), FirstResponse: 2 * time.Hour, Resolution: 10 * time.Hour, AtRiskPercent: 80, CloseDays: 14, Print: "fast"}
	before := s.rules.Policy
	s.rules.Policy = func(id string) *sla.Policy {
		if id == fast.ID {
			return fast
		}
		return before(id)
	}
	s.rules.Route = func(feedback.Touchpoint, string) lifecycle.Route {
		return lifecycle.Route{Team: "service", Policy: fast.ID}
	}
	s.retimes()
	s.must(byCustomer, plain[casefile.Replying])
	if k := s.Handling.Clock; k.Policy != fast.ID {
		t.Errorf("it goes on by %s", k.Policy)
	}
	if again := s.retimes(); len(again) != 0 {
		t.Errorf("moved twice: %+v", again)
	}
}

func TestTheClockIsNeverAskedForNothing(t *testing.T) {
	steps := func(r lifecycle.Rules, recipients int, step time.Duration) lifecycle.Rules {
		r.Recipients, r.StepAfter = func(string) int { return recipients }, step
		return r
	}
	for name, r := range map[string]lifecycle.Rules{
		"a shorter chain": steps(rules(t), 1, 24*time.Hour), "a longer step": steps(rules(t), 4, 90*24*time.Hour),
		"a longer chain": steps(rules(t), 9, 24*time.Hour), "a shorter step": steps(rules(t), 4, time.Minute),
	} {
		for _, status := range everyStatus {
			s := at(t, status)
			if s.Family != casefile.Complaint || status == casefile.Draft || status.Ended() {
				continue
			}
			s.later(60 * 24 * time.Hour).ticks()
			s.rules = r
			if s.NextAt.Before(casefile.NoAction) {
				s.now = s.NextAt
			}
			for range 200 { // what the clock and escalation do
				if s.NextAt.After(s.now) {
					break
				}
				had := len(s.timeline)
				s.retimes()
				s.ticks()
				if len(s.timeline) == had {
					t.Fatalf("%s, %s: due %s and nothing is done, for ever", name, status, s.NextAt)
				}
			}
			s.retimes()
			if len(s.ticks()) == 0 && s.Status.Ended() != s.NextAt.IsZero() {
				t.Errorf("%s, %s: next %s", name, status, s.NextAt)
			}
			if again := s.retimes(); len(again) != 0 {
				t.Errorf("%s, %s: rescheduled twice", name, status)
			}
		}
	}
}

// TestNobodyFadesAway lets a year pass over a complaint in each status in which
// it can be: the clock tells staff of it as long as it has whom to tell, and then
// it still is on the work list.
func TestNobodyFadesAway(t *testing.T) {
	waiting := at(t, casefile.InInvestigation).must(byAnna, lifecycle.Command{
		Do: casefile.Compensating, Compensation: &casefile.Compensation{Type: "financial", Kind: "refund", Cents: 20000},
	})
	stories := map[string]*story{"waiting for approval": waiting, "of before": old(t, "delivery.late")}
	for _, status := range everyStatus {
		stories[string(status)] = at(t, status)
	}
	for name, s := range stories {
		if s.Family != casefile.Complaint || s.Status == casefile.Draft || s.Status.Ended() {
			continue
		}
		told := 0
		for range 366 {
			if s.Status.Ended() {
				break
			}
			if s.NextAt.IsZero() {
				t.Fatalf("%s: off the work list at %s", name, s.now)
			}
			s.later(24 * time.Hour)
			if !s.NextAt.After(s.now) {
				had := len(s.timeline)
				s.retimes()
				s.ticks()
				if len(s.timeline) == had || !s.Status.Ended() && !s.NextAt.After(s.now) {
					t.Fatalf("%s: due %s, and nothing is done at %s", name, s.NextAt, s.now)
				}
			}
		}
		for _, e := range s.timeline {
			if e.By == bySystem && e.Alert != nil && slices.Contains([]casefile.Action{casefile.Raising, casefile.Overdue}, e.Action) {
				told++
			}
		}
		if told < 40 && s.Status != casefile.Closed { // the last of the chain weekly
			t.Errorf("%s: a year, and staff heard of it %d times", name, told)
		}
	}
}

// TestOfWhoIsAskedTheFirstOfTheChainIsReminded: nobody of ours is late.
func TestOfWhoIsAskedTheFirstOfTheChainIsReminded(t *testing.T) {
	s := at(t, casefile.AwaitingCustomer)
	for range 3 {
		want := []told{{"escalated", "STILL_OPEN", "case_escalated", "", 0}}
		if diff := cmp.Diff(want, heard(s.later(casefile.Reminder).ticks())); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	}
}

func TestWordsOfComfortAreFreeWhereALimitWasLowered(t *testing.T) {
	s := at(t, casefile.InInvestigation).must(byAnna, lifecycle.Command{
		Do: casefile.Compensating, Compensation: &casefile.Compensation{Type: "financial", Kind: "refund", Cents: 9000},
	})
	s.rules.Limit = func(string) (limit, approve int64) { return 5000, 1000 }
	s.must(byAnna, lifecycle.Command{Do: casefile.Compensating, Compensation: &casefile.Compensation{Type: "immaterial", Kind: "apology"}})
}

func TestNobodyWithALinkMakesACaseTooLongToBeRead(t *testing.T) {
	s := at(t, casefile.InInvestigation)
	n := 0
	for ; n < 10_000; n++ {
		if err := s.try(byCustomer, plain[casefile.Replying]); err != nil {
			if f := new(lifecycle.Refusal); !errors.As(err, &f) || !f.Code.Conflict() {
				t.Errorf("got %v", err)
			}
			break
		}
	}
	if n < 100 || n > 1000 { // each of up to 2000 characters, in answers of up to 6 MB
		t.Errorf("%d replies were taken", n)
	}
	if slices.Contains(lifecycle.Allowed(s.Case, casefile.Customer, s.now, s.rules), casefile.Replying) {
		t.Error("the page offers what is refused")
	}
	s.must(byAnna, plain[casefile.Answering], plain[casefile.Asking]).must(byCustomer, plain[casefile.Replying]) // who is asked can answer
	s.must(byCustomer, plain[casefile.Withdrawing])
}
