package report

import (
	"cmp"
	"math"
	"slices"

	"resonanz/shared/feedback"
	"resonanz/shared/period"
	"resonanz/shared/satisfaction"
)

// headlines writes page 1 from the other sections. Three things come first: how
// satisfied customers are; what matters most about complaints, or about
// collecting where there are none; and what stands out, or has changed most.
// What is withheld in a display is no headline.
func (m *month) headlines(r *Report) {
	changed, same := m.changes(r)
	r.Headlines = Headlines{
		Key:     []Finding{m.satisfied(r), m.handling(r), m.standsOut(r, changed)},
		Changed: changed, Same: same, ToDo: m.toDo(r),
	}
}

// satisfied is the first headline: CSAT by the basis of the headline, with its
// interval and how the pooled one has changed.
func (m *month) satisfied(r *Report) Finding {
	f := Finding{Code: FindCSAT, Section: SecCSAT, N: r.Total.N}
	switch {
	case f.N == 0:
		f.Code = FindNoResponses
		return f
	case r.Reliability == satisfaction.Suppressed:
		f.Code = FindCSATFew
		return f
	}
	f.Value, f.Interval = r.Total.CSATPct, r.Total.CSATCI95Pct
	if r.HeadlineBasis == ContactWeighted {
		f.Code, f.Value, f.Interval = FindCSATWeighted, r.ContactWeightedCSATPct, satisfaction.ContactWeightedCI(strataOf(r))
	}
	if r.Change.PreviousGrade != satisfaction.Suppressed {
		change := r.Change.Change
		f.Before, f.Change, f.Better = r.Change.PreviousCSAT, &change, better(change, true)
	}
	return f
}

// better says whether a change is for the better; nil where none is detectable.
// More is better of satisfaction, and worse of complaints.
func better(c satisfaction.Change, more bool) *bool {
	if !c.Significant() {
		return nil
	}
	good := (c.Verdict == satisfaction.Improved) == more
	return &good
}

// handling is the second headline. Complaints that are overdue come first: they
// can be helped. Then whether promises were kept, how many complained, and
// without complaints how much is heard at all.
func (m *month) handling(r *Report) Finding {
	t, c, q := &r.Tasks, &r.Complaints, &r.Quality
	if n := overdue(r); n > 0 {
		return Finding{Code: FindOverdue, Section: SecTasks, N: n}
	}
	if sla := t.Times.Resolution; sla.Pct != nil && sla.Met+sla.Breached >= int64(m.in.MinimumN) {
		return Finding{Code: FindSLA, Section: SecTasks, Value: sla.Pct, Interval: sla.CI95Pct, N: sla.Met + sla.Breached}
	}
	past := m.pastOf(m.in.Period.Add(-1))
	if c.Received > 0 && c.Rate != nil {
		f := Finding{Code: FindComplaintRate, Section: SecComplaints, Value: c.Rate, Interval: c.RateCI, N: c.Received}
		if past != nil {
			f.Before, _ = satisfaction.Rate(past.Counts.AtContacts, past.Counts.Contacts, 1000)
		}
		return f
	}
	if c.Received > 0 {
		f := Finding{Code: FindComplaints, Section: SecComplaints, Value: number(c.Received), N: c.Received}
		if past != nil {
			f.Before = number(past.Counts.Complaints)
		}
		return f
	}
	if q.Delivered >= int64(m.in.MinimumN) {
		return Finding{
			Code: FindResponseRate, Section: SecQuality, N: q.Delivered,
			Value: q.ResponseRatePct, Interval: satisfaction.Wilson(q.Answered, q.Delivered),
		}
	}
	var rated, all int64
	for _, row := range r.ByTouchpoint {
		all++
		if row.N > 0 {
			rated++
		}
	}
	return Finding{Code: FindCoverage, Section: SecQuality, Value: satisfaction.Percent(rated, all), N: all}
}

