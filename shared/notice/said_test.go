package notice

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"resonanz/events"
	"resonanz/shared/feedback"
	"resonanz/shared/intake/intaketest"
)

var at = time.Date(2026, time.March, 10, 9, 0, 0, 0, time.UTC)

func TestACardIsShownInTheOrderOfItsQuestions(t *testing.T) {
	s := Said{
		At: at, Rating: 2, Scale: feedback.CSAT10, Card: "commissioning", Phase: "commissioning",
		Answers: map[string]string{"on_time": "yes", "offer_clear": "4", "gone": "x"}, Own: map[string]string{"gone_too": "War einmal"},
	}
	for l, want := range map[feedback.Language]string{
		"de": `
10.03.2026, 10:00 Uhr (CET) · 2 von 10 Punkten
Karte:
> Inbetriebnahme Ihrer Anlage
Projektphase:
> commissioning
Verständlichkeit des Angebots:
> 4 von 5
Waren wir pünktlich?:
> ja
gone:
> x
gone_too:
> War einmal
`,
		"en": `
10 Mar 2026, 10:00 (CET) · 2 of 10 points
Card:
> Commissioning of your plant
Phase of the project:
> commissioning
Clarity of the offer:
> 4 of 5
Were we on time?:
> yes
gone:
> x
gone_too:
> War einmal
`,
	} {
		w := writer(t, l)
		w.Card = intaketest.Config(t).Card
		m := w.Mail(opened(), Customer{Said: []Said{s}})
		if !strings.Contains(m.Text, want) {
			t.Errorf("%s: the text is\n%s\nwant in it\n%s", l, m.Text, want)
		}
	}
	unknown := writer(t, "de").Mail(opened(), Customer{Said: []Said{s}})
	if !strings.Contains(unknown.Text, "Karte:\n> commissioning\n") || !strings.Contains(unknown.Text, "offer_clear:\n> 4\n") {
		t.Errorf("of a card nobody knows any more:\n%s", unknown.Text)
	}
}

func complaint() *events.Alert {
	a := opened()
	a.Rule, a.Category, a.Rating, a.Scale = "COMPLAINT_RECEIVED", "billing.refund_delay", 0, ""
	return a
}

func TestAComplaintIsShownWithItsRemedy(t *testing.T) {
	said := Customer{Said: []Said{{
		At: at, Category: "billing.refund_delay", Comment: "Seit Wochen kein Geld.\nNiemand antwortet.", Annoyance: 5, Remedy: "Geld zurück", Contact: "0221 000000",
	}}}
	w := writer(t, "de")
	w.Category = func(code string, l feedback.Language) string {
		return map[string]string{"billing.refund_delay de": "Erstattung verzögert"}[code+" "+string(l)]
	}
	m := w.Mail(complaint(), said)
	want := `Beschwerde eingegangen

Eine Beschwerde ist eingegangen. Zu bearbeiten bis 11.03.2026, 10:00 Uhr (CET).

Vorgang: 2603-7K2M-Q4XA
Priorität: hoch
Kontaktpunkt: Kasse Köln
Kategorie: Erstattung verzögert
Fällig: 11.03.2026, 10:00 Uhr (CET)
Gemeldet: 10.03.2026, 10:00 Uhr (CET)

Vorgang öffnen: https://feedback.example.com/desk#/cases/2603-7K2M-Q4XA

Was gesagt wurde

10.03.2026, 10:00 Uhr (CET)
Kategorie:
> Erstattung verzögert
Beschwerde:
> Seit Wochen kein Geld.
> Niemand antwortet.
Ärger:
> 5 von 5
Gewünschte Abhilfe:
> Geld zurück
Rückruf an:
> 0221 000000

-- 
Diese Nachricht enthält Kundendaten. Bitte nicht weiterleiten. · Resonanz für Beispiel GmbH
`
	if diff := cmp.Diff(want, m.Text); diff != "" {
		t.Errorf("text (-want +got):\n%s", diff)
	}
	critical := complaint()
	critical.Rule, critical.Priority = "CRITICAL_SEVERITY", "critical"
	en := writer(t, "en").Mail(critical, said)
	if want := "Critical complaint · Checkout Cologne · 2603-7K2M-Q4XA"; en.Subject != want {
		t.Errorf("subject %q, want %q", en.Subject, want)
	}
	if !strings.Contains(en.Text, "A complaint has come in that cannot wait. To be dealt with at once, by 11 Mar 2026, 10:00 (CET) at the latest.") {
		t.Errorf("text:\n%s", en.Text)
	}
}

func silent() *events.Alert {
	a := opened()
	a.Rule, a.Priority, a.Device = "DATA_GAP", "normal", "kiosk-cologne-1"
	a.ResponseKey, a.EventID, a.Rating, a.Scale = "", "", 0, ""
	return a
}

func TestASilentDeviceIsToldOfAndToldOfAgainWhenItSpeaks(t *testing.T) {
	m := writer(t, "en").Mail(silent(), Customer{})
	want := `Device is silent

A device has not been heard from for some time. Its ratings are missing meanwhile: silence is not satisfaction. Please look by 11 Mar 2026, 10:00 (CET): power, network, screen.

Case: 2603-7K2M-Q4XA
Priority: normal
Device: kiosk-cologne-1
Touchpoint: Checkout Cologne
Due: 11 Mar 2026, 10:00 (CET)
Reported: 10 Mar 2026, 10:00 (CET)

Open the case: https://feedback.example.com/desk#/cases/2603-7K2M-Q4XA
`
	if diff := cmp.Diff(want, m.Text); diff != "" {
		t.Errorf("text (-want +got):\n%s", diff)
	}
	ended := silent()
	ended.Reason = events.CaseChanged
	m = writer(t, "de").Mail(ended, Customer{})
	if want := "Geändert: Gerät meldet sich nicht · kiosk-cologne-1 · 2603-7K2M-Q4XA"; m.Subject != want {
		t.Errorf("subject %q, want %q", m.Subject, want)
	}
	if !strings.Contains(m.Text, "meldet sich wieder") || strings.Contains(m.Text, "Fällig") || strings.Contains(m.Text, "nachsehen") {
		t.Errorf("nothing is left to do, the text says:\n%s", m.Text)
	}
}

func TestWebhooksNameDeviceAndCategory(t *testing.T) {
	for want, a := range map[string]*events.Alert{`"device":"kiosk-cologne-1"`: silent(), `"category":"billing.refund_delay"`: complaint()} {
		b, err := Payload(a)
		if err != nil || !strings.Contains(string(b), want) {
			t.Errorf("%s, %v, want %s", b, err, want)
		}
	}
}
