package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	lambdaevents "github.com/aws/aws-lambda-go/events"

	"resonanz/events"
	"resonanz/shared/consume"
	"resonanz/shared/notice"
	"resonanz/shared/observe"
	"resonanz/shared/once"
)

const (
	// effectTimeout bounds one effect. The receiver of a webhook has this long
	// to answer.
	effectTimeout = 5 * time.Second
	// reserve is the time an alert may need: its effects, which run side by side,
	// what a webhook keeps of its own, and their markers. An alert is not begun
	// with less.
	reserve = effectTimeout + 2*once.MarkTimeout
)

// effect is one way of telling. Do tells of a; an error means that it did not
// happen, or that nobody can know.
type effect interface {
	// Name is part of the marker's key and never changes.
	Name() string
	Do(ctx context.Context, a *events.Alert) error
}

type handler struct {
	consumer consume.Consumer
	once     once.Runner
	effects  []effect
	hooks    []*endpoint // which are among the effects
	office   *office     // of reports; nil: no mail
	shelf    hooks
	metrics  *observe.Metrics
	now      func() time.Time
}

// Handle takes a batch of alerts and of webhooks to be tried again.
//
// Each effect of an alert happens once, as package once says; whatever happens
// to one of them, the others are not repeated. Where it could be repeated it is,
// since a callback told twice is a nuisance and one told never is a broken
// promise. A webhook repeated carries the same webhook-id, so receivers can
// tell. A receiver that does not take a webhook is asked again when its next
// attempt is due: the clock sends it back into this queue.
func (h *handler) Handle(ctx context.Context, ev lambdaevents.SQSEvent) (lambdaevents.SQSEventResponse, error) {
	var t tally
	out := h.consumer.SQS(ctx, ev, func(ctx context.Context, m events.Message, _ consume.Meta) error {
		return h.message(ctx, m, &t)
	})
	values := []observe.Value{
		{Name: "EffectsDone", Unit: observe.Count, N: t.done},
		{Name: "EffectsFailed", Unit: observe.Count, N: t.failed},
		{Name: "EffectsSpared", Unit: observe.Count, N: t.spared},
	}
	if len(h.hooks) > 0 {
		var failed, givenUp int64
		for _, e := range h.hooks {
			failed, givenUp = failed+e.failed.Swap(0), givenUp+e.givenUp.Swap(0)
		}
		values = append(values,
			observe.Value{Name: "WebhookAttemptsFailed", Unit: observe.Count, N: failed},
			observe.Value{Name: "WebhookGivenUp", Unit: observe.Count, N: givenUp})
	}
	h.metrics.Emit(values...)
	return out, nil
}

// tally counts the effects of a batch.
type tally struct{ done, failed, spared int64 }

func (t *tally) add(o once.Outcome) {
	switch o {
	case once.Happened:
		t.done++
	case once.Spared:
		t.spared++
	default:
		t.failed++
	}
}

func (h *handler) message(ctx context.Context, m events.Message, t *tally) error {
	if m.Type == events.TypeHook {
		return h.hook(ctx, m.Hook, t)
	}
	if m.Type != events.TypeAlert {
		return consume.Poison(fmt.Errorf("a message of type %s does not belong into this queue", m.Type))
	}
	if err := notice.Check(m.Alert); err != nil {
		return consume.Poison(err)
	}
	// Side by side: a receiver that does not answer must not delay the mail.
	effects, err := h.wanted(m.Alert)
	if err != nil {
		return err
	}
	outcomes := make([]once.Outcome, len(effects))
	failures := make([]error, len(effects))
	var wg sync.WaitGroup
	for i, e := range effects {
		wg.Go(func() {
			done, err := turn(ctx, e)
			if err != nil {
				failures[i] = err
				return
			}
			defer done()
			outcomes[i], failures[i] = h.once.Do(ctx, m.Alert.ID+"#"+e.Name(), func(ctx context.Context) error { return e.Do(ctx, m.Alert) })
		})
	}
	wg.Wait()
	for _, o := range outcomes {
		t.add(o)
	}
	return errors.Join(failures...)
}

// turn waits until e may begin: most at once, a letter when few others are in the
// making, for what it waits is not of its own time. Errors: consume.ErrDeadline
// where the invocation ends too soon for it, so that it comes with the next one.
func turn(ctx context.Context, e effect) (done func(), err error) {
	l, ok := e.(*letter)
	if !ok {
		return func() {}, nil
	}
	select {
	case l.turns <- struct{}{}:
	case <-ctx.Done():
		return nil, fmt.Errorf("effect %s: %w", l.name, consume.ErrDeadline)
	}
	if end, ok := ctx.Deadline(); ok && time.Until(end) < reserve {
		<-l.turns
		return nil, fmt.Errorf("effect %s: %w", l.name, consume.ErrDeadline)
	}
	return func() { <-l.turns }, nil
}

// wanted leaves out the endpoints that do not want to hear of such alerts. Of a
// report each recipient has a mail of their own.
func (h *handler) wanted(a *events.Alert) ([]effect, error) {
	about := a.Reason == events.ReportReady
	all := slices.DeleteFunc(slices.Clone(h.effects), func(e effect) bool {
		if _, ok := e.(*mail); ok {
			return about
		}
		hook, ok := e.(*endpoint)
		return ok && !hook.wants(a)
	})
	if !about || h.office == nil {
		return all, nil
	}
	letters, err := h.office.letters(a)
	return append(all, letters...), err
}

// hook makes the attempt that is due, once.
func (h *handler) hook(ctx context.Context, m *events.Hook, t *tally) error {
	if err := notice.Check(&m.Alert); err != nil {
		return consume.Poison(err)
	}
	i := slices.IndexFunc(h.hooks, func(e *endpoint) bool { return e.id == m.Endpoint })
	if i < 0 {
		return forget(ctx, h.shelf, m, h.now())
	}
	e := h.hooks[i]
	outcome, err := h.once.Do(ctx, e.retried(m.Alert.ID, m.Attempt), func(ctx context.Context) error {
		return e.again(ctx, m.Alert.ID, m.Attempt)
	})
	t.add(outcome)
	return err
}
