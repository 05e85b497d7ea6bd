package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	lambdaevents "github.com/aws/aws-lambda-go/events"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"resonanz/shared/consume"
	"resonanz/shared/feedback"
	"resonanz/shared/intake/intaketest"
	"resonanz/shared/observe"
	"resonanz/shared/rulebook"
	"resonanz/shared/store"
)

const (
	key        = feedback.ResponseKey("2026-03-zp4oewb2bd2h333y")
	invitation = feedback.EventID("018e4f6a-3c1b-7e2d-9f00-5a6b7c8d9e10")
	customer   = "kundin@example.com"
)

var noon = time.Date(2026, time.March, 15, 12, 0, 0, 0, time.UTC)

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
	dead   *letters
	out    bytes.Buffer // log and metrics
}

func newRig(t *testing.T) *rig {
	t.Helper()
	r := &rig{memory: store.NewMemory(), dead: new(letters)}
	now := func() time.Time { return noon }
	book, err := rulebook.New(intaketest.Config(t))
	if err != nil {
		t.Fatal(err)
	}
	r.handler = &handler{
		consumer: consume.Consumer{Log: observe.LoggerTo(&r.out, "bounce", slog.LevelDebug), Sender: r.dead, DLQ: "dlq"},
		ledger:   r.memory, rules: book.Lifecycle, metrics: observe.NewMetricsTo(&r.out, "bounce", now), now: now,
	}
	event, err := json.Marshal(feedback.Invitation{EventID: invitation, ResponseKey: key, Touchpoint: "hotline", Mailed: true})
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := r.memory.Put(t.Context(), &store.Entry{
		Kind: feedback.KindInvitation, ResponseKey: key, EventID: invitation, Event: event, CustomerKey: "K-17",
		Personal: []byte(`{"email":"` + customer + `"}`),
	}); err != nil {
		t.Fatal(err)
	}
	return r
}

// The events of the sample, by what they tell.
const (
	greetingLine = iota
	permanent
	transient
	notSentAgain
	reminderBounced
	reported
	rejected
)

func sample(t *testing.T) lambdaevents.SQSEvent {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("..", "..", "events", "samples", "bounce-batch.json"))
	if err != nil {
		t.Fatal(err)
	}
	var ev lambdaevents.SQSEvent
	if err := json.Unmarshal(b, &ev); err != nil {
		t.Fatal(err)
	}
	return ev
}

func (r *rig) deliver(t *testing.T, bodies ...string) int {
	t.Helper()
	var ev lambdaevents.SQSEvent
	for i, b := range bodies {
		ev.Records = append(ev.Records, lambdaevents.SQSMessage{MessageId: fmt.Sprint(i), Body: b})
	}
	out, err := r.Handle(t.Context(), ev)
	if err != nil || out.BatchItemFailures == nil {
		t.Fatalf("response %+v, error %v", out, err)
	}
	return len(out.BatchItemFailures)
}

func (r *rig) deliveries(t *testing.T) []feedback.Delivery {
	t.Helper()
	all, err := r.memory.Response(t.Context(), key)
	if err != nil {
		t.Fatal(err)
	}
	var out []feedback.Delivery
	for _, e := range all {
		var d feedback.Delivery
		if e.Kind != feedback.KindDelivery {
			continue
		}
		if err := json.Unmarshal(e.Event, &d); err != nil {
			t.Fatal(err)
		}
		out = append(out, d)
	}
	return out
}

