package main

import (
	"bytes"
	"context"
	"errors"
	"net/mail"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/smithy-go"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"resonanz/shared/casefile"
	"resonanz/shared/config"
	"resonanz/shared/delivery"
	"resonanz/shared/feedback"
	"resonanz/shared/lifecycle"
	"resonanz/shared/link"
	"resonanz/shared/store"
)

var statusPage = regexp.MustCompile(`https://feedback\.example\.com/k/([A-Za-z0-9_-]+)`)

func TestAnAcknowledgementIsMailedOnce(t *testing.T) {
	r := newRig(t)
	n := r.complains(t)
	m := r.informs(t, n)
	if diff := cmp.Diff([]string{inform(t, string(n), 2)}, m); diff != "" {
		t.Fatalf("messages (-want +got):\n%s", diff)
	}
	for range 3 {
		if failed := r.deliver(t, m[0], m[0]); failed != 0 {
			t.Fatalf("%d messages failed", failed)
		}
		r.clock = r.clock.Add(time.Hour)
	}
	if len(r.post.sent) != 1 {
		t.Fatalf("%d mails, want one", len(r.post.sent))
	}
	sent := r.post.sent[0]
	if diff := cmp.Diff([]string{customer}, sent.Destinations); diff != "" || *sent.Source != "feedback@example.com" || *sent.ConfigurationSetName != "customers" {
		t.Errorf("to %v from %s by %s", sent.Destinations, *sent.Source, *sent.ConfigurationSetName)
	}
	if diff := cmp.Diff(map[string]string{"case": string(n), "entry": "2", "mail": "case"}, tagsOf(sent)); diff != "" {
		t.Errorf("tags (-want +got):\n%s", diff)
	}
	read, err := mail.ReadMessage(bytes.NewReader(sent.RawMessage.Data))
	if err != nil || read.Header.Get("To") != customer || read.Header.Get("List-Unsubscribe") != "" || !strings.Contains(read.Header.Get("Subject"), string(n)) {
		t.Errorf("%v: %v", read.Header, err)
	}
	for _, want := range []string{"Dear Erika Beispiel,", "> I waited for an hour.", "> Call me.", "Customer Service", "by 11 March 2026, 13:00"} {
		if !strings.Contains(text(sent), want) {
			t.Errorf("no %q in\n%s", want, text(sent))
		}
	}
	if out := r.out.String(); strings.Count(out, `"CaseMailed":1`) != 1 || strings.Contains(out, "kundin") || strings.Contains(out, "Erika") {
		t.Errorf("log and metrics: %s", out)
	}
}

func TestTheLinkLeadsToTheCaseForAsLongAsConfigured(t *testing.T) {
	r := newRig(t)
	n := r.complains(t)
	r.deliver(t, r.informs(t, n)...)
	found := statusPage.FindStringSubmatch(text(r.post.sent[0]))
	if found == nil {
		t.Fatalf("no link in\n%s", text(r.post.sent[0]))
	}
	got, err := link.VerifyCase(r.keys, found[1], noon)
	want := link.Case{Number: string(n), Language: "en", ExpiresAt: noon.AddDate(0, 0, 400)}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
}

// TestEachStepHasExactlyOneMail however often and in whatever order the queue
// delivers, and however often sending fails before the mail is taken or a worker
// dies before it.
func TestEachStepHasExactlyOneMail(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		r := newRig(t)
		n := r.whole(rt)
		want := r.informs(rt, n)
		if len(want) != 11 {
			rt.Fatalf("%d steps are told, want 11", len(want))
		}
		r.post.before = func() error {
			if rapid.IntRange(0, 3).Draw(rt, "fails") == 0 {
				return &smithy.GenericAPIError{Code: "Throttling"}
			}
			return nil
		}
		queue := rapid.Permutation(slices.Concat(want, want)).Draw(rt, "order")
		for len(queue) > 0 {
			size := rapid.IntRange(1, len(queue)).Draw(rt, "batch")
			var again []string
			for _, m := range queue[:size] {
				if rapid.IntRange(0, 9).Draw(rt, "dies") == 0 {

					if _, err := r.memory.Begin(context.Background(), effectOf(m), r.clock, time.Minute); err != nil {
						rt.Fatal(err)
					}
				}
				if r.deliver(rt, m) != 0 {
					again = append(again, m)
				}
			}
			queue = append(queue[size:], again...)
			r.clock = r.clock.Add(2 * time.Minute)
		}
		got := r.post.steps()
		slices.Sort(got)
		if len(got) != len(want) || len(slices.Compact(slices.Clone(got))) != len(want) || len(r.dead.reasons) != 0 {
			rt.Fatalf("told entries %v, put aside %v", got, r.dead.reasons)
		}
	})
}

