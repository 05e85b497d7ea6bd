package report

import (
	"cmp"
	"slices"

	"resonanz/shared/handling"
)

// escalations is section 13: the rules raised in the period, of every kind of
// case, and how long it took until somebody saw and handled them, as known at the
// cutoff.
func (w *casework) escalations(r *Report) {
	type rule struct {
		RuleReactions
		seeing, solving []float64
	}
	rules := make(map[string]*rule)
	r.Escalations = Escalations{Rules: []RuleReactions{}}
	for e := range w.m.set.Escalations(w.m.cutoff) {
		if !w.m.holds(e.Raised) {
			continue
		}
		name := w.text(e.Rule)
		at := rules[name]
		if at == nil {
			at = &rule{RuleReactions: RuleReactions{Rule: name}}
			rules[name] = at
		}
		r.Escalations.Total++
		at.Raised++
		if e.Seen != 0 {
			at.Seen++
			at.seeing = append(at.seeing, elapsed(e.Raised, e.Seen))
		}
		if e.Handled != 0 {
			at.Handled++
			at.solving = append(at.solving, elapsed(e.Raised, e.Handled))
		}
	}
	for _, at := range rules {
		at.Seeing, at.Solving = handling.SumDurations(at.seeing), handling.SumDurations(at.solving)
		r.Escalations.Rules = append(r.Escalations.Rules, at.RuleReactions)
	}
	slices.SortFunc(r.Escalations.Rules, func(a, b RuleReactions) int {
		return cmp.Or(-cmp.Compare(a.Raised, b.Raised), cmp.Compare(a.Rule, b.Rule))
	})
	if r.Escalations.Total == 0 {
		r.absent(SecEscalations, "", ReasonNoEscalations)
	}
}

// elapsed is the time from one to the other in seconds; clocks that disagree
// never make it negative.
func elapsed(from, to int64) float64 { return float64(max(0, to-from)) / 1000 }
