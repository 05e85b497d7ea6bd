package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	lambdaevents "github.com/aws/aws-lambda-go/events"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"resonanz/events"
	"resonanz/shared/consume"
	"resonanz/shared/feedback"
	"resonanz/shared/observe"
	"resonanz/shared/once"
	"resonanz/shared/store"
)

// lease is longer than any that is taken without an end of the invocation.
const lease = time.Hour

var noon = time.Date(2026, time.March, 10, 12, 0, 0, 0, time.UTC)

// letters collects what goes to the dead-letter queue.
type letters struct{ reasons []string }

func (l *letters) Send(_ context.Context, _, _ string, attributes map[string]string) error {
	l.reasons = append(l.reasons, attributes["reason"])
	return nil
}

// deed is an effect that is counted. Before runs before it happens, after when
// it has happened; both may fail.
type deed struct {
	name          string
	before, after func(ctx context.Context, try int) error

	mu    sync.Mutex
	tries int
	done  map[string]int
}

func (d *deed) Name() string { return d.name }

func (d *deed) Do(ctx context.Context, a *events.Alert) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.tries++
	if d.before != nil {
		if err := d.before(ctx, d.tries); err != nil {
			return err
		}
	}
	if d.done == nil {
		d.done = map[string]int{}
	}
	d.done[a.ID]++
	if d.after != nil {
		return d.after(ctx, d.tries)
	}
	return nil
}

type rig struct {
	*handler
	memory *store.Memory
	dead   *letters
	clock  time.Time
	log    bytes.Buffer
	out    bytes.Buffer
}

func newRig(effects ...effect) *rig {
	r := &rig{memory: store.NewMemory(), dead: new(letters), clock: noon}
	now, log := func() time.Time { return r.clock }, observe.LoggerTo(&r.log, "notify", slog.LevelDebug)
	r.handler = &handler{
		consumer: consume.Consumer{Log: log, Sender: r.dead, DLQ: "dlq", Reserve: reserve},
		once:     once.Runner{Markers: r.memory, Log: log, Now: now, Timeout: effectTimeout},
		effects:  effects,
		metrics:  observe.NewMetricsTo(&r.out, "notify", now),
	}
	return r
}

func alertOf(n int) *events.Alert {
	number := fmt.Sprintf("2603-0000-%04d", n)
	due := noon.Add(24 * time.Hour)
	return &events.Alert{
		ID: number + "#1", Reason: events.CaseOpened, At: noon, Case: number, Rule: "LOW_RATING_CALLBACK", Priority: "high",
		Touchpoint: "hotline", ResponseKey: "2026-03-aaaaaaaaaaaaaaaa", EventID: "0190b0c0-0000-7000-8000-000000000001",
		Rating: 2, Scale: feedback.Stars5, DueAt: &due,
	}
}

// deliver hands alerts over as one batch and returns the positions that failed.
func (r *rig) deliver(t rapid.TB, alerts ...*events.Alert) []string {
	t.Helper()
	var bodies []string
	for _, a := range alerts {
		b, err := json.Marshal(events.Message{Version: events.Version, Type: events.TypeAlert, Alert: a})
		if err != nil {
			t.Fatal(err)
		}
		bodies = append(bodies, string(b))
	}
	return r.deliverBodies(t, context.Background(), bodies...)
}

func (r *rig) deliverBodies(t rapid.TB, ctx context.Context, bodies ...string) []string {
	t.Helper()
	var ev lambdaevents.SQSEvent
	for i, b := range bodies {
		ev.Records = append(ev.Records, lambdaevents.SQSMessage{MessageId: fmt.Sprint(i), Body: b})
	}
	out, err := r.Handle(ctx, ev)
	if err != nil {
		t.Fatal(err)
	}
	if out.BatchItemFailures == nil {
		t.Fatal("the list of failures is null")
	}
	var failed []string
	for _, f := range out.BatchItemFailures {
		failed = append(failed, f.ItemIdentifier)
	}
	return failed
}

func TestEachEffectHappensOncePerAlert(t *testing.T) {
	mail, topic := &deed{name: "mail"}, &deed{name: "sns"}
	r := newRig(mail, topic)
	for range 3 {
		if failed := r.deliver(t, alertOf(1), alertOf(2), alertOf(1)); failed != nil {
			t.Fatalf("messages %v failed", failed)
		}
		r.clock = r.clock.Add(time.Hour)
	}
	want := map[string]int{alertOf(1).ID: 1, alertOf(2).ID: 1}
	for _, d := range []*deed{mail, topic} {
		if diff := cmp.Diff(want, d.done); diff != "" {
			t.Errorf("%s (-want +got):\n%s", d.name, diff)
		}
	}
	if !strings.Contains(r.out.String(), `"EffectsDone":4,"EffectsFailed":0,"EffectsSpared":2`) {
		t.Errorf("metrics %s, want four effects done and two spared in the first batch", r.out.String())
	}
}

