package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/mail"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ses/types"
	"github.com/aws/smithy-go"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"resonanz/shared/config"
	"resonanz/shared/feedback"
	"resonanz/shared/link"
	"resonanz/shared/observe"
	"resonanz/shared/store"
)

func TestAnInvitationIsMailedOnce(t *testing.T) {
	r := newRig(t)
	in := invited(t, r.memory)
	for range 3 {
		if n := r.deliver(t, body(t, in, false), body(t, in, false)); n != 0 {
			t.Fatalf("%d messages failed", n)
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
	tags := map[string]string{}
	for _, g := range sent.Tags {
		tags[*g.Name] = *g.Value
	}
	if diff := cmp.Diff(map[string]string{"response": string(key), "event": string(event), "mail": "invite"}, tags); diff != "" {
		t.Errorf("tags (-want +got):\n%s", diff)
	}
	m, err := mail.ReadMessage(bytes.NewReader(sent.RawMessage.Data))
	if err != nil || m.Header.Get("To") != customer {
		t.Fatalf("%v: %v", m.Header, err)
	}
	token, ok := strings.CutPrefix(strings.Trim(m.Header.Get("List-Unsubscribe"), "<>"), "https://feedback.example.com/u/")
	token, _, _ = strings.Cut(token, ".")
	got, err := link.Verify(r.keys, token, noon)
	want := link.Token{
		ResponseKey: key, Touchpoint: link.CodeOf("hotline"), Channel: feedback.EmailLink, Language: "en", Segment: "A", ExpiresAt: in.ExpiresAt,
	}
	if diff := cmp.Diff(want, got); diff != "" || err != nil || !ok {
		t.Errorf("token: %v (-want +got):\n%s", err, diff)
	}
	if out := r.out.String(); strings.Count(out, `"InvitationMailed":1`) != 1 {
		t.Errorf("metrics %s", out)
	}
}

func TestNobodyIsWrittenToInVain(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*feedback.Invitation, *store.Entry)
		before func(*rig)
		want   []feedback.Outcome
		metric string
	}{
		"the address opted out": {
			before: func(r *rig) {
				_ = r.memory.OptOut(t.Context(), store.AddressContact("KUNDIN@example.com"), store.BouncedMail, noon)
			},
			want: []feedback.Outcome{feedback.Suppressed}, metric: "InvitationSuppressed",
		},
		"the customer opted out": {
			before: func(r *rig) {
				_ = r.memory.OptOut(t.Context(), store.KeyContact("K-17"), store.Unsubscribed, noon)
			},
			want: []feedback.Outcome{feedback.Suppressed}, metric: "InvitationSuppressed",
		},
		"the address is none": {
			change: func(_ *feedback.Invitation, e *store.Entry) {
				e.Personal = personal(t, "kundin@example.com\r\nBcc: x@example.com")
			},
			want: []feedback.Outcome{feedback.Bounced}, metric: "InvitationRefused",
		},
		"SES does not take the address": {
			before: func(r *rig) {
				r.post.before = func() error {
					return &smithy.GenericAPIError{Code: "InvalidParameterValue", Message: "Domain contains illegal character: " + customer}
				}
			},
			want: []feedback.Outcome{feedback.Bounced}, metric: "InvitationRefused",
		},
		"erased": {
			change: func(_ *feedback.Invitation, e *store.Entry) { e.Personal, e.Digest = nil, store.Digest{} },
			want:   []feedback.Outcome{feedback.Suppressed}, metric: "InvitationDropped",
		},
		"expired": {
			before: func(r *rig) { r.clock = noon.AddDate(0, 0, 14) },
			want:   []feedback.Outcome{feedback.Suppressed}, metric: "InvitationDropped",
		},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			change := c.change
			if change == nil {
				change = func(*feedback.Invitation, *store.Entry) {}
			}
			in := invited(t, r.memory, change)
			if c.before != nil {
				c.before(r)
			}
			for range 2 {
				if n := r.deliver(t, body(t, in, false)); n != 0 || len(r.dead.reasons) != 0 {
					t.Fatalf("%d messages failed, %q put aside", n, r.dead.reasons)
				}
			}
			if len(r.post.sent) != 0 {
				t.Errorf("%d mails were sent", len(r.post.sent))
			}
			if diff := cmp.Diff(c.want, r.deliveries(t)); diff != "" {
				t.Errorf("deliveries (-want +got):\n%s", diff)
			}
			if out := r.out.String(); strings.Count(out, `"`+c.metric+`":1`) != 1 || strings.Contains(out, "kundin") || strings.Contains(out, "K-17") {
				t.Errorf("log and metrics: %s", out)
			}
			if left := r.due(t, noon.AddDate(1, 0, 0)); len(left) != 0 {
				t.Errorf("a reminder is left: %v", left)
			}
		})
	}
	r := newRig(t)
	gone := feedback.Invitation{ResponseKey: key, EventID: event}
	if n := r.deliver(t, body(t, gone, false)); n != 0 || len(r.post.sent) != 0 || !strings.Contains(r.out.String(), `"InvitationDropped":1`) || len(r.deliveries(t)) != 0 {
		t.Errorf("an invitation that is gone: %d failed, log %s", n, r.out.String())
	}
}

