package report

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"resonanz/shared/feedback"
	"resonanz/shared/responses"
	"resonanz/shared/satisfaction"
)

// month gathers the counts of the report's period.
type month struct {
	in         *Input
	set        *responses.Set
	cutoff     time.Time
	start, end int64 // of the period, milliseconds since 1970 UTC

	total       cell
	touchpoints map[feedback.Touchpoint]*part
	channels    [len(feedback.Channels)]part
	quality     Quality
}

// part is one touchpoint or channel: its headline ratings and how they came in.
type part struct {
	cell
	collection CollectionCounts
}

func newMonth(in *Input, set *responses.Set, cutoff time.Time) *month {
	start, end := in.Period.Bounds(in.Zone)
	m := &month{
		in: in, set: set, cutoff: cutoff,
		start: start.UnixMilli(), end: end.UnixMilli(),
		touchpoints: make(map[feedback.Touchpoint]*part),
	}
	for id, scale := range in.Touchpoints {
		m.touchpoints[id] = &part{cell: cell{scale: max(0, slices.Index(responses.Scales[:], scale))}}
	}
	return m
}

func (m *month) holds(at int64) bool { return m.start <= at && at < m.end }

func (m *month) touchpoint(id feedback.Touchpoint) *part {
	p := m.touchpoints[id]
	if p == nil {
		p = new(part)
		m.touchpoints[id] = p
	}
	return p
}

// fold counts the responses and invitations of the period.
func (m *month) fold() {
	folding := m.set.Fold(m.in.Rules, m.cutoff)
	batch := m.set.Batch()
	parts := make(map[responses.Name]*part) // by interned name: one look-up per response
	partOf := func(n responses.Name) *part {
		p := parts[n]
		if p == nil {
			p = m.touchpoint(feedback.Touchpoint(batch.Text(n)))
			parts[n] = p
		}
		return p
	}

	// Responses, invitations and deliveries all come in order of their key.
	var invitations []*responses.Invitation
	before := m.cutoff.UnixMilli()
	for inv := range m.set.Invitations() {
		if m.holds(inv.Issued) && inv.Received < before {
			invitations = append(invitations, inv)
		}
	}
	var failed, reported keys
	for d := range m.set.Deliveries() {
		switch {
		case d.Received >= before:
		case d.Failed():
			failed = append(failed, d.Key)
		default:
			reported = append(reported, d.Key)
		}
	}
	settle := func(answered bool) { // the first of the invitations; an answer proves that it arrived
		inv := invitations[0]
		invitations = invitations[1:]
		bounced := failed.has(inv.Key) && !answered
		if !bounced && reported.has(inv.Key) {
			m.quality.Reported++
		}
		for _, c := range m.collections(partOf(inv.Touchpoint), inv.Channel) {
			c.Invitations++
			if bounced {
				c.Bounced++
				continue
			}
			c.Delivered++
			if answered {
				c.Answered++
			}
		}
	}
	for resp := range folding.Responses() {
		for len(invitations) > 0 && invitations[0].Key.Compare(resp.Key) < 0 {
			settle(false)
		}
		for len(invitations) > 0 && invitations[0].Key == resp.Key {
			settle(true)
		}
		if m.holds(resp.At) {
			m.add(&resp, partOf(resp.Vote.Touchpoint))
		}
	}
	for len(invitations) > 0 {
		settle(false)
	}
	for v := range folding.Debounced() {
		if m.holds(m.in.Rules.Effective(v)) {
			m.quality.KioskDebounced++
		}
	}
}

// keys are in order, and so are those they are asked for.
type keys []responses.Key

func (k *keys) has(key responses.Key) bool {
	for len(*k) > 0 && (*k)[0].Compare(key) < 0 {
		*k = (*k)[1:]
	}
	return len(*k) > 0 && (*k)[0] == key
}

// collections are the counts that one touchpoint and channel touch.
func (m *month) collections(p *part, channel uint8) [3]*CollectionCounts {
	return [3]*CollectionCounts{&m.quality.CollectionCounts, &p.collection, &m.channels[channel].collection}
}

func (m *month) add(r *responses.Response, p *part) {
	for _, c := range m.collections(p, r.Vote.Channel) {
		c.Responses++
	}
	q := &m.quality
	q.VotesChanged += int64(r.Changed)
	q.AfterWindow += int64(r.Ignored)
	q.ClockSkewed += int64(r.Skewed)
	q.AssistedOverruled += int64(r.Overruled)
	if r.Vote.Flags&responses.CallbackRequested != 0 {
		q.CallbacksRequested++
	}
	if r.Assisted {
		q.Assisted++
		return
	}
	m.total.add(r.Vote)
	p.add(r.Vote)
	m.channels[r.Vote.Channel].add(r.Vote)
}

func (m *month) pooled() satisfaction.Figures { return m.total.figures(m.in.TopBox10) }

// fill writes the figures and the collection quality into r.
func (m *month) fill(r *Report) {
	in := m.in
	r.Total = m.pooled()
	r.Reliability = satisfaction.ReliabilityOf(r.Total.N, in.MinimumN, in.IndicativeN)

	q := m.quality
	q.AssistedSharePct = satisfaction.Percent(q.Assisted, q.Responses)
	q.ResponseRatePct = satisfaction.Percent(q.Answered, q.Delivered)
	q.ByTouchpoint, q.ByChannel = CollectionRows{}, CollectionRows{}

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
	r.Quality = q
	m.weigh(r)
	m.cases(r)
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
	var strata []satisfaction.Stratum
	for _, row := range r.ByTouchpoint {
		if row.N == 0 {
			continue
		}
		if row.Contacts == nil || *row.Contacts == 0 {
			return
		}
		strata = append(strata, satisfaction.Stratum{
			Proportion: satisfaction.Proportion{N: row.N, Satisfied: row.Satisfied},
			Contacts:   *row.Contacts,
		})
	}
	r.ContactWeightedCSATPct, r.ContactWeightedSEPP = satisfaction.ContactWeighted(strata)
	if r.ContactWeightedCSATPct != nil {
		r.HeadlineBasis = ContactWeighted
	}
}

func touchpoint(set *responses.Set, v *responses.Vote) feedback.Touchpoint {
	return feedback.Touchpoint(set.Batch().Text(v.Touchpoint))
}
