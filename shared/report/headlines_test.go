package report_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"resonanz/shared/feedback"
	"resonanz/shared/report"
	"resonanz/shared/satisfaction"
)

func codes(all []report.Finding) (out []string) {
	for _, f := range all {
		out = append(out, f.Code)
	}
	return out
}

// february are ratings like those of marchOf, a month earlier.
func february(t testing.TB, good, low int) []feedback.Rating {
	votes := marchOf(t, good, low)
	for i := range votes {
		v := &votes[i]
		v.EventID = feedback.DeriveEventID("february", strconv.Itoa(i))
		v.SubmittedAt, v.ReceivedAt = v.SubmittedAt.AddDate(0, -1, 0), v.ReceivedAt.AddDate(0, -1, 0)
		v.ResponseKey = feedback.KeyFor(v.EventID, v.SubmittedAt, berlin(t))
	}
	return votes
}

func TestTheThreeHeadlines(t *testing.T) {
	overdue := func(t *testing.T) *tale { return received(t, 1, monday).after(12 * day) }
	quick := func(t *testing.T, n int) *tale { return received(t, n, monday).after(time.Hour).resolved() }
	for name, tt := range map[string]struct {
		votes  []feedback.Rating
		tales  []*tale
		change func(*report.Input)
		want   []string
	}{
		"nothing at all": {want: []string{report.FindNoResponses, report.FindCoverage, report.FindNoSignal}},
		"four responses": {votes: marchOf(t, 4, 0), want: []string{report.FindCSATFew, report.FindCoverage, report.FindNoSignal}},
		"a month":        {votes: marchOf(t, 40, 10), want: []string{report.FindCSAT, report.FindCoverage, report.FindNoSignal}},
		"weighted, with a complaint": {
			votes: marchOf(t, 40, 10), tales: []*tale{quick(t, 1)},
			change: func(in *report.Input) {
				in.Contacts = map[feedback.Touchpoint]int64{"hotline": 900, "checkout-cologne": 100}
			},
			want: []string{report.FindCSATWeighted, report.FindComplaintRate, report.FindNoSignal},
		},
		"a complaint, contacts not known": {
			votes: marchOf(t, 40, 10), tales: []*tale{quick(t, 1)}, want: []string{report.FindCSAT, report.FindComplaints, report.FindNoSignal},
		},
		"five complaints that were due": {
			votes: marchOf(t, 40, 10), tales: []*tale{quick(t, 1), quick(t, 2), quick(t, 3), quick(t, 4), quick(t, 5)},
			want: []string{report.FindCSAT, report.FindSLA, report.FindNoSignal},
		},
		"one that is overdue": {
			votes: marchOf(t, 40, 10), tales: []*tale{overdue(t)}, want: []string{report.FindCSAT, report.FindOverdue, report.FindNoSignal},
		},
		"far more low ratings": {
			votes: marchOf(t, 40, 30), change: func(in *report.Input) { in.History = history(12, 5, 0, 0) },
			want: []string{report.FindCSAT, report.FindCoverage, report.FindLowSignal},
		},
		"low ratings above the centre for long": {
			votes: marchOf(t, 93, 7), change: func(in *report.Input) {
				in.History = append(history(12, 1, 0, 0)[:5], history(7, 6, 0, 0)...)
			},
			want: []string{report.FindCSAT, report.FindCoverage, report.FindLowRun},
		},
		"a signal at one touchpoint": {
			votes: append(marchOf(t, 400, 20), func() (all []feedback.Rating) {
				for i := range 10 {
					all = append(all, vote(t, 1000+i, 1, at("repair")))
				}
				return all
			}()...),
			change: func(in *report.Input) {
				in.History = history(12, 8, 0, 0)
				for _, p := range in.History {
					p.Touchpoints["repair"] = report.PastCounts{N: 50, Low: 2}
				}
			},
			want: []string{report.FindCSAT, report.FindCoverage, report.FindPlaceSignal},
		},
		"a touchpoint changed": {
			votes: append(append(marchOf(t, 100, 5), february(t, 60, 40)...), vote(t, 300, 5, at("repair")), vote(t, 301, 5, at("repair")),
				vote(t, 302, 5, at("repair")), vote(t, 303, 5, at("repair")), vote(t, 304, 5, at("repair"))),
			want: []string{report.FindCSAT, report.FindCoverage, report.FindPlaceChange},
		},
		"the only touchpoint changed": {
			votes: append(marchOf(t, 100, 5), february(t, 60, 40)...), want: []string{report.FindCSAT, report.FindCoverage, report.FindCSATChange},
		},
		"an NPS": {
			votes: append(marchOf(t, 10, 0), vote(t, 50, 5, recommends(9)), vote(t, 51, 5, recommends(9)), vote(t, 52, 5, recommends(2)),
				vote(t, 53, 5, recommends(9)), vote(t, 54, 5, recommends(7))),
			want: []string{report.FindCSAT, report.FindCoverage, report.FindNPS},
		},
		"two touchpoints": {
			votes: append(marchOf(t, 10, 0), vote(t, 50, 1, at("repair")), vote(t, 51, 1, at("repair")), vote(t, 52, 1, at("repair")),
				vote(t, 53, 1, at("repair")), vote(t, 54, 5, at("repair"))),
			want: []string{report.FindCSAT, report.FindCoverage, report.FindWeakest},
		},
	} {
		t.Run(name, func(t *testing.T) {
			in := march(t, tell(tt.tales...).batch(t))
			in.Facts.Append(input(t, time.Time{}, tt.votes).Facts)
			if tt.change != nil {
				tt.change(&in)
			}
			r := build(t, in)
			if diff := cmp.Diff(tt.want, codes(r.Headlines.Key)); diff != "" {
				t.Errorf("headlines (-want +got):\n%s", diff)
			}
		})
	}
}

