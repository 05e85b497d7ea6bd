package report_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"resonanz/shared/feedback"
	"resonanz/shared/period"
	"resonanz/shared/report"
)

// history are so many months before March 2026, each with a hundred ratings of
// which low were low, and complaints of contacts.
func history(months int, low, complaints, contacts int64) []report.Past {
	const n = 100
	var all []report.Past
	for i := months; i > 0; i-- {
		c := report.PastCounts{N: n, Satisfied: n - low, Low: low, Complaints: complaints, AtContacts: complaints, Contacts: contacts}
		all = append(all, report.Past{
			Period: period.FromIndex((2026-2000)*12 + 2 - i), Status: report.Final, Counts: c,
			Touchpoints: map[feedback.Touchpoint]report.PastCounts{"hotline": c},
			NPS:         report.NPSCounts{Promoters: n / 2, Passives: n / 4, Detractors: n - n/2 - n/4},
		})
	}
	return all
}

// marchOf are so many good and low ratings of the hotline.
func marchOf(t testing.TB, good, low int) (votes []feedback.Rating) {
	t.Helper()
	for i := range good + low {
		stars := 5
		if i >= good {
			stars = 1
		}
		votes = append(votes, vote(t, i, stars))
	}
	return votes
}

func TestMoreLowRatingsThanChanceExplainsAreASignal(t *testing.T) {
	for name, tt := range map[string]struct {
		good, low   int
		past        []report.Past
		signal, run bool
		centre      float64
		baseline    int
	}{
		"as always":             {95, 5, history(12, 5, 0, 0), false, false, 0.05, 12},
		"far more":              {80, 20, history(12, 5, 0, 0), true, false, 0.05, 12},
		"far more, but of four": {1, 4, history(12, 5, 0, 0), false, false, 0.05, 12},
		"eight in a row above": {93, 7, append(history(12, 1, 0, 0)[:5], history(7, 6, 0, 0)...), false, true,
			(5*1 + 7*6) / 1200.0, 12},
		"seven in a row above": {93, 7, append(history(12, 1, 0, 0)[:6], history(6, 6, 0, 0)...), false, false,
			(6*1 + 6*6) / 1200.0, 12},
		"a gap ends the run": {93, 7, append(history(12, 1, 0, 0)[:4], append(history(8, 6, 0, 0)[:4], history(3, 6, 0, 0)...)...),
			false, false, (4*1 + 7*6) / 1100.0, 11},
	} {
		t.Run(name, func(t *testing.T) {
			in := input(t, time.Time{}, marchOf(t, tt.good, tt.low))
			in.History = tt.past
			r := build(t, in)
			c := r.Trends.Low
			if c.Signal != tt.signal || c.Run != tt.run || c.Baseline != tt.baseline || c.Per != "rating" || len(c.Points) != 13 {
				t.Errorf("signal %v, run %v, %d months behind the centre, %d points", c.Signal, c.Run, c.Baseline, len(c.Points))
			}
			if diff := cmp.Diff(tt.centre, c.Centre, cmpopts.EquateApprox(0, 1e-12)); diff != "" {
				t.Errorf("centre (-want +got):\n%s", diff)
			}
			if place := r.Trends.Places[0]; place.Touchpoint != "hotline" || place.Low.Signal != tt.signal || len(place.Months) != 13 {
				t.Errorf("the hotline's chart: %+v", place.Low)
			}
		})
	}
}

