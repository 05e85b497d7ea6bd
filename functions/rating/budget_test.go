package main

import (
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"resonanz/shared/casefile"
	"resonanz/shared/feedback"
	"resonanz/shared/httpapi"
	"resonanz/shared/intake/intaketest"
	"resonanz/shared/observe"
	"resonanz/shared/pages"
	"resonanz/shared/site"
	"resonanz/shared/site/sitetest"
	"resonanz/shared/store"
	"resonanz/shared/throttle"
)

// nowhere accepts everything at once and finds what it was given: what is left is
// the handler's own work.
type nowhere struct{ said []store.Entry }

func (nowhere) Put(context.Context, *store.Entry) (store.Outcome, *store.Entry, error) {
	return store.Accepted, nil, nil
}

func (nowhere) Get(context.Context, feedback.ResponseKey, feedback.EventID) (*store.Entry, error) {
	return nil, store.ErrNotFound
}

func (nowhere) GetAny(context.Context, []feedback.ResponseKey, feedback.EventID) (*store.Entry, error) {
	return nil, store.ErrNotFound
}

func (n nowhere) Response(context.Context, feedback.ResponseKey) ([]store.Entry, error) {
	return n.said, nil
}

func (nowhere) Submit(context.Context, *store.Entry, *casefile.Case, ...*casefile.Entry) (store.Outcome, *store.Entry, error) {
	return store.Accepted, nil, nil
}

func (nowhere) GetCase(context.Context, casefile.Number) (*casefile.Case, error) {
	return nil, store.ErrNotFound
}

func (nowhere) Beat(context.Context, store.Beat) error { return nil }

func quiet(tb testing.TB) *rig {
	tb.Helper()
	r := newRig(tb)
	r.ledger = nowhere{}
	r.metrics, r.log = nil, nil
	r.Metrics = observe.NewMetricsTo(io.Discard, "rating", time.Now)
	r.Log = observe.LoggerTo(io.Discard, "rating", slog.LevelInfo)
	return r
}

// request of each kind, with what was said before it.
type asked struct {
	*httpapi.Request
	before []store.Entry
}

func requests(tb testing.TB, r *rig) map[string]asked {
	tb.Helper()
	vote := func(stars int, after time.Duration) store.Entry {
		event, err := json.Marshal(feedback.Rating{
			EventID: feedback.NewEventID(), ResponseKey: "2026-03-abcdefghijklmnop", Touchpoint: "hotline", Channel: feedback.EmailLink, Scale: feedback.Stars5,
			Rating: stars, SubmittedAt: start.Add(after), ReceivedAt: start.Add(after), Language: "de", Reason: "waiting_time", NPS: new(3), FCR: new(false),
			CallbackRequested: true, HasText: true, Segment: "A", CollectionMode: feedback.Self,
		})
		if err != nil {
			tb.Fatal(err)
		}
		return store.Entry{Kind: feedback.KindRating, Event: event}
	}
	page := "/r/" + r.token()
	nonce := r.links.Nonce(tb, page, start)
	form := func(path, body string) *httpapi.Request {
		return sitetest.Request(http.MethodPost, path, body, "content-type", sitetest.FormType)
	}
	return map[string]asked{
		"vote": {form(page, "stars=4&nonce="+nonce), nil},
		"more": {form(page+"?done=1", "stars=2&reason=waiting_time&fcr=no&nps=3&comment=Alles+gut&suggestion=&callback=1&contact=a%40example.com&l=fr&nonce="+nonce), nil},
		"json": {sitetest.Request(http.MethodPost, "/v1/ratings", string(intaketest.Event().With("comment", "Alles gut").JSON(tb)),
			"content-type", "application/json", "authorization", "Bearer "+r.key()), nil},
		"page":         {sitetest.Request(http.MethodGet, page+"?s=4", ""), nil},
		"page again":   {sitetest.Request(http.MethodGet, page, ""), []store.Entry{vote(4, -time.Hour)}},
		"page more":    {sitetest.Request(http.MethodGet, page+"?done=1", ""), []store.Entry{vote(2, -time.Hour)}},
		"page changed": {sitetest.Request(http.MethodGet, page+"?l=fr", ""), []store.Entry{vote(4, -2*time.Hour), vote(2, -time.Hour), vote(5, -time.Minute)}},
	}
}

// The budget of one request without the network is 150 allocations; what each was
// seen to need, and a tenth.
var allocations = map[string]float64{
	"vote": 51, "more": 69, "json": 64, "page": 54, "page again": 80, "page more": 71, "page changed": 120,
}

