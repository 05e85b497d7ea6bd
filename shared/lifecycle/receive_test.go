package lifecycle_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"resonanz/events"
	"resonanz/shared/casefile"
	"resonanz/shared/lifecycle"
)

func TestAComplaintIsACaseAtOnce(t *testing.T) {
	now := monday.Add(250 * time.Millisecond)
	c, entries := lifecycle.Receive(complaint(), lifecycle.Opening{Notifiable: true, CustomerKey: "crm-1"}, now, rules(t))
	if c.Number != casefile.NumberOf(casefile.Complaint, "2026-03-abcdefghijklmn27", complaint().ResponseKey.Month(), 0) {
		t.Errorf("number %s", c.Number)
	}
	due := time.Date(2026, time.March, 17, 9, 0, 0, 0, time.UTC) // eight business hours
	if c.Status != casefile.Acknowledged || c.Family != casefile.Complaint || c.Rule != "COMPLAINT_RECEIVED" || c.Priority != "normal" ||
		!c.OpenedAt.Equal(monday) || !c.DueAt.Equal(due) || c.CustomerKey != "crm-1" || !c.Notifiable || c.Language != "de" ||
		c.Handling.Team != "service" || c.Handling.Severity != casefile.Medium || c.Handling.Urgency != casefile.Normal {
		t.Errorf("got %+v", c)
	}
	if atRisk := monday.Add(6*time.Hour + 24*time.Minute); !c.NextAt.Equal(atRisk) { // 80 %
		t.Errorf("the clock looks at %s, want %s", c.NextAt, atRisk)
	}
	if len(entries) != 2 {
		t.Fatalf("got %d entries", len(entries))
	}
	first, second := entries[0], entries[1]
	if first.Action != casefile.Opened || first.Status != casefile.Received || first.Cause != complaint().EventID || first.Inform || first.Set == nil ||
		first.Alert == nil || first.Alert.Reason != events.CaseOpened || first.Alert.Team != "service" || first.Alert.Severity != "medium" {
		t.Errorf("first %+v, %+v", first, first.Alert)
	}
	if second.Action != casefile.Acknowledging || second.From != casefile.Received || second.Status != casefile.Acknowledged || !second.Inform ||
		second.Alert != nil || second.Cause != "" || second.By != bySystem {
		t.Errorf("second %+v", second)
	}
	if !c.Handling.AcknowledgedAt.Equal(now) || !c.Handling.FirstResponseAt.IsZero() {
		t.Errorf("an acknowledgement is no reply: %+v", c.Handling)
	}
}

func TestAnAnonymousComplaintInformsNobody(t *testing.T) {
	_, entries := lifecycle.Receive(complaint(), lifecycle.Opening{}, monday, rules(t))
	for _, e := range entries {
		if e.Inform {
			t.Errorf("%s informs", e.Action)
		}
	}
}

func TestWhatIsCriticalByItsCategoryEscalatesWhenItIsReceived(t *testing.T) {
	w := complaint()
	w.Category = "product.safety"
	c, entries := lifecycle.Receive(w, lifecycle.Opening{}, monday, rules(t))
	h := &c.Handling
	if c.Rule != "CRITICAL_SEVERITY" || c.Priority != "critical" || h.Severity != casefile.Critical || h.Urgency != casefile.Immediate {
		t.Errorf("got %s, %s, %s, %s", c.Rule, c.Priority, h.Severity, h.Urgency)
	}
	if a := entries[0].Alert; a == nil || a.Rule != "CRITICAL_SEVERITY" || a.Priority != "critical" {
		t.Errorf("alert %+v", a)
	}
	want := []casefile.Escalation{{Rule: "CRITICAL_SEVERITY", RaisedAt: monday}}
	if diff := cmp.Diff(want, h.Escalations); diff != "" {
		t.Error(diff)
	}
	if !c.NextAt.Equal(monday.Add(time.Hour)) {
		t.Errorf("the next recipient hears at %s", c.NextAt)
	}
}

