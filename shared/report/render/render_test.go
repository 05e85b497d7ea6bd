package render_test

import (
	"bytes"
	"fmt"
	"html"
	"regexp"
	"strings"
	"testing"
	"time"

	"resonanz/shared/feedback"
	"resonanz/shared/period"
	"resonanz/shared/report"
	"resonanz/shared/report/render"
	"resonanz/shared/responses"
)

var names = map[feedback.Language]map[feedback.Touchpoint]string{
	"de": {"checkout": "Kasse Köln", "hotline": "Hotline"},
	"en": {"checkout": "Checkout Cologne", "hotline": "Hotline"},
}

// month makes up votes and the report of March 2026.
type month struct {
	facts    responses.Batch
	n        int
	contacts map[feedback.Touchpoint]int64
	cutoff   time.Time
	name     string // of the organisation
}

// votes adds n responses with one rating at a touchpoint in a month.
func (m *month) votes(t testing.TB, touchpoint feedback.Touchpoint, at time.Time, rating, n int) {
	t.Helper()
	for range n {
		m.n++
		at := at.Add(time.Duration(m.n) * time.Minute)
		m.add(t, touchpoint, at, at, rating)
	}
}

func (m *month) add(t testing.TB, touchpoint feedback.Touchpoint, at, received time.Time, rating int) feedback.EventID {
	t.Helper()
	m.n++
	r := feedback.Rating{
		EventID: feedback.DeriveEventID("render", fmt.Sprint(m.n)), Touchpoint: touchpoint, Channel: feedback.EmailLink, Scale: feedback.Stars5,
		Rating: rating, SubmittedAt: at, ReceivedAt: received, CollectionMode: feedback.Self,
	}
	r.ResponseKey = feedback.KeyFor(r.EventID, at, time.UTC)
	if err := m.facts.AddRating(&r); err != nil {
		t.Fatal(err)
	}
	return r.EventID
}

