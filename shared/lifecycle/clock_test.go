package lifecycle_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"resonanz/events"
	"resonanz/shared/casefile"
	"resonanz/shared/lifecycle"
	"resonanz/shared/sla"
)

// told is what staff heard of one entry of the clock.
type told struct {
	Action casefile.Action
	Rule   string // of the entry
	Reason events.AlertReason
	Clock  string
	Step   int
}

func heard(entries []casefile.Entry) (out []told) {
	for i := range entries {
		e := &entries[i]
		x := told{Action: e.Action, Rule: e.Rule}
		if e.Alert != nil {
			x.Reason, x.Clock, x.Step = e.Alert.Reason, e.Alert.Clock, e.Alert.Step
		}
		out = append(out, x)
	}
	return out
}

func TestEachLevelOfADeadlineIsToldToTheNextRecipientOnce(t *testing.T) {
	s := received(t)
	for _, test := range []struct {
		at   time.Time
		want []told
	}{
		{monday.Add(6*time.Hour + 24*time.Minute - time.Millisecond), nil},
		{monday.Add(6*time.Hour + 24*time.Minute), []told{{"escalated", "SLA_AT_RISK", "case_at_risk", "first_response", 1}}},
		{monday.Add(24*time.Hour - time.Millisecond), nil},
		{monday.Add(24 * time.Hour), []told{{"escalated", "SLA_BREACH", "case_breached", "first_response", 2}}},
		{monday.Add(48 * time.Hour), []told{{"overdue", "COMPLAINT_RECEIVED", "case_overdue", "first_response", 3}}},
		{monday.Add(72 * time.Hour), nil}, // the chain ends
		// A clock that was late makes up for all of it, in order.
		{monday.Add(30 * 24 * time.Hour), []told{
			{"escalated", "SLA_AT_RISK", "case_at_risk", "resolution", 1},
			{"escalated", "SLA_BREACH", "case_breached", "resolution", 2},
		}},
		{monday.Add(31 * 24 * time.Hour), []told{{"overdue", "COMPLAINT_RECEIVED", "case_overdue", "resolution", 3}}},
		{monday.Add(38*24*time.Hour - time.Millisecond), nil},                                           // the chain ends, …
		{monday.Add(38 * 24 * time.Hour), []told{{"escalated", "STILL_OPEN", "case_escalated", "", 3}}}, // … but not the case
		{monday.Add(45 * 24 * time.Hour), []told{{"escalated", "STILL_OPEN", "case_escalated", "", 3}}},
		{monday.Add(300 * 24 * time.Hour), []told{{"escalated", "STILL_OPEN", "case_escalated", "", 3}}},
	} {
		s.now = test.at
		if diff := cmp.Diff(test.want, heard(s.ticks())); diff != "" {
			t.Errorf("at %s:\n%s", test.at, diff)
		}
		if s.Step != len(s.timeline)-2 {
			t.Errorf("step %d after %d ticks", s.Step, len(s.timeline)-2)
		}
	}
	if !s.NextAt.Equal(s.now.Add(casefile.Reminder)) {
		t.Errorf("the clock looks at %s", s.NextAt)
	}
	var rules []string
	for _, e := range s.Handling.Escalations {
		rules = append(rules, e.Rule+" "+e.Clock)
	}
	want := []string{"SLA_AT_RISK first_response", "SLA_BREACH first_response", "SLA_AT_RISK resolution", "SLA_BREACH resolution", "STILL_OPEN "}
	if diff := cmp.Diff(want, rules); diff != "" {
		t.Error(diff)
	}
}

func TestAnAlertOfADeadlineNamesItsDate(t *testing.T) {
	s := received(t).later(7 * time.Hour)
	a := s.ticks()[0].Alert
	if a.DueAt == nil || !a.DueAt.Equal(monday.Add(24*time.Hour)) || a.Rule != "SLA_AT_RISK" || a.Team != "service" || a.Status != "acknowledged" {
		t.Errorf("got %+v", a)
	}
}