var parts = regexp.MustCompile(`"case":"([^"]+)","seq":(\d+)`)

func effectOf(message string) string {
	m := parts.FindStringSubmatch(message)
	return m[1] + "#" + m[2] + "#inform"
}

// TestALostAnswerRepeatsTheMailOnce: SES took it and nobody knows. That is the one
// window that is left, as package once says.
func TestALostAnswerRepeatsTheMailOnce(t *testing.T) {
	r := newRig(t)
	m := r.informs(t, r.complains(t))
	r.post.after = func() error { r.post.after = nil; return errors.New("no answer") }
	if n := r.deliver(t, m...); n != 1 {
		t.Fatalf("%d failed", n)
	}
	r.deliver(t, m...)
	r.deliver(t, m...)
	if len(r.post.sent) != 2 {
		t.Errorf("%d mails, want the lost one and its repetition", len(r.post.sent))
	}
}

func TestNobodyIsToldInVain(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*feedback.Complaint, *feedback.Personal)
		before func(*rig, casefile.Number)
		metric string
		alert  bool
	}{
		"erased": {before: func(r *rig, _ casefile.Number) { r.ledger = forgetful{r.memory} }, metric: "CaseMailDropped"},
		"gone":   {before: func(r *rig, _ casefile.Number) { r.ledger = gone{r.memory} }, metric: "CaseMailDropped"},
		"an odd address": {change: func(_ *feedback.Complaint, p *feedback.Personal) {
			p.Email = "kundin@example.com\r\nBcc: x@example.com"
		}, metric: "CaseMailRefused", alert: true},
		"SES takes it not": {before: func(r *rig, _ casefile.Number) {
			r.post.before = func() error { return &smithy.GenericAPIError{Code: invalidParameter, Message: customer} }
		}, metric: "CaseMailRefused", alert: true},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			change := c.change
			if change == nil {
				change = func(*feedback.Complaint, *feedback.Personal) {}
			}
			n := r.complains(t, change)
			m := r.informs(t, n)
			if c.before != nil {
				c.before(r, n)
			}
			for range 2 {
				if failed := r.deliver(t, m...); failed != 0 || len(r.dead.reasons) != 0 {
					t.Fatalf("%d failed, put aside %q", failed, r.dead.reasons)
				}
			}
			if out := r.out.String(); len(r.post.sent) != 0 || strings.Count(out, `"`+c.metric+`":1`) != 1 || strings.Contains(out, "kundin") {
				t.Errorf("%d mails; log and metrics: %s", len(r.post.sent), out)
			}
			file, err := r.memory.GetCase(t.Context(), n)
			if err != nil {
				t.Fatal(err)
			}
			raised := 0
			for _, e := range file.Handling.Escalations {
				if e.Rule == delivery.MailBounced {
					raised++
				}
			}
			if raised != map[bool]int{true: 1}[c.alert] {
				t.Errorf("staff were told %d times", raised)
			}
		})
	}
	anonymous := newRig(t)
	n := anonymous.complains(t, func(_ *feedback.Complaint, p *feedback.Personal) { p.Email = "" })
	if m := anonymous.informs(t, n); len(m) != 0 {
		t.Errorf("an anonymous customer is told: %v", m)
	}
}

// forgetful is a ledger after an erasure.
type forgetful struct{ *store.Memory }

func (f forgetful) Response(ctx context.Context, k feedback.ResponseKey) ([]store.Entry, error) {
	all, err := f.Memory.Response(ctx, k)
	for i := range all {
		all[i].Personal, all[i].CustomerKey, all[i].Digest = nil, "", store.Digest{}
	}
	return all, err
}

type gone struct{ *store.Memory }

