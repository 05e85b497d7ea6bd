package report_test

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"resonanz/shared/feedback"
	"resonanz/shared/period"
	"resonanz/shared/report"
)

// given is something of everything.
func given() report.Given {
	at := time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC)
	return report.Given{
		Contacts: map[feedback.Touchpoint]int64{"hotline": 300, "checkout": 1200, "repair": 40},
		Survey:   &report.Survey{Respondents: 100, Dissatisfied: 20, Complained: 5, Registered: 4},
		Costs:    &report.Costs{PersonnelCents: 100, CompensationCents: pointer(int64(7))},
		Observed: &report.Observed{Accepted: pointer(int64(12)), LinksOpened: pointer(int64(3))},
		Evidence: &report.Reconciliation{At: at, Stored: 12, Delivered: 12, StepsStored: 3, StepsDelivered: 3},
		Actions: []report.Action{
			{ID: "a", Category: "delivery.late", Title: "More vans", StartsAt: at, DoneAt: at.AddDate(0, 0, 1)}, {ID: "b", StartsAt: at},
		},
		History:  history(3, 5, 1, 1000),
		Restates: &report.Restates{Version: 2, Cutoff: at, Hash: "sha256:00", Figures: map[string]*float64{"total.n": pointer(12.0), "total.csat_pct": nil}},
		Unread:   []report.Unread{{Object: "facts/a", Reason: "corrupt"}, {Object: "facts/b", Reason: "truncated"}},
	}
}

func TestWhatWasGivenIsKeptToTheLastFigure(t *testing.T) {
	b, err := given().JSON()
	if err != nil {
		t.Fatal(err)
	}
	got, err := report.ParseGiven(b)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(given(), got, cmp.Comparer(func(a, b period.Period) bool { return a == b })); diff != "" {
		t.Errorf("read back (-want +got):\n%s", diff)
	}
	for _, text := range []string{`{"kontakte":{}}`, `[]`, ``, `{"contacts":{"hotline":1.5}}`} {
		if _, err := report.ParseGiven([]byte(text)); err == nil {
			t.Errorf("%q was read", text)
		}
	}
	broken := given()
	broken.Restates.Figures["total.n"] = pointer(math.NaN())
	if _, err := broken.Hash(); err == nil {
		t.Error("a hash of what cannot be written")
	}
}

func TestTheHashIsOfWhatWasGivenInWhateverOrder(t *testing.T) {
	want, err := given().Hash()
	if err != nil || !strings.HasPrefix(want, "sha256:") || len(want) != 7+64 {
		t.Fatalf("hash %q, %v", want, err)
	}
	rapid.Check(t, func(rt *rapid.T) {
		g := given()
		rnd := rand.New(rand.NewPCG(rapid.Uint64().Draw(rt, "seed"), 0))
		rnd.Shuffle(len(g.Actions), func(i, j int) { g.Actions[i], g.Actions[j] = g.Actions[j], g.Actions[i] })
		rnd.Shuffle(len(g.History), func(i, j int) { g.History[i], g.History[j] = g.History[j], g.History[i] })
		rnd.Shuffle(len(g.Unread), func(i, j int) { g.Unread[i], g.Unread[j] = g.Unread[j], g.Unread[i] })
		g.Evidence.At = g.Evidence.At.In(berlin(t))
		if got, err := g.Hash(); err != nil || got != want {
			rt.Fatalf("hash %s, want %s", got, want)
		}
	})
	for name, change := range map[string]func(*report.Given){
		"contacts": func(g *report.Given) { g.Contacts["hotline"]++ },
		"survey":   func(g *report.Given) { g.Survey.Complained++ },
		"costs":    func(g *report.Given) { g.Costs.ITAdminCents++ },
		"observed": func(g *report.Given) { g.Observed.Rejected = pointer(int64(0)) },
		"evidence": func(g *report.Given) { g.Evidence.Missing++ },
		"actions":  func(g *report.Given) { g.Actions[1].Title = "Other" },
		"history":  func(g *report.Given) { g.History[0].Counts.N++ },
		"restates": func(g *report.Given) { delete(g.Restates.Figures, "total.n") },
		"unread":   func(g *report.Given) { g.Unread[0].Reason = "schema_version" },
		"source":   func(g *report.Given) { g.Inherited = true },
		"seen":     func(g *report.Given) { g.Seen = g.Evidence.At },
	} {
		g := given()
		change(&g)
		if got, err := g.Hash(); err != nil || got == want {
			t.Errorf("other %s, the same hash", name)
		}
	}
}

