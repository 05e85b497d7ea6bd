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

// Change compares a proportion with an earlier one, in percentage points.
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
	ci := Interval{d - hypot(p1-w1.Lo(), w2.Hi()-p2), d + hypot(w1.Hi()-p1, p2-w2.Lo())}
	c := Change{DeltaPP: &d, CI95PP: &ci, Verdict: NoDetectable}
	switch {
	case ci.Lo() > 0:
		c.Verdict = Improved
	case ci.Hi() < 0:
		c.Verdict = Declined
	}
	return c
}

func hypot(a, b float64) float64 { return math.Sqrt(float64(a*a) + float64(b*b)) }
