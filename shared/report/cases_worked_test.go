package report_test

import (
	"math"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"resonanz/events"
	"resonanz/shared/casefile"
	"resonanz/shared/domaincases"
	"resonanz/shared/feedback"
	"resonanz/shared/handling"
	"resonanz/shared/report"
)

// Case 09 counts nine complaints; the report of April, as of then, counts those
// resolved in April and those that are late: C1, C2 and C5.
func TestCase09InTheReport(t *testing.T) {
	var c struct {
		Input struct {
			AsOf       time.Time `json:"as_of"`
			Complaints []struct {
				ID              string
				FirstResponseAt *time.Time `json:"first_response_at"`
				History         [][2]string
			}
		}
		Expected struct {
			Per []struct {
				ID            string
				Excluded      bool
				Final         *float64 `json:"final_resolution_wall_s"`
				Response      *float64 `json:"first_response_wall_s"`
				Business      *float64 `json:"first_response_business_s"`
				FirstResponse string   `json:"sla_first_response"`
				Resolution    string   `json:"sla_resolution"`
			} `json:"per_complaint"`
			Open []string
		}
	}
	domaincases.Load(t, "09", &c)
	w := new(world)
	inApril := map[string]bool{}
	for i, in := range c.Input.Complaints {
		w.steps = append(w.steps, historyOf(t, i, in.ID, in.History, in.FirstResponseAt)...)
		for _, h := range in.History {
			if at, err := time.Parse(time.RFC3339, h[1]); err == nil && h[0] == "resolved" && at.Month() == time.April {
				inApril[in.ID] = true
			}
		}
	}
	r := reportOf(t, w, func(in *report.Input) {
		in.Period, in.Cutoff = in.Period.Add(1), c.Input.AsOf
	})
	var wall, business, final []float64
	var response, resolution [3]int64 // met, breached, pending
	at := map[string]int{"met": 0, "breached": 1, "pending": 2}
	open := []string{}
	n := int64(0)
	for _, e := range c.Expected.Per {
		overdue := e.Final == nil && (e.FirstResponse == "breached" || e.Resolution == "breached")
		if e.Excluded || !inApril[e.ID] && !overdue {
			continue
		}
		n++
		if e.Response != nil {
			wall, business = append(wall, *e.Response), append(business, *e.Business)
		}
		if e.Final != nil {
			final = append(final, *e.Final)
		} else {
			open = append(open, e.ID)
		}
		response[at[e.FirstResponse]]++
		resolution[at[e.Resolution]]++
	}
	got := r.Tasks.Times
	for _, tc := range []struct {
		what      string
		got, want any
	}{
		{"complaints", r.Tasks.Complaints, n},
		{"open", got.Open, open},
		{"first response on the wall", got.FirstResponseWall, handling.SumDurations(wall)},
		{"first response in business time", got.FirstResponseBusiness, handling.SumDurations(business)},
		{"final resolution", got.FinalResolutionWall, handling.SumDurations(final)},
		{"first response", [3]int64{got.FirstResponse.Met, got.FirstResponse.Breached, got.FirstResponse.Pending}, response},
		{"resolution", [3]int64{got.Resolution.Met, got.Resolution.Breached, got.Resolution.Pending}, resolution},
		// Everything open by then, whatever it is.
		{"backlog", r.Complaints.OpenEnd, int64(len(c.Expected.Open))},
		{"withdrawn in March", r.Complaints.Excluded, int64(0)},
	} {
		if diff := cmp.Diff(tc.want, tc.got, cmpopts.EquateApprox(0, domaincases.Tolerance)); diff != "" {
			t.Errorf("%s: %s", tc.what, diff)
		}
	}
	if n != 3 {
		t.Errorf("%d complaints of the case lie in April, want 3", n)
	}
}

// historyOf are the steps of a case of which only its statuses are known.
func historyOf(t testing.TB, n int, id string, history [][2]string, answered *time.Time) []events.Step {
	t.Helper()
	var out []events.Step
	s := events.Step{
		Case: id, Family: string(casefile.Complaint), Touchpoint: "hotline", Channel: feedback.Phone, Category: "other",
		Severity: "medium", Policy: "DEFAULT", Action: "moved", Notifiable: true,
	}
	for i, h := range history {
		at, err := time.Parse(time.RFC3339, h[1])
		if err != nil {
			t.Fatal(err)
		}
		if i == 0 {
			s.ReceivedAt, s.ResponseKey = at, keyOf(t, n, at)
		}
		s.From, s.Status, s.At, s.Seq = s.Status, h[0], at, i+1
		if answered != nil && !at.Before(*answered) {
			s.FirstResponseAt = *answered
		}
		switch casefile.Status(h[0]) {
		case casefile.Resolved:
			if s.LastResolvedAt = at; s.ResolvedAt.IsZero() {
				s.ResolvedAt = at
			}
		case casefile.Reopened:
			s.ReopenedAt = at
		case casefile.Closed:
			s.ClosedAt = at
		}
		out = append(out, s)
	}
	return out
}

