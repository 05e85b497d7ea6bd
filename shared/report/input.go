package report

import (
	"time"

	"resonanz/shared/feedback"
	"resonanz/shared/period"
	"resonanz/shared/responses"
)

// Input is everything a report depends on.
type Input struct {
	Organisation string
	Period       period.Period
	Zone         *time.Location
	// Cutoff: facts received before it count. Truncated to milliseconds. Before
	// the freeze the report is preliminary, at the freeze final, after it
	// restated. See FreezeAt.
	Cutoff    time.Time
	FreezeDay int // day of the following month, 00:00 in Zone (6)

	Rules       responses.Rules
	TopBox10    int // 2 or 3
	MinimumN    int // 5
	IndicativeN int // 30

	// Touchpoints are the configured ones, with their scale: one without
	// responses still gets its row, since silence is not satisfaction. Facts of
	// others get a row too.
	Touchpoints map[feedback.Touchpoint]feedback.Scale
	// Contacts of the period by touchpoint, where the owner knows them.
	Contacts map[feedback.Touchpoint]int64

	// Facts of the partitions Months(Period), in any order, duplicates welcome;
	// others are ignored. Build takes the batch over.
	Facts *responses.Batch
}

// Months are the fact partitions a report of p reads: a link lives at most 28
// days, and the month before is folded too.
func Months(p period.Period) []period.Period {
	return []period.Period{p.Add(-2), p.Add(-1), p}
}

// FreezeAt is the instant from which events of the period are late.
func (in *Input) FreezeAt() time.Time { return in.Period.Freeze(in.FreezeDay, in.Zone) }
