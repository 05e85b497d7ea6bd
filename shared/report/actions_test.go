package report_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"resonanz/shared/feedback"
	"resonanz/shared/lifecycle"
	"resonanz/shared/report"
	"resonanz/shared/satisfaction"
)

func TestActionsBeforeAndAfter(t *testing.T) {
	w := new(world)
	add := func(n int, at time.Time, category string, count int) {
		for i := range count {
			w.complaints = append(w.complaints, complaintFact(t, n+i, at.Add(time.Duration(i)*time.Minute), func(c *feedback.Complaint) { c.Category = category }))
		}
	}
	starts := time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC)
	add(0, starts.Add(-5*day), "delivery.late", 60)
	add(100, starts.Add(-5*day), "billing", 20)
	add(200, starts.Add(5*day), "delivery", 10)
	add(300, starts.Add(5*day), "billing", 40)
	add(400, starts.Add(-31*day), "billing", 40) // before the stretch
	add(500, starts.Add(32*day), "delivery", 5)  // after the period
	linked := received(t, 900, starts.Add(6*day)).do(anna, lifecycle.Command{Do: "linked", CorrectiveAction: "new-carrier"})
	other := tell(linked)
	w.complaints, w.steps = append(w.complaints, other.complaints...), other.steps
	w2 := func(in *report.Input) {
		in.Actions = []report.Action{
			{ID: "future", Category: "delivery", StartsAt: time.Date(2026, 4, 1, 0, 0, 0, 0, time.UTC)},
			{ID: "new-carrier", Category: "delivery", StartsAt: starts},
			{ID: "nobody", Category: "delivery", StartsAt: starts.Add(-300 * day), DoneAt: starts.Add(-200 * day)},
			{ID: "old", Category: "delivery", StartsAt: starts.Add(-400 * day)},
			{ID: "yesterday", Category: "delivery", StartsAt: starts.Add(-10 * day), DoneAt: starts.Add(30 * day)},
		}
	}
	got := reportOf(t, w, w2).Actions
	reasons := map[string]string{}
	for _, a := range got {
		reasons[a.ID] = a.Reason
	}
	want := map[string]string{"future": "not_begun", "new-carrier": "", "nobody": "no_complaints", "old": "too_old", "yesterday": "too_recent"}
	if diff := cmp.Diff(want, reasons); diff != "" {
		t.Fatal(diff)
	}
	a := got[1]
	if a.Days != 30 || a.Before != (satisfaction.Proportion{N: 80, Satisfied: 60}) || a.After != (satisfaction.Proportion{N: 51, Satisfied: 11}) || a.Linked != 1 {
		t.Errorf("%+v", a)
	}
	if *a.BeforePct != 75 || *a.Change.DeltaPP >= 0 || a.Change.Verdict != satisfaction.Improved {
		t.Errorf("fewer complaints of the category are better: %+v", a.Change)
	}
	worse := reportOf(t, w, func(in *report.Input) {
		in.Actions = []report.Action{{ID: "invoices", Category: "billing", StartsAt: starts}}
	}).Actions[0]
	if worse.Change.Verdict != satisfaction.Declined || *worse.Change.DeltaPP <= 0 {
		t.Errorf("more complaints of the category are worse: %+v", worse.Change)
	}
	if !a.BeforeFrom.Equal(starts.In(zone(t)).AddDate(0, 0, -30)) || !a.AfterFrom.Equal(starts) {
		t.Errorf("from %s, then from %s", a.BeforeFrom, a.AfterFrom)
	}
}
