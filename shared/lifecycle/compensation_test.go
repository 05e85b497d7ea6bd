package lifecycle_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"resonanz/events"
	"resonanz/shared/casefile"
	"resonanz/shared/lifecycle"
)

func refund(cents int64) lifecycle.Command {
	return lifecycle.Command{Do: casefile.Compensating, Compensation: &casefile.Compensation{
		ID: "9", Type: "financial", Kind: "refund", Cents: cents, State: casefile.Promised, By: "somebody",
	}}
}

func TestWhatIsPromisedNeedsAnotherPersonAboveTheBound(t *testing.T) {
	s := at(t, casefile.Assessed).must(byAnna, refund(10000))
	if a := s.last().Alert; a != nil {
		t.Errorf("nothing waits: %+v", a)
	}
	s.must(byAnna, refund(1))
	if a := s.last().Alert; a == nil || a.Reason != events.CaseChanged || a.Action != "compensated" {
		t.Errorf("nobody hears that something waits: %+v", a)
	}
	want := []casefile.Compensation{
		{ID: "1", Type: "financial", Kind: "refund", Cents: 10000, State: casefile.Promised, At: monday, By: anna},
		{ID: "2", Type: "financial", Kind: "refund", Cents: 1, State: casefile.Waiting, At: monday, By: anna},
	}
	if diff := cmp.Diff(want, s.Handling.Compensations); diff != "" {
		t.Error(diff)
	}
	s.must(byBoris, lifecycle.Command{Do: casefile.Approving, ID: "2"})
	if p := s.Handling.Compensations[1]; p.State != casefile.Promised || p.By != anna || lifecycle.Owed(&s.Handling) != 10001 {
		t.Errorf("got %+v", p)
	}
}

func TestWhatWasDeclinedLeavesRoomForSomethingElse(t *testing.T) {
	s := at(t, casefile.InInvestigation).must(byAnna, refund(50000))
	if err := s.try(byAnna, refund(1)); err == nil {
		t.Error("above the limit")
	}
	s.must(byAnna, lifecycle.Command{Do: casefile.Declining, ID: "1"}, refund(50000))
	if h := &s.Handling; lifecycle.Owed(h) != 50000 || len(h.Compensations) != 2 || h.Compensations[0].State != casefile.Refused {
		t.Errorf("got %+v", h.Compensations)
	}
	s.must(byBoris, lifecycle.Command{Do: casefile.Approving, ID: "2"}).must(byAnna, plain[casefile.Deciding], plain[casefile.Resolving])
}

func TestALimitThatWasLoweredHoldsForApprovals(t *testing.T) {
	s := at(t, casefile.Assessed).must(byAnna, refund(20000))
	s.rules.Limit = func(string) (int64, int64) { return 15000, 0 }
	if err := s.try(byBoris, lifecycle.Command{Do: casefile.Approving, ID: "1"}); err == nil {
		t.Error("approved above the limit")
	}
	s.must(byBoris, lifecycle.Command{Do: casefile.Declining, ID: "1"})
}

func TestWhatCostsNothingNeedsNoApproval(t *testing.T) {
	s := at(t, casefile.Assessed).must(byAnna, refund(10000))
	if !s.Handling.ApologyAt.IsZero() {
		t.Error("money is no apology")
	}
	s.must(byAnna, lifecycle.Command{Do: casefile.Compensating, Compensation: &casefile.Compensation{Type: "immaterial", Kind: "apology"}})
	if p := s.Handling.Compensations[1]; p.State != casefile.Promised || s.Handling.ApologyAt.IsZero() {
		t.Errorf("got %+v, apology %s", p, s.Handling.ApologyAt)
	}
}

func TestADecisionNamesWhoAnswersForIt(t *testing.T) {
	for name, test := range map[string]struct {
		cmd  lifecycle.Command
		want string
	}{
		"whoever decided":       {plain[casefile.Deciding], boris},
		"the owner of the case": {plain[casefile.Deciding], "carla"},
		"whoever is named":      {with(casefile.Deciding, func(c *lifecycle.Command) { c.Owner = "dora" }), "dora"},
	} {
		s := at(t, casefile.InInvestigation)
		if name == "the owner of the case" {
			s.must(byAnna, lifecycle.Command{Do: casefile.Assigning, Owner: "carla"})
		}
		if s.must(byBoris, test.cmd); s.Handling.Decision.By != test.want {
			t.Errorf("%s: got %s", name, s.Handling.Decision.By)
		}
	}
	s := at(t, casefile.InInvestigation).must(byAnna, lifecycle.Command{Do: casefile.Deciding, Outcome: casefile.Rejected, Reason: "expired", Words: words("It was bought in 2019.")})
	if d := s.Handling.Decision; d.Outcome != casefile.Rejected || d.Reason != "expired" || !d.At.Equal(s.now) || s.last().Words == nil {
		t.Errorf("got %+v", d)
	}
}
