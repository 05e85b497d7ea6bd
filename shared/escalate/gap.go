package escalate

import (
	"time"

	"resonanz/events"
	"resonanz/shared/casefile"
	"resonanz/shared/period"
)

// GapSubject is what the case of a silence is about: the device and the last it
// was heard of. One silence has one.
func GapSubject(s *events.Silence) string {
	return string(s.Device) + "@" + s.LastAt.UTC().Format("2006-01-02T15:04:05.000Z")
}

// GapNumber is the number of the case of a silence at the given attempt (see
// casefile.NumberOf), of the month in UTC in which the device was heard of last.
func GapNumber(s *events.Silence, attempt int) casefile.Number {
	return casefile.NumberOf(casefile.Gap, GapSubject(s), period.Of(s.LastAt, time.UTC), attempt)
}

// Silent opens the case of a silence: rule DATA_GAP. S.DueAt is when the device
// should have been heard of; from then on whoever is told first has StepAfter.
func Silent(s *events.Silence, now time.Time, r Rules) (casefile.Case, casefile.Entry) {
	due := s.DueAt.Add(r.StepAfter)
	c := casefile.Case{
		Number: GapNumber(s, 0), Family: casefile.Gap, Subject: GapSubject(s),
		Rule: string(DataGap), Priority: string(Normal), Status: casefile.Open,
		Touchpoint: s.Touchpoint, Device: s.Device,
		OpenedAt: s.DueAt, DueAt: due, NextAt: due,
	}
	e := opened(&c, now)
	return c, e
}

// opened is the entry that opens a case about which no customer said anything.
func opened(c *casefile.Case, now time.Time) casefile.Entry {
	e := casefile.Entry{
		At: now, Action: casefile.Opened, Rule: c.Rule, Category: c.Category, Priority: c.Priority, Status: c.Status, DueAt: c.DueAt,
		Alert: alert(c, events.CaseOpened, now),
	}
	raise(c, &e, c.Rule, now)
	return e
}

// GapEnded closes the case of a silence: the device was heard of again, or is
// not watched any more. Whoever was told last is told of it. False when the case
// is closed already.
func GapEnded(current casefile.Case, now time.Time) (casefile.Case, casefile.Entry, bool) {
	c := current
	if c.Status.Ended() {
		return casefile.Case{}, casefile.Entry{}, false
	}
	c.Status, c.NextAt = casefile.Closed, time.Time{}
	e := casefile.Entry{
		At: now, Action: casefile.Ended, From: current.Status, Rule: c.Rule, Status: c.Status, DueAt: c.DueAt, Step: c.Step,
		Alert: alert(&c, events.CaseChanged, now),
	}
	change := casefile.Handling{ClosedAt: now}
	for _, x := range c.Handling.Escalations {
		if x.HandledAt.IsZero() { // what was escalated is no more
			x.HandledAt = now
			change.Escalations = append(change.Escalations, x)
		}
	}
	note(&c, &e, change)
	return c, e, true
}
