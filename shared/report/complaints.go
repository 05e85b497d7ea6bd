package report

import (
	"cmp"
	"maps"
	"slices"

	"resonanz/shared/casefile"
	"resonanz/shared/feedback"
	"resonanz/shared/responses"
	"resonanz/shared/satisfaction"
)

// complaints is section 7. A complaint belongs to the month of its receipt.
func (w *casework) complaints(r *Report) {
	c := &r.Complaints
	*c = Complaints{Channels: []Count{}, Severity: []Count{}, Matrix: []CategoryRow{}, Places: []ComplaintRow{}}
	channels, severity, places := tally{}, tally{}, make(map[feedback.Touchpoint]int64)
	for _, s := range w.received {
		last := s.last()
		c.Received++
		channels[w.text(last.Channel)]++
		severity[w.text(last.Severity)]++
		places[feedback.Touchpoint(w.text(last.Touchpoint))]++
		if last.Notifiable {
			c.Named++
		} else {
			c.Anonymous++
		}
		switch {
		case s.fromRating():
			c.FromRatings++
		case len(s.said) == 0:
			c.WithoutFact++
		}
	}
	for _, u := range w.strays {
		first := u.facts[0]
		c.Received++
		c.WithoutCase++
		if first.Flags&responses.Imported != 0 {
			c.Imported++
		}
		channels[string(feedback.Channels[first.Channel])]++
		severity[""]++
		places[feedback.Touchpoint(w.text(first.Touchpoint))]++
	}
	for _, s := range w.stories {
		w.standings(c, s)
	}
	c.Channels, c.Severity = channels.byCount(), severity.bySeverity()
	c.Matrix = w.matrix()
	w.rates(r, places)

	if c.Received+c.Drafts+c.Excluded+c.Closed+c.Resolved+c.OpenStart+c.OpenEnd == 0 {
		r.absent(SecComplaints, "", ReasonNoComplaints)
	}
	if c.Contacts == nil {
		r.absent(SecComplaints, "rate", ReasonNoContacts)
	}
}

// standings counts what one case was in the period.
func (w *casework) standings(c *Complaints, s *story) {
	received := s.receipt(s.last())
	switch s.standing(w.known) {
	case draft:
		if w.m.holds(received) {
			c.Drafts++
		}
	case excluded:
		if w.m.holds(received) {
			c.Excluded++
		}
	case counted:
		if s.in(casefile.Closed) {
			c.Closed++
		}
		if s.in(casefile.Resolved) {
			c.Resolved++
		}
		if received < w.m.start && s.open(w.m.start) {
			c.OpenStart++
		}
		if received < w.asOf && s.open(w.asOf) {
			c.OpenEnd++
			if t, ok := s.times(); ok && late(t) {
				c.Overdue++
			}
		}
	}
}

// fromRating reports whether the case was a low rating that staff registered.
func (s *story) fromRating() bool {
	return slices.ContainsFunc(s.steps, func(step *responses.Transition) bool {
		return s.w.text(step.Action) == string(casefile.Registered) && s.w.text(step.By) == string(casefile.Staff)
	})
}

// matrix counts categories by touchpoint, the most frequent first, then by name.
// The month before is as it was known at its own freeze, or at the cutoff where
// that came first.
func (w *casework) matrix() []CategoryRow {
	rows := make(map[string]*CategoryRow)
	row := func(category string) *CategoryRow {
		if rows[category] == nil {
			rows[category] = &CategoryRow{Category: category, Places: make(map[feedback.Touchpoint]int64)}
		}
		return rows[category]
	}
	add := func(category, touchpoint string) {
		at := row(category)
		at.N++
		at.Places[feedback.Touchpoint(touchpoint)]++
	}
	for _, s := range w.received {
		add(w.text(s.last().Category), w.text(s.last().Touchpoint))
	}
	for _, u := range w.strays {
		add(w.text(u.facts[0].Category), w.text(u.facts[0].Touchpoint))
	}

	in := w.m.in
	p := in.Period.Add(-1)
	start, end := p.Bounds(in.Zone)
	known := min(w.known, p.Freeze(in.FreezeDay, in.Zone).UnixMilli())
	for category, n := range w.receivedBetween(start.UnixMilli(), end.UnixMilli(), known) {
		row(category).Previous = n
	}
	out := make([]CategoryRow, 0, len(rows))
	for _, at := range rows {
		out = append(out, *at)
	}
	slices.SortFunc(out, func(a, b CategoryRow) int {
		return cmp.Or(-cmp.Compare(a.N, b.N), -cmp.Compare(a.Previous, b.Previous), cmp.Compare(a.Category, b.Category))
	})
	return out
}

// receivedBetween counts by category the complaints received from from to
// before to, as it was known before known.
func (w *casework) receivedBetween(from, to, known int64) tally {
	out := tally{}
	for _, s := range w.stories {
		if s.standing(known) != counted {
			continue
		}
		steps := s.before(known)
		last := steps[len(steps)-1]
		if at := s.receipt(last); from <= at && at < to {
			out[w.text(last.Category)]++
		}
	}
	for _, u := range w.loose {
		if first := u.facts[0]; from <= arrived(first) && arrived(first) < to && first.Received < known {
			out[w.text(first.Category)]++
		}
	}
	return out
}

// rates relates complaints to contacts, and puts the CSAT beside, without which
// a rate says little: few complaints may mean that few customers dare.
func (w *casework) rates(r *Report, places map[feedback.Touchpoint]int64) {
	c, in := &r.Complaints, w.m.in
	c.CSATPct, c.CSATN = r.Total.CSATPct, r.Total.N
	var contacts int64
	known := false
	all := maps.Clone(places)
	for id, n := range in.Contacts {
		known = true
		contacts += n
		c.AtContacts += places[id]
		all[id] += 0
	}
	if known {
		c.Contacts = &contacts
		c.Rate, c.RateCI = satisfaction.Rate(c.AtContacts, contacts, 1000)
	}
	for _, id := range slices.Sorted(maps.Keys(all)) {
		row := ComplaintRow{Touchpoint: id, N: all[id]}
		if n, ok := in.Contacts[id]; ok {
			row.Contacts = &n
			row.Rate, row.RateCI = satisfaction.Rate(row.N, n, 1000)
		}
		if rating := r.ByTouchpoint.Row(string(id)); rating != nil {
			row.CSATPct, row.CSATN, row.Withheld = rating.CSATPct, rating.N, rating.Withheld
		}
		c.Places = append(c.Places, row)
	}
}

// bySeverity lists a tally from the worst severity to the least, and then what
// names none.
func (t tally) bySeverity() []Count {
	out := t.byCount()
	slices.SortFunc(out, func(a, b Count) int {
		rank := func(name string) int { return slices.Index(casefile.Severities[:], casefile.Severity(name)) }
		return cmp.Or(-cmp.Compare(rank(a.Name), rank(b.Name)), cmp.Compare(a.Name, b.Name))
	})
	return out
}