func (gone) Response(context.Context, feedback.ResponseKey) ([]store.Entry, error) { return nil, nil }

func TestWhatCannotBeToldGoesAside(t *testing.T) {
	r := newRig(t)
	n := r.complains(t)
	bodies := []string{
		inform(t, string(n), 1),            // nothing that is told
		inform(t, string(n), 3),            // not there
		inform(t, string(n), 0),            //
		inform(t, "2603-0000-0000", 2),     // no such case
		inform(t, customer, 2),             //
		inform(t, "2603-0000-0000\r\n", 2), //
	}
	if failed := r.deliver(t, bodies...); failed != 0 || len(r.dead.reasons) != len(bodies) || len(r.post.sent) != 0 {
		t.Errorf("%d failed, %d mails, put aside %q", failed, len(r.post.sent), r.dead.reasons)
	}
	if s := r.out.String() + strings.Join(r.dead.reasons, ""); strings.Contains(s, "kundin") {
		t.Errorf("something personal is told: %s", s)
	}
	half := newRig(t)
	half.office.configuration = "" // nobody would hear of a mail that bounces
	if failed := half.deliver(t, half.informs(t, half.complains(t))...); failed != 0 || len(half.dead.reasons) != 1 {
		t.Errorf("without a configuration set: %d failed, put aside %q", failed, half.dead.reasons)
	}
}

func TestWhoSendsNoMailIsNotAlarmedAtEachStep(t *testing.T) {
	r := newRig(t, func(c *config.Config) { c.Notify.MailFrom = "" })
	m := r.informs(t, r.complains(t))
	if failed := r.deliver(t, m...); len(m) == 0 || failed != 0 || len(r.dead.reasons) != 0 || len(r.post.sent) != 0 {
		t.Errorf("%d messages, %d failed, put aside %q", len(m), failed, r.dead.reasons)
	}
	if !strings.Contains(r.out.String(), `"CaseMailDropped":1`) {
		t.Errorf("nobody can see it: %s", r.out.String())
	}
}

func TestAfterTheLastTryAStepGoesAsideAndCanBeSentBack(t *testing.T) {
	r := newRig(t)
	m := r.informs(t, r.complains(t))
	r.post.before = func() error { return &smithy.GenericAPIError{Code: "MessageRejected", Message: customer} }
	for attempt := 1; attempt < lastTry; attempt++ {
		if n := r.deliverAt(t, attempt, m...); n != 1 {
			t.Errorf("attempt %d: %d failed", attempt, n)
		}
	}
	if n := r.deliverAt(t, lastTry, m...); n != 0 || len(r.dead.reasons) != 1 || !strings.Contains(r.out.String(), `"CaseMailPutAside":1`) {
		t.Errorf("%d failed, put aside %q", n, r.dead.reasons)
	}
	if s := strings.Join(append(r.dead.reasons, r.dead.bodies...), "") + r.out.String(); strings.Contains(s, "kundin") {
		t.Errorf("the address is told: %s", s)
	}
	r.post.before = nil
	if n := r.deliver(t, r.dead.bodies...); n != 0 || len(r.post.sent) != 1 {
		t.Errorf("sent back: %d failed, %d mails", n, len(r.post.sent))
	}
}

func TestAnAcknowledgementKnowsOfACrisisUntilItsCaseIsClosed(t *testing.T) {
	const notice = "We are receiving many reports about the same matter."
	for name, c := range map[string]struct {
		alarm casefile.Number // of the crisis that is known; empty: none
		open  casefile.Status // of its case; empty: there is none
		want  bool
	}{
		"none":   {},
		"open":   {"2603-AAAA-AAAA", casefile.Open, true},
		"closed": {"2603-AAAA-AAAA", casefile.Closed, false},
		"lost":   {alarm: "2603-AAAA-AAAA"},
	} {
		r := newRig(t)
		if c.alarm != "" {
			if err := r.memory.PutCrisis(t.Context(), &casefile.Crisis{Case: c.alarm, Since: noon}); err != nil {
				t.Fatal(err)
			}
		}
		if c.open != "" {
			alarm := casefile.Case{Number: c.alarm, Family: casefile.Alarm, Subject: "crisis", Status: c.open, OpenedAt: noon, NextAt: casefile.NoAction}
			if c.open.Ended() {
				alarm.Handling.ClosedAt = noon
			}
			if err := r.memory.CreateCase(t.Context(), &alarm, &casefile.Entry{At: noon, Action: casefile.Opened, Status: c.open}); err != nil {
				t.Fatal(err)
			}
		}
		if failed := r.deliver(t, r.informs(t, r.complains(t))...); failed != 0 || len(r.post.sent) != 1 {
			t.Fatalf("%s: %d failed: %s", name, failed, r.out.String())
		}
		if got := strings.Contains(text(r.post.sent[0]), notice); got != c.want {
			t.Errorf("%s: notice %v, want %v", name, got, c.want)
		}
	}
}

