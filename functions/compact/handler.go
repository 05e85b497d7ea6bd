package main

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"resonanz/shared/compact"
	"resonanz/shared/observe"
)

// margin is how long before its time ends the function begins no other merge:
// longer than one takes.
const margin = 2 * time.Minute

type handler struct {
	files   compact.Bucket
	limits  compact.Limits
	log     *slog.Logger
	metrics *observe.Metrics
	now     func() time.Time
}

// Tick is what the schedule sends.
type Tick struct {
	Schedule string `json:"schedule"`
	// All: merge what came in lately as well, on demand.
	All bool `json:"all"`
}

// Handle compacts the facts that are some days old, or all. A file that cannot be read stays where it is and is
// told; what there was no time for is done the next night. An error makes the
// schedule try again.
func (h *handler) Handle(ctx context.Context, tick Tick) error {
	start := h.now()
	limits := h.limits
	if !tick.All {
		limits.Settled = start.Add(-compact.Young)
	}
	done, err := compact.All(ctx, h.files, limits, func() bool {
		end, limited := ctx.Deadline()
		return !limited || h.now().Before(end.Add(-margin))
	})
	h.metrics.Emit(
		observe.Value{Name: "FactFilesMerged", Unit: observe.Count, N: int64(done.Merged)},
		observe.Value{Name: "FactFilesWritten", Unit: observe.Count, N: int64(done.Written)},
		observe.Value{Name: "FactFilesUnreadable", Unit: observe.Count, N: int64(len(done.Unreadable))},
		observe.Value{Name: "CompactionTime", Unit: observe.Milliseconds, N: h.now().Sub(start).Milliseconds()},
	)
	for _, key := range done.Unreadable {
		h.log.ErrorContext(ctx, "facts not readable", slog.String("object", key))
	}
	h.log.InfoContext(ctx, "facts compacted", slog.Int("partitions", done.Partitions), slog.Int("merged", done.Merged),
		slog.Int("written", done.Written), slog.Int64("bytes", done.Bytes), slog.Int("left", done.Left))
	if err != nil {
		return fmt.Errorf("compacting: %w", err)
	}
	return nil
}
