package main

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"resonanz/shared/config"
	"resonanz/shared/escalate"
	"resonanz/shared/feedback"
	"resonanz/shared/httpapi"
	"resonanz/shared/intake"
	"resonanz/shared/problem"
	"resonanz/shared/site"
	"resonanz/shared/store"
	"resonanz/shared/throttle"
)

// api are the addresses of devices and systems, and what is posted there.
var api = map[string]feedback.Kind{
	"/v1/ratings":    feedback.KindRating,
	"/v1/cards":      feedback.KindCard,
	"/v1/complaints": feedback.KindComplaint,
	"/v1/batch":      intake.Mixed,
	"/v1/beats":      intake.Mixed,
}

// post answers a device or a system.
func (h *handler) post(ctx context.Context, c *site.Call, method, path string) httpapi.Response {
	c.Route = path
	if method != http.MethodPost {
		return h.Refuse(c, httpapi.MethodNotAllowed(http.MethodPost))
	}
	from, err := h.callers.Caller(ctx, httpapi.Bearer(c.Request), c.At)
	if err != nil {
		return h.Refuse(c, err)
	}
	if err := h.hold(c, from.Device, path); err != nil {
		return h.Refuse(c, err)
	}
	switch path {
	case "/v1/batch":
		return h.batch(ctx, c, from)
	case "/v1/beats":
		return h.beat(ctx, c, from.Device)
	}
	return h.event(ctx, c, from, api[path])
}

// How often a device can send, to one instance of the function: far above what
// people at its screen do, and what it sends at once after a week without network.
// A shop's devices may share one address: each counts for itself. Systems with a
// token are held by the throttle of the API.
var (
	singlesOfDevice = throttle.Limit{Burst: 100, Every: 100 * time.Millisecond}
	batchesOfDevice = throttle.Limit{Burst: 30, Every: 250 * time.Millisecond}
)

// hold counts a request of a device; d is nil for a system. The error is a 429
// problem, after which a device keeps what it has and sends it again later.
func (h *handler) hold(c *site.Call, d *config.Device, path string) error {
	if d == nil {
		return nil
	}
	limiter := &h.singles
	if path == "/v1/batch" {
		limiter = &h.batches
	}
	if wait := limiter.Take(string(d.ID), c.At); wait > 0 {
		return httpapi.TooManyRequests(throttle.Seconds(wait))
	}
	return nil
}

// event stores one event.
func (h *handler) event(ctx context.Context, c *site.Call, from intake.Source, kind feedback.Kind) httpapi.Response {
	receipt, at, kind, err := h.accept(ctx, c, from, kind)
	if err != nil {
		if problem.Of(err).Status < http.StatusInternalServerError {
			one(&c.Note, at, kind, intake.Rejected)
		}
		return h.Refuse(c, err)
	}
	one(&c.Note, at, kind, receipt.Status)
	status := http.StatusCreated
	if receipt.Status == intake.Duplicate {
		status = http.StatusOK
	}
	if receipt.Opened != nil {
		return h.json(c, status, receipt)
	}
	return httpapi.Text(status, "application/json", string(receipt.AppendJSON(nil)))
}

// accept also says at which touchpoint and as what it counts.
func (h *handler) accept(ctx context.Context, c *site.Call, from intake.Source, kind feedback.Kind) (intake.Receipt, feedback.Touchpoint, feedback.Kind, error) {
	at := place(from)
	body, err := jsonBody(c, intake.MaxEvent)
	if err != nil {
		return intake.Receipt{}, at, kind, err
	}
	s, err := intake.ParseEvent(h.cfg, from, kind, body, c.At)
	if err != nil {
		return intake.Receipt{}, at, kind, err
	}
	receipt, err := h.store(ctx, s)
	return receipt, s.Rating.Touchpoint, kindOf(s), err
}

// place is where what a source sends counts before it has been read: empty for
// a system.
func place(from intake.Source) feedback.Touchpoint {
	if from.Device == nil {
		return ""
	}
	return from.Device.Touchpoint
}

func jsonBody(c *site.Call, limit int) ([]byte, error) {
	if err := httpapi.RequireContentType(c.Request, "application/json"); err != nil {
		return nil, err
	}
	return httpapi.Body(c.Request, limit)
}

// heard is the answer to a sign of life. Now lets a device set its clock right.
type heard struct {
	Now        string              `json:"now"` // RFC 3339 in UTC, with milliseconds
	Device     feedback.Device     `json:"device"`
	Touchpoint feedback.Touchpoint `json:"touchpoint"`
}

// beat keeps the sign of life of a device.
func (h *handler) beat(ctx context.Context, c *site.Call, d *config.Device) httpapi.Response {
	if d == nil {
		return h.Refuse(c, problem.New(http.StatusForbidden, problem.DeviceUnknown, "Only a device gives signs of life: send its key."))
	}
	body, err := jsonBody(c, intake.MaxEvent)
	if err != nil {
		return h.Refuse(c, err)
	}
	b, err := intake.ParseBeat(body)
	if err != nil {
		return h.Refuse(c, err)
	}
	now := intake.Instant(c.At)
	due, err := silentAt(d, now, h.cfg.Zone())
	if err != nil {
		return h.Refuse(c, err)
	}
	err = h.ledger.Beat(ctx, store.Beat{Device: d.ID, Touchpoint: d.Touchpoint, At: now, DueAt: due, Queued: b.Queued, App: b.App})
	if err != nil {
		return h.Refuse(c, fmt.Errorf("%w (%w)", httpapi.Unavailable(2), err))
	}
	return h.json(c, http.StatusOK, heard{now.Format("2006-01-02T15:04:05.000Z"), d.ID, d.Touchpoint})
}

// silentAt is when d counts as silent unless it is heard of before; zero: it is
// not watched.
func silentAt(d *config.Device, last time.Time, zone *time.Location) (time.Time, error) {
	if d.SilentMinutes == 0 {
		return time.Time{}, nil
	}
	var hours *escalate.Hours
	if d.Hours != nil {
		var err error
		if hours, err = escalate.ParseHours(d.Hours.Days, d.Hours.From, d.Hours.To); err != nil {
			return time.Time{}, err // the configuration is checked: cannot happen
		}
	}
	return escalate.SilentAt(last, time.Duration(d.SilentMinutes)*time.Minute, hours, zone), nil
}
