package report_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"resonanz/shared/feedback"
	"resonanz/shared/lifecycle"
	"resonanz/shared/report"
	"resonanz/shared/sla"
)

const day = 24 * time.Hour

func TestAComplaintFromReceiptToRating(t *testing.T) {
	s := received(t, 1, monday, func(c *feedback.Complaint) { annoyed := 4; c.Annoyance = &annoyed })
	s.after(2*time.Hour).do(anna, assess, investigate).after(day).do(anna, accept, voucher(1500), apologise, resolve)
	s.after(day).do(anna, finish).after(day).do(customer, stars(5))
	r := reportOf(t, tell(s), func(in *report.Input) {
		in.Contacts = map[feedback.Touchpoint]int64{"checkout-cologne": 400, "hotline": 100}
	})

	c := &r.Complaints
	if c.Received != 1 || c.Closed != 1 || c.Resolved != 1 || c.OpenStart != 0 || c.OpenEnd != 0 || c.Named != 1 || c.WithoutCase+c.WithoutFact != 0 {
		t.Errorf("complaints %+v", c)
	}
	if *c.Contacts != 500 || c.AtContacts != 1 || *c.Rate != 2 || !c.RateCI.Contains(2) {
		t.Errorf("rate %v of %d contacts", *c.Rate, *c.Contacts)
	}
	if countOf(c.Channels, "web_form") != 1 || countOf(c.Severity, "medium") != 1 || len(c.Matrix) != 1 || c.Matrix[0].Places["checkout-cologne"] != 1 {
		t.Errorf("breakdowns %+v, %+v, %+v", c.Channels, c.Severity, c.Matrix)
	}
	if r.Causes.FRAP.Problems[0].Value != 4 || countOf(r.Causes.RootCauses, "carrier") != 1 || r.Causes.NoRootCause != 0 || r.Causes.Suggestions != 1 {
		t.Errorf("causes %+v", r.Causes)
	}
	k := &r.Tasks
	if k.Complaints != 1 || k.Resolved != 1 || k.Overdue != 0 || k.Acknowledged.K != 1 || k.Responded.K != 1 || k.Apologies.K != 1 || k.Owned.K != 1 || k.Active.K != 1 {
		t.Errorf("tasks %+v", k)
	}
	if k.Reasoned.N != 0 || k.Reasoned.Pct != nil || countOf(k.Decisions, "accepted") != 1 || k.Incomplete != 0 {
		t.Errorf("tasks %+v", k)
	}
	// Six changes of the status that the customer is told of.
	if k.Informed.K != 6 || k.Informed.N != 6 || k.NotNotified != 0 {
		t.Errorf("informed %+v, not notifiable %d", k.Informed, k.NotNotified)
	}
	wall := 26 * time.Hour.Seconds()
	if got := k.Times; *got.FirstResponseWall.Mean != wall || *got.FinalResolutionWall.Mean != wall || got.FirstResponse.Breached != 1 || got.Resolution.Met != 1 {
		t.Errorf("times %+v", got)
	}
	if diff := cmp.Diff([]report.Money{{Name: "voucher", N: 1, Cents: 1500}}, k.Compensations); diff != "" {
		t.Error(diff)
	}
	if h := &r.Handled; h.Asked != 1 || h.Answered != 1 || *h.ResponseRatePct != 100 || *h.ConvincedPct != 100 || h.Figures.N != 1 || !h.Withheld {
		t.Errorf("complaint satisfaction %+v", h)
	}
}

