package lifecycle_test

import (
	"slices"
	"testing"
	"time"
	_ "time/tzdata"

	"resonanz/shared/casefile"
	"resonanz/shared/feedback"
	"resonanz/shared/lifecycle"
	"resonanz/shared/sla"
)

// Monday, 16 March 2026, 10:00 in Berlin.
var monday = time.Date(2026, time.March, 16, 9, 0, 0, 0, time.UTC)

const (
	anna  = "anna-7"
	boris = "boris-3"
)

var (
	byAnna     = casefile.Actor{Kind: casefile.Staff, ID: anna}
	byBoris    = casefile.Actor{Kind: casefile.Staff, ID: boris}
	byCustomer = casefile.Actor{Kind: casefile.Customer}
	bySystem   = casefile.Actor{Kind: casefile.System}
)

// calendar is that of the worked cases: Berlin, Monday to Friday, 9 to 17.
func calendar(tb testing.TB) *sla.Calendar {
	tb.Helper()
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		tb.Fatal(err)
	}
	week := []sla.Block{{Days: []string{"mon", "tue", "wed", "thu", "fri"}, From: "09:00", To: "17:00"}}
	c, err := sla.NewCalendar(berlin, week, "2026-04-03", "2026-04-06")
	if err != nil {
		tb.Fatal(err)
	}
	return c
}

