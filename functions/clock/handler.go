package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"resonanz/events"
	"resonanz/shared/casefile"
	"resonanz/shared/observe"
	"resonanz/shared/outbox"
)

const (
	// batch is how many deadlines are collected before they are sent.
	batch = 100
	// reserve is the time left of an invocation at which the clock stops
	// looking: the next minute goes on.
	reserve = 5 * time.Second
)

// dueIndex lists the cases whose next clock action has come.
type dueIndex interface {
	Due(ctx context.Context, until time.Time, each func(casefile.Due) error) error
}

// queue sends messages and says for each whether it was taken.
type queue interface {
	Send(ctx context.Context, queueURL string, messages []outbox.Message) []error
}

type handler struct {
	due     dueIndex
	queue   queue
	url     string
	log     *slog.Logger
	metrics *observe.Metrics
	now     func() time.Time
}

// Tick is what the schedule sends. Its content is of no interest: the time is.
type Tick struct {
	Schedule string `json:"schedule"`
}

// errOutOfTime ends the reading of the index early.
var errOutOfTime = errors.New("the invocation is about to end")

// Handle sends a Deadline for every case whose time has come. A case stays due
// until escalation has moved it, so a minute that is missed, repeated or cut
// short loses nothing, and a Deadline sent twice moves a case once.
func (h *handler) Handle(ctx context.Context, _ Tick) error {
	now := h.now().UTC().Truncate(time.Millisecond)
	var pending []outbox.Message
	var sent, failed int64
	var failure error
	flush := func() {
		for _, err := range h.queue.Send(ctx, h.url, pending) {
			if err != nil {
				failed++
				failure = err
				continue
			}
			sent++
		}
		pending = pending[:0]
	}
	err := h.due.Due(ctx, now, func(d casefile.Due) error {
		if end, ok := ctx.Deadline(); ok && time.Until(end) < reserve {
			return errOutOfTime
		}
		body, err := json.Marshal(events.Message{
			Version: events.Version, Type: events.TypeDeadline,
			Deadline: &events.Deadline{Case: string(d.Case), Step: d.Step, DueAt: d.NextAt.UTC()},
		})
		if err != nil {
			return fmt.Errorf("wording a deadline of case %s: %w", d.Case, err)
		}
		if pending = append(pending, outbox.Message{Body: string(body)}); len(pending) == batch {
			flush()
		}
		return nil
	})
	if len(pending) > 0 {
		flush()
	}
	h.metrics.Emit(
		observe.Value{Name: "DeadlinesSent", Unit: observe.Count, N: sent},
		observe.Value{Name: "DeadlinesFailed", Unit: observe.Count, N: failed},
	)
	if errors.Is(err, errOutOfTime) {
		h.log.WarnContext(ctx, "stopped early, the next minute goes on", slog.Int64("sent", sent))
		err = nil
	}
	if err != nil {
		return fmt.Errorf("looking for deadlines: %w", err)
	}
	if failure != nil {
		return fmt.Errorf("telling of %d deadlines: %w", failed, failure)
	}
	return nil
}