func (r *rig) optedOut(t *testing.T, id store.ContactID) bool {
	t.Helper()
	out, err := r.memory.OptedOut(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestWhatFollowsFromEachEvent(t *testing.T) {
	at := func(s string) time.Time {
		v, err := time.Parse(time.RFC3339, s)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	for name, c := range map[string]struct {
		event        int
		outcome      feedback.Outcome
		at           time.Time
		address, key bool // opted out
		metric       string
	}{
		"greeting":             {event: greetingLine, metric: `"MailEventsIgnored":0`},
		"permanent bounce":     {permanent, feedback.Bounced, at("2026-03-15T09:00:07Z"), true, false, `"MailBounced":1`},
		"mailbox full":         {transient, feedback.Bounced, at("2026-03-15T09:00:07Z"), false, false, `"MailBounced":1`},
		"bounce unexplained":   {-3, feedback.Bounced, at("2026-03-15T09:00:08Z"), false, false, `"MailBounced":1`},
		"absence notice":       {event: -4, metric: `"MailBouncedForNow":1,"MailEventsIgnored":1`},
		"known and not sent":   {notSentAgain, feedback.Suppressed, at("2026-03-15T09:00:07Z"), true, false, `"MailSuppressed":1`},
		"bounce of reminder":   {event: reminderBounced, address: true, metric: `"MailBounced":1`},
		"reported as spam":     {reported, feedback.Reported, at("2026-03-15T10:30:00Z"), true, true, `"MailReported":1`},
		"refused as harmful":   {rejected, feedback.Bounced, at("2026-03-15T09:00:02.118Z"), false, false, `"MailBounced":1`},
		"something else":       {event: -1, metric: `"MailEventsIgnored":1`},
		"mail of someone else": {event: -2, metric: `"MailEventsIgnored":1`},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			tags := `"mail":{"tags":{"response":["` + string(key) + `"],"event":["` + string(invitation) + `"]}}}`
			body := map[int]string{
				-1: `{"eventType":"Delivery",` + tags,
				-3: `{"eventType":"Bounce","bounce":{"bounceType":"Undetermined","bounceSubType":"Undetermined","timestamp":"2026-03-15T09:00:08Z"},` + tags,
				-4: `{"eventType":"Bounce","bounce":{"bounceType":"Transient","bounceSubType":"General","timestamp":"2026-03-15T09:00:08Z"},` + tags,
				-2: `{"eventType":"Bounce","bounce":{"bounceType":"Permanent"},"mail":{"tags":{"ses:operation":["SendEmail"]}}}`,
			}[c.event]
			if c.event >= 0 {
				body = sample(t).Records[c.event].Body
			}
			for range 3 { // SNS may tell again
				if n := r.deliver(t, body); n != 0 || len(r.dead.reasons) != 0 {
					t.Fatalf("%d failed, put aside %q", n, r.dead.reasons)
				}
			}
			var want []feedback.Delivery
			if c.outcome != "" {
				want = []feedback.Delivery{{
					EventID: feedback.DeriveEventID("delivery", string(invitation), string(c.outcome)), ResponseKey: key,
					Outcome: c.outcome, At: c.at, ReceivedAt: noon,
				}}
			}
			if diff := cmp.Diff(want, r.deliveries(t)); diff != "" {
				t.Errorf("deliveries (-want +got):\n%s", diff)
			}
			if a, k := r.optedOut(t, store.AddressContact(customer)), r.optedOut(t, store.KeyContact("K-17")); a != c.address || k != c.key {
				t.Errorf("opted out: address %v, key %v, want %v, %v", a, k, c.address, c.key)
			}
			if out := r.out.String(); !strings.Contains(out, c.metric) || strings.Contains(out, "kundin") {
				t.Errorf("log and metrics: %s", out)
			}
		})
	}
}

func TestTheWholeSampleIsTakenAtOnce(t *testing.T) {
	r := newRig(t)
	ev := sample(t)
	if out, err := r.Handle(t.Context(), ev); err != nil || len(out.BatchItemFailures) != 0 || len(r.dead.reasons) != 0 {
		t.Errorf("response %+v, error %v, put aside %q", out, err, r.dead.reasons)
	}
	if n := len(r.deliveries(t)); n != 3 {
		t.Errorf("%d deliveries, want one of each outcome", n)
	}
	if !strings.Contains(r.out.String(), `"MailBounced":4,"MailSuppressed":1,"MailReported":1`) {
		t.Errorf("metrics %s", r.out.String())
	}
}

// TestWhoseAddressItIsComesFromTheInvitation: the event may name another.
func TestWhoseAddressItIsComesFromTheInvitation(t *testing.T) {
	r := newRig(t)
	body := strings.ReplaceAll(sample(t).Records[permanent].Body, customer, "someone-else@example.com")
	r.deliver(t, body)
	if r.optedOut(t, store.AddressContact("someone-else@example.com")) || !r.optedOut(t, store.AddressContact(customer)) {
		t.Error("the address of the event was taken for the customer's")
	}
}

func TestOfAnErasedInvitationOnlyTheOutcomeIsNoted(t *testing.T) {
	for name, erase := range map[string]func(*rig){
		"gone":             func(r *rig) { r.ledger = gone{r.memory} },
		"personal is gone": func(r *rig) { r.ledger = erased{r.memory} },
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			erase(r)
			if n := r.deliver(t, sample(t).Records[reported].Body); n != 0 || len(r.dead.reasons) != 0 || len(r.deliveries(t)) != 1 {
				t.Errorf("%d failed, put aside %q, %d noted", n, r.dead.reasons, len(r.deliveries(t)))
			}
			if r.optedOut(t, store.AddressContact(customer)) || r.optedOut(t, store.AddressContact("")) {
				t.Error("an address was opted out that nobody knows any more")
			}
		})
	}
}

type gone struct{ *store.Memory }

