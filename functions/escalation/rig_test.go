package main

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"resonanz/events"
	"resonanz/shared/casefile"
	"resonanz/shared/config"
	"resonanz/shared/consume"
	"resonanz/shared/escalate"
	"resonanz/shared/feedback"
	"resonanz/shared/lifecycle"
	"resonanz/shared/observe"
	"resonanz/shared/rulebook"
	"resonanz/shared/store"
)

const configuration = `{
 "organisation": {"name": "Beispiel GmbH", "time_zone": "Europe/Berlin", "languages": ["de"], "default_language": "de"},
 "categories": ["product.safety", "privacy", "discrimination", "delivery.late", "billing.incorrect_invoice", "complaint_handling.delay", "other"],
 "touchpoints": [{"id": "hotline", "name": {"de": "Hotline"}, "scale": "stars_1_5"}, {"id": "repair", "name": {"de": "Reparatur"}, "scale": "stars_1_5"}],
 "rules": {"max_future_skew_minutes": 5},
 "escalation": {"low_rating_max": 2, "callback_due_hours": 24, "triage_due_hours": 24, "step_hours": 24,
  "chain": ["a@example.com", "b@example.com", "c@example.com"],
  "critical_step_minutes": 60, "critical_categories": ["product.safety", "privacy", "discrimination"], "critical_words": ["anwalt*"], "high_value_max": 3,
  "repeat_days": 90, "repeat_count": 2, "follow_up_categories": ["complaint_handling"], "disappointed_max": 2,
  "crisis": {"window_hours": 24, "touchpoints": 2}},
 "complaints": {"reopen_days": 30, "survey_days": 30, "root_causes": ["process"], "limit_cents": 50000, "approve_cents": 10000, "default_policy": "DEFAULT"},
 "teams": [{"id": "workshop", "name": {"de": "Werkstatt"}}],
 "routes": [{"touchpoints": ["repair"], "team": "workshop"}],
 "policies": [{"id": "DEFAULT", "calendar": "office", "first_response_hours": 8, "resolution_hours": 40, "at_risk_percent": 80, "close_days": 14}],
 "calendars": [{"id": "office", "blocks": [{"days": ["mon", "tue", "wed", "thu", "fri"], "from": "09:00", "to": "17:00"}]}]
}`

// book is what a configuration says, after changes to its text: old, new, old,
// new, …
func book(changes ...string) *rulebook.Book {
	cfg, err := config.Parse([]byte(strings.NewReplacer(changes...).Replace(configuration)))
	if err != nil {
		panic(err)
	}
	b, err := rulebook.New(cfg)
	if err != nil {
		panic(err)
	}
	return b
}

var usual = sync.OnceValue(func() *rulebook.Book { return book() })

// rig is a handler on a store in memory.
type rig struct {
	*handler
	memory *store.Memory
	dead   *letters
	clock  time.Time
	log    bytes.Buffer
	out    bytes.Buffer
}

func newRig() *rig {
	r := &rig{memory: store.NewMemory(), dead: new(letters), clock: noon}
	r.handler = &handler{
		ledger: r.memory, cases: r.memory, devices: r.memory, crises: r.memory,
		watched: func(_ feedback.Device, last time.Time) time.Time { return last.Add(30 * time.Minute) },
		known:   func(feedback.Touchpoint) *config.Touchpoint { return &config.Touchpoint{} },
		now:     func() time.Time { return r.clock },
	}
	r.deploy(usual())
	r.metrics = observe.NewMetricsTo(&r.out, "escalation", r.now)
	r.consumer = consume.Consumer{Log: observe.LoggerTo(&r.log, "escalation", slog.LevelDebug), Sender: r.dead, DLQ: "dlq"}
	return r
}

// deploy gives the function another configuration.
func (r *rig) deploy(b *rulebook.Book) {
	r.rules, r.lifecycle, r.print = b.Escalate, b.Lifecycle, b.Print
}

func told(n int, k feedback.ResponseKey, at time.Time, category string, callback bool) feedback.Complaint {
	return feedback.Complaint{
		EventID: eventID(n), ResponseKey: k, Touchpoint: "repair", Channel: feedback.WebForm, Category: category,
		SubmittedAt: at, ReceivedAt: at, CallbackRequested: callback, CollectionMode: feedback.Self,
	}
}

// entryOf is the ledger entry of an event, with a text that must never leave it.
func entryOf(t rapid.TB, kind feedback.Kind, k feedback.ResponseKey, id feedback.EventID, v any, customer string) *store.Entry {
	t.Helper()
	event, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return &store.Entry{
		Kind: kind, ResponseKey: k, EventID: id, ReceivedAt: noon, CustomerKey: customer,
		Event: event, Personal: []byte(`{"comment":"geheimer Kommentar","email":"kundin@example.com","callback_contact":"0221 000000"}`),
		Digest: store.DigestOf(event),
	}
}

// complain takes a complaint as the intake does: event and case at once. It
// returns the message that follows.
func (r *rig) complain(t rapid.TB, c feedback.Complaint, customer string) string {
	t.Helper()
	state, es := lifecycle.Receive(&c, lifecycle.Opening{Notifiable: true, CustomerKey: customer}, r.clock, r.lifecycle)
	_, _, err := r.memory.Submit(context.Background(), entryOf(t, feedback.KindComplaint, c.ResponseKey, c.EventID, c, customer), &state, pointers(es)...)
	if err != nil {
		t.Fatal(err)
	}
	return storedAs(t, feedback.KindComplaint, c)
}

// complaint is the case of a complaint, which must be there.
func (r *rig) complaint(t rapid.TB, k feedback.ResponseKey) (*casefile.Case, []casefile.Entry) {
	t.Helper()
	c, timeline := r.state(t, escalate.Number(casefile.Complaint, k, 0))
	if c == nil {
		t.Fatalf("no complaint case of %s", k)
	}
	return c, timeline
}

// escalations are the rules that escalated a case, in order.
func escalations(c *casefile.Case) (rules []string) {
	for _, x := range c.Handling.Escalations {
		rules = append(rules, x.Rule)
	}
	return rules
}

func actions(timeline []casefile.Entry) (all []casefile.Action) {
	for _, e := range timeline {
		all = append(all, e.Action)
	}
	return all
}

func deadlineOf(t testing.TB, n casefile.Number, print string) string {
	t.Helper()
	return message(t, events.Message{Type: events.TypeDeadline, Deadline: &events.Deadline{Case: string(n), DueAt: noon, Print: print}})
}

func containsAny(s string, parts ...string) bool {
	for _, p := range parts {
		if strings.Contains(s, p) {
			return true
		}
	}
	return false
}
