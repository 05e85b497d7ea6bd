package notice

import (
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"resonanz/events"
	"resonanz/shared/feedback"
)

func writer(t testing.TB, l feedback.Language) *Writer {
	t.Helper()
	zone, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	return &Writer{
		Organisation: "Beispiel GmbH", Language: l, Zone: zone, PublicURL: "https://feedback.example.com/",
		Touchpoint: func(_ feedback.Touchpoint, l feedback.Language) string {
			return map[feedback.Language]string{"de": "Kasse Köln", "en": "Checkout Cologne"}[l]
		},
	}
}

func opened() *events.Alert {
	due := time.Date(2026, time.March, 11, 9, 0, 0, 0, time.UTC)
	return &events.Alert{
		ID: "2603-7K2M-Q4XA#1", Reason: events.CaseOpened, At: time.Date(2026, time.March, 10, 9, 0, 2, 0, time.UTC),
		Case: "2603-7K2M-Q4XA", Rule: "LOW_RATING_CALLBACK", Priority: "high", Touchpoint: "checkout-cologne",
		ResponseKey: "2026-03-aaaaaaaaaaaaaaaa", EventID: "0190b0c0-0000-7000-8000-000000000001",
		Rating: 2, Scale: feedback.Stars5, DueAt: &due,
	}
}

func reportReady() *events.Alert {
	return &events.Alert{
		ID: "report#2026-03#0001", Reason: events.ReportReady, At: time.Date(2026, time.April, 1, 4, 0, 0, 0, time.UTC),
		Period: "2026-03", Report: "0001",
	}
}

func customer() Customer {
	return Customer{Said: []Said{{
		At: time.Date(2026, time.March, 10, 9, 0, 0, 0, time.UTC), Rating: 2, Scale: feedback.Stars5,
		Comment: "Zu lange gewartet.\nNiemand da.", Suggestion: "Zweite Kasse", Contact: "0221 000000",
	}}}
}

func TestMailInGerman(t *testing.T) {
	m := writer(t, "de").Mail(opened(), customer())
	if want := "Niedrige Bewertung mit Rückrufwunsch · Kasse Köln · 2603-7K2M-Q4XA"; m.Subject != want {
		t.Errorf("subject %q, want %q", m.Subject, want)
	}
	want := `Niedrige Bewertung mit Rückrufwunsch

Eine Rückmeldung braucht eine Antwort. Rückruf zugesagt bis 11.03.2026, 10:00 Uhr (CET).

Vorgang: 2603-7K2M-Q4XA
Priorität: hoch
Kontaktpunkt: Kasse Köln
Bewertung: 2 von 5 Sternen
Fällig: 11.03.2026, 10:00 Uhr (CET)
Gemeldet: 10.03.2026, 10:00 Uhr (CET)

Vorgang öffnen: https://feedback.example.com/desk#/cases/2603-7K2M-Q4XA

Was gesagt wurde

10.03.2026, 10:00 Uhr (CET) · 2 von 5 Sternen
Kommentar:
> Zu lange gewartet.
> Niemand da.
Vorschlag:
> Zweite Kasse
Rückruf an:
> 0221 000000

-- 
Diese Nachricht enthält Kundendaten. Bitte nicht weiterleiten. · Resonanz für Beispiel GmbH
`
	if diff := cmp.Diff(want, m.Text); diff != "" {
		t.Errorf("text (-want +got):\n%s", diff)
	}
}