func TestTheFirstHumanWordsAreTheFirstResponse(t *testing.T) {
	for do, test := range map[casefile.Action]casefile.Status{
		casefile.Answering: casefile.Acknowledged,
		casefile.Asking:    casefile.InInvestigation,
		casefile.Deciding:  casefile.InInvestigation,
	} {
		s := at(t, test).later(2 * time.Hour)
		if !s.Handling.FirstResponseAt.IsZero() {
			t.Errorf("%s: answered before", do)
		}
		s.must(byAnna, plain[do])
		d := sla.Find(s.Handling.Clock, sla.FirstResponse)
		if !s.Handling.FirstResponseAt.Equal(s.now) || !d.MetAt.Equal(s.now) || d.DueAt.IsZero() {
			t.Errorf("%s: %s, %+v", do, s.Handling.FirstResponseAt, d)
		}
		first := s.now
		if s.later(time.Hour).must(byAnna, plain[casefile.Answering]); !s.Handling.FirstResponseAt.Equal(first) {
			t.Errorf("%s: the first is the first", do)
		}
	}
	for _, do := range []casefile.Action{casefile.Assessing, casefile.Noting, casefile.Apologising, casefile.Assigning} {
		if s := at(t, casefile.Acknowledged).must(byAnna, plain[do]); !s.Handling.FirstResponseAt.IsZero() {
			t.Errorf("%s is no reply", do)
		}
	}
}

func TestTheClockStandsWhileTheCustomerIsAsked(t *testing.T) {
	s := at(t, casefile.InInvestigation)
	due := sla.Find(s.Handling.Clock, sla.Resolution).DueAt
	s.later(time.Hour).must(byAnna, plain[casefile.Asking])
	if !s.NextAt.Equal(s.now.Add(casefile.Reminder)) || !s.DueAt.IsZero() {
		t.Errorf("asked: the clock looks at %s, due %s", s.NextAt, s.DueAt)
	}
	if s.later(casefile.Reminder - time.Millisecond); len(s.ticks()) != 0 {
		t.Errorf("the clock did something: %+v", heard(s.timeline))
	}
	s.now = monday.Add(25 * time.Hour) // a day later, at the same time of day: eight business hours
	s.must(byCustomer, plain[casefile.Replying])
	if s.Status != casefile.InInvestigation || !s.DueAt.Equal(due.Add(24*time.Hour)) {
		t.Errorf("answered: %s, due %s, was %s", s.Status, s.DueAt, due)
	}
}

func TestAnAnswerEndsTheEscalationOfItsClockOnly(t *testing.T) {
	s := received(t)
	s.now = monday.Add(30 * 24 * time.Hour)
	s.ticks()
	s.must(byAnna, plain[casefile.Answering])
	for _, e := range s.Handling.Escalations {
		if !e.SeenAt.Equal(s.now) || e.HandledAt.IsZero() != (e.Clock == "resolution") {
			t.Errorf("%+v", e)
		}
	}
	s.must(byAnna, plain[casefile.Assessing], plain[casefile.Investigating], plain[casefile.Deciding], plain[casefile.Resolving])
	for _, e := range s.Handling.Escalations {
		if e.HandledAt.IsZero() {
			t.Errorf("resolved, but %+v", e)
		}
	}
}

func TestACriticalCaseGoesThroughTheChainUntilItWasSeen(t *testing.T) {
	w := complaint()
	w.Category = "product.safety"
	begin := func() *story {
		s := &story{now: monday, rules: rules(t), tb: t}
		s.keep(lifecycle.Receive(w, lifecycle.Opening{}, monday, s.rules))
		return s
	}
	s := begin()
	for hour, want := range [][]told{1: {{"overdue", "CRITICAL_SEVERITY", "case_overdue", "", 1}}, 2: {{"overdue", "CRITICAL_SEVERITY", "case_overdue", "", 2}}, 3: {{"overdue", "CRITICAL_SEVERITY", "case_overdue", "", 3}}, 4: nil} {
		s.now = monday.Add(time.Duration(hour) * time.Hour)
		if diff := cmp.Diff(want, heard(s.ticks())); diff != "" {
			t.Errorf("after %d hours:\n%s", hour, diff)
		}
	}
	s = begin()
	s.now = monday.Add(time.Hour)
	s.ticks()
	s.must(byAnna, lifecycle.Command{Do: casefile.Seeing})
	if s.now = monday.Add(5 * time.Hour); len(s.ticks()) != 0 {
		t.Error("somebody has seen it")
	}
}

func TestAChainOfOneIsRemindedOfBothLevels(t *testing.T) {
	s := received(t)
	s.rules.Recipients = func(string) int { return 1 }
	s.now = monday.Add(10 * 24 * time.Hour)
	if got := heard(s.ticks()); len(got) != 4 {
		t.Errorf("got %+v", got)
	}
}