func (gone) Get(context.Context, feedback.ResponseKey, feedback.EventID) (*store.Entry, error) {
	return nil, store.ErrNotFound
}

type erased struct{ *store.Memory }

func (e erased) Get(ctx context.Context, k feedback.ResponseKey, id feedback.EventID) (*store.Entry, error) {
	entry, err := e.Memory.Get(ctx, k, id)
	if err != nil {
		return nil, err
	}
	entry.Personal, entry.CustomerKey, entry.Digest = nil, "", store.Digest{}
	return entry, nil
}

type throttled struct{ *store.Memory }

func (throttled) OptOut(context.Context, store.ContactID, store.Why, time.Time) error {
	return errors.New("throttled")
}

func TestAFailureBringsTheEventAgain(t *testing.T) {
	r := newRig(t)
	body := sample(t).Records[permanent].Body
	r.ledger = throttled{r.memory}
	if n := r.deliver(t, body); n != 1 {
		t.Fatalf("%d failed, want it to come again", n)
	}
	r.ledger = r.memory
	if n := r.deliver(t, body); n != 0 || len(r.deliveries(t)) != 1 || !r.optedOut(t, store.AddressContact(customer)) {
		t.Errorf("%d failed, %d noted", n, len(r.deliveries(t)))
	}
}

func TestWhatIsNoEventGoesAsideWithoutWhomItIsAbout(t *testing.T) {
	tagged := func(event string) string {
		return `{"eventType":"` + event + `","mail":{"destination":["` + customer + `"],"tags":{"response":["` + string(key) + `"],"event":["` + string(invitation) + `"]}}}`
	}
	for name, body := range map[string]string{
		"no JSON":                  "Dear " + customer,
		"another JSON":             `{"Type":"Notification","Message":"` + customer + `"}`,
		"a list":                   `["` + customer + `"]`,
		"a bounce without bounce":  tagged("Bounce"),
		"a complaint without":      tagged("Complaint"),
		"a response key malformed": strings.Replace(tagged("Reject"), string(key), "2026-13-x", 1),
		"no event":                 strings.Replace(tagged("Reject"), string(invitation), "", 1),
		"a time malformed":         `{"eventType":"Bounce","bounce":{"timestamp":"` + customer + `"}}`,
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			if n := r.deliver(t, body); n != 0 || len(r.dead.reasons) != 1 {
				t.Fatalf("%d failed, put aside %q", n, r.dead.reasons)
			}
			if s := strings.Join(append(r.dead.reasons, r.dead.bodies...), "") + r.out.String(); strings.Contains(s, "kundin") {
				t.Errorf("the address is told: %s", s)
			}
			if len(r.deliveries(t)) != 0 {
				t.Error("something was noted")
			}
		})
	}
}

// TestWhatWasPutAsideCanBeSentBack: without the recipient it leads to the same.
func TestWhatWasPutAsideCanBeSentBack(t *testing.T) {
	for i, record := range sample(t).Records {
		one, two := newRig(t), newRig(t)
		one.deliver(t, record.Body)
		short := without(record.Body)
		two.deliver(t, short)
		if diff := cmp.Diff(one.deliveries(t), two.deliveries(t)); diff != "" || strings.Contains(short, "kundin") {
			t.Errorf("event %d: %s (-whole +short):\n%s", i, short, diff)
		}
	}
}

// TestWhateverComesNothingElseHappens is the law: any body is either understood
// or put aside, and none of it is told.
func TestWhateverComesNothingElseHappens(t *testing.T) {
	events := sample(t).Records
	rapid.Check(t, func(rt *rapid.T) {
		body := events[rapid.IntRange(1, len(events)-1).Draw(rt, "event")].Body
		for range rapid.IntRange(0, 3).Draw(rt, "changes") {
			from := rapid.IntRange(0, len(body)).Draw(rt, "from")
			to := rapid.IntRange(from, min(from+40, len(body))).Draw(rt, "to")
			body = body[:from] + rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{"", "null", "{}", "[]", `"`, "0"})).Draw(rt, "instead") + body[to:]
		}
		r := newRig(t)
		if n := r.deliver(t, body); n != 0 {
			rt.Fatalf("%d failed: it would come for ever", n)
		}
		if len(r.dead.bodies)+len(r.deliveries(t)) > 1 {
			rt.Fatalf("put aside %q and noted %v", r.dead.bodies, r.deliveries(t))
		}
		if strings.Contains(strings.Join(append(r.dead.bodies, r.dead.reasons...), "")+r.out.String(), "kundin") {
			rt.Fatalf("the address is told: %q", r.dead.bodies)
		}
	})
}