func TestMailInEnglish(t *testing.T) {
	a := opened()
	a.Reason, a.Rule, a.Scale, a.Rating, a.Step = events.CaseOverdue, "RATING_IS_COMPLAINT", feedback.CSAT10, 3, 1
	m := writer(t, "en").Mail(a, Customer{})
	if want := "Overdue: Low rating with text, please triage · Checkout Cologne · 2603-7K2M-Q4XA"; m.Subject != want {
		t.Errorf("subject %q, want %q", m.Subject, want)
	}
	want := `Low rating with text, please triage

The deadline has passed and the case is not settled. To be decided by 11 Mar 2026, 10:00 (CET): is it a complaint?

Case: 2603-7K2M-Q4XA
Priority: high
Touchpoint: Checkout Cologne
Rating: 3 of 10 points
Due: 11 Mar 2026, 10:00 (CET)
Reported: 10 Mar 2026, 10:00 (CET)

Open the case: https://feedback.example.com/desk#/cases/2603-7K2M-Q4XA

What the customer says

The customer left neither text nor contact data.

-- 
This message holds customer data. Please do not forward it. · Resonanz for Beispiel GmbH
`
	if diff := cmp.Diff(want, m.Text); diff != "" {
		t.Errorf("text (-want +got):\n%s", diff)
	}
}

func TestMailSaysThatTextsWereErased(t *testing.T) {
	m := writer(t, "de").Mail(opened(), Customer{Erased: true})
	for form, body := range map[string]string{"text": m.Text, "HTML": m.HTML} {
		if !strings.Contains(body, german.erased) || strings.Contains(body, german.nothing) {
			t.Errorf("%s does not say that the texts were erased:\n%s", form, body)
		}
	}
}

// Who hears of a case opens it with one click, wherever it was told; who hears of a
// report has the address of the report.
func TestEveryNoticeOfACaseLeadsToIt(t *testing.T) {
	const address = "https://feedback.example.com/desk#/cases/2603-7K2M-Q4XA"
	w := writer(t, "en")
	m := w.Mail(opened(), customer())
	_, topic := w.Topic(opened())
	for form, body := range map[string]string{"text": m.Text, "HTML": m.HTML, "topic": topic} {
		if strings.Count(body, address) != 1 {
			t.Errorf("%s: %s", form, body)
		}
	}
	if !strings.Contains(m.HTML, `<a href="`+address+`">`) {
		t.Errorf("no link in %s", m.HTML)
	}
	w.PublicURL = ""
	m = w.Mail(opened(), customer())
	_, topic = w.Topic(opened())
	slack, err := w.Slack(opened())
	teams, err2 := w.Teams(opened())
	if all := m.Text + m.HTML + topic + string(slack) + string(teams); strings.Contains(all, "desk") || strings.Contains(m.HTML, "href") || err != nil || err2 != nil {
		t.Errorf("an address that nobody knows: %s", all)
	}
}

func TestHTMLEscapesWhatCustomersWrite(t *testing.T) {
	c := customer()
	c.Said[0].Comment = `<script>alert("x")</script><img src=x onerror=y>`
	html := writer(t, "en").Mail(opened(), c).HTML
	if strings.Contains(html, "<script") || strings.Contains(html, "<img") || !strings.Contains(html, "&lt;script&gt;") {
		t.Errorf("the comment is not escaped:\n%s", html)
	}
}

func TestQuotedTextCannotPassForTheMail(t *testing.T) {
	c := customer()
	c.Said[0].Comment = "fine\r\n-- \rDue: never"
	for line := range strings.Lines(writer(t, "en").Mail(opened(), c).Text) {
		if strings.HasPrefix(line, "Due: never") {
			t.Errorf("a customer's line stands unmarked: %q", line)
		}
	}
}

func TestNothingPersonalOutsideTheBody(t *testing.T) {
	w, c := writer(t, "de"), customer()
	subject, text := w.Topic(opened())
	body, err := Payload(opened())
	if err != nil {
		t.Fatal(err)
	}
	for where, s := range map[string]string{
		"mail subject": w.Mail(opened(), c).Subject, "topic subject": subject, "topic": text, "webhook": string(body),
	} {
		for _, personal := range []string{"gewartet", "Zweite Kasse", "0221"} {
			if strings.Contains(s, personal) {
				t.Errorf("the %s holds %q:\n%s", where, personal, s)
			}
		}
	}
}

