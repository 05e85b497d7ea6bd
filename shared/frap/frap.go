// Package frap ranks the problems that customers complain about by how often
// they come up and by how much they annoy: the frequency-relevance analysis of
// problems (Stauss and Seidel, Complaint Management, 2019). It imports the
// standard library and the domain only. The rules are those of worked case 11.
package frap

import (
	"cmp"
	"fmt"
	"slices"

	"resonanz/shared/satisfaction"
)

// Quadrant says where a problem stands against the mean frequency of problems
// and the mean relevance of all mentions; at the mean counts as high.
type Quadrant string

// The quadrants.
const (
	HighHigh Quadrant = "high_frequency_high_relevance"
	HighLow  Quadrant = "high_frequency_low_relevance"
	LowHigh  Quadrant = "low_frequency_high_relevance"
	LowLow   Quadrant = "low_frequency_low_relevance"
)

// Problem is one category of the ranking.
type Problem struct {
	Category      string   `json:"category"`
	Frequency     int64    `json:"frequency"` // mentions
	MeanRelevance float64  `json:"mean_relevance"`
	Value         int64    `json:"problem_value"` // sum of relevance: frequency × mean relevance
	IndexPct      float64  `json:"problem_value_index_pct"`
	Quadrant      Quadrant `json:"quadrant"`
	Rank          int      `json:"rank"` // from 1
	CumulativePct float64  `json:"cumulative_pct"`
}

// Ranking is the analysis of a set of complaints. Without a mention the means
// are nil and the lists empty.
type Ranking struct {
	Problems      []Problem `json:"ranking"` // by problem value; ties: higher mean relevance, then name
	MeanFrequency *float64  `json:"mean_frequency"`
	MeanRelevance *float64  `json:"mean_relevance_over_mentions"`
	ByCount       []string  `json:"rank_by_count_only"` // categories by frequency, then name
}

// The relevance of a mention is the annoyance of the customer, 1 to 5.
const (
	Least    = 1
	Greatest = 5
)

// Mentions count how often problems were mentioned with which relevance. A
// complaint that names several problems counts once for each.
type Mentions struct {
	at map[string]*tally
}

type tally struct{ n, value int64 }

// Add counts one mention; a relevance outside 1 to 5 is an error and changes
// nothing.
func (m *Mentions) Add(category string, relevance int) error {
	if relevance < Least || relevance > Greatest {
		return fmt.Errorf("counting a mention of %s: relevance %d is outside %d to %d", category, relevance, Least, Greatest)
	}
	if m.at == nil {
		m.at = make(map[string]*tally)
	}
	t := m.at[category]
	if t == nil {
		t = new(tally)
		m.at[category] = t
	}
	t.n++
	t.value += int64(relevance)
	return nil
}

// Rank ranks the problems.
func (m *Mentions) Rank() Ranking {
	var r Ranking
	var n, value int64
	for category, t := range m.at {
		r.Problems = append(r.Problems, Problem{
			Category: category, Frequency: t.n, Value: t.value, MeanRelevance: float64(t.value) / float64(t.n),
		})
		n += t.n
		value += t.value
	}
	if n == 0 {
		return r
	}
	kinds := int64(len(r.Problems))
	frequency, relevance := float64(n)/float64(kinds), float64(value)/float64(n)
	r.MeanFrequency, r.MeanRelevance = &frequency, &relevance

	slices.SortFunc(r.Problems, func(a, b Problem) int {
		return cmp.Or(-cmp.Compare(a.Frequency, b.Frequency), cmp.Compare(a.Category, b.Category))
	})
	for _, p := range r.Problems {
		r.ByCount = append(r.ByCount, p.Category)
	}
	slices.SortFunc(r.Problems, func(a, b Problem) int { // of equal value, fewer mentions are more relevant
		return cmp.Or(-cmp.Compare(a.Value, b.Value), cmp.Compare(a.Frequency, b.Frequency), cmp.Compare(a.Category, b.Category))
	})
	var sum int64
	for i := range r.Problems {
		p := &r.Problems[i]
		sum += p.Value
		p.Rank = i + 1
		p.IndexPct, p.CumulativePct = *satisfaction.Percent(p.Value, value), *satisfaction.Percent(sum, value)
		p.Quadrant = quadrant(p.Frequency*kinds >= n, p.Value*n >= value*p.Frequency)
	}
	return r
}

func quadrant(frequent, relevant bool) Quadrant {
	switch {
	case frequent && relevant:
		return HighHigh
	case frequent:
		return HighLow
	case relevant:
		return LowHigh
	}
	return LowLow
}
