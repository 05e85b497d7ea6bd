package main

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ses"
	sestypes "github.com/aws/aws-sdk-go-v2/service/ses/types"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/google/go-cmp/cmp"

	"resonanz/events"
	"resonanz/shared/casefile"
	"resonanz/shared/feedback"
	"resonanz/shared/intake/intaketest"
	"resonanz/shared/notice"
	"resonanz/shared/store"
)

// outgoing is SES and SNS as notify sees them.
type outgoing struct {
	mails  []*ses.SendEmailInput
	topics []*sns.PublishInput
	err    error
}

func (o *outgoing) SendEmail(_ context.Context, in *ses.SendEmailInput, _ ...func(*ses.Options)) (*ses.SendEmailOutput, error) {
	if o.err != nil {
		return nil, o.err
	}
	o.mails = append(o.mails, in)
	return new(ses.SendEmailOutput), nil
}

func (o *outgoing) Publish(_ context.Context, in *sns.PublishInput, _ ...func(*sns.Options)) (*sns.PublishOutput, error) {
	o.topics = append(o.topics, in)
	return new(sns.PublishOutput), nil
}

func words() *notice.Writer { return &notice.Writer{Organisation: "Beispiel GmbH", Language: "en"} }

// chainOf is the chain of every team.
func chainOf(addresses ...string) func(string) []string {
	return func(string) []string { return addresses }
}

func newMail(o *outgoing, m *store.Memory) *mail {
	return &mail{
		api: o, from: "feedback@example.com", chain: chainOf("first@example.com", "second@example.com"),
		ledger: m, words: words(),
	}
}

// put stores a vote of the alert's response.
func put(t *testing.T, m *store.Memory, id feedback.EventID, at time.Time, p feedback.Personal) {
	t.Helper()
	event, err := json.Marshal(feedback.Rating{
		EventID: id, ResponseKey: "2026-03-aaaaaaaaaaaaaaaa", Rating: 2, Scale: feedback.Stars5, SubmittedAt: at, HasText: p.Comment != "",
	})
	if err != nil {
		t.Fatal(err)
	}
	e := &store.Entry{Kind: feedback.KindRating, ResponseKey: "2026-03-aaaaaaaaaaaaaaaa", EventID: id, Event: event, Digest: store.DigestOf(event)}
	if !p.IsZero() {
		if e.Personal, err = json.Marshal(p); err != nil {
			t.Fatal(err)
		}
	}
	if _, _, err := m.Put(t.Context(), e); err != nil {
		t.Fatal(err)
	}
}

func text(in *ses.SendEmailInput) string { return *in.Message.Body.Text.Data }

func TestMailGoesToTheRecipientWhoseTurnItIs(t *testing.T) {
	o, m := new(outgoing), store.NewMemory()
	put(t, m, alertOf(1).EventID, noon, feedback.Personal{Comment: "geheimer Kommentar", CallbackContact: "0221 000000"})
	a := alertOf(1)
	a.Step = 1
	if err := newMail(o, m).Do(t.Context(), a); err != nil {
		t.Fatal(err)
	}
	in := o.mails[0]
	if diff := cmp.Diff([]string{"second@example.com"}, in.Destination.ToAddresses); diff != "" {
		t.Errorf("recipients (-want +got):\n%s", diff)
	}
	if !strings.Contains(text(in), "geheimer Kommentar") || !strings.Contains(text(in), "0221 000000") {
		t.Errorf("the mail lacks what staff need:\n%s", text(in))
	}
	if s := *in.Message.Subject.Data; strings.Contains(s, "geheimer") || strings.Contains(s, "0221") {
		t.Errorf("subject %q holds personal data", s)
	}
	if *in.Source != "feedback@example.com" {
		t.Errorf("from %q", *in.Source)
	}
}

