package report

import (
	"math"

	"resonanz/shared/feedback"
	"resonanz/shared/satisfaction"
)

// PastOf is what the trends of later months need of r.
func PastOf(r *Report) Past {
	p := Past{
		Period: r.Header.Period, Status: r.Header.Status,
		Counts:      pastCounts(&r.Total),
		Touchpoints: make(map[feedback.Touchpoint]PastCounts),
		Categories:  make(map[string]int64),
		NPS: NPSCounts{
			Promoters: r.Recommend.NPS.Promoters, Passives: r.Recommend.NPS.Passives, Detractors: r.Recommend.NPS.Detractors,
		},
	}
	p.Counts.Complaints = r.Complaints.Received
	if n := r.Complaints.Contacts; n != nil {
		p.Counts.Contacts, p.Counts.AtContacts = *n, r.Complaints.AtContacts
	}
	for i := range r.ByTouchpoint {
		row := &r.ByTouchpoint[i]
		c := pastCounts(&row.Figures)
		if row.Contacts != nil {
			c.Contacts = *row.Contacts
		}
		p.Touchpoints[feedback.Touchpoint(row.Name)] = c
	}
	for _, row := range r.Complaints.Places {
		c := p.Touchpoints[row.Touchpoint]
		c.Complaints = row.N
		if row.Contacts != nil {
			c.Contacts = *row.Contacts
		}
		if c.Contacts > 0 {
			c.AtContacts = row.N
		}
		p.Touchpoints[row.Touchpoint] = c
	}
	for _, row := range r.Complaints.Matrix {
		p.Categories[row.Category] = row.N
	}
	return p
}

func pastCounts(f *satisfaction.Figures) PastCounts {
	return PastCounts{N: f.N, Satisfied: f.Satisfied, Low: low(f)}
}

// low is the number of responses with one of the two lowest ratings; exact for
// every n below 2^46.
func low(f *satisfaction.Figures) int64 {
	if f.Bottom2Pct == nil {
		return 0
	}
	return int64(math.Round(*f.Bottom2Pct * float64(f.N) / 100))
}
