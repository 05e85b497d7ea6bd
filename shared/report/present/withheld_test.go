package present_test

import (
	"strings"
	"testing"

	"resonanz/shared/feedback"
	"resonanz/shared/report"
	"resonanz/shared/report/doc"
	"resonanz/shared/report/present"
	"resonanz/shared/report/present/presenttest"
	"resonanz/shared/satisfaction"
)

// row finds the row of a table whose first word is the code.
func row(t *testing.T, x *doc.Table, code string) map[string]doc.Cell {
	t.Helper()
	if x == nil {
		t.Fatalf("there is no such table for %s", code)
	}
	for _, r := range x.Rows {
		if r[0].Value == code {
			cells := make(map[string]doc.Cell)
			for i, c := range r {
				cells[x.Columns[i].ID] = c
			}
			return cells
		}
	}
	t.Fatalf("table %s has no row %s", x.ID, code)
	return nil
}

func TestSmallCellsAreWithheldAndSaySo(t *testing.T) {
	d := document(presenttest.Rich(), "en")
	all := tables(d)
	few := row(t, all["csat_by_touchpoint"], "fair")
	if few["n"].Text != "<"+"\u00a0"+"5" || few["n"].Value != nil {
		t.Errorf("three responses are shown as %q (%v in the file), want < 5 and nothing", few["n"].Text, few["n"].Value)
	}
	for _, id := range []string{"csat_pct", "lo", "hi", "mean", "median", "stdev", "bottom2_pct"} {
		if few[id].Value != nil {
			t.Errorf("%s of three responses is %v in the file", id, few[id].Value)
		}
	}
	if few["csat_pct"].Text != "withheld" || few["reliability"].Text != "too few" {
		t.Errorf("a withheld row says %q and %q", few["csat_pct"].Text, few["reliability"].Text)
	}
	guard := row(t, all["csat_by_channel"], "qr")
	if guard["n"].Value != int64(10) || guard["csat_pct"].Value != nil || guard["reliability"].Value != "protects" {
		t.Errorf("the row that protects another shows %v, %v, %v", guard["n"].Value, guard["csat_pct"].Value, guard["reliability"].Value)
	}
	if silent := row(t, all["csat_by_touchpoint"], "kiosk-bonn"); silent["n"].Text != "0" || silent["reliability"].Text != "no data" {
		t.Errorf("a silent touchpoint shows %q and %q", silent["n"].Text, silent["reliability"].Text)
	}
	for id, code := range map[string]string{"nps_by_touchpoint": "fair", "fcr_by_topic": "tariff_change", "reasons": "not_solved", "card_items": "found", "touchpoint_control": "fair"} {
		withheld := false
		for column, c := range row(t, all[id], code) {
			withheld = withheld || c.Text == "withheld"
			if _, number := c.Value.(float64); number {
				t.Errorf("%s: %s of %s is in the file though withheld", id, column, code)
			}
		}
		if !withheld {
			t.Errorf("%s: the row %s does not say that it is withheld", id, code)
		}
	}
	for _, s := range d.Sections {
		for _, b := range s.Blocks {
			if b.Chart != nil && (b.Chart.ID == "chart_csat_by_touchpoint" || b.Chart.ID == "chart_distribution" || b.Chart.ID == "chart_nps") {
				for _, label := range b.Chart.Labels {
					if label == "Fair" {
						t.Errorf("%s draws what is withheld", b.Chart.ID)
					}
				}
			}
		}
	}
	if last := words(&doc.Document{Sections: d.Sections[16:]}); !strings.Contains(last, "Satisfaction by channel: 2 rows") {
		t.Error("the last section does not count what is withheld")
	}
}

func TestManyTouchpointsShareAColumn(t *testing.T) {
	r := presenttest.Rich()
	r.Complaints.Places, r.Complaints.Matrix = nil, []report.CategoryRow{{Category: "delivery.late", N: 78, Places: make(map[feedback.Touchpoint]int64)}}
	for i := range int64(12) {
		place := feedback.Touchpoint(string(rune('a' + i)))
		r.Complaints.Places = append(r.Complaints.Places, report.ComplaintRow{Touchpoint: place, N: i + 1})
		r.Complaints.Matrix[0].Places[place] = i + 1
	}
	late := row(t, tables(document(r, "en"))["complaints_by_category"], "delivery.late")
	if len(late) != 14 || late["others"].Value != int64(1+2) || late["at_c"].Value != int64(3) || late["at_l"].Value != int64(12) {
		t.Errorf("12 touchpoints have %d columns, the others %v", len(late), late["others"].Value)
	}
}

