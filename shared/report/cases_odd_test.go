package report_test

import (
	"math"
	"testing"
	"time"

	"pgregory.net/rapid"

	"resonanz/events"
	"resonanz/shared/feedback"
	"resonanz/shared/report"
)

// oddStep draws a step that no rule of the lifecycle would write, as a damaged
// table or another program may have.
func oddStep(t *rapid.T) events.Step {
	pick := func(values ...string) string { return rapid.SampledFrom(values).Draw(t, "value") }
	at := func() time.Time {
		return rapid.SampledFrom([]time.Time{
			{}, monday, monday.Add(-time.Hour), monday.Add(20 * day), monday.Add(25 * day), monday.Add(-300 * day), monday.Add(9000 * day),
			time.Unix(0, 0), time.Date(1, 1, 1, 0, 0, 1, 0, time.UTC), time.Date(9999, 12, 31, 0, 0, 0, 0, time.UTC),
		}).Draw(t, "at")
	}
	s := events.Step{
		Case: pick("a", "b"), Seq: rapid.IntRange(0, 9).Draw(t, "seq"), At: monday.Add(time.Duration(rapid.IntRange(-2000, 2000).Draw(t, "hours")) * time.Hour),
		Action: pick("opened", "compensated", "approved", "registered", "nonsense"), By: pick("", "staff", "nobody"),
		From:   pick("", "received", "draft", "nonsense"),
		Status: pick("", "draft", "received", "acknowledged", "in_investigation", "awaiting_customer", "resolved", "closed", "reopened", "withdrawn", "nonsense"),
		Family: pick("complaint", "complaint", "callback", "nonsense"), Touchpoint: feedback.Touchpoint(pick("", "hotline", "gone")),
		Informed: rapid.Bool().Draw(t, "informed"), Notifiable: rapid.Bool().Draw(t, "notifiable"),
		Category: pick("", "other", "gone"), Severity: pick("", "low", "nonsense"), Policy: pick("", "DEFAULT", "PAYMENTS", "gone"),
		ReceivedAt: at(), AcknowledgedAt: at(), FirstResponseAt: at(), ResolvedAt: at(), LastResolvedAt: at(), ClosedAt: at(), ReopenedAt: at(), ApologyAt: at(),
		Decision: pick("", "accepted", "rejected", "nonsense"), DecisionReason: pick("", "gone"), RootCause: pick("", "carrier"), Measure: pick("", "new-carrier"),
		Satisfaction: rapid.IntRange(0, 5).Draw(t, "stars"),
	}
	if rapid.Bool().Draw(t, "promised") {
		s.Compensations = []events.Compensation{{Kind: "voucher", Cents: rapid.Int64Range(0, 1e6).Draw(t, "cents")}, {Kind: "gift"}}
	}
	if rapid.Bool().Draw(t, "escalated") {
		s.Escalations = []events.Escalation{{Rule: "SLA_BREACH", Clock: "resolution", RaisedAt: monday, SeenAt: at(), HandledAt: at()}}
	}
	return s
}

func TestOddStepsAreCountedAndBreakNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := &world{steps: rapid.SliceOfN(rapid.Custom(oddStep), 0, 12).Draw(t, "steps")}
		_, r := jsonOf(t, w.batch(t))
		k := &r.Tasks
		for i, s := range []report.Share{k.Acknowledged, k.Responded, k.Informed, k.Reasoned, k.Apologies, k.Owned, k.Active} {
			if s.K < 0 || s.K > s.N || s.Pct != nil && (math.IsNaN(*s.Pct) || *s.Pct > 100) {
				t.Fatalf("share %d: %+v", i, s)
			}
		}
		c := &r.Complaints
		if c.OpenEnd < c.Overdue || c.Received < c.Named+c.Anonymous || r.Handled.Answered > r.Handled.Asked {
			t.Fatalf("%+v, %+v", c, r.Handled)
		}
	})
}
