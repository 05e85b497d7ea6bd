package main

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"resonanz/shared/feedback"
	"resonanz/shared/httpapi"
	"resonanz/shared/intake/intaketest"
	"resonanz/shared/observe"
	"resonanz/shared/store"
)

// nowhere accepts everything at once: what is left is the handler's own work.
type nowhere struct{}

func (nowhere) Put(context.Context, *store.Entry) (store.Outcome, *store.Entry, error) {
	return store.Accepted, nil, nil
}

func (nowhere) Get(context.Context, feedback.ResponseKey, feedback.EventID) (*store.Entry, error) {
	return nil, store.ErrNotFound
}

func quiet(tb testing.TB) *rig {
	tb.Helper()
	r := newRig(tb)
	r.ledger = nowhere{}
	r.metrics, r.log = nil, nil
	r.handler.metrics = observe.NewMetricsTo(io.Discard, "rating", time.Now)
	r.handler.log = observe.LoggerTo(io.Discard, "rating", slog.LevelInfo)
	return r
}

func requests(tb testing.TB, r *rig) map[string]*httpapi.Request {
	tb.Helper()
	return map[string]*httpapi.Request{
		"vote": request(http.MethodPost, "/r/"+r.token(), "stars=4&comment=Alles+gut&suggestion=&contact=&nonce=abcdefghijklmnop", "content-type", formType),
		"json": request(http.MethodPost, "/v1/ratings", string(intaketest.Event().With("comment", "Alles gut").JSON(tb)),
			"content-type", "application/json", "authorization", "Bearer "+r.key()),
		"page": request(http.MethodGet, "/r/"+r.token()+"?s=4", ""),
	}
}

// The budget of one request without the network: 150 allocations.
func TestARequestAllocatesLittle(t *testing.T) {
	r := quiet(t)
	for name, q := range requests(t, r) {
		n := testing.AllocsPerRun(200, func() {
			if res := r.do(q); res.StatusCode >= 400 {
				t.Fatalf("%d %s", res.StatusCode, res.Body)
			}
		})
		t.Logf("%s: %.0f allocations", name, n)
		if n > 150 {
			t.Errorf("%s: %.0f allocations, want at most 150", name, n)
		}
	}
}

// The budget of an accepted rating: one call, one write unit.
func TestAnAcceptedRatingIsOneCallOfOneWriteUnit(t *testing.T) {
	vote := strings.Repeat("Alles war gut. ", 13) // about 200 characters
	for name, send := range map[string]func(*rig) httpapi.Response{
		"vote by form": func(r *rig) httpapi.Response {
			return r.post("/r/"+r.token(), "stars", "4", "nonce", "abcdefghijklmnop")
		},
		"vote with a comment": func(r *rig) httpapi.Response {
			return r.post("/r/"+r.token(), "stars", "4", "comment", vote, "nonce", "abcdefghijklmnop")
		},
		"device": func(r *rig) httpapi.Response { return r.send("/v1/ratings", intaketest.Event().JSON(t)) },
		"device with everything but text": func(r *rig) httpapi.Response {
			return r.send("/v1/ratings", intaketest.Event().With("reason", "waiting_time").With("nps", 10).With("ces", 7).With("fcr", "yes").
				With("expectation", 5).With("topic", "pricing.transparency").With("customer_key", strings.Repeat("K", 64)).With("language", "de").JSON(t))
		},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			d := r.onTable()
			if res := send(r); res.StatusCode != 303 && res.StatusCode != 201 {
				t.Fatalf("%d %s", res.StatusCode, res.Body)
			}
			if len(d.calls) != 1 || d.calls[0] != "PutItem" {
				t.Fatalf("calls %v, want one PutItem", d.calls)
			}
			t.Logf("%d bytes", d.sizes[0])
			if d.sizes[0] > 1024 {
				t.Errorf("%d bytes, want at most 1024", d.sizes[0])
			}
		})
	}
}

func TestLookingMakesNoCall(t *testing.T) {
	r := newRig(t)
	d := r.onTable()
	for _, method := range []string{http.MethodGet, http.MethodHead} {
		for _, query := range []string{"", "?s=1", "?done=1"} {
			r.do(request(method, "/r/"+r.token()+query, ""))
		}
	}
	if len(d.calls) != 0 {
		t.Errorf("calls %v", d.calls)
	}
}

func BenchmarkHandler(b *testing.B) {
	r := quiet(b)
	for name, q := range requests(b, r) {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				r.do(q)
			}
		})
	}
}
