package escalate

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"resonanz/events"
	"resonanz/shared/casefile"
	"resonanz/shared/feedback"
	"resonanz/shared/lifecycle"
	"resonanz/shared/sla"
)

// desk keeps the ledger and the cases, as the escalation function does with the
// table.
type desk struct {
	rules     Rules
	now       time.Time
	ledger    map[feedback.ResponseKey][]Said
	cases     map[casefile.Number]casefile.Case
	timelines map[casefile.Number][]casefile.Entry
}

func newDesk(r Rules) *desk {
	return &desk{
		rules: r, now: at("2026-03-10T12:00:00Z"),
		ledger:    map[feedback.ResponseKey][]Said{},
		cases:     map[casefile.Number]casefile.Case{},
		timelines: map[casefile.Number][]casefile.Entry{},
	}
}

// handling are rules of the lifecycle by which every hour is one of business.
func handling(r Rules) lifecycle.Rules {
	week := []string{"mon", "tue", "wed", "thu", "fri", "sat", "sun"}
	calendar, err := sla.NewCalendar(time.UTC, []sla.Block{{Days: week, From: "00:00", To: "24:00"}})
	if err != nil {
		panic(err)
	}
	policy := &sla.Policy{ID: "DEFAULT", Calendar: calendar, FirstResponse: 8 * time.Hour, Resolution: 40 * time.Hour, AtRiskPercent: 80, CloseDays: 14}
	return lifecycle.Rules{
		Policy: func(string) *sla.Policy { return policy },
		Route:  func(feedback.Touchpoint, string) lifecycle.Route { return lifecycle.Route{} },
		Severity: func(category string) casefile.Severity {
			if r.critical(category) {
				return casefile.Critical
			}
			return casefile.Medium
		},
		FollowUp:     func(category string) bool { return among(r.FollowUp, category) },
		Limit:        func(string) (int64, int64) { return 50000, 10000 },
		Knows:        func(lifecycle.List, string) bool { return true },
		ReopenDays:   30,
		Recipients:   r.Recipients,
		StepAfter:    r.StepAfter,
		CriticalStep: r.CriticalStep,
	}
}

// store puts v into the ledger; a repetition changes nothing.
func (d *desk) store(v Said) {
	for _, have := range d.ledger[v.ResponseKey] {
		if have.EventID == v.EventID {
			return
		}
	}
	d.ledger[v.ResponseKey] = append(d.ledger[v.ResponseKey], v)
}

// deliver stores v and moves the cases of its response until nothing is left to
// do; then those of its customer.
func (d *desk) deliver(v Said) {
	d.store(v)
	r := handling(d.rules)
	for _, f := range Families {
		n := Number(f, v.ResponseKey, 0)
		for d.move(f, n, v.ResponseKey, r) {
		}
	}
	c, ok := d.cases[Number(casefile.Complaint, v.ResponseKey, 0)]
	if !ok || !v.Complaint {
		return
	}
	for _, x := range Raises(&c, d.ledger[v.ResponseKey], d.rules) {
		d.raise(c.Number, x)
	}
	var own []casefile.Case
	for _, o := range d.cases {
		if o.CustomerKey == c.CustomerKey && c.CustomerKey != "" {
			own = append(own, o)
		}
	}
	for _, n := range Repeats(own, d.rules) {
		d.raise(n, Raise{RepeatComplaint, High})
	}
}

func (d *desk) move(f casefile.Family, n casefile.Number, k feedback.ResponseKey, r lifecycle.Rules) bool {
	var current *casefile.Case
	if c, ok := d.cases[n]; ok {
		current = &c
	}
	if s := d.rules.Complaint(d.timelines[n], d.ledger[k]); s != nil && f == casefile.Complaint {
		w := &feedback.Complaint{
			EventID: s.EventID, ResponseKey: s.ResponseKey, Touchpoint: s.Touchpoint, Channel: s.Channel,
			Category: s.Category, SubmittedAt: s.SubmittedAt, ReceivedAt: s.ReceivedAt,
		}
		o := lifecycle.Opening{CustomerKey: s.CustomerKey}
		if current == nil {
			c, es := lifecycle.Receive(w, o, d.now, r)
			d.keep(c, es...)
		} else {
			c, es := lifecycle.Register(*current, w, o, d.now, r)
			d.keep(c, es...)
		}
		return true
	}
	c, e, ok := Next(f, current, d.timelines[n], d.ledger[k], d.now, d.rules)
	if ok {
		d.keep(c, e)
	}
	return ok
}

func (d *desk) raise(n casefile.Number, x Raise) {
	c := d.cases[n]
	if Raised(&c, x.Rule) {
		return
	}
	if c, es, ok := lifecycle.Raise(c, string(x.Rule), string(x.Priority), d.now, handling(d.rules)); ok {
		d.keep(c, es...)
	}
}

func (d *desk) miss(n casefile.Number, step int) bool {
	c, e, ok := Missed(d.cases[n], events.Deadline{Case: string(n), Step: step}, d.now, d.rules)
	if ok {
		d.keep(c, e)
	}
	return ok
}

func (d *desk) keep(c casefile.Case, es ...casefile.Entry) {
	for i := range es {
		if err := casefile.Seal(&c, &es[i]); err != nil {
			panic(err)
		}
	}
	d.cases[c.Number] = c
	d.timelines[c.Number] = append(d.timelines[c.Number], es...)
}

// check holds every case to its timeline: it verifies, and it replays to the
// state kept.
func (d *desk) check(t testing.TB) {
	t.Helper()
	for n, c := range d.cases {
		if err := casefile.Check(&c, d.timelines[n]); err != nil {
			t.Error(err)
		}
		if diff := cmp.Diff(c.State(), casefile.Replay(d.timelines[n])); diff != "" {
			t.Errorf("case %s (-kept +replayed):\n%s", n, diff)
		}
	}
}
