package report

import (
	"cmp"
	"maps"
	"slices"

	"resonanz/shared/feedback"
	"resonanz/shared/responses"
	"resonanz/shared/satisfaction"
)

// recommend writes section 5: NPS and CES with their intervals, and the reasons
// without which an NPS says nothing.
func (m *month) recommend(r *Report) {
	out := Recommendation{
		NPS: m.nps(m.answers.nps), Previous: m.nps(m.before.nps), CES: m.ces(m.answers.ces),
		ByTouchpoint: []NPSRow{}, Reasons: []ReasonCount{}, CESByPlace: []CESRow{},
	}
	for _, id := range slices.Sorted(maps.Keys(m.touchpoints)) {
		p := m.touchpoints[id]
		if nps := m.nps(p.nps); nps.N > 0 {
			out.ByTouchpoint = append(out.ByTouchpoint, NPSRow{Touchpoint: id, NPS: nps})
		}
		if ces := m.ces(p.ces); ces.N > 0 {
			out.CESByPlace = append(out.CESByPlace, CESRow{Touchpoint: id, CES: ces})
		}
	}
	hide(out.ByTouchpoint, m.in.MinimumN,
		func(row *NPSRow) (feedback.Touchpoint, int64) { return row.Touchpoint, row.N },
		func(row *NPSRow, hidden bool) { row.Withheld = hidden })
	hide(out.CESByPlace, m.in.MinimumN,
		func(row *CESRow) (feedback.Touchpoint, int64) { return row.Touchpoint, row.N },
		func(row *CESRow, hidden bool) { row.Withheld = hidden })

	batch := m.set.Batch()
	for n, why := range m.reasons {
		if why != nil {
			why.Reason = batch.Text(responses.Name(n))
			out.Reasons = append(out.Reasons, *why)
		}
	}
	slices.SortFunc(out.Reasons, func(a, b ReasonCount) int {
		return cmp.Or(cmp.Compare(b.N, a.N), cmp.Compare(a.Reason, b.Reason))
	})
	hide(out.Reasons, m.in.MinimumN,
		func(row *ReasonCount) (string, int64) { return row.Reason, row.N },
		func(row *ReasonCount, hidden bool) { row.Withheld = hidden })
	r.Recommend = out

	if out.NPS.N == 0 {
		r.absent(SecNPS, "nps", ReasonNoNPS)
	}
	if out.CES.N == 0 {
		r.absent(SecNPS, "ces", ReasonNoCES)
	}
	if len(out.Reasons) == 0 {
		r.absent(SecNPS, "reasons", ReasonNoReasons)
	}
}

func (m *month) nps(groups [3]int64) NPS {
	p := satisfaction.NetPromoterOf(groups[satisfaction.Promoter], groups[satisfaction.Passive], groups[satisfaction.Detractor])
	grade, few := m.grade(p.N)
	return NPS{NetPromoter: p, Grade: grade, Withheld: few}
}

func (m *month) ces(counts [7]int64) CES {
	e := satisfaction.EffortOf(counts)
	grade, few := m.grade(e.N)
	return CES{Effort: e, Grade: grade, Withheld: few}
}

// grade says how much weight n answers bear, and whether displays withhold what
// they say. Of none there is nothing to withhold.
func (m *month) grade(n int64) (satisfaction.Reliability, bool) {
	return satisfaction.ReliabilityOf(n, m.in.MinimumN, m.in.IndicativeN), 0 < n && n < int64(m.in.MinimumN)
}

// hide says of the rows of one breakdown which of them displays withhold: few
// answers, and what would give them away.
func hide[R any, N ~string](rows []R, minimum int, cell func(*R) (N, int64), set func(*R, bool)) {
	cells := make([]satisfaction.Cell, len(rows))
	for i := range rows {
		name, n := cell(&rows[i])
		cells[i] = satisfaction.Cell{Name: string(name), N: n}
	}
	for i, hidden := range satisfaction.Suppress(cells, minimum) {
		set(&rows[i], hidden)
	}
}
