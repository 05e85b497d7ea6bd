package report_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"resonanz/shared/domaincases"
	"resonanz/shared/feedback"
	"resonanz/shared/report"
	"resonanz/shared/responses"
	"resonanz/shared/satisfaction"
)

func pointer[T any](v T) *T { return &v }

// vote is rating number n, of the 10th of March at the hotline by e-mail.
func vote(t testing.TB, n, stars int, change ...func(*feedback.Rating)) feedback.Rating {
	t.Helper()
	at := time.Date(2026, 3, 10, 8, 0, n, 0, time.UTC)
	r := ratings(t, []caseEvent{{EventID: fmt.Sprint("vote ", n), Rating: stars, SubmittedAt: at}})[0]
	for _, do := range change {
		do(&r)
	}
	return r
}

func at(touchpoint feedback.Touchpoint) func(*feedback.Rating) {
	return func(r *feedback.Rating) { r.Touchpoint = touchpoint }
}

func recommends(score int) func(*feedback.Rating) {
	return func(r *feedback.Rating) { r.NPS = &score }
}

func TestNPSOfTheMonthByTouchpointAndReason(t *testing.T) {
	var votes []feedback.Rating
	for i := range 12 { // 6 promoters, 2 passives, 4 detractors at the hotline
		votes = append(votes, vote(t, i, 4, recommends([]int{10, 9, 10, 8, 0, 6}[i%6]), func(r *feedback.Rating) { r.Reason = "waiting_time" }))
	}
	for i := range 2 { // too few to show at the checkout …
		votes = append(votes, vote(t, 20+i, 1, at("checkout"), recommends(3), func(r *feedback.Rating) { r.Reason = "friendly" }))
	}
	for i := range 6 { // … so the repair, the next smallest, goes with it
		votes = append(votes, vote(t, 30+i, 5, at("repair"), recommends(7)))
	}
	// A rating on the scale of the question is its answer; a customer's, not staff's.
	votes = append(votes, vote(t, 40, 1, func(r *feedback.Rating) { r.Scale, r.Rating = feedback.NPS, 10 }))
	votes = append(votes, vote(t, 41, 5, recommends(0), func(r *feedback.Rating) { r.CollectionMode = feedback.Assisted }))
	// One of the month before.
	before := vote(t, 50, 5, recommends(9))
	before.SubmittedAt, before.ReceivedAt = before.SubmittedAt.AddDate(0, -1, 0), before.ReceivedAt.AddDate(0, -1, 0)
	before.ResponseKey = feedback.KeyFor(before.EventID, before.SubmittedAt, berlin(t))
	votes = append(votes, before, vote(t, 60, 3))

	r := build(t, input(t, time.Time{}, votes))
	got := r.Recommend
	if got.NPS.Promoters != 7 || got.NPS.Passives != 8 || got.NPS.Detractors != 6 || got.NPS.Grade != satisfaction.Indicative || got.NPS.Withheld {
		t.Errorf("NPS %+v", got.NPS)
	}
	if want := 100.0 * (7 - 6) / 21; *got.NPS.NPS != want {
		t.Errorf("NPS %v, want %v", *got.NPS.NPS, want)
	}
	if got.Previous.N != 1 || got.Previous.Promoters != 1 || !got.Previous.Withheld {
		t.Errorf("month before %+v", got.Previous)
	}
	withheld := map[feedback.Touchpoint]bool{}
	for _, row := range got.ByTouchpoint {
		withheld[row.Touchpoint] = row.Withheld
	}
	if diff := cmp.Diff(map[feedback.Touchpoint]bool{"checkout": true, "hotline": false, "repair": true}, withheld); diff != "" {
		t.Errorf("withheld (-want +got):\n%s", diff)
	}
	reasons := []report.ReasonCount{
		{Reason: "waiting_time", N: 12, Satisfied: 12, Promoters: 6, Passives: 2, Detractors: 4, Withheld: true}, // it would give the other away
		{Reason: "friendly", N: 2, Low: 2, Detractors: 2, Withheld: true},
	}
	if diff := cmp.Diff(reasons, got.Reasons); diff != "" {
		t.Errorf("reasons (-want +got):\n%s", diff)
	}
	if _, absent := r.AbsenceOf(report.SecNPS, "nps"); absent {
		t.Error("the NPS is called absent")
	}
	if a, _ := r.AbsenceOf(report.SecNPS, "ces"); a.Reason != report.ReasonNoCES {
		t.Errorf("no effort was asked for: %+v", a)
	}
}

func TestEffortComesFromItsQuestionAndItsScale(t *testing.T) {
	var votes []feedback.Rating
	for i, score := range []int{7, 6, 5, 4, 1} {
		votes = append(votes, vote(t, i, 4, func(r *feedback.Rating) { r.CES = &score }))
	}
	votes = append(votes, vote(t, 9, 1, func(r *feedback.Rating) { r.Scale, r.Rating = feedback.CES7, 2 }))
	got := build(t, input(t, time.Time{}, votes)).Recommend
	if want := [7]int64{1, 1, 0, 1, 1, 1, 1}; got.CES.Counts != want || *got.CES.AgreePct != 50 || len(got.CESByPlace) != 1 {
		t.Errorf("effort %+v, want counts %v", got.CES, want)
	}
}

