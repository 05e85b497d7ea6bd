package main

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"sync/atomic"

	"resonanz/shared/config"
	"resonanz/shared/feedback"
	"resonanz/shared/httpapi"
	"resonanz/shared/intake"
	"resonanz/shared/link"
	"resonanz/shared/observe"
	"resonanz/shared/problem"
)

// writers bounds the writes of one batch that run at the same time: enough to
// keep 500 events within a second or two, few enough for one connection pool.
const writers = 16

// rating stores one event of a device.
func (h *handler) rating(ctx context.Context, c *call) httpapi.Response {
	device, err := h.device(ctx, c)
	if err != nil {
		return h.refuse(c, err)
	}
	receipt, err := h.accept(ctx, c, device)
	if err != nil {
		if problem.Of(err).Status < http.StatusInternalServerError {
			h.metrics.EmitAt(string(device.Touchpoint), count("RatingRejected", 1))
		}
		return h.refuse(c, err)
	}
	h.metrics.EmitAt(string(device.Touchpoint), outcome(receipt.Status))
	status := http.StatusCreated
	if receipt.Status == intake.Duplicate {
		status = http.StatusOK
	}
	return h.json(c, status, receipt)
}

func (h *handler) accept(ctx context.Context, c *call, device *config.Device) (intake.Receipt, error) {
	body, err := jsonBody(c, intake.MaxEvent)
	if err != nil {
		return intake.Receipt{}, err
	}
	s, err := intake.ParseEvent(h.cfg, device, body, c.now)
	if err != nil {
		return intake.Receipt{}, err
	}
	return intake.Accept(ctx, h.ledger, s)
}

func jsonBody(c *call, limit int) ([]byte, error) {
	if err := httpapi.RequireContentType(c.Request, "application/json"); err != nil {
		return nil, err
	}
	return httpapi.Body(c.Request, limit)
}

// result is what became of one event of a batch, at its place.
type result struct {
	EventID     feedback.EventID     `json:"event_id,omitempty"`
	ResponseKey feedback.ResponseKey `json:"response_key,omitempty"`
	Status      intake.Status        `json:"status"`
	Problem     *problem.Problem     `json:"problem,omitempty"`
}

// batch stores up to 500 events of a device, each on its own: one that is
// refused, or cannot be stored now, holds up no other.
func (h *handler) batch(ctx context.Context, c *call) httpapi.Response {
	device, err := h.device(ctx, c)
	if err != nil {
		return h.refuse(c, err)
	}
	body, err := jsonBody(c, intake.MaxBatch)
	if err != nil {
		return h.refuse(c, err)
	}
	events, err := intake.ParseBatch(body)
	if err != nil {
		return h.refuse(c, err)
	}
	results := make([]result, len(events))
	causes := make([]error, len(events))
	var next atomic.Int32
	var wg sync.WaitGroup
	for range min(writers, len(events)) {
		wg.Go(func() {
			for i := int(next.Add(1)) - 1; i < len(events); i = int(next.Add(1)) - 1 {
				results[i], causes[i] = h.one(ctx, c, device, events[i])
			}
		})
	}
	wg.Wait()
	return h.report(c, device, results, causes)
}

// one stores one event. The error is the cause of a retry, for the log.
func (h *handler) one(ctx context.Context, c *call, device *config.Device, event []byte) (r result, cause error) {
	defer func() { // one that breaks us must not take the others with it
		if p := recover(); p != nil {
			cause = observe.Recovered(p)
			r = result{Status: intake.Retry, Problem: problem.Of(cause)}
		}
	}()
	s, err := intake.ParseEvent(h.cfg, device, event, c.now)
	if err != nil {
		return result{EventID: intake.EventID(event), Status: intake.Rejected, Problem: problem.Of(err)}, nil
	}
	id := s.Rating.EventID
	receipt, err := intake.Accept(ctx, h.ledger, s)
	switch p := problem.Of(err); {
	case err == nil:
		return result{receipt.EventID, receipt.ResponseKey, receipt.Status, nil}, nil
	case p.Status < http.StatusInternalServerError:
		return result{EventID: id, Status: intake.Rejected, Problem: p}, nil
	default:
		return result{EventID: id, Status: intake.Retry, Problem: p}, err
	}
}

func (h *handler) report(c *call, device *config.Device, results []result, causes []error) httpapi.Response {
	n := make(map[intake.Status]int, 4)
	for _, r := range results {
		n[r.Status]++
	}
	var values []observe.Value
	for _, m := range [...]struct {
		status intake.Status
		name   string
	}{{intake.Accepted, "RatingAccepted"}, {intake.Duplicate, "RatingDuplicate"}, {intake.Rejected, "RatingRejected"}} {
		if n[m.status] > 0 {
			values = append(values, count(m.name, n[m.status]))
		}
	}
	h.metrics.EmitAt(string(device.Touchpoint), values...)
	for _, err := range causes {
		if err != nil {
			c.cause = err // one of them is enough for the log
			break
		}
	}
	if n[intake.Retry] == len(results) {
		return h.refuse(c, c.cause)
	}
	return h.json(c, http.StatusOK, struct {
		Results []result `json:"results"`
	}{results})
}

// device says which enrolled device sends a request. Errors: 401 without a key
// or with one that is not ours, 403 for a key that was good once.
func (h *handler) device(ctx context.Context, c *call) (*config.Device, error) {
	bearer := httpapi.Bearer(c.Request)
	if bearer == "" {
		return nil, unauthenticated(problem.Unauthenticated, "A device key is required: Authorization: Bearer <key>.")
	}
	ring, err := h.devices.Keyring(ctx, c.now)
	if err != nil {
		return nil, err
	}
	id, generation, err := link.VerifyDevice(ring, bearer)
	if errors.Is(err, link.ErrForged) { // or made with a newer master than ours
		if ring, err = h.devices.Refresh(ctx, c.now); err != nil {
			return nil, err
		}
		id, generation, err = link.VerifyDevice(ring, bearer)
	}
	if err != nil {
		return nil, unauthenticated(problem.DeviceKeyInvalid, "This device key is not valid.")
	}
	device := h.cfg.Device(id)
	switch {
	case device == nil:
		return nil, problem.New(http.StatusForbidden, problem.DeviceUnknown, "This device is no longer enrolled.")
	case device.Revoked:
		return nil, problem.New(http.StatusForbidden, problem.DeviceRevoked, "This device has been revoked.")
	case device.Generation != generation:
		return nil, problem.New(http.StatusForbidden, problem.DeviceKeyStale, "This device key is of an older generation. Enrol the device again.")
	}
	return device, nil
}

func unauthenticated(code problem.Code, detail string) error {
	p := problem.New(http.StatusUnauthorized, code, detail)
	p.Scheme = "Bearer"
	return p
}