// TestAFailedEffectRepeatsAlone: the receiver of the webhook does not answer
// twice; mail and topic are not repeated.
func TestAFailedEffectRepeatsAlone(t *testing.T) {
	mail, topic := &deed{name: "mail"}, &deed{name: "sns"}
	hook := &deed{name: "webhook", before: func(_ context.Context, try int) error {
		if try <= 2 {
			return context.DeadlineExceeded
		}
		return nil
	}}
	r := newRig(mail, topic, hook)
	for i := range 4 {
		failed := r.deliver(t, alertOf(1))
		if want := i < 2; (failed != nil) != want {
			t.Fatalf("delivery %d: failed %v, want failure %t", i+1, failed, want)
		}
	}
	for _, d := range []*deed{mail, topic, hook} {
		if d.done[alertOf(1).ID] != 1 {
			t.Errorf("%s happened %d times, want once", d.name, d.done[alertOf(1).ID])
		}
	}
	if hook.tries != 3 {
		t.Errorf("the webhook was tried %d times, want 3", hook.tries)
	}
}

// killed is a worker that dies at once: nothing it holds is given back.
type killed struct{ once.Markers }

func (killed) Finish(context.Context, string, time.Time) error { return errors.New("killed") }
func (killed) Release(context.Context, string) error           { return errors.New("killed") }

// TestACrashBeforeTheEffect: the worker dies between Begin and the effect. The
// lease keeps others off while it runs, and then the effect happens, once.
func TestACrashBeforeTheEffect(t *testing.T) {
	mail := &deed{name: "mail", before: func(_ context.Context, try int) error {
		if try == 1 {
			return errors.New("killed")
		}
		return nil
	}}
	r := newRig(mail)
	r.once.Markers = killed{r.memory}
	if failed := r.deliver(t, alertOf(1)); failed == nil {
		t.Fatal("the message of a dead worker was acknowledged")
	}
	r.once.Markers = r.memory.Peer()
	if failed := r.deliver(t, alertOf(1)); failed == nil || mail.tries != 1 {
		t.Fatalf("failed %v after %d tries, want others kept off while the lease holds", failed, mail.tries)
	}
	r.clock = r.clock.Add(lease)
	for range 3 {
		if failed := r.deliver(t, alertOf(1)); failed != nil {
			t.Fatalf("messages %v failed", failed)
		}
	}
	if mail.done[alertOf(1).ID] != 1 {
		t.Errorf("mail happened %d times, want once", mail.done[alertOf(1).ID])
	}
}

// TestACrashAfterTheEffect is the one window in which an effect is repeated:
// the worker dies between the effect and Finish, and the message comes again
// when the lease has run out. It is repeated once, not for ever.
func TestACrashAfterTheEffect(t *testing.T) {
	mail := &deed{name: "mail", after: func(_ context.Context, try int) error {
		if try == 1 {
			return errors.New("killed")
		}
		return nil
	}}
	r := newRig(mail)
	r.once.Markers = killed{r.memory}
	r.deliver(t, alertOf(1))
	r.once.Markers, r.clock = r.memory.Peer(), r.clock.Add(lease)
	for range 3 {
		if failed := r.deliver(t, alertOf(1)); failed != nil {
			t.Fatalf("messages %v failed", failed)
		}
	}
	if mail.done[alertOf(1).ID] != 2 {
		t.Errorf("mail happened %d times, want twice: the documented window", mail.done[alertOf(1).ID])
	}
}

func TestAnEffectThatCannotBeWrittenDownIsNotRepeated(t *testing.T) {
	mail := &deed{name: "mail"}
	r := newRig(mail)
	r.once.Markers = killed{r.memory}
	if failed := r.deliver(t, alertOf(1)); failed != nil {
		t.Errorf("messages %v come again although the mail went out", failed)
	}
	if !strings.Contains(r.log.String(), "done, but not written down") {
		t.Errorf("log %s, want it told", r.log.String())
	}
}

func TestAPanickingEffectFailsItsMessageOnly(t *testing.T) {
	mail := &deed{name: "mail", before: func(_ context.Context, try int) error {
		if try == 1 {
			panic("geheimer Kommentar")
		}
		return nil
	}}
	r := newRig(mail)
	if diff := cmp.Diff([]string{"0"}, r.deliver(t, alertOf(1), alertOf(2))); diff != "" {
		t.Errorf("failed (-want +got):\n%s", diff)
	}
	if strings.Contains(r.log.String(), "geheimer") {
		t.Errorf("the panic's value was logged:\n%s", r.log.String())
	}
	if failed := r.deliver(t, alertOf(1)); failed != nil || mail.done[alertOf(1).ID] != 1 {
		t.Errorf("failed %v, done %v, want the next delivery to succeed", failed, mail.done)
	}
}