func TestCase10InTheReport(t *testing.T) {
	var c struct {
		Input struct {
			Contacts []struct {
				ID, Customer, Topic string
				At                  time.Time
				Resolved            bool
				FirstLevel          bool `json:"first_level"`
			}
			Survey struct {
				Yes, No  int
				NoAnswer int `json:"no_answer"`
			}
		}
		Expected map[string]any
	}
	domaincases.Load(t, "10", &c)
	var invitations []feedback.Invitation
	last := map[[2]string]feedback.Invitation{}
	for _, k := range c.Input.Contacts {
		i := feedback.Invitation{
			EventID: feedback.DeriveEventID("contact", k.ID), Touchpoint: "hotline", Channel: feedback.EmailLink,
			IssuedAt: k.At, ReceivedAt: k.At, ExpiresAt: k.At.AddDate(0, 0, 14),
			Topic: k.Topic, Resolved: &k.Resolved, Beyond: !k.FirstLevel, Known: k.Customer != "",
		}
		i.ResponseKey = feedback.KeyFor(i.EventID, k.At, berlin(t))
		if before, ok := last[[2]string{k.Customer, k.Topic}]; ok && i.Known {
			i.Previous, i.PreviousAt = before.ResponseKey, before.IssuedAt
		}
		last[[2]string{k.Customer, k.Topic}] = i
		invitations = append(invitations, i)
	}
	var votes []feedback.Rating
	for i := range c.Input.Survey.Yes + c.Input.Survey.No + c.Input.Survey.NoAnswer {
		votes = append(votes, vote(t, i, 5, func(r *feedback.Rating) {
			if i < c.Input.Survey.Yes+c.Input.Survey.No {
				r.FCR = pointer(i < c.Input.Survey.Yes)
			}
		}))
	}
	for _, asOf := range []string{"2026-04-01T04:00:00Z", "2026-04-08T04:00:00Z"} {
		cutoff, err := time.Parse(time.RFC3339, asOf)
		if err != nil {
			t.Fatal(err)
		}
		in := input(t, cutoff, votes, invitations...)
		in.Asked = map[feedback.Touchpoint]bool{"hotline": true}
		r := build(t, in)
		want, _ := c.Expected["as_of_"+asOf].(map[string]any)
		checkFields(t, r, map[string]any{
			"n": want["n"], "fcr_gross_pct": want["fcr_gross_pct"], "fcr_net_pct": want["fcr_net_pct"], "fcr_gross_ci95_pct": want["fcr_gross_ci95_pct"],
			"survey_fcr_pct": c.Expected["survey_fcr_pct"], "survey_ci95_pct": c.Expected["survey_ci95_pct"],
			"survey_yes": float64(c.Input.Survey.Yes), "survey_no": float64(c.Input.Survey.No), "survey_no_answer": float64(c.Input.Survey.NoAnswer),
			"immature":           float64(len(want["immature"].([]any))),
			"anonymous_excluded": float64(len(want["anonymous_excluded"].([]any))),
			"resolved":           float64(len(want["fcr_contacts"].([]any))),
		}, "fcr")
		if len(r.FCR.Topics) != 3 || !r.FCR.Topics[0].Withheld {
			t.Errorf("topics %+v, want three, each of few contacts withheld", r.FCR.Topics)
		}
	}
}

func TestTheSegmentsAndTheExpectationGap(t *testing.T) {
	var votes []feedback.Rating
	for i := range 12 {
		votes = append(votes, vote(t, i, 1+i%5, func(r *feedback.Rating) {
			r.Segment = []string{"A", "B"}[i%2]
			r.Expectation = pointer(4)
		}))
	}
	r := build(t, input(t, time.Time{}, append(votes, vote(t, 20, 5))))
	var names []string
	var n int64
	for _, row := range r.BySegment {
		names, n = append(names, row.Name), n+row.N
	}
	if diff := cmp.Diff([]string{"A", "B", report.NoSegment}, names); diff != "" || n != r.Total.N {
		t.Errorf("segments of %d, want %d (-want +got):\n%s", n, r.Total.N, diff)
	}
	if none := r.BySegment.Row(report.NoSegment); !none.Withheld || !r.BySegment.Row("A").Withheld || r.BySegment.Row("B").Withheld {
		t.Error("one response without a segment is withheld, and A, the next smallest by name, with it")
	}
	want := satisfaction.Disconfirmation{N: 12, MeanGap: pointer(-15.0 / 12), Positive: 2, Confirmed: 2, Negative: 8}
	if diff := cmp.Diff(want, r.Loyalty.Gap, cmpopts.EquateApprox(0, 1e-9)); diff != "" {
		t.Errorf("gap (-want +got):\n%s", diff)
	}
	if plain := build(t, input(t, time.Time{}, []feedback.Rating{vote(t, 1, 5)})); len(plain.BySegment) != 0 {
		t.Errorf("nobody names a segment: %+v", plain.BySegment)
	} else if a, _ := plain.AbsenceOf(report.SecCSAT, "by_segment"); a.Reason != report.ReasonNoSegments {
		t.Errorf("the absence is %+v", a)
	}
}

