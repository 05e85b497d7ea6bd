package main

import (
	"context"
	"errors"
	"net/http"
	"time"

	"golang.org/x/sync/errgroup"

	"resonanz/events"
	"resonanz/shared/casefile"
	"resonanz/shared/config"
	"resonanz/shared/escalate"
	"resonanz/shared/feedback"
	"resonanz/shared/httpapi"
	"resonanz/shared/store"
)

// life says how a device stands.
type life string

// The states of a device.
const (
	alive     life = "alive"     // heard of in time
	silent    life = "silent"    // should have been heard of
	shut      life = "closed"    // nothing is expected of it outside its hours
	never     life = "never"     // not heard of since it was configured
	unwatched life = "unwatched" // heard of once; nobody waits for it
	revoked   life = "revoked"   // its key is not taken any more
)

// device is a configured device and its last sign of life.
type device struct {
	ID          feedback.Device     `json:"id"`
	Touchpoint  feedback.Touchpoint `json:"touchpoint"`
	Channel     feedback.Channel    `json:"channel"`
	State       life                `json:"state"`
	LastAt      time.Time           `json:"last_at,omitzero"`
	Queued      int                 `json:"queued"`                // events that waited on it then
	App         string              `json:"app,omitempty"`         // version of what runs there
	SilentSince time.Time           `json:"silent_since,omitzero"` // of a silent one: when it should have been heard of
	OpensAt     time.Time           `json:"opens_at,omitzero"`     // of a closed one: when its hours begin
	Case        casefile.Number     `json:"case,omitempty"`        // of a silent one: the open case about it
}

// atOnce bounds the devices that are looked up side by side.
const atOnce = 16

// devices lists every configured device in the order of the configuration.
func (h *handler) devices(ctx context.Context, c *call) (httpapi.Response, error) {
	out := make([]device, len(h.cfg.Devices))
	reading, ctx := errgroup.WithContext(ctx)
	reading.SetLimit(atOnce)
	for i := range h.cfg.Devices {
		reading.Go(func() (err error) {
			out[i], err = h.device(ctx, &h.cfg.Devices[i], c.At)
			return err
		})
	}
	if err := reading.Wait(); err != nil {
		return httpapi.Response{}, busy(err)
	}
	return httpapi.JSON(http.StatusOK, struct {
		At      time.Time `json:"at"` // what the states hold for
		Devices []device  `json:"devices"`
	}{c.At, out})
}

// device reads what is known of d: one read, of a silent one two.
func (h *handler) device(ctx context.Context, d *config.Device, now time.Time) (device, error) {
	out := device{ID: d.ID, Touchpoint: d.Touchpoint, Channel: d.Channel, State: revoked}
	if d.Revoked {
		return out, nil
	}
	beat, err := h.ledger.LastBeat(ctx, d.ID)
	if errors.Is(err, store.ErrNotFound) {
		out.State = never
		return out, nil
	}
	if err != nil {
		return out, err
	}
	out.LastAt, out.Queued, out.App = beat.At, beat.Queued, beat.App
	due, opens, err := awaited(d, beat.At, now, h.cfg.Zone())
	switch {
	case err != nil:
		return out, err
	case due.IsZero():
		out.State = unwatched
	case !now.Before(due):
		out.State, out.SilentSince = silent, due
		out.Case, err = h.gapCase(ctx, d.ID, beat)
	case now.Before(opens):
		out.State, out.OpensAt = shut, opens
	default:
		out.State = alive
	}
	return out, err
}

// awaited says when d counts as silent, last heard of at last; zero: it is not
// watched. Opens is when its hours begin, now at the latest: within them.
func awaited(d *config.Device, last, now time.Time, zone *time.Location) (due, opens time.Time, err error) {
	var hours *escalate.Hours
	if d.Hours != nil {
		if hours, err = escalate.ParseHours(d.Hours.Days, d.Hours.From, d.Hours.To); err != nil {
			return due, opens, err // the configuration is checked: cannot happen
		}
	}
	due = escalate.SilentAt(last, time.Duration(d.SilentMinutes)*time.Minute, hours, zone)
	// A silence of a moment that begins now is over when the device is next on.
	opens = escalate.SilentAt(now, time.Millisecond, hours, zone).Add(-time.Millisecond)
	return due, opens, nil
}

// maxGapNumbers bounds how many numbers the case of a silence is looked for under:
// the second is taken where another case has the first.
const maxGapNumbers = 3

// gapCase is the number of the open case about the silence since beat; empty:
// there is none, not yet or not any more.
func (h *handler) gapCase(ctx context.Context, id feedback.Device, beat *store.Beat) (casefile.Number, error) {
	s := &events.Silence{Device: id, Touchpoint: beat.Touchpoint, LastAt: beat.At}
	for attempt := range maxGapNumbers {
		k, err := h.ledger.GetCase(ctx, escalate.GapNumber(s, attempt))
		switch {
		case errors.Is(err, store.ErrNotFound):
			return "", nil
		case err != nil:
			return "", err
		case k.Subject != escalate.GapSubject(s):
			continue
		case k.Status.Ended():
			return "", nil
		}
		return k.Number, nil
	}
	return "", nil
}
