package report_test

import (
	"slices"
	"strconv"
	"time"

	"resonanz/events"
	"resonanz/shared/casefile"
	"resonanz/shared/feedback"
	"resonanz/shared/lifecycle"
	"resonanz/shared/period"
	"resonanz/shared/report"
	"resonanz/shared/responses"
	"resonanz/shared/sla"
)

// Monday, 9 March 2026, 10:00 in Berlin.
var monday = time.Date(2026, time.March, 9, 9, 0, 0, 0, time.UTC)

var (
	anna     = casefile.Actor{Kind: casefile.Staff, ID: "anna-7"}
	customer = casefile.Actor{Kind: casefile.Customer}
)

// tb is what tests of examples and laws have in common.
type tb interface {
	Helper()
	Fatal(args ...any)
	Fatalf(format string, args ...any)
}

func zone(t tb) *time.Location {
	t.Helper()
	z, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	return z
}

// policies are those of the tests: the usual one, and one with a preset.
func policies(t tb) map[string]*sla.Policy {
	t.Helper()
	week := []sla.Block{{Days: []string{"mon", "tue", "wed", "thu", "fri"}, From: "09:00", To: "17:00"}}
	k, err := sla.NewCalendar(zone(t), week, "2026-04-03", "2026-04-06")
	if err != nil {
		t.Fatal(err)
	}
	policy := func(id string, first, resolution time.Duration, presets ...string) *sla.Policy {
		return &sla.Policy{
			ID: id, Calendar: k, FirstResponse: first, Resolution: resolution, AtRiskPercent: 80, CloseDays: 14, Presets: presets, Print: id,
		}
	}
	return map[string]*sla.Policy{
		"DEFAULT":  policy("DEFAULT", 8*time.Hour, 40*time.Hour),
		"PAYMENTS": policy("PAYMENTS", 4*time.Hour, 24*time.Hour, sla.PSD2101),
	}
}

// handlingRules are the rules by which the cases of the tests are handled.
func handlingRules(t tb) lifecycle.Rules {
	t.Helper()
	all := policies(t)
	return lifecycle.Rules{
		Policy: func(id string) *sla.Policy {
			if p := all[id]; p != nil {
				return p
			}
			return all["DEFAULT"]
		},
		Route: func(_ feedback.Touchpoint, category string) lifecycle.Route {
			if category == "billing.refund_delay" {
				return lifecycle.Route{Team: "billing", Policy: "PAYMENTS"}
			}
			return lifecycle.Route{Team: "service", Policy: "DEFAULT"}
		},
		Severity: func(category string) casefile.Severity {
			if category == "product.safety" {
				return casefile.Critical
			}
			return casefile.Medium
		},
		FollowUp:   func(category string) bool { return category == "complaint_handling.no_reply" },
		Limit:      func(string) (limit, approve int64) { return 50000, 10000 },
		Knows:      func(lifecycle.List, string) bool { return true },
		ReopenDays: 30, SurveyDays: 20, DisappointedMax: 2,
		Recipients: func(string) int { return 4 },
		StepAfter:  24 * time.Hour, CriticalStep: time.Hour, Print: "print",
	}
}

// tale is a case and its timeline, made by the rules that make them for
// customers and staff.
type tale struct {
	casefile.Case
	timeline []casefile.Entry
	steps    []events.Step        // what reporting is told of the timeline, entry by entry
	states   []casefile.Case      // of which each of the steps was told
	facts    []feedback.Complaint // of the response behind it
	now      time.Time
	rules    lifecycle.Rules
	t        tb
}

// keyOf is the response key number n of the month in which at lies.
func keyOf(t tb, n int, at time.Time) feedback.ResponseKey {
	t.Helper()
	return feedback.NewResponseKey(period.Of(at, zone(t)), [10]byte{byte(n >> 8), byte(n), 7})
}

// complaintFact is complaint number n, about a late delivery.
func complaintFact(t tb, n int, at time.Time, change ...func(*feedback.Complaint)) feedback.Complaint {
	t.Helper()
	w := feedback.Complaint{
		EventID:     feedback.DeriveEventID("complaint", strconv.Itoa(n)),
		ResponseKey: keyOf(t, n, at), Touchpoint: "checkout-cologne", Channel: feedback.WebForm, Category: "delivery.late",
		SubmittedAt: at, ReceivedAt: at, Language: "de", CollectionMode: feedback.Self,
	}
	for _, do := range change {
		do(&w)
	}
	return w
}

// received begins the tale of complaint number n of a customer who can be told.
func received(t tb, n int, at time.Time, change ...func(*feedback.Complaint)) *tale {
	t.Helper()
	return opened(t, n, at, lifecycle.Opening{Notifiable: true, CustomerKey: "crm-1"}, change...)
}

func opened(t tb, n int, at time.Time, o lifecycle.Opening, change ...func(*feedback.Complaint)) *tale {
	t.Helper()
	w := complaintFact(t, n, at, change...)
	s := &tale{now: at, rules: handlingRules(t), t: t, facts: []feedback.Complaint{w}}
	s.keep(lifecycle.Receive(&w, o, at.Add(time.Second), s.rules))
	return s
}

// drafted begins the tale of a low rating with a text.
func drafted(t tb, n int, at time.Time) *tale {
	t.Helper()
	key := keyOf(t, n, at)
	s := &tale{now: at, rules: handlingRules(t), t: t}
	s.keep(casefile.Case{
		Number: casefile.NumberOf(casefile.Complaint, string(key), key.Month(), 0), Family: casefile.Complaint,
		Subject: string(key), ResponseKey: key, Rule: "RATING_IS_COMPLAINT", Priority: "normal", Status: casefile.Draft,
		Touchpoint: "checkout-cologne", Channel: feedback.EmailLink, EventID: feedback.DeriveEventID("rating", string(key)), OpenedAt: at,
		Notifiable: true,
	}, []casefile.Entry{{At: at, Action: casefile.Opened, Rule: "RATING_IS_COMPLAINT", Priority: "normal", Status: casefile.Draft}})
	return s
}

