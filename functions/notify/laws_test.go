package main

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"pgregory.net/rapid"

	"resonanz/shared/store"
)

// TestAWebhookArrivesWhateverHappens: the receiver fails as it likes, what became
// of an attempt is sometimes not kept, each message comes as often as a queue may
// deliver it, and the clock asks until it is done.
func TestAWebhookArrivesWhateverHappens(t *testing.T) {
	var answer func() int
	var ids []string
	far := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ids = append(ids, r.Header.Get("webhook-id"))
		w.WriteHeader(answer())
	}))
	defer far.Close()
	rapid.Check(t, func(rt *rapid.T) {
		answers := rapid.SliceOfN(rapid.SampledFrom([]int{204, 500, 503, 302}), 0, 12).Draw(rt, "answers")
		ids = nil
		answer = func() int {
			if n := len(ids); n <= len(answers) {
				return answers[n-1]
			}
			return 200
		}
		r, e := hooked(t, far.URL)
		shelf := &brittle{Memory: r.memory}
		e.shelf, r.shelf = shelf, shelf
		lost := 0
		lose := func() {
			if rapid.IntRange(0, 4).Draw(rt, "lost") == 0 {
				shelf.fails = 1
				lost++
			}
		}
		lose()
		for range 3 { // until the queue gives up, which is far from here
			r.deliver(rt, alertOf(1))
		}
		for range 20 {
			n := r.due(t)
			if n == 0 {
				r.clock = r.clock.Add(time.Hour)
				if h, err := r.memory.Hook(rt.Context(), "default", alertOf(1).ID); err == nil && h.Status == store.HookWaiting && h.NextAt.After(r.clock) {
					r.clock = h.NextAt
				}
				if n = r.due(t); n == 0 {
					break
				}
			}
			lose()
			for range rapid.IntRange(1, 3).Draw(rt, "times") {
				r.again(t, n)
			}
		}
		h, err := r.memory.Hook(rt.Context(), "default", alertOf(1).ID)
		if err != nil {
			rt.Fatal(err)
		}
		switch h.Status {
		case store.HookDelivered:
			if got := h.Log[len(h.Log)-1].Status; got < 200 || got > 299 {
				rt.Fatalf("delivered by %d", got)
			}
		case store.HookFailed:
			if len(h.Log) != len(pauses)+1 {
				rt.Fatalf("given up after %d attempts", len(h.Log))
			}
		default:
			rt.Fatalf("still %+v", h)
		}
		if len(ids) > len(h.Log)+lost || len(ids) < len(h.Log) {
			rt.Fatalf("%d requests, %d attempts kept, %d lost", len(ids), len(h.Log), lost)
		}
		for i, try := range h.Log {
			if i+1 < len(h.Log) && try.Status >= 200 && try.Status <= 299 {
				rt.Fatalf("tried again after it arrived: %+v", h.Log)
			}
			if i > 0 && try.At.Sub(h.Log[i-1].At) < pauses[i-1] {
				rt.Fatalf("attempt %d too soon: %+v", i+1, h.Log)
			}
		}
		for _, id := range ids {
			if id != alertOf(1).ID {
				rt.Fatalf("id %s", id)
			}
		}
		if n := r.due(t); n != 0 {
			rt.Fatalf("attempt %d is due of what is settled", n)
		}
		before := len(ids)
		r.deliver(rt, alertOf(1))
		r.again(t, h.Attempt)
		if len(ids) != before {
			rt.Fatal("told again of what is settled")
		}
	})
}