func TestTrendsHaveThirteenMonthsAndSayWhichAreNotKnown(t *testing.T) {
	in := input(t, time.Time{}, marchOf(t, 4, 2))
	in.History = append(history(2, 5, 3, 1000), report.Past{Period: in.Period.Add(-40), Status: report.Final}, report.Past{Period: in.Period, Status: report.Final})
	months := build(t, in).Trends.Months
	var known []string
	for _, m := range months {
		if m.Known {
			known = append(known, m.Period.String())
		} else if m.N != 0 || m.CSATPct != nil {
			t.Errorf("%s is not known: %+v", m.Period, m)
		}
	}
	if diff := cmp.Diff([]string{"2026-01", "2026-02", "2026-03"}, known); diff != "" || len(months) != 13 || months[0].Period.String() != "2025-03" {
		t.Errorf("%d months from %s, known (-want +got):\n%s", len(months), months[0].Period, diff)
	}
	if m := months[11]; m.N != 100 || *m.CSATPct != 95 || m.NPSN != 100 || *m.NPS != 25 || m.Complaints != 3 {
		t.Errorf("February: %+v", m)
	}
}

func TestWithoutHistoryThereIsNoChart(t *testing.T) {
	r := build(t, input(t, time.Time{}, marchOf(t, 10, 2)))
	if r.Trends.Low != nil || r.Trends.Complaint != nil {
		t.Error("a chart without a month before")
	}
	if a, ok := r.AbsenceOf(report.SecTrends, "history"); !ok || a.Reason != report.ReasonNoHistory {
		t.Errorf("the absence is %+v", a)
	}
}

// Limits of 0 would make a signal of anything: months before that have no
// complaint, or were imported without, say nothing of what is usual.
func TestWhereNothingWasThereBeforeThereIsNoLimit(t *testing.T) {
	in := input(t, time.Time{}, marchOf(t, 80, 20))
	in.History = history(12, 0, 0, 1000)
	r := build(t, in)
	if r.Trends.Low != nil || r.Trends.Complaint != nil {
		t.Errorf("charts %+v and %+v", r.Trends.Low, r.Trends.Complaint)
	}
	if a, ok := r.AbsenceOf(report.SecTrends, "complaints"); !ok || a.Reason != report.ReasonNothingBefore {
		t.Errorf("the absence is %+v", a)
	}
	for _, f := range r.Headlines.Key {
		if f.Section == report.SecTrends && f.Code != report.FindNoSignal {
			t.Errorf("page 1 says %+v", f)
		}
	}
}

func TestTheCentreOfAChartIsNotThatOfAFew(t *testing.T) {
	in := input(t, time.Time{}, append(marchOf(t, 10, 2), vote(t, 90, 5, at("repair")), vote(t, 91, 5, at("repair"))))
	in.History = history(1, 5, 0, 0)
	in.History[0].Touchpoints["repair"] = report.PastCounts{N: 4, Low: 1}
	for _, p := range build(t, in).Trends.Places {
		if (p.Low == nil) != (p.Touchpoint == "repair") {
			t.Errorf("%s: %+v", p.Touchpoint, p.Low)
		}
	}
}

func TestComplaintsAreRelatedToContactsWhereTheyAreKnown(t *testing.T) {
	var tales []*tale
	for i := range 9 {
		tales = append(tales, received(t, i, monday))
	}
	facts := func() report.Input {
		in := march(t, tell(tales...).batch(t))
		in.Facts.Append(input(t, time.Time{}, marchOf(t, 100, 0)).Facts)
		return in
	}
	in := facts()
	in.History = history(12, 5, 1, 1000)
	in.Contacts = map[feedback.Touchpoint]int64{"checkout-cologne": 600, "hotline": 400}
	c := build(t, in).Trends.Complaint
	if c.Per != "contact" || c.Centre != 0.001 || !c.Signal || *c.Points[12].Value != 0.009 || c.Points[12].N != 1000 {
		t.Errorf("chart per contact: %+v, March %+v", c, c.Points[12])
	}
	in = facts()
	in.History = history(12, 5, 9, 1000) // the contacts of March are not known
	if c := build(t, in).Trends.Complaint; c.Per != "response" || c.Signal || c.Points[12].K != 9 || c.Points[12].N != 100 {
		t.Errorf("chart per response: %+v, March %+v", c, c.Points[12])
	}
}

