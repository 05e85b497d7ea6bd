package httpapi

import (
	"context"
	"log/slog"
	"time"

	"resonanz/shared/feedback"
	"resonanz/shared/observe"
	"resonanz/shared/problem"
)

// Note is what the log says about one request: never a token, an address or
// anything that was typed.
type Note struct {
	Route string       // as documented, such as "/r/{token}"
	Code  problem.Code // of the answer; empty: none
	Cause error        // of an answer that hides it
	Took  time.Duration

	Metrics *observe.Metrics // where what is counted goes; nil: nothing is
	counts  []counted
}

// counted are figures of one place.
type counted struct {
	at     feedback.Touchpoint
	values []observe.Value
}

// Count keeps figures for the line about the request, as Metrics.EmitAt takes
// them; at is empty where no touchpoint is concerned.
func (n *Note) Count(at feedback.Touchpoint, values ...observe.Value) {
	if len(values) > 0 {
		n.counts = append(n.counts, counted{at, values})
	}
}

// Log writes one line about an answered request, with what was counted in it: log
// lines are paid for by the byte. Several places take a line each. An error, which
// is a record of the level ERROR, stands apart from what was counted.
func (n *Note) Log(ctx context.Context, log *slog.Logger, r *Request, status int) {
	level := slog.LevelInfo
	if n.Cause != nil {
		level = slog.LevelError
	}
	told := false
	for i, c := range n.counts {
		if i == 0 && n.Cause == nil && log.Enabled(ctx, level) {
			told = true
			n.Metrics.EmitAnswered(&observe.Answered{
				Route: n.Route, Method: Method(r), Status: status, Code: string(n.Code), Took: n.Took, ID: observe.RequestID(ctx),
			}, string(c.at), c.values...)
			continue
		}
		n.Metrics.EmitAt(string(c.at), c.values...)
	}
	if told {
		return
	}
	attrs := make([]slog.Attr, 0, 6)
	attrs = append(attrs, slog.String("route", n.Route), slog.String("method", Method(r)), slog.Int("status", status))
	if n.Code != "" {
		attrs = append(attrs, slog.String("code", string(n.Code)))
	}
	if n.Cause != nil {
		attrs = append(attrs, slog.String("error", n.Cause.Error()))
	}
	log.LogAttrs(ctx, level, "request", append(attrs, slog.Int64("us", n.Took.Microseconds()))...)
}
