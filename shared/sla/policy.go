package sla

import (
	"slices"
	"time"

	"resonanz/shared/casefile"
)

// Names of the deadlines of every policy; those of presets follow them.
const (
	FirstResponse = "first_response" // received → first reply of a person
	Resolution    = "resolution"     // received → decision communicated
)

// Policy is a service level. Its clock runs in business time while the customer
// is owed something; presets never pause.
type Policy struct {
	ID            string
	Calendar      *Calendar
	FirstResponse time.Duration // business time
	Resolution    time.Duration // business time
	AtRiskPercent int           // of the time allowed, 1 to 99
	CloseDays     int           // after resolving, when the customer says nothing
	Presets       []string
	Print         string // fingerprint of the policy and its calendar
}

// Start is the clock of a complaint received then, running.
func (p *Policy) Start(received time.Time) *casefile.Clock {
	c := &casefile.Clock{
		Policy: p.ID, Print: p.Print,
		Runs:      []casefile.Run{{From: received.UTC()}},
		Deadlines: []casefile.Deadline{{Name: FirstResponse}, {Name: Resolution}},
	}
	for _, name := range p.Presets {
		c.Deadlines = append(c.Deadlines, casefile.Deadline{Name: name})
	}
	p.date(c, received)
	return c
}

// Stop stops the clock: the customer was asked something, the decision was
// communicated, or nothing is owed any more. Deadlines that are not met lose
// their dates until it runs again; those of presets keep them. A clock that
// stands stays as it is.
func (p *Policy) Stop(c *casefile.Clock, now time.Time) {
	last := len(c.Runs) - 1
	if last < 0 || !c.Runs[last].To.IsZero() {
		return
	}
	c.Runs[last].To = later(c.Runs[last].From, now).UTC()
	for i := range c.Deadlines {
		if d := &c.Deadlines[i]; d.MetAt.IsZero() && !IsPreset(d.Name) {
			d.AtRiskAt, d.DueAt = time.Time{}, time.Time{}
		}
	}
}

// Resume lets the clock run again with the time it had left. A resolution that
// was communicated counts as owed again: the case was reopened. A clock that runs
// stays as it is.
func (p *Policy) Resume(c *casefile.Clock, now time.Time) {
	last := len(c.Runs) - 1
	if last >= 0 && c.Runs[last].To.IsZero() {
		return
	}
	from := now.UTC()
	if last >= 0 {
		from = later(c.Runs[last].To, from)
	}
	c.Runs = append(c.Runs, casefile.Run{From: from})
	if d := Find(c, Resolution); d != nil {
		d.MetAt = time.Time{}
	}
	p.date(c, c.Runs[0].From)
}

// Meet notes that the deadline with that name is met; it changes nothing where
// there is none, or where it was met before.
func Meet(c *casefile.Clock, name string, now time.Time) {
	if d := Find(c, name); d != nil && d.MetAt.IsZero() {
		d.MetAt = now.UTC()
	}
}

// MeetAll notes that everything owed is met: the decision was communicated.
func MeetAll(c *casefile.Clock, now time.Time) {
	for i := range c.Deadlines {
		Meet(c, c.Deadlines[i].Name, now)
	}
}

// Hold notes a holding reply, which says why the answer takes longer and by when
// it comes: a preset that allows for one then has its longest time. It reports
// whether the date moved.
func (p *Policy) Hold(c *casefile.Clock, preset string, received, now time.Time) bool {
	d := Find(c, preset)
	if d == nil || !d.MetAt.IsZero() || !d.HeldAt.IsZero() || preset != PSD2101 {
		return false
	}
	d.HeldAt = now.UTC()
	return p.date(c, received)
}