func TestWhatWasResolvedClosesByItself(t *testing.T) {
	s := at(t, casefile.InInvestigation).must(byAnna, with(casefile.Deciding, func(c *lifecycle.Command) { c.RootCause = "carrier" }), plain[casefile.Resolving])
	end := time.Date(2026, time.March, 30, 8, 0, 0, 0, time.UTC) // fourteen days by the clock on the wall: summer time
	if !s.NextAt.Equal(end) || !s.DueAt.Equal(end) {
		t.Fatalf("closes at %s, promised %s, want %s", s.NextAt, s.DueAt, end)
	}
	s.now = end.Add(-time.Millisecond)
	if len(s.ticks()) != 0 {
		t.Error("too early")
	}
	s.now = end
	got := s.ticks()
	if len(got) != 1 || got[0].Action != casefile.Closing || got[0].By != bySystem || !got[0].Inform || s.Status != casefile.Closed ||
		!s.NextAt.IsZero() || !s.Handling.ClosedAt.Equal(end) || !s.Handling.AcceptedAt.IsZero() {
		t.Errorf("got %+v", got)
	}
}

func TestWithoutARootCauseStaffAreToldInsteadOfClosing(t *testing.T) {
	s := at(t, casefile.Resolved)
	s.now = monday.Add(15 * 24 * time.Hour)
	want := []told{{"escalated", "ROOT_CAUSE_MISSING", "case_escalated", "", 0}}
	if diff := cmp.Diff(want, heard(s.ticks())); diff != "" {
		t.Error(diff)
	}
	for day, want := range []told{{"overdue", "COMPLAINT_RECEIVED", "case_overdue", "", 1}, {"overdue", "COMPLAINT_RECEIVED", "case_overdue", "", 2}, {"overdue", "COMPLAINT_RECEIVED", "case_overdue", "", 3}} {
		s.now = monday.Add(time.Duration(16+day) * 24 * time.Hour)
		if diff := cmp.Diff([]told{want}, heard(s.ticks())); diff != "" {
			t.Errorf("day %d:\n%s", day, diff)
		}
	}
	s.later(100 * 24 * time.Hour)
	if diff := cmp.Diff([]told{{"escalated", "STILL_OPEN", "case_escalated", "", 3}}, heard(s.ticks())); diff != "" || s.Status != casefile.Resolved {
		t.Errorf("never closed without a root cause:\n%s", diff)
	}
	s.must(byAnna, lifecycle.Command{Do: casefile.Assessing, RootCause: "carrier"})
	for _, e := range s.Handling.Escalations {
		if !e.HandledAt.Equal(s.now) {
			t.Errorf("found is handled: %+v", e)
		}
	}
	if s.ticks(); s.Status != casefile.Closed {
		t.Errorf("the root cause is known, but %s", s.Status)
	}
}

func TestHandlingAMissingRootCauseWithoutNamingItPutsItOff(t *testing.T) {
	s := at(t, casefile.Resolved)
	s.now = monday.Add(15 * 24 * time.Hour)
	s.ticks()
	s.must(byAnna, lifecycle.Command{Do: casefile.Handled, Rule: "ROOT_CAUSE_MISSING"})
	if got := s.ticks(); len(got) != 0 {
		t.Errorf("told again at once: %+v", heard(got))
	}
	if got := s.later(24 * time.Hour).ticks(); len(got) != 1 || got[0].Rule != "ROOT_CAUSE_MISSING" {
		t.Errorf("got %+v", heard(got))
	}
}