func TestWhatIsNoComplaintCountsApart(t *testing.T) {
	dismissed := drafted(t, 2, monday).after(time.Hour).do(anna, lifecycle.Command{Do: "dismissed", Reason: "no_complaint"})
	registered := drafted(t, 3, monday).after(time.Hour).do(anna, lifecycle.Command{Do: "registered", Category: "product.defect"})
	withdrawn := received(t, 4, monday).after(time.Hour).do(customer, withdraw)
	duplicate := drafted(t, 5, monday).after(time.Hour).do(anna, lifecycle.Command{Do: "duplicate", Duplicate: "2603-0000-0000"})
	joined := received(t, 6, monday).after(time.Hour).do(anna, lifecycle.Command{Do: "duplicate", Duplicate: "2603-0000-0000"})
	r := reportOf(t, tell(drafted(t, 1, monday), dismissed, registered, withdrawn, duplicate, joined))
	c := &r.Complaints
	// The customer of the joined one was promised an answer: it goes on.
	if c.Received != 2 || c.Drafts != 1 || c.Excluded != 3 || c.FromRatings != 1 || c.OpenEnd != 2 || c.WithoutFact != 0 {
		t.Errorf("complaints %+v", c)
	}
	if r.Tasks.Complaints != 2 || r.Tasks.Overdue != 2 || len(r.Tasks.Times.Open) != 2 {
		t.Errorf("the open ones are late by the end of the month: %+v", r.Tasks)
	}
	if len(r.Causes.FRAP.Problems) != 0 || r.Causes.Unrated != 2 {
		t.Errorf("causes %+v", r.Causes)
	}
	if a, ok := r.AbsenceOf(report.SecFRAP, "frap"); !ok || a.Reason != report.ReasonNoAnnoyance {
		t.Errorf("absent %+v", r.Absent)
	}
}

func TestAnAnonymousCustomerCannotBeTold(t *testing.T) {
	s := opened(t, 1, monday, lifecycle.Opening{}).after(time.Hour).resolved().do(anna, finish).after(time.Hour).do(customer, stars(2))
	r := reportOf(t, tell(s))
	if r.Complaints.Anonymous != 1 || r.Complaints.Named != 0 || r.Tasks.Informed.N != 0 || r.Tasks.NotNotified != 6 {
		t.Errorf("%+v, %+v", r.Complaints, r.Tasks)
	}
	// Whoever rates by the status page is heard, but nobody was asked.
	if h := &r.Handled; h.Asked != 0 || h.Answered != 0 || h.ResponseRatePct != nil || h.Figures.N != 1 || *h.DisappointedPct != 100 {
		t.Errorf("complaint satisfaction %+v", h)
	}
}

func TestWhatHappensAfterThePeriodChangesNothingInIt(t *testing.T) {
	march := received(t, 1, monday).after(time.Hour).resolved()
	before := reportOf(t, tell(march))
	s := received(t, 1, monday).after(time.Hour).resolved()
	s.after(24*day).do(customer, again).after(time.Hour).do(anna, investigate) // on 2 April
	after := reportOf(t, tell(s))
	if diff := cmp.Diff(before.Tasks, after.Tasks); diff != "" {
		t.Errorf("reopened in April: tasks of March differ: %s", diff)
	}
	if c := &after.Complaints; c.Resolved != 1 || c.OpenEnd != 0 {
		t.Errorf("complaints %+v", c)
	}

	// What is known at the cutoff to be no complaint counts nowhere.
	s = received(t, 1, monday).after(24*day).do(customer, withdraw)
	if c := reportOf(t, tell(s)).Complaints; c.Received != 0 || c.Excluded != 1 || c.OpenEnd != 0 {
		t.Errorf("withdrawn on 2 April: %+v", c)
	}
	early := reportOf(t, tell(s), func(in *report.Input) { in.Cutoff = monday.Add(23 * day) })
	if c := early.Complaints; c.Received != 1 || c.Excluded != 0 || c.OpenEnd != 1 {
		t.Errorf("not withdrawn yet on 1 April: %+v", c)
	}
}

