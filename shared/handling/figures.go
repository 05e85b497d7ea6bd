package handling

import (
	"slices"

	"resonanz/shared/satisfaction"
	"resonanz/shared/sla"
)

// Figures are the times and service levels of many complaints.
type Figures struct {
	FirstResponseWall     Durations  `json:"first_response_wall"`
	FirstResponseBusiness Durations  `json:"first_response_business"`
	FirstResolutionWall   Durations  `json:"first_resolution_wall"`
	FinalResolutionWall   Durations  `json:"final_resolution_wall"`
	FirstResponse         Compliance `json:"sla_first_response"`
	Resolution            Compliance `json:"sla_resolution"`
	ReopenRatePct         *float64   `json:"reopen_rate_pct"` // 100·reopened / ever resolved
	Open                  []string   `json:"open"`            // ids, in the order given
}

// Durations sums up durations in seconds; without any, all but N is nil.
type Durations struct {
	N      int64    `json:"n"`
	Mean   *float64 `json:"mean"`
	Median *float64 `json:"median"` // mean of the two in the middle of an even number
	P90    *float64 `json:"p90"`    // nearest rank: the smallest that 90 % do not exceed
	Max    *float64 `json:"max"`
}

// Compliance is how often a service level was kept. Pending ones are in no ratio;
// an open one that is due is breached.
type Compliance struct {
	Met      int64                  `json:"met"`
	Breached int64                  `json:"breached"`
	Pending  int64                  `json:"pending"`
	Pct      *float64               `json:"compliance_pct"` // 100·met / (met + breached)
	CI95Pct  *satisfaction.Interval `json:"ci95_pct"`       // Wilson
}

// Sum sums up complaints; those that are excluded count nowhere.
func Sum(times []Times) Figures {
	var f Figures
	var lists [4][]float64
	var reopened, resolved int64
	for i := range times {
		t := &times[i]
		if t.Excluded {
			continue
		}
		for j, s := range []*float64{t.FirstResponseWall, t.FirstResponseBusiness, t.FirstResolutionWall, t.FinalResolutionWall} {
			if s != nil {
				lists[j] = append(lists[j], *s)
			}
		}
		f.FirstResponse.count(t.FirstResponse)
		f.Resolution.count(t.Resolution)
		if t.FirstResolutionWall != nil {
			resolved++
		}
		if t.Reopened {
			reopened++
		}
		if t.Open {
			f.Open = append(f.Open, t.ID)
		}
	}
	f.FirstResponseWall, f.FirstResponseBusiness = SumDurations(lists[0]), SumDurations(lists[1])
	f.FirstResolutionWall, f.FinalResolutionWall = SumDurations(lists[2]), SumDurations(lists[3])
	f.FirstResponse.finish()
	f.Resolution.finish()
	f.ReopenRatePct = satisfaction.Percent(reopened, resolved)
	return f
}

func (c *Compliance) count(s sla.State) {
	switch s {
	case sla.Met:
		c.Met++
	case sla.Breached:
		c.Breached++
	case sla.Pending:
		c.Pending++
	}
}

func (c *Compliance) finish() {
	c.Pct = satisfaction.Percent(c.Met, c.Met+c.Breached)
	c.CI95Pct = satisfaction.Wilson(c.Met, c.Met+c.Breached)
}

// SumDurations sums up durations in seconds, in any order.
func SumDurations(seconds []float64) Durations {
	n := len(seconds)
	d := Durations{N: int64(n)}
	if n == 0 {
		return d
	}
	sorted := slices.Sorted(slices.Values(seconds))
	sum := 0.0
	for _, s := range sorted { // sorted: one order of summing
		sum += s
	}
	mean, median := sum/float64(n), (sorted[(n-1)/2]+sorted[n/2])/2
	d.Mean, d.Median = &mean, &median
	d.P90, d.Max = &sorted[(9*n+9)/10-1], &sorted[n-1]
	return d
}
