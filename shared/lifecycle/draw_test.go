package lifecycle_test

import (
	"pgregory.net/rapid"

	"resonanz/shared/casefile"
	"resonanz/shared/lifecycle"
)

// forward are the commands that lead on from a status, so that cases get far.
var forward = map[casefile.Status][]casefile.Action{
	casefile.Draft:            {casefile.Registered},
	casefile.Acknowledged:     {casefile.Assessing},
	casefile.Assessed:         {casefile.Investigating},
	casefile.InInvestigation:  {casefile.Deciding, casefile.Deciding, casefile.Asking, casefile.Compensating},
	casefile.AwaitingCustomer: {casefile.Replying, casefile.Investigating},
	casefile.Decided:          {casefile.Resolving, casefile.Resolving, casefile.Compensating},
	casefile.Resolved:         {casefile.Accepting, casefile.Closing, casefile.Closing, casefile.Reopening},
	casefile.Closed:           {casefile.Rating, casefile.Reopening},
	casefile.Reopened:         {casefile.Investigating},
}

// aside are what can be done beside the steps that lead on, as it should be: what
// comes up too seldom where everything is drawn.
func aside(c *casefile.Case) (out []given) {
	add := func(by casefile.Actor, cmd lifecycle.Command) { out = append(out, given{by, cmd}) }
	for _, p := range c.Handling.Compensations {
		if p.State == casefile.Waiting {
			add(byBoris, lifecycle.Command{Do: casefile.Approving, ID: p.ID})
			add(byAnna, lifecycle.Command{Do: casefile.Declining, ID: p.ID})
		}
	}
	for _, e := range c.Handling.Escalations {
		switch {
		case e.SeenAt.IsZero():
			add(byBoris, lifecycle.Command{Do: casefile.Seeing, Rule: e.Rule})
		case e.HandledAt.IsZero():
			add(byAnna, lifecycle.Command{Do: casefile.Handled, Rule: e.Rule})
		}
	}
	switch c.Status {
	case casefile.Draft:
		add(byAnna, plain[casefile.Dismissing])
		add(byAnna, plain[casefile.Duplicating])
	case casefile.InInvestigation, casefile.Decided:
		add(byAnna, lifecycle.Command{Do: casefile.Compensating, Compensation: &casefile.Compensation{Type: "financial", Kind: "refund", Cents: 10001}})
	case casefile.Resolved:
		add(byAnna, plain[casefile.Closing])
	case casefile.Closed:
		add(byCustomer, plain[casefile.Rating])
		add(byCustomer, plain[casefile.Reopening])
	case casefile.AwaitingCustomer:
		add(byCustomer, plain[casefile.Withdrawing])
	case casefile.Assessed:
		add(byCustomer, plain[casefile.Attaching])
		add(bySystem, plain[casefile.Attaching])
	}
	return out
}

// given is a command, and by whom.
type given struct {
	by  casefile.Actor
	cmd lifecycle.Command
}

