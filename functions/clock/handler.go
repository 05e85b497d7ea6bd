package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"resonanz/events"
	"resonanz/shared/casefile"
	"resonanz/shared/observe"
	"resonanz/shared/outbox"
	"resonanz/shared/store"
)

// reserve is the time left of an invocation at which the clock stops looking:
// the next minute goes on.
const reserve = 5 * time.Second

// dueIndex lists what has come due: deadlines of cases, devices that were not
// heard of, reminders to customers, webhooks to be tried again. And all that may
// come due: the open cases.
type dueIndex interface {
	Due(ctx context.Context, until time.Time, each func(store.Due) error) error
	OpenCases(ctx context.Context, each func(casefile.Due) error) error
}

// applied keeps how far the present configuration has been told of.
type applied interface {
	Applied(context.Context) (string, error)
	SetApplied(context.Context, string) error
}

// queue sends messages and says for each whether it was taken.
type queue interface {
	Send(ctx context.Context, queueURL string, messages []outbox.Message) []error
}

type handler struct {
	due        dueIndex
	applied    applied
	queue      queue
	escalation string // URL: deadlines and silences
	mail       string // URL: reminders
	notify     string // URL: webhooks
	print      string // fingerprint of the configuration that deadlines are worked out by
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
// silent devices, the mail queue of reminders, the notify queue of webhooks. Then
// it tells escalation of every open case if the configuration has changed. What
// is due stays due until who was told has dealt with it, so a minute that is
// missed, repeated or cut short loses nothing, and what is told twice happens
// once.
func (h *handler) Handle(ctx context.Context, _ Tick) error {
	now := h.now().UTC().Truncate(time.Millisecond)
	out := newOutgoing(h.queue)
	looking := h.look(ctx, now, out)
	if looking == nil || errors.Is(looking, store.ErrInvalid) { // a line that nobody can read holds up nothing
		looking = errors.Join(looking, h.sweep(ctx, now, out))
	}
	out.flush(ctx)
	told := out.tally
	h.metrics.Emit(
		observe.Value{Name: "DeadlinesSent", Unit: observe.Count, N: told.sent[events.TypeDeadline]},
		observe.Value{Name: "SilencesSent", Unit: observe.Count, N: told.sent[events.TypeSilence]},
		observe.Value{Name: "RemindersSent", Unit: observe.Count, N: told.sent[events.TypeInvite]},
		observe.Value{Name: "HooksSent", Unit: observe.Count, N: told.sent[events.TypeHook]},
		observe.Value{Name: "DeadlinesFailed", Unit: observe.Count, N: told.failed},
	)
	if errors.Is(looking, errOutOfTime) {
		h.log.WarnContext(ctx, "stopped early, the next minute goes on", slog.Int64("sent", told.sent[events.TypeDeadline]))
		looking = nil
	}
	if looking != nil {
		return fmt.Errorf("looking for what is due: %w", looking)
	}
	if told.failure != nil {
		return fmt.Errorf("telling of what is due, %d messages failed: %w", told.failed, told.failure)
	}
	return nil
}

// look tells of what has come due.
func (h *handler) look(ctx context.Context, now time.Time, out *outgoing) error {
	return h.due.Due(ctx, now, func(d store.Due) error {
		if late(ctx) {
			return errOutOfTime
		}
		m, to := events.Message{Version: events.Version}, h.escalation
		switch {
		case d.Case != nil:
			m.Type, m.Deadline = events.TypeDeadline, deadline(*d.Case, "")
		case d.Silence != nil:
			m.Type, m.Silence = events.TypeSilence, d.Silence
		case d.Invite != nil:
			m.Type, m.Invite, to = events.TypeInvite, d.Invite, h.mail
		case d.Hook != nil:
			m.Type, m.Hook, to = events.TypeHook, d.Hook, h.notify
		default:
			return nil
		}
		return out.add(ctx, to, m)
	})
}

func deadline(d casefile.Due, print string) *events.Deadline {
	return &events.Deadline{Case: string(d.Case), Step: d.Step, DueAt: d.NextAt.UTC(), Print: print}
}

// late reports whether too little time is left to go on.
func late(ctx context.Context) bool {
	end, ok := ctx.Deadline()
	return ok && time.Until(end) < reserve
}