func TestCase11InTheReport(t *testing.T) {
	var c struct {
		Input    struct{ Mentions map[string][]int }
		Expected map[string]any
	}
	domaincases.Load(t, "11", &c)
	w := new(world)
	for category, all := range c.Input.Mentions {
		for _, annoyed := range all {
			w.complaints = append(w.complaints, complaintFact(t, len(w.complaints), monday, func(c *feedback.Complaint) {
				c.Category, c.Annoyance = category, &annoyed
			}))
		}
	}
	checkFields(t, reportOf(t, w), c.Expected, "causes", "frap")
}

func TestCase12InTheReport(t *testing.T) {
	var c struct {
		Input struct {
			Survey report.Survey
			Month  struct {
				Registered int   `json:"registered_complaints"`
				Contacts   int64 `json:"contacts"`
			}
		}
		Expected map[string]any
	}
	domaincases.Load(t, "12", &c)
	w := new(world)
	for i := range c.Input.Month.Registered {
		w.complaints = append(w.complaints, complaintFact(t, i, monday))
	}
	r := reportOf(t, w, func(in *report.Input) {
		in.Survey = &c.Input.Survey
		in.Contacts = map[feedback.Touchpoint]int64{"checkout-cologne": c.Input.Month.Contacts}
		in.Evidence = &report.Reconciliation{Stored: 7, Delivered: 7}
	})
	checkFields(t, r, map[string]any{"complaint_rate_per_1000_contacts": c.Expected["complaint_rate_per_1000_contacts"]}, "complaints")
	delete(c.Expected, "complaint_rate_per_1000_contacts")
	delete(c.Expected, "response_rate_pct") // of section 3
	checkFields(t, r, c.Expected, "evidence")
	if e := r.Evidence; e.Registered != 150 || e.Reconciled == nil || !*e.Reconciled {
		t.Errorf("evidence %+v", e)
	}
}

func TestASurveyThatCannotBeIsNamed(t *testing.T) {
	r := reportOf(t, new(world), func(in *report.Input) {
		in.Survey = &report.Survey{Respondents: 10, Dissatisfied: 20}
		in.Evidence = &report.Reconciliation{Stored: 7, Delivered: 6, Missing: 1}
	})
	if a, ok := r.AbsenceOf(report.SecEvidence, "survey"); !ok || a.Reason != report.ReasonSurveyWrong {
		t.Errorf("absent %+v", r.Absent)
	}
	if e := r.Evidence; e.Reconciled == nil || *e.Reconciled || e.EvidencePct != nil {
		t.Errorf("evidence %+v", e)
	}
}

// Case 14 in the report: of 20 answers 7 are convinced and 3 disappointed, which
// makes 420 and 180 of 1,200 complaints.
func TestCase14InTheReport(t *testing.T) {
	var c struct {
		Input    map[string]float64
		Expected map[string]float64
	}
	domaincases.Load(t, "14", &c)
	cents := func(name string) int64 { return int64(math.Round(100 * c.Input[name])) }
	w := new(world)
	for i := range int(c.Input["complaints"]) {
		w.complaints = append(w.complaints, complaintFact(t, i, monday))
	}
	for i := range 20 {
		answer := 4
		switch {
		case i < 7:
			answer = 5
		case i < 10:
			answer = 1
		}
		s := received(t, 5000+i, monday.Add(-20*day)).after(time.Hour).resolved().after(12*day).do(anna, finish).after(10*day).do(customer, stars(answer))
		more := tell(s)
		w.complaints, w.steps = append(w.complaints, more.complaints...), append(w.steps, more.steps...)
	}
	compensation := cents("cost_compensation_eur")
	r := reportOf(t, w, func(in *report.Input) {
		in.Assumptions = &report.Assumptions{
			WouldHaveLeft: c.Input["would_have_left_share"], Retained: c.Input["retained_share_of_those"],
			MarginCents: cents("margin_per_customer_year_eur"), Years: c.Input["years"],
			Positive: c.Input["positive_word_of_mouth_contacts"], Conversion: c.Input["conversion"],
			Negative: c.Input["negative_word_of_mouth_contacts"], LossConversion: c.Input["loss_conversion"],
		}
		in.Costs = &report.Costs{
			PersonnelCents: cents("cost_personnel_eur"), ITAdminCents: cents("cost_it_admin_eur"),
			CommunicationCents: cents("cost_communication_eur"), CompensationCents: &compensation,
			InformationBenefitCents: cents("information_benefit_eur"),
		}
	})
	got := r.CostBenefit
	if got == nil || got.Convinced != c.Input["convinced_complainants"] || got.Disappointed != c.Input["disappointed_complainants"] {
		t.Fatalf("%+v", got)
	}
	euro := func(cents int64) float64 { return float64(cents) / 100 }
	fields := map[string]float64{
		"retained_customers": got.Retained, "retention_benefit_eur": euro(got.RetentionCents),
		"communication_benefit_eur": euro(got.WordOfMouthCents), "information_benefit_eur": euro(got.InformationCents),
		"total_benefit_eur": euro(got.BenefitCents), "total_cost_eur": euro(got.CostCents), "profit_eur": euro(got.ProfitCents),
		"rocm_pct": *got.RoCMPct, "cost_per_complaint_eur": c.Expected["cost_per_complaint_eur"],
	}
	if diff := cmp.Diff(c.Expected, fields, cmpopts.EquateApprox(0, domaincases.Tolerance)); diff != "" {
		t.Errorf("worked case (-) and report (+) differ:\n%s", diff)
	}
	if *got.PerComplaintCents != 2333 || !got.Given {
		t.Errorf("per complaint %d cents, want 23.33 EUR", *got.PerComplaintCents)
	}
}