func TestTouchpointsWithFewRatingsAreWithheldOnEveryMonthsChart(t *testing.T) {
	votes := marchOf(t, 20, 0)
	for i := range 3 {
		votes = append(votes, vote(t, 100+i, 5, at("repair")))
	}
	in := input(t, time.Time{}, votes)
	in.History = history(1, 5, 0, 0)
	in.History[0].Touchpoints["repair"] = report.PastCounts{N: 50, Low: 2}
	for _, p := range build(t, in).Trends.Places {
		// In March one is of few and the other would give it away; in February neither is.
		if p.Low.Points[12].Withheld != true || p.Months[12].Withheld != true || p.Low.Points[11].Withheld || p.Months[11].Withheld {
			t.Errorf("%s: February %+v, March %+v", p.Touchpoint, p.Low.Points[11], p.Low.Points[12])
		}
	}
}

func TestThePastOfAReportIsItsPlaceInLaterTrends(t *testing.T) {
	votes := append(marchOf(t, 20, 6), vote(t, 90, 3, at("repair"), recommends(9)))
	in := march(t, tell(received(t, 1, monday)).batch(t))
	in.Facts.Append(input(t, time.Time{}, votes).Facts)
	in.Contacts = map[feedback.Touchpoint]int64{"hotline": 500, "checkout-cologne": 200}
	r := build(t, in)
	past := report.PastOf(r)
	want := report.Past{
		Period: in.Period, Status: report.Final,
		Counts: report.PastCounts{N: 27, Satisfied: 20, Low: 6, Complaints: 1, Contacts: 700, AtContacts: 1},
		Touchpoints: map[feedback.Touchpoint]report.PastCounts{
			"checkout-cologne": {Complaints: 1, Contacts: 200, AtContacts: 1}, "hotline": {N: 26, Satisfied: 20, Low: 6, Contacts: 500}, "repair": {N: 1},
		},
		Categories: map[string]int64{"delivery.late": 1},
		NPS:        report.NPSCounts{Promoters: 1},
	}
	if diff := cmp.Diff(want, past, cmp.Comparer(func(a, b period.Period) bool { return a == b })); diff != "" {
		t.Errorf("past (-want +got):\n%s", diff)
	}
	again, err := report.Parse(encode(t, r))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(past, report.PastOf(again), cmp.Comparer(func(a, b period.Period) bool { return a == b })); diff != "" {
		t.Errorf("of the report that was read back (-want +got):\n%s", diff)
	}
	last := r.Trends.Months[12]
	if last.N != past.Counts.N || *last.CSATPct != *r.Total.CSATPct || last.Complaints != 1 || last.NPSN != 1 || !last.NPSHeld {
		t.Errorf("the present month of the trends: %+v", last)
	}
}

func TestAGroupIsNotComparedWithThePastOfTheWhole(t *testing.T) {
	in := input(t, time.Time{}, marchOf(t, 50, 2))
	in.History = history(12, 5, 3, 1000)
	for i := range in.History { // the hotline is a half of it
		h := &in.History[i]
		h.Touchpoints["repair"] = h.Counts
		h.Counts = report.PastCounts{N: 200, Satisfied: 190, Low: 10, Complaints: 6, AtContacts: 6, Contacts: 2000}
	}
	whole := build(t, in).Trends.Months[11]
	in.Group, in.Only = "service", map[feedback.Touchpoint]bool{"hotline": true}
	r := build(t, in)
	part := r.Trends.Months[11]
	if whole.N != 200 || part.N != 100 || part.Complaints != 3 || part.Contacts != 1000 || part.NPS != nil {
		t.Errorf("February: the whole %+v, the group %+v", whole, part)
	}
	if len(r.Trends.Places) != 1 || in.History[0].Counts.N != 200 {
		t.Errorf("touchpoints %+v; what was given became %+v", r.Trends.Places, in.History[0].Counts)
	}
}
