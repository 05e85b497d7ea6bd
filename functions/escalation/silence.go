package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"resonanz/events"
	"resonanz/shared/casefile"
	"resonanz/shared/consume"
	"resonanz/shared/escalate"
	"resonanz/shared/feedback"
	"resonanz/shared/store"
)

// again is how long a gap is left alone before it is looked whether the device
// was heard of meanwhile.
const again = 5 * time.Minute

// devices keeps when devices were heard of.
type devices interface {
	LastBeat(context.Context, feedback.Device) (*store.Beat, error)
	Watch(context.Context, store.Beat) error
	PutGap(context.Context, store.Gap) error
}

// watched says when a device that was last heard of at last counts as silent,
// by the configuration of today; zero: it is not watched, or not any more.
type watched func(d feedback.Device, last time.Time) time.Time

// silence deals with a device that was silent when the clock looked: it opens
// the case of the gap, once, and closes it when the device was heard of again.
//
// A beat is one write that knows nothing of cases. So a gap is kept beside it
// and comes again every few minutes until it is over; the beat itself leaves the
// clock's list until the device is heard of. Every step may be repeated: a
// message delivered again, or a worker that died between two writes, ends with
// the same case.
func (h *handler) silence(ctx context.Context, s *events.Silence) error {
	if _, err := feedback.ParseDevice(string(s.Device)); err != nil || s.LastAt.IsZero() || s.DueAt.IsZero() {
		return consume.Poison(errors.New("reading a silence: device or time is missing"))
	}
	if err := h.look(ctx, s); err != nil {
		return fmt.Errorf("looking after device %s: %w", s.Device, err)
	}
	return nil
}

func (h *handler) look(ctx context.Context, s *events.Silence) error {
	beat, err := h.devices.LastBeat(ctx, s.Device)
	if errors.Is(err, store.ErrNotFound) {
		return h.ended(ctx, s)
	}
	if err != nil {
		return err
	}
	if beat.At.After(s.LastAt) {
		return h.ended(ctx, s)
	}
	switch due := h.watched(s.Device, beat.At); {
	case due.IsZero():
		if err := h.ended(ctx, s); err != nil {
			return err
		}
		return h.leave(ctx, beat, time.Time{})
	case due.After(h.instant()): // its hours have changed meanwhile
		if err := h.ended(ctx, s); err != nil {
			return err
		}
		return h.leave(ctx, beat, due)
	}
	c, err := h.opened(ctx, s)
	if err != nil {
		return err
	}
	gap := store.Gap{Device: s.Device, Touchpoint: s.Touchpoint, LastAt: s.LastAt, SilentAt: s.DueAt, Now: h.instant()}
	if !c.Status.Ended() {
		gap.NextAt = h.instant().Add(again)
	}
	if err := h.devices.PutGap(ctx, gap); err != nil {
		return err
	}
	return h.leave(ctx, beat, casefile.NoAction)
}

// leave puts off when the clock looks at the device; a beat that came meanwhile
// knows better.
func (h *handler) leave(ctx context.Context, beat *store.Beat, until time.Time) error {
	if beat.DueAt.Equal(until) {
		return nil
	}
	b := *beat
	b.DueAt = until
	if err := h.devices.Watch(ctx, b); err != nil && !errors.Is(err, store.ErrVersion) {
		return err
	}
	return nil
}

// opened is the case of the silence, which is opened unless it was.
func (h *handler) opened(ctx context.Context, s *events.Silence) (*casefile.Case, error) {
	have, n, err := h.gap(ctx, s)
	if err != nil || have != nil {
		return have, err
	}
	c, e := escalate.Silent(s, h.instant(), h.rules)
	c.Number = n
	have, err = h.open(ctx, &c, &e)
	if err == nil && have.Subject != c.Subject { // another case took the number meanwhile
		err = givingWay(store.ErrExists)
	}
	return have, err
}

// ended closes the case of the silence, if there is one, and forgets its gap.
func (h *handler) ended(ctx context.Context, s *events.Silence) error {
	have, n, err := h.gap(ctx, s)
	if err != nil || have == nil {
		return err
	}
	_, err = h.update(ctx, n, func(c casefile.Case) (casefile.Case, []casefile.Entry, bool) {
		c, e, moved := escalate.GapEnded(c, h.instant())
		return c, []casefile.Entry{e}, moved
	})
	if err != nil {
		return err
	}
	return h.devices.PutGap(ctx, store.Gap{Device: s.Device, Touchpoint: s.Touchpoint, LastAt: s.LastAt, SilentAt: s.DueAt, Now: h.instant()})
}

// gap reads the case of the silence; nil: there is none, and n is its number.
func (h *handler) gap(ctx context.Context, s *events.Silence) (c *casefile.Case, n casefile.Number, err error) {
	for attempt := 0; ; attempt++ {
		n = escalate.GapNumber(s, attempt)
		c, err = h.cases.GetCase(ctx, n)
		switch {
		case errors.Is(err, store.ErrNotFound):
			return nil, n, nil
		case err != nil:
			return nil, n, err
		case c.Subject == escalate.GapSubject(s):
			return c, n, nil
		}
	}
}
