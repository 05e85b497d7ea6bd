package report

import (
	"cmp"
	"maps"
	"slices"

	"resonanz/shared/feedback"
	"resonanz/shared/satisfaction"
)

// fill writes the figures and the collection quality into r.
func (m *month) fill(r *Report) {
	in := m.in
	r.Total = m.pooled()
	r.Reliability = satisfaction.ReliabilityOf(r.Total.N, in.MinimumN, in.IndicativeN)

	q := m.quality
	q.AssistedSharePct = satisfaction.Percent(q.Assisted, q.Responses)
	q.ResponseRatePct = satisfaction.Percent(q.Answered, q.Delivered)
	q.ByTouchpoint, q.ByChannel = nil, nil

	for _, id := range slices.Sorted(maps.Keys(m.touchpoints)) {
		p := m.touchpoints[id]
		row := m.row(string(id), &p.cell)
		if n, ok := in.Contacts[id]; ok {
			row.Contacts = &n
		}
		r.ByTouchpoint = append(r.ByTouchpoint, row)
		q.ByTouchpoint = append(q.ByTouchpoint, collectionRow(string(id), p))
	}
	for i := range m.channels {
		p, name := &m.channels[i], string(feedback.Channels[i])
		if row := m.row(name, &p.cell); row.N > 0 {
			r.ByChannel = append(r.ByChannel, row)
		}
		if p.collection != (CollectionCounts{}) {
			q.ByChannel = append(q.ByChannel, collectionRow(name, p))
		}
	}
	for _, t := range m.total.tallies(in.TopBox10) {
		if t.N() > 0 {
			r.ByScale = append(r.ByScale, m.graded(string(t.Scale.Name), t.Figures()))
		}
	}
	slices.SortFunc(r.ByChannel, func(a, b Row) int { return cmp.Compare(a.Name, b.Name) })
	slices.SortFunc(q.ByChannel, func(a, b CollectionRow) int { return cmp.Compare(a.Name, b.Name) })
	slices.SortFunc(r.ByScale, func(a, b Row) int { return cmp.Compare(a.Name, b.Name) })
	for _, b := range []Breakdown{r.ByTouchpoint, r.ByChannel, r.ByScale} {
		withhold(b, in.MinimumN)
	}
	withholdCollections(q.ByTouchpoint, in.MinimumN)
	withholdCollections(q.ByChannel, in.MinimumN)
	r.Quality = q
	m.weigh(r)
	m.change(r)
	m.bySegment(r)
	m.collected(r)
	m.recommend(r)
	m.firstContact(r)
	m.loyalty(r)
	m.cases(r)
	m.trends(r)
}

func (m *month) row(name string, c *cell) Row { return m.graded(name, c.figures(m.in.TopBox10)) }

func (m *month) graded(name string, f satisfaction.Figures) Row {
	return Row{Name: name, Figures: f, Reliability: satisfaction.ReliabilityOf(f.N, m.in.MinimumN, m.in.IndicativeN)}
}

func collectionRow(name string, p *part) CollectionRow {
	c := p.collection
	c.ResponseRatePct = satisfaction.Percent(c.Answered, c.Delivered)
	return CollectionRow{Name: name, CollectionCounts: c}
}

func withhold(b Breakdown, minimum int) {
	cells := make([]satisfaction.Cell, len(b))
	for i, row := range b {
		cells[i] = satisfaction.Cell{Name: row.Name, N: row.N}
	}
	for i, hidden := range satisfaction.Suppress(cells, minimum) {
		b[i].Withheld = hidden
	}
}

// weigh adds the contact-weighted CSAT. It exists when the contacts of every
// touchpoint with responses are known: a weighted figure that leaves a
// touchpoint out would pass for the whole.
func (m *month) weigh(r *Report) {
	r.HeadlineBasis = Pooled
	r.ContactWeightedCSATPct, r.ContactWeightedSEPP = satisfaction.ContactWeighted(strataOf(r))
	if r.ContactWeightedCSATPct != nil {
		r.HeadlineBasis = ContactWeighted
	}
}

// strataOf are the touchpoints with responses; nil unless the contacts of all of
// them are known.
func strataOf(r *Report) (strata []satisfaction.Stratum) {
	for _, row := range r.ByTouchpoint {
		if row.N == 0 {
			continue
		}
		if row.Contacts == nil || *row.Contacts == 0 {
			return nil
		}
		strata = append(strata, satisfaction.Stratum{
			Proportion: satisfaction.Proportion{N: row.N, Satisfied: row.Satisfied},
			Contacts:   *row.Contacts,
		})
	}
	return strata
}