// throttled fails the next n calls of the markers, whichever they are.
type throttled struct {
	once.Markers
	n *int
}

func (m throttled) fail() error {
	if *m.n == 0 {
		return nil
	}
	*m.n--
	return errors.New("ProvisionedThroughputExceededException")
}

func (m throttled) Begin(ctx context.Context, e string, now time.Time, lease time.Duration) (store.OnceState, error) {
	if err := m.fail(); err != nil {
		return 0, err
	}
	return m.Markers.Begin(ctx, e, now, lease)
}

func (m throttled) Release(ctx context.Context, e string) error {
	if err := m.fail(); err != nil {
		return err
	}
	return m.Markers.Release(ctx, e)
}

func TestThrottlingDelaysAndLosesNothing(t *testing.T) {
	for n := range 6 {
		mail := &deed{name: "mail", before: func(_ context.Context, try int) error {
			if try == 1 {
				return errors.New("SES answered TooManyRequestsException")
			}
			return nil
		}}
		r := newRig(mail)
		left := n
		r.once.Markers = throttled{r.memory, &left}
		queue := []*events.Alert{alertOf(1), alertOf(2), alertOf(3)}
		for rounds := 0; len(queue) > 0; rounds++ {
			if rounds > 10 {
				t.Fatalf("throttled %d times: %d alerts are left", n, len(queue))
			}
			var again []*events.Alert
			for _, id := range r.deliver(t, queue...) {
				again = append(again, queue[id[0]-'0'])
			}
			queue = again
			r.clock = r.clock.Add(3 * time.Minute) // hidden for six timeouts
		}
		want := map[string]int{alertOf(1).ID: 1, alertOf(2).ID: 1, alertOf(3).ID: 1}
		if diff := cmp.Diff(want, mail.done); diff != "" {
			t.Errorf("throttled %d times (-want +got):\n%s", n, diff)
		}
	}
}

func TestPoisonGoesAsideAndTheRestIsHandled(t *testing.T) {
	mail := &deed{name: "mail"}
	r := newRig(mail)
	good, err := json.Marshal(events.Message{Version: events.Version, Type: events.TypeAlert, Alert: alertOf(1)})
	if err != nil {
		t.Fatal(err)
	}
	failed := r.deliverBodies(t, context.Background(),
		`not JSON`,
		`{"v":2,"type":"alert","alert":{}}`,
		`{"v":1,"type":"alert","alert":{"id":"x","reason":"birthday","step":0}}`,
		`{"v":1,"type":"deadline","deadline":{"case":"2603-0000-0001","step":0,"due_at":"2026-03-10T12:00:00Z"}}`,
		string(good))
	if failed != nil || len(r.dead.reasons) != 4 || mail.done[alertOf(1).ID] != 1 {
		t.Errorf("failed %v, aside %q, done %v, want four put aside and one done", failed, r.dead.reasons, mail.done)
	}
}

func TestAnAlertIsNotBegunWithoutTime(t *testing.T) {
	mail := &deed{name: "mail"}
	r := newRig(mail)
	ctx, cancel := context.WithTimeout(t.Context(), reserve/2)
	defer cancel()
	body, err := json.Marshal(events.Message{Version: events.Version, Type: events.TypeAlert, Alert: alertOf(1)})
	if err != nil {
		t.Fatal(err)
	}
	if failed := r.deliverBodies(t, ctx, string(body)); failed == nil || mail.tries != 0 {
		t.Errorf("failed %v after %d tries, want the alert left for later", failed, mail.tries)
	}
}

// TestWhateverFailsEachEffectHappens is the law: with any failures before
// effects and of the markers, redelivery ends with each effect done once.
func TestWhateverFailsEachEffectHappens(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		effects := make([]effect, 3)
		for i := range effects {
			d := &deed{name: fmt.Sprintf("effect%d", i)}
			bad := rapid.IntRange(0, 3).Draw(rt, "failures")
			d.before = func(_ context.Context, try int) error {
				if try <= bad {
					return errors.New("no answer")
				}
				return nil
			}
			effects[i] = d
		}
		r := newRig(effects...)
		r.once.Log = slog.New(slog.DiscardHandler)
		for range 12 {
			r.deliver(rt, alertOf(1))
			if rapid.Bool().Draw(rt, "another worker") {
				r.once.Markers = r.memory.Peer()
			}
		}
		for _, e := range effects {
			if d := e.(*deed); d.done[alertOf(1).ID] != 1 {
				rt.Fatalf("%s happened %d times", d.name, d.done[alertOf(1).ID])
			}
		}
	})
}