func TestThrottlingDelaysAndThenSendsOnce(t *testing.T) {
	r := newRig(t)
	in := invited(t, r.memory)
	tries := 0
	r.post.before = func() error {
		if tries++; tries < lastTry {
			return &smithy.GenericAPIError{Code: "Throttling", Message: "Maximum sending rate exceeded."}
		}
		return nil
	}
	for attempt := 1; attempt <= lastTry; attempt++ {
		if n := r.deliverAt(t, attempt, body(t, in, false)); (n == 0) != (attempt == lastTry) {
			t.Errorf("attempt %d: %d failed", attempt, n)
		}
	}
	if len(r.post.sent) != 1 || len(r.dead.reasons) != 0 || len(r.deliveries(t)) != 0 {
		t.Errorf("%d mails, put aside %q", len(r.post.sent), r.dead.reasons)
	}
}

func TestAfterTheLastTryAnInvitationGoesAsideWithItsReason(t *testing.T) {
	r := newRig(t)
	in := invited(t, r.memory)
	r.post.before = func() error {
		return &types.MessageRejected{Message: aws.String("Email address is not verified: " + customer)}
	}
	for attempt := 1; attempt < lastTry; attempt++ {
		if n := r.deliverAt(t, attempt, body(t, in, false)); n != 1 {
			t.Errorf("attempt %d: %d failed", attempt, n)
		}
	}
	if n := r.deliverAt(t, lastTry, body(t, in, false)); n != 0 || len(r.dead.reasons) != 1 || !strings.Contains(r.dead.reasons[0], "MessageRejected") {
		t.Errorf("%d failed, put aside %q", n, r.dead.reasons)
	}
	if s := strings.Join(append(r.dead.reasons, r.dead.bodies...), "") + r.out.String(); strings.Contains(s, "kundin") {
		t.Errorf("the address is told: %s", s)
	}
	// Sent back once the sender is verified, it is an invitation like any other.
	r.post.before = nil
	if n := r.deliver(t, r.dead.bodies...); n != 0 || len(r.post.sent) != 1 {
		t.Errorf("sent back: %d failed, %d mails", n, len(r.post.sent))
	}
}

func TestAnotherWorkersLeaseIsNoReasonToPutAside(t *testing.T) {
	r := newRig(t)
	in := invited(t, r.memory)
	if _, err := r.memory.Peer().Begin(t.Context(), string(event)+"#invite", noon, time.Hour); err != nil {
		t.Fatal(err)
	}
	if n := r.deliverAt(t, lastTry, body(t, in, false)); n != 1 || len(r.dead.reasons) != 0 {
		t.Errorf("%d failed, put aside %q, want it to come again", n, r.dead.reasons)
	}
}

