package report

import (
	"slices"
	"strings"
	"time"

	"resonanz/shared/satisfaction"
)

// Why there is nothing to compare before and after a corrective action.
const (
	ActionNotBegun     = "not_begun"     // it starts, or was done, after the period
	ActionTooRecent    = "too_recent"    // less than a day since
	ActionTooOld       = "too_old"       // it started before the facts that are read
	ActionNoComplaints = "no_complaints" // none of any category in one of the stretches
)

// ActionReasons are all of them.
var ActionReasons = []string{ActionNotBegun, ActionTooRecent, ActionTooOld, ActionNoComplaints}

// actions is section 15: what share of the complaints a category had before a
// corrective action started, and has since it was done (or, until then, since it
// started). Both stretches are of the same number of days, at most ActionDays,
// and end with the period. A share, not a number, is compared, since more
// complaints may only mean more customers who speak up.
func (w *casework) actions(r *Report) {
	in := w.m.in
	r.Actions = make([]ActionEffect, 0, len(in.Actions))
	for _, a := range in.Actions {
		e := ActionEffect{Action: a, Change: satisfaction.Change{Verdict: satisfaction.NoData}}
		for _, s := range w.stories {
			if s.standing(w.known) == counted && w.text(s.last().Measure) == a.ID {
				e.Linked++
			}
		}
		w.compare(&e)
		r.Actions = append(r.Actions, e)
	}
	slices.SortStableFunc(r.Actions, func(a, b ActionEffect) int { return strings.Compare(a.ID, b.ID) })
	if len(r.Actions) == 0 {
		r.absent(SecActions, "", ReasonNoActions)
	}
}

// compare compares the stretches before and after an action.
func (w *casework) compare(e *ActionEffect) {
	in := w.m.in
	after := e.StartsAt
	if !e.DoneAt.IsZero() && e.DoneAt.After(after) && e.DoneAt.UnixMilli() < w.asOf {
		after = e.DoneAt
	}
	first, _ := in.Period.Add(-12).Bounds(in.Zone) // of the facts that are read
	asOf := time.UnixMilli(w.asOf)
	if !e.StartsAt.Before(asOf) {
		e.Reason = ActionNotBegun
		return
	}
	days := min(in.ActionDays, daysBetween(first, e.StartsAt, in.Zone))
	if days <= 0 {
		e.Reason = ActionTooOld
		return
	}
	if days = min(days, daysBetween(after, asOf, in.Zone)); days <= 0 {
		e.Reason = ActionTooRecent
		return
	}
	from, to := e.StartsAt.In(in.Zone).AddDate(0, 0, -days), after.In(in.Zone).AddDate(0, 0, days)
	e.Days, e.BeforeFrom, e.AfterFrom = days, from.UTC(), after.UTC()
	e.Before = w.proportion(from, e.StartsAt, e.Category)
	e.After = w.proportion(after, to, e.Category)
	e.BeforePct, e.AfterPct = satisfaction.Percent(e.Before.Satisfied, e.Before.N), satisfaction.Percent(e.After.Satisfied, e.After.N)
	e.Change = satisfaction.ChangeOf(e.After, e.Before)
	switch e.Change.Verdict { // fewer complaints of the category are better
	case satisfaction.Improved:
		e.Change.Verdict = satisfaction.Declined
	case satisfaction.Declined:
		e.Change.Verdict = satisfaction.Improved
	case satisfaction.NoData:
		e.Reason = ActionNoComplaints
	}
}

// proportion counts the complaints received from from to before to, and those of
// a category or its branches among them.
func (w *casework) proportion(from, to time.Time, category string) (p satisfaction.Proportion) {
	for name, n := range w.receivedBetween(from.UnixMilli(), to.UnixMilli(), w.known) {
		p.N += n
		if rest, ok := strings.CutPrefix(name, category); ok && (rest == "" || rest[0] == '.') {
			p.Satisfied += n
		}
	}
	return p
}

// daysBetween is the number of whole days from from to to, by the calendar of
// the zone: a day of 23 hours is one.
func daysBetween(from, to time.Time, zone *time.Location) int {
	if !from.Before(to) {
		return 0
	}
	from, to = from.In(zone), to.In(zone)
	days := int(to.Sub(from)/(24*time.Hour)) + 1
	for from.AddDate(0, 0, days).After(to) {
		days--
	}
	return days
}
