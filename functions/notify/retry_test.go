package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"resonanz/events"
	"resonanz/shared/store"
)

// receiver is an endpoint that answers as it is told, and counts.
type receiver struct {
	*httptest.Server
	status atomic.Int64
	ids    []string
}

func newReceiver(t *testing.T, status int) *receiver {
	t.Helper()
	r := new(receiver)
	r.status.Store(int64(status))
	r.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		r.ids = append(r.ids, req.Header.Get("webhook-id"))
		w.WriteHeader(int(r.status.Load()))
	}))
	t.Cleanup(r.Close)
	return r
}

// hooked is a rig with one endpoint, whose clock is that of the rig.
func hooked(t *testing.T, address string, effects ...effect) (*rig, *endpoint) {
	t.Helper()
	r := newRig(effects...)
	e := newEndpoint(t, address, r.memory)
	e.now = func() time.Time { return r.clock }
	r.shelf, r.now = r.memory, e.now
	r.post([]*endpoint{e})
	return r, e
}

// again hands over the message by which the clock asks for attempt n.
func (r *rig) again(t *testing.T, n int) []string {
	t.Helper()
	b, err := json.Marshal(events.Message{Version: events.Version, Type: events.TypeHook, Hook: &events.Hook{Endpoint: "default", Alert: *alertOf(1), Attempt: n}})
	if err != nil {
		t.Fatal(err)
	}
	return r.deliverBodies(t, t.Context(), string(b))
}

