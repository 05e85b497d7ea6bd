package satisfaction

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
)

// Tally counts the ratings of one scale. It is all the figures need, and two
// tallies of the same scale add up to the tally of both sets.
type Tally struct {
	Scale  Scale
	counts [10]int64 // counts[i] is the number of ratings Scale.Min+i
}

// NewTally is an empty tally of s, with the ratings given.
func NewTally(s Scale, ratings ...int) (Tally, error) {
	t := Tally{Scale: s}
	for _, r := range ratings {
		if err := t.Add(r); err != nil {
			return Tally{}, err
		}
	}
	return t, nil
}

// TallyOf is the tally of s whose counts, from Min to Max, are given.
func TallyOf(s Scale, counts []int64) Tally {
	t := Tally{Scale: s}
	copy(t.counts[:s.Max-s.Min+1], counts)
	return t
}

// Add counts one rating; a rating off the scale is an error and changes nothing.
func (t *Tally) Add(rating int) error {
	if !t.Scale.Valid(rating) {
		return fmt.Errorf("counting rating %d: outside %d to %d of scale %s", rating, t.Scale.Min, t.Scale.Max, t.Scale.Name)
	}
	t.counts[rating-t.Scale.Min]++
	return nil
}

// Merge adds the counts of o, which must be of the same scale.
func (t *Tally) Merge(o Tally) error {
	if t.Scale != o.Scale {
		return fmt.Errorf("merging tallies: scale %s with %s: pool them instead", t.Scale.Name, o.Scale.Name)
	}
	for i, n := range o.counts {
		t.counts[i] += n
	}
	return nil
}

// N is the number of ratings.
func (t Tally) N() (n int64) {
	for _, c := range t.counts {
		n += c
	}
	return n
}

// Satisfied is the number of ratings in the top box.
func (t Tally) Satisfied() (n int64) {
	for r := t.Scale.Top; r <= t.Scale.Max; r++ {
		n += t.counts[r-t.Scale.Min]
	}
	return n
}

// Distribution lists the count of every rating of the scale.
func (t Tally) Distribution() Distribution {
	d := make(Distribution, 0, t.Scale.Max-t.Scale.Min+1)
	for r := t.Scale.Min; r <= t.Scale.Max; r++ {
		d = append(d, Count{Rating: r, N: t.counts[r-t.Scale.Min]})
	}
	return d
}

// sums returns the sum of the ratings and of their squares; exact.
func (t Tally) sums() (sum, squares int64) {
	for i, c := range t.counts {
		r := int64(t.Scale.Min + i)
		sum += r * c
		squares += r * r * c
	}
	return sum, squares
}

// indexSum is the sum of 100·(x−min)/(max−min) over the ratings.
func (t Tally) indexSum() float64 {
	sum, _ := t.sums()
	return float64(100*(sum-t.N()*int64(t.Scale.Min))) / float64(t.Scale.Max-t.Scale.Min)
}

// at returns the k-th smallest rating, counted from 0.
func (t Tally) at(k int64) int {
	for i, c := range t.counts {
		if k -= c; k < 0 {
			return t.Scale.Min + i
		}
	}
	return t.Scale.Max
}

// Figures computes the figures of one scale. Sums are exact for up to 3·10⁸
// responses.
func (t Tally) Figures() Figures {
	n := t.N()
	f := Figures{
		N: n, Distribution: t.Distribution(), Satisfied: t.Satisfied(), TopBox: t.Scale.Label(),
		CSATPct: Percent(t.Satisfied(), n), CSATCI95Pct: Wilson(t.Satisfied(), n),
		Bottom2Pct: Percent(t.counts[0]+t.counts[1], n),
	}
	if n == 0 {
		return f
	}
	sum, squares := t.sums()
	f.Mean = ptr(float64(sum) / float64(n))
	f.Median = ptr(float64(t.at((n-1)/2)+t.at(n/2)) / 2)
	f.Index0100 = ptr(t.indexSum() / float64(n))
	if n > 1 {
		f.Stdev = ptr(math.Sqrt(float64(n*squares-sum*sum) / (float64(n) * float64(n-1))))
	}
	return f
}

// Pool computes the figures of several tallies together. Of one scale they are
// merged; of several, top boxes and the index are pooled and whatever rests on
// raw values is nil. Without any response the figures are those of the first
// scale.
func Pool(tallies ...Tally) Figures {
	merged := merge(tallies)
	filled := slices.DeleteFunc(slices.Clone(merged), func(t Tally) bool { return t.N() == 0 })
	switch {
	case len(merged) == 0:
		return Figures{}
	case len(filled) == 0:
		return merged[0].Figures()
	case len(filled) == 1:
		return filled[0].Figures()
	}
	// One order of summing, whatever the order given.
	slices.SortFunc(filled, func(a, b Tally) int {
		return cmp.Or(cmp.Compare(a.Scale.Name, b.Scale.Name), cmp.Compare(a.Scale.Top, b.Scale.Top))
	})
	f := Figures{Mixed: true}
	var index float64
	var bottom int64
	labels := make([]string, 0, len(filled))
	for _, t := range filled {
		f.N += t.N()
		f.Satisfied += t.Satisfied()
		bottom += t.counts[0] + t.counts[1]
		index += t.indexSum()
		labels = append(labels, t.Scale.Label())
		f.ByScale = append(f.ByScale, ScaleDistribution{Scale: t.Scale.Name, Distribution: t.Distribution()})
	}
	f.TopBox = strings.Join(labels, " + ")
	f.CSATPct, f.CSATCI95Pct = Percent(f.Satisfied, f.N), Wilson(f.Satisfied, f.N)
	f.Bottom2Pct = Percent(bottom, f.N)
	f.Index0100 = ptr(index / float64(f.N))
	return f
}

// merge adds up tallies of the same scale.
func merge(tallies []Tally) []Tally {
	var out []Tally
	for _, t := range tallies {
		i := slices.IndexFunc(out, func(o Tally) bool { return o.Scale == t.Scale })
		if i < 0 {
			out = append(out, t)
			continue
		}
		for j, n := range t.counts {
			out[i].counts[j] += n
		}
	}
	return out
}

func ptr(f float64) *float64 { return &f }
