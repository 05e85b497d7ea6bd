package httpapi_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"resonanz/shared/feedback"
	"resonanz/shared/httpapi"
	"resonanz/shared/observe"
)

func TestANoteSaysWhatHappenedAndNoMore(t *testing.T) {
	q := &httpapi.Request{RawPath: "/c/secret-token", RawQueryString: "l=de", Body: "stars=5"}
	q.RequestContext.HTTP.Method = "POST"
	for name, c := range map[string]struct {
		note httpapi.Note
		want map[string]any
	}{
		"well":    {httpapi.Note{Route: "/c/{token}", Took: 1500 * time.Microsecond}, map[string]any{"level": "INFO"}},
		"refused": {httpapi.Note{Route: "/c/{token}", Code: "not_found", Took: 1500 * time.Microsecond}, map[string]any{"level": "INFO", "code": "not_found"}},
		"failed":  {httpapi.Note{Route: "/c/{token}", Cause: errors.New("no answer"), Took: 1500 * time.Microsecond}, map[string]any{"level": "ERROR", "error": "no answer"}},
	} {
		var b bytes.Buffer
		c.note.Log(t.Context(), slog.New(slog.NewJSONHandler(&b, nil)), q, 303)
		var got map[string]any
		if err := json.Unmarshal(b.Bytes(), &got); err != nil {
			t.Fatal(err)
		}
		delete(got, "time")
		c.want["msg"], c.want["route"], c.want["method"], c.want["status"], c.want["us"] = "request", "/c/{token}", "POST", 303.0, 1500.0
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// counted is the number of a metric in one line.
func counted(name string) observe.Value { return observe.Value{Name: name, Unit: observe.Count, N: 1} }

func TestWhatIsCountedStandsInTheLineOfItsRequest(t *testing.T) {
	q := &httpapi.Request{RawPath: "/c/secret-token"}
	q.RequestContext.HTTP.Method = "POST"
	const request = `"msg":"request"`
	for name, c := range map[string]struct {
		level         slog.Level
		places        []feedback.Touchpoint
		cause         error
		records       int // of the log
		metrics, told int // lines of metrics, and those of them that tell of the request
	}{
		"one place":            {places: []feedback.Touchpoint{"hotline"}, metrics: 1, told: 1},
		"no place":             {places: []feedback.Touchpoint{""}, metrics: 1, told: 1},
		"two places":           {places: []feedback.Touchpoint{"hotline", "shop"}, metrics: 2, told: 1},
		"nothing":              {records: 1},
		"an error":             {places: []feedback.Touchpoint{"hotline"}, cause: errors.New("no answer"), records: 1, metrics: 1},
		"a log that is silent": {level: slog.LevelWarn, places: []feedback.Touchpoint{"hotline"}, metrics: 1},
	} {
		var log, metrics bytes.Buffer
		n := httpapi.Note{Route: "/c/{token}", Code: "not_found", Cause: c.cause, Took: 1500 * time.Microsecond,
			Metrics: observe.NewMetricsTo(&metrics, "card", time.Now)}
		for _, at := range c.places {
			n.Count(at, counted("CardRejected"))
			n.Count(at)
		}
		ctx := observe.WithRequestID(t.Context(), "LV7fzho-liAEJPw=")
		n.Log(ctx, observe.LoggerTo(&log, "card", c.level), q, 404)
		if got := strings.Count(log.String(), request); got != c.records {
			t.Errorf("%s: %d records in the log: %s", name, got, &log)
		}
		if got, lines := strings.Count(metrics.String(), request), strings.Count(metrics.String(), "\n"); got != c.told || lines != c.metrics {
			t.Errorf("%s: %d lines of metrics, %d of them of the request: %s", name, lines, got, &metrics)
		}
		for line := range strings.Lines(metrics.String() + log.String()) {
			var got map[string]any
			if err := json.Unmarshal([]byte(line), &got); err != nil {
				t.Fatalf("%s: %v in %s", name, err, line)
			}
			if got["msg"] == nil {
				continue
			}
			want := map[string]any{"route": "/c/{token}", "method": "POST", "status": 404.0, "code": "not_found", "us": 1500.0, "request_id": "LV7fzho-liAEJPw="}
			for field := range got {
				if want[field] == nil {
					delete(got, field)
				}
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", name, diff)
			}
		}
	}
}
