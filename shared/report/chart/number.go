package chart

import (
	"math"
	"strconv"
	"strings"

	"gonum.org/v1/plot"

	"resonanz/shared/report/doc"
)

// numeral writes the numbers of a chart in its language.
type numeral struct {
	german   bool
	unit     string
	decimals int
}

// numerals are those of the chart.
func numerals(c *doc.Chart) numeral {
	n := numeral{german: c.Language == "de", unit: c.Unit, decimals: c.Decimals}
	if n.decimals > 0 {
		return n
	}
	for _, s := range c.Series {
		for _, v := range s.Values {
			if known(v) && v != math.Trunc(v) {
				n.decimals = 1
				return n
			}
		}
	}
	return n
}

// known reports whether a point is there.
func known(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }

// with is a value with its unit.
func (n numeral) with(v float64, decimals int) string {
	s := n.plain(v, decimals)
	switch {
	case n.unit == "":
	case n.unit == "%" && !n.german:
		s += "%"
	default:
		s += "\u00a0" + n.unit
	}
	return s
}

// plain is a value: half away from zero, thousands apart.
func (n numeral) plain(v float64, decimals int) string {
	scale := math.Pow10(decimals)
	v = math.Round(v*scale) / scale
	s := strconv.FormatFloat(math.Abs(v), 'f', decimals, 64)
	whole, part, _ := strings.Cut(s, ".")
	point, group := ".", ","
	if n.german {
		point, group = ",", "."
	}
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + group + whole[i:]
	}
	if part != "" {
		whole += point + part
	}
	if v < 0 {
		return "−" + whole
	}
	return whole
}

// ticks marks an axis at round values.
type ticks struct {
	numeral
	most int
}

// Ticks are the marks from lo to hi.
func (t ticks) Ticks(lo, hi float64) []plot.Tick {
	step := round(lo, hi, t.most)
	decimals := 0
	for s := step; decimals < 6 && math.Abs(s-math.Round(s)) > 1e-9*s; s *= 10 {
		decimals++
	}
	var all []plot.Tick
	for i := math.Ceil(lo/step - 1e-9); i <= math.Floor(hi/step+1e-9); i++ {
		all = append(all, plot.Tick{Value: i * step, Label: t.with(i*step, decimals)})
	}
	return all
}

// round is the step of an axis with at most so many parts: 1, 2, 2.5 or 5 times
// a power of ten.
func round(lo, hi float64, most int) float64 {
	rough := (hi - lo) / float64(most)
	if !(rough > 0) {
		return 1
	}
	power := math.Pow10(int(math.Floor(math.Log10(rough))))
	for _, m := range []float64{1, 2, 2.5, 5, 10} {
		if m*power >= rough*(1-1e-9) {
			return m * power
		}
	}
	return 10 * power
}

// extent is the range of the value axis: what is fixed, else all that is drawn
// on it, from and to round values; zero makes zero part of it.
func extent(c *doc.Chart, zero bool, most int, more ...[]float64) (lo, hi float64) {
	if c.Fixed && c.Max > c.Min {
		return c.Min, c.Max
	}
	lo, hi = math.Inf(1), math.Inf(-1)
	take := func(vs []float64) {
		for _, v := range vs {
			if known(v) {
				lo, hi = min(lo, v), max(hi, v)
			}
		}
	}
	for _, s := range c.Series {
		take(s.Values)
		take(s.Low)
		take(s.High)
	}
	for _, vs := range more {
		take(vs)
	}
	for _, l := range c.Lines {
		if !l.Vertical || c.Kind == doc.Bars {
			take([]float64{l.At})
		}
	}
	if math.IsInf(lo, 0) {
		return 0, 1
	}
	if zero {
		lo, hi = min(lo, 0), max(hi, 0)
	}
	if lo == hi {
		hi = lo + 1
	}
	step := round(lo, hi, most)
	return math.Floor(lo/step+1e-9) * step, math.Ceil(hi/step-1e-9) * step
}