func TestSubjectsAreOneHeaderLine(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		a := opened()
		a.Rule = rapid.String().Draw(rt, "rule")
		name := rapid.OneOf(rapid.String(), rapid.Just("x\r\nBcc: all@example.com"), rapid.Just("x\u2028y\u0085z")).Draw(rt, "touchpoint")
		w := writer(t, "de")
		w.Touchpoint = func(feedback.Touchpoint, feedback.Language) string { return name }
		s := w.Mail(a, Customer{}).Subject
		if strings.ContainsAny(s, "\r\n\u0085\u2028\u2029\x00") || len([]rune(s)) > 150 || s == "" {
			rt.Fatalf("subject %q", s)
		}
		topic, _ := w.Topic(a)
		if len(topic) == 0 || len(topic) > 100 || !isAlphanumeric(topic[0]) {
			rt.Fatalf("topic subject %q", topic)
		}
		for _, c := range []byte(topic) {
			if c < ' ' || c > '~' {
				rt.Fatalf("topic subject %q", topic)
			}
		}
	})
}

func TestTopicSubjectIsASCII(t *testing.T) {
	got, _ := writer(t, "de").Topic(opened())
	if want := "Niedrige Bewertung mit Rueckrufwunsch - Kasse Koeln - 2603-7K2M-Q4XA"; got != want {
		t.Errorf("subject %q, want %q", got, want)
	}
}

func TestRecipientsFollowTheChain(t *testing.T) {
	chain := []string{"a@example.com", "b@example.com"}
	for _, tt := range []struct {
		alert *events.Alert
		chain []string
		want  []string
	}{
		{&events.Alert{Step: 0}, chain, chain[:1]},
		{&events.Alert{Step: 1}, chain, chain[1:]},
		{&events.Alert{Step: 7}, chain, chain[1:]},
		{&events.Alert{Step: -1}, chain, chain[:1]},
		{&events.Alert{}, nil, nil},
	} {
		if diff := cmp.Diff(tt.want, Recipients(tt.alert, tt.chain)); diff != "" {
			t.Errorf("recipients of %+v (-want +got):\n%s", tt.alert, diff)
		}
	}
}

func TestCheckRefusesWhatCannotBeWorded(t *testing.T) {
	for name, spoil := range map[string]func(*events.Alert){
		"no id":          func(a *events.Alert) { a.ID = "" },
		"no case":        func(a *events.Alert) { a.Case = "" },
		"unknown reason": func(a *events.Alert) { a.Reason = "birthday" },
		"no period":      func(a *events.Alert) { a.Reason = events.ReportReady },
	} {
		a := opened()
		spoil(a)
		if err := Check(a); !errors.Is(err, ErrUnknownAlert) {
			t.Errorf("%s: %v, want ErrUnknownAlert", name, err)
		}
	}
	for _, a := range []*events.Alert{opened(), reportReady()} {
		if err := Check(a); err != nil {
			t.Error(err)
		}
	}
}

// TestLanguagesAreComplete holds both catalogues to the same keys and to no
// empty text but the prefix of an opening.
func TestLanguagesAreComplete(t *testing.T) {
	de, en := reflect.ValueOf(german), reflect.ValueOf(english)
	for i := range de.NumField() {
		name := de.Type().Field(i).Name
		switch de.Field(i).Kind() {
		case reflect.String:
			if de.Field(i).String() == "" || en.Field(i).String() == "" {
				t.Errorf("%s is missing in a language", name)
			}
		case reflect.Map:
			if de.Field(i).Len() != en.Field(i).Len() {
				t.Errorf("%s has %d texts in German and %d in English", name, de.Field(i).Len(), en.Field(i).Len())
			}
			for _, k := range de.Field(i).MapKeys() {
				e := en.Field(i).MapIndex(k)
				if !e.IsValid() || name != "prefix" && (e.String() == "" || de.Field(i).MapIndex(k).String() == "") {
					t.Errorf("%s[%s] is missing in a language", name, k)
				}
			}
		}
	}
}
