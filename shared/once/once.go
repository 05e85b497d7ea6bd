// Package once makes what is no conditional write, such as a mail, happen once:
// a marker is begun before it and finished after it.
package once

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"resonanz/shared/store"
)

const (
	// MarkTimeout bounds writing down what happened, even after the invocation's
	// own time is over.
	MarkTimeout = 3 * time.Second
	// leaseMargin is how much longer than the invocation a lease holds, so that
	// two workers never do the same effect at the same time. It has to cover the
	// difference between two clocks.
	leaseMargin = 5 * time.Second
	// leaseDefault is the lease where the invocation names no end.
	leaseDefault = time.Minute
)

// ErrElsewhere says that another worker is at it, or was and died.
var ErrElsewhere = errors.New("begun elsewhere and not finished: comes again when the lease has run out")

// Outcome is what became of one effect.
type Outcome int

// The outcomes.
const (
	Failed Outcome = iota
	Happened
	Spared // it had happened before
)

// Markers remember which effects happened; a store does.
type Markers interface {
	Begin(ctx context.Context, effect string, now time.Time, lease time.Duration) (store.OnceState, error)
	Finish(ctx context.Context, effect string, now time.Time) error
	Release(ctx context.Context, effect string) error
}

// Runner runs effects.
type Runner struct {
	Markers Markers
	Log     *slog.Logger
	Now     func() time.Time
	Timeout time.Duration // of one effect
}

// Do does the effect unless it happened before. An effect that failed is given
// back and comes with the next delivery; one that is finished is never repeated.
// A worker that dies before the effect leaves a lease that runs out: the effect
// happens once, later. The one window left is a worker that dies, or an answer
// that is lost, after the effect and before its marker is finished: then it is
// repeated, once for each such accident.
func (r *Runner) Do(ctx context.Context, effect string, do func(context.Context) error) (Outcome, error) {
	return r.DoKnowing(ctx, effect, func(ctx context.Context, _ bool) error { return do(ctx) })
}

// DoKnowing is Do of an effect that has to know whether it may have happened
// before: maybe says that another worker began it and died.
func (r *Runner) DoKnowing(ctx context.Context, effect string, do func(ctx context.Context, maybe bool) error) (Outcome, error) {
	state, err := r.Markers.Begin(ctx, effect, r.Now(), lease(ctx))
	switch {
	case err != nil:
		return Failed, err
	case state == store.Done:
		return Spared, nil
	case state == store.InProgress:
		return Failed, fmt.Errorf("effect %s: %w", effect, ErrElsewhere)
	}
	err = r.contain(ctx, func(ctx context.Context) error { return do(ctx, state == store.TakenOver) })
	mark, cancel := context.WithTimeout(context.WithoutCancel(ctx), MarkTimeout)
	defer cancel()
	if err != nil {
		if released := r.Markers.Release(mark, effect); released != nil {
			r.Log.WarnContext(ctx, "not given back, comes when the lease has run out", slog.String("effect", effect), slog.String("error", released.Error()))
		}
		return Failed, fmt.Errorf("effect %s: %w", effect, err)
	}
	err = r.Markers.Finish(mark, effect, r.Now())
	if err != nil { // a message that comes twice would repeat what is not written down
		err = r.Markers.Finish(mark, effect, r.Now())
	}
	if err != nil {
		// It did happen: failing the message would only invite a repetition.
		r.Log.ErrorContext(ctx, "done, but not written down", slog.String("effect", effect), slog.String("error", err.Error()))
	}
	return Happened, nil
}

// contain runs one effect within its time. A panic is an error like any other;
// its value could quote a customer and is not told.
func (r *Runner) contain(ctx context.Context, do func(context.Context) error) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("panicked with a %T", v)
		}
	}()
	ctx, cancel := context.WithTimeout(ctx, r.Timeout)
	defer cancel()
	return do(ctx)
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
