package satisfaction

import (
	"math"
	"slices"
)

// Stratum is one part of the whole with the contacts behind it.
type Stratum struct {
	Proportion
	Contacts int64
}

// ContactWeighted is the CSAT in percent with each stratum weighted by its
// contacts, and its standard error in percentage points (stratified sampling;
// worked case 16). Strata without responses or contacts carry no weight; both
// results are nil when none does.
func ContactWeighted(strata []Stratum) (pct, sePP *float64) {
	var contacts int64
	used := make([]Stratum, 0, len(strata))
	for _, s := range strata {
		if s.N > 0 && s.Contacts > 0 {
			used = append(used, s)
			contacts += s.Contacts
		}
	}
	if contacts == 0 {
		return nil, nil
	}
	// Terms are added from small to large, so that the order given does not
	// reach the last bit.
	means := make([]float64, len(used))
	variances := make([]float64, len(used))
	for i, s := range used {
		w, p := float64(s.Contacts)/float64(contacts), float64(s.Satisfied)/float64(s.N)
		means[i] = float64(w * p)
		variances[i] = float64(w*w) * float64(p*(1-p)) / float64(s.N)
	}
	mean, se := 100*sum(means), 100*math.Sqrt(sum(variances))
	return &mean, &se
}

// ContactWeightedCI is the 95 % interval of the contact-weighted CSAT in percent;
// nil where that is. It joins the strata's Wilson intervals as Newcombe's joins
// those of a difference (MOVER; Zou and Donner 2008): one stratum has its Wilson
// interval, and it has a width even where every customer of each stratum is
// satisfied, when the standard error is 0.
func ContactWeightedCI(strata []Stratum) *Interval {
	mean, _ := ContactWeighted(strata)
	if mean == nil {
		return nil
	}
	var contacts int64
	for _, s := range strata {
		if s.N > 0 {
			contacts += max(0, s.Contacts)
		}
	}
	var below, above []float64
	for _, s := range strata {
		if s.N == 0 || s.Contacts <= 0 {
			continue
		}
		w, p, ci := float64(s.Contacts)/float64(contacts), *Percent(s.Satisfied, s.N), Wilson(s.Satisfied, s.N)
		l, u := float64(w*(p-ci.Lo())), float64(w*(ci.Hi()-p))
		below, above = append(below, float64(l*l)), append(above, float64(u*u))
	}
	return &Interval{max(0, *mean-math.Sqrt(sum(below))), min(100, *mean+math.Sqrt(sum(above)))}
}

func sum(terms []float64) (total float64) {
	slices.Sort(terms)
	for _, t := range terms {
		total += t
	}
	return total
}