// Retime works the open deadlines out anew where policy or calendar changed, and
// reports whether a date moved, or a deadline came or went. A level that was
// told before stands only as far as the new dates bear it out.
func (p *Policy) Retime(c *casefile.Clock, received time.Time) bool {
	if c.Print == p.Print && c.Policy == p.ID {
		return false
	}
	c.Policy, c.Print = p.ID, p.Print
	had := len(c.Deadlines)
	c.Deadlines = slices.DeleteFunc(slices.Clone(c.Deadlines), func(d casefile.Deadline) bool {
		return IsPreset(d.Name) && d.MetAt.IsZero() && !slices.Contains(p.Presets, d.Name)
	})
	moved := len(c.Deadlines) != had
	for _, name := range p.Presets {
		if Find(c, name) == nil {
			c.Deadlines, moved = append(c.Deadlines, casefile.Deadline{Name: name}), true
		}
	}
	return p.date(c, received) || moved
}

// Used is the business time for which the clock has run, up to now.
func (p *Policy) Used(c *casefile.Clock, now time.Time) (sum time.Duration) {
	for _, r := range c.Runs {
		to := r.To
		if to.IsZero() {
			to = now
		}
		sum += p.Calendar.Between(r.From, to)
	}
	return sum
}

// CloseAt is when a case resolved then is closed, unless the customer says
// something: the same time of day, CloseDays later. UTC.
func (p *Policy) CloseAt(resolved time.Time) time.Time {
	return resolved.In(p.Calendar.zone).AddDate(0, 0, p.CloseDays).UTC()
}

// date sets the dates of every deadline that is not met, and reports whether one
// moved.
func (p *Policy) date(c *casefile.Clock, received time.Time) (moved bool) {
	for i := range c.Deadlines {
		d := &c.Deadlines[i]
		if !d.MetAt.IsZero() {
			continue
		}
		risk, due := p.dates(c, d, received)
		if risk.Equal(d.AtRiskAt) && due.Equal(d.DueAt) {
			continue
		}
		d.AtRiskAt, d.DueAt, moved = risk, due, true
		switch {
		case due.IsZero() || d.Level == 0 || !d.LevelAt.Before(due):
		case d.LevelAt.Before(risk):
			d.Level, d.LevelAt = 0, time.Time{}
		default:
			d.Level = 1
		}
	}
	return moved
}

func (p *Policy) dates(c *casefile.Clock, d *casefile.Deadline, received time.Time) (risk, due time.Time) {
	percent := time.Duration(p.AtRiskPercent)
	if IsPreset(d.Name) {
		due = p.Calendar.PresetDue(d.Name, received, !d.HeldAt.IsZero())
		return received.Add(due.Sub(received) / 100 * percent).UTC().Truncate(time.Millisecond), due
	}
	if last := len(c.Runs) - 1; last < 0 || !c.Runs[last].To.IsZero() {
		return time.Time{}, time.Time{}
	}
	target := p.target(d.Name)
	return p.consumed(c, target/100*percent), p.consumed(c, target)
}

// target is the business time allowed for a deadline that is none of a preset.
func (p *Policy) target(name string) time.Duration {
	if name == FirstResponse {
		return p.FirstResponse
	}
	return p.Resolution
}

// consumed is when the clock has run for d of business time, be it in
// the past; zero: it stands, and has not.
func (p *Policy) consumed(c *casefile.Clock, d time.Duration) time.Time {
	for _, r := range c.Runs {
		if r.To.IsZero() {
			return p.Calendar.Add(r.From, d)
		}
		ran := p.Calendar.Between(r.From, r.To)
		if ran >= d {
			return p.Calendar.Add(r.From, d)
		}
		d -= ran
	}
	return time.Time{}
}

// Find is the deadline with that name, or nil.
func Find(c *casefile.Clock, name string) *casefile.Deadline {
	for i := range c.Deadlines {
		if c.Deadlines[i].Name == name {
			return &c.Deadlines[i]
		}
	}
	return nil
}

// IsPreset reports whether name is that of a regulatory preset.
func IsPreset(name string) bool { return slices.Contains(Presets[:], name) }
