package main

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"resonanz/shared/observe"
	"resonanz/shared/retention"
)

// margin is how long before its time ends the function begins no other month:
// longer than one takes.
const margin = 2 * time.Minute

// sweeper is a retention.Sweeper.
type sweeper interface {
	Sweep(ctx context.Context, now time.Time, more func() bool) (retention.Done, error)
}

type handler struct {
	sweeper sweeper
	log     *slog.Logger
	metrics *observe.Metrics
	now     func() time.Time
}

// Tick is what the schedule sends. Its content is of no interest: the time is.
type Tick struct {
	Schedule string `json:"schedule"`
}

// Handle takes out what has expired. What there was no time for is done the next
// night, where it goes on. An error makes an alarm ring: something personal is kept
// for longer than was promised.
func (h *handler) Handle(ctx context.Context, _ Tick) error {
	start := h.now().UTC()
	done, err := h.sweeper.Sweep(ctx, start, func() bool {
		end, limited := ctx.Deadline()
		return !limited || h.now().Before(end.Add(-margin))
	})
	h.metrics.Emit(
		observe.Value{Name: "SweptEvents", Unit: observe.Count, N: int64(done.Events)},
		observe.Value{Name: "SweptAddresses", Unit: observe.Count, N: int64(done.Addresses)},
		observe.Value{Name: "SweptCases", Unit: observe.Count, N: int64(done.Cases)},
		observe.Value{Name: "SweptFiles", Unit: observe.Count, N: int64(done.Files)},
		observe.Value{Name: "SweptAgain", Unit: observe.Count, N: int64(done.Again)},
		observe.Value{Name: "SweepHeldBack", Unit: observe.Count, N: int64(done.HeldBack)},
		observe.Value{Name: "SweepLeft", Unit: observe.Count, N: int64(done.Left)},
		observe.Value{Name: "SweepTime", Unit: observe.Milliseconds, N: h.now().Sub(start).Milliseconds()},
	)
	h.log.InfoContext(ctx, "swept", slog.Int("months", done.Months), slog.Int("months_of_cases", done.Ended),
		slog.Int("events", done.Events), slog.Int("addresses", done.Addresses), slog.Int("lines", done.Lines), slog.Int("cases", done.Cases),
		slog.Int("files", done.Files), slog.Int("again", done.Again), slog.Int("held_back", done.HeldBack), slog.Int("left", done.Left))
	if err != nil {
		return fmt.Errorf("sweeping: %w", err)
	}
	return nil
}
