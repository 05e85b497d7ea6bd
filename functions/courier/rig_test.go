package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	lambdaevents "github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-sdk-go-v2/service/ses"
	"pgregory.net/rapid"

	"resonanz/events"
	"resonanz/shared/config"
	"resonanz/shared/consume"
	"resonanz/shared/feedback"
	"resonanz/shared/intake/intaketest"
	"resonanz/shared/letter"
	"resonanz/shared/link"
	"resonanz/shared/observe"
	"resonanz/shared/once"
	"resonanz/shared/rulebook"
	"resonanz/shared/store"
)

const (
	customer = "kundin@example.com"
	key      = feedback.ResponseKey("2026-03-aaaaaaaaaaaaaaaa")
	event    = feedback.EventID("0190b0c0-0000-7000-8000-000000000001")
)

var noon = time.Date(2026, time.March, 10, 12, 0, 0, 0, time.UTC)

// postOffice is SES: before may refuse, after may lose the answer.
type postOffice struct {
	sent          []*ses.SendRawEmailInput
	before, after func() error
}

func (p *postOffice) SendRawEmail(_ context.Context, in *ses.SendRawEmailInput, _ ...func(*ses.Options)) (*ses.SendRawEmailOutput, error) {
	if p.before != nil {
		if err := p.before(); err != nil {
			return nil, err
		}
	}
	p.sent = append(p.sent, in)
	if p.after != nil {
		if err := p.after(); err != nil {
			return nil, err
		}
	}
	return new(ses.SendRawEmailOutput), nil
}

type ring struct{ keys link.Keyring }

func (r ring) Fresh(context.Context, time.Time) (link.Keyring, error) { return r.keys, nil }

// letters collects what goes to the dead-letter queue.
type letters struct{ reasons, bodies []string }

func (l *letters) Send(_ context.Context, _, text string, attributes map[string]string) error {
	l.reasons = append(l.reasons, attributes["reason"])
	l.bodies = append(l.bodies, text)
	return nil
}

type rig struct {
	*handler
	memory *store.Memory
	post   *postOffice
	keys   link.Keyring
	dead   *letters
	clock  time.Time
	out    bytes.Buffer // log and metrics
}

func newRig(tb testing.TB, change ...func(*config.Config)) *rig {
	tb.Helper()
	cfg := intaketest.Config(tb)
	for _, c := range change {
		c(cfg)
	}
	keys, err := link.NewKeyring([]byte(strings.Repeat("k", 64)), nil)
	if err != nil {
		tb.Fatal(err)
	}
	writer, err := letter.New(cfg, "https://feedback.example.com")
	if err != nil {
		tb.Fatal(err)
	}
	book, err := rulebook.New(cfg)
	if err != nil {
		tb.Fatal(err)
	}
	r := &rig{memory: store.NewMemory(), post: new(postOffice), keys: keys, dead: new(letters), clock: noon}
	now, log := func() time.Time { return r.clock }, observe.LoggerTo(&r.out, "courier", slog.LevelDebug)
	r.handler = &handler{
		consumer: consume.Consumer{Log: log, Sender: r.dead, DLQ: "dlq", Reserve: reserve},
		once:     once.Runner{Markers: r.memory, Log: log, Now: now, Timeout: mailTimeout},
		cfg:      cfg, rules: book.Lifecycle, ledger: r.memory, links: ring{keys}, writer: writer,
		office:  &office{api: r.post, from: cfg.Notify.MailFrom, configuration: "customers"},
		log:     log,
		metrics: observe.NewMetricsTo(&r.out, "courier", now),
		now:     now,
	}
	return r
}

// invited is an invitation to the customer, stored with its address.
func invited(tb rapid.TB, m *store.Memory, change ...func(*feedback.Invitation, *store.Entry)) feedback.Invitation {
	tb.Helper()
	in := feedback.Invitation{
		EventID: event, ResponseKey: key, Touchpoint: "hotline", Channel: feedback.EmailLink, Language: "en", Segment: "A",
		Consent: feedback.Contract, Mailed: true, IssuedAt: noon, ReceivedAt: noon, ExpiresAt: noon.AddDate(0, 0, 14),
	}
	e := &store.Entry{Kind: feedback.KindInvitation, ReceivedAt: noon, CustomerKey: "K-17", Personal: personal(tb, customer)}
	for _, c := range change {
		c(&in, e)
	}
	e.ResponseKey, e.EventID = in.ResponseKey, in.EventID
	var err error
	if e.Event, err = json.Marshal(in); err != nil {
		tb.Fatal(err)
	}
	if _, _, err := m.Put(context.Background(), e); err != nil {
		tb.Fatal(err)
	}
	return in
}

func personal(tb rapid.TB, email string) []byte {
	tb.Helper()
	b, err := json.Marshal(feedback.Personal{Email: email})
	if err != nil {
		tb.Fatal(err)
	}
	return b
}

func body(tb rapid.TB, in feedback.Invitation, reminder bool) string {
	tb.Helper()
	b, err := json.Marshal(events.Message{
		Version: events.Version, Type: events.TypeInvite,
		Invite: &events.Invite{ResponseKey: in.ResponseKey, EventID: in.EventID, Reminder: reminder},
	})
	if err != nil {
		tb.Fatal(err)
	}
	return string(b)
}

// deliver hands over one batch of first deliveries and returns how many failed.
func (r *rig) deliver(tb rapid.TB, bodies ...string) int { return r.deliverAt(tb, 1, bodies...) }

func (r *rig) deliverAt(tb rapid.TB, attempt int, bodies ...string) int {
	tb.Helper()
	var ev lambdaevents.SQSEvent
	for i, b := range bodies {
		ev.Records = append(ev.Records, lambdaevents.SQSMessage{
			MessageId: fmt.Sprint(i), Body: b, Attributes: map[string]string{"ApproximateReceiveCount": fmt.Sprint(attempt)},
		})
	}
	out, err := r.Handle(context.Background(), ev)
	if err != nil || out.BatchItemFailures == nil {
		tb.Fatalf("response %+v, error %v", out, err)
	}
	return len(out.BatchItemFailures)
}

// due are the reminders the clock would ask for at t.
func (r *rig) due(tb rapid.TB, t time.Time) []events.Invite {
	tb.Helper()
	var all []events.Invite
	if err := r.memory.Due(context.Background(), t, func(d store.Due) error {
		all = append(all, *d.Invite)
		return nil
	}); err != nil {
		tb.Fatal(err)
	}
	return all
}

// deliveries are the outcomes stored with the response.
func (r *rig) deliveries(tb rapid.TB) []feedback.Outcome {
	tb.Helper()
	all, err := r.memory.Response(context.Background(), key)
	if err != nil {
		tb.Fatal(err)
	}
	var out []feedback.Outcome
	for _, e := range all {
		if e.Kind != feedback.KindDelivery {
			continue
		}
		var d feedback.Delivery
		if err := json.Unmarshal(e.Event, &d); err != nil {
			tb.Fatal(err)
		}
		out = append(out, d.Outcome)
	}
	return out
}