// rules are those of an organisation with a chain of four.
func rules(tb testing.TB) lifecycle.Rules {
	tb.Helper()
	k := calendar(tb)
	usual := &sla.Policy{
		ID: "DEFAULT", Calendar: k, FirstResponse: 8 * time.Hour, Resolution: 40 * time.Hour,
		AtRiskPercent: 80, CloseDays: 14, Print: "usual",
	}
	payments := &sla.Policy{
		ID: "PAYMENTS", Calendar: k, FirstResponse: 4 * time.Hour, Resolution: 24 * time.Hour,
		AtRiskPercent: 80, CloseDays: 14, Presets: []string{sla.PSD2101}, Print: "payments",
	}
	codes := map[lifecycle.List][]string{
		lifecycle.Categories:       {"delivery.late", "product.safety", "billing.refund_delay", "complaint_handling.no_reply", "other"},
		lifecycle.RootCauses:       {"carrier", "process"},
		lifecycle.RejectionReasons: {"not_ours", "expired"},
		lifecycle.DismissalReasons: {"no_complaint"},
		lifecycle.Teams:            {"service", "billing"},
	}
	return lifecycle.Rules{
		Policy: func(id string) *sla.Policy {
			if id == payments.ID {
				return payments
			}
			return usual
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
		FollowUp: func(category string) bool { return category == "complaint_handling.no_reply" },
		Limit: func(category string) (limit, approve int64) {
			if category == "other" {
				return 2000, 500
			}
			return 50000, 10000
		},
		Knows:      func(list lifecycle.List, code string) bool { return slices.Contains(codes[list], code) },
		ReopenDays: 30, SurveyDays: 20, DisappointedMax: 2,
		Recipients:   func(string) int { return 4 },
		StepAfter:    24 * time.Hour,
		CriticalStep: time.Hour,
		Print:        "print",
	}
}

// complaint is a complaint received on Monday.
func complaint() *feedback.Complaint {
	return &feedback.Complaint{
		EventID: "018e4f6a-3c1b-7e2d-9f00-5a6b7c8d9e0f", ResponseKey: "2026-03-abcdefghijklmn27",
		Touchpoint: "checkout-cologne", Channel: feedback.WebForm, Category: "delivery.late",
		SubmittedAt: monday, ReceivedAt: monday, Language: "de", CollectionMode: feedback.Self,
	}
}

// story is a case with its timeline, as a store would keep it.
type story struct {
	casefile.Case
	timeline []casefile.Entry
	now      time.Time
	rules    lifecycle.Rules
	tb       testing.TB
}

// received begins the story of a complaint of a customer whose address is known.
func received(tb testing.TB) *story {
	tb.Helper()
	s := &story{now: monday, rules: rules(tb), tb: tb}
	s.keep(lifecycle.Receive(complaint(), lifecycle.Opening{Notifiable: true}, monday, s.rules))
	return s
}

// drafted begins the story of a rating that may be a complaint.
func drafted(tb testing.TB) *story {
	tb.Helper()
	s := &story{now: monday, rules: rules(tb), tb: tb}
	w := complaint()
	s.keep(casefile.Case{
		Number: "2603-7K2M-Q4XA", Family: casefile.Complaint, Subject: string(w.ResponseKey), ResponseKey: w.ResponseKey,
		Rule: "RATING_IS_COMPLAINT", Priority: "normal", Status: casefile.Draft, Touchpoint: w.Touchpoint, EventID: "018e4f6a-3c1b-7e2d-9f00-5a6b7c8d9e00",
		OpenedAt: monday, DueAt: monday.Add(24 * time.Hour), NextAt: monday.Add(24 * time.Hour),
	}, []casefile.Entry{{
		At: monday, Action: casefile.Opened, Rule: "RATING_IS_COMPLAINT", Priority: "normal",
		Status: casefile.Draft, DueAt: monday.Add(24 * time.Hour),
	}})
	return s
}

// callback begins the story of a case that is no complaint.
func callback(tb testing.TB) *story {
	tb.Helper()
	s := &story{now: monday, rules: rules(tb), tb: tb}
	s.keep(casefile.Case{
		Number: "2603-7K2M-Q4XB", Family: casefile.Callback, Rule: "CALLBACK_REQUESTED", Priority: "normal", Status: casefile.Open,
		Notifiable: true, OpenedAt: monday, DueAt: monday.Add(24 * time.Hour), NextAt: monday.Add(24 * time.Hour),
	}, []casefile.Entry{{At: monday, Action: casefile.Opened, Rule: "CALLBACK_REQUESTED", Priority: "normal", Status: casefile.Open, DueAt: monday.Add(24 * time.Hour)}})
	return s
}

// keep seals entries and keeps the case.
func (s *story) keep(c casefile.Case, entries []casefile.Entry) {
	s.tb.Helper()
	for i := range entries {
		if err := casefile.Seal(&c, &entries[i]); err != nil {
			s.tb.Fatal(err)
		}
	}
	s.Case, s.timeline = c, append(s.timeline, entries...)
}

// try gives a command.
func (s *story) try(by casefile.Actor, cmd lifecycle.Command) error {
	s.tb.Helper()
	c, entries, err := lifecycle.Apply(s.Case, cmd, by, s.now, s.rules)
	if err == nil && len(entries) == 0 {
		s.tb.Fatalf("%s of a case that is %s left no entry", cmd.Do, s.Status)
	}
	if err == nil {
		s.keep(c, entries)
	}
	return err
}

// must gives commands that go through.
func (s *story) must(by casefile.Actor, cmds ...lifecycle.Command) *story {
	s.tb.Helper()
	for _, cmd := range cmds {
		if err := s.try(by, cmd); err != nil {
			s.tb.Fatalf("%s of a case that is %s: %v", cmd.Do, s.Status, err)
		}
	}
	return s
}

// later lets time pass, and nothing else.
func (s *story) later(d time.Duration) *story { s.now = s.now.Add(d); return s }

// ticks lets the clock do what is due, and returns the new entries.
func (s *story) ticks() []casefile.Entry {
	s.tb.Helper()
	had := len(s.timeline)
	for range 100 {
		c, entries, more := lifecycle.Tick(s.Case, s.now, s.rules)
		if !more {
			return s.timeline[had:]
		}
		s.keep(c, entries)
	}
	s.tb.Fatal("the clock never stops")
	return nil
}

// last is the last entry.
func (s *story) last() *casefile.Entry { return &s.timeline[len(s.timeline)-1] }

// words of a test.
func words(text string) *casefile.Words { return &casefile.Words{Salt: "SALT", Text: text} }

// plain are commands with everything they need.
var plain = map[casefile.Action]lifecycle.Command{
	casefile.Registered:    {Do: casefile.Registered, Category: "delivery.late"},
	casefile.Dismissing:    {Do: casefile.Dismissing, Reason: "no_complaint"},
	casefile.Acknowledging: {Do: casefile.Acknowledging},
	casefile.Assessing:     {Do: casefile.Assessing, Severity: casefile.Medium},
	casefile.Assigning:     {Do: casefile.Assigning, Team: "billing", Owner: boris},
	casefile.Investigating: {Do: casefile.Investigating},
	casefile.Asking:        {Do: casefile.Asking, Words: words("Which parcel was it?")},
	casefile.Answering:     {Do: casefile.Answering, Words: words("We are looking into it.")},
	casefile.Noting:        {Do: casefile.Noting, Words: words("Carrier asked.")},
	casefile.Deciding:      {Do: casefile.Deciding, Outcome: casefile.Accepted, Words: words("It was our mistake.")},
	casefile.Compensating:  {Do: casefile.Compensating, Compensation: &casefile.Compensation{Type: "financial", Kind: "voucher", Cents: 1000}},
	casefile.Apologising:   {Do: casefile.Apologising},
	casefile.Resolving:     {Do: casefile.Resolving, Words: words("You get a new one.")},
	casefile.Closing:       {Do: casefile.Closing, RootCause: "carrier"},
	casefile.Reopening:     {Do: casefile.Reopening, Words: words("It broke again.")},
	casefile.Withdrawing:   {Do: casefile.Withdrawing, Words: words("Solved by itself.")},
	casefile.Duplicating:   {Do: casefile.Duplicating, Duplicate: "2603-0000-0000"},
	casefile.Linking:       {Do: casefile.Linking, CorrectiveAction: "new-carrier"},
	casefile.Replying:      {Do: casefile.Replying, Words: words("The blue one.")},
	casefile.Accepting:     {Do: casefile.Accepting},
	casefile.Rating:        {Do: casefile.Rating, Stars: 4},
	casefile.Attaching:     {Do: casefile.Attaching, Attachment: &casefile.Attachment{ID: "1", Type: "image/png", Bytes: 1234}},
	casefile.Refusing:      {Do: casefile.Refusing, Reason: "wrong_type", Bytes: 9},
}

// at tells a story up to a status.
func at(tb testing.TB, status casefile.Status) *story {
	tb.Helper()
	path := map[casefile.Status][]casefile.Action{
		casefile.Acknowledged:     {},
		casefile.Assessed:         {casefile.Assessing},
		casefile.InInvestigation:  {casefile.Assessing, casefile.Investigating},
		casefile.AwaitingCustomer: {casefile.Assessing, casefile.Investigating, casefile.Asking},
		casefile.Decided:          {casefile.Assessing, casefile.Investigating, casefile.Deciding},
		casefile.Resolved:         {casefile.Assessing, casefile.Investigating, casefile.Deciding, casefile.Resolving},
		casefile.Closed:           {casefile.Assessing, casefile.Investigating, casefile.Deciding, casefile.Resolving, casefile.Closing},
		casefile.Reopened:         {casefile.Assessing, casefile.Investigating, casefile.Deciding, casefile.Resolving, casefile.Reopening},
		casefile.Withdrawn:        {casefile.Withdrawing},
		casefile.Duplicate:        {casefile.Duplicating},
		casefile.Dismissed:        {casefile.Dismissing},
	}
	var s *story
	switch status {
	case casefile.Draft, casefile.Dismissed, casefile.Duplicate:
		s = drafted(tb)
	case casefile.Open:
		return callback(tb)
	case casefile.Received: // of a complaint that was not acknowledged in one
		s = received(tb)
		s.Status, s.Handling.AcknowledgedAt = casefile.Received, time.Time{}
		return s
	default:
		s = received(tb)
	}
	for _, do := range path[status] {
		s.must(byAnna, plain[do])
	}
	if s.Status != status {
		tb.Fatalf("got to %s, want %s", s.Status, status)
	}
	return s
}
