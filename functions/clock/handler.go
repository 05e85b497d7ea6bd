package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"resonanz/events"
	"resonanz/shared/observe"
	"resonanz/shared/outbox"
	"resonanz/shared/store"
)

const (
	// batch is how many messages to one queue are collected before they are sent.
	batch = 100
	// reserve is the time left of an invocation at which the clock stops
	// looking: the next minute goes on.
	reserve = 5 * time.Second
)

// dueIndex lists what has come due: deadlines of cases, devices that were not
// heard of, reminders to customers.
type dueIndex interface {
	Due(ctx context.Context, until time.Time, each func(store.Due) error) error
}

// queue sends messages and says for each whether it was taken.
type queue interface {
	Send(ctx context.Context, queueURL string, messages []outbox.Message) []error
}

type handler struct {
	due        dueIndex
	queue      queue
	escalation string // URL: deadlines and silences
	mail       string // URL: reminders
	log        *slog.Logger
	metrics    *observe.Metrics
	now        func() time.Time
}

// Tick is what the schedule sends. Its content is of no interest: the time is.
type Tick struct {
	Schedule string `json:"schedule"`
}

// errOutOfTime ends the reading of the index early.
var errOutOfTime = errors.New("the invocation is about to end")

// Handle tells of everything whose time has come: escalation of deadlines and
// silent devices, the mail queue of reminders. What is due stays due until who
// was told has dealt with it, so a minute that is missed, repeated or cut short
// loses nothing, and what is told twice happens once.
func (h *handler) Handle(ctx context.Context, _ Tick) error {
	now := h.now().UTC().Truncate(time.Millisecond)
	escalation, mail := &outgoing{handler: h, url: h.escalation}, &outgoing{handler: h, url: h.mail}
	err := h.due.Due(ctx, now, func(d store.Due) error {
		if end, ok := ctx.Deadline(); ok && time.Until(end) < reserve {
			return errOutOfTime
		}
		m, to := events.Message{Version: events.Version}, escalation
		switch {
		case d.Case != nil:
			m.Type, m.Deadline = events.TypeDeadline, &events.Deadline{Case: string(d.Case.Case), Step: d.Case.Step, DueAt: d.Case.NextAt.UTC()}
		case d.Silence != nil:
			m.Type, m.Silence = events.TypeSilence, d.Silence
		case d.Invite != nil:
			m.Type, m.Invite, to = events.TypeInvite, d.Invite, mail
		default:
			return nil
		}
		return to.add(ctx, m)
	})
	escalation.flush(ctx)
	mail.flush(ctx)
	told := map[events.Type]int64{}
	var failed, sent int64
	for _, o := range []*outgoing{escalation, mail} {
		failed += o.failed
		for t, n := range o.sent {
			told[t] += n
			sent += n
		}
	}
	h.metrics.Emit(
		observe.Value{Name: "DeadlinesSent", Unit: observe.Count, N: told[events.TypeDeadline]},
		observe.Value{Name: "SilencesSent", Unit: observe.Count, N: told[events.TypeSilence]},
		observe.Value{Name: "RemindersSent", Unit: observe.Count, N: told[events.TypeInvite]},
		observe.Value{Name: "DeadlinesFailed", Unit: observe.Count, N: failed},
	)
	if errors.Is(err, errOutOfTime) {
		h.log.WarnContext(ctx, "stopped early, the next minute goes on", slog.Int64("sent", sent))
		err = nil
	}
	if err != nil {
		return fmt.Errorf("looking for what is due: %w", err)
	}
	if failure := errors.Join(escalation.failure, mail.failure); failure != nil {
		return fmt.Errorf("telling of what is due, %d messages failed: %w", failed, failure)
	}
	return nil
}

// outgoing collects the messages to one queue.
type outgoing struct {
	handler *handler
	url     string
	pending []outbox.Message
	types   []events.Type // of pending
	sent    map[events.Type]int64
	failed  int64
	failure error // the last
}

func (o *outgoing) add(ctx context.Context, m events.Message) error {
	body, err := json.Marshal(m)
	if err != nil {
		return fmt.Errorf("wording a message of type %s: %w", m.Type, err)
	}
	o.pending, o.types = append(o.pending, outbox.Message{Body: string(body)}), append(o.types, m.Type)
	if len(o.pending) == batch {
		o.flush(ctx)
	}
	return nil
}

func (o *outgoing) flush(ctx context.Context) {
	if len(o.pending) == 0 {
		return
	}
	if o.sent == nil {
		o.sent = make(map[events.Type]int64)
	}
	for i, err := range o.handler.queue.Send(ctx, o.url, o.pending) {
		if err != nil {
			o.failed++
			o.failure = err
			continue
		}
		o.sent[o.types[i]]++
	}
	o.pending, o.types = o.pending[:0], o.types[:0]
}