// TestMailAboutAChangeStillNamesTheContact: the better vote left none.
func TestMailAboutAChangeStillNamesTheContact(t *testing.T) {
	o, m := new(outgoing), store.NewMemory()
	first, second := alertOf(1).EventID, feedback.EventID("0190b0c0-0000-7000-8000-000000000000")
	put(t, m, first, noon, feedback.Personal{CallbackContact: "0221 000000"})
	put(t, m, second, noon.Add(time.Hour), feedback.Personal{Comment: "better now"})
	c := casefile.Case{Number: casefile.Number(alertOf(1).Case), ResponseKey: "2026-03-aaaaaaaaaaaaaaaa", EventID: first}
	if err := m.CreateCase(t.Context(), &c, &casefile.Entry{Action: casefile.Opened}); err != nil {
		t.Fatal(err)
	}
	a := alertOf(1)
	a.Reason, a.EventID = events.CaseChanged, second
	if err := newMail(o, m).Do(t.Context(), a); err != nil {
		t.Fatal(err)
	}
	body := text(o.mails[0])
	contact, comment := strings.Index(body, "0221 000000"), strings.Index(body, "better now")
	if contact < 0 || comment < contact {
		t.Errorf("want the contact and then the new comment:\n%s", body)
	}
}

func TestMailSaysWhatIsGone(t *testing.T) {
	for name, prepare := range map[string]func(*testing.T, *store.Memory){
		"the entry is gone": func(*testing.T, *store.Memory) {},
		"its texts are gone": func(t *testing.T, m *store.Memory) {
			event := []byte(`{"has_text":true,"rating":2,"scale":"stars_1_5"}`)
			if _, _, err := m.Put(t.Context(), &store.Entry{Kind: feedback.KindRating, ResponseKey: alertOf(1).ResponseKey, EventID: alertOf(1).EventID, Event: event}); err != nil {
				t.Fatal(err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			o, m := new(outgoing), store.NewMemory()
			prepare(t, m)
			if err := newMail(o, m).Do(t.Context(), alertOf(1)); err != nil {
				t.Fatal(err)
			}
			if !strings.Contains(text(o.mails[0]), "erased") {
				t.Errorf("the mail does not say that texts were erased:\n%s", text(o.mails[0]))
			}
		})
	}
}

// putAs stores an event of another kind than a vote under the alert's id.
func putAs(t *testing.T, m *store.Memory, kind feedback.Kind, event any, p feedback.Personal) {
	t.Helper()
	b, err := json.Marshal(event)
	if err != nil {
		t.Fatal(err)
	}
	e := &store.Entry{Kind: kind, ResponseKey: alertOf(1).ResponseKey, EventID: alertOf(1).EventID, Event: b, Digest: store.DigestOf(b)}
	if !p.IsZero() {
		if e.Personal, err = json.Marshal(p); err != nil {
			t.Fatal(err)
		}
	}
	if _, _, err := m.Put(t.Context(), e); err != nil {
		t.Fatal(err)
	}
}

func TestMailShowsWhatIsOnACard(t *testing.T) {
	card := feedback.Card{
		Rating: feedback.Rating{Rating: 2, Scale: feedback.Stars5, SubmittedAt: noon, HasText: true},
		Card:   "visit", Answers: map[string]string{"friendliness": "1", "found": "no", "how_often": "weekly"},
	}
	said := feedback.Personal{Answers: map[string]string{"remark": " Kalt war es. ", "blank": "  "}, Suggestion: "Heizen"}
	o, m := new(outgoing), store.NewMemory()
	putAs(t, m, feedback.KindCard, card, said)
	w := words()
	w.Card = intaketest.Config(t).Card
	mail := newMail(o, m)
	mail.words = w
	if err := mail.Do(t.Context(), alertOf(1)); err != nil {
		t.Fatal(err)
	}
	body := text(o.mails[0])
	for _, want := range []string{"2 of 5 stars", "Your visit", "Friendliness:\n> 1 of 5", "looking for?:\n> no", "> Weekly or more", "> Kalt war es.", "> Heizen"} {
		if !strings.Contains(body, want) {
			t.Errorf("the mail lacks %q:\n%s", want, body)
		}
	}
	if strings.Contains(body, "blank") {
		t.Errorf("an empty answer is shown:\n%s", body)
	}
}

func TestOfAnErasedCardTheTicksAreLeft(t *testing.T) {
	o, m := new(outgoing), store.NewMemory()
	putAs(t, m, feedback.KindCard, feedback.Card{
		Rating: feedback.Rating{Rating: 2, Scale: feedback.Stars5, SubmittedAt: noon, HasText: true}, Card: "visit", Answers: map[string]string{"found": "no"},
	}, feedback.Personal{})
	if err := newMail(o, m).Do(t.Context(), alertOf(1)); err != nil {
		t.Fatal(err)
	}
	if body := text(o.mails[0]); !strings.Contains(body, "erased") || !strings.Contains(body, "found:\n> no") {
		t.Errorf("want what is left and that the rest is gone:\n%s", body)
	}
}

func TestMailShowsAComplaint(t *testing.T) {
	annoyance := 4
	complaint := feedback.Complaint{Category: "billing.refund_delay", Annoyance: &annoyance, SubmittedAt: noon}
	a := alertOf(1)
	a.Rule, a.Category, a.Rating, a.Scale = "COMPLAINT_RECEIVED", complaint.Category, 0, ""
	o, m := new(outgoing), store.NewMemory()
	putAs(t, m, feedback.KindComplaint, complaint, feedback.Personal{Comment: "Seit Wochen kein Geld", Remedy: "Geld zurück", CallbackContact: "0221 000000"})
	if err := newMail(o, m).Do(t.Context(), a); err != nil {
		t.Fatal(err)
	}
	body := text(o.mails[0])
	for _, want := range []string{"> billing.refund_delay", "> Seit Wochen kein Geld", "> 4 of 5", "> Geld zurück", "> 0221 000000"} {
		if !strings.Contains(body, want) {
			t.Errorf("the mail lacks %q:\n%s", want, body)
		}
	}
	if s := *o.mails[0].Message.Subject.Data; strings.Contains(s, "Geld") || !strings.Contains(s, "Complaint received") {
		t.Errorf("subject %q", s)
	}
	erased := store.NewMemory()
	putAs(t, erased, feedback.KindComplaint, complaint, feedback.Personal{})
	if err := newMail(o, erased).Do(t.Context(), a); err != nil {
		t.Fatal(err)
	}
	if body := text(o.mails[1]); !strings.Contains(body, "erased") || !strings.Contains(body, "> billing.refund_delay") {
		t.Errorf("of an erased complaint:\n%s", body)
	}
}

func TestMailAboutASilentDeviceIsAboutNoCustomer(t *testing.T) {
	a := alertOf(1)
	a.Rule, a.Priority, a.Device = "DATA_GAP", "normal", "kiosk-cologne-1"
	a.ResponseKey, a.EventID, a.Rating, a.Scale = "", "", 0, ""
	o, m := new(outgoing), store.NewMemory()
	c := casefile.Case{Number: casefile.Number(a.Case), Family: casefile.Gap, Device: a.Device}
	if err := m.CreateCase(t.Context(), &c, &casefile.Entry{Action: casefile.Opened}); err != nil {
		t.Fatal(err)
	}
	if err := newMail(o, m).Do(t.Context(), a); err != nil {
		t.Fatal(err)
	}
	body := text(o.mails[0])
	if !strings.Contains(body, "kiosk-cologne-1") || strings.Contains(strings.ToLower(body), "customer") || strings.Contains(body, "erased") {
		t.Errorf("want the device and no customer:\n%s", body)
	}
}

func TestNoMailToNobody(t *testing.T) {
	o := new(outgoing)
	m := newMail(o, store.NewMemory())
	m.chain = chainOf()
	if err := m.Do(t.Context(), alertOf(1)); err != nil || o.mails != nil {
		t.Errorf("error %v, %d mails, want neither", err, len(o.mails))
	}
}

func TestAnAnswerOfSESIsToldWithoutItsText(t *testing.T) {
	o := &outgoing{err: &sestypes.MessageRejected{Message: aws.String("Email address first@example.com is not verified")}}
	err := newMail(o, store.NewMemory()).Do(t.Context(), alertOf(1))
	if err == nil || strings.Contains(err.Error(), "first@") || !strings.Contains(err.Error(), "MessageRejected") {
		t.Errorf("error %v, want the code and no address", err)
	}
}

func TestTopicHoldsNothingPersonal(t *testing.T) {
	o := new(outgoing)
	if err := (&topic{api: o, arn: "arn", words: words()}).Do(t.Context(), alertOf(1)); err != nil {
		t.Fatal(err)
	}
	in := o.topics[0]
	got := map[string]string{}
	for k, v := range in.MessageAttributes {
		got[k] = *v.StringValue
	}
	if diff := cmp.Diff(map[string]string{"reason": "case_opened", "rule": "LOW_RATING_CALLBACK", "priority": "high"}, got); diff != "" {
		t.Errorf("attributes (-want +got):\n%s", diff)
	}
	if !strings.Contains(*in.Message, "2603-0000-0001") || *in.Subject == "" {
		t.Errorf("message %q with subject %q, want the case named", *in.Message, *in.Subject)
	}
}

func TestMailGoesToTheChainOfTheTeam(t *testing.T) {
	o, m := new(outgoing), store.NewMemory()
	mail := newMail(o, m)
	mail.chain = func(team string) []string { return []string{team + "-1@example.com", team + "-2@example.com"} }
	a := alertOf(1)
	a.Team, a.Reason, a.Rule, a.Clock, a.Step = "billing", events.CaseBreached, "SLA_BREACH", "resolution", 2
	if err := mail.Do(t.Context(), a); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"billing-2@example.com"}, o.mails[0].Destination.ToAddresses); diff != "" {
		t.Errorf("recipients (-want +got):\n%s", diff)
	}
}