func TestAWholeMonthOfFewShowsNoShare(t *testing.T) {
	r := presenttest.Rich()
	r.Total, r.Reliability = satisfaction.Figures{N: 3, Satisfied: 2, CSATPct: satisfaction.Percent(2, 3), CSATCI95Pct: satisfaction.Wilson(2, 3)}, satisfaction.Suppressed
	for _, b := range document(r, "de").Sections[3].Blocks {
		for _, f := range b.Figures {
			if f.Value != "zurückgehalten" || !f.Muted {
				t.Errorf("of three responses %s is shown as %s", f.Label, f.Value)
			}
		}
		if b.Chart != nil && b.Chart.ID == "chart_distribution" {
			t.Error("the distribution of three responses is drawn")
		}
	}
}

func TestAnAbsenceSaysWhy(t *testing.T) {
	for l, want := range map[feedback.Language][]string{
		"de": {"In diesem Monat hat niemand bewertet.", "NPS: Die Frage nach der Weiterempfehlung hat niemand beantwortet.", "keine Annahmen hinterlegt"},
		"en": {"Nobody rated this month.", "NPS: Nobody answered the question about recommending.", "no assumptions"},
	} {
		text := words(document(presenttest.Empty(), l))
		for _, w := range want {
			if !strings.Contains(text, w) {
				t.Errorf("%s: the empty month does not say %q", l, w)
			}
		}
	}
	r := presenttest.Empty()
	for s := report.SecHeader; s <= report.SecISO; s++ {
		for _, part := range []string{"", "something"} {
			r.Absent = []report.Absence{{Section: s, Part: part, Reason: report.ReasonNoSteps}}
			if s != report.SecHeader && s != report.SecHeadlines && s != report.SecISO && !strings.Contains(words(document(r, "en")), "No step of handling this month.") {
				t.Errorf("section %d does not say why part %q has no data", s, part)
			}
		}
	}
}

func TestPageOneSaysItInThreeFigures(t *testing.T) {
	for l, want := range map[feedback.Language][]string{
		"de": {"Zufriedene Kunden", "76,6 %", "n = 1.234 · 95 %:", "Verbessert um", "Auffällig viele schlechte Bewertungen: Hotline", "von 16 offenen", "2 überfällige Beschwerden beantworten und lösen. (Abschnitt 9)", "Kasse Köln: Zufriedenheit gestiegen, von 72,4 % auf 81,9 %"},
		"en": {"Satisfied customers", "76.6%", "n = 1,234 · 95%:", "Improved by", "Unusually many low ratings: Hotline", "of 16 open", "Answer and resolve 2 overdue complaints. (section 9)", "Checkout Cologne: satisfaction rose from 72.4% to 81.9%"},
	} {
		d := document(presenttest.Rich(), l)
		text := strings.ReplaceAll(words(&doc.Document{Sections: d.Sections[1:2]}), "\u00a0", " ")
		for _, w := range want {
			if !strings.Contains(text, w) {
				t.Errorf("%s: page 1 does not say %q:\n%s", l, w, text)
			}
		}
		key := present.Headlines(presenttest.Rich(), presenttest.Options(l))
		if len(key) != 3 || key[0].Value == "" || key[0].Beside == "" || key[1].Label == "" {
			t.Errorf("%s: the headlines for a mail are %v", l, key)
		}
	}
}

// Each code of a finding makes a figure, a sentence and a duty in words, in both
// languages, with whatever fields it may lack.
func TestEveryFindingIsSaid(t *testing.T) {
	value, better := 12.5, true
	change := satisfaction.ChangeOf(satisfaction.Proportion{N: 100, Satisfied: 90}, satisfaction.Proportion{N: 100, Satisfied: 50})
	for _, code := range report.FindingCodes {
		for _, f := range []report.Finding{
			{Code: code, Section: report.SecCSAT, Subject: "hotline", Value: &value, Interval: satisfaction.Wilson(5, 40), N: 40, Before: &value, Change: &change, Better: &better},
			{Code: code, Section: report.SecCSAT, N: 1},
		} {
			r := presenttest.Rich()
			r.Headlines = report.Headlines{Key: []report.Finding{f, f, f}, Changed: []report.Finding{f}, Same: []report.Finding{f}, ToDo: []report.Finding{f}}
			for _, l := range present.Languages() {
				text := words(&doc.Document{Sections: document(r, l).Sections[1:2]})
				if strings.Contains(text, strings.ReplaceAll(code, "_", " ")) && strings.Contains(code, "_") || strings.Contains(text, "{") {
					t.Errorf("%s: %s is not said in words:\n%s", l, code, text)
				}
			}
		}
	}
}
