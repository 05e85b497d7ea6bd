package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"

	"resonanz/events"
	"resonanz/shared/casefile"
	"resonanz/shared/consume"
	"resonanz/shared/escalate"
	"resonanz/shared/store"
)

// maxPages bounds how many pages of open cases are looked through for critical
// ones of a category.
const maxPages = 50

// signal opens the case of figures that ask for attention, once, and begins a
// crisis where one more spike makes one. Every step may be repeated: a message
// delivered again, or a worker that died between two writes, ends with the same
// cases.
func (h *handler) signal(ctx context.Context, s *events.Signal) error {
	if err := escalate.CheckSignal(s); err != nil {
		return consume.Poison(fmt.Errorf("reading a signal: %w", err))
	}
	c, err := h.alarm(ctx, s)
	if err != nil {
		return fmt.Errorf("opening the case of a signal: %w", err)
	}
	spike, ok := escalate.SpikeOf(s)
	if !ok {
		return nil
	}
	spike.At = c.OpenedAt // when it was found first: a day is looked at again and again
	if err := h.spot(ctx, spike); err != nil {
		return err
	}
	return h.critical(ctx, &spike)
}

// alarm opens the case of a signal unless it was opened, and returns it.
func (h *handler) alarm(ctx context.Context, s *events.Signal) (*casefile.Case, error) {
	c, e := escalate.Signalled(s, h.instant(), h.rules)
	for attempt := 0; ; attempt++ {
		c.Number = escalate.SignalNumber(s, attempt)
		have, err := h.open(ctx, &c, &e)
		if err != nil || have.Family == c.Family && have.Rule == c.Rule && have.Subject == c.Subject {
			return have, err
		}
	}
}

// open opens a case, or returns the one that has its number.
func (h *handler) open(ctx context.Context, c *casefile.Case, e *casefile.Entry) (*casefile.Case, error) {
	for conflicts := 0; ; conflicts++ {
		have, err := h.cases.GetCase(ctx, c.Number)
		if err == nil || !errors.Is(err, store.ErrNotFound) {
			return have, err
		}
		err = h.cases.CreateCase(ctx, c, e)
		switch {
		case err == nil:
			h.count(c, []casefile.Entry{*e})
			return c, nil
		case !errors.Is(err, store.ErrExists) && !errors.Is(err, store.ErrVersion):
			return nil, err
		case conflicts == maxConflicts:
			return nil, givingWay(err)
		}
	}
}

// critical looks for an open case of critical severity in the category that
// spikes: together they are a crisis.
func (h *handler) critical(ctx context.Context, s *casefile.Spike) error {
	if s.Category == "" {
		return nil
	}
	q := store.CaseQuery{Families: []casefile.Family{casefile.Complaint}, Severity: casefile.Critical, Limit: store.MaxCases}
	for range maxPages {
		page, err := h.cases.Cases(ctx, q)
		if err != nil {
			return err
		}
		for i := range page.Cases {
			c := &page.Cases[i]
			if !escalate.Related(c.Category, s.Category) {
				continue
			}
			found := escalate.CriticalSpike(c)
			if found.At.Before(s.At) { // it is open still
				found.At = s.At
			}
			return h.spot(ctx, found)
		}
		if q.Cursor = page.Cursor; q.Cursor == "" {
			return nil
		}
	}
	return nil
}

// spot brings a spike, or a critical complaint, into what is known of spikes, and
// opens the case of the crisis it makes. The number of that case is kept before
// the case is made, by whoever comes first, and said to be the crisis when it is
// made: by the same, or by whoever comes next.
func (h *handler) spot(ctx context.Context, s casefile.Spike) error {
	for conflicts := 0; ; conflicts++ {
		err := h.trySpot(ctx, s)
		switch {
		case err == nil:
			return nil
		case !errors.Is(err, store.ErrVersion):
			return fmt.Errorf("looking for a crisis: %w", err)
		case conflicts == maxConflicts:
			return fmt.Errorf("looking for a crisis: %w", givingWay(err))
		}
	}
}

// trySpot is spot, once. Errors: store.ErrVersion when another worker spotted
// something at the same time.
func (h *handler) trySpot(ctx context.Context, s casefile.Spike) error {
	k, err := h.crises.Crisis(ctx)
	if err == nil && k.Next != "" { // who kept the number made no case of it, or died before saying so
		err = h.begin(ctx, &k)
	}
	if err != nil {
		return err
	}
	var last *casefile.Case
	if k.Case != "" {
		if last, err = h.cases.GetCase(ctx, k.Case); err != nil {
			return err
		}
	}
	next, changed := escalate.Spot(k, s, last, h.rules)
	if !changed {
		return nil
	}
	if next.Next != "" {
		if err := h.number(ctx, &next); err != nil {
			return err
		}
	}
	if err := h.crises.PutCrisis(ctx, &next); err != nil || next.Next == "" {
		return err
	}
	return h.begin(ctx, &next)
}

// begin makes the case of a crisis, unless it was made, and says that it is the
// crisis.
func (h *handler) begin(ctx context.Context, k *casefile.Crisis) error {
	c, e := escalate.CrisisCase(k, h.instant(), h.rules)
	have, err := h.open(ctx, &c, &e)
	if err != nil {
		return err
	}
	if escalate.IsCrisis(have, k) {
		k.Case, k.Next = k.Next, ""
		return h.crises.PutCrisis(ctx, k)
	}
	if err := h.number(ctx, k); err != nil { // another case took it since it was found free
		return err
	}
	return cmp.Or(h.crises.PutCrisis(ctx, k), store.ErrVersion)
}

// number gives a crisis a number that no other case has.
func (h *handler) number(ctx context.Context, k *casefile.Crisis) error {
	for attempt := 0; ; attempt++ {
		k.Next = escalate.CrisisNumber(k, attempt)
		c, err := h.cases.GetCase(ctx, k.Next)
		switch {
		case errors.Is(err, store.ErrNotFound):
			return nil
		case err != nil:
			return err
		case escalate.IsCrisis(c, k):
			return nil
		}
	}
}
