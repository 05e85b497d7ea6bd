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

func sum(terms []float64) (total float64) {
	slices.Sort(terms)
	for _, t := range terms {
		total += t
	}
	return total
}
