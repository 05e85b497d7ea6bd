package notice

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"resonanz/events"
	"resonanz/shared/escalate"
	"resonanz/shared/feedback"
	"resonanz/shared/lifecycle"
)

// everyRule is every rule of which staff are told.
var everyRule = []string{
	string(escalate.LowRatingCallback), string(escalate.CallbackRequested), string(escalate.RatingIsComplaint),
	string(escalate.HighValueLowRating), string(escalate.DataGap), string(escalate.RepeatComplaint),
	string(escalate.Spike), string(escalate.Crisis), string(escalate.SuspiciousVoting), string(escalate.EvidenceGap),
	lifecycle.ComplaintReceived, lifecycle.CriticalSeverity, lifecycle.FollowUpComplaint, lifecycle.SLAAtRisk,
	lifecycle.SLABreach, lifecycle.DisappointedAfterClosure, lifecycle.RootCauseMissing, lifecycle.StillOpen, "MAIL_BOUNCED",
}

func TestEveryRuleHasWords(t *testing.T) {
	for _, l := range []feedback.Language{"de", "en"} {
		w := writer(t, l)
		seen := map[string]string{}
		for _, rule := range everyRule {
			a := opened()
			a.Rule, a.Device = rule, "kiosk-cologne-1"
			got := w.headline(a)
			if got == "" || got == rule {
				t.Errorf("%s: %s has no words", l, rule)
			}
			if other, taken := seen[got]; taken {
				t.Errorf("%s: %s is worded as %s", l, rule, other)
			}
			seen[got] = rule
		}
	}
}

func TestEveryReasonHasWordsAndPassesTheCheck(t *testing.T) {
	for _, reason := range aboutCases {
		a := opened()
		a.Reason = reason
		if err := Check(a); err != nil {
			t.Error(err)
		}
		if _, known := german.prefix[reason]; !known || german.intro[string(reason)] == "" {
			t.Errorf("%s has no words", reason)
		}
	}
	for _, action := range []string{"replied", "withdrawn", "accepted", "rated", "attached", "erased"} {
		if german.acted[action] == "" || german.intro["customer_acted/"+action] == "" {
			t.Errorf("%s has no words", action)
		}
	}
}

// handled is an alert about a complaint in hand.
func handled(reason events.AlertReason, rule string) *events.Alert {
	a := opened()
	a.Reason, a.Rule, a.Rating, a.Scale = reason, rule, 0, ""
	a.Category, a.Team, a.Status, a.Severity = "delivery.late", "service", "in_investigation", "high"
	return a
}

func TestAMissedDeadlineInGerman(t *testing.T) {
	a := handled(events.CaseBreached, lifecycle.SLABreach)
	a.Clock, a.Step = "first_response", 2
	w := writer(t, "de")
	w.Team = func(string, feedback.Language) string { return "Kundenservice" }
	m := w.Mail(a, customer())
	if want := "Frist verstrichen (erste Antwort) · Kasse Köln · 2603-7K2M-Q4XA"; m.Subject != want {
		t.Errorf("subject %q, want %q", m.Subject, want)
	}
	want := `Frist verstrichen

Eine Frist ist verstrichen, ohne dass sie eingehalten wurde. Die Frist endete am 11.03.2026, 10:00 Uhr (CET).

Vorgang: 2603-7K2M-Q4XA
Priorität: hoch
Kontaktpunkt: Kasse Köln
Kategorie: delivery.late
Stand: in Untersuchung
Schwere: hoch
Team: Kundenservice
Frist: erste Antwort
Fällig: 11.03.2026, 10:00 Uhr (CET)
Gemeldet: 10.03.2026, 10:00 Uhr (CET)

Vorgang öffnen: https://feedback.example.com/desk#/cases/2603-7K2M-Q4XA
`
	if got, _, _ := strings.Cut(m.Text, "\nWas gesagt wurde"); got != want {
		t.Errorf("text (-want +got):\n%s", cmp.Diff(want, got))
	}
}

