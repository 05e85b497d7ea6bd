package signal

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"resonanz/events"
	"resonanz/shared/domaincases"
	"resonanz/shared/feedback"
)

var (
	noon = time.Date(2026, time.March, 10, 12, 0, 0, 0, time.UTC)
	// defaults are the thresholds of the schema.
	defaults = Rules{
		MinimumLow: 5, Alpha: 0.001, BaselineDays: 28, BurstTaps: 20, BurstWithin: time.Minute, RunLength: 25,
		Zone: time.UTC, Touchpoints: []feedback.Touchpoint{"hotline", "shop"},
	}
	close6 = cmpopts.EquateApprox(0, domaincases.Tolerance)
)

// date is the day n days before 10 March 2026, a Tuesday.
func date(n int) string { return noon.AddDate(0, 0, -n).Format(time.DateOnly) }

// usual are days before 10 March on which each touchpoint had n responses and
// low low ratings in the hours from 9 to 17.
func usual(days, n, low int, touchpoints ...feedback.Touchpoint) (past []Day) {
	for i := days; i > 0; i-- {
		d := Day{Date: date(i), Touchpoints: map[feedback.Touchpoint]*Counts{}, Complaints: map[string]int{"billing": 1}}
		for _, t := range touchpoints {
			d.Touchpoints[t] = day(n, low)
		}
		past = append(past, d)
	}
	return past
}

// day spreads responses over eight hours.
func day(n, low int) *Counts {
	c := &Counts{All: n, N: n, Low: low}
	for i := range n {
		c.By[9+i%8]++
	}
	for i := range low {
		c.Lows[9+i%8]++
	}
	return c
}

// lows is a day with low ratings in one hour beside the usual.
func lows(hour, k int) *Counts {
	c := day(80, 0)
	c.All, c.N, c.Low = c.All+k, c.N+k, k
	c.By[hour] += k
	c.Lows[hour] += k
	return c
}

func subjects(found []events.Signal) (out []string) {
	for _, s := range found {
		out = append(out, s.Rule+" "+s.Subject)
	}
	return out
}