func TestTheReportNamesTheHashOfWhatItWasGiven(t *testing.T) {
	in := input(t, time.Time{}, marchOf(t, 10, 2))
	in.Given = given()
	want, err := in.Hash()
	if err != nil {
		t.Fatal(err)
	}
	r := build(t, in)
	if r.Header.GivenHash != want || r.Header.Restates != 2 {
		t.Errorf("hash %s, want %s; restates %d", r.Header.GivenHash, want, r.Header.Restates)
	}
	if diff := cmp.Diff(given().Unread, r.Quality.Unread); diff != "" || *r.Quality.Observed.LinksOpened != 3 {
		t.Errorf("section 3 lacks what could not be read, or what was observed:\n%s", diff)
	}
}

func TestARestatementListsWhatItChanges(t *testing.T) {
	votes, _, _ := month(t)
	final := build(t, input(t, time.Time{}, votes))
	if len(final.Header.Differences) != 0 || final.Header.Restates != 0 {
		t.Errorf("the first version restates %d: %v", final.Header.Restates, final.Header.Differences)
	}
	restate := func(before *report.Report, cutoff time.Time) *report.Report {
		in := input(t, cutoff, votes)
		in.Restates = report.RestatesOf(before, 1)
		return build(t, in)
	}
	same := restate(final, time.Time{})
	if len(same.Header.Differences) != 0 || same.Header.Restates != 1 {
		t.Errorf("nothing has come since: %v", same.Header.Differences)
	}
	late := restate(final, time.Date(2026, 4, 10, 0, 0, 0, 0, time.UTC)) // one late vote of one star
	got := map[string]report.Difference{}
	for _, d := range late.Header.Differences {
		got[d.Path] = d
	}
	for path, want := range map[string][2]float64{
		"total.n":                      {float64(final.Total.N), float64(final.Total.N + 1)},
		"total.csat_pct":               {*final.Total.CSATPct, *late.Total.CSATPct},
		"by_touchpoint.checkout.n":     {float64(final.ByTouchpoint.Row("checkout").N), float64(late.ByTouchpoint.Row("checkout").N)},
		"collection_quality.responses": {float64(final.Quality.Responses), float64(final.Quality.Responses + 1)},
	} {
		d, ok := got[path]
		if path == "by_touchpoint.checkout.n" && (final.ByTouchpoint.Row("checkout").Withheld || late.ByTouchpoint.Row("checkout").Withheld) {
			continue
		}
		if !ok || d.Before == nil || d.After == nil || *d.Before != want[0] || *d.After != want[1] {
			t.Errorf("%s: %+v, want %v", path, d, want)
		}
	}
	if !strings.Contains(string(encode(t, late)), `"path": "total.n"`) {
		t.Error("the JSON lacks the differences")
	}
}

func TestFiguresNameNothingThatDisplaysWithhold(t *testing.T) {
	votes := append(marchOf(t, 20, 3), vote(t, 90, 1, at("repair"), recommends(3)), vote(t, 91, 5, at("desk")))
	r := build(t, input(t, time.Time{}, votes))
	figures := report.Figures(r)
	for path := range figures {
		for _, hidden := range []string{"by_touchpoint.repair", "by_touchpoint.desk", "recommendation.nps.", "header.", "trends."} {
			if strings.HasPrefix(path, hidden) || strings.Contains(path, "distribution") {
				t.Errorf("%s is listed", path)
			}
		}
	}
	for _, path := range []string{"total.csat_pct", "by_touchpoint.hotline.csat_pct", "collection_quality.by_channel.email_link.responses", "fcr.fcr_gross_pct"} {
		if _, ok := figures[path]; !ok {
			t.Errorf("%s is not listed", path)
		}
	}
	if _, ok := figures["loyalty.expectation_gap.n"]; !ok {
		t.Error("a gap of nobody is no secret")
	}
	partly := make([]feedback.Rating, 0, 8)
	for i := range 8 {
		partly = append(partly, vote(t, i, 4, func(r *feedback.Rating) {
			if i < 3 {
				r.Expectation = pointer(5)
				r.FCR = pointer(true)
			}
		}))
	}
	part := report.Figures(build(t, input(t, time.Time{}, partly)))
	for path := range part {
		if strings.Contains(path, "expectation_gap") || strings.HasPrefix(path, "fcr.survey_") {
			t.Errorf("%s is listed: it is of three customers", path)
		}
	}
	if _, ok := part["fcr.n"]; !ok {
		t.Error("the contacts are not listed, although only the survey had few answers")
	}
	few := report.Figures(build(t, input(t, time.Time{}, marchOf(t, 2, 1))))
	if few["total.csat_pct"] != nil || *few["total.n"] != 3 {
		t.Error("what three customers said is listed")
	}
	again, err := report.ParseFigures(encode(t, r))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(figures, again); diff != "" {
		t.Errorf("of the report that was read back (-want +got):\n%s", diff)
	}
}
