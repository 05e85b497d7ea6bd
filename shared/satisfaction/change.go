package satisfaction

import "math"

// Verdict is what a change between two months amounts to.
type Verdict string

// The verdicts. Improved and declined only when 0 lies outside the interval.
const (
	Improved     Verdict = "improved"
	Declined     Verdict = "declined"
	NoDetectable Verdict = "no detectable change"
	NoData       Verdict = "no data" // one of the two has no responses
)

// Proportion is a count of successes among n.
type Proportion struct {
	N         int64 `json:"n"`
	Satisfied int64 `json:"satisfied"`
}

// Change compares a figure with an earlier one: a proportion in percentage
// points, a score in points, a rate in its own unit.
type Change struct {
	DeltaPP *float64  `json:"delta_pp"`
	CI95PP  *Interval `json:"ci95_pp"`
	Verdict Verdict   `json:"verdict"`
}

// Significant reports whether the change is more than chance explains.
func (c Change) Significant() bool { return c.Verdict == Improved || c.Verdict == Declined }

// ChangeOf compares this with previous by Newcombe's hybrid score interval for
// the difference of two independent proportions (Newcombe 1998, method 10).
func ChangeOf(this, previous Proportion) Change {
	w1, w2 := Wilson(this.Satisfied, this.N), Wilson(previous.Satisfied, previous.N)
	if w1 == nil || w2 == nil {
		return Change{Verdict: NoData}
	}
	p1, p2 := *Percent(this.Satisfied, this.N), *Percent(previous.Satisfied, previous.N)
	d := p1 - p2
	return changeOf(d, Interval{d - hypot(p1-w1.Lo(), w2.Hi()-p2), d + hypot(w1.Hi()-p1, p2-w2.Lo())})
}

func hypot(a, b float64) float64 { return math.Sqrt(float64(a*a) + float64(b*b)) }

// ChangeOfScores compares two net promoter scores, in points: the difference,
// and the interval of independent samples around the adjusted scores (as
// NetPromoterOf adjusts them), which always holds the difference itself.
func ChangeOfScores(this, previous NetPromoter) Change {
	if this.N == 0 || previous.N == 0 {
		return Change{Verdict: NoData}
	}
	delta := *this.NPS - *previous.NPS
	adjusted := *this.Adjusted - *previous.Adjusted
	half := hypot(reach(this), reach(previous))
	return changeOf(delta, Interval{min(delta, adjusted-half), max(delta, adjusted+half)})
}

// reach is half the width of the adjusted interval, before it ends at ±100.
func reach(p NetPromoter) float64 {
	_, se := netOf(float64(p.N)+3, float64(p.Promoters)+0.75, float64(p.Detractors)+0.75)
	return float64(z * se)
}

// ChangeOfRates compares two rates of events, per so many chances: k of n now
// and before. The interval joins the exact Poisson intervals of both as
// Newcombe's joins score intervals (Donner and Zou 2012). More is Improved: who
// counts complaints reads it the other way.
func ChangeOfRates(k, n, previousK, previousN int64, per float64) Change {
	rate, ci := Rate(k, n, per)
	before, ciBefore := Rate(previousK, previousN, per)
	if rate == nil || before == nil {
		return Change{Verdict: NoData}
	}
	d := *rate - *before
	return changeOf(d, Interval{
		d - hypot(*rate-ci.Lo(), ciBefore.Hi()-*before),
		d + hypot(ci.Hi()-*rate, *before-ciBefore.Lo()),
	})
}

func changeOf(delta float64, ci Interval) Change {
	c := Change{DeltaPP: &delta, CI95PP: &ci, Verdict: NoDetectable}
	switch {
	case ci.Lo() > 0:
		c.Verdict = Improved
	case ci.Hi() < 0:
		c.Verdict = Declined
	}
	return c
}
