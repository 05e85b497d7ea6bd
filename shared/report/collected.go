package report

import (
	"cmp"
	"maps"
	"math/bits"
	"slices"

	"resonanz/shared/feedback"
	"resonanz/shared/responses"
	"resonanz/shared/satisfaction"
)

// dataGap is the rule that is raised when a touchpoint is silent.
const dataGap = "DATA_GAP"

// invalid counts the distinct votes of the period that lie on no scale or
// channel. Nothing can be said about them, so the set leaves them out.
func (m *month) invalid(b *responses.Batch) int64 {
	months := responses.WindowOf(m.in.Period, m.in.Zone).Votes
	seen := make(map[[16]byte]bool)
	for i := range b.Votes {
		v := &b.Votes[i]
		if int(v.Channel) < len(feedback.Channels) && int(v.Scale) < len(responses.Scales) && responses.Scales[v.Scale].Valid(int(v.Rating)) {
			continue
		}
		p := v.Key.Period()
		if v.Received < m.cutoff.UnixMilli() && m.holds(m.in.Rules.Effective(v)) && !p.Before(months.First) && !months.Last.Before(p) {
			seen[v.Event] = true
		}
	}
	return int64(len(seen))
}

// collected writes what section 3 says besides how responses came in: what was
// not to be read, of what nobody knows, and where nobody said anything.
func (m *month) collected(r *Report) {
	q := &r.Quality
	q.Observed = m.in.Observed
	q.Unread = m.in.sorted().Unread
	if q.Unread == nil {
		q.Unread = []Unread{}
	}
	if q.Observed == nil {
		r.absent(SecQuality, "observed", ReasonNotMeasured)
	}
	if q.Invitations == 0 {
		r.absent(SecQuality, "invitations", ReasonNoInvitations)
	}

	q.Unknown, q.Gaps = []Count{}, []DataGap{}
	alarms := make(map[feedback.Touchpoint]int64)
	batch := m.set.Batch()
	for e := range m.set.Escalations(m.cutoff) {
		if m.holds(e.Raised) && batch.Text(e.Rule) == dataGap {
			alarms[feedback.Touchpoint(batch.Text(e.Touchpoint))]++
		}
	}
	places := maps.Clone(m.touchpoints)
	for id := range alarms {
		if places[id] == nil {
			places[id] = new(part)
		}
	}
	for _, id := range slices.Sorted(maps.Keys(places)) {
		p := places[id]
		_, configured := m.in.Touchpoints[id]
		if n := p.collection.Responses; n > 0 && !configured && m.in.Touchpoints != nil {
			q.Unknown = append(q.Unknown, Count{Name: string(id), N: n})
		}
		if alarms[id] > 0 || configured && p.collection.Responses == 0 {
			q.Gaps = append(q.Gaps, DataGap{Touchpoint: id, Days: m.elapsed() - int64(bits.OnesCount32(p.days)), Alarms: alarms[id]})
		}
	}
}

// elapsed is the number of days of the period that had begun at the cutoff.
func (m *month) elapsed() (n int64) {
	for _, day := range m.days[:len(m.days)-1] {
		if day < m.cutoff.UnixMilli() {
			n++
		}
	}
	return n
}

// withholdCollections marks the rows whose response rate is that of few links.
func withholdCollections(rows CollectionRows, minimum int) {
	cells := make([]satisfaction.Cell, len(rows))
	for i, row := range rows {
		cells[i] = satisfaction.Cell{Name: row.Name, N: row.Delivered}
	}
	for i, hidden := range satisfaction.Suppress(cells, minimum) {
		rows[i].Withheld = hidden
	}
}

// bySegment writes the CSAT by customer segment. Responses without a segment are
// the row NoSegment beside the others; where none has one there is no row.
func (m *month) bySegment(r *Report) {
	for i := range m.segments {
		name := NoSegment
		if i > 0 {
			name = string(rune('A' + i - 1))
		}
		if row := m.row(name, &m.segments[i]); row.N > 0 {
			r.BySegment = append(r.BySegment, row)
		}
	}
	slices.SortFunc(r.BySegment, func(a, b Row) int { return cmp.Compare(a.Name, b.Name) })
	if len(r.BySegment) == 0 || len(r.BySegment) == 1 && r.BySegment[0].Name == NoSegment {
		r.BySegment = nil
		r.absent(SecCSAT, "by_segment", ReasonNoSegments)
	}
	withhold(r.BySegment, m.in.MinimumN)
	if r.Total.N == 0 {
		r.absent(SecCSAT, "", ReasonNoResponses)
	}
}
