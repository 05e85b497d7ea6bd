package present

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"resonanz/shared/escalate"
	"resonanz/shared/feedback"
	"resonanz/shared/frap"
	"resonanz/shared/lifecycle"
	"resonanz/shared/report"
	"resonanz/shared/satisfaction"
)

var (
	place  = regexp.MustCompile(`\{\d\}`)
	called = regexp.MustCompile(`\b(say|text|note|warn|good|heading|many|share|number|length|compliance|newTable|name|num|col|counted)\(("[^)]*)`)
	quoted = regexp.MustCompile(`"([^"]*)"`)
)

func TestBothLanguagesSayTheSame(t *testing.T) {
	for name, p := range texts {
		if strings.TrimSpace(p.de) == "" || strings.TrimSpace(p.en) == "" {
			t.Errorf("%s says nothing in one language", name)
		}
		if len(p.de) > 28 && p.de == p.en {
			t.Errorf("%s is the same in both languages: %q", name, p.de)
		}
		de, en := place.FindAllString(p.de, -1), place.FindAllString(p.en, -1)
		slices.Sort(de)
		slices.Sort(en)
		if !slices.Equal(slices.Compact(de), slices.Compact(en)) {
			t.Errorf("%s has other places in German (%v) than in English (%v)", name, de, en)
		}
		for _, s := range []string{p.de, p.en} {
			if strings.Contains(s, "  ") || strings.Contains(s, "...") || strings.Contains(s, " ,") {
				t.Errorf("%s is set carelessly: %q", name, s)
			}
		}
		if strings.Contains(p.de, "\"") || strings.Contains(p.de, "ss ") && strings.Contains(p.de, "gross ") {
			t.Errorf("%s: German quotation marks are „“: %q", name, p.de)
		}
		if regexp.MustCompile(`\d %|\d%`).MatchString(p.de) {
			t.Errorf("%s: a percent sign stands after a no-break space in German: %q", name, p.de)
		}
	}
}

// Each name that stands in the code in full has its text; names that end in a
// code are held by the tests below.
func TestEveryNameInTheCodeHasItsText(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		source, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range called.FindAllStringSubmatch(string(source), -1) {
			for i, q := range quoted.FindAllStringSubmatch(m[2], -1) {
				name := q[1]
				column := m[1] == "name" || m[1] == "num" || m[1] == "col"
				if name == "" || i > 0 && !column || strings.HasSuffix(name, "/") || strings.Contains(m[2], name+`" + `) || strings.Contains(m[2], name+`"+`) {
					continue
				}
				switch {
				case column:
					name = "col/" + name
				case m[1] == "newTable" || m[1] == "counted":
					name = "table/" + name
				case m[1] == "many":
					name += ".many"
				}
				found++
				local := []string{"evidence."} // composed
				if _, ok := texts[name]; !ok && !slices.Contains(local, name) && !isLocal(m[1], q[1]) {
					t.Errorf("%s: %s(%q) has no text %q", file, m[1], q[1], name)
				}
			}
		}
	}
	if found < 300 {
		t.Errorf("%d names found in the code, want them all", found)
	}
}

// isLocal reports whether a call is of a closure that puts a family before the
// name: those of the assumptions.
func isLocal(call, name string) bool {
	_, ok := texts["assumption/"+name]
	return (call == "share" || call == "number") && ok
}

