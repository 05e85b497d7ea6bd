package report

import (
	"maps"
	"slices"

	"resonanz/shared/feedback"
	"resonanz/shared/period"
	"resonanz/shared/satisfaction"
	"resonanz/shared/signal"
)

// trendMonths are the months of the trends, the present one last.
const trendMonths = 13

// minimumSignal is the number below which nothing on a control chart is a
// signal: few swing widely (worked case 13).
const minimumSignal = 5

// What the complaints of a u-chart are related to.
const (
	perRating   = "rating"
	perContact  = "contact"
	perResponse = "response"
)

// trends writes section 14: thirteen months, and which of them stand out.
func (m *month) trends(r *Report) {
	past := m.past(r)
	present := &past[trendMonths-1]
	out := Trends{Months: make([]TrendMonth, trendMonths), Places: []PlaceTrend{}}
	known := 0
	for i := range past {
		out.Months[i] = m.trendMonth(past[i].Period, past[i].Counts, past[i].NPS)
		out.Months[i].Known = past[i].Status != ""
		if out.Months[i].Known {
			known++
		}
	}

	low := make([]signal.Sample, trendMonths)
	complaints := make([]signal.Sample, trendMonths)
	per := m.per(past)
	for i := range past {
		c := past[i].Counts
		low[i] = signal.Sample{K: c.Low, N: c.N}
		complaints[i] = signal.Sample{K: c.Complaints, N: c.N}
		if per == perContact {
			complaints[i] = signal.Sample{K: c.AtContacts, N: c.Contacts}
		}
	}
	out.Low = m.control(low, signal.PChart, perRating)
	out.Complaint = m.control(complaints, signal.UChart, per)
	for _, id := range slices.Sorted(maps.Keys(placesOf(past))) {
		out.Places = append(out.Places, m.placeTrend(past, id))
	}
	m.hidePlaces(out.Places)
	r.Trends = out

	switch {
	case known <= 1:
		r.absent(SecTrends, "history", ReasonNoHistory)
	case out.Low == nil:
		r.absent(SecTrends, "low_ratings", ReasonNoResponses)
	}
	if known > 1 && out.Complaint == nil {
		r.absent(SecTrends, "complaints", ReasonNothingBefore)
	}
	if present.Counts.Contacts == 0 {
		r.absent(SecTrends, "complaints_per_contact", ReasonNoContacts)
	}
}

// past are the thirteen months, oldest first: those given, and the present one.
// A month that was not given has no status.
func (m *month) past(r *Report) []Past {
	out := make([]Past, trendMonths)
	for i := range out {
		out[i].Period = m.in.Period.Add(i - trendMonths + 1)
	}
	for _, p := range m.in.sorted().History {
		if i := p.Period.Index() - out[0].Period.Index(); 0 <= i && i < trendMonths-1 && p.Status != "" {
			out[i] = p
		}
	}
	out[trendMonths-1] = PastOf(r)
	return out
}

// per says what complaints are related to: to contacts where those of the
// present month and of one before are known, else to responses.
func (m *month) per(past []Past) string {
	if past[len(past)-1].Counts.Contacts > 0 {
		for _, p := range past[:len(past)-1] {
			if p.Counts.Contacts > 0 {
				return perContact
			}
		}
	}
	return perResponse
}

// placesOf are the touchpoints that were rated in any of the months.
func placesOf(past []Past) map[feedback.Touchpoint]bool {
	out := make(map[feedback.Touchpoint]bool)
	for _, p := range past {
		for id, c := range p.Touchpoints {
			if c.N > 0 {
				out[id] = true
			}
		}
	}
	return out
}

func (m *month) placeTrend(past []Past, id feedback.Touchpoint) PlaceTrend {
	t := PlaceTrend{Touchpoint: id, Months: make([]TrendMonth, len(past))}
	low := make([]signal.Sample, len(past))
	for i, p := range past {
		c := p.Touchpoints[id]
		t.Months[i] = m.trendMonth(p.Period, c, NPSCounts{})
		t.Months[i].Known = p.Status != ""
		low[i] = signal.Sample{K: c.Low, N: c.N}
	}
	t.Low = m.control(low, signal.PChart, perRating)
	return t
}

func (m *month) trendMonth(p period.Period, c PastCounts, n NPSCounts) TrendMonth {
	nps := satisfaction.NetPromoterOf(n.Promoters, n.Passives, n.Detractors)
	t := TrendMonth{
		Period: p, N: c.N, CSATPct: satisfaction.Percent(c.Satisfied, c.N), CI95: satisfaction.Wilson(c.Satisfied, c.N),
		NPS: nps.NPS, NPSN: nps.N, NPSCI: nps.CI95, Complaints: c.Complaints, Contacts: c.Contacts,
	}
	_, t.Withheld = m.grade(c.N)
	_, t.NPSHeld = m.grade(nps.N)
	return t
}

// control puts the months on a control chart whose centre is that of the months
// before the present one; nil where those have nothing to count, or so little
// that the centre would tell what a few customers said. A centre of 0 has limits
// of 0, which anything would exceed: nil as well.
func (m *month) control(samples []signal.Sample, of func([]signal.Sample) (signal.Chart, bool), per string) *Control {
	last := len(samples) - 1
	chart, ok := of(samples[:last])
	var behind int64
	for _, s := range samples[:last] {
		behind += s.N
	}
	if _, few := m.grade(behind); !ok || few || chart.Centre == 0 {
		return nil
	}
	c := &Control{Centre: chart.Centre, Per: per, Points: make([]ControlPoint, len(samples))}
	var run []float64 // the months without a gap up to the present one
	for i, s := range samples {
		c.Points[i] = ControlPoint{Period: m.in.Period.Add(i - last), K: s.K, N: s.N}
		if s.N <= 0 {
			run = nil
			continue
		}
		if i < last {
			c.Baseline++
		}
		p := chart.At(s, minimumSignal)
		c.Points[i].Value, c.Points[i].Lower, c.Points[i].Upper, c.Points[i].Signal = &p.Value, &p.Lower, &p.Upper, p.Signal
		_, c.Points[i].Withheld = m.grade(s.N)
		run = append(run, p.Value)
	}
	c.Signal = c.Points[last].Signal
	c.Run = signal.Run(run, chart.Centre) >= signal.RunLength
	return c
}

// hidePlaces withholds, month by month, the touchpoints with few ratings and
// what would give them away, on the charts too.
func (m *month) hidePlaces(places []PlaceTrend) {
	for i := range trendMonths {
		hide(places, m.in.MinimumN,
			func(t *PlaceTrend) (feedback.Touchpoint, int64) { return t.Touchpoint, t.Months[i].N },
			func(t *PlaceTrend, hidden bool) {
				t.Months[i].Withheld = hidden
				if t.Low != nil {
					t.Low.Points[i].Withheld = hidden
				}
			})
	}
}
