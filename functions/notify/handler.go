package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	lambdaevents "github.com/aws/aws-lambda-go/events"

	"resonanz/events"
	"resonanz/shared/consume"
	"resonanz/shared/notice"
	"resonanz/shared/observe"
	"resonanz/shared/store"
)

const (
	// effectTimeout bounds one effect. The receiver of a webhook has this long
	// to answer.
	effectTimeout = 5 * time.Second
	// reserve is the time an alert may need: its effects, which run side by side,
	// and their markers. An alert is not begun with less.
	reserve = effectTimeout + markTimeout
	// leaseMargin is how much longer than the invocation a lease holds, so that
	// two workers never do the same effect at the same time. It has to cover the
	// difference between two clocks.
	leaseMargin = 5 * time.Second
	// leaseDefault is the lease where the invocation names no end.
	leaseDefault = time.Minute
	// markTimeout bounds writing down what happened, even after the invocation's
	// own time is over.
	markTimeout = 3 * time.Second
)

// markers remember which effects happened.
type markers interface {
	Begin(ctx context.Context, effect string, now time.Time, lease time.Duration) (store.OnceState, error)
	Finish(ctx context.Context, effect string, now time.Time) error
	Release(ctx context.Context, effect string) error
}

// effect is one way of telling. Do tells of a; an error means that it did not
// happen, or that nobody can know.
type effect interface {
	// Name is part of the marker's key and never changes.
	Name() string
	Do(ctx context.Context, a *events.Alert) error
}

type handler struct {
	consumer consume.Consumer
	markers  markers
	effects  []effect
	log      *slog.Logger
	metrics  *observe.Metrics
	now      func() time.Time
}

// Handle takes a batch of alerts.
//
// Each effect of an alert has a marker: begun before it, finished after it. An
// effect that failed is given back and comes with the next delivery; one that
// is finished is never repeated, whatever happens to the others. A worker that
// dies before the effect leaves a lease that runs out: the effect happens once,
// later. The one window left is a worker that dies, or an answer that is lost,
// after the effect and before Finish: then it is repeated, once for each such
// accident, since a callback told twice is a nuisance and one told never is a
// broken promise. A webhook repeated carries the same webhook-id, so receivers
// can tell.
func (h *handler) Handle(ctx context.Context, ev lambdaevents.SQSEvent) (lambdaevents.SQSEventResponse, error) {
	var t tally
	out := h.consumer.SQS(ctx, ev, func(ctx context.Context, m events.Message, _ consume.Meta) error {
		return h.message(ctx, m, &t)
	})
	h.metrics.Emit(
		observe.Value{Name: "EffectsDone", Unit: observe.Count, N: t.done},
		observe.Value{Name: "EffectsFailed", Unit: observe.Count, N: t.failed},
		observe.Value{Name: "EffectsSpared", Unit: observe.Count, N: t.spared},
	)
	return out, nil
}

// outcome is what became of one effect.
type outcome int

const (
	failed outcome = iota
	done
	spared // it had happened before
)

// tally counts the effects of a batch.
type tally struct{ done, failed, spared int64 }

func (t *tally) add(o outcome) {
	switch o {
	case done:
		t.done++
	case spared:
		t.spared++
	default:
		t.failed++
	}
}

func (h *handler) message(ctx context.Context, m events.Message, t *tally) error {
	if m.Type != events.TypeAlert {
		return consume.Poison(fmt.Errorf("a message of type %s does not belong into this queue", m.Type))
	}
	if err := notice.Check(m.Alert); err != nil {
		return consume.Poison(err)
	}
	// Side by side: a receiver that does not answer must not delay the mail.
	outcomes := make([]outcome, len(h.effects))
	failures := make([]error, len(h.effects))
	var wg sync.WaitGroup
	for i, e := range h.effects {
		wg.Go(func() { outcomes[i], failures[i] = h.once(ctx, e, m.Alert) })
	}
	wg.Wait()
	for _, o := range outcomes {
		t.add(o)
	}
	return errors.Join(failures...)
}

// errElsewhere says that another worker is at it, or was and died.
var errElsewhere = errors.New("begun elsewhere and not finished: comes again when the lease has run out")

// once does e for a unless it happened before.
func (h *handler) once(ctx context.Context, e effect, a *events.Alert) (outcome, error) {
	id := a.ID + "#" + e.Name()
	state, err := h.markers.Begin(ctx, id, h.now(), lease(ctx))
	switch {
	case err != nil:
		return failed, err
	case state == store.Done:
		return spared, nil
	case state == store.InProgress:
		return failed, fmt.Errorf("effect %s: %w", id, errElsewhere)
	}
	err = do(ctx, e, a)
	mark, cancel := context.WithTimeout(context.WithoutCancel(ctx), markTimeout)
	defer cancel()
	if err != nil {
		if released := h.markers.Release(mark, id); released != nil {
			h.log.WarnContext(ctx, "not given back, comes when the lease has run out", slog.String("effect", id), slog.String("error", released.Error()))
		}
		return failed, fmt.Errorf("effect %s: %w", id, err)
	}
	if err := h.markers.Finish(mark, id, h.now()); err != nil {
		// It did happen: failing the message would only invite a repetition.
		h.log.ErrorContext(ctx, "done, but not written down", slog.String("effect", id), slog.String("error", err.Error()))
	}
	return done, nil
}

// do runs one effect within its time. A panic is an error like any other; its
// value could quote a customer and is not told.
func do(ctx context.Context, e effect, a *events.Alert) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("panicked with a %T", v)
		}
	}()
	ctx, cancel := context.WithTimeout(ctx, effectTimeout)
	defer cancel()
	return e.Do(ctx, a)
}

// lease lasts longer than the invocation, and shorter than the queue hides a
// message (six times the function's timeout).
func lease(ctx context.Context) time.Duration {
	end, ok := ctx.Deadline()
	if !ok {
		return leaseDefault
	}
	return max(time.Until(end), 0) + leaseMargin
}