// due is the attempt that the clock finds due now, or 0.
func (r *rig) due(t *testing.T) (n int) {
	t.Helper()
	err := r.memory.Due(t.Context(), r.clock, func(d store.Due) error {
		if d.Hook == nil || d.Hook.Endpoint != "default" || d.Hook.Alert.ID != alertOf(1).ID {
			return fmt.Errorf("due: %+v", d)
		}
		n = d.Hook.Attempt
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestAWebhookIsTriedForADayAndAHalfAndThenGivenUp(t *testing.T) {
	far := newReceiver(t, 503)
	mail := &deed{name: "mail"}
	r, _ := hooked(t, far.URL, mail)
	if failed := r.deliver(t, alertOf(1)); failed != nil {
		t.Fatal("a webhook that waits holds up the queue")
	}
	for i, pause := range []time.Duration{time.Minute, 5 * time.Minute, 30 * time.Minute, 2 * time.Hour, 8 * time.Hour, 24 * time.Hour} {
		r.clock = r.clock.Add(pause - time.Millisecond)
		if n := r.due(t); n != 0 {
			t.Errorf("attempt %d is due too early", n)
		}
		r.clock = r.clock.Add(time.Millisecond)
		n := r.due(t)
		if n != i+2 {
			t.Fatalf("attempt %d is due, want %d", n, i+2)
		}
		for range 2 { // the clock asks each minute until it is done
			if failed := r.again(t, n); failed != nil {
				t.Fatal(failed)
			}
		}
	}
	h := kept(t, r.memory)
	if h.Status != store.HookFailed || h.Attempt != 7 || len(h.Log) != 7 || !h.NextAt.IsZero() || r.due(t) != 0 {
		t.Errorf("kept %+v", h)
	}
	if len(far.ids) != 7 || far.ids[0] != alertOf(1).ID || far.ids[6] != alertOf(1).ID {
		t.Errorf("the receiver heard %v", far.ids)
	}
	if n := strings.Count(r.out.String(), `"WebhookGivenUp":1`); n != 1 || mail.done[alertOf(1).ID] != 1 {
		t.Errorf("given up %d times in %s, %d mails", n, r.out.String(), mail.done[alertOf(1).ID])
	}
}

func TestAWebhookThatArrivesLateArrivesOnce(t *testing.T) {
	far := newReceiver(t, 500)
	r, _ := hooked(t, far.URL)
	r.deliver(t, alertOf(1))
	r.clock = r.clock.Add(time.Minute)
	far.status.Store(204)
	for range 3 {
		if failed := r.again(t, 2); failed != nil {
			t.Fatal(failed)
		}
	}
	r.deliver(t, alertOf(1))
	h := kept(t, r.memory)
	if h.Status != store.HookDelivered || h.Attempt != 2 || len(h.Log) != 2 || h.Log[1].Status != 204 || len(far.ids) != 2 {
		t.Errorf("kept %+v, heard %v", h, far.ids)
	}
}

func TestAnOldOrUnknownAttemptIsNotMade(t *testing.T) {
	far := newReceiver(t, 500)
	r, _ := hooked(t, far.URL)
	if failed := r.again(t, 2); failed != nil || len(far.ids) != 0 {
		t.Errorf("of what nobody keeps: %v, heard %v", failed, far.ids)
	}
	r.deliver(t, alertOf(1))
	for _, n := range []int{1, 3, 7} {
		if failed := r.again(t, n); failed != nil || len(far.ids) != 1 {
			t.Errorf("attempt %d: %v, heard %v", n, failed, far.ids)
		}
	}
}

func TestAReceiverThatIsGoneIsNotAskedAgain(t *testing.T) {
	far := newReceiver(t, http.StatusGone)
	r, _ := hooked(t, far.URL)
	r.deliver(t, alertOf(1))
	if h := kept(t, r.memory); h.Status != store.HookFailed || !strings.Contains(r.out.String(), `"WebhookGivenUp":1`) {
		t.Errorf("kept %+v, %s", h, r.out.String())
	}
}

func TestADeliveryToAnEndpointThatIsNotConfiguredAnyMoreEnds(t *testing.T) {
	far := newReceiver(t, 500)
	r, _ := hooked(t, far.URL)
	r.deliver(t, alertOf(1))
	r.hooks, r.effects = nil, nil
	r.clock = r.clock.Add(time.Minute)
	for range 2 {
		if failed := r.again(t, 2); failed != nil {
			t.Fatal(failed)
		}
	}
	h := kept(t, r.memory)
	if h.Status != store.HookFailed || len(h.Log) != 2 || h.Log[1].Error != "no_endpoint" || r.due(t) != 0 || len(far.ids) != 1 {
		t.Errorf("kept %+v", h)
	}
}

// brittle fails to keep what became of a webhook, so often.
type brittle struct {
	*store.Memory
	fails int
}

func (b *brittle) PutHook(ctx context.Context, h store.Hook) error {
	if b.fails > 0 {
		b.fails--
		return errors.New("not kept")
	}
	return b.Memory.PutHook(ctx, h)
}

func TestWhatCouldNotBeKeptComesAgainFromTheQueue(t *testing.T) {
	far := newReceiver(t, 500)
	r, e := hooked(t, far.URL)
	e.shelf = &brittle{Memory: r.memory, fails: 1}
	if failed := r.deliver(t, alertOf(1)); len(failed) != 1 {
		t.Fatal("a delivery that nobody keeps was acknowledged")
	}
	if failed := r.deliver(t, alertOf(1)); failed != nil || kept(t, r.memory).Attempt != 2 {
		t.Errorf("%v, kept %+v", failed, kept(t, r.memory))
	}
	e.shelf = &brittle{Memory: r.memory, fails: 1}
	r.clock = r.clock.Add(time.Minute)
	if failed := r.again(t, 2); len(failed) != 1 {
		t.Fatal("a retry that nobody keeps was acknowledged")
	}
	if failed := r.again(t, 2); failed != nil || kept(t, r.memory).Attempt != 3 {
		t.Errorf("%v, kept %+v", failed, kept(t, r.memory))
	}
	if diff := cmp.Diff([]string{alertOf(1).ID, alertOf(1).ID, alertOf(1).ID, alertOf(1).ID}, far.ids); diff != "" {
		t.Errorf("each with the same id (-want +got):\n%s", diff)
	}
}

func TestAnEndpointHearsOfTheReasonsItAskedFor(t *testing.T) {
	far := newReceiver(t, 204)
	r, e := hooked(t, far.URL)
	e.reasons = []string{string(events.CaseOverdue)}
	r.deliver(t, alertOf(1))
	overdue := alertOf(2)
	overdue.Reason = events.CaseOverdue
	r.deliver(t, overdue)
	if diff := cmp.Diff([]string{overdue.ID}, far.ids); diff != "" {
		t.Error(diff)
	}
}

func TestAHookThatCannotBeWordedIsPoison(t *testing.T) {
	r, _ := hooked(t, "https://crm.example.com")
	r.deliverBodies(t, t.Context(), `{"v":1,"type":"hook","hook":{"endpoint":"default","alert":{"id":"x","reason":"birthday","at":"2026-03-10T12:00:00Z","step":0},"attempt":2}}`)
	if len(r.dead.reasons) != 1 {
		t.Errorf("dead letters %v", r.dead.reasons)
	}
}

func TestAFirstAttemptThatIsKeptIsNotMadeAgain(t *testing.T) {
	far := newReceiver(t, 500)
	r, e := hooked(t, far.URL)
	r.deliver(t, alertOf(1))
	r.clock = r.clock.Add(time.Minute)
	far.status.Store(204)
	r.again(t, 2)
	if err := e.Do(t.Context(), alertOf(1)); err != nil { // its marker was lost with the worker
		t.Fatal(err)
	}
	if h := kept(t, r.memory); len(far.ids) != 2 || h.Status != store.HookDelivered || len(h.Log) != 2 {
		t.Errorf("the receiver heard %d times, kept %+v", len(far.ids), h)
	}
}

func TestAFaultOfOurOwnIsNotTriedEachMinute(t *testing.T) {
	far := newReceiver(t, 500)
	r, e := hooked(t, far.URL)
	r.deliver(t, alertOf(1))
	r.clock = r.clock.Add(time.Minute)
	address := e.address
	e.address = func(context.Context, time.Time) (string, error) { return "", errors.New("throttled") }
	if failed := r.again(t, 2); failed == nil {
		t.Error("nobody hears of it")
	}
	if n := r.due(t); n != 0 {
		t.Errorf("attempt %d is due at once", n)
	}
	e.address = address
	far.status.Store(204)
	r.clock = r.clock.Add(putOff)
	if n := r.due(t); n != 2 {
		t.Fatalf("attempt %d is due, want 2", n)
	}
	r.again(t, 2)
	if h := kept(t, r.memory); h.Status != store.HookDelivered || len(far.ids) != 2 {
		t.Errorf("kept %+v", h)
	}
}
