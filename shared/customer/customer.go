// Package customer hands out everything that is kept of a customer, and erases
// it: from the ledger and the cases, files of cases, and what failed and lies in
// dead-letter queues. Figures stay as they are: facts know no customer.
//
// Whoever has no key with the owner is one response: it is handed out and erased
// with its cases, like each response of a customer.
package customer

import (
	"context"
	"errors"

	"golang.org/x/sync/errgroup"

	"resonanz/shared/casefile"
	"resonanz/shared/feedback"
	"resonanz/shared/store"
)

// Ledger is where customers are found; both stores of package store are one.
type Ledger interface {
	CustomerItems(ctx context.Context, customerKey, cursor string, limit int) (store.CustomerPage, error)
	Response(context.Context, feedback.ResponseKey) ([]store.Entry, error)
	GetCase(context.Context, casefile.Number) (*casefile.Case, error)
	Timeline(context.Context, casefile.Number) ([]casefile.Entry, error)
	KnownOf(context.Context, store.ContactID) (store.Known, error)
}

// file is a response with everything that hangs on it.
type file struct {
	key     feedback.ResponseKey
	entries []store.Entry
	cases   []history
}

// history is a case with its timeline.
type history struct {
	*casefile.Case
	timeline []casefile.Entry
}

// families are those whose cases are about a response.
var families = [...]casefile.Family{casefile.Callback, casefile.Complaint, casefile.Attention}

// workers bounds how many items are dealt with beside each other.
const workers = 16

// open reads a response and its cases, which are found by their numbers: a case
// need not bear the customer's key.
func open(ctx context.Context, l Ledger, k feedback.ResponseKey) (*file, error) {
	f := &file{key: k}
	var err error
	if f.entries, err = l.Response(ctx, k); err != nil {
		return nil, err
	}
	for _, family := range families {
		for attempt := 0; ; attempt++ {
			c, err := l.GetCase(ctx, casefile.NumberOf(family, string(k), k.Month(), attempt))
			if errors.Is(err, store.ErrNotFound) {
				break
			}
			if err != nil {
				return nil, err
			}
			if c.Family != family || c.Subject != string(k) {
				continue // the number is another's
			}
			h, err := recall(ctx, l, c)
			if err != nil {
				return nil, err
			}
			f.cases = append(f.cases, h)
			break
		}
	}
	return f, nil
}

// recall reads the timeline of a case, up to where the case stood when it was read.
func recall(ctx context.Context, l Ledger, c *casefile.Case) (history, error) {
	timeline, err := l.Timeline(ctx, c.Number)
	return history{c, timeline[:min(len(timeline), c.Version)]}, err
}

// all runs do for every item, several beside each other, and ends with the first
// error.
func all[T any](ctx context.Context, items []T, do func(context.Context, int, T) error) error {
	running, ctx := errgroup.WithContext(ctx)
	running.SetLimit(workers)
	for i, item := range items {
		running.Go(func() error { return do(ctx, i, item) })
	}
	return running.Wait()
}