func (s *tale) keep(c casefile.Case, entries []casefile.Entry) {
	s.t.Helper()
	for i := range entries {
		if err := casefile.Seal(&c, &entries[i]); err != nil {
			s.t.Fatal(err)
		}
	}
	s.Case, s.timeline = c, append(s.timeline, entries...)
	for i := range entries {
		s.steps = append(s.steps, *casefile.StepOf(&c, &entries[i])) // as the store writes them
		s.states = append(s.states, c)
	}
}

// after lets time pass; the clock does what is due on its way.
func (s *tale) after(d time.Duration) *tale {
	s.t.Helper()
	until := s.now.Add(d)
	for range 200 {
		at := s.NextAt
		if at.IsZero() || at.After(until) {
			break
		}
		if at.Before(s.now) { // due before the case came to be so
			at = s.now
		}
		c, entries, more := lifecycle.Tick(s.Case, at, s.rules)
		if !more {
			break
		}
		s.keep(c, entries)
	}
	s.now = until
	return s
}

// do gives commands.
func (s *tale) do(by casefile.Actor, cmds ...lifecycle.Command) *tale {
	s.t.Helper()
	for _, cmd := range cmds {
		c, entries, err := lifecycle.Apply(s.Case, cmd, by, s.now, s.rules)
		if err != nil {
			s.t.Fatalf("%s of a case that is %s: %v", cmd.Do, s.Status, err)
		}
		s.keep(c, entries)
	}
	return s
}

func words(text string) *casefile.Words { return &casefile.Words{Salt: "SALT", Text: text} }

// Commands with everything they need.
var (
	assess      = lifecycle.Command{Do: casefile.Assessing, Severity: casefile.Medium}
	investigate = lifecycle.Command{Do: casefile.Investigating}
	ask         = lifecycle.Command{Do: casefile.Asking, Words: words("Which parcel was it?")}
	accept      = lifecycle.Command{Do: casefile.Deciding, Outcome: casefile.Accepted, Words: words("It was our mistake.")}
	reject      = lifecycle.Command{Do: casefile.Deciding, Outcome: casefile.Rejected, Reason: "not_ours", Words: words("That was not us.")}
	resolve     = lifecycle.Command{Do: casefile.Resolving, Words: words("You get a new one.")}
	finish      = lifecycle.Command{Do: casefile.Closing, RootCause: "carrier"}
	apologise   = lifecycle.Command{Do: casefile.Apologising}
	withdraw    = lifecycle.Command{Do: casefile.Withdrawing, Words: words("It came.")}
	again       = lifecycle.Command{Do: casefile.Reopening, Words: words("It broke again.")}
)

func voucher(cents int64) lifecycle.Command {
	return lifecycle.Command{Do: casefile.Compensating, Compensation: &casefile.Compensation{Type: "financial", Kind: "voucher", Cents: cents}}
}

func stars(n int) lifecycle.Command { return lifecycle.Command{Do: casefile.Rating, Stars: n} }

// resolved goes from the receipt to the resolution.
func (s *tale) resolved() *tale { return s.do(anna, assess, investigate, accept, resolve) }

// world are the facts of a report's complaints.
type world struct {
	complaints []feedback.Complaint
	steps      []events.Step
}

// tell adds tales with their complaints.
func tell(tales ...*tale) *world {
	w := new(world)
	for _, s := range tales {
		w.complaints, w.steps = append(w.complaints, s.facts...), append(w.steps, s.steps...)
	}
	return w
}

// batch are the facts of w.
func (w *world) batch(t tb) *responses.Batch {
	t.Helper()
	b := new(responses.Batch)
	for i := range w.complaints {
		if err := b.AddComplaint(&w.complaints[i]); err != nil {
			t.Fatal(err)
		}
	}
	for i := range w.steps {
		addStep(t, b, &w.steps[i])
	}
	return b
}

func addStep(t tb, b *responses.Batch, s *events.Step) {
	t.Helper()
	if err := b.AddTransition(s); err != nil {
		t.Fatal(err)
	}
	for i := range s.Escalations {
		if err := b.AddEscalation(s, &s.Escalations[i]); err != nil {
			t.Fatal(err)
		}
	}
}

// march asks for March 2026 from these facts, at the freeze.
func march(t tb, facts *responses.Batch, change ...func(*report.Input)) report.Input {
	t.Helper()
	p, err := period.Parse("2026-03")
	if err != nil {
		t.Fatal(err)
	}
	in := report.Input{
		Organisation: "Beispiel GmbH", Period: p, Zone: zone(t), FreezeDay: 6,
		Rules: responses.DefaultRules, TopBox10: 2, MinimumN: 5, IndicativeN: 30,
		FCRWindow: 7 * 24 * time.Hour, Policies: policies(t), DefaultPolicy: "DEFAULT", Currency: "EUR", ActionDays: 90,
		Facts: facts,
	}
	in.Cutoff = in.FreezeAt()
	for _, do := range change {
		do(&in)
	}
	return in
}

// reportOf is the report of March 2026.
func reportOf(t tb, w *world, change ...func(*report.Input)) *report.Report {
	t.Helper()
	r, err := report.Build(march(t, w.batch(t), change...))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// countOf is how often a name was counted.
func countOf(counts []report.Count, name string) int64 {
	if i := slices.IndexFunc(counts, func(c report.Count) bool { return c.Name == name }); i >= 0 {
		return counts[i].N
	}
	return 0
}
