package observe_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/lambdacontext"
	"github.com/google/go-cmp/cmp"

	"resonanz/shared/observe"
)

var now = time.Date(2026, time.March, 15, 12, 0, 0, 250e6, time.UTC)

func clock() time.Time { return now }

// line parses the one JSON line in b.
func line(t *testing.T, b []byte) map[string]any {
	t.Helper()
	if n := bytes.Count(b, []byte("\n")); n != 1 || b[len(b)-1] != '\n' {
		t.Fatalf("want one line, got %q", b)
	}
	var m map[string]any
	if err := json.Unmarshal(b, &m); err != nil {
		t.Fatalf("%v: %s", err, b)
	}
	return m
}

func invocation(t *testing.T) context.Context {
	return lambdacontext.NewContext(t.Context(), &lambdacontext.LambdaContext{AwsRequestID: "request-1"})
}

func TestALogRecordIsJSONWithItsRequest(t *testing.T) {
	var b bytes.Buffer
	log := observe.LoggerTo(&b, "rating", slog.LevelInfo)
	log.With(slog.String("touchpoint", "hotline")).InfoContext(invocation(t), "stored", slog.Int("n", 3))
	got := line(t, b.Bytes())
	if _, err := time.Parse(time.RFC3339Nano, got["time"].(string)); err != nil {
		t.Error(err)
	}
	delete(got, "time")
	want := map[string]any{"level": "INFO", "msg": "stored", "component": "rating", "touchpoint": "hotline", "n": 3.0, "request_id": "request-1"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestOutsideAnInvocationThereIsNoRequest(t *testing.T) {
	var b bytes.Buffer
	observe.LoggerTo(&b, "rating", nil).Info("starting")
	if got := line(t, b.Bytes()); got["request_id"] != nil || got["component"] != "rating" {
		t.Errorf("got %v", got)
	}
}

func TestGroupsKeepTheirRecordTogether(t *testing.T) {
	var b bytes.Buffer
	observe.LoggerTo(&b, "rating", nil).WithGroup("case").InfoContext(invocation(t), "opened", slog.Int("step", 1))
	got := line(t, b.Bytes())
	if diff := cmp.Diff(map[string]any{"step": 1.0, "request_id": "request-1"}, got["case"]); diff != "" {
		t.Error(diff)
	}
}

func TestTheNameThatTheAPIGaveARequestGoesBeforeThatOfTheInvocation(t *testing.T) {
	var b bytes.Buffer
	log := observe.LoggerTo(&b, "rating", nil)
	for id, want := range map[string]string{"": "request-1", "LV7fzho-liAEJPw=": "LV7fzho-liAEJPw="} {
		b.Reset()
		log.InfoContext(observe.WithRequestID(invocation(t), id), "stored")
		if got := line(t, b.Bytes())["request_id"]; got != want {
			t.Errorf("%q: request_id %v, want %s", id, got, want)
		}
	}
}

func TestTheLevelComesFromTheEnvironment(t *testing.T) {
	for value, want := range map[string]slog.Level{"": slog.LevelInfo, "debug": slog.LevelDebug, "WARN": slog.LevelWarn, "error": slog.LevelError, "loud": slog.LevelInfo} {
		t.Setenv("LOG_LEVEL", value)
		log := observe.Logger("rating")
		if !log.Enabled(t.Context(), want) || log.Enabled(t.Context(), want-1) {
			t.Errorf("%q: not %s", value, want)
		}
	}
}

func TestAMetricIsOneLineOfEmbeddedMetricFormat(t *testing.T) {
	var b bytes.Buffer
	m := observe.NewMetricsTo(&b, "rating", clock)
	m.EmitAt("hotline", observe.Value{Name: "Accepted", Unit: observe.Count, N: 2}, observe.Value{Name: "Latency", Unit: observe.Milliseconds, N: -7})
	want := map[string]any{
		"_aws": map[string]any{
			"Timestamp": 1773576000250.0,
			"CloudWatchMetrics": []any{map[string]any{
				"Namespace":  "Resonanz",
				"Dimensions": []any{[]any{"Function", "Touchpoint"}},
				"Metrics": []any{
					map[string]any{"Name": "Accepted", "Unit": "Count"},
					map[string]any{"Name": "Latency", "Unit": "Milliseconds"},
				},
			}},
		},
		"Function": "rating", "Touchpoint": "hotline", "Accepted": 2.0, "Latency": -7.0,
	}
	if diff := cmp.Diff(want, line(t, b.Bytes())); diff != "" {
		t.Error(diff)
	}
	b.Reset()
	m.Emit(observe.Value{Name: "Accepted", Unit: observe.Count, N: 1})
	got := line(t, b.Bytes())
	if got["Touchpoint"] != nil || got["Function"] != "rating" || strings.Contains(b.String(), "Touchpoint") {
		t.Errorf("got %v", got)
	}
}

func TestNothingToCountIsNoLine(t *testing.T) {
	var b bytes.Buffer
	m := observe.NewMetricsTo(&b, "rating", clock)
	m.Emit()
	m.EmitAt("hotline")
	if b.Len() != 0 {
		t.Errorf("got %s", &b)
	}
}

func TestAMetricLineIsAlwaysJSON(t *testing.T) {
	var b bytes.Buffer
	observe.NewMetricsTo(&b, "rating", clock).EmitAt("a\"b\\c\nd\x00é", observe.Value{Name: "Accepted", Unit: observe.Count, N: 1})
	if got := line(t, b.Bytes())["Touchpoint"]; got != "a_b_c_d___" {
		t.Errorf("got %q", got)
	}
}

func TestMetricLinesDoNotMix(t *testing.T) {
	var b bytes.Buffer
	m := observe.NewMetricsTo(&b, "rating", clock)
	var group sync.WaitGroup
	for range 50 {
		group.Go(func() { m.Emit(observe.Value{Name: "Accepted", Unit: observe.Count, N: 1}) })
	}
	group.Wait()
	lines := bytes.SplitAfter(b.Bytes(), []byte("\n"))
	if len(lines) != 51 {
		t.Fatalf("%d lines", len(lines)-1)
	}
	for _, l := range lines[:50] {
		line(t, l)
	}
}

func TestAMetricAllocatesNothing(t *testing.T) {
	m := observe.NewMetricsTo(io.Discard, "rating", clock)
	n := testing.AllocsPerRun(100, func() {
		m.EmitAt("hotline", observe.Value{Name: "Accepted", Unit: observe.Count, N: 1})
	})
	if n > 0 {
		t.Errorf("%v allocations", n)
	}
}

func TestALineOfARequestAllocatesNothing(t *testing.T) {
	m := observe.NewMetricsTo(io.Discard, "rating", clock)
	n := testing.AllocsPerRun(100, func() {
		m.EmitAnswered(&observe.Answered{Route: "/v1/ratings", Method: "POST", Status: 201, Took: time.Millisecond, ID: "LV7fzho-liAEJPw="},
			"hotline", observe.Value{Name: "RatingAccepted", Unit: observe.Count, N: 1})
	})
	if n > 0 {
		t.Errorf("%v allocations", n)
	}
}

func BenchmarkEmitAt(b *testing.B) {
	m := observe.NewMetricsTo(io.Discard, "rating", clock)
	b.ReportAllocs()
	for b.Loop() {
		m.EmitAt("hotline", observe.Value{Name: "Accepted", Unit: observe.Count, N: 1})
	}
}

func BenchmarkLog(b *testing.B) {
	log := observe.LoggerTo(io.Discard, "rating", nil)
	ctx := lambdacontext.NewContext(b.Context(), &lambdacontext.LambdaContext{AwsRequestID: "request-1"})
	b.ReportAllocs()
	for b.Loop() {
		log.InfoContext(ctx, "stored", slog.String("event_id", "018e4f6a-3c1b-7e2d-9f00-5a6b7c8d9e0f"))
	}
}

func TestStagesOfOneAccountCountApart(t *testing.T) {
	t.Setenv("STAGE", "trial-2")
	var b bytes.Buffer
	observe.NewMetricsTo(&b, "rating", clock).Emit(observe.Value{Name: "Accepted", Unit: observe.Count, N: 1})
	if want := `"Namespace":"Resonanz/trial-2"`; !strings.Contains(b.String(), want) {
		t.Errorf("want %s in %s", want, b.String())
	}
}
