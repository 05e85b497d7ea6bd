package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"time"

	lambdaevents "github.com/aws/aws-lambda-go/events"

	"resonanz/events"
	"resonanz/shared/consume"
	"resonanz/shared/httpapi"
	"resonanz/shared/observe"
	"resonanz/shared/problem"
)

// handler answers the schedule, the report queue and the HTTP API.
type handler struct {
	press
	consumer           consume.Consumer
	queue              queue
	escalation, orders string // URLs of the queues it sends to
	views              views
	mostBytes          int64 // of facts that a view reads; 0: liveBytes
}

// call is what tells the triggers apart: a schedule names itself, a queue has
// records, a request has neither.
type call struct {
	Schedule string            `json:"schedule"`
	Records  []json.RawMessage `json:"Records"`
}

// Handle takes the payload of the schedule, {"schedule":"report"}, a batch of the
// report queue, or an HTTP request.
func (h *handler) Handle(ctx context.Context, payload json.RawMessage) (any, error) {
	var c call
	if err := json.Unmarshal(payload, &c); err != nil {
		return nil, fmt.Errorf("reading the payload: %w", err)
	}
	switch {
	case c.Schedule == "report":
		return nil, h.scheduled(ctx)
	case c.Schedule != "":
		return nil, fmt.Errorf("schedule %q is none of this function's", c.Schedule)
	case c.Records != nil:
		var ev lambdaevents.SQSEvent
		if err := json.Unmarshal(payload, &ev); err != nil {
			return nil, fmt.Errorf("reading the batch: %w", err)
		}
		return h.consumer.SQS(ctx, ev, h.order), nil
	}
	r, err := httpapi.ReadRequest(payload)
	if err != nil {
		return nil, err
	}
	return h.request(observe.WithRequestID(ctx, r.RequestContext.RequestID), r), nil
}

// scheduled orders the reports of the month before the present one, of the whole
// and of each group, and does nothing else: each is made alone, with all the time
// and memory of an invocation. An error makes the schedule try again; what is
// ordered twice is made once.
func (h *handler) scheduled(ctx context.Context) error {
	month := periodOf(h.now(), h.cfg).Add(-1)
	all := []order{{period: month, check: true}}
	for i := range h.cfg.Groups {
		all = append(all, order{period: month, group: h.cfg.Groups[i].ID})
	}
	if err := h.send(ctx, all); err != nil {
		return fmt.Errorf("ordering the reports of %s: %w", month, err)
	}
	h.log.InfoContext(ctx, "reports ordered", slog.String("period", month.String()), slog.Int("reports", len(all)))
	return nil
}

// patient is how often an order comes before its report is made without what
// cannot be had, such as a comparison with a table that does not answer.
const patient = 3

// order makes the report that a message asks for: preliminary until its freeze,
// final from then on. What it asks for and cannot be had, such as a group that is
// no longer configured, goes to the dead-letter queue; anything else comes again.
func (h *handler) order(ctx context.Context, m events.Message, meta consume.Meta) error {
	if m.Type != events.TypeOrder {
		return consume.Poison(fmt.Errorf("a message of type %s does not belong into this queue", m.Type))
	}
	o, err := h.orderOf(m.Order)
	if err == nil {
		o.last = meta.Attempt >= patient
		err = h.carryOut(ctx, o)
	}
	if p := new(problem.Problem); errors.As(err, &p) && p.Status < http.StatusInternalServerError {
		return consume.Poison(err)
	}
	return err
}

// carryOut makes a report, and tells of a gap where it is to.
func (h *handler) carryOut(ctx context.Context, o order) error {
	m, err := h.make(ctx, o)
	if err != nil {
		return fmt.Errorf("making the report of %s: %w", o.period, err)
	}
	h.log.InfoContext(ctx, "order done", slog.String("period", o.period.String()), slog.String("group", o.group),
		slog.Int("version", m.Version), slog.Bool("created", m.created))
	if !o.check || m.evidence == nil || m.evidence.Whole() {
		return nil
	}
	return h.tellGaps(ctx, o.period, m.Status, m.evidence)
}

// request answers whatever happens and writes one line about it.
func (h *handler) request(ctx context.Context, r *httpapi.Request) (res httpapi.Response) {
	start := h.now()
	var err error
	page := strings.HasPrefix(httpapi.Path(r), tokenPrefix)
	defer func() {
		if v := recover(); v != nil {
			err = observe.Recovered(v)
			if page {
				l := h.language(httpapi.Header(r, "accept-language"))
				res = h.say(http.StatusInternalServerError, l, saying(l).failed)
			}
		}
		if err != nil && !page {
			res = httpapi.Problem(err)
		}
		if httpapi.Method(r) == http.MethodHead {
			res.Body, res.IsBase64Encoded = "", false
		}
		h.note(ctx, r, res.StatusCode, h.now().Sub(start), err)
	}()
	if page {
		res, err = h.follow(ctx, r)
		return res
	}
	res, err = h.answer(ctx, r)
	return res
}

// note writes one line about a request. The path is left out: it can hold a token.
func (h *handler) note(ctx context.Context, r *httpapi.Request, status int, took time.Duration, err error) {
	attrs := []slog.Attr{slog.String("method", httpapi.Method(r)), slog.Int("status", status), slog.Int64("ms", took.Milliseconds())}
	level := slog.LevelInfo
	if err != nil {
		attrs = append(attrs, slog.String("code", string(problem.Of(err).Code)))
	}
	if status >= 500 {
		level = slog.LevelError
		if err != nil {
			attrs = append(attrs, slog.String("error", err.Error()))
		}
	}
	h.log.LogAttrs(ctx, level, "request", attrs...)
}
