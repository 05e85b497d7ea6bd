package satisfaction

import "math"

// NetPromoter is the net promoter score (Reichheld 2003) with its intervals:
// worked case 03. It comes from the question for a recommendation, 0 to 10, and
// never from stars. A figure that is not defined is nil.
type NetPromoter struct {
	N          int64     `json:"n"`
	Promoters  int64     `json:"promoters"`    // 9 and 10
	Passives   int64     `json:"passives"`     // 7 and 8
	Detractors int64     `json:"detractors"`   // 0 to 6
	NPS        *float64  `json:"nps"`          // −100 to 100
	SE         *float64  `json:"se"`           // standard error, in the same unit
	Wald       *Interval `json:"ci95_wald"`    // trinomial; too narrow where n is small; nil where all answers are of one group
	Adjusted   *float64  `json:"nps_adjusted"` // with three answers added
	CI95       *Interval `json:"ci95_adjusted_wald"`
}

// NetPromoterOf is the score of so many promoters, passives and detractors.
//
// The standard error is that of a difference of two shares of one multinomial
// sample. The adjusted Wald interval adds three answers, ¾ promoters, ¾
// detractors and 1½ passives (Bonett and Price 2012, as Sauro and Lewis apply it
// to the NPS). Intervals end at −100 and 100.
func NetPromoterOf(promoters, passives, detractors int64) NetPromoter {
	p := NetPromoter{N: promoters + passives + detractors, Promoters: promoters, Passives: passives, Detractors: detractors}
	if p.N == 0 {
		return p
	}
	score, se := netOf(float64(p.N), float64(promoters), float64(detractors))
	adjusted, wider := netOf(float64(p.N)+3, float64(promoters)+0.75, float64(detractors)+0.75)
	p.NPS, p.SE = &score, &se
	if se > 0 { // without any spread it would claim to know exactly: worked case 05
		p.Wald = around(score, se)
	}
	p.Adjusted, p.CI95 = &adjusted, around(adjusted, wider)
	return p
}

// netOf is 100·(p−d) and 100·√((p+d−(p−d)²)/n); the difference under the root is
// taken between whole or quarter numbers, exactly.
func netOf(n, promoters, detractors float64) (score, se float64) {
	net := promoters - detractors
	variance := (float64(n*(promoters+detractors)) - float64(net*net)) / float64(n*n)
	return 100 * net / n, 100 * math.Sqrt(max(0, variance)/n)
}

func around(score, se float64) *Interval {
	half := float64(z * se)
	return &Interval{max(-100, score-half), min(100, score+half)}
}

// Effort is the customer effort score 2.0, the agreement from 1 to 7 that it was
// easy, high is little effort (Dixon et al. 2010): worked case 24.
type Effort struct {
	N        int64     `json:"n"`
	Counts   [7]int64  `json:"counts"` // of 1 to 7
	Mean     *float64  `json:"mean"`
	AgreePct *float64  `json:"agree_5_7_pct"` // share of 5, 6 and 7: the figure to lead with
	AgreeCI  *Interval `json:"agree_ci95_pct"`
	Index    *float64  `json:"index_6_7_minus_1_3"` // a variant of vendors: share of 6 and 7 less that of 1 to 3
	Index100 *float64  `json:"index_0_100"`         // 100·(mean−1)/6
}

// EffortOf is the score of the answers counted by value, from 1 to 7.
func EffortOf(counts [7]int64) Effort {
	e := Effort{Counts: counts}
	var sum int64
	for i, c := range counts {
		e.N += c
		sum += int64(i+1) * c
	}
	if e.N == 0 {
		return e
	}
	agree := counts[4] + counts[5] + counts[6]
	e.Mean = ptr(float64(sum) / float64(e.N))
	e.AgreePct, e.AgreeCI = Percent(agree, e.N), Wilson(agree, e.N)
	e.Index = Percent(counts[5]+counts[6]-counts[0]-counts[1]-counts[2], e.N)
	e.Index100 = ptr(float64(100*(sum-e.N)) / float64(6*e.N))
	return e
}

// Group is where an answer to the question for a recommendation belongs.
type Group int

// The groups.
const (
	Promoter Group = iota
	Passive
	Detractor
)

// GroupOf is the group of an answer, 0 to 10.
func GroupOf(score int) Group {
	switch {
	case score >= 9:
		return Promoter
	case score >= 7:
		return Passive
	}
	return Detractor
}
