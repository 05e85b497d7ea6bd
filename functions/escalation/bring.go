package main

import (
	"context"
	"errors"
	"slices"

	"resonanz/shared/casefile"
	"resonanz/shared/escalate"
	"resonanz/shared/feedback"
	"resonanz/shared/lifecycle"
	"resonanz/shared/store"
)

// bring moves the response's case of family f until what was said asks for
// nothing more, and returns it; nil: it asks for none.
func (h *handler) bring(ctx context.Context, f casefile.Family, k feedback.ResponseKey, all []word) (*casefile.Case, error) {
	var current *casefile.Case
	var timeline []casefile.Entry
	attempt := 0
	if f == casefile.Complaint && slices.ContainsFunc(all, func(w word) bool { return w.Complaint }) {
		// Its case is there already, most likely.
		var err error
		if current, timeline, attempt, err = h.find(ctx, f, k, 0); err != nil {
			return nil, err
		}
	}
	for conflicts := 0; ; {
		c, entries := h.move(f, current, timeline, all, attempt)
		if len(entries) == 0 {
			return current, nil
		}
		c.Number = escalate.Number(f, k, attempt)
		var err error
		if current == nil {
			err = h.cases.CreateCase(ctx, &c, pointers(entries)...)
		} else {
			err = h.cases.UpdateCase(ctx, &c, pointers(entries)...)
		}
		switch {
		case err == nil:
			h.count(&c, entries)
			current, timeline = &c, append(timeline, entries...)
			continue
		case !errors.Is(err, store.ErrExists) && !errors.Is(err, store.ErrVersion):
			return nil, err
		case conflicts == maxConflicts:
			return nil, givingWay(err)
		}
		conflicts++
		if current, timeline, attempt, err = h.find(ctx, f, k, attempt); err != nil {
			return nil, err
		}
	}
}

// move is the next move of a response's case; no entries: nothing is left to do.
// Complaints come first: they make the case what it is.
func (h *handler) move(f casefile.Family, current *casefile.Case, timeline []casefile.Entry, all []word, attempt int) (casefile.Case, []casefile.Entry) {
	said := sayings(all)
	if f == casefile.Complaint {
		if s := h.rules.Complaint(timeline, said); s != nil {
			w := &all[slices.IndexFunc(all, func(w word) bool { return w.EventID == s.EventID })]
			o := lifecycle.Opening{Notifiable: w.notifiable, CustomerKey: w.CustomerKey, Attempt: attempt}
			if current == nil {
				return lifecycle.Receive(w.complaint, o, h.instant(), h.lifecycle)
			}
			return lifecycle.Register(*current, w.complaint, o, h.instant(), h.lifecycle)
		}
	}
	c, e, more := escalate.Next(f, current, timeline, said, h.instant(), h.rules)
	if !more {
		return c, nil
	}
	return c, []casefile.Entry{e}
}

// find reads the response's case of family f and its timeline, and the attempt
// of its number, beginning with the given one; nil: there is none, and its number
// is free. The case is read first: a timeline that is ahead of its case only
// shows a word as recorded that is.
func (h *handler) find(ctx context.Context, f casefile.Family, k feedback.ResponseKey, attempt int) (*casefile.Case, []casefile.Entry, int, error) {
	for ; ; attempt++ {
		n := escalate.Number(f, k, attempt)
		c, err := h.cases.GetCase(ctx, n)
		switch {
		case errors.Is(err, store.ErrNotFound):
			return nil, nil, attempt, nil
		case err != nil:
			return nil, nil, attempt, err
		case c.Family == f && c.Subject == string(k):
			timeline, err := h.cases.Timeline(ctx, n)
			return c, timeline, attempt, err
		}
	}
}
