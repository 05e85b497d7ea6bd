package report

import (
	"time"

	"resonanz/shared/feedback"
	"resonanz/shared/period"
	"resonanz/shared/responses"
	"resonanz/shared/sla"
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
	// Group is the part of the organisation that the report is of: a configured
	// group of touchpoints, or empty for the whole. Only then holds its
	// touchpoints: facts of others are left out.
	Group string
	Only  map[feedback.Touchpoint]bool

	// FCRWindow is the time in which another contact about the same topic says
	// that the first did not solve it, inclusive (7 days).
	FCRWindow time.Duration
	// Asked says which touchpoints ask whether the matter was solved.
	Asked map[feedback.Touchpoint]bool
	// Policies are the service levels by id; DefaultPolicy holds for complaints
	// that name none of them.
	Policies      map[string]*sla.Policy
	DefaultPolicy string
	// Items are the questions of cards: card, then question.
	Items       map[string]map[string]Item
	Assumptions *Assumptions // nil: no cost and benefit
	Currency    string       // ISO 4217
	ActionDays  int          // before and after a corrective action, at most (90)

	Given

	// Facts of the partitions Months(Period), in any order, duplicates welcome;
	// others are ignored. Build takes the batch over.
	Facts *responses.Batch
}

// Item is a question of a card.
type Item struct {
	Kind     string // rating, yes_no or choice
	Measures string // what it is an indicator of, such as repurchase; empty: nothing
}

// Months are the fact partitions a report of p reads: a link lives at most 28
// days, and the month before is folded too.
func Months(p period.Period) []period.Period {
	return []period.Period{p.Add(-2), p.Add(-1), p}
}

// FreezeAt is the instant from which events of the period are late.
func (in *Input) FreezeAt() time.Time { return in.Period.Freeze(in.FreezeDay, in.Zone) }
