package present_test

import (
	"strings"
	"testing"

	"resonanz/shared/report"
	"resonanz/shared/report/doc"
	"resonanz/shared/report/present/presenttest"
	"resonanz/shared/satisfaction"
)

// headlinesOf are the key figures and all words of page 1.
func headlinesOf(r *report.Report, h report.Headlines) ([]doc.Figure, string) {
	r.Headlines = h
	d := document(r, "en")
	var key []doc.Figure
	s := d.Sections[report.SecHeadlines-1]
	for _, b := range s.Blocks {
		key = append(key, b.Figures...)
	}
	return key, words(&doc.Document{Sections: []doc.Section{s}})
}

func TestAMonthWithoutResponsesClaimsNothing(t *testing.T) {
	zero := 0.0
	key, _ := headlinesOf(presenttest.Empty(), report.Headlines{Key: []report.Finding{
		{Code: report.FindNoResponses, Section: report.SecCSAT},
		{Code: report.FindCoverage, Section: report.SecQuality, Value: &zero, N: 3},
		{Code: report.FindNoSignal, Section: report.SecTrends},
	}})
	if len(key) != 3 || key[1].Value != "0 of 3" || key[1].Beside != "" {
		t.Errorf("coverage is shown as %+v, want 0 of 3", key)
	}
	if last := key[len(key)-1]; last.Value != "cannot tell" || !last.Muted || strings.Contains(last.Change, "within") {
		t.Errorf("without a response it is said that nothing stands out: %+v", last)
	}
}

func TestAnActionWhoseEffectIsNotDetectableIsNotCondemned(t *testing.T) {
	r := presenttest.Rich()
	r.Actions = []report.ActionEffect{{}}
	r.Actions[0].ID, r.Actions[0].Title = "CA-1", "Second carrier"
	of := func(n, k, before, beforeK int64) string {
		now, then := satisfaction.Proportion{N: n, Satisfied: k}, satisfaction.Proportion{N: before, Satisfied: beforeK}
		c := satisfaction.ChangeOf(now, then)
		_, said := headlinesOf(r, report.Headlines{ToDo: []report.Finding{{
			Code: report.FindNoEffect, Section: report.SecActions, Subject: "CA-1", N: n, Change: &c,
			Value: satisfaction.Percent(k, n), Before: satisfaction.Percent(beforeK, before),
		}}})
		return said
	}
	if said := of(41, 3, 40, 5); !strings.Contains(said, "no effect is detectable so far") || strings.Contains(said, "Reconsider") {
		t.Errorf("12.5%% before and 7.3%% after of forty: %s", said)
	}
	if said := of(400, 120, 400, 40); !strings.Contains(said, "Reconsider the action") {
		t.Errorf("a share that rose from 10%% to 30%%: %s", said)
	}
}

func TestOneComplaintIsOneAndFewMentionsAreNoShare(t *testing.T) {
	r := presenttest.Rich()
	value, before := 3.85, 2.0
	c := satisfaction.ChangeOfRates(1, 260, 2, 1000, 1000)
	index := 100.0
	_, said := headlinesOf(r, report.Headlines{
		Same: []report.Finding{{Code: report.FindComplaintsChange, Section: report.SecComplaints, Value: &value, Before: &before, N: 1, Change: &c}},
		ToDo: []report.Finding{{Code: report.FindTopProblem, Section: report.SecFRAP, Subject: "delivery.late", Value: &index, N: 3}},
	})
	if !strings.Contains(said, "1 complaint;") {
		t.Errorf("one complaint is not said as one: %s", said)
	}
	if strings.Contains(said, "100.0%") || !strings.Contains(said, "(3 mentions)") {
		t.Errorf("three mentions are given a share: %s", said)
	}
}

func TestNoComplaintIsNoGoodNewsByItself(t *testing.T) {
	r := presenttest.Rich()
	zero, before, better := 0.0, 2.95, true
	c := satisfaction.ChangeOfRates(0, 5000, 41, 13876, 1000)
	_, said := headlinesOf(r, report.Headlines{Changed: []report.Finding{
		{Code: report.FindComplaintsChange, Section: report.SecComplaints, Value: &zero, Before: &before, Change: &c, Better: &better},
	}})
	if !strings.Contains(said, "does not say that everybody is satisfied") || strings.Contains(said, "0.00") {
		t.Errorf("no complaint is told as %s", said)
	}
}

func TestAChartOfManyCategoriesShowsTheFirstAndSaysSo(t *testing.T) {
	r := presenttest.Rich()
	r.Complaints.Matrix = nil
	for i := range 20 {
		r.Complaints.Matrix = append(r.Complaints.Matrix, report.CategoryRow{Category: string(rune('a' + i)), N: int64(20 - i)})
	}
	d := document(r, "en")
	for _, b := range d.Sections[report.SecComplaints-1].Blocks {
		if b.Chart != nil && b.Chart.ID == "chart_complaints" {
			if len(b.Chart.Labels) != 12 || !strings.Contains(b.Chart.Title, "the first 12 of 20") {
				t.Errorf("%d bars below %q, want 12 and that there are 20", len(b.Chart.Labels), b.Chart.Title)
			}
		}
	}
	if n := len(tables(d)["complaints_by_category"].Rows); n != 20 {
		t.Errorf("the table has %d categories, want all 20", n)
	}
}

func TestARestatementTellsTheWholeFirstAndNoChangeAsNone(t *testing.T) {
	r := presenttest.Rich()
	r.Header.Status, r.Header.Restates = report.Restated, 2
	a, b, c := 81.4930, 81.4970, 82.0
	r.Header.Differences = []report.Difference{{Path: "by_channel.kiosk.index_0_100", Before: &a, After: &b}, {Path: "total.csat_pct", Before: &a, After: &c}}
	rows := tables(document(r, "en"))["differences"].Rows
	if rows[0][0].Value != "total.csat_pct" {
		t.Errorf("first comes %v, want the whole", rows[0][0].Value)
	}
	if last := rows[1][3].Text; last != "+0.0040" {
		t.Errorf("a difference of 0.004 is told as %s", last)
	}
}