func (m *month) report(t testing.TB) *report.Report {
	t.Helper()
	march, err := period.Parse("2026-03")
	if err != nil {
		t.Fatal(err)
	}
	zone, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	in := report.Input{
		Organisation: "Beispiel GmbH", Period: march, Zone: zone, FreezeDay: 6, Rules: responses.DefaultRules,
		TopBox10: 2, MinimumN: 5, IndicativeN: 30, Contacts: m.contacts, Facts: &m.facts,
		Touchpoints: map[feedback.Touchpoint]feedback.Scale{"checkout": feedback.Stars5, "hotline": feedback.Stars5},
	}
	if m.name != "" {
		in.Organisation = m.name
	}
	if in.Cutoff = m.cutoff; m.cutoff.IsZero() {
		in.Cutoff = in.FreezeAt()
	}
	r, err := report.Build(in)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func page(r *report.Report, l feedback.Language) []byte {
	return render.HTML(r, render.Options{Language: l, Names: names[l]})
}

var march, february = time.Date(2026, 3, 3, 8, 0, 0, 0, time.UTC), time.Date(2026, 2, 3, 8, 0, 0, 0, time.UTC)

// busy is a month with something reliable, something indicative, something
// withheld and a month before it.
func busy(t testing.TB) *month {
	m := new(month)
	m.votes(t, "checkout", march, 5, 70)
	m.votes(t, "checkout", march, 2, 9)
	m.votes(t, "hotline", march, 4, 8)
	m.votes(t, "hotline", march, 1, 4)
	m.votes(t, "pop-up", march, 5, 3)
	m.votes(t, "checkout", february, 4, 20)
	m.votes(t, "checkout", february, 1, 20)
	return m
}

var space = regexp.MustCompile(`\s+`)

// words is the text of a page as it is read, without its style sheet.
func words(t testing.TB, b []byte) string {
	t.Helper()
	b = b[bytes.Index(b, []byte("</style>")):]
	s := regexp.MustCompile(`<[^>]*>`).ReplaceAllString(string(b), " ")
	s = strings.NewReplacer("\u2060", "", "\u00a0", " ", "\u202f", " ", "\u2011", "-").Replace(html.UnescapeString(s))
	return space.ReplaceAllString(s, " ")
}

func TestEveryFigureStandsWithItsNumberAndInterval(t *testing.T) {
	r := busy(t).report(t)
	for l, want := range map[feedback.Language][]string{
		"en": {"86.2% 94 responses · 95% interval 77.8 – 91.7%", "reliable",
			"Checkout Cologne 79 88.6% 79.7 – 93.9%", "4.7 / 5",
			"Dissatisfied 13.8% share of the two lowest ratings; 95% interval 8.3 – 22.2%",
			"▲ Improved by 36.2 percentage points on February 2026", "lies between +19.1 and +52.0 percentage points",
			"February 2026: 50.0% (95% interval 35.2 – 64.8%, 40 responses)"},
		"de": {"86,2 % 94 Antworten · 95-%-Intervall 77,8 – 91,7 %", "belastbar",
			"Kasse Köln 79 88,6 % 79,7 – 93,9 %", "4,7 / 5",
			"▲ Verbessert um 36,2 Prozentpunkte gegenüber Februar 2026",
			"Februar 2026: 50,0 % (95-%-Intervall 35,2 – 64,8 %, 40 Antworten)"},
	} {
		text := words(t, page(r, l))
		for _, w := range want {
			if !strings.Contains(text, space.ReplaceAllString(w, " ")) {
				t.Errorf("%s: the page does not say %q:\n%.700s", l, w, text)
			}
		}
	}
}

func TestSmallGroupsAreWithheldAndMarked(t *testing.T) {
	r := busy(t).report(t)
	text := words(t, page(r, "en"))
	if !strings.Contains(text, "pop-up 3 withheld too few responses") {
		t.Errorf("three responses are not withheld:\n%s", text)
	}
	if strings.Contains(text, "100.0%") {
		t.Errorf("the share of three responses is shown:\n%s", text)
	}
	if !strings.Contains(text, "Hotline 12 withheld protects a small row") {
		t.Errorf("the row that would give the withheld one away is shown:\n%s", text)
	}

	few := new(month)
	few.votes(t, "hotline", march, 5, 4)
	text = words(t, page(few.report(t), "en"))
	for _, w := range []string{"withheld 4 responses", "Fewer than 5 responses"} {
		if !strings.Contains(text, w) {
			t.Errorf("four responses: the page does not say %q:\n%s", w, text)
		}
	}
	if strings.Contains(text, "100.0%") || strings.Contains(text, "5 stars 100") {
		t.Errorf("the share of four responses is shown:\n%s", text)
	}

	some := new(month)
	some.votes(t, "hotline", march, 5, 12)
	if text = words(t, page(some.report(t), "en")); !strings.Contains(text, "Hotline 12 100.0% 75.8 – 100.0%") || !strings.Contains(text, "indicative") {
		t.Errorf("twelve responses are not shown as indicative:\n%s", text)
	}
}

func TestAnArrowStandsOnlyWhereZeroLiesOutside(t *testing.T) {
	for name, c := range map[string]struct {
		good, bad int // of March; February has 20 of each
		arrow     string
		say       string
	}{
		"better":    {70, 10, "▲", "Improved by"},
		"worse":     {10, 70, "▼", "Declined by"},
		"about so":  {22, 20, "", "No detectable change"},
		"no answer": {0, 0, "", "No comparison"},
	} {
		m := new(month)
		m.votes(t, "checkout", march, 5, c.good)
		m.votes(t, "checkout", march, 1, c.bad)
		m.votes(t, "checkout", february, 5, 20)
		m.votes(t, "checkout", february, 1, 20)
		text := words(t, page(m.report(t), "en"))
		if !strings.Contains(text, c.say) {
			t.Errorf("%s: the page does not say %q", name, c.say)
		}
		for _, arrow := range []string{"▲", "▼"} {
			if got := strings.Contains(text, arrow); got != (arrow == c.arrow) {
				t.Errorf("%s: arrow %s is there: %v, want %v", name, arrow, got, arrow == c.arrow)
			}
		}
	}
}

func TestAWeightedHeadlineHasNoPictureOfAnotherFigure(t *testing.T) {
	m := busy(t)
	m.contacts = map[feedback.Touchpoint]int64{"checkout": 100, "hotline": 900, "pop-up": 10}
	b := page(m.report(t), "en")
	text := words(t, b)
	for _, w := range []string{"weighted by contacts", "standard error", "Unweighted, over all responses: 86.2% (95% interval 77.8 – 91.7%)", "Contacts", "The comparison is of the unweighted shares"} {
		if !strings.Contains(text, w) {
			t.Errorf("the page does not say %q:\n%.800s", w, text)
		}
	}
	if bytes.Contains(b, []byte("whisker wide")) {
		t.Error("the unweighted interval is drawn below the weighted figure")
	}
}

func TestAnEmptyMonthSaysSoAndShowsNoFigure(t *testing.T) {
	r := new(month).report(t)
	for l, want := range map[feedback.Language]string{"de": "Schweigen ist keine Zufriedenheit", "en": "Silence is not satisfaction"} {
		text := words(t, page(r, l))
		if !strings.Contains(text, want) {
			t.Errorf("%s: the page does not say %q", l, want)
		}
		for _, bad := range []string{"NaN", "Inf", "0.0%", "0,0 %"} {
			if strings.Contains(text, bad) {
				t.Errorf("%s: an empty month shows %q", l, bad)
			}
		}
	}
}

func TestLateEventsAndProofAreListed(t *testing.T) {
	m := busy(t)
	late := m.add(t, "hotline", march, time.Date(2026, 4, 8, 9, 30, 0, 0, time.UTC), 1)
	final := m.report(t)
	text := words(t, page(final, "en"))
	for _, w := range []string{"Final", "One event was received after the close and is in no figure", string(late) + " Hotline 2026-03-03 09:00:00 2026-04-08 11:30:00 no", final.Header.DataHash, "Europe/Berlin"} {
		if !strings.Contains(text, w) {
			t.Errorf("final: the page does not say %q:\n%s", w, text)
		}
	}

	again := busy(t)
	again.add(t, "hotline", march, time.Date(2026, 4, 8, 9, 30, 0, 0, time.UTC), 1)
	again.cutoff = time.Date(2026, 4, 10, 0, 0, 0, 0, time.UTC)
	text = words(t, page(again.report(t), "en"))
	for _, w := range []string{"Restated", "2026-04-08 11:30:00 yes", "As of 10 April 2026, 02:00"} {
		if !strings.Contains(text, w) {
			t.Errorf("restated: the page does not say %q:\n%s", w, text)
		}
	}

	early := busy(t)
	early.cutoff = time.Date(2026, 4, 1, 4, 0, 0, 0, time.UTC)
	if text = words(t, page(early.report(t), "de")); !strings.Contains(text, "Vorläufig") || !strings.Contains(text, "noch nicht abgeschlossen") {
		t.Errorf("preliminary: the page does not say so:\n%.600s", text)
	}
}

func TestNothingFromOutsideBecomesMarkup(t *testing.T) {
	const evil = `"><script>alert('1')</script>&amp;`
	m := busy(t)
	m.name = evil
	m.votes(t, evil, march, 4, 40)
	m.add(t, evil, march, time.Date(2026, 4, 8, 9, 30, 0, 0, time.UTC), 1)
	r := m.report(t)
	b := render.HTML(r, render.Options{Language: "en", Names: map[feedback.Touchpoint]string{"checkout": evil}})
	if bytes.Contains(b, []byte("<script")) || bytes.Contains(b, []byte("&amp;amp;")) == false {
		t.Error("text from outside stands in the page unescaped")
	}
	if n := strings.Count(words(t, b), evil); n < 4 {
		t.Errorf("the names are read %d times, want each as it is", n)
	}
	wellFormed(t, b)
}

var tag = regexp.MustCompile(`<(/?)([a-z][a-z0-9]*)[^<>]*?(/?)>`)

// wellFormed sees to it that every element is closed in the order it was opened.
func wellFormed(t *testing.T, b []byte) {
	t.Helper()
	var open []string
	for _, m := range tag.FindAllStringSubmatch(string(b), -1) {
		switch name := m[2]; {
		case m[3] == "/" || name == "meta":
		case m[1] == "":
			open = append(open, name)
		case len(open) == 0 || open[len(open)-1] != name:
			t.Fatalf("</%s> closes nothing; open are %v", name, open)
		default:
			open = open[:len(open)-1]
		}
	}
	if len(open) > 0 {
		t.Errorf("%v are never closed", open)
	}
}

func TestThePageNeedsNothingElse(t *testing.T) {
	r := busy(t).report(t)
	for _, l := range render.Languages() {
		b := page(r, l)
		wellFormed(t, b)
		if !bytes.Equal(b, page(r, l)) {
			t.Errorf("%s: the same report makes another page", l)
		}
		for _, bad := range []string{"<script", "http://", "https://", "@import", "url(", " style="} {
			if bytes.Contains(b, []byte(bad)) {
				t.Errorf("%s: the page has %q in it", l, bad)
			}
		}
		if len(b) > 100<<10 {
			t.Errorf("%s: the page has %d bytes, want at most 100 KiB", l, len(b))
		}
	}
	if b := render.HTML(r, render.Options{Language: "fr"}); !bytes.Contains(b, []byte("<html lang=en")) {
		t.Error("an unknown language is not written in English")
	}
}