// The worker died when the mail was on its way, and the customer answered it by an
// opt-out, or was erased: the mail did go out.
func TestAMailThatMayHaveGoneOutIsNotNotedAsHeldBack(t *testing.T) {
	for name, meanwhile := range map[string]func(*rig) error{
		"opted out": func(r *rig) error {
			return r.memory.OptOut(t.Context(), store.AddressContact(customer), store.Unsubscribed, noon)
		},
		"erased": func(r *rig) error {
			_, err := r.memory.ForgetResponse(t.Context(), key)
			return err
		},
	} {
		for _, died := range []bool{true, false} {
			r := newRig(t)
			in := invited(t, r.memory)
			if died {
				if _, err := r.memory.Peer().Begin(t.Context(), string(event)+"#invite", noon, time.Minute); err != nil {
					t.Fatal(err)
				}
				r.clock = noon.Add(time.Minute)
			}
			if err := meanwhile(r); err != nil {
				t.Fatal(err)
			}
			if n := r.deliver(t, body(t, in, false)); n != 0 || len(r.post.sent) != 0 {
				t.Errorf("%s: %d failed, %d mails", name, n, len(r.post.sent))
			}
			if got := r.deliveries(t); (len(got) == 0) != died {
				t.Errorf("%s, somebody died %v: noted %v", name, died, got)
			}
		}
	}
}

func TestWhatCanNeverBeSentGoesAside(t *testing.T) {
	r := newRig(t)
	invited(t, r.memory)
	rated := feedback.EventID("0190b0c0-0000-7000-8000-00000000000a")
	other := func(in *feedback.Invitation, e *store.Entry) { in.EventID, e.Kind = rated, feedback.KindRating }
	elsewhere := func(in *feedback.Invitation, _ *store.Entry) {
		in.EventID, in.Touchpoint = "0190b0c0-0000-7000-8000-00000000000b", "closed"
	}
	malformed := func(in *feedback.Invitation, e *store.Entry) {
		in.EventID, e.Personal = "0190b0c0-0000-7000-8000-00000000000c", []byte(`{"email":["kundin"]}`)
	}
	bodies := []string{
		`{"v":1,"type":"deadline","deadline":{"case":"2603-0000-0001","step":0,"due_at":"2026-03-10T12:00:00Z"}}`,
		`{"v":1,"type":"invite","invite":{"response_key":"x","event_id":"0190b0c0-0000-7000-8000-000000000001"}}`,
		`{"v":1,"type":"invite","invite":{"response_key":"2026-03-aaaaaaaaaaaaaaaa","event_id":"x"}}`,
		body(t, invited(t, r.memory, other), false), body(t, invited(t, r.memory, elsewhere), false), body(t, invited(t, r.memory, malformed), false),
	}
	if n := r.deliver(t, bodies...); n != 0 || len(r.dead.reasons) != len(bodies) || len(r.post.sent) != 0 {
		t.Errorf("%d failed, %d mails, put aside %q", n, len(r.post.sent), r.dead.reasons)
	}
	if strings.Contains(r.out.String()+strings.Join(r.dead.reasons, ""), "kundin") {
		t.Errorf("something personal is told: %s", r.out.String())
	}
	closed := newRig(t, func(c *config.Config) { c.Notify.MailFrom = "" })
	if n := closed.deliver(t, body(t, invited(t, closed.memory), false)); n != 0 || len(closed.dead.reasons) != 1 || !strings.Contains(closed.dead.reasons[0], "mail_from") {
		t.Errorf("without a sender: %d failed, put aside %q", n, closed.dead.reasons)
	}
}

func TestACardInvitationLeadsToTheCard(t *testing.T) {
	r := newRig(t)
	in := invited(t, r.memory, func(in *feedback.Invitation, _ *store.Entry) { in.Touchpoint, in.Card = "checkout-cologne", true })
	r.deliver(t, body(t, in, false))
	if len(r.post.sent) != 1 || !bytes.Contains(r.post.sent[0].RawMessage.Data, []byte("https://feedback.example.com/c/")) {
		t.Errorf("%d mails, want one with a link to the card", len(r.post.sent))
	}
}

