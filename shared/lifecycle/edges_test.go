package lifecycle_test

import (
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"resonanz/shared/casefile"
	"resonanz/shared/lifecycle"
)

// everyStatus of a complaint, and that of a case that is none.
var everyStatus = []casefile.Status{
	casefile.Draft, casefile.Received, casefile.Acknowledged, casefile.Assessed, casefile.InInvestigation,
	casefile.AwaitingCustomer, casefile.Decided, casefile.Resolved, casefile.Closed, casefile.Reopened,
	casefile.Withdrawn, casefile.Duplicate, casefile.Dismissed, casefile.Open,
}

// legal says for each status which commands change it, and into what. It is
// written out by hand from the lifecycle of the domain.
var legal = map[casefile.Status]string{
	casefile.Draft:            "staff registered acknowledged, staff duplicate duplicate, staff dismissed dismissed",
	casefile.Received:         "staff acknowledged acknowledged, staff duplicate duplicate, staff withdrawn withdrawn, customer withdrawn withdrawn",
	casefile.Acknowledged:     "staff assessed assessed, staff withdrawn withdrawn, customer withdrawn withdrawn",
	casefile.Assessed:         "staff investigating in_investigation, staff withdrawn withdrawn, customer withdrawn withdrawn",
	casefile.InInvestigation:  "staff asked awaiting_customer, staff decided decided, staff withdrawn withdrawn, customer withdrawn withdrawn",
	casefile.AwaitingCustomer: "staff investigating in_investigation, customer replied in_investigation, staff withdrawn withdrawn, customer withdrawn withdrawn",
	casefile.Decided:          "staff resolved resolved, staff withdrawn withdrawn, customer withdrawn withdrawn",
	casefile.Resolved:         "staff closed closed, staff reopened reopened, customer reopened reopened, staff withdrawn withdrawn, customer withdrawn withdrawn",
	casefile.Closed:           "staff reopened reopened, customer reopened reopened",
	casefile.Reopened:         "staff investigating in_investigation, staff withdrawn withdrawn, customer withdrawn withdrawn",
	casefile.Open:             "staff closed closed",
}

func TestOnlyTheEdgesOfTheLifecycleChangeAStatus(t *testing.T) {
	for _, status := range everyStatus {
		var got []string
		for do, cmd := range plain {
			for _, by := range []casefile.Actor{byAnna, byCustomer, bySystem} {
				s := at(t, status)
				if status == casefile.Open {
					cmd.RootCause = ""
				}
				before := s.Case
				c, entries, err := lifecycle.Apply(s.Case, cmd, by, s.now, s.rules)
				if diff := cmp.Diff(before, s.Case); diff != "" {
					t.Fatalf("%s by %s changed the case it was given:\n%s", do, by.Kind, diff)
				}
				if err != nil {
					var r *lifecycle.Refusal
					if !errors.As(err, &r) || r.Code == "" || r.Detail == "" || entries != nil {
						t.Errorf("%s by %s at %s: got %#v, %v", do, by.Kind, status, err, entries)
					}
					if diff := cmp.Diff(before, c); diff != "" {
						t.Errorf("%s by %s at %s was refused, but changed:\n%s", do, by.Kind, status, diff)
					}
					continue
				}
				if c.Status != status {
					got = append(got, string(by.Kind)+" "+string(do)+" "+string(c.Status))
				}
				if e := entries[len(entries)-1]; do == casefile.Duplicating && e.Action != do {
					t.Errorf("%s by %s at %s: recorded as %s", do, by.Kind, status, e.Action)
				} else if e := entries[0]; do != casefile.Duplicating && e.Action != do && (do != casefile.Accepting || e.Action != casefile.Closing) {
					t.Errorf("%s by %s at %s: recorded as %s", do, by.Kind, status, e.Action)
				}
			}
		}
		slices.Sort(got)
		var want []string
		if legal[status] != "" {
			want = strings.Split(legal[status], ", ")
		}
		slices.Sort(want)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("from %s:\n%s", status, diff)
		}
	}
}

// inPlace says for each status what may be done besides.
var inPlace = map[casefile.Status]string{
	casefile.Draft:            "staff: assigned noted",
	casefile.Received:         "staff: assigned linked noted; customer: attached attachment_refused replied; system: attached attachment_refused",
	casefile.Acknowledged:     "staff: answered apologised assigned compensated duplicate linked noted; customer: attached attachment_refused replied; system: attached attachment_refused",
	casefile.Assessed:         "staff: answered apologised assessed assigned compensated duplicate linked noted; customer: attached attachment_refused replied; system: attached attachment_refused",
	casefile.InInvestigation:  "staff: answered apologised assessed assigned compensated duplicate linked noted; customer: attached attachment_refused replied; system: attached attachment_refused",
	casefile.AwaitingCustomer: "staff: answered apologised assessed assigned compensated duplicate linked noted; customer: attached attachment_refused; system: attached attachment_refused",
	casefile.Decided:          "staff: answered apologised assessed assigned compensated duplicate linked noted; customer: attached attachment_refused replied; system: attached attachment_refused",
	casefile.Resolved:         "staff: answered apologised assessed assigned duplicate linked noted; customer: accepted attached attachment_refused replied; system: attached attachment_refused",
	casefile.Closed:           "staff: linked noted; customer: attachment_refused rated; system: attachment_refused",
	casefile.Reopened:         "staff: answered apologised assessed assigned compensated duplicate linked noted; customer: attached attachment_refused replied; system: attached attachment_refused",
	casefile.Withdrawn:        "staff: linked noted; customer: attachment_refused; system: attachment_refused",
	casefile.Duplicate:        "staff: linked noted; customer: attachment_refused; system: attachment_refused",
	casefile.Dismissed:        "staff: noted",
	casefile.Open:             "staff: assigned noted",
}

func TestWhatMayBeDoneWithoutChangingTheStatus(t *testing.T) {
	for _, status := range everyStatus {
		var got []string
		for _, by := range []casefile.Actor{byAnna, byCustomer, bySystem} {
			var done []string
			for _, do := range slices.Sorted(maps.Keys(plain)) {
				s := at(t, status)
				if c, _, err := lifecycle.Apply(s.Case, plain[do], by, s.now, s.rules); err == nil && c.Status == status {
					done = append(done, string(do))
				}
			}
			if len(done) > 0 {
				got = append(got, string(by.Kind)+": "+strings.Join(done, " "))
			}
		}
		if diff := cmp.Diff(inPlace[status], strings.Join(got, "; ")); diff != "" {
			t.Errorf("at %s:\n%s", status, diff)
		}
	}
}

func TestWhatIsAllowedIsWhatGoesThrough(t *testing.T) {
	for _, status := range everyStatus {
		for _, by := range []casefile.Actor{byAnna, byCustomer, bySystem} {
			s := at(t, status)
			got := lifecycle.Allowed(s.Case, by.Kind, s.now, s.rules)
			for do, cmd := range plain {
				if status == casefile.Open {
					cmd.RootCause = ""
				}
				_, _, err := lifecycle.Apply(s.Case, cmd, by, s.now, s.rules)
				if allowed := slices.Contains(got, do); allowed != (err == nil) {
					t.Errorf("%s by %s at %s: allowed %v, but %v", do, by.Kind, status, allowed, err)
				}
			}
		}
	}
}
