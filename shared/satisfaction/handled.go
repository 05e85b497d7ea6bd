package satisfaction

// Handled is the satisfaction of complainants with how their complaint was
// handled, asked after closure. The rules are those of worked case 15.
type Handled struct {
	ResponseRatePct *float64 `json:"response_rate_pct"` // 100·answers / asked
	Figures         Figures  `json:"complaint_satisfaction"`
	ConvincedPct    *float64 `json:"convinced_pct"`    // share of 5
	DisappointedPct *float64 `json:"disappointed_pct"` // share of 1 and 2
}

// HandledOf sums up the answers (a tally of Stars5) of so many who were asked.
func HandledOf(answers Tally, asked int64) Handled {
	n, d := answers.N(), answers.Distribution()
	return Handled{
		ResponseRatePct: Percent(n, asked),
		Figures:         answers.Figures(),
		ConvincedPct:    Percent(d.Of(5), n),
		DisappointedPct: Percent(d.Of(1)+d.Of(2), n),
	}
}

// Disconfirmation is how what customers got compares with what they expected:
// the gap is performance − expectation, both 1 to 5.
type Disconfirmation struct {
	N         int64    `json:"n"`
	MeanGap   *float64 `json:"mean_gap"`
	Positive  int64    `json:"positive"`  // better than expected: delighted
	Confirmed int64    `json:"confirmed"` // as expected: satisfied
	Negative  int64    `json:"negative"`  // worse than expected: dissatisfied
}

// Gaps counts answers to both questions by their gap, −4 to 4. The zero value is
// empty.
type Gaps [9]int64

// Add counts one answer to both questions, each 1 to 5.
func (g *Gaps) Add(expectation, performance int) { g[performance-expectation+4]++ }

// Disconfirmation sums up what was counted.
func (g *Gaps) Disconfirmation() Disconfirmation {
	var d Disconfirmation
	var sum int64
	for i, n := range g {
		gap := i - 4
		d.N += n
		sum += int64(gap) * n
		switch {
		case gap > 0:
			d.Positive += n
		case gap == 0:
			d.Confirmed += n
		default:
			d.Negative += n
		}
	}
	if d.N > 0 {
		d.MeanGap = ptr(float64(sum) / float64(d.N))
	}
	return d
}
