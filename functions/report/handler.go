package main

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"time"

	"resonanz/shared/httpapi"
	"resonanz/shared/observe"
	"resonanz/shared/problem"
)

// handler answers the schedule and the HTTP API.
type handler struct {
	press
	controller
}

// call is what is common to both: a schedule names itself, a request has a
// context.
type call struct {
	Schedule string `json:"schedule"`
}

// Handle takes the payload of the schedule, {"schedule":"report"}, or an HTTP
// request.
func (h *handler) Handle(ctx context.Context, payload json.RawMessage) (any, error) {
	var c call
	if err := json.Unmarshal(payload, &c); err != nil {
		return nil, fmt.Errorf("reading the payload: %w", err)
	}
	switch c.Schedule {
	case "report":
		return nil, h.scheduled(ctx)
	case "":
		r := new(httpapi.Request)
		if err := json.Unmarshal(payload, r); err != nil {
			return nil, fmt.Errorf("reading the request: %w", err)
		}
		return h.request(ctx, r), nil
	}
	return nil, fmt.Errorf("schedule %q is none of this function's", c.Schedule)
}

// scheduled makes the report of the month before the present one: preliminary
// until its freeze, final from then on, and looks whether what was stored has
// reached it. An error makes the schedule try again.
func (h *handler) scheduled(ctx context.Context) error {
	month := periodOf(h.now(), h.cfg).Add(-1)
	m, err := h.make(ctx, order{period: month})
	if err != nil {
		return fmt.Errorf("making the report of %s: %w", month, err)
	}
	h.log.InfoContext(ctx, "schedule done", slog.String("period", month.String()), slog.Int("version", m.Version), slog.Bool("created", m.created))
	if err := h.checkEvidence(ctx, month, m.Status); err != nil {
		return fmt.Errorf("comparing the evidence of %s: %w", month, err)
	}
	return nil
}

// request answers whatever happens and writes one line about it.
func (h *handler) request(ctx context.Context, r *httpapi.Request) (res httpapi.Response) {
	start := h.now()
	var err error
	defer func() {
		if v := recover(); v != nil {
			err = observe.Recovered(v)
		}
		if err != nil {
			res = httpapi.Problem(err)
		}
		h.note(ctx, r, res.StatusCode, h.now().Sub(start), err)
	}()
	res, err = h.answer(ctx, r)
	return res
}

func (h *handler) note(ctx context.Context, r *httpapi.Request, status int, took time.Duration, err error) {
	attrs := []slog.Attr{slog.String("method", httpapi.Method(r)), slog.Int("status", status), slog.Int64("ms", took.Milliseconds())}
	level := slog.LevelInfo
	if err != nil {
		attrs = append(attrs, slog.String("code", string(problem.Of(err).Code)))
	}
	if status >= 500 {
		level = slog.LevelError
		attrs = append(attrs, slog.String("error", err.Error()))
	}
	h.log.LogAttrs(ctx, level, "request", attrs...)
}
