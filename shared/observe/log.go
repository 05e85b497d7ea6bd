// Package observe writes what a function lets be seen: one JSON line per log
// record and per metric, to standard output, where CloudWatch picks them up.
// Nothing personal goes into either.
package observe

import (
	"context"
	"io"
	"log/slog"
	"os"

	"github.com/aws/aws-lambda-go/lambdacontext"
)

// Logger writes JSON to standard output for the named component, at the level
// of LOG_LEVEL (debug, info, warn, error; info when unset or unknown). Records
// logged with a Lambda context carry its request_id.
func Logger(component string) *slog.Logger {
	var level slog.Level
	if level.UnmarshalText([]byte(os.Getenv("LOG_LEVEL"))) != nil {
		level = slog.LevelInfo
	}
	return LoggerTo(os.Stdout, component, level)
}

// LoggerTo is Logger with another destination and level, for tests and tools.
func LoggerTo(w io.Writer, component string, level slog.Leveler) *slog.Logger {
	h := slog.NewJSONHandler(w, &slog.HandlerOptions{Level: level})
	return slog.New(requestHandler{h}).With(slog.String("component", component))
}

// requestHandler adds the request id to each record.
type requestHandler struct{ slog.Handler }

func (h requestHandler) Handle(ctx context.Context, r slog.Record) error {
	if id := RequestID(ctx); id != "" {
		r.AddAttrs(slog.String("request_id", id))
	}
	return h.Handler.Handle(ctx, r)
}

type requestKey struct{}

// WithRequestID names the request that is answered as whoever sent it on did: as
// the API names it in its own log and in the header apigw-requestid of the answer.
// An empty id changes nothing.
func WithRequestID(ctx context.Context, id string) context.Context {
	if id == "" {
		return ctx
	}
	return context.WithValue(ctx, requestKey{}, id)
}

// RequestID is what WithRequestID named, else the id of the invocation; empty:
// there is none.
func RequestID(ctx context.Context) string {
	if id, ok := ctx.Value(requestKey{}).(string); ok {
		return id
	}
	if lc, ok := lambdacontext.FromContext(ctx); ok {
		return lc.AwsRequestID
	}
	return ""
}

func (h requestHandler) WithAttrs(attrs []slog.Attr) slog.Handler {
	return requestHandler{h.Handler.WithAttrs(attrs)}
}

func (h requestHandler) WithGroup(name string) slog.Handler {
	return requestHandler{h.Handler.WithGroup(name)}
}