func TestReopenedInThePeriodItIsOwedAgain(t *testing.T) {
	s := received(t, 1, monday).after(time.Hour).resolved().after(2*day).do(customer, again)
	r := reportOf(t, tell(s))
	if c := &r.Complaints; c.Resolved != 1 || c.OpenEnd != 1 || c.Overdue != 1 {
		t.Errorf("complaints %+v", c)
	}
	if k := &r.Tasks; k.Complaints != 1 || k.Resolved != 1 || k.Overdue != 1 || *k.Times.ReopenRatePct != 100 || k.Times.FinalResolutionWall.N != 0 || k.Times.Resolution.Breached != 1 {
		t.Errorf("tasks %+v", k)
	}
	if got := r.Tasks.Backlog; got[3].From != 15 || got[3].N != 1 || got[3].Late != 1 {
		t.Errorf("22 days old at the end: %+v", got)
	}
}

func TestAComplaintOfTheMonthBeforeIsResolvedInThisOne(t *testing.T) {
	s := received(t, 1, time.Date(2026, 2, 24, 9, 0, 0, 0, time.UTC)).after(6 * day).resolved() // on 2 March
	r := reportOf(t, tell(s))
	if c := &r.Complaints; c.Received != 0 || c.OpenStart != 1 || c.Resolved != 1 || c.OpenEnd != 0 || len(c.Matrix) != 1 || c.Matrix[0].N != 0 || c.Matrix[0].Previous != 1 {
		t.Errorf("complaints %+v", c)
	}
	if r.Tasks.Complaints != 1 || r.Tasks.Informed.N != 4 || len(r.Causes.FRAP.Problems) != 0 {
		t.Errorf("tasks %+v", r.Tasks)
	}
}

func TestTheMonthBeforeIsAsItWasReported(t *testing.T) {
	s := received(t, 1, time.Date(2026, 2, 24, 9, 0, 0, 0, time.UTC)).after(20*day).do(customer, withdraw) // after the freeze of 6 March
	if c := reportOf(t, tell(s)).Complaints; len(c.Matrix) != 1 || c.Matrix[0].Previous != 1 || c.OpenStart != 0 {
		t.Errorf("complaints %+v", c)
	}
	late := &world{complaints: []feedback.Complaint{complaintFact(t, 2, time.Date(2026, 2, 24, 9, 0, 0, 0, time.UTC))}}
	if c := reportOf(t, late, func(in *report.Input) { in.Period, in.Cutoff = in.Period.Add(-1), monday.Add(-20*day) }).Complaints; c.Received != 0 {
		t.Errorf("complaints %+v", c)
	}
}

func TestMonthsChangeInTheOrganisationsZone(t *testing.T) {
	last := time.Date(2026, 3, 31, 21, 59, 59, 999e6, time.UTC) // 23:59:59.999 in Berlin
	first := time.Date(2026, 2, 28, 23, 0, 0, 0, time.UTC)      // 00:00 in Berlin
	w := tell(received(t, 1, last), received(t, 2, last.Add(time.Millisecond)), received(t, 3, first), received(t, 4, first.Add(-time.Millisecond)))
	if c := reportOf(t, w).Complaints; c.Received != 2 || c.OpenStart != 1 || c.Matrix[0].Previous != 1 {
		t.Errorf("complaints %+v", c)
	}
}