// overdue is the number of open complaints that are overdue.
func overdue(r *Report) (n int64) {
	for _, age := range r.Tasks.Backlog {
		n += age.Late
	}
	return n
}

func number(n int64) *float64 {
	f := float64(n)
	return &f
}

// pastOf is what is known of the published report of a month; nil: nothing.
func (m *month) pastOf(p period.Period) *Past {
	for i := range m.in.History {
		if h := &m.in.History[i]; h.Period == p && h.Status != "" {
			return h
		}
	}
	return nil
}

// standsOut is the third headline: a signal of a control chart, of the whole
// before that of a touchpoint; else the greatest change of a touchpoint; else
// the NPS, changed or not; else the touchpoint with the lowest CSAT; else whatever
// has changed.
func (m *month) standsOut(r *Report, changed []Finding) Finding {
	if all := m.signals(r); len(all) > 0 {
		return all[0]
	}
	for _, code := range []string{FindPlaceChange, FindNPSChange, FindComplaintsChange} {
		for _, f := range changed { // the greatest first
			if f.Code == code {
				return f
			}
		}
	}
	if n := &r.Recommend.NPS; n.N > 0 && !n.Withheld {
		return Finding{Code: FindNPS, Section: SecNPS, Value: n.NPS, Interval: n.CI95, N: n.N}
	}
	var weakest *Row
	shown := 0
	for i := range r.ByTouchpoint {
		row := &r.ByTouchpoint[i]
		if row.N == 0 || row.Withheld {
			continue
		}
		shown++
		if weakest == nil || *row.CSATPct < *weakest.CSATPct {
			weakest = row
		}
	}
	if shown > 1 {
		return Finding{
			Code: FindWeakest, Section: SecCSAT, Subject: weakest.Name, Value: weakest.CSATPct,
			Interval: weakest.CSATCI95Pct, N: weakest.N,
		}
	}
	if len(changed) > 0 { // of the only touchpoint, told of as the whole
		return changed[0]
	}
	return Finding{Code: FindNoSignal, Section: SecTrends, N: r.Total.N}
}

// signals are the signals of the control charts, the most important first:
// of the whole, low ratings before complaints; of touchpoints, the further above
// the limit the earlier.
func (m *month) signals(r *Report) []Finding {
	t := &r.Trends
	all := slices.Concat(
		signalsOf(t.Low, FindLowSignal, FindLowRun, 100),
		signalsOf(t.Complaint, FindComplaintSignal, FindComplaintRun, 1000),
	)
	var places []Finding
	for i := range t.Places {
		p := &t.Places[i]
		for _, f := range signalsOf(p.Low, FindPlaceSignal, "", 100) {
			f.Subject = string(p.Touchpoint)
			places = append(places, f)
		}
	}
	slices.SortStableFunc(places, func(a, b Finding) int { return cmp.Compare(*b.Value-*b.Before, *a.Value-*a.Before) })
	return append(all, places...)
}

// signalsOf are the signals of one chart in its last month: a value above the
// limit, else eight months in a row above the centre; a code that is empty is
// not looked for.
func signalsOf(c *Control, above, run string, per float64) []Finding {
	if c == nil {
		return nil
	}
	last := &c.Points[len(c.Points)-1]
	if last.Value == nil || last.Withheld {
		return nil
	}
	worse := false
	f := Finding{Section: SecTrends, Value: scaled(*last.Value, per), Interval: satisfaction.Wilson(last.K, last.N), N: last.N, Better: &worse}
	if c.Per != perRating {
		f.N = last.K
		_, f.Interval = satisfaction.Rate(last.K, last.N, per)
	}
	switch {
	case c.Signal:
		f.Code, f.Before = above, scaled(*last.Upper, per)
	case c.Run && run != "":
		f.Code, f.Before = run, scaled(c.Centre, per)
	default:
		return nil
	}
	return []Finding{f}
}

func scaled(v, per float64) *float64 {
	v *= per
	return &v
}

