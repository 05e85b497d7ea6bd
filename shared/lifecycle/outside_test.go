package lifecycle_test

import (
	"fmt"
	"slices"
	"time"

	"pgregory.net/rapid"

	"resonanz/shared/casefile"
	"resonanz/shared/feedback"
	"resonanz/shared/lifecycle"
	"resonanz/shared/sla"
)

// outside is what comes from neither staff nor clock nor the customer's page: a
// rule of another package, another complaint of the same response, another
// configuration.
func outside(rt *rapid.T, s *story, m *model) {
	from, before, frozen := len(s.timeline), s.Case, freeze(rt, s.Case)
	switch rapid.IntRange(0, 2).Draw(rt, "outside") {
	case 0:
		rule := rapid.SampledFrom([]string{"REPEAT_COMPLAINT", "MAIL_BOUNCED"}).Draw(rt, "rule")
		open := slices.ContainsFunc(s.Handling.Escalations, func(e casefile.Escalation) bool { return e.Rule == rule && e.HandledAt.IsZero() })
		if got, want := s.raise(rule, "high"), !open && !s.Status.Ended(); got != want {
			rt.Fatalf("%s raised %v at %s, want %v", rule, got, before.Status, want)
		}
		if s.raise(rule, "high") {
			rt.Fatalf("%s raised twice", rule)
		}
	case 1:
		w := complaint()
		w.Category = rapid.SampledFrom([]string{"delivery.late", "delivery.late", "product.safety"}).Draw(rt, "again about")
		w.EventID, w.ReceivedAt = feedback.EventID(fmt.Sprintf("018e4f6a-3c1b-7e2d-9f00-%012d", from)), s.now
		s.keep(lifecycle.Register(s.Case, w, lifecycle.Opening{Notifiable: m.notifiable}, s.now, s.rules))
		m.again(w.Category, s.now)
		if !casefile.CausedBy(s.timeline[from:], w.EventID) {
			rt.Fatal("a complaint is lost")
		}
	default:
		// The time allowed changes, the time until a case closes does not.
		hours := rapid.SampledFrom([]time.Duration{4, 8, 30}).Draw(rt, "hours")
		p := &sla.Policy{
			ID: "DEFAULT", Calendar: s.rules.Policy("DEFAULT").Calendar, FirstResponse: hours * time.Hour, Resolution: 5 * hours * time.Hour,
			AtRiskPercent: 80, CloseDays: 14, Print: fmt.Sprint(hours),
		}
		s.rules.Policy = func(string) *sla.Policy { return p }
		for n := range 2 {
			c, entries, moved := lifecycle.Retime(s.Case, s.now, s.rules)
			if moved != (len(entries) > 0) || moved && n > 0 {
				rt.Fatalf("moved %v with %d entries, time %d", moved, len(entries), n)
			}
			if moved {
				s.keep(c, entries)
			}
		}
	}
	if got := freeze(rt, before); got != frozen {
		rt.Fatalf("the case that was given changed:\n%s\n%s", frozen, got)
	}
	if len(s.timeline) > from {
		invariants(rt, s, m, from, from > 0 && s.timeline[from].Action == casefile.Registered, false)
	}
}

// again is what the model makes of another complaint of the same response.
func (m *model) again(category string, now time.Time) {
	switch {
	case m.is(casefile.Draft, casefile.Dismissed):
		m.status, m.category, m.severity = casefile.Acknowledged, category, least(category)
	case m.is(casefile.Resolved), m.is(casefile.Closed) && now.Sub(m.closedAt) <= 30*24*time.Hour:
		m.status, m.accepted, m.severity = casefile.Reopened, false, max(m.severity, least(category))
	case m.openComplaint():
		m.severity = max(m.severity, least(category))
	}
}
