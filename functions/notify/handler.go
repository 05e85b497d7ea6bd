package main

import (
	"context"
	"errors"
	"fmt"
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
	// and their markers. An alert is not begun with less.
	reserve = effectTimeout + once.MarkTimeout
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
	metrics  *observe.Metrics
}

// Handle takes a batch of alerts.
//
// Each effect of an alert happens once, as package once says; whatever happens
// to one of them, the others are not repeated. Where it could be repeated it is,
// since a callback told twice is a nuisance and one told never is a broken
// promise. A webhook repeated carries the same webhook-id, so receivers can
// tell.
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
	if m.Type != events.TypeAlert {
		return consume.Poison(fmt.Errorf("a message of type %s does not belong into this queue", m.Type))
	}
	if err := notice.Check(m.Alert); err != nil {
		return consume.Poison(err)
	}
	// Side by side: a receiver that does not answer must not delay the mail.
	outcomes := make([]once.Outcome, len(h.effects))
	failures := make([]error, len(h.effects))
	var wg sync.WaitGroup
	for i, e := range h.effects {
		wg.Go(func() {
			outcomes[i], failures[i] = h.once.Do(ctx, m.Alert.ID+"#"+e.Name(), func(ctx context.Context) error { return e.Do(ctx, m.Alert) })
		})
	}
	wg.Wait()
	for _, o := range outcomes {
		t.add(o)
	}
	return errors.Join(failures...)
}
