package signal

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"resonanz/events"
	"resonanz/shared/feedback"
)

// The rules that figures raise.
const (
	Spike            = "SPIKE"
	DataGap          = "DATA_GAP"
	SuspiciousVoting = "SUSPICIOUS_VOTING"
)

// leastDays is how many days of its own a touchpoint or category needs before
// anything counts as unusual there.
const leastDays = 7

// Rules are the thresholds, as configured.
type Rules struct {
	MinimumLow   int           // fewer low ratings or complaints are no spike
	Alpha        float64       // a burst or a silence less likely than this is none of chance
	BaselineDays int           // how many days before the day say what is usual
	BurstTaps    int           // so many taps at one kiosk …
	BurstWithin  time.Duration // … in this time
	RunLength    int           // or equal ratings in a row at one kiosk
	Zone         *time.Location
	Touchpoints  []feedback.Touchpoint // configured: a silence at another is none
	Closed       func(date string) bool
}

// Spikes are what is unusual about a day, so far or as a whole, against the days
// before it (in order of their dates, without gaps that matter). A burst has the
// hour in which it began for a subject, everything else the day: looked at again,
// the same day gives the same subjects and perhaps further ones. Until is the end
// of the time looked at.
func (r *Rules) Spikes(past []Day, day Day, until time.Time) (found []events.Signal) {
	past = r.baseline(past, day.Date)
	for _, t := range slices.Sorted(maps.Keys(day.Touchpoints)) {
		own := since(past, func(d *Day) bool { return d.Touchpoints[t] != nil })
		if len(own) >= leastDays {
			found = append(found, r.low(own, &day, t, until)...)
		}
	}
	for _, category := range slices.Sorted(maps.Keys(day.Complaints)) {
		k := day.Complaints[category]
		if len(past) < leastDays || k < r.MinimumLow { // a category nobody complained of was there all the same
			continue
		}
		sum := 0
		for i := range past {
			sum += past[i].Complaints[category]
		}
		if usual := float64(sum) / float64(len(past)); Tail(k, usual) < r.Alpha {
			found = append(found, events.Signal{
				Rule: Spike, Subject: "complaints:" + category + "@" + day.Date, Category: category,
				At: until, Observed: k, Expected: usual,
			})
		}
	}
	return found
}

// low are the bursts of low ratings at a touchpoint; else what its control chart
// says of the day.
func (r *Rules) low(past []Day, day *Day, t feedback.Touchpoint, until time.Time) (found []events.Signal) {
	today, usual := day.Touchpoints[t], usualLows(past, t)
	burst := false
	for hour, k := range today.Lows {
		before := burst
		burst = k >= r.MinimumLow && Tail(k, usual[hour]) < r.Alpha
		if burst && !before {
			found = append(found, events.Signal{
				Rule: Spike, Subject: fmt.Sprintf("%s@%sT%02d", t, day.Date, hour), Touchpoint: t,
				At: until, Observed: k, Of: today.By[hour], Expected: usual[hour],
			})
		}
	}
	if len(found) > 0 {
		return found
	}
	baseline := make([]Sample, len(past))
	for i := range past {
		baseline[i] = sample(past[i].Touchpoints[t])
	}
	chart, ok := PChart(baseline)
	if s := sample(today); ok && (chart.At(s, int64(r.MinimumLow)).Signal || r.trend(baseline, s)) {
		found = append(found, events.Signal{
			Rule: Spike, Subject: fmt.Sprintf("%s@%s", t, day.Date), Touchpoint: t,
			At: until, Observed: int(s.K), Of: int(s.N), Expected: float64(chart.Centre * float64(s.N)),
		})
	}
	return found
}

// trend is the run rule over days: as many in a row, the last among them, above
// the centre of the days before them. It holds on the day that makes the run
// full, and again when it is twice as long, not on each day of it.
func (r *Rules) trend(baseline []Sample, last Sample) bool {
	all := slices.DeleteFunc(append(slices.Clone(baseline), last), func(s Sample) bool { return s.N == 0 })
	if len(all) < leastDays+RunLength || last.K < int64(r.MinimumLow) {
		return false
	}
	chart, ok := PChart(all[:len(all)-RunLength])
	points := make([]float64, len(all))
	for i, s := range all {
		points[i] = float64(s.K) / float64(s.N)
	}
	n := Run(points, chart.Centre)
	return ok && n > 0 && n%RunLength == 0
}

