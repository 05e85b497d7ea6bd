package main

import (
	"context"
	"errors"
	"fmt"

	"resonanz/events"
	"resonanz/shared/casefile"
	"resonanz/shared/consume"
	"resonanz/shared/escalate"
	"resonanz/shared/lifecycle"
	"resonanz/shared/observe"
	"resonanz/shared/store"
)

const (
	// maxTicks bounds how many levels of deadlines one message tells of, when the
	// clock is late: the next minute goes on.
	maxTicks = 20
	// waits is how many deliveries of a message that names another configuration
	// are put off: until this function has it too. Then that of this function
	// counts: the other was taken back.
	waits = 3
)

// errOtherPrint says that the clock has another configuration than this function.
var errOtherPrint = errors.New("the clock has another configuration: one of them is not deployed yet")

// deadline lets the clock act on a case: the levels of its deadlines that have
// passed, those of a configuration that has changed first. A message that is out
// of date, or delivered again, moves nothing.
func (h *handler) deadline(ctx context.Context, d *events.Deadline, attempt int) error {
	n, err := casefile.ParseNumber(d.Case)
	if err != nil {
		return consume.Poison(fmt.Errorf("reading a deadline: %w", err))
	}
	if d.Print != "" && d.Print != h.print && attempt <= waits {
		return fmt.Errorf("reading a deadline: %w", errOtherPrint)
	}
	c, err := h.update(ctx, n, func(c casefile.Case) (casefile.Case, []casefile.Entry, bool) { return h.pass(c, d) })
	switch {
	case errors.Is(err, store.ErrNotFound):
		return consume.Poison(fmt.Errorf("reading a deadline: %w", err))
	case err != nil:
		return err
	case d.Print != "":
		return h.cases.Relist(ctx, n) // if nothing has moved, nothing was written
	}
	if !c.NextAt.IsZero() && !c.NextAt.After(h.instant()) { // every minute again: somebody has to look
		h.metrics.Emit(observe.Value{Name: "DeadlinesLeft", Unit: observe.Count, N: 1})
	}
	if c.Handling.Clock == nil {
		return nil
	}
	return h.compareOthers(ctx, c)
}

// pass is what the clock does to a case now. Complaints have a clock of their
// own, or get one; of the others only the deadline that was looked at counts.
func (h *handler) pass(c casefile.Case, d *events.Deadline) (casefile.Case, []casefile.Entry, bool) {
	if c.Handling.Clock == nil && (c.Family != casefile.Complaint || c.Status == casefile.Draft) {
		if d.Print != "" {
			return c, nil, false // no configuration moves it
		}
		c, e, moved := escalate.Missed(c, *d, h.instant(), h.rules)
		return c, []casefile.Entry{e}, moved
	}
	var all []casefile.Entry
	now := h.instant()
	c, entries, moved := lifecycle.Retime(c, now, h.lifecycle)
	for ticks := 0; ; ticks++ {
		if moved {
			all = append(all, entries...)
		} else if ticks > 0 {
			break
		}
		if ticks == maxTicks {
			break
		}
		c, entries, moved = lifecycle.Tick(c, now, h.lifecycle)
	}
	return c, all, len(all) > 0
}