func TestTheResponseRateLeadsWhereNobodyComplained(t *testing.T) {
	var invitations []feedback.Invitation
	for i := range 6 {
		at := time.Date(2026, 3, 10, 8, 0, i, 0, time.UTC)
		invitations = append(invitations, invite(feedback.KeyFor(feedback.DeriveEventID("asked", strconv.Itoa(i)), at, berlin(t)), 100+i))
	}
	f := build(t, input(t, time.Time{}, marchOf(t, 10, 0), invitations...)).Headlines.Key[1]
	if f.Code != report.FindResponseRate || *f.Value != 0 || f.N != 6 || f.Interval == nil {
		t.Errorf("second headline %+v", f)
	}
}

func TestWhatChangedIsWhatChanceDoesNotExplain(t *testing.T) {
	votes := append(marchOf(t, 100, 5), february(t, 60, 40)...) // the hotline, far better
	for i := range 10 {                                         // the repair, much as before
		votes = append(votes, vote(t, 200+i, 5, at("repair")))
		before := february(t, 210+i, 0)[200+i]
		before.Touchpoint = "repair"
		votes = append(votes, before)
	}
	in := input(t, time.Time{}, votes)
	in.History = history(1, 5, 3, 1000)
	in.Contacts = map[feedback.Touchpoint]int64{"hotline": 1000}
	h := build(t, in).Headlines
	if diff := cmp.Diff([]string{report.FindCSATChange, report.FindPlaceChange}, codes(h.Changed)); diff != "" {
		t.Errorf("changed (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{report.FindComplaintsChange, report.FindPlaceChange}, codes(h.Same)); diff != "" {
		t.Errorf("the same (-want +got):\n%s", diff)
	}
	for _, f := range h.Changed {
		if f.Better == nil || !*f.Better || f.Change.Verdict != satisfaction.Improved || f.Before == nil {
			t.Errorf("%s %s: %+v", f.Code, f.Subject, f)
		}
	}
	if h.Changed[1].Subject != "hotline" || h.Same[1].Subject != "repair" || h.Same[0].Better != nil {
		t.Errorf("changed %s, the same %s", h.Changed[1].Subject, h.Same[1].Subject)
	}
}

func TestWhatToDoComesFromTheFiguresAndIsAtMostFiveThings(t *testing.T) {
	plain := build(t, input(t, time.Time{}, marchOf(t, 40, 0)))
	if len(plain.Headlines.ToDo) != 0 {
		t.Errorf("to do after a good month: %v", codes(plain.Headlines.ToDo))
	}
	annoyed := func(n int) report.Input {
		var all []*tale
		for i := range n {
			all = append(all, received(t, 1+i, monday, func(c *feedback.Complaint) { c.Annoyance = pointer(4) }).after(12*day))
		}
		return march(t, tell(all...).batch(t))
	}
	in := annoyed(5)
	in.Facts.Append(input(t, time.Time{}, marchOf(t, 12, 8)).Facts)
	in.Touchpoints = map[feedback.Touchpoint]feedback.Scale{"hotline": feedback.Stars5, "repair": feedback.Stars5, "checkout-cologne": feedback.Stars5}
	in.Unread = []report.Unread{{Object: "facts/month=2026-03/rating/0.parquet", Reason: "corrupt"}}
	in.Evidence = &report.Reconciliation{Stored: 10, Delivered: 9, Missing: 1}
	in.History = history(12, 2, 0, 0)
	r := build(t, in)
	want := []string{report.FindUnread, report.FindEvidenceGap, report.FindOverdue, report.FindPlaceSignal, report.FindTopProblem}
	if diff := cmp.Diff(want, codes(r.Headlines.ToDo)); diff != "" {
		t.Errorf("to do (-want +got):\n%s", diff)
	}
	if todo := codes(build(t, annoyed(4)).Headlines.ToDo); slices.Contains(todo, report.FindTopProblem) {
		t.Errorf("four complaints have a greatest problem: %v", todo)
	}
	in = input(t, time.Time{}, marchOf(t, 6, 0))
	in.Touchpoints = map[feedback.Touchpoint]feedback.Scale{"repair": feedback.Stars5, "desk": feedback.Stars5}
	todo := build(t, in).Headlines.ToDo
	if diff := cmp.Diff([]string{report.FindSilent, report.FindUnknownPlaces, report.FindFewResponses}, codes(todo)); diff != "" {
		t.Errorf("to do (-want +got):\n%s", diff)
	}
	if todo[0].N != 2 || todo[0].Subject != "desk" || todo[1].N != 6 || todo[1].Subject != "hotline" || todo[2].Subject != "hotline" {
		t.Errorf("to do: %+v", todo)
	}
}

func TestAWithheldTouchpointIsNeverAFinding(t *testing.T) {
	votes := append(marchOf(t, 40, 0), vote(t, 90, 1, at("repair")), vote(t, 91, 1, at("repair")))
	in := input(t, time.Time{}, votes)
	in.History = history(12, 2, 0, 0)
	for _, p := range in.History {
		p.Touchpoints["repair"] = report.PastCounts{N: 50, Low: 1}
	}
	h := build(t, in).Headlines
	for _, f := range slices.Concat(h.Key, h.Changed, h.Same) {
		if f.Subject == "repair" || f.Subject == "hotline" {
			t.Errorf("%s of %s gives away what two customers said", f.Code, f.Subject)
		}
	}
}

// TestEveryCodeIsListed finds the constants in the source: a code that the
// lists lack has no sentence either.
func TestEveryCodeIsListed(t *testing.T) {
	notes := make([]string, len(report.Notes))
	for i, n := range report.Notes {
		notes[i] = string(n)
	}
	for _, list := range []struct {
		file, prefix string
		codes        []string
	}{
		{"findings.go", "Find", report.FindingCodes}, {"absent.go", "Reason", report.ReasonCodes}, {"model.go", "Note", notes},
	} {
		parsed, err := parser.ParseFile(token.NewFileSet(), list.file, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		var found []string
		ast.Inspect(parsed, func(n ast.Node) bool {
			spec, ok := n.(*ast.ValueSpec)
			if !ok || len(spec.Values) != 1 || !strings.HasPrefix(spec.Names[0].Name, list.prefix) {
				return true
			}
			if v, ok := spec.Values[0].(*ast.BasicLit); ok {
				code, err := strconv.Unquote(v.Value)
				if err != nil {
					t.Fatal(err)
				}
				found = append(found, code)
			}
			return true
		})
		slices.Sort(found)
		listed := slices.Sorted(slices.Values(list.codes))
		if diff := cmp.Diff(found, listed); diff != "" {
			t.Errorf("%s: constants (-) and list (+):\n%s", list.file, diff)
		}
	}
}

func TestAGroupOfOneTouchpointIsToldOfOnce(t *testing.T) {
	in := input(t, time.Time{}, append(marchOf(t, 100, 5), february(t, 60, 40)...))
	h := build(t, in).Headlines
	if diff := cmp.Diff([]string{report.FindCSATChange}, codes(append(h.Changed, h.Same...))); diff != "" {
		t.Errorf("looked at (-want +got):\n%s", diff)
	}
	for _, f := range h.Changed {
		if f.Interval == nil || !f.Interval.Contains(*f.Value) {
			t.Errorf("%s: %v in %v", f.Code, *f.Value, f.Interval)
		}
	}
}

func TestAllSatisfiedAtEachTouchpointIsNoCertainty(t *testing.T) {
	in := input(t, time.Time{}, append(marchOf(t, 4, 0), vote(t, 90, 5, at("repair")), vote(t, 91, 5, at("repair"))))
	in.Contacts = map[feedback.Touchpoint]int64{"hotline": 100, "repair": 50}
	f := build(t, in).Headlines.Key[0]
	if f.Code != report.FindCSATWeighted || *f.Value != 100 || f.Interval.Lo() > 80 || f.Interval.Hi() != 100 {
		t.Errorf("%s %v in %v", f.Code, *f.Value, f.Interval)
	}
}
