package pages

import (
	"slices"
	"strings"
	"testing"

	"resonanz/shared/casefile"
	"resonanz/shared/feedback"
	"resonanz/shared/lifecycle"
)

func TestThePagesOfComplaintsLackNothingInAnyLanguage(t *testing.T) {
	if got := MissingComplaint(Languages()); len(got) > 0 {
		t.Errorf("missing: %q", got)
	}
	for l, spoken := range complaintTexts {
		x := spoken()
		for _, n := range []int{len(x.titles) - len(complaintGerman().titles), len(x.entries) - len(complaintGerman().entries), len(x.errors) - len(complaintGerman().errors)} {
			if n != 0 {
				t.Errorf("%s says %d things more than German", l, n)
			}
		}
	}
}

func TestWhatThePagesOfComplaintsLackIsNamed(t *testing.T) {
	broken := *complaintFrench()
	broken.Send = ""
	broken.steps[2] = ""
	broken.nextBy = map[lifecycle.StepName]string{}
	broken.nextMissed = map[lifecycle.StepName]string{"only_here": "…"}
	complaintTexts["xx"] = func() *complaintText { return &broken }
	defer delete(complaintTexts, "xx")
	got := MissingComplaint([]feedback.Language{"xx", "es"})
	got = append(got, MissingComplaint([]feedback.Language{"de"})...)
	for _, want := range []string{"es: every text of complaints", "xx: Send", "xx: steps", "xx: next step by decision", "de: next step late only_here"} {
		if !slices.Contains(got, want) {
			t.Errorf("%q lacks %q", got, want)
		}
	}
}

// What stands for something is in every language's sentence, or in none.
func TestTheSentencesOfAllLanguagesAreFilledAlike(t *testing.T) {
	names := func(s string) string {
		var found []string
		for _, n := range []string{"{due}", "{hours}", "{other}", "{n}", "{of}", "{mb}", "{kind}", "{amount}", "{sign}", "{until}"} {
			if strings.Contains(s, n) {
				found = append(found, n)
			}
		}
		return strings.Join(found, " ")
	}
	same := func(l feedback.Language, what, got, want string) {
		t.Helper()
		if names(got) != names(want) {
			t.Errorf("%s, %s: %q names %q, want %q", l, what, got, names(got), names(want))
		}
	}
	g := complaintGerman()
	for l, spoken := range complaintTexts {
		x := spoken()
		for k := range g.nextBy {
			same(l, string(k), x.nextBy[k], g.nextBy[k])
		}
		for k := range g.nextMissed {
			same(l, string(k), x.nextMissed[k], g.nextMissed[k])
		}
		for k := range g.nextSometime {
			same(l, string(k), x.nextSometime[k], "")
		}
		for k := range g.entries {
			same(l, string(k), x.entries[k], g.entries[k])
		}
		same(l, "phone", x.PhoneHint, g.PhoneHint)
		same(l, "other case", x.OtherCase, g.OtherCase)
		same(l, "files", x.FilesText, g.FilesText)
		same(l, "files checked", x.FilesChecked, g.FilesChecked)
		same(l, "too large", x.FilesTooLarge, g.FilesTooLarge)
		same(l, "amount", x.Amount, g.Amount)
		same(l, "reopening", x.ReopenUntil, g.ReopenUntil)
	}
}

func TestEveryStepOfALifecycleHasItsWords(t *testing.T) {
	steps := []lifecycle.StepName{
		lifecycle.Triage, lifecycle.Acknowledgement, lifecycle.FirstAnswer, lifecycle.DecisionStep,
		lifecycle.CustomerAnswer, lifecycle.Communication, lifecycle.Acceptance, lifecycle.ClosingStep,
	}
	for _, s := range steps {
		if complaintGerman().nextSometime[s] == "" {
			t.Errorf("nothing is said of %s", s)
		}
	}
	for _, s := range []casefile.Status{
		casefile.Draft, casefile.Received, casefile.Acknowledged, casefile.Assessed, casefile.InInvestigation, casefile.AwaitingCustomer, casefile.Decided,
		casefile.Resolved, casefile.Reopened, casefile.Closed, casefile.Withdrawn, casefile.Duplicate, casefile.Dismissed,
	} {
		if complaintGerman().titles[s] == "" {
			t.Errorf("nothing is said of %s", s)
		}
	}
	for _, kinds := range casefile.CompensationKinds {
		for _, k := range kinds {
			if complaintGerman().kinds[k] == "" {
				t.Errorf("nothing is said of %s", k)
			}
		}
	}
}
