package lifecycle

import (
	"slices"
	"time"

	"resonanz/shared/casefile"
	"resonanz/shared/sla"
)

// Retime works the deadlines of c out anew by the present policy and calendar.
// False: none has moved. A level that was told stays told, unless its time has
// moved into the future.
func Retime(c casefile.Case, now time.Time, r Rules) (casefile.Case, []casefile.Entry, bool) {
	if c.Family != casefile.Complaint || c.Status == casefile.Draft || c.Status.Ended() {
		return c, nil, false
	}
	m := begin(c, system, now, r)
	p := r.Policy(r.Route(c.Touchpoint, c.Category).Policy)
	k := c.Handling.Clock.Clone()
	if k == nil { // opened before there were clocks
		k = p.Start(c.OpenedAt)
		if c.Status == casefile.AwaitingCustomer || c.Status == casefile.Resolved {
			p.Stop(k, m.now)
		}
	} else {
		retime(&m.c, p, k, m.now)
	}
	m.change(casefile.Handling{Clock: k})
	m.record(casefile.Rescheduling, c.Rule)
	if c.Handling.Clock != nil && sameDates(c.Handling.Clock, k) && c.DueAt.Equal(m.c.DueAt) {
		return c, nil, false
	}
	return m.c, m.entries, true
}

// retime works k out anew by policy p.
func retime(c *casefile.Case, p *sla.Policy, k *casefile.Clock, now time.Time) {
	before := k.Clone()
	p.Retime(k, receivedAt(c))
	for i := range k.Deadlines {
		d := &k.Deadlines[i]
		if j := slices.IndexFunc(before.Deadlines, func(o casefile.Deadline) bool { return o.Name == d.Name }); j >= 0 && !before.Deadlines[j].MetAt.IsZero() {
			*d = before.Deadlines[j]
		} else if d.MetAt.IsZero() {
			relevel(d, now)
		}
	}
}

// relevel takes back the levels whose time has not come yet.
func relevel(d *casefile.Deadline, now time.Time) {
	switch {
	case d.DueAt.IsZero(): // it stands still
	case d.AtRiskAt.After(now):
		d.Level, d.LevelAt = 0, time.Time{}
	case d.DueAt.After(now) && d.Level > 1:
		d.Level = 1
	}
}

// sameDates reports whether two clocks have the same deadlines at the same times.
func sameDates(a, b *casefile.Clock) bool {
	return slices.EqualFunc(a.Deadlines, b.Deadlines, func(x, y casefile.Deadline) bool {
		return x.Name == y.Name && x.AtRiskAt.Equal(y.AtRiskAt) && x.DueAt.Equal(y.DueAt)
	})
}