func TestWhatTheCustomerDidIsTheHeadline(t *testing.T) {
	for action, want := range map[string]string{
		"replied": "Customer replied", "withdrawn": "Complaint withdrawn", "accepted": "Resolution accepted", "rated": "Handling rated", "attached": "File added", "erased": "Customer data erased",
	} {
		a := handled(events.CustomerActed, lifecycle.ComplaintReceived)
		a.Action = action
		if got := writer(t, "en").Mail(a, Customer{}).Subject; got != want+" · Checkout Cologne · 2603-7K2M-Q4XA" {
			t.Errorf("%s: %q", action, got)
		}
	}
	a := handled(events.CaseEscalated, lifecycle.FollowUpComplaint)
	a.Action = "reopened"
	m := writer(t, "en").Mail(a, Customer{})
	if m.Subject != "Escalated: Follow-up complaint · Checkout Cologne · 2603-7K2M-Q4XA" || !strings.Contains(m.Text, "What happened: Case reopened\n") {
		t.Errorf("%s\n%s", m.Subject, m.Text)
	}
}

func TestNothingIsDueOfWhatWaitsForTheCustomer(t *testing.T) {
	for _, status := range []string{"resolved", "closed", "withdrawn", "duplicate"} {
		a := handled(events.CustomerActed, lifecycle.ComplaintReceived)
		a.Status = status
		if text := writer(t, "en").Mail(a, Customer{}).Text; strings.Contains(text, "Due:") || strings.Contains(text, "dealt with by") {
			t.Errorf("%s:\n%s", status, text)
		}
	}
}

func TestAnAlarmShowsItsFiguresAndNoCustomer(t *testing.T) {
	a := opened()
	a.Rule, a.ResponseKey, a.EventID, a.Rating, a.Scale = "SPIKE", "", "", 0, ""
	a.Signal = &events.Signal{Rule: "SPIKE", Subject: "checkout-cologne@2026-03-10T09", At: time.Date(2026, time.March, 10, 9, 0, 0, 0, time.UTC), Observed: 9, Of: 21, Expected: 1.46}
	m := writer(t, "de").Mail(a, Customer{})
	for _, want := range []string{"Auffällige Häufung\n", "Beobachtet: 9 von 21\n", "Üblich: 1,5\n", "Betrifft: checkout-cologne@2026-03-10T09\n", "Ursache zu klären bis"} {
		if !strings.Contains(m.Text, want) {
			t.Errorf("lacks %q:\n%s", want, m.Text)
		}
	}
	for _, form := range []string{m.Text, m.HTML} {
		if strings.Contains(form, german.said) || strings.Contains(form, "Kundendaten") || strings.Contains(form, german.nothing) {
			t.Errorf("no customer is part of it:\n%s", form)
		}
	}
	crisis := opened()
	crisis.Rule, crisis.ResponseKey, crisis.Touchpoint = "CRISIS", "", ""
	w := writer(t, "en")
	w.Touchpoint = nil
	if got := w.Mail(crisis, Customer{}).Subject; strings.Contains(got, "·  ·") || strings.Count(got, "·") != 1 {
		t.Errorf("a crisis is at no one place: %q", got)
	}
}

func TestASilentTouchpointIsNoSilentDevice(t *testing.T) {
	for _, l := range []feedback.Language{"de", "en"} {
		a := opened()
		a.Rule, a.ResponseKey = "DATA_GAP", ""
		place := writer(t, l).Mail(a, Customer{})
		a.Device = "kiosk-cologne-1"
		device := writer(t, l).Mail(a, Customer{})
		if place.Subject == device.Subject || strings.Contains(place.Text, "kiosk-cologne-1") || !strings.Contains(device.Text, "kiosk-cologne-1") {
			t.Errorf("%s\n%s", place.Subject, place.Text)
		}
	}
}

func TestSpecificWordsNameWhatIsThere(t *testing.T) {
	for key := range german.intro {
		parts := strings.Split(key, "/")
		rule := parts[0]
		if rule == "DATA_GAP" || rule == strings.ToLower(rule) {
			continue
		}
		if !slices.Contains(everyRule, rule) {
			t.Errorf("%s words a rule that is none", key)
		}
	}
}