// order draws a command, often one that is as it should be, and who gives it.
func order(t *rapid.T, k *casefile.Case) (casefile.Actor, lifecycle.Command) {
	status := k.Status
	if all := aside(k); len(all) > 0 && rapid.IntRange(0, 4).Draw(t, "aside") == 0 {
		g := rapid.SampledFrom(all).Draw(t, "beside")
		return g.by, g.cmd
	}
	if on := forward[status]; len(on) > 0 && rapid.Bool().Draw(t, "on") {
		do := rapid.SampledFrom(on).Draw(t, "on by")
		if do == casefile.Replying || do == casefile.Accepting || do == casefile.Rating {
			return byCustomer, plain[do]
		}
		c := plain[do]
		if do == casefile.Assessing && rapid.Bool().Draw(t, "worse") {
			c.Severity = casefile.Critical
		} else if do == casefile.Assessing {
			c.Words = words("Because.")
		}
		return byAnna, c
	}
	text := func(often int) *casefile.Words {
		if rapid.IntRange(0, 9).Draw(t, "words") < often {
			return words(rapid.SampledFrom([]string{"Because.", "x", "Äußerst ärgerlich."}).Draw(t, "text"))
		}
		return rapid.SampledFrom([]*casefile.Words{nil, words("  ")}).Draw(t, "no text")
	}
	// The ways of a case are long: its steps come up more often than the rest.
	do := rapid.SampledFrom([]casefile.Action{
		casefile.Registered, casefile.Dismissing, casefile.Duplicating, casefile.Assigning, casefile.Noting,
		casefile.Assessing, casefile.Assessing, casefile.Investigating, casefile.Investigating, casefile.Asking, casefile.Answering,
		casefile.Deciding, casefile.Deciding, casefile.Deciding, casefile.Compensating, casefile.Compensating, casefile.Approving, casefile.Declining,
		casefile.Apologising, casefile.Resolving, casefile.Resolving, casefile.Resolving, casefile.Closing, casefile.Closing, casefile.Reopening,
		casefile.Withdrawing, casefile.Linking, casefile.Replying, casefile.Replying, casefile.Accepting, casefile.Accepting,
		casefile.Rating, casefile.Rating, casefile.Attaching, casefile.Refusing, casefile.Seeing, casefile.Handled, casefile.Acknowledging, "nonsense",
	}).Draw(t, "do")
	c := lifecycle.Command{Do: do}
	pick := func(to *string, values ...string) { *to = rapid.SampledFrom(values).Draw(t, "value") }
	switch do {
	case casefile.Registered:
		pick(&c.Category, "delivery.late", "product.safety", "", "nonsense")
	case casefile.Dismissing:
		pick(&c.Reason, "no_complaint", "nonsense", "")
	case casefile.Duplicating:
		c.Duplicate = rapid.SampledFrom([]casefile.Number{"2603-0000-0000", "", "nonsense"}).Draw(t, "of")
	case casefile.Assessing:
		c.Words = text(6)
		c.Severity = rapid.SampledFrom([]casefile.Severity{casefile.Low, casefile.Medium, casefile.High, casefile.Critical, ""}).Draw(t, "severity")
		pick(&c.Category, "", "", "", "other", "product.safety", "billing.refund_delay", "nonsense")
		pick(&c.RootCause, "", "", "carrier", "nonsense")
	case casefile.Assigning:
		pick(&c.Team, "billing", "service", "nonsense", "")
		pick(&c.Owner, anna, "")
	case casefile.Investigating:
		pick(&c.RootCause, "", "carrier", "nonsense")
	case casefile.Deciding:
		c.Words = text(8)
		c.Outcome = rapid.SampledFrom([]casefile.DecisionOutcome{casefile.Accepted, casefile.Goodwill, casefile.Rejected, "nonsense", ""}).Draw(t, "outcome")
		pick(&c.Reason, "", "", "expired", "nonsense")
		pick(&c.RootCause, "", "", "carrier", "nonsense")
	case casefile.Compensating:
		c.Compensation = rapid.SampledFrom([]*casefile.Compensation{
			{Type: "financial", Kind: "refund"}, {Type: "material", Kind: "gift"}, {Type: "immaterial", Kind: "explanation"},
		}).Draw(t, "what")
		p := *c.Compensation
		p.Cents = rapid.SampledFrom([]int64{0, 1, 400, 1999, 9999, 10001, 30000, 50001, -1}).Draw(t, "cents")
		c.Compensation = &p
	case casefile.Approving, casefile.Declining:
		pick(&c.ID, "1", "2", "3", "9")
	case casefile.Resolving, casefile.Closing:
		if do == casefile.Resolving {
			c.Words = text(8)
		}
		pick(&c.RootCause, "", "", "carrier", "nonsense")
	case casefile.Linking:
		c.CorrectiveAction = "new-carrier"
	case casefile.Rating:
		c.Stars = rapid.IntRange(-1, 6).Draw(t, "stars")
	case casefile.Attaching:
		c.Attachment = &casefile.Attachment{ID: rapid.SampledFrom([]string{"1", "2", "3", "4"}).Draw(t, "place"), Type: rapid.SampledFrom([]string{"image/png", "text/html"}).Draw(t, "type"), Bytes: 7}
	case casefile.Refusing:
		c.Reason = "too_large"
	case casefile.Seeing, casefile.Handled:
		pick(&c.Rule, "", "NONSENSE")
	case casefile.Asking, casefile.Answering, casefile.Noting, casefile.Reopening, casefile.Withdrawing, casefile.Replying:
		c.Words = text(8)
	}
	by := byAnna
	switch do {
	case casefile.Replying, casefile.Accepting, casefile.Rating, casefile.Attaching:
		by = byCustomer
	case casefile.Reopening, casefile.Withdrawing:
		by = rapid.SampledFrom([]casefile.Actor{byAnna, byCustomer}).Draw(t, "by")
	case casefile.Refusing:
		by = bySystem
	case casefile.Approving, casefile.Declining:
		by = rapid.SampledFrom([]casefile.Actor{byAnna, byBoris}).Draw(t, "by")
	}
	if rapid.IntRange(0, 19).Draw(t, "stranger") == 0 {
		by = rapid.SampledFrom([]casefile.Actor{byAnna, byBoris, byCustomer, bySystem}).Draw(t, "whoever")
	}
	return by, c
}
