package growth

import (
	"fmt"
	"math"
	"slices"
	"time"
)

// Verdict is what a series of one thing says.
type Verdict struct {
	First   float64 `json:"early"` // median of the first third of what counts
	Last    float64 `json:"late"`  // of the last third
	PerHour float64 `json:"per_hour"`
	Z       float64 `json:"z"` // of Mann and Kendall: above 2.33 it rises, by chance once in a hundred times
	Grows   bool    `json:"grows"`
}

// settles is how much of a series is left out at its beginning: caches, pools and
// heaps have a size that they grow to.
const settles = 0.3

// rises is the one-sided 1 % point of the normal distribution.
const rises = 2.326

// Bound is how much a series may rise while it is looked at: a part of what it was,
// and something besides. A rise that is significant and beyond it is growth.
type Bound struct{ Part, Plus float64 }

// Judge tests a series for a rise: significant by Mann and Kendall's test
// (H. B. Mann 1945, M. G. Kendall 1975), and beyond the bound by the slope of Theil
// and Sen (P. K. Sen 1968), the median of the slopes between all pairs, which a few
// samples taken in an odd moment do not move.
func Judge(at []time.Duration, v []float64, b Bound) Verdict {
	from := int(settles * float64(len(v)))
	at, v = at[from:], v[from:]
	n := len(v)
	if n < 6 { // nothing can be said of so few
		return Verdict{}
	}
	var s float64
	var slopes []float64
	for i := range n {
		for j := i + 1; j < n; j++ {
			switch {
			case v[j] > v[i]:
				s++
			case v[j] < v[i]:
				s--
			}
			if hours := (at[j] - at[i]).Hours(); hours > 0 {
				slopes = append(slopes, (v[j]-v[i])/hours)
			}
		}
	}
	third := n / 3
	out := Verdict{First: median(v[:third]), Last: median(v[n-third:]), PerHour: median(slopes), Z: mannKendall(s, v)}
	rise := out.PerHour * (at[n-1] - at[0]).Hours()
	out.Grows = out.Z > rises && rise > b.Part*out.First+b.Plus
	return out
}

// mannKendall is the standardised statistic, ties considered.
func mannKendall(s float64, v []float64) float64 {
	n := float64(len(v))
	variance := n * (n - 1) * (2*n + 5)
	ties := make(map[float64]float64)
	for _, x := range v {
		ties[x]++
	}
	for _, t := range ties {
		variance -= t * (t - 1) * (2*t + 5)
	}
	variance /= 18
	switch {
	case variance <= 0:
		return 0
	case s > 0:
		return (s - 1) / math.Sqrt(variance)
	case s < 0:
		return (s + 1) / math.Sqrt(variance)
	}
	return 0
}

func median(v []float64) float64 {
	if len(v) == 0 {
		return 0
	}
	v = slices.Sorted(slices.Values(v))
	m := len(v) / 2
	if len(v)%2 == 1 {
		return v[m]
	}
	return (v[m-1] + v[m]) / 2
}

func (v Verdict) String() string {
	word := "steady"
	if v.Grows {
		word = "GROWS"
	}
	return fmt.Sprintf("%.1f → %.1f, %+.1f/h, %s", v.First, v.Last, v.PerHour, word)
}