// reply stores a complaint's case whose second entry holds words.
func reply(t *testing.T, m *store.Memory, by casefile.ActorKind, set *casefile.Handling) *events.Alert {
	t.Helper()
	a := alertOf(1)
	a.ID, a.Reason, a.Rule, a.Action = a.Case+"#2", events.CustomerActed, "COMPLAINT_RECEIVED", "replied"
	c := casefile.Case{Number: casefile.Number(a.Case), Family: casefile.Complaint, ResponseKey: a.ResponseKey, EventID: a.EventID}
	err := m.CreateCase(t.Context(), &c, &casefile.Entry{At: noon, Action: casefile.Opened}, &casefile.Entry{
		At: noon.Add(time.Hour), Action: casefile.Replying, By: casefile.Actor{Kind: by}, Words: casefile.NewWords("Es war das blaue Paket."), Set: set,
	})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func TestMailShowsWhatTheCustomerReplied(t *testing.T) {
	o, m := new(outgoing), store.NewMemory()
	if err := newMail(o, m).Do(t.Context(), reply(t, m, casefile.Customer, &casefile.Handling{Satisfaction: 2})); err != nil {
		t.Fatal(err)
	}
	body := text(o.mails[0])
	for _, want := range []string{"> Es war das blaue Paket.", "Customer replied", "> 2 of 5"} {
		if !strings.Contains(body, want) {
			t.Errorf("the mail lacks %q:\n%s", want, body)
		}
	}
	if s := *o.mails[0].Message.Subject.Data; strings.Contains(s, "Paket") {
		t.Errorf("subject %q", s)
	}
}

func TestMailDoesNotRepeatWordsAmongStaff(t *testing.T) {
	o, m := new(outgoing), store.NewMemory()
	if err := newMail(o, m).Do(t.Context(), reply(t, m, casefile.Staff, nil)); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(text(o.mails[0]), "Paket") {
		t.Errorf("staff's own words:\n%s", text(o.mails[0]))
	}
}
