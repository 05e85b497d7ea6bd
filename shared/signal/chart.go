// Package signal tells figures that ask for attention from chance: control
// charts, run rule and bursts, and what of a day's ratings and complaints is a
// spike, a silence or suspicious voting. It imports the standard library and the
// domain only; everything is a pure function of its inputs.
//
// The formulas are those of worked case 13.
package signal

import "math"

// Sample is how many of how many: low ratings of ratings, or complaints of
// contacts.
type Sample struct{ K, N int64 }

// Chart is a control chart (Shewhart): its centre line, from a baseline.
type Chart struct {
	Centre float64
	share  bool // a p-chart; else a u-chart
}

// Point is one sample on a chart. Limits are three standard errors away.
type Point struct {
	Value  float64
	Lower  float64 // never below 0
	Upper  float64 // of a p-chart never above 1
	Signal bool    // above Upper, with enough to count
}

// PChart is a chart of shares: low ratings of ratings. A baseline without any
// rating gives ok false.
func PChart(baseline []Sample) (c Chart, ok bool) { return chart(baseline, true) }

// UChart is a chart of rates: complaints of contacts, which may be more than
// one. A baseline without any contact gives ok false.
func UChart(baseline []Sample) (c Chart, ok bool) { return chart(baseline, false) }

func chart(baseline []Sample, share bool) (Chart, bool) {
	var k, n int64
	for _, s := range baseline {
		k += s.K
		n += s.N
	}
	if n <= 0 {
		return Chart{}, false
	}
	return Chart{Centre: float64(k) / float64(n), share: share}, true
}

// At is where s stands on the chart; minimum is the K below which nothing is a
// signal, since few ratings swing widely. Without any rating there is none.
func (c Chart) At(s Sample, minimum int64) Point {
	if s.N <= 0 {
		return Point{}
	}
	n, variance := float64(s.N), c.Centre
	if c.share {
		variance = float64(c.Centre * (1 - c.Centre))
	}
	away := float64(3 * math.Sqrt(variance/n))
	p := Point{Value: float64(s.K) / n, Lower: max(0, c.Centre-away), Upper: c.Centre + away}
	if c.share {
		p.Upper = min(1, p.Upper)
	}
	p.Signal = s.K >= minimum && p.Value > p.Upper
	return p
}

// RunLength is the run rule: so many points in a row strictly above the centre
// line are a signal.
const RunLength = 8

// Run is how many of the last points lie in a row strictly above centre.
func Run(points []float64, centre float64) (n int) {
	for i := len(points) - 1; i >= 0 && points[i] > centre; i-- {
		n++
	}
	return n
}

// Tail is P(X ≥ k) of a Poisson distribution with mean λ ≥ 0: how likely so many
// are by chance.
func Tail(k int, mean float64) float64 {
	switch {
	case k <= 0:
		return 1
	case mean <= 0:
		return 0
	case float64(k) > mean: // few terms above k: sum them, so that small ones are exact
		sum, term := 0.0, mass(k, mean)
		for i := k; term > sum*1e-17; {
			sum += term
			i++
			term *= mean / float64(i)
		}
		return min(1, sum)
	}
	sum := 0.0
	for i := range k {
		sum += mass(i, mean)
	}
	return max(0, 1-sum)
}

// mass is P(X = k), by logarithms, so that no part of it overflows.
func mass(k int, mean float64) float64 {
	factorial, _ := math.Lgamma(float64(k) + 1)
	return math.Exp(float64(float64(k)*math.Log(mean)) - mean - factorial)
}

// Silent is P(X = 0) of a Poisson distribution with mean λ: how likely nothing
// at all is by chance.
func Silent(mean float64) float64 { return math.Exp(-max(0, mean)) }
