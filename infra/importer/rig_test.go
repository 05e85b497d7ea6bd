package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"resonanz/infra/caller"
	"resonanz/infra/configure"
	"resonanz/shared/config"
	"resonanz/shared/feedback"
	"resonanz/shared/intake"
	"resonanz/shared/period"
	"resonanz/shared/problem"
	"resonanz/shared/store"
)

var noon = time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC)

// rig is the JSON interface with a store in memory, and a folder for files. Fault
// may spoil an answer.
type rig struct {
	tb     testing.TB
	cfg    *config.Config
	memory *store.Memory
	dir    string
	out    bytes.Buffer
	calls  int
	fault  func(call int) (status int, lost bool)
	retry  func(call, event int) bool
	blind  bool // everything is accepted, and nothing kept
}

func newRig(tb testing.TB) *rig {
	tb.Helper()
	cfg, err := configure.Load(filepath.Join("..", "feedback.yaml"))
	if err != nil {
		tb.Fatal(err)
	}
	return &rig{tb: tb, cfg: cfg, memory: store.NewMemory(), dir: tb.TempDir()}
}

// file writes a file and returns its path.
func (r *rig) file(name, text string) string {
	r.tb.Helper()
	path := filepath.Join(r.dir, name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		r.tb.Fatal(err)
	}
	return path
}

// RoundTrip answers as the interface does.
func (r *rig) RoundTrip(req *http.Request) (*http.Response, error) {
	r.calls++
	body, err := io.ReadAll(req.Body)
	if err != nil || req.URL.Path != "/v1/batch" || len(body) > intake.MaxBatch || req.Header.Get("Authorization") != "Bearer jwt" {
		r.tb.Fatalf("%s of %d bytes: %v", req.URL, len(body), err)
	}
	status, lost := 0, false
	if r.fault != nil {
		status, lost = r.fault(r.calls)
	}
	if status != 0 {
		return &http.Response{StatusCode: status, Header: http.Header{}, Body: io.NopCloser(strings.NewReader("{}"))}, nil
	}
	events, err := intake.ParseBatch(body)
	if err != nil {
		r.tb.Fatal(err)
	}
	results := make([]map[string]any, len(events))
	for i, e := range events {
		results[i] = map[string]any{"status": "retry"}
		if r.retry != nil && r.retry(r.calls, i) {
			continue
		}
		if r.blind {
			results[i] = map[string]any{"status": "accepted"}
			continue
		}
		s, err := intake.ParseEvent(r.cfg, intake.Source{}, intake.Mixed, e, noon)
		var got intake.Receipt
		if err == nil {
			got, err = intake.Accept(req.Context(), r.memory, s)
		}
		if results[i] = map[string]any{"event_id": got.EventID, "status": got.Status}; err != nil {
			results[i] = map[string]any{"status": "rejected", "problem": problem.Of(err)}
		}
	}
	if lost {
		return nil, errors.New("the answer is lost")
	}
	answer, err := json.Marshal(map[string]any{"results": results})
	if err != nil {
		r.tb.Fatal(err)
	}
	return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: io.NopCloser(bytes.NewReader(answer))}, nil
}

// bring imports a file and returns what is said.
func (r *rig) bring(path, format, maps string) (string, error) {
	r.tb.Helper()
	r.out.Reset()
	connect := func() (*caller.Caller, error) {
		return &caller.Caller{
			Client: &http.Client{Transport: r}, Base: "http://localhost",
			Token:  func(context.Context) (string, error) { return "jwt", nil },
			Wait:   func(context.Context, time.Duration) error { return nil },
			Jitter: func() float64 { return 0 },
		}, nil
	}
	err := bring(context.Background(), r.cfg, order{file: path, format: format, maps: maps}, connect, noon, &r.out)
	return r.out.String(), err
}

// votes are what is stored of some months, as one JSON a line.
func (r *rig) stored(months ...string) (all []feedback.Card) {
	r.tb.Helper()
	for _, name := range months {
		m, err := period.Parse(name)
		if err != nil {
			r.tb.Fatal(err)
		}
		err = r.memory.Month(context.Background(), m, func(e store.Entry) error {
			var c feedback.Card
			if err := json.Unmarshal(e.Event, &c); err != nil {
				return err
			}
			all = append(all, c)
			return nil
		})
		if err != nil {
			r.tb.Fatal(err)
		}
	}
	return all
}