func TestAComplaintAboutComplaintsIsAFollowUp(t *testing.T) {
	w := complaint()
	w.Category = "complaint_handling.no_reply"
	c, entries := lifecycle.Receive(w, lifecycle.Opening{}, monday, rules(t))
	if c.Rule != "FOLLOW_UP_COMPLAINT" || c.Priority != "high" || entries[0].Alert.Rule != "FOLLOW_UP_COMPLAINT" || len(c.Handling.Escalations) != 1 {
		t.Errorf("got %+v", c)
	}
}

func TestAComplaintIntoTheCaseOfItsResponse(t *testing.T) {
	for name, test := range map[string]struct {
		at     casefile.Status
		later  time.Duration
		want   casefile.Status
		action casefile.Action
		inform bool // of any entry
		reason events.AlertReason
	}{
		"a draft becomes a complaint":       {at: casefile.Draft, want: casefile.Acknowledged, action: casefile.Registered, inform: true, reason: events.CaseOpened},
		"also one that was dismissed":       {at: casefile.Dismissed, want: casefile.Acknowledged, action: casefile.Registered, inform: true, reason: events.CaseOpened},
		"one in hand is told more":          {at: casefile.InInvestigation, want: casefile.InInvestigation, action: casefile.Annotated, reason: events.CaseChanged},
		"what was resolved is not":          {at: casefile.Resolved, want: casefile.Reopened, action: casefile.Reopening, inform: true, reason: events.CaseEscalated},
		"nor what was closed not long ago":  {at: casefile.Closed, later: 29 * 24 * time.Hour, want: casefile.Reopened, action: casefile.Reopening, inform: true, reason: events.CaseEscalated},
		"staff hear of one closed long ago": {at: casefile.Closed, later: 31 * 24 * time.Hour, want: casefile.Closed, action: casefile.Annotated, reason: events.CaseChanged},
		"and of one withdrawn":              {at: casefile.Withdrawn, want: casefile.Withdrawn, action: casefile.Annotated, reason: events.CaseChanged},
	} {
		t.Run(name, func(t *testing.T) {
			s := at(t, test.at).later(test.later)
			from := len(s.timeline)
			w := complaint()
			w.EventID, w.ReceivedAt = "018e4f6a-3c1b-7e2d-9f00-5a6b7c8d9eff", s.now
			s.keep(lifecycle.Register(s.Case, w, lifecycle.Opening{Notifiable: true, CustomerKey: "crm-1"}, s.now, s.rules))
			e := s.timeline[from]
			if s.Status != test.want || e.Action != test.action || e.Cause != w.EventID || e.Alert == nil || e.Alert.Reason != test.reason {
				t.Errorf("got %s by %+v, alert %+v", s.Status, e, e.Alert)
			}
			inform := false
			for _, e := range s.timeline[from:] {
				inform = inform || e.Inform
			}
			if inform != test.inform {
				t.Errorf("informs: %v", inform)
			}
			if !casefile.CausedBy(s.timeline, w.EventID) {
				t.Error("the word is not in the timeline")
			}
			if diff := cmp.Diff(s.State(), casefile.Replay(s.timeline)); diff != "" {
				t.Error(diff)
			}
			if !s.Status.Ended() && (s.EventID != w.EventID || s.CustomerKey != "crm-1") {
				t.Errorf("staff read %s of %s", s.EventID, s.CustomerKey)
			}
		})
	}
}

func TestALaterComplaintWithoutAnAddressDoesNotHideTheAddress(t *testing.T) {
	s := received(t)
	first := s.EventID
	w := complaint()
	w.EventID = "018e4f6a-3c1b-7e2d-9f00-5a6b7c8d9eff"
	s.keep(lifecycle.Register(s.Case, w, lifecycle.Opening{}, s.now, s.rules))
	if s.EventID != first || !s.Notifiable {
		t.Errorf("mail would go to the contact of %s", s.EventID)
	}
}

