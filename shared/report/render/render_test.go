package render

import (
	"bytes"
	"fmt"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"time"

	"resonanz/shared/feedback"
	"resonanz/shared/period"
	"resonanz/shared/report"
	"resonanz/shared/responses"
	"resonanz/shared/satisfaction"
)

var (
	berlin = func() *time.Location {
		z, err := time.LoadLocation("Europe/Berlin")
		if err != nil {
			panic(err)
		}
		return z
	}()
	march = func() period.Period {
		p, err := period.Parse("2026-03")
		if err != nil {
			panic(err)
		}
		return p
	}()
)

// month builds a report of so many votes of each number of stars at a
// touchpoint, this month and the month before.
func month(t *testing.T, cutoff time.Time, this, before map[string][5]int) *report.Report {
	t.Helper()
	facts := new(responses.Batch)
	n := 0
	for shift, votes := range []map[string][5]int{this, before} {
		at := time.Date(2026, time.Month(3-shift), 10, 12, 0, 0, 0, time.UTC)
		for touchpoint, stars := range votes {
			for s, count := range stars {
				for range count {
					n++
					v := responses.Vote{Submitted: at.UnixMilli(), Received: at.UnixMilli(), Rating: int8(s + 1), Touchpoint: facts.Name(touchpoint), Key: responses.Key{Month: uint16(march.Add(-shift).Index())}}
					v.Event[0], v.Event[1], v.Key.ID[0], v.Key.ID[1] = byte(n>>8), byte(n), byte(n>>8), byte(n)
					facts.Votes = append(facts.Votes, v)
				}
			}
		}
	}
	r, err := report.Build(report.Input{
		Organisation: "Beispiel GmbH", Period: march, Zone: berlin, Cutoff: cutoff, FreezeDay: 6, Rules: responses.DefaultRules,
		TopBox10: 2, MinimumN: 5, IndicativeN: 30, Touchpoints: map[feedback.Touchpoint]feedback.Scale{"hotline": feedback.Stars5}, Facts: facts,
	})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func final(t *testing.T, this, before map[string][5]int) *report.Report {
	return month(t, march.Freeze(6, berlin), this, before)
}

// says is the text of the page without its markup.
func says(r *report.Report, l feedback.Language) string {
	page := string(HTML(r, Options{Language: l, Names: map[feedback.Touchpoint]string{"hotline": "Service-Hotline"}}))
	_, page, _ = strings.Cut(page, "</style>")
	text := regexp.MustCompile(`<[^>]*>`).ReplaceAllString(page, " ")
	text = strings.NewReplacer(nbsp, " ", joiner, "").Replace(text)
	return strings.Join(strings.Fields(text), " ")
}

func TestEveryShareStandsWithItsNumberAndInterval(t *testing.T) {
	r := final(t, map[string][5]int{"hotline": {10, 10, 10, 30, 40}}, map[string][5]int{"hotline": {10, 10, 10, 30, 40}})
	for l, want := range map[feedback.Language][]string{
		"de": {"70,0 %", "100 Antworten · 95-%-Intervall 60,4 – 78,1 %", "Keine nachweisbare Veränderung gegenüber Februar 2026", "zwischen −12,6 und +12,6 Prozentpunkten", "Endgültig", "Service-Hotline 100 70,0 % 60,4 – 78,1 %", "3,8 / 5", "belastbar", r.Header.DataHash},
		"en": {"70.0%", "100 responses · 95% interval 60.4 – 78.1%", "No detectable change on February 2026", "between −12.6 and +12.6 percentage points", "Final", "Service-Hotline 100 70.0% 60.4 – 78.1%", "3.8 / 5", "reliable", r.Header.DataHash},
	} {
		got := says(r, l)
		for _, w := range want {
			if !strings.Contains(got, w) {
				t.Errorf("%s: %q is missing in\n%s", l, w, got)
			}
		}
	}
}

func TestAnArrowStandsOnlyForADetectableChange(t *testing.T) {
	good, bad := [5]int{5, 5, 10, 80, 100}, [5]int{60, 40, 30, 40, 30}
	for name, c := range map[string]struct {
		this, before [5]int
		up, down     bool
	}{"better": {good, bad, true, false}, "worse": {bad, good, false, true}, "alike": {good, good, false, false}} {
		got := says(final(t, map[string][5]int{"hotline": c.this}, map[string][5]int{"hotline": c.before}), "en")
		if strings.Contains(got, "▲") != c.up || strings.Contains(got, "▼") != c.down {
			t.Errorf("%s: up %v, down %v; want %v, %v", name, strings.Contains(got, "▲"), strings.Contains(got, "▼"), c.up, c.down)
		}
	}
}

func TestSmallGroupsAreWithheld(t *testing.T) {
	r := final(t, map[string][5]int{"hotline": {0, 0, 0, 20, 20}, "checkout": {3, 0, 0, 0, 1}, "repair": {0, 0, 0, 0, 6}}, nil)
	got := says(r, "en")
	for _, w := range []string{"checkout 4 withheld", "repair 6 withheld", "Service-Hotline 40 100.0%"} {
		if !strings.Contains(got, w) {
			t.Errorf("%q is missing in\n%s", w, got)
		}
	}
	page := string(HTML(r, Options{Language: "en"}))
	if strings.Contains(page, "25.0%</td>") || strings.Contains(page, "1: 3, 2: 0, 3: 0, 4: 0, 5: 1") {
		t.Error("a withheld share or distribution is in the page all the same")
	}
}

func TestAMonthOfFewIsWithheldAsAWhole(t *testing.T) {
	got := says(final(t, map[string][5]int{"hotline": {0, 0, 0, 1, 2}}, map[string][5]int{"hotline": {0, 0, 0, 10, 20}}), "en")
	if !strings.Contains(got, "withheld 3 responses") || strings.Contains(got, "100.0%") || strings.Contains(got, "▲") {
		t.Errorf("a share of 3 responses is shown:\n%s", got)
	}
	got = says(final(t, map[string][5]int{"hotline": {0, 0, 0, 10, 20}}, map[string][5]int{"hotline": {0, 0, 3, 0, 0}}), "en")
	if !strings.Contains(got, "February 2026: withheld (3 responses)") || strings.Contains(got, "▲") {
		t.Errorf("a month is compared with a withheld one:\n%s", got)
	}
}

func TestAnEmptyMonthIsNoSuccess(t *testing.T) {
	for l, want := range map[feedback.Language][]string{
		"de": {"Keine Antworten in diesem Monat", "Schweigen ist keine Zufriedenheit", "Service-Hotline 0 keine Antworten", "k. A."},
		"en": {"No responses this month", "Silence is not satisfaction", "Service-Hotline 0 no responses", "n/a"},
	} {
		got := says(final(t, nil, nil), l)
		for _, w := range want {
			if !strings.Contains(got, w) {
				t.Errorf("%s: %q is missing in\n%s", l, w, got)
			}
		}
		if strings.Contains(got, "NaN") || strings.Contains(got, "Inf") {
			t.Errorf("%s: no number:\n%s", l, got)
		}
	}
}

func TestLateEventsAreListed(t *testing.T) {
	r := final(t, map[string][5]int{"hotline": {0, 0, 0, 10, 20}}, nil)
	at := time.Date(2026, 4, 7, 8, 9, 10, 0, time.UTC)
	for i := range maxLate + 5 {
		r.Header.LateEvents = append(r.Header.LateEvents, report.LateEvent{EventID: feedback.EventID(fmt.Sprintf("018e4f6a-3c1b-4e2d-9f00-%012d", i)), Touchpoint: "hotline", SubmittedAt: at.AddDate(0, 0, -20), ReceivedAt: at})
	}
	got := says(r, "en")
	if n := strings.Count(got, "018e4f6a-"); n != maxLate {
		t.Errorf("%d events are listed, want %d", n, maxLate)
	}
	for _, w := range []string{"205 events were received after the close and are in no figure", "2026-04-07 10:09:10 no", "5 more are in report.json"} {
		if !strings.Contains(got, w) {
			t.Errorf("%q is missing", w)
		}
	}
	if pending := says(month(t, march.Freeze(6, berlin).Add(-time.Hour), nil, nil), "en"); !strings.Contains(pending, "Preliminary") || !strings.Contains(pending, "not closed yet") {
		t.Errorf("a preliminary report does not say so:\n%s", pending)
	}
}

func TestNothingFromOutsideBecomesMarkup(t *testing.T) {
	evil := `"><script>alert(1)</script>&'` + "\x00"
	r := final(t, map[string][5]int{evil: {0, 0, 0, 10, 20}, "hotline": {1, 2, 3, 4, 5}}, nil)
	r.Header.Organisation, r.Header.TimeZone, r.Header.DataHash = evil, evil, evil
	r.Header.MethodNotes = append(r.Header.MethodNotes, report.Note(evil))
	r.Total.TopBox = evil
	r.Header.LateEvents = []report.LateEvent{{EventID: feedback.EventID(evil), Touchpoint: feedback.Touchpoint(evil)}}
	for i := range r.ByChannel {
		r.ByChannel[i].Name = evil
	}
	for _, l := range Languages() {
		page := HTML(r, Options{Language: l, Names: map[feedback.Touchpoint]string{"hotline": evil}})
		if bytes.Contains(page, []byte("<script")) || bytes.Contains(page, []byte(`"><`+"s")) || bytes.IndexByte(page, 0) >= 0 {
			t.Errorf("%s: markup from outside is in the page", l)
		}
		if n := bytes.Count(page, []byte("&lt;script&gt;")); n < 8 {
			t.Errorf("%s: only %d of the hostile texts are shown", l, n)
		}
	}
}

func TestThePageNeedsNothingElse(t *testing.T) {
	page := string(HTML(final(t, map[string][5]int{"hotline": {1, 2, 3, 4, 5}}, nil), Options{Language: "de"}))
	for _, bad := range []string{"<script", "http:", "https:", "src=", "href=", "url(", "@import", " style="} {
		if strings.Contains(page, bad) {
			t.Errorf("the page contains %q", bad)
		}
	}
	for _, must := range []string{"<html lang=de>", "@media print", "prefers-color-scheme:dark", "name=viewport"} {
		if !strings.Contains(page, must) {
			t.Errorf("the page lacks %q", must)
		}
	}
	if again := string(HTML(final(t, map[string][5]int{"hotline": {1, 2, 3, 4, 5}}, nil), Options{Language: "de"})); again != page {
		t.Error("the same report gave another page")
	}
	if !strings.Contains(Policy(), "style-src 'sha256-") {
		t.Errorf("policy %q", Policy())
	}
}

func TestEveryLanguageSaysEverything(t *testing.T) {
	notes := []report.Note{report.NoteTopBox, report.NoteWilson, report.NoteNewcombe, report.NoteFirstVoteMonth, report.NoteLastVote, report.NoteAssistedApart, report.NoteDeliveredIssued,
		report.NoteSuppression, report.NoteMixedScales, report.NoteTop3, report.NoteContactWeighted, report.NoteContactsMissing, report.NoteNoInvitations}
	for _, l := range Languages() {
		w := catalogue[l]
		v := reflect.ValueOf(w).Elem()
		for i := range v.NumField() {
			if v.Field(i).IsZero() {
				t.Errorf("%s: %s is empty", l, v.Type().Field(i).Name)
			}
		}
		for _, m := range w.Months {
			if m == "" {
				t.Errorf("%s: a month has no name", l)
			}
		}
		for _, n := range notes {
			if w.Notes[n] == "" {
				t.Errorf("%s: note %s has no sentence", l, n)
			}
		}
		for _, c := range feedback.Channels {
			if w.Channels[c] == "" {
				t.Errorf("%s: channel %s has no name", l, c)
			}
		}
		for _, s := range responses.Scales {
			if w.ScaleNames[s] == "" {
				t.Errorf("%s: scale %s has no name", l, s)
			}
		}
		for _, s := range []report.Status{report.Preliminary, report.Final, report.Restated} {
			if w.Status[s] == "" || w.StatusMeans[s] == "" {
				t.Errorf("%s: status %s has no name or no meaning", l, s)
			}
		}
		for _, g := range []satisfaction.Reliability{satisfaction.Suppressed, satisfaction.Indicative, satisfaction.Reliable} {
			if w.Grade[g] == "" || w.GradeMeans(5, 30)[g] == "" {
				t.Errorf("%s: grade %s has no name or no meaning", l, g)
			}
		}
		for _, c := range []satisfaction.Verdict{satisfaction.Improved, satisfaction.Declined, satisfaction.NoDetectable, satisfaction.NoData} {
			if w.Verdict[c] == nil {
				t.Errorf("%s: verdict %s has no sentence", l, c)
			}
		}
	}
}

func TestNumbersAreWrittenInTheWayOfTheLanguage(t *testing.T) {
	for _, c := range []struct {
		v      float64
		places int
		de, en string
	}{{1234567, 0, "1.234.567", "1,234,567"}, {999, 0, "999", "999"}, {69.15, 1, "69,2", "69.2"}, {-12.5, 0, "−13", "−13"}, {2.675, 2, "2,68", "2.68"}, {-0.04, 1, "0,0", "0.0"}, {-1234.5, 1, "−1.234,5", "−1,234.5"}} {
		if de, en := german.decimal(c.v, c.places), english.decimal(c.v, c.places); de != c.de || en != c.en {
			t.Errorf("%v: %q and %q, want %q and %q", c.v, de, en, c.de, c.en)
		}
	}
	if got := english.points(0.04); got != "0.0" {
		t.Errorf("points(0.04) = %q", got)
	}
}