// TestWhateverFailsEachInvitationIsMailed is the law: with any failures of SES
// before a mail is taken and of the store at any time, redelivery ends with one
// mail each, and a lost answer costs at most one mail more.
func TestWhateverFailsEachInvitationIsMailed(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		r := newRig(t)
		before, lost := rapid.IntRange(0, 4).Draw(rt, "failures of SES"), rapid.IntRange(0, 2).Draw(rt, "answers lost")
		r.post.before = func() error {
			if before > 0 && rapid.Bool().Draw(rt, "refuses") {
				before--
				return errors.New("no answer")
			}
			return nil
		}
		losses := 0
		r.post.after = func() error {
			if losses < lost {
				losses++
				return errors.New("connection reset")
			}
			return nil
		}
		l := &shaky{Memory: r.memory, fail: func() bool { return rapid.IntRange(0, 4).Draw(rt, "store") == 0 }}
		r.ledger = l
		in := invited(rt, r.memory)
		for range 30 {
			if r.deliver(rt, body(rt, in, false)) == 0 {
				break
			}
			if rapid.Bool().Draw(rt, "another worker") {
				r.once.Markers = r.memory.Peer()
				r.clock = r.clock.Add(time.Minute)
			}
		}
		l.fail = func() bool { return false }
		r.post.before, r.post.after = nil, nil
		if n := r.deliver(rt, body(rt, in, false)); n != 0 {
			rt.Fatalf("%d failed though nothing does any more", n)
		}
		if n := len(r.post.sent); n != 1+losses {
			rt.Fatalf("%d mails with %d answers lost", n, losses)
		}
	})
}

// shaky is a store that fails now and then.
type shaky struct {
	*store.Memory
	fail func() bool
}

var errShaky = errors.New("throttled")

func (s *shaky) Get(ctx context.Context, k feedback.ResponseKey, id feedback.EventID) (*store.Entry, error) {
	if s.fail() {
		return nil, errShaky
	}
	return s.Memory.Get(ctx, k, id)
}

func (s *shaky) OptedOut(ctx context.Context, ids ...store.ContactID) (bool, error) {
	if s.fail() {
		return false, errShaky
	}
	return s.Memory.OptedOut(ctx, ids...)
}

func (s *shaky) Remind(ctx context.Context, r store.Reminder) error {
	if s.fail() {
		return errShaky
	}
	return s.Memory.Remind(ctx, r)
}

func TestOnlyThrottlingIsTriedAgainByTheClient(t *testing.T) {
	p := patient()
	for err, want := range map[error]bool{
		&smithy.GenericAPIError{Code: "Throttling"}:      true,
		&smithy.GenericAPIError{Code: "MessageRejected"}: false,
		&smithy.GenericAPIError{Code: "InternalFailure"}: false,
		errors.New("connection reset"):                   false,
	} {
		if got := p.IsErrorRetryable(err); got != want {
			t.Errorf("%v: %v", err, got)
		}
	}
	var longest time.Duration
	for n := 1; n < p.MaxAttempts(); n++ {
		d, err := p.RetryDelay(n, errors.New("x"))
		most := time.Second << (n - 1)
		if err != nil || d < most/2 || d > most {
			t.Errorf("delay %d: %s, %v, want up to %s", n, d, err, most)
		}
		longest += most
	}
	if longest+2*time.Second > mailTimeout {
		t.Errorf("the waits may last %s, longer than a mail may take", longest)
	}
}

func TestMetricsNameOnlyWhatHappened(t *testing.T) {
	if v := new(tally).values(); len(v) != 0 {
		t.Errorf("of nothing: %v", v)
	}
	want := []observe.Value{{Name: "InvitationMailed", Unit: observe.Count, N: 2}, {Name: "ReminderMailed", Unit: observe.Count, N: 1}}
	if diff := cmp.Diff(want, (&tally{mailed: 2, reminded: 1}).values()); diff != "" {
		t.Errorf("values (-want +got):\n%s", diff)
	}
}

// vote answers the invitation.
func vote(t *testing.T, m *store.Memory) {
	t.Helper()
	id := feedback.EventID("0190b0c0-0000-7000-8000-0000000000ff")
	b, err := json.Marshal(feedback.Rating{EventID: id, ResponseKey: key, Rating: 4})
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := m.Put(t.Context(), &store.Entry{Kind: feedback.KindRating, ResponseKey: key, EventID: id, Event: b}); err != nil {
		t.Fatal(err)
	}
}
