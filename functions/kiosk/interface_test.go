package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"sync"
	"time"

	"resonanz/shared/config"
	"resonanz/shared/feedback"
	"resonanz/shared/httpapi"
	"resonanz/shared/intake"
	"resonanz/shared/problem"
)

// api answers /v1/batch and /v1/beats as the interface says.
func (w *world) api(ctx context.Context, r *httpapi.Request) (httpapi.Response, error) {
	device, err := w.device(r)
	if err != nil {
		return httpapi.Problem(err), nil
	}
	body, err := httpapi.Body(r, intake.MaxBatch)
	if err != nil {
		return httpapi.Problem(err), nil
	}
	if httpapi.Path(r) == "/v1/beats" {
		return w.beat(device, body)
	}
	return w.batch(ctx, device, body)
}

func (w *world) beat(device *config.Device, body []byte) (httpapi.Response, error) {
	b := beat{Device: device.ID}
	if err := json.Unmarshal(body, &b); err != nil {
		return httpapi.Response{}, err
	}
	w.set(func() { w.beats = append(w.beats, b) })
	return httpapi.JSON(http.StatusOK, map[string]string{
		"now": time.Now().UTC().Format("2006-01-02T15:04:05.000Z07:00"), "device": string(device.ID), "touchpoint": string(device.Touchpoint),
	})
}

type result struct {
	EventID feedback.EventID `json:"event_id,omitempty"`
	Status  intake.Status    `json:"status"`
	Problem *problem.Problem `json:"problem,omitempty"`
}

func (w *world) batch(ctx context.Context, device *config.Device, body []byte) (httpapi.Response, error) {
	w.set(func() { w.batches++ })
	w.dawdle()
	events, err := intake.ParseBatch(body)
	if err != nil {
		return httpapi.Problem(err), nil
	}
	results := make([]result, len(events))
	for i, e := range events {
		var s *intake.Submission
		if s, err = intake.ParseEvent(w.cfg, intake.Source{Device: device}, intake.Mixed, e, time.Now()); err == nil {
			results[i].EventID = s.Rating.EventID
			var receipt intake.Receipt
			if receipt, err = intake.Accept(ctx, w.ledger, s); err == nil {
				results[i].Status = receipt.Status
				continue
			}
		}
		results[i].Status, results[i].Problem = intake.Rejected, problem.Of(err)
	}
	return httpapi.JSON(http.StatusOK, map[string]any{"results": results})
}

// fault is a network that drops, delays and duplicates, the same way for the
// same seed: every sort of fault in every eight requests.
type fault struct {
	mu    sync.Mutex
	rng   *rand.Rand
	deck  []int
	times map[string]int
}

var faults = [...]string{"drop request", "drop answer", "cut answer", "duplicate", "busy", "portal", "retry", "pass"}

func newFault(seed uint64) *fault {
	return &fault{rng: rand.New(rand.NewPCG(seed, seed)), times: map[string]int{}}
}

func (f *fault) draw() (what string, delay time.Duration) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.deck) == 0 {
		f.deck = f.rng.Perm(len(faults))
	}
	what, f.deck = faults[f.deck[0]], f.deck[1:]
	f.times[what]++
	return what, time.Duration(f.rng.IntN(120)) * time.Millisecond
}

func (f *fault) count(what string) int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.times[what]
}

func (f *fault) strike(rw http.ResponseWriter, r *http.Request, api http.Handler) {
	what, delay := f.draw()
	select {
	case <-time.After(delay):
	case <-r.Context().Done():
	}
	body, err := io.ReadAll(r.Body)
	req := func() *http.Request { //nolint:contextcheck // what arrived is dealt with though nobody waits for the answer
		q := r.Clone(context.WithoutCancel(r.Context()))
		q.Body = io.NopCloser(bytes.NewReader(body))
		return q
	}
	if err != nil || what == "drop request" {
		cut(rw)
		return
	}
	answer := httptest.NewRecorder()
	switch what {
	case "busy":
		answer.Header().Set("Retry-After", "1")
		answer.WriteHeader(http.StatusServiceUnavailable)
	case "portal": // what a hotel's network says before somebody signs in
		answer.Header().Set("Content-Type", "text/html")
		answer.WriteHeader([...]int{200, 403, 400, 413}[delay/time.Millisecond%4])
		_, _ = answer.WriteString("<h1>Welcome</h1>")
	case "retry": // the ledger is busy for each event
		retryAll(answer, req())
	case "duplicate":
		api.ServeHTTP(httptest.NewRecorder(), req())
		fallthrough
	default:
		api.ServeHTTP(answer, req())
	}
	if what == "drop answer" {
		cut(rw)
		return
	}
	for k, v := range answer.Header() {
		rw.Header()[k] = v
	}
	said := answer.Body.Bytes()
	if what == "cut answer" {
		rw.Header().Set("Content-Length", "100000")
		said = said[:len(said)/2]
	}
	rw.WriteHeader(answer.Code)
	_, _ = rw.Write(said)
}

func retryAll(answer *httptest.ResponseRecorder, r *http.Request) {
	var batch struct {
		Events []struct {
			ID feedback.EventID `json:"event_id"`
		}
	}
	if err := json.NewDecoder(r.Body).Decode(&batch); err != nil || len(batch.Events) == 0 {
		answer.WriteHeader(http.StatusInternalServerError)
		return
	}
	var results []result
	for _, e := range batch.Events {
		results = append(results, result{EventID: e.ID, Status: intake.Retry})
	}
	answer.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(answer).Encode(map[string]any{"results": results})
}
