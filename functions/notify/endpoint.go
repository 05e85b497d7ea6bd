package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"resonanz/events"
	"resonanz/shared/notice"
	"resonanz/shared/once"
	"resonanz/shared/store"
)

// pauses lie between the attempts to deliver a webhook; after the last attempt it
// is given up. Together they cover a day and a half, so that an endpoint that
// breaks on one evening may be mended the next day.
var pauses = [...]time.Duration{
	time.Minute, 5 * time.Minute, 30 * time.Minute, 2 * time.Hour, 8 * time.Hour, 24 * time.Hour,
}

// hooks keep what became of the deliveries; a store does.
type hooks interface {
	Hook(ctx context.Context, endpoint, alertID string) (*store.Hook, error)
	PutHook(ctx context.Context, h store.Hook) error
}

// endpoint tells one of the owner's systems by a request. A receiver that does
// not take it is asked again later, in growing pauses; what became of each
// delivery is kept where staff can read it.
type endpoint struct {
	id      string
	format  string
	reasons []string // of the alerts that are told; empty: all
	address func(ctx context.Context, now time.Time) (string, error)
	keys    keyring
	words   *notice.Writer
	shelf   hooks
	now     func() time.Time

	failed, givenUp atomic.Int64 // attempts and deliveries, until counted

	mu    sync.Mutex
	http  *http.Client
	local bool // what http may connect to
}

// Name is "webhook" of the endpoint that stands alone, else with its id.
func (e *endpoint) Name() string {
	if e.id == notice.DefaultEndpoint {
		return "webhook"
	}
	return "webhook/" + e.id
}

// wants reports whether alerts like a are told.
func (e *endpoint) wants(a *events.Alert) bool {
	return len(e.reasons) == 0 || slices.Contains(e.reasons, string(a.Reason))
}

// putOff is when the clock asks again for an attempt that failed by a fault of our
// own, such as a secret that cannot be read: not each minute.
const putOff = 15 * time.Minute

// Do makes the first attempt. It has happened, too, when the receiver did not
// take it: the next attempt is due by itself then. One that is kept was made by a
// worker that died before it could say so.
func (e *endpoint) Do(ctx context.Context, a *events.Alert) error {
	if _, err := e.shelf.Hook(ctx, e.id, a.ID); !errors.Is(err, store.ErrNotFound) {
		return err
	}
	return e.attempt(ctx, store.Hook{Endpoint: e.id, Alert: *a, Attempt: 1})
}

// again makes attempt n of the delivery of an alert, if it is the one that is
// due.
func (e *endpoint) again(ctx context.Context, alertID string, n int) error {
	h, err := e.shelf.Hook(ctx, e.id, alertID)
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	if h.Status != store.HookWaiting || h.Attempt != n {
		return nil // told before
	}
	return e.attempt(ctx, *h)
}

// attempt makes attempt h.Attempt, and keeps what became of it.
func (e *endpoint) attempt(ctx context.Context, h store.Hook) error {
	try, err := e.post(ctx, &h.Alert)
	if err != nil {
		if h.Status == store.HookWaiting {
			h.Now = e.now().UTC().Truncate(time.Millisecond)
			h.NextAt = h.Now.Add(putOff)
			err = errors.Join(err, e.shelf.PutHook(ctx, h))
		}
		return fmt.Errorf("posting webhook %s: %w", e.id, err)
	}
	h.Now, h.NextAt = e.now().UTC().Truncate(time.Millisecond), time.Time{}
	h.Log = append(slices.Clone(h.Log), try)
	delivered := try.Status >= 200 && try.Status <= 299
	switch {
	case delivered:
		h.Status = store.HookDelivered
	case h.Attempt > len(pauses) || try.Status == http.StatusGone: // whoever is gone says so
		h.Status = store.HookFailed
	default:
		h.Status, h.NextAt = store.HookWaiting, h.Now.Add(pauses[h.Attempt-1])
		h.Attempt++
	}
	// What happened is kept even when the time for it is used up.
	keep, cancel := context.WithTimeout(context.WithoutCancel(ctx), once.MarkTimeout)
	defer cancel()
	if err := e.shelf.PutHook(keep, h); err != nil {
		return err
	}
	if !delivered {
		e.failed.Add(1)
	}
	if h.Status == store.HookFailed {
		e.givenUp.Add(1)
	}
	return nil
}

// retried is the marker of attempt n.
func (e *endpoint) retried(alertID string, n int) string {
	return alertID + "#" + e.Name() + "#" + strconv.Itoa(n)
}

// forget gives up the delivery to an endpoint that is not configured any more.
func forget(ctx context.Context, shelf hooks, m *events.Hook, now time.Time) error {
	h, err := shelf.Hook(ctx, m.Endpoint, m.Alert.ID)
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if err != nil || h.Status != store.HookWaiting {
		return err
	}
	h.Status, h.NextAt, h.Now = store.HookFailed, time.Time{}, now.UTC().Truncate(time.Millisecond)
	h.Log = append(h.Log, store.HookTry{At: h.Now, Error: "no_endpoint"})
	return shelf.PutHook(ctx, *h)
}