// TestASecondComplaintWithoutAnAddressIsToldAtTheFirst: both belong to one
// response. An address of an invitation is not one of the complaint.
func TestASecondComplaintWithoutAnAddressIsToldAtTheFirst(t *testing.T) {
	r := newRig(t)
	n := r.complains(t)
	second := feedback.Complaint{
		EventID: "0190b0c0-0000-7000-8000-0000000000c2", ResponseKey: key, Touchpoint: "hotline", Channel: feedback.WebForm, Category: "other",
		SubmittedAt: noon.Add(time.Hour), ReceivedAt: noon.Add(time.Hour), CollectionMode: feedback.Self,
	}
	if _, _, err := r.memory.Put(t.Context(), ledgerEntry(t, second, feedback.Personal{Comment: "And again."})); err != nil {
		t.Fatal(err)
	}
	r.deliver(t, r.informs(t, n)...)
	if len(r.post.sent) != 1 || r.post.sent[0].Destinations[0] != customer || !strings.Contains(text(r.post.sent[0]), "> I waited for an hour.") {
		t.Errorf("%d mails", len(r.post.sent))
	}
	invitedOnly := newRig(t)
	invited(t, invitedOnly.memory)
	n = invitedOnly.complains(t, func(_ *feedback.Complaint, p *feedback.Personal) { p.Email = "" })
	c, err := invitedOnly.memory.GetCase(t.Context(), n)
	if err != nil {
		t.Fatal(err)
	}
	c.Notifiable = true
	next, entries, err := lifecycle.Apply(*c, lifecycle.Command{Do: casefile.Assessing, Severity: casefile.Low, Words: &casefile.Words{Text: "x"}}, casefile.Actor{Kind: casefile.Staff, ID: "m"}, noon, invitedOnly.rules)
	if err != nil {
		t.Fatal(err)
	}
	if err := invitedOnly.memory.UpdateCase(t.Context(), &next, pointers(entries)...); err != nil {
		t.Fatal(err)
	}
	if failed := invitedOnly.deliver(t, invitedOnly.informs(t, n)...); failed != 0 || len(invitedOnly.post.sent) != 0 {
		t.Errorf("%d failed, %d mails to the address of an invitation", failed, len(invitedOnly.post.sent))
	}
}

func TestInternalWordsAreInNoMail(t *testing.T) {
	r := newRig(t)
	n := r.whole(t)
	r.deliver(t, r.informs(t, n)...)
	all := ""
	for _, in := range r.post.sent {
		all += text(in)
	}
	if strings.Contains(all, "internal") {
		t.Error("words among staff are told")
	}
	for _, want := range []string{"When was it?", "We are listening to the recording.", "Two people were missing.", "We have called you.", "It happened again."} {
		if !strings.Contains(all, want) {
			t.Errorf("no mail says %q", want)
		}
	}
}

// TestWhoWantsNoInvitationsIsStillToldOfAComplaint: it is an answer, not a
// request.
func TestWhoWantsNoInvitationsIsStillToldOfAComplaint(t *testing.T) {
	r := newRig(t)
	if err := r.memory.OptOut(t.Context(), store.AddressContact(customer), store.Unsubscribed, noon); err != nil {
		t.Fatal(err)
	}
	if failed := r.deliver(t, r.informs(t, r.complains(t))...); failed != 0 || len(r.post.sent) != 1 {
		t.Errorf("%d failed, %d mails", failed, len(r.post.sent))
	}
}
