package httpapi

import (
	"context"
	"log/slog"
	"time"

	"resonanz/shared/problem"
)

// Note is what the log says about one request: never a token, an address or
// anything that was typed.
type Note struct {
	Route string       // as documented, such as "/r/{token}"
	Code  problem.Code // of the answer; empty: none
	Cause error        // of an answer that hides it
	Took  time.Duration
}

// Log writes one line about an answered request: an error if it has a cause.
func (n *Note) Log(ctx context.Context, log *slog.Logger, r *Request, status int) {
	level := slog.LevelInfo
	attrs := make([]slog.Attr, 0, 6)
	attrs = append(attrs, slog.String("route", n.Route), slog.String("method", Method(r)), slog.Int("status", status))
	if n.Code != "" {
		attrs = append(attrs, slog.String("code", string(n.Code)))
	}
	if n.Cause != nil {
		level = slog.LevelError
		attrs = append(attrs, slog.String("error", n.Cause.Error()))
	}
	log.LogAttrs(ctx, level, "request", append(attrs, slog.Int64("us", n.Took.Microseconds()))...)
}