func TestABurstOfLowRatingsIsASpikeOfTheHourItBeganIn(t *testing.T) {
	past := usual(28, 80, 8, "hotline") // one low rating in each of eight hours
	today := Day{Date: date(0), Touchpoints: map[feedback.Touchpoint]*Counts{"hotline": lows(11, 9)}}
	want := []events.Signal{{
		Rule: Spike, Subject: "hotline@2026-03-10T11", Touchpoint: "hotline", At: noon, Observed: 9, Of: 19, Expected: 1,
	}}
	if diff := cmp.Diff(want, defaults.Spikes(past, today, noon), close6); diff != "" {
		t.Errorf("signals (-want +got):\n%s", diff)
	}
	for name, tc := range map[string]struct {
		counts *Counts
		want   []string
	}{
		"five where one is usual: likely enough": {lows(11, 5), nil},
		"at night, where nobody rates":           {lows(3, 7), []string{"SPIKE hotline@2026-03-10T03"}},
		"an hour later it goes on: the same":     {func() *Counts { c := lows(11, 9); c.Lows[12], c.Low = 9, 18; return c }(), []string{"SPIKE hotline@2026-03-10T11"}},
		"and comes back: another":                {func() *Counts { c := lows(11, 9); c.Lows[15], c.Low = 9, 18; return c }(), []string{"SPIKE hotline@2026-03-10T11", "SPIKE hotline@2026-03-10T15"}},
	} {
		today := Day{Date: date(0), Touchpoints: map[feedback.Touchpoint]*Counts{"hotline": tc.counts}}
		if diff := cmp.Diff(tc.want, subjects(defaults.Spikes(past, today, noon))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestFewLowRatingsAreNoSpikeHoweverUnusual(t *testing.T) {
	past := usual(28, 10, 0, "hotline")
	for k, want := range map[int]int{4: 0, 5: 1} {
		today := Day{Date: date(0), Touchpoints: map[feedback.Touchpoint]*Counts{"hotline": lows(11, k)}}
		if got := defaults.Spikes(past, today, noon); len(got) != want {
			t.Errorf("%d low ratings: %v", k, subjects(got))
		}
	}
}

func TestADayOutOfItsControlChartIsASpikeOfTheDay(t *testing.T) {
	past := usual(28, 80, 4, "hotline") // 5 %
	today := Day{Date: date(0), Touchpoints: map[feedback.Touchpoint]*Counts{"hotline": day(80, 11)}}
	want := []events.Signal{{
		Rule: Spike, Subject: "hotline@2026-03-10", Touchpoint: "hotline", At: noon, Observed: 11, Of: 80, Expected: 4,
	}}
	if diff := cmp.Diff(want, defaults.Spikes(past, today, noon), close6); diff != "" {
		t.Errorf("signals (-want +got):\n%s", diff)
	}
	today.Touchpoints["hotline"] = day(80, 9) // below 5 % + 3 · 2.4 %
	if got := defaults.Spikes(past, today, noon); len(got) != 0 {
		t.Errorf("within its limits: %v", subjects(got))
	}
}

func TestEightDaysAboveTheCentreAreASpikeAndAgainTheNextEight(t *testing.T) {
	var told []string
	past := usual(40, 80, 4, "hotline")
	for i := range 20 { // day after day a little above the 5 % of before, far within the limits
		for j := len(past) - 20; j < len(past)-20+i; j++ {
			past[j].Touchpoints["hotline"] = day(80, 6)
		}
		n := len(past) - 20 + i
		today := Day{Date: past[n].Date, Touchpoints: map[feedback.Touchpoint]*Counts{"hotline": day(80, 6)}}
		told = append(told, subjects(defaults.Spikes(past[:n], today, noon))...)
	}
	want := []string{"SPIKE hotline@" + date(13), "SPIKE hotline@" + date(5)}
	if diff := cmp.Diff(want, told); diff != "" {
		t.Errorf("signals (-want +got):\n%s", diff)
	}
}

func TestATouchpointThatIsNewHasNothingUnusual(t *testing.T) {
	past := usual(28, 80, 8, "shop")
	today := Day{Date: date(0), Touchpoints: map[feedback.Touchpoint]*Counts{"hotline": lows(11, 50)}}
	if got := defaults.Spikes(past, today, noon); len(got) != 0 {
		t.Errorf("%v", subjects(got))
	}
	for n, want := range map[int]int{6: 0, 7: 1} {
		past := append(usual(28, 80, 0, "shop")[:28-n], usual(n, 80, 0, "hotline")...)
		if got := defaults.Spikes(past, today, noon); len(got) != want {
			t.Errorf("known for %d days: %v", n, subjects(got))
		}
	}
}

func TestABurstOfComplaintsIsASpikeOfTheCategory(t *testing.T) {
	past := usual(28, 80, 4, "hotline") // billing once a day
	today := Day{Date: date(0), Complaints: map[string]int{"billing": 8, "privacy": 5, "other": 4}}
	want := []events.Signal{
		{Rule: Spike, Subject: "complaints:billing@2026-03-10", Category: "billing", At: noon, Observed: 8, Expected: 1},
		{Rule: Spike, Subject: "complaints:privacy@2026-03-10", Category: "privacy", At: noon, Observed: 5}, // never before
	}
	if diff := cmp.Diff(want, defaults.Spikes(past, today, noon), close6); diff != "" {
		t.Errorf("signals (-want +got):\n%s", diff)
	}
	today.Complaints = map[string]int{"billing": 5}
	if got := defaults.Spikes(past, today, noon); len(got) != 0 {
		t.Errorf("likely enough: %v", subjects(got))
	}
	today.Complaints = map[string]int{"privacy": 9}
	if got := defaults.Spikes(past[22:], today, noon); len(got) != 0 {
		t.Errorf("known for six days: %v", subjects(got))
	}
}

func TestOnlyTheDaysOfTheBaselineSayWhatIsUsual(t *testing.T) {
	past := usual(60, 80, 40, "hotline") // half of them low, until 28 days ago
	for i := 60 - 28; i < 60; i++ {
		past[i].Touchpoints["hotline"] = day(80, 4)
	}
	today := Day{Date: date(0), Touchpoints: map[feedback.Touchpoint]*Counts{"hotline": day(80, 20)}}
	if got := defaults.Spikes(past, today, noon); len(got) != 1 || got[0].Expected != 4 {
		t.Errorf("got %+v, want what is usual of 28 days", got)
	}
	if got := defaults.Spikes(append(past, today), today, noon); len(got) != 1 || got[0].Expected != 4 {
		t.Errorf("got %+v, want the day itself left out", got)
	}
}

func TestASilentDayIsAGapWhereThatIsUnlikely(t *testing.T) {
	for name, tc := range map[string]struct {
		past   []Day
		day    Day
		closed string
		want   []string
	}{
		"both silent, one of them usually busy": {usual(28, 20, 0, "hotline"), Day{Date: date(0)}, "", []string{"DATA_GAP hotline@2026-03-10"}},
		"few a day: it happens":                 {usual(28, 6, 0, "hotline"), Day{Date: date(0)}, "", nil},
		"seven a day: hardly":                   {usual(28, 7, 0, "hotline"), Day{Date: date(0)}, "", []string{"DATA_GAP hotline@2026-03-10"}},
		"somebody rated":                        {usual(28, 20, 0, "hotline"), Day{Date: date(0), Touchpoints: map[feedback.Touchpoint]*Counts{"hotline": {All: 1}}}, "", nil},
		"a holiday":                             {usual(28, 20, 0, "hotline"), Day{Date: date(0)}, date(0), nil},
		"silent the day before already": {func() []Day {
			p := usual(28, 20, 0, "hotline")
			delete(p[27].Touchpoints, "hotline")
			return p
		}(), Day{Date: date(0)}, "", nil},
		"silent on every Tuesday": {func() []Day {
			p := usual(28, 20, 0, "hotline")
			for i := range p {
				if weekday(p[i].Date) == time.Tuesday {
					delete(p[i].Touchpoints, "hotline")
				}
			}
			return p
		}(), Day{Date: date(0)}, "", nil},
		"new": {usual(6, 20, 0, "hotline"), Day{Date: date(0)}, "", nil},
	} {
		r := defaults
		r.Closed = func(date string) bool { return date == tc.closed }
		got := r.Gaps(tc.past, tc.day, noon)
		if diff := cmp.Diff(tc.want, subjects(got)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
		for _, s := range got {
			if s.Touchpoint != "hotline" || s.Expected < 7 || s.Observed != 0 {
				t.Errorf("%s: %+v", name, s)
			}
		}
	}
}

// taps are n presses so far apart, each with the rating that of gives.
func taps(n int, apart time.Duration, of func(int) int) (out []Tap) {
	for i := range n {
		out = append(out, Tap{noon.Add(time.Duration(i) * apart), of(i)})
	}
	return out
}

func TestPlayingWithAKioskIsSuspicious(t *testing.T) {
	mixed := func(i int) int { return 1 + i%5 }
	five := func(int) int { return 5 }
	for name, tc := range map[string]struct {
		taps []Tap
		want []int // observed
	}{
		"nobody":                                {nil, nil},
		"twenty within a minute":                {taps(20, 3*time.Second, mixed), []int{20}},
		"twenty in exactly a minute":            {taps(20, time.Minute/19, mixed), []int{20}},
		"twenty in a little more":               {taps(20, 3200*time.Millisecond, mixed), nil},
		"nineteen":                              {taps(19, time.Second, mixed), nil},
		"twenty-five equal ratings":             {taps(25, 5*time.Minute, five), []int{25}},
		"twenty-four":                           {taps(24, 5*time.Minute, five), nil},
		"a run that goes on is told once":       {taps(60, time.Minute, five), []int{25}},
		"a run that was broken":                 {taps(48, time.Minute, func(i int) int { return 5 - i/24 }), nil},
		"a burst and a run in one hour are one": {taps(30, time.Second, five), []int{20}},
		"a burst over two hours": {append(taps(20, time.Second, mixed), func() []Tap {
			later := taps(20, time.Second, mixed)
			for i := range later {
				later[i].At = later[i].At.Add(time.Hour)
			}
			return later
		}()...), []int{20, 20}},
	} {
		got := defaults.Suspicious(map[feedback.Device][]Tap{"kiosk-1": tc.taps}, func(feedback.Device) feedback.Touchpoint { return "shop" }, noon)
		var observed []int
		for _, s := range got {
			observed = append(observed, s.Observed)
			if s.Rule != SuspiciousVoting || s.Device != "kiosk-1" || s.Touchpoint != "shop" {
				t.Errorf("%s: %+v", name, s)
			}
		}
		if diff := cmp.Diff(tc.want, observed); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	got := defaults.Suspicious(map[feedback.Device][]Tap{"kiosk-1": taps(25, 5*time.Minute, five)}, func(feedback.Device) feedback.Touchpoint { return "shop" }, noon)
	if want := fmt.Sprintf("SUSPICIOUS_VOTING kiosk-1@%sT14", date(0)); len(got) != 1 || subjects(got)[0] != want {
		t.Errorf("%v, want %s", subjects(got), want)
	}
}
