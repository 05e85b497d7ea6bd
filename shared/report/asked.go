package report

import (
	"slices"

	"resonanz/shared/feedback"
	"resonanz/shared/responses"
	"resonanz/shared/satisfaction"
)

// answers are the answers to the questions beside the rating.
type answers struct {
	nps [3]int64 // by satisfaction.Group
	ces [7]int64 // from 1
	gap satisfaction.Gaps
}

// solved counts the answers to the question whether the matter was solved.
type solved struct{ yes, no, silent int64 }

// filled is a card as it was filled in: many are filled in the same way.
type filled struct{ card, answers responses.Name }

// The scales of the questions beside the rating.
var (
	onNPS   = uint8(slices.Index(responses.Scales[:], feedback.NPS))
	onCES   = uint8(slices.Index(responses.Scales[:], feedback.CES7))
	onStars = uint8(slices.Index(responses.Scales[:], feedback.Stars5))
)

// recommendation is the answer of v to the question for a recommendation, 0 to
// 10: its own, or the rating where that is the question.
func recommendation(v *responses.Vote) (score int, ok bool) {
	if v.Scale == onNPS {
		return int(v.Rating), true
	}
	score, ok = v.NPS.Get()
	return score, ok && score <= 10
}

// effort is the answer of v to the question for the effort, 1 to 7.
func effort(v *responses.Vote) (score int, ok bool) {
	if v.Scale == onCES {
		return int(v.Rating), true
	}
	score, ok = v.CES.Get()
	return score, ok && 1 <= score && score <= 7
}

// said counts what v says beside its rating, at the touchpoint p.
func (m *month) said(v *responses.Vote, p *part) {
	score, recommends := recommendation(v)
	if recommends {
		group := satisfaction.GroupOf(score)
		m.answers.nps[group]++
		p.nps[group]++
	}
	if score, ok := effort(v); ok {
		m.answers.ces[score-1]++
		p.ces[score-1]++
	}
	if expected, ok := v.Expect.Get(); ok && v.Scale == onStars && 1 <= expected && expected <= 5 {
		m.answers.gap.Add(expected, int(v.Rating))
		p.gap.Add(expected, int(v.Rating))
	}
	switch {
	case v.Flags&responses.FCRYes != 0:
		p.solved.yes++
	case v.Flags&responses.FCRAsked != 0:
		p.solved.no++
	default:
		p.solved.silent++
	}
	if v.Card != 0 {
		m.cards[filled{v.Card, v.Answers}]++
	}
	if v.Reason == 0 {
		return
	}
	why := m.reasons.of(v.Reason)
	why.N++
	if scale, ok := satisfaction.ScaleOf(responses.Scales[v.Scale], m.in.TopBox10); ok {
		switch rating := int(v.Rating); {
		case rating >= scale.Top:
			why.Satisfied++
		case rating <= scale.Min+1:
			why.Low++
		}
	}
	if recommends {
		switch satisfaction.GroupOf(score) {
		case satisfaction.Promoter:
			why.Promoters++
		case satisfaction.Passive:
			why.Passives++
		case satisfaction.Detractor:
			why.Detractors++
		}
	}
}

// earlier are the figures of the month before, as they stood at its own freeze
// (or at the cutoff, should that come first).
type earlier struct {
	total  cell
	nps    [3]int64
	places map[feedback.Touchpoint]*cell
}

// look folds the month before.
func (m *month) look() {
	in, p := m.in, m.in.Period.Add(-1)
	cutoff := m.cutoff
	if freeze := p.Freeze(in.FreezeDay, in.Zone); freeze.Before(cutoff) {
		cutoff = freeze
	}
	start, end := p.Bounds(in.Zone)
	from, to := start.UnixMilli(), end.UnixMilli()
	var places named[cell]
	for resp := range m.set.Fold(in.Rules, cutoff).Responses() {
		if resp.At < from || to <= resp.At || resp.Assisted {
			continue
		}
		m.before.total.add(resp.Vote)
		places.of(resp.Vote.Touchpoint).add(resp.Vote)
		if score, ok := recommendation(resp.Vote); ok {
			m.before.nps[satisfaction.GroupOf(score)]++
		}
	}
	m.before.places = make(map[feedback.Touchpoint]*cell)
	for n, c := range places {
		if c != nil {
			m.before.places[feedback.Touchpoint(m.set.Batch().Text(responses.Name(n)))] = c
		}
	}
}
