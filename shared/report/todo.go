package report

import (
	"cmp"
	"slices"

	"resonanz/shared/satisfaction"
)

// most is how many things to do page 1 names.
const most = 5

// toDo is what the figures ask for next, the most urgent first: what makes the
// report itself incomplete, who is waiting, what stands out, what to work at,
// then what is missing to know more. At most five.
func (m *month) toDo(r *Report) []Finding {
	out := []Finding{}
	for _, ask := range []func(*Report) (Finding, bool){
		m.unread, m.unreconciled, m.waiting, m.signalled, m.problem, m.unreasoned, m.withoutEffect,
		m.silent, m.unhandled, m.rootless, m.unknown, m.few,
	} {
		if f, ok := ask(r); ok && len(out) < most {
			out = append(out, f)
		}
	}
	return out
}

func (m *month) unread(r *Report) (Finding, bool) {
	n := int64(len(r.Quality.Unread))
	return Finding{Code: FindUnread, Section: SecQuality, N: n}, n > 0
}

func (m *month) unreconciled(*Report) (Finding, bool) {
	t := m.in.Evidence
	if t == nil || t.Whole() {
		return Finding{}, false
	}
	steps := t.StepsStored - t.StepsDelivered
	return Finding{Code: FindEvidenceGap, Section: SecEvidence, N: t.Missing + t.Unknown + max(steps, -steps)}, true
}

func (m *month) waiting(r *Report) (Finding, bool) {
	n := overdue(r)
	return Finding{Code: FindOverdue, Section: SecTasks, N: n}, n > 0
}

// signalled is the touchpoint whose low ratings are the furthest above their
// limit; a signal of the whole is a headline, and no place to begin at.
func (m *month) signalled(r *Report) (Finding, bool) {
	for _, f := range m.signals(r) {
		if f.Code == FindPlaceSignal {
			return f, true
		}
	}
	return Finding{}, false
}

// problem is the first in the ranking; of a few mentions none is the greatest.
func (m *month) problem(r *Report) (Finding, bool) {
	var mentions int64
	for i := range r.Causes.FRAP.Problems {
		mentions += r.Causes.FRAP.Problems[i].Frequency
	}
	if mentions == 0 || mentions < int64(m.in.MinimumN) {
		return Finding{}, false
	}
	p := &r.Causes.FRAP.Problems[0]
	index := p.IndexPct
	return Finding{Code: FindTopProblem, Section: SecFRAP, Subject: p.Category, Value: &index, N: p.Frequency}, true
}

func (m *month) unreasoned(r *Report) (Finding, bool) {
	n := r.Tasks.Reasoned.N - r.Tasks.Reasoned.K
	return Finding{Code: FindUnreasoned, Section: SecTasks, N: n}, n > 0
}

// withoutEffect is the first corrective action after which the share of its
// category has not fallen for more than chance explains. Of few complaints before
// or after nothing follows.
func (m *month) withoutEffect(r *Report) (Finding, bool) {
	enough := int64(m.in.IndicativeN)
	for i := range r.Actions {
		a := &r.Actions[i]
		if a.Days > 0 && a.Before.N >= enough && a.After.N >= enough && a.Change.Verdict != satisfaction.Declined {
			change := a.Change
			return Finding{
				Code: FindNoEffect, Section: SecActions, Subject: a.ID,
				Value: a.AfterPct, Before: a.BeforePct, N: a.After.N, Change: &change,
			}, true
		}
	}
	return Finding{}, false
}

func (m *month) silent(r *Report) (Finding, bool) {
	f := Finding{Code: FindSilent, Section: SecQuality}
	for _, gap := range r.Quality.Gaps {
		if p := m.touchpoints[gap.Touchpoint]; p != nil && p.collection.Responses > 0 {
			continue // it speaks again
		}
		if f.N == 0 {
			f.Subject = string(gap.Touchpoint)
		}
		f.N++
	}
	return f, f.N > 0
}

func (m *month) unhandled(r *Report) (Finding, bool) {
	f := Finding{Code: FindUnhandled, Section: SecEscalations}
	var worst int64
	for _, rule := range r.Escalations.Rules {
		n := rule.Raised - rule.Handled
		f.N += n
		if n > worst {
			worst, f.Subject = n, rule.Rule
		}
	}
	return f, f.N > 0
}

func (m *month) rootless(r *Report) (Finding, bool) {
	n := r.Causes.NoRootCause
	return Finding{Code: FindNoRootCause, Section: SecFRAP, N: n}, n > 0
}

func (m *month) unknown(r *Report) (Finding, bool) {
	f := Finding{Code: FindUnknownPlaces, Section: SecQuality}
	for i, place := range r.Quality.Unknown {
		if i == 0 {
			f.Subject = place.Name
		}
		f.N += place.N
	}
	return f, f.N > 0
}

// few names the touchpoints that were rated, but by too few for more than a
// hint.
func (m *month) few(r *Report) (Finding, bool) {
	rows := slices.DeleteFunc(slices.Clone(r.ByTouchpoint), func(row Row) bool {
		return row.N == 0 || row.Reliability == satisfaction.Reliable
	})
	if len(rows) == 0 {
		return Finding{}, false
	}
	least := slices.MinFunc(rows, func(a, b Row) int { return cmp.Or(cmp.Compare(a.N, b.N), cmp.Compare(a.Name, b.Name)) })
	need := number(satisfaction.SampleSize(0.1, 0))
	return Finding{Code: FindFewResponses, Section: SecCSAT, Subject: least.Name, Value: need, N: int64(len(rows))}, true
}