// changes compares the month with the one before: what changed for more than
// chance explains, and what was looked at and did not. Each list begins with the
// whole; touchpoints follow, the greatest change first, then by name.
func (m *month) changes(r *Report) (changed, same []Finding) {
	changed, same = []Finding{}, []Finding{}
	note := func(f Finding, more bool) {
		if f.Better = better(*f.Change, more); f.Better != nil {
			changed = append(changed, f)
		} else {
			same = append(same, f)
		}
	}
	few := int64(m.in.MinimumN)
	if c := &r.Change; r.Total.N >= few && c.Previous.N >= few {
		change := c.Change
		note(Finding{Code: FindCSATChange, Section: SecCSAT, Value: r.Total.CSATPct, Interval: r.Total.CSATCI95Pct, Before: c.PreviousCSAT, N: r.Total.N, Change: &change}, true)
	}
	if n, before := &r.Recommend.NPS, &r.Recommend.Previous; n.N >= few && before.N >= few {
		change := satisfaction.ChangeOfScores(n.NetPromoter, before.NetPromoter)
		note(Finding{Code: FindNPSChange, Section: SecNPS, Value: n.NPS, Interval: n.CI95, Before: before.NPS, N: n.N, Change: &change}, true)
	}
	if past, c := m.pastOf(m.in.Period.Add(-1)), &r.Complaints; past != nil && past.Counts.Contacts > 0 && c.Contacts != nil && *c.Contacts > 0 {
		change := satisfaction.ChangeOfRates(c.AtContacts, *c.Contacts, past.Counts.AtContacts, past.Counts.Contacts, 1000)
		before, _ := satisfaction.Rate(past.Counts.AtContacts, past.Counts.Contacts, 1000)
		now, _ := satisfaction.Rate(c.AtContacts, *c.Contacts, 1000)
		note(Finding{Code: FindComplaintsChange, Section: SecComplaints, Value: now, Interval: c.RateCI, Before: before, N: c.AtContacts, Change: &change}, false)
	}
	whole := [2]int{len(changed), len(same)}
	hidden := m.hiddenBefore()
	for i := range r.ByTouchpoint {
		row := &r.ByTouchpoint[i]
		c := m.before.places[feedback.Touchpoint(row.Name)]
		if row.Withheld || row.N == 0 || c == nil || hidden[row.Name] {
			continue
		}
		before := c.figures(m.in.TopBox10)
		if before.N == 0 || row.N == r.Total.N && before.N == r.Change.Previous.N { // the latter is the whole again
			continue
		}
		change := satisfaction.ChangeOf(
			satisfaction.Proportion{N: row.N, Satisfied: row.Satisfied},
			satisfaction.Proportion{N: before.N, Satisfied: before.Satisfied})
		note(Finding{
			Code: FindPlaceChange, Section: SecCSAT, Subject: row.Name,
			Value: row.CSATPct, Interval: row.CSATCI95Pct, Before: before.CSATPct, N: row.N, Change: &change,
		}, true)
	}
	for i, list := range [][]Finding{changed, same} {
		slices.SortStableFunc(list[whole[i]:], func(a, b Finding) int {
			return cmp.Or(cmp.Compare(math.Abs(*b.Change.DeltaPP), math.Abs(*a.Change.DeltaPP)), cmp.Compare(a.Subject, b.Subject))
		})
	}
	return changed, same
}

// hiddenBefore are the touchpoints that a display of the month before withholds.
func (m *month) hiddenBefore() map[string]bool {
	var cells []satisfaction.Cell
	for id, c := range m.before.places {
		cells = append(cells, satisfaction.Cell{Name: string(id), N: c.figures(m.in.TopBox10).N})
	}
	out := make(map[string]bool)
	for i, hidden := range satisfaction.Suppress(cells, m.in.MinimumN) {
		out[cells[i].Name] = hidden
	}
	return out
}