func TestALaterComplaintMayMakeTheCaseCritical(t *testing.T) {
	for from, action := range map[casefile.Status]casefile.Action{
		casefile.Assessed: "", casefile.Resolved: casefile.Reopening, casefile.Closed: casefile.Reopening, casefile.Withdrawn: "",
	} {
		s := at(t, from)
		before := s.Handling.Severity
		w := complaint()
		w.EventID, w.Category = "018e4f6a-3c1b-7e2d-9f00-5a6b7c8d9eff", "product.safety"
		s.keep(lifecycle.Register(s.Case, w, lifecycle.Opening{}, s.now, s.rules))
		e := s.last()
		if from == casefile.Withdrawn { // of what has ended nothing changes but what is told
			if s.Handling.Severity != before || s.EventID == w.EventID || e.Alert.Reason != events.CaseChanged {
				t.Errorf("%s: %s, %+v", from, s.Handling.Severity, e.Alert)
			}
			continue
		}
		if s.Handling.Severity != casefile.Critical || s.Priority != "critical" || e.Alert.Reason != events.CaseEscalated || e.Alert.Rule != "CRITICAL_SEVERITY" || e.Alert.Action != string(action) {
			t.Errorf("%s: got %s, %+v", from, s.Handling.Severity, e.Alert)
		}
	}
}

func TestTheClockOfADraftHasRunSinceTheCustomerSpoke(t *testing.T) {
	s := drafted(t).later(3*time.Hour).must(byAnna, plain[casefile.Registered])
	if k := s.Handling.Clock; !k.Runs[0].From.Equal(monday) {
		t.Errorf("runs since %s", k.Runs[0].From)
	}
	if s.last().Inform {
		t.Error("a draft of nobody known informs")
	}
}

func TestWhoHasADraftInHandKeepsTheComplaint(t *testing.T) {
	s := drafted(t).must(byAnna, lifecycle.Command{Do: casefile.Assigning, Team: "billing", Owner: boris}, plain[casefile.Registered])
	if s.Handling.Team != "billing" || s.Handling.Owner != boris {
		t.Errorf("got %s, %s", s.Handling.Team, s.Handling.Owner)
	}
	s = drafted(t).must(byAnna, lifecycle.Command{Do: casefile.Assigning, Owner: boris}, plain[casefile.Registered])
	if s.Handling.Owner != boris {
		t.Errorf("got %s, %s", s.Handling.Team, s.Handling.Owner)
	}
}

func TestADraftIsRegisteredAsStaffSay(t *testing.T) {
	s := at(t, casefile.Draft).must(byAnna, lifecycle.Command{Do: casefile.Registered, Category: "delivery.late", Severity: casefile.High, Urgency: casefile.Urgent})
	if h := &s.Handling; h.Severity != casefile.High || h.Urgency != casefile.Urgent || s.Category != "delivery.late" || s.last().By != bySystem {
		t.Errorf("%s, %s, %s, acknowledged by %+v", h.Severity, h.Urgency, s.Category, s.last().By)
	}
	s = at(t, casefile.Draft).must(byAnna, lifecycle.Command{Do: casefile.Registered, Category: "product.safety", Severity: casefile.Low, Words: words("Only the box was torn.")})
	if h := &s.Handling; h.Severity != casefile.Low || h.Urgency != casefile.Normal || len(h.Escalations) != 0 {
		t.Errorf("%+v", h)
	}
}

// A complaint that says less than what is known of its customer takes nothing away.
func TestAComplaintForgetsNothingOfItsCustomer(t *testing.T) {
	again := func(s *story, key string) {
		w := complaint()
		w.EventID, w.Language = "018e4f6a-3c1b-7e2d-9f00-5a6b7c8d9eff", ""
		s.keep(lifecycle.Register(s.Case, w, lifecycle.Opening{CustomerKey: key}, s.now, s.rules))
	}
	for _, status := range []casefile.Status{casefile.Draft, casefile.Assessed} {
		s := at(t, status)
		s.CustomerKey, s.Language = "crm-1", "fr"
		if again(s, ""); s.CustomerKey != "crm-1" || s.Language != "fr" {
			t.Errorf("%s: of %q in %q", status, s.CustomerKey, s.Language)
		}
	}
	s := at(t, casefile.Assessed)
	s.CustomerKey = "crm-1"
	if again(s, "mail-2"); s.CustomerKey != "crm-1" {
		t.Errorf("of %q: its earlier cases are lost", s.CustomerKey)
	}
}