func TestAcceptingClosesOnceTheRootCauseIsKnown(t *testing.T) {
	s := at(t, casefile.InInvestigation).must(byAnna, with(casefile.Deciding, func(c *lifecycle.Command) { c.RootCause = "carrier" }), plain[casefile.Resolving])
	s.must(byCustomer, plain[casefile.Accepting])
	if e := s.last(); s.Status != casefile.Closed || e.Action != casefile.Closing || e.By != byCustomer || e.Alert.Reason != events.CustomerActed || e.Alert.Action != "accepted" {
		t.Errorf("got %s by %+v", s.Status, e)
	}

	s = at(t, casefile.Resolved).later(time.Hour).must(byCustomer, plain[casefile.Accepting])
	e := s.last()
	if s.Status != casefile.Resolved || e.Action != casefile.Accepting || e.Inform || e.Alert.Rule != "ROOT_CAUSE_MISSING" || !s.DueAt.Equal(s.now) {
		t.Errorf("got %s by %+v", s.Status, e)
	}
	if next := lifecycle.Next(s.Case, s.rules); next.Name != lifecycle.ClosingStep || !next.DueAt.Equal(s.now) {
		t.Errorf("next %+v", next)
	}
	s.later(time.Hour).must(byAnna, lifecycle.Command{Do: casefile.Assessing, RootCause: "carrier"})
	if s.ticks(); s.Status != casefile.Closed {
		t.Errorf("got %s", s.Status)
	}

	// What was accepted and opened again is accepted anew.
	s = at(t, casefile.Resolved).later(time.Hour).must(byCustomer, plain[casefile.Accepting], plain[casefile.Reopening])
	s.later(time.Hour).must(byAnna, plain[casefile.Investigating], plain[casefile.Deciding], plain[casefile.Resolving])
	if next := lifecycle.Next(s.Case, s.rules); next.Name != lifecycle.ClosingStep && next.Name != lifecycle.Acceptance || next.DueAt.Before(s.now.Add(13*24*time.Hour)) {
		t.Errorf("next %+v", next)
	}
	s.must(byCustomer, plain[casefile.Accepting])
}

func TestARegulatoryDeadlineNeverPauses(t *testing.T) {
	w := complaint()
	w.Category = "billing.refund_delay"
	s := &story{now: monday, rules: rules(t), tb: t}
	s.keep(lifecycle.Receive(w, lifecycle.Opening{}, monday, s.rules))
	s.must(byAnna, plain[casefile.Assessing], plain[casefile.Investigating], plain[casefile.Asking])
	due := time.Date(2026, time.April, 8, 21, 59, 59, 0, time.UTC) // 15 business days, without Easter
	if !s.DueAt.Equal(due) {
		t.Errorf("due %s, want %s", s.DueAt, due)
	}
	if next := lifecycle.Next(s.Case, s.rules); next.Name != lifecycle.CustomerAnswer || !next.DueAt.Equal(due) {
		t.Errorf("next %+v, want the date that does not wait", next)
	}
	s.must(byAnna, lifecycle.Command{Do: casefile.Answering, Clock: sla.PSD2101, Words: words("It takes until May.")})
	if !s.DueAt.After(due) {
		t.Errorf("a holding reply did not move %s", s.DueAt)
	}
	if err := s.try(byAnna, lifecycle.Command{Do: casefile.Answering, Clock: sla.PSD2101, Words: words("And longer.")}); err == nil {
		t.Error("held twice")
	}
	s.must(byCustomer, plain[casefile.Replying]).must(byAnna, plain[casefile.Deciding], plain[casefile.Resolving], plain[casefile.Reopening])
	if d := sla.Find(s.Handling.Clock, sla.PSD2101); d.MetAt.IsZero() {
		t.Error("the regulatory answer was given")
	}
	if d := sla.Find(s.Handling.Clock, sla.Resolution); !d.MetAt.IsZero() || d.DueAt.IsZero() {
		t.Errorf("a resolution is owed again: %+v", d)
	}
}

func TestReopeningALateCaseGivesTheNextRecipientTime(t *testing.T) {
	s := at(t, casefile.InInvestigation)
	s.now = monday.Add(20 * 24 * time.Hour)
	s.ticks()
	s.must(byAnna, plain[casefile.Deciding], plain[casefile.Resolving]).later(10*24*time.Hour).must(byCustomer, plain[casefile.Reopening])
	if got := s.ticks(); len(got) != 0 {
		t.Errorf("told at once: %+v", heard(got))
	}
	if got := heard(s.later(24 * time.Hour).ticks()); len(got) != 1 || got[0].Clock != "resolution" || got[0].Step != 3 {
		t.Errorf("got %+v", got)
	}
}

func TestTimeNeverRunsBackwards(t *testing.T) {
	s := at(t, casefile.AwaitingCustomer)
	s.now = monday.Add(-time.Minute) // a machine whose clock is behind
	s.must(byCustomer, plain[casefile.Replying])
	k := s.Handling.Clock
	if k.Runs[1].From.Before(k.Runs[0].To) || s.last().At.Before(monday) {
		t.Errorf("got %+v", k.Runs)
	}
}