func TestEveryCodeHasItsWords(t *testing.T) {
	var names []string
	add := func(family string, codes ...string) {
		for _, c := range codes {
			names = append(names, family+"/"+c)
		}
	}
	add("reason", report.ReasonCodes...)
	for _, c := range feedback.Channels {
		add("channel", string(c))
	}
	add("scale", string(feedback.Stars5), string(feedback.CSAT10), string(feedback.NPS), string(feedback.CES7))
	for _, s := range []report.Status{report.Preliminary, report.Final, report.Restated} {
		add("status", string(s))
		add("header.status", string(s))
	}
	for _, g := range []satisfaction.Reliability{satisfaction.Suppressed, satisfaction.Indicative, satisfaction.Reliable} {
		add("grade", string(g))
	}
	for _, q := range []frap.Quadrant{frap.HighHigh, frap.HighLow, frap.LowHigh, frap.LowLow} {
		add("quadrant", string(q))
	}
	model, err := os.ReadFile("../model.go")
	if err != nil {
		t.Fatal(err)
	}
	notes := regexp.MustCompile(`Note = "([a-z_0-9]+)"`).FindAllSubmatch(model, -1)
	if len(notes) < 20 {
		t.Errorf("%d method notes found in the model", len(notes))
	}
	for _, m := range notes {
		add("note", string(m[1]))
	}
	for _, r := range []escalate.Rule{
		escalate.LowRatingCallback, escalate.CallbackRequested, escalate.CriticalSeverity, escalate.ComplaintReceived, escalate.RatingIsComplaint, escalate.HighValueLowRating,
		escalate.RepeatComplaint, escalate.FollowUpComplaint, escalate.DataGap, escalate.Spike, escalate.Crisis, escalate.EvidenceGap, escalate.SuspiciousVoting,
		lifecycle.SLAAtRisk, lifecycle.SLABreach, lifecycle.DisappointedAfterClosure, lifecycle.RootCauseMissing, lifecycle.StillOpen,
	} {
		add("rule.name", string(r))
	}
	add("action", report.ActionNotBegun, report.ActionTooOld, report.ActionTooRecent, report.ActionNoComplaints)
	add("unread", "corrupt", "truncated", "schema_version", "missing_column")
	add("measures", "repurchase", "recommend", "prefer", "stay")
	for _, code := range report.FindingCodes {
		if _, ok := texts["find/"+code]; !ok {
			add("do", code)
		}
	}
	for _, name := range names {
		if _, ok := texts[name]; !ok {
			t.Errorf("%s has no words", name)
		}
	}
}

func TestFiguresAreRoundedHalfAwayFromZero(t *testing.T) {
	german, english := tongueOf("de"), tongueOf("en")
	for _, c := range []struct {
		v      float64
		de, en string
	}{
		{86.25, "86,3" + nbsp + "%", "86.3%"},
		{0.05, "0,1" + nbsp + "%", "0.1%"},
		{100, "100,0" + nbsp + "%", "100.0%"},
		{1234567.25, "1.234.567,3" + nbsp + "%", "1,234,567.3%"},
		{-2.25, minus + "2,3" + nbsp + "%", minus + "2.3%"},
	} {
		if got := german.percent(&c.v); got != c.de {
			t.Errorf("German %v = %q, want %q", c.v, got, c.de)
		}
		if got := english.percent(&c.v); got != c.en {
			t.Errorf("English %v = %q, want %q", c.v, got, c.en)
		}
	}
	if got := german.signed(0.04, 1); got != "0,0" {
		t.Errorf("a change of 0.04 = %q, want one without sign", got)
	}
}

func TestAmountsAndTimesAreWrittenAsPeopleDo(t *testing.T) {
	german, english := tongueOf("de"), tongueOf("en")
	for got, want := range map[string]string{
		german.money(-123456, "EUR"): minus + "1.234,56" + nbsp + "€", english.money(-123456, "EUR"): minus + "€1,234.56",
		german.money(5, "CHF"): "0,05" + nbsp + "CHF", english.money(5, "CHF"): "0.05" + nbsp + "CHF",
	} {
		if got != want {
			t.Errorf("an amount is %q, want %q", got, want)
		}
	}
	for seconds, want := range map[float64]string{59: "59 s", 300: "5 Min.", 7200: "2,0 Std.", 3 * 86400: "3,0 Tage"} {
		if got := strings.ReplaceAll(german.lasting(&seconds, false), nbsp, " "); got != want {
			t.Errorf("%v s = %q, want %q", seconds, got, want)
		}
	}
	if days := 3 * 86400.0; !strings.HasSuffix(german.lasting(&days, true), "Std.") {
		t.Error("working time is written in days of the calendar")
	}
}