// usualLows are the low ratings to be expected at a touchpoint in each hour of
// the day: the mean of that hour, and not less than that of all the hours in
// which anybody ever rated, since few days know little of one hour.
func usualLows(past []Day, t feedback.Touchpoint) (usual [24]float64) {
	var lows, all [24]int
	sum, hours := 0, 0
	for i := range past {
		if c := past[i].Touchpoints[t]; c != nil {
			for h := range c.By {
				lows[h] += c.Lows[h]
				all[h] += c.By[h]
			}
			sum += c.Low
		}
	}
	for _, n := range all {
		if n > 0 {
			hours++
		}
	}
	days := float64(len(past))
	for h := range usual {
		usual[h] = float64(lows[h]) / days
		if hours > 0 {
			usual[h] = max(usual[h], float64(sum)/days/float64(hours))
		}
	}
	return usual
}

// Gaps are the configured touchpoints that were silent for a whole day although
// by chance hardly any day like it would be: judged by the days of the week, none
// on a day that is closed. A silence is told on its first day.
func (r *Rules) Gaps(past []Day, day Day, until time.Time) (found []events.Signal) {
	past = r.baseline(past, day.Date)
	for _, t := range r.Touchpoints {
		usual, silent := r.silent(past, &day, t)
		if !silent {
			continue
		}
		if n := len(past); n > 0 {
			if _, before := r.silent(past[:n-1], &past[n-1], t); before {
				continue
			}
		}
		found = append(found, events.Signal{
			Rule: DataGap, Subject: fmt.Sprintf("%s@%s", t, day.Date), Touchpoint: t, At: until, Expected: usual,
		})
	}
	return found
}

// silent reports whether nothing came in on a day on which so much was usual.
func (r *Rules) silent(past []Day, day *Day, t feedback.Touchpoint) (usual float64, silent bool) {
	if day.Touchpoints[t] != nil || r.Closed != nil && r.Closed(day.Date) {
		return 0, false
	}
	own := since(past, func(d *Day) bool { return d.Touchpoints[t] != nil })
	if len(own) < leastDays {
		return 0, false
	}
	var sum, same, days int
	for i := range own {
		n := 0
		if c := own[i].Touchpoints[t]; c != nil {
			n = c.All
		}
		sum += n
		if weekday(own[i].Date) == weekday(day.Date) {
			same += n
			days++
		}
	}
	usual = float64(sum) / float64(len(own))
	if days > 0 {
		usual = min(usual, float64(same)/float64(days))
	}
	return usual, Silent(usual) < r.Alpha
}

// Suspicious are the kiosks of a day at which somebody played: more taps in a
// short time than customers make, or the same rating again and again. The
// subject is the kiosk and the hour, of a run the hour in which it was full.
func (r *Rules) Suspicious(day map[feedback.Device][]Tap, at func(feedback.Device) feedback.Touchpoint, until time.Time) (found []events.Signal) {
	for _, device := range slices.Sorted(maps.Keys(day)) {
		told := map[string]bool{}
		tell := func(tap Tap, observed int) {
			subject := fmt.Sprintf("%s@%s", device, tap.At.In(r.Zone).Format("2006-01-02T15"))
			if !told[subject] {
				told[subject] = true
				found = append(found, events.Signal{
					Rule: SuspiciousVoting, Subject: subject, Touchpoint: at(device), Device: device, At: until, Observed: observed,
				})
			}
		}
		first, run := 0, 0
		for i, tap := range day[device] {
			for tap.At.Sub(day[device][first].At) > r.BurstWithin {
				first++
			}
			if n := i - first + 1; n == r.BurstTaps {
				tell(tap, n)
			}
			if i == 0 || day[device][i-1].Rating != tap.Rating {
				run = 0
			}
			if run++; run == r.RunLength {
				tell(tap, run)
			}
		}
	}
	return found
}

// baseline are the days that say what is usual on a date.
func (r *Rules) baseline(past []Day, date string) []Day {
	day, err := time.Parse(time.DateOnly, date)
	if err != nil {
		return nil
	}
	from := day.AddDate(0, 0, -r.BaselineDays).Format(time.DateOnly)
	return slices.DeleteFunc(slices.Clone(past), func(d Day) bool { return d.Date < from || d.Date >= date })
}

// since are the days from the first that holds on.
func since(days []Day, holds func(*Day) bool) []Day {
	for i := range days {
		if holds(&days[i]) {
			return days[i:]
		}
	}
	return nil
}

func sample(c *Counts) Sample {
	if c == nil {
		return Sample{}
	}
	return Sample{int64(c.Low), int64(c.N)}
}

func weekday(date string) time.Weekday {
	t, err := time.Parse(time.DateOnly, date)
	if err != nil {
		return -1
	}
	return t.Weekday()
}