func TestSeveralComplaintsOfOneResponseAreOneCase(t *testing.T) {
	rated := func(n int) *int { return &n }
	s := received(t, 1, monday, func(c *feedback.Complaint) { c.Annoyance = rated(2) })
	for i, more := range []struct {
		category string
		annoyed  int
	}{{"delivery.late", 5}, {"billing.incorrect_invoice", 3}, {"delivery.late", 1}, {"other", 5}} {
		s.after(time.Hour)
		if more.category == "other" { // on 8 April
			s.after(30 * day)
		}
		f := complaintFact(t, 10+i, s.now, func(c *feedback.Complaint) {
			c.ResponseKey, c.Category, c.Annoyance = s.ResponseKey, more.category, rated(more.annoyed)
		})
		s.facts = append(s.facts, f)
		s.keep(lifecycle.Register(s.Case, &f, lifecycle.Opening{Notifiable: true}, s.now, s.rules))
	}
	s.do(anna, lifecycle.Command{Do: "assessed", Severity: "medium", Category: "delivery.damaged"})
	r := reportOf(t, tell(s), func(in *report.Input) { in.Cutoff = in.Cutoff.Add(10 * day) })
	if c := &r.Complaints; c.Received != 1 || c.WithoutCase != 0 || c.Matrix[0].Category != "delivery.damaged" {
		t.Errorf("complaints %+v", c)
	}
	// One mention of each problem: that of the case as staff see it, with the
	// greatest annoyance, and the other one.
	values := map[string]int64{}
	for _, p := range r.Causes.FRAP.Problems {
		values[p.Category] = p.Value
	}
	if diff := cmp.Diff(map[string]int64{"delivery.damaged": 5, "billing.incorrect_invoice": 3}, values); diff != "" || r.Causes.Suggestions != 4 {
		t.Errorf("%s; %d with words", diff, r.Causes.Suggestions)
	}
}

func TestAMismatchOfComplaintsAndCasesIsCounted(t *testing.T) {
	w := tell(received(t, 1, monday))
	w.complaints = nil
	w.complaints = append(w.complaints, complaintFact(t, 2, monday), complaintFact(t, 3, monday))
	second := complaintFact(t, 4, monday.Add(time.Hour))
	second.ResponseKey = w.complaints[0].ResponseKey // further words of the same customer
	w.complaints = append(w.complaints, second)
	c := reportOf(t, w).Complaints
	if c.Received != 3 || c.WithoutFact != 1 || c.WithoutCase != 2 || c.Named != 1 || c.Anonymous != 0 || c.OpenEnd != 1 {
		t.Errorf("complaints %+v", c)
	}
	if c.Matrix[0].N != 3 || countOf(c.Severity, "") != 2 {
		t.Errorf("breakdowns %+v, %+v", c.Matrix, c.Severity)
	}
}

// The first steps of an old case lie before the months that are read: later ones
// still say how it stands.
func TestACaseWhoseFirstStepsAreMissing(t *testing.T) {
	s := received(t, 1, monday).after(time.Hour).do(anna, assess, investigate, accept, voucher(900), resolve).after(day).do(customer, again)
	s.after(time.Hour).do(anna, investigate).after(day).do(anna, accept, voucher(500), resolve)
	full := reportOf(t, tell(s))
	for from := range len(s.timeline) {
		w := tell(s)
		w.steps = w.steps[from:]
		r := reportOf(t, w)
		if r.Complaints.Received != 1 || r.Complaints.Resolved != 1 || r.Complaints.OpenEnd != 0 {
			t.Errorf("from step %d: complaints %+v", from+1, r.Complaints)
		}
		incomplete := int64(0)
		if from > 0 {
			incomplete = 1
		}
		if k := &r.Tasks; k.Complaints != 1 || k.Incomplete != incomplete || *k.Times.ReopenRatePct != 100 ||
			*k.Times.FirstResolutionWall.Mean != *full.Tasks.Times.FirstResolutionWall.Mean ||
			*k.Times.FinalResolutionWall.Mean != *full.Tasks.Times.FinalResolutionWall.Mean {
			t.Errorf("from step %d: tasks %+v", from+1, k)
		}
		if len(r.Tasks.Compensations) > 0 && from > 0 && r.Tasks.Compensations[0].Cents > 1400 {
			t.Errorf("from step %d: promised %+v", from+1, r.Tasks.Compensations)
		}
	}
	if full.Tasks.Compensations[0].Cents != 1400 || full.Tasks.Compensations[0].N != 2 {
		t.Errorf("promised %+v", full.Tasks.Compensations)
	}
}