func TestCostsByTheAssumptions(t *testing.T) {
	s := received(t, 1, monday).after(time.Hour).do(anna, assess, investigate, accept, voucher(2500), resolve)
	r := reportOf(t, tell(s), func(in *report.Input) {
		in.Assumptions = &report.Assumptions{PerHourCents: 3333, HoursPerCase: 1.5, ITAdminCents: 100, PerMessageCents: 7, Positive: 3, Conversion: 1}
	})
	got := r.CostBenefit
	// 49.995 EUR of work; five messages: acknowledged, assessed, in investigation, decided, resolved.
	if got.PersonnelCents != 5000 || got.CommunicationCents != 35 || got.Messages != 5 || got.CompensationCents != 2500 || got.CostCents != 7635 || got.Given {
		t.Errorf("%+v", got)
	}
	if a, ok := r.AbsenceOf(report.SecCostBenefit, "communication_benefit"); !ok || a.Reason != report.ReasonNobodyAnswered || got.WordOfMouthCents != 0 {
		t.Errorf("nobody said how satisfied they were: %+v", r.Absent)
	}
}

func TestAGroupDoesNotBearTheOverheadOfTheWhole(t *testing.T) {
	r := reportOf(t, tell(received(t, 1, monday)), func(in *report.Input) {
		in.Assumptions = &report.Assumptions{ITAdminCents: 100}
		in.Group, in.Only = "cologne", map[feedback.Touchpoint]bool{"checkout-cologne": true}
	})
	if a, ok := r.AbsenceOf(report.SecCostBenefit, "it_admin"); !ok || a.Reason != report.ReasonOfTheWhole || r.CostBenefit.CostCents != 0 {
		t.Errorf("%+v, absent %+v", r.CostBenefit, r.Absent)
	}
}

func TestCase15InTheReport(t *testing.T) {
	var c struct {
		Input struct {
			Surveyed int   `json:"closed_complaints_surveyed"`
			Answers  []int `json:"complaint_satisfaction_1_5"`
		}
		Expected map[string]any
	}
	domaincases.Load(t, "15", &c)
	delete(c.Expected, "disconfirmation") // of section 16
	var tales []*tale
	for i := range c.Input.Surveyed {
		s := received(t, i, monday.Add(time.Duration(i)*time.Minute)).after(time.Hour).resolved().do(anna, finish)
		if i < len(c.Input.Answers) {
			s.after(day).do(customer, stars(c.Input.Answers[i]))
		}
		tales = append(tales, s)
	}
	r := reportOf(t, tell(tales...))
	figures, _ := c.Expected["complaint_satisfaction"].(map[string]any)
	delete(c.Expected, "complaint_satisfaction")
	checkFields(t, r, c.Expected, "complaint_satisfaction")
	checkFields(t, r, figures, "complaint_satisfaction", "complaint_satisfaction")
	if r.Handled.Asked != 40 || r.Handled.Answered != 12 {
		t.Errorf("asked %d, answered %d", r.Handled.Asked, r.Handled.Answered)
	}
}

func TestARatingAfterTheMonthCountsForItsResponseRate(t *testing.T) {
	s := received(t, 1, time.Date(2026, 3, 30, 9, 0, 0, 0, time.UTC)).after(time.Hour).resolved().do(anna, finish).after(3*day).do(customer, stars(3))
	before := received(t, 2, monday.Add(-20*day)).after(time.Hour).resolved().do(anna, finish).after(19*day).do(customer, stars(5))
	h := reportOf(t, tell(s, before)).Handled
	if h.Asked != 1 || h.Answered != 1 || h.Figures.N != 1 || *h.Figures.Mean != 5 {
		t.Errorf("complaint satisfaction %+v", h)
	}
}
