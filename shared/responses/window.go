package responses

import (
	"time"

	"resonanz/shared/feedback"
	"resonanz/shared/period"
)

// Months are the months from First to Last, both included.
type Months struct{ First, Last period.Period }

// All lists the months, the first one first.
func (m Months) All() []period.Period {
	var all []period.Period
	for p := m.First; !m.Last.Before(p); p = p.Add(1) {
		all = append(all, p)
	}
	return all
}

func (m Months) hold(p int) bool { return m.First.Index() <= p && p <= m.Last.Index() }

// Window says of which months facts count, kind by kind: votes, invitations,
// complaints and deliveries by the month of their response key, transitions by
// their time and escalations by the time they were raised, in Zone.
type Window struct {
	Votes       Months // ratings and cards, and deliveries
	Invitations Months // and the contacts they tell of
	Complaints  Months
	Steps       Months // transitions and escalations
	Zone        *time.Location
}

// WindowOf are the facts that the report of p rests on. A link lives at most 28
// days and the month before is folded too, so votes begin two months before.
// Invitations of the month after tell of further contacts about the same matter.
// What became of complaints reaches back a year: to the backlog and to the time
// before a corrective action.
func WindowOf(p period.Period, zone *time.Location) Window {
	return Window{
		Votes:       Months{p.Add(-2), p},
		Invitations: Months{p.Add(-2), p.Add(1)},
		Complaints:  Months{p.Add(-12), p.Add(1)},
		Steps:       Months{p.Add(-12), p.Add(1)},
		Zone:        zone,
	}
}

// Of are the months of a kind's facts; none for a kind that has no facts.
func (w Window) Of(kind feedback.Kind) []period.Period {
	switch kind {
	case feedback.KindRating, feedback.KindDelivery:
		return w.Votes.All()
	case feedback.KindInvitation:
		return w.Invitations.All()
	case feedback.KindComplaint:
		return w.Complaints.All()
	case "transition", "escalation":
		return w.Steps.All()
	}
	return nil
}

// instants are the bounds of the steps in milliseconds, the second excluded.
func (w Window) instants() (from, to int64) {
	start, _ := w.Steps.First.Bounds(w.Zone)
	_, end := w.Steps.Last.Bounds(w.Zone)
	return start.UnixMilli(), end.UnixMilli()
}
