package main

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"time"

	"resonanz/events"
	"resonanz/shared/casefile"
	"resonanz/shared/store"
)

// settled is how long after a change of the configuration every function has it.
// Until then one that has not may take a complaint by the configuration before.
const settled = 15 * time.Minute

// since stands between the fingerprint of a configuration of which the open cases
// were told once, and when.
const since = " since "

// sweep tells of every open case when the configuration is not the one by which
// the deadlines of all were worked out: once as soon as it changes, and once more
// when every function has it. What was told is noted when all of it was taken by
// the queue; else the next minute tells it again.
func (h *handler) sweep(ctx context.Context, now time.Time, out *outgoing) error {
	was, err := h.applied.Applied(ctx)
	if err != nil || was == h.print {
		return err
	}
	will := h.print + since + now.Format(time.RFC3339)
	if print, at, again := strings.Cut(was, since); again && print == h.print {
		switch first, err := time.Parse(time.RFC3339, at); {
		case err == nil && now.Before(first.Add(settled)):
			return nil
		case err == nil:
			will = h.print
		}
	}
	cases := 0
	err = h.due.OpenCases(ctx, func(d casefile.Due) error {
		if late(ctx) {
			return errOutOfTime
		}
		cases++
		return out.add(ctx, h.escalation, events.Message{Version: events.Version, Type: events.TypeDeadline, Deadline: deadline(d, h.print)})
	})
	if err != nil && !errors.Is(err, store.ErrInvalid) { // a line that nobody can read would be told of for ever
		return err
	}
	if out.flush(ctx); out.failed() {
		return err // what failed the run tells at its end
	}
	h.log.InfoContext(ctx, "the configuration has changed: told of every open case", slog.Int("cases", cases), slog.String("fingerprint", h.print), slog.Bool("again", will == h.print))
	return errors.Join(err, h.applied.SetApplied(ctx, will))
}