func TestARequestAllocatesLittle(t *testing.T) {
	r := quiet(t)
	for name, q := range requests(t, r) {
		r.ledger = nowhere{q.before}
		n := testing.AllocsPerRun(200, func() {
			r.at = r.at.Add(5 * time.Second) // nobody sends 200 forms at once
			if res, err := r.Handle(t.Context(), q.Request); err != nil || res.StatusCode >= 400 {
				t.Fatalf("%d %s, %v", res.StatusCode, res.Body, err)
			}
		})
		t.Logf("%s: %.0f allocations", name, n)
		if n > allocations[name] {
			t.Errorf("%s: %.0f allocations, want at most %.0f", name, n, allocations[name])
		}
	}
}

// The budget of an accepted rating: one call, one write unit.
func TestAnAcceptedRatingIsOneCallOfOneWriteUnit(t *testing.T) {
	vote := strings.Repeat("Alles war gut. ", 13) // about 200 characters
	for name, send := range map[string]func(*rig) httpapi.Response{
		"vote by form": func(r *rig) httpapi.Response {
			path := "/r/" + r.token()
			return r.post(path, "stars", "4", "nonce", r.links.Nonce(t, path, r.at))
		},
		"vote with a comment": func(r *rig) httpapi.Response {
			path := "/r/" + r.token()
			return r.post(path, "stars", "4", "comment", vote, "nonce", r.links.Nonce(t, path, r.at))
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

// The budget of the log, which is paid for by the byte: one line of a request.
func TestAnAcceptedRatingIsOneShortLineOfTheLog(t *testing.T) {
	t.Setenv("STAGE", "prod")
	for name, send := range map[string]func(*rig) *httpapi.Request{
		"device": func(r *rig) *httpapi.Request {
			return sitetest.Request(http.MethodPost, "/v1/ratings", string(intaketest.Event().JSON(t)), "content-type", "application/json", "authorization", "Bearer "+r.key())
		},
		"vote by form": func(r *rig) *httpapi.Request {
			path := "/r/" + r.token()
			return sitetest.Form(path, "stars", "4", "nonce", r.links.Nonce(t, path, r.at))
		},
	} {
		r := newRig(t)
		ctx := observe.WithRequestID(t.Context(), "LV7fzho-liAEJPw=")
		if res, err := r.Handle(ctx, send(r)); err != nil || res.StatusCode >= 400 {
			t.Fatalf("%s: %d %s, %v", name, res.StatusCode, res.Body, err)
		}
		t.Logf("%s: %d bytes: %s", name, r.metrics.Len(), r.metrics)
		if n := strings.Count(r.metrics.String(), "\n"); n != 1 || r.log.Len() > 0 || r.metrics.Len() > 375 {
			t.Errorf("%s: want one line of at most 375 bytes, got\n%s%s", name, r.metrics, r.log)
		}
	}
}

// The budget of a look: GET reads what was said before, once; HEAD nothing.
func TestLookingReadsOnceAndWritesNothing(t *testing.T) {
	r := newRig(t)
	d := r.onTable()
	for _, query := range []string{"", "?s=1", "?done=1"} {
		r.do(sitetest.Request(http.MethodHead, "/r/"+r.token()+query, ""))
	}
	if len(d.calls) != 0 {
		t.Errorf("HEAD: calls %v", d.calls)
	}
	for n, query := range []string{"", "?s=1", "?done=1", "?done=2", "?l=fr"} {
		r.do(sitetest.Request(http.MethodGet, "/r/"+r.token()+query, ""))
		if len(d.calls) != n+1 || d.calls[n] != "Query" {
			t.Fatalf("%q: calls %v", query, d.calls)
		}
	}
}

// From the bytes of the event to those of the answer, but for the network.
func BenchmarkHandler(b *testing.B) {
	r := quiet(b)
	for name, q := range requests(b, r) {
		q.RequestContext.RequestID = "LV7fzho-liAEJPw="
		payload, err := json.Marshal(q.Request)
		if err != nil {
			b.Fatal(err)
		}
		b.Run(name, func(b *testing.B) {
			r.ledger = nowhere{q.before}
			b.ReportAllocs()
			for n := 1; b.Loop(); n++ {
				if r.at = r.at.Add(2 * time.Second); n%20_000 == 0 { // a nonce is good for a day
					b.StopTimer()
					r.at, r.Site = start, site.New(r.cfg, pages.New, r.Metrics, r.Log, r.Now)
					r.singles = throttle.Limiter{Limit: singlesOfDevice} // else a device sends into the past
					b.StartTimer()
				}
				if _, err := httpapi.Function(r.Handle).Invoke(b.Context(), payload); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