func TestCardsTellOfLoyaltyAndOfWhatElseTheyAsk(t *testing.T) {
	facts := new(responses.Batch)
	for i := range 8 {
		card := feedback.Card{Rating: vote(t, i, 5), Card: "visit", Answers: map[string]string{
			"again": fmt.Sprint(3 + i%3), "found": []string{"yes", "no"}[i%2], "way": "tram",
		}}
		if i == 7 {
			card.Answers = nil
		}
		if err := facts.AddCard(&card); err != nil {
			t.Fatal(err)
		}
	}
	in := input(t, time.Time{}, nil)
	in.Facts = facts
	in.Items = map[string]map[string]report.Item{"visit": {
		"again": {Kind: "rating", Measures: "repurchase"}, "found": {Kind: "yes_no"},
	}}
	got := build(t, in).Loyalty
	ratio := func(k, n int64) (*float64, *satisfaction.Interval) {
		return satisfaction.Percent(k, n), satisfaction.Wilson(k, n)
	}
	again := report.Indicator{
		Card: "visit", Item: "again", Kind: "rating", Measures: "repurchase", N: 7, Mean: pointer(27.0 / 7), Grade: satisfaction.Indicative,
		Counts: []report.Count{{Name: "1"}, {Name: "2"}, {Name: "3", N: 3}, {Name: "4", N: 2}, {Name: "5", N: 2}},
	}
	again.TopPct, again.TopCI = ratio(4, 7)
	found := report.Indicator{Card: "visit", Item: "found", Kind: "yes_no", N: 7, Grade: satisfaction.Indicative,
		Counts: []report.Count{{Name: "yes", N: 4}, {Name: "no", N: 3}}}
	found.TopPct, found.TopCI = ratio(4, 7)
	way := report.Indicator{Card: "visit", Item: "way", Kind: "choice", N: 7, Grade: satisfaction.Indicative, Counts: []report.Count{{Name: "tram", N: 7}}}
	if diff := cmp.Diff([]report.Indicator{again}, got.Indicators); diff != "" {
		t.Errorf("indicators (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]report.Indicator{found, way}, got.Items); diff != "" { // way is no longer configured, and not lost
		t.Errorf("items (-want +got):\n%s", diff)
	}
}

// TestCase20InTheReport breaks ratings down by the touchpoint in place of the
// employee: an employee is no dimension of facts, and so of no report.
func TestCase20InTheReport(t *testing.T) {
	type row struct {
		N          int64
		CSAT       *float64 `json:"csat_pct"`
		Suppressed bool
	}
	type figures struct {
		Total struct {
			N    int64
			CSAT float64 `json:"csat_pct"`
		}
		ByEmployee map[string]row `json:"by_employee"`
	}
	var c struct {
		Input struct {
			Minimum int `json:"minimum_cell_n"`
			Rows    []struct {
				ID, Customer, Employee string
				Rating                 int
			}
			Erase string `json:"erase_customer"`
		}
		Expected struct {
			figures
			After struct {
				figures
				Rows int `json:"rows_with_customer_A"`
			} `json:"after_erasure"`
			Enabled bool `json:"employee_view_enabled_by_default"`
		}
	}
	domaincases.Load(t, "20", &c)
	check := func(want figures) {
		t.Helper()
		var votes []feedback.Rating
		for i, r := range c.Input.Rows {
			votes = append(votes, vote(t, i, r.Rating, at(feedback.Touchpoint(r.Employee))))
		}
		in := input(t, time.Time{}, votes)
		in.MinimumN = c.Input.Minimum
		r := build(t, in)
		got := figures{ByEmployee: map[string]row{}}
		got.Total.N, got.Total.CSAT = r.Total.N, *r.Total.CSATPct
		for _, b := range r.ByTouchpoint {
			shown := row{N: b.N, Suppressed: b.Withheld}
			if !b.Withheld {
				shown.CSAT = b.CSATPct
			}
			got.ByEmployee[b.Name] = shown
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		if employee := strings.Contains(string(encode(t, r)), "employee"); employee != c.Expected.Enabled {
			t.Error("the report has something of employees")
		}
	}
	check(c.Expected.figures)
	rows := 0
	for i := range c.Input.Rows {
		if c.Input.Rows[i].Customer == c.Input.Erase {
			c.Input.Rows[i].Customer = "" // what a fact never had
		}
		if c.Input.Rows[i].Customer == c.Input.Erase {
			rows++
		}
	}
	if rows != c.Expected.After.Rows {
		t.Errorf("%d rows of the customer are left", rows)
	}
	check(c.Expected.After.figures)
}