func TestAStepMissingInTheMiddle(t *testing.T) {
	s := received(t, 1, monday).after(time.Hour).do(anna, assess, investigate, ask).after(2*day).do(customer, lifecycle.Command{Do: "replied", Words: words("The blue one.")})
	s.after(time.Hour).do(anna, accept, resolve, finish)
	for gap := range len(s.timeline) - 1 {
		w := tell(s)
		w.steps = append(w.steps[:gap], w.steps[gap+1:]...)
		r := reportOf(t, w)
		if r.Complaints.Resolved != 1 || r.Complaints.Closed != 1 || r.Complaints.OpenEnd != 0 || r.Tasks.Incomplete != 1 || r.Handled.Asked != 1 {
			t.Errorf("without step %d: %+v", gap+1, r.Complaints)
		}
	}
}

func TestAPolicyThatIsNotConfiguredAnyMoreIsNamed(t *testing.T) {
	w := tell(
		received(t, 1, monday).after(time.Hour).resolved(),
		received(t, 2, monday, func(c *feedback.Complaint) { c.Category = "billing.refund_delay" }).after(time.Hour).resolved(),
	)
	r := reportOf(t, w, func(in *report.Input) { delete(in.Policies, "PAYMENTS") })
	p := r.Tasks.Policies
	if len(p) != 2 || p[0].Policy != "DEFAULT" || !p[0].Configured || p[1].Policy != "PAYMENTS" || p[1].Configured || p[1].FirstResponse.Met != 1 {
		t.Errorf("by policy %+v", p)
	}
	none := reportOf(t, w, func(in *report.Input) { in.Policies = map[string]*sla.Policy{} })
	if none.Tasks.Complaints != 2 || none.Tasks.Times.Resolution.Met != 0 || len(none.Tasks.Policies) != 2 {
		t.Errorf("without any policy: %+v", none.Tasks)
	}
}

func TestAnAnswerGivenLateIsLateNoMore(t *testing.T) {
	at := time.Date(2026, 3, 26, 9, 0, 0, 0, time.UTC) // Thursday: 27 business hours of 40 are over by the end of the month
	answered := received(t, 1, at).after(3*day).do(anna, lifecycle.Command{Do: "answered", Words: words("We are looking into it.")})
	r := reportOf(t, tell(answered))
	if r.Complaints.OpenEnd != 1 || r.Complaints.Overdue != 0 || r.Tasks.Complaints != 0 {
		t.Errorf("complaints %+v", r.Complaints)
	}
	if a, ok := r.AbsenceOf(report.SecTasks, "sla"); !ok || a.Reason != report.ReasonNothingCounted {
		t.Errorf("absent %+v", r.Absent)
	}
	if c := reportOf(t, tell(received(t, 2, at))).Complaints; c.Overdue != 1 {
		t.Errorf("nobody answered: %+v", c)
	}
}

func TestRejectionsAndDecisions(t *testing.T) {
	var tales []*tale
	for i := range 6 {
		decision := accept
		if i < 2 {
			decision = reject
		}
		tales = append(tales, received(t, i, monday.Add(time.Duration(i)*time.Minute)).after(time.Hour).do(anna, assess, investigate, decision, resolve))
	}
	k := reportOf(t, tell(tales...)).Tasks
	if k.Reasoned.K != 2 || k.Reasoned.N != 2 || !k.Reasoned.Withheld || k.Owned.Withheld || k.Owned.K != 6 || k.Active.K != 0 || k.Active.N != 6 {
		t.Errorf("tasks %+v", k)
	}
	if diff := cmp.Diff([]report.Count{{Name: "accepted", N: 4}, {Name: "rejected", N: 2}}, k.Decisions); diff != "" {
		t.Error(diff)
	}
}

