package lifecycle_test

import (
	"testing"
	"time"

	"resonanz/shared/casefile"
	"resonanz/shared/lifecycle"
)

func TestWhatStaffSayIsKept(t *testing.T) {
	for _, status := range []casefile.Status{casefile.Draft, casefile.Received, casefile.Assessed} {
		s := at(t, status).must(byAnna, plain[casefile.Duplicating])
		if s.Handling.DuplicateOf != "2603-0000-0000" {
			t.Errorf("%s: a duplicate of %q", status, s.Handling.DuplicateOf)
		}
		if want := status == casefile.Received; s.last().Inform != want { // only this customer knows of a complaint, and that it ends
			t.Errorf("%s: told %v", status, !want)
		}
	}
	s := at(t, casefile.Acknowledged).must(byAnna, lifecycle.Command{Do: casefile.Assessing, Severity: casefile.Medium, Urgency: casefile.Immediate})
	if s.Handling.Urgency != casefile.Immediate {
		t.Errorf("urgency %s", s.Handling.Urgency)
	}
	s.later(time.Hour).must(byAnna, plain[casefile.Apologising])
	if !s.Handling.ApologyAt.Equal(s.now) {
		t.Errorf("apologised at %s", s.Handling.ApologyAt)
	}
	at(t, casefile.Draft).must(byAnna, lifecycle.Command{Do: casefile.Registered, Category: "product.safety", Severity: casefile.Critical}) // as severe as its category
}

func TestOfWhatHasEndedNothingIsLeftToHandle(t *testing.T) {
	s := at(t, casefile.Assessed)
	s.raise("REPEAT_COMPLAINT", "high")
	s.later(time.Hour).must(byCustomer, plain[casefile.Withdrawing])
	if e := s.Handling.Escalations[0]; !e.HandledAt.Equal(s.now) {
		t.Errorf("%+v", e)
	}
}
