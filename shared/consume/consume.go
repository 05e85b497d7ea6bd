// Package consume runs a function's handler over the records of a batch so that
// one bad record neither blocks nor repeats the others: what failed is reported
// alone, what can never succeed goes to the dead-letter queue with its reason,
// and a panic stays inside its record.
package consume

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime"
	"runtime/debug"
	"time"
)

// Sender sends one message; outbox.Queues does.
type Sender interface {
	Send(ctx context.Context, queueURL, body string, attributes map[string]string) error
}

// Consumer holds what every batch needs. Records are handled one after the
// other, in the order they came.
type Consumer struct {
	Log    *slog.Logger // nil: slog.Default
	Sender Sender
	DLQ    string // URL of the dead-letter queue; empty: poison is reported failed until the queue gives up
	// Reserve is the time that must be left before the invocation ends for
	// another record to be started; the rest is reported failed. 0: one second.
	Reserve time.Duration
}

// ErrDeadline is why a record was not started: too little time was left.
var ErrDeadline = errors.New("not started: the invocation is about to end")

// poison marks an error that no retry can mend.
type poison struct{ error }

func (p poison) Unwrap() error { return p.error }

// Poison marks err as one that no retry can mend: the record is sent to the
// dead-letter queue with the error's text as its reason, and acknowledged. The
// text must hold nothing personal.
func Poison(err error) error {
	if err == nil {
		return nil
	}
	return poison{err}
}

// IsPoison reports whether err was marked by Poison.
func IsPoison(err error) bool {
	var p poison
	return errors.As(err, &p)
}

func (c *Consumer) log() *slog.Logger {
	if c.Log == nil {
		return slog.Default()
	}
	return c.Log
}

func (c *Consumer) late(ctx context.Context) bool {
	if ctx.Err() != nil {
		return true
	}
	reserve := c.Reserve
	if reserve == 0 {
		reserve = time.Second
	}
	end, ok := ctx.Deadline()
	return ok && time.Until(end) < reserve
}

// errPanic marks what contain made of a panic.
var errPanic = errors.New("handler panicked")

// contain runs f and turns a panic into an error. The panic's value is told
// only where the runtime made it: any other could quote a customer.
func (c *Consumer) contain(ctx context.Context, f func() error) (err error) {
	defer func() {
		v := recover()
		if v == nil {
			return
		}
		err = fmt.Errorf("%w with a %T", errPanic, v)
		if e, ok := v.(runtime.Error); ok {
			err = fmt.Errorf("%w: %w", errPanic, e)
		}
		c.log().ErrorContext(ctx, "panic contained", slog.String("error", err.Error()), slog.String("stack", string(debug.Stack())))
	}()
	return f()
}

// failable is what deliveries and changes have in common.
type failable interface {
	Fail(error)
	failure() error
}

// together runs handle over a whole batch. Where it panics, each record is
// handled alone, in order, so that only the one at fault fails; inOrder stops at
// the first that does.
func together[R failable](ctx context.Context, c *Consumer, batch []R, inOrder bool, handle func(context.Context, []R) error) {
	err := ErrDeadline
	if !c.late(ctx) {
		err = c.contain(ctx, func() error { return handle(ctx, batch) })
	}
	if !errors.Is(err, errPanic) || len(batch) == 1 {
		failRest(batch, err)
		return
	}
	for i, r := range batch {
		r.Fail(nil)
		if c.late(ctx) {
			failRest(batch[i:], ErrDeadline)
			return
		}
		failRest(batch[i:i+1], c.contain(ctx, func() error { return handle(ctx, batch[i:i+1]) }))
		if err := r.failure(); inOrder && err != nil && !IsPoison(err) {
			return
		}
	}
}

// failRest fails with err, when there is one, every record that has not failed.
func failRest[R failable](batch []R, err error) {
	for _, r := range batch {
		if err != nil && r.failure() == nil {
			r.Fail(err)
		}
	}
}
