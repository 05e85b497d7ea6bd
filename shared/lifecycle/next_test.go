package lifecycle_test

import (
	"testing"
	"time"

	"resonanz/shared/casefile"
	"resonanz/shared/lifecycle"
)

func TestWhatHappensNext(t *testing.T) {
	for status, want := range map[casefile.Status]lifecycle.StepName{
		casefile.Draft:            lifecycle.Triage,
		casefile.Received:         lifecycle.Acknowledgement,
		casefile.Acknowledged:     lifecycle.FirstAnswer,
		casefile.Assessed:         lifecycle.FirstAnswer,
		casefile.InInvestigation:  lifecycle.FirstAnswer,
		casefile.AwaitingCustomer: lifecycle.CustomerAnswer,
		casefile.Decided:          lifecycle.Communication,
		casefile.Resolved:         lifecycle.Acceptance,
		casefile.Closed:           lifecycle.Survey,
		casefile.Reopened:         lifecycle.DecisionStep,
		casefile.Withdrawn:        lifecycle.NoStep,
		casefile.Duplicate:        lifecycle.NoStep,
		casefile.Dismissed:        lifecycle.NoStep,
		casefile.Open:             lifecycle.Handling,
	} {
		s := at(t, status)
		got := lifecycle.Next(s.Case, s.rules)
		if got.Name != want {
			t.Errorf("%s: got %s", status, got.Name)
		}
		dated := want != lifecycle.NoStep && want != lifecycle.CustomerAnswer
		if got.DueAt.IsZero() == dated {
			t.Errorf("%s: by %s", status, got.DueAt)
		}
	}
}

func TestOnceAnsweredADecisionComesNext(t *testing.T) {
	s := at(t, casefile.Acknowledged)
	first := lifecycle.Next(s.Case, s.rules)
	s.must(byAnna, plain[casefile.Answering])
	got := lifecycle.Next(s.Case, s.rules)
	if got.Name != lifecycle.DecisionStep || !got.DueAt.After(first.DueAt) || !got.DueAt.Equal(time.Date(2026, time.March, 23, 9, 0, 0, 0, time.UTC)) {
		t.Errorf("got %+v", got)
	}
}

func TestTheSurveyIsOverOnceItWasAnswered(t *testing.T) {
	s := at(t, casefile.Closed)
	if got := lifecycle.Next(s.Case, s.rules); !got.DueAt.Equal(monday.AddDate(0, 0, 20)) {
		t.Errorf("until %s", got.DueAt)
	}
	s.must(byCustomer, plain[casefile.Rating])
	if got := lifecycle.Next(s.Case, s.rules); got.Name != lifecycle.NoStep || !got.DueAt.IsZero() {
		t.Errorf("got %+v", got)
	}
}