func TestEscalationsByRuleWithTheTimeUntilSomebodySawThem(t *testing.T) {
	safety := func(c *feedback.Complaint) { c.Category = "product.safety" }
	s := received(t, 1, monday, safety).after(30*time.Minute).do(anna, lifecycle.Command{Do: "assessed", Severity: "critical"})
	late := received(t, 2, time.Date(2026, 3, 31, 15, 0, 0, 0, time.UTC), safety).after(3*day).do(anna, lifecycle.Command{Do: "assessed", Severity: "critical"})
	w := tell(s, late)
	r := reportOf(t, w)
	i := 0
	for i < len(r.Escalations.Rules) && r.Escalations.Rules[i].Rule != "CRITICAL_SEVERITY" {
		i++
	}
	if i == len(r.Escalations.Rules) {
		t.Fatalf("escalations %+v", r.Escalations)
	}
	if got := r.Escalations.Rules[i]; got.Raised != 2 || got.Seen != 2 || *got.Seeing.Max != 3*day.Seconds()-1 || got.Seeing.N != 2 {
		t.Errorf("by 6 April %+v", got)
	}
	early := reportOf(t, w, func(in *report.Input) { in.Cutoff = time.Date(2026, 4, 1, 0, 0, 0, 0, time.UTC) })
	for _, got := range early.Escalations.Rules {
		if got.Rule == "CRITICAL_SEVERITY" && (got.Raised != 2 || got.Seen != 1 || *got.Seeing.Max != 1799) {
			t.Errorf("by 1 April %+v", got)
		}
	}
}

func TestAGroupHasItsOwnComplaints(t *testing.T) {
	at := func(id feedback.Touchpoint) func(*feedback.Complaint) {
		return func(c *feedback.Complaint) { c.Touchpoint = id }
	}
	w := tell(
		received(t, 1, monday, at("checkout-cologne")).after(time.Hour).resolved(), received(t, 2, monday, at("hotline")),
		received(t, 3, monday, at("hotline")).after(60*day),
	)
	contacts := func(in *report.Input) {
		in.Contacts = map[feedback.Touchpoint]int64{"hotline": 100, "checkout-cologne": 900}
	}
	whole := reportOf(t, w, contacts)
	part := reportOf(t, w, contacts, func(in *report.Input) {
		in.Group, in.Only = "service", map[feedback.Touchpoint]bool{"hotline": true}
	})
	if part.Complaints.Received != 2 || *part.Complaints.Contacts != 100 || *part.Complaints.Rate != 20 || part.Tasks.Resolved != 0 || whole.Complaints.Received != 3 {
		t.Errorf("group %+v", part.Complaints)
	}
	if whole.Escalations.Total <= part.Escalations.Total-1 || part.Escalations.Total == 0 {
		t.Errorf("escalations %d of %d", part.Escalations.Total, whole.Escalations.Total)
	}
}

func TestAMonthWithoutComplaintsSaysSo(t *testing.T) {
	r := reportOf(t, new(world))
	for section, reason := range map[report.Section]string{
		report.SecComplaints: report.ReasonNoComplaints, report.SecTasks: report.ReasonNothingCounted,
		report.SecComplaintSatisfaction: report.ReasonNobodyAsked, report.SecCostBenefit: report.ReasonNoAssumptions,
		report.SecEscalations: report.ReasonNoEscalations, report.SecActions: report.ReasonNoActions,
	} {
		if a, ok := r.AbsenceOf(section, ""); !ok || a.Reason != reason {
			t.Errorf("section %d: %+v, want %s", section, a, reason)
		}
	}
	for part, section := range map[string]report.Section{"frap": report.SecFRAP, "root_causes": report.SecFRAP, "survey": report.SecEvidence, "technical": report.SecEvidence, "rate": report.SecComplaints} {
		if _, ok := r.AbsenceOf(section, part); !ok {
			t.Errorf("section %d, %s: nothing says why it is empty", section, part)
		}
	}
	if r.Complaints.Rate != nil || r.Tasks.Times.Resolution.Pct != nil || r.CostBenefit != nil {
		t.Errorf("%+v", r.Complaints)
	}
}
