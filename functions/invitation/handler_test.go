package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/google/go-cmp/cmp"

	"resonanz/shared/config"
	"resonanz/shared/feedback"
	"resonanz/shared/httpapi"
	"resonanz/shared/intake/intaketest"
	"resonanz/shared/link"
	"resonanz/shared/observe"
	"resonanz/shared/period"
	"resonanz/shared/store"
)

var start = time.Date(2026, 3, 10, 9, 0, 1, 0, time.UTC)

// ring is a secret in memory.
type ring struct {
	keys link.Keyring
	err  error
}

func (r *ring) Keyring(context.Context, time.Time) (link.Keyring, error) { return r.keys, r.err }

type rig struct {
	tb     testing.TB
	cfg    *config.Config
	memory *store.Memory
	ring   *ring
	log    *bytes.Buffer
	at     time.Time
	*handler
}

func newRig(tb testing.TB) *rig {
	tb.Helper()
	keys, err := link.NewKeyring([]byte(strings.Repeat("k", 64)), nil)
	if err != nil {
		tb.Fatal(err)
	}
	r := &rig{tb: tb, cfg: intaketest.Config(tb), memory: store.NewMemory(), ring: &ring{keys: keys}, log: new(bytes.Buffer), at: start}
	clock := func() time.Time { return r.at }
	r.handler = &handler{
		cfg: r.cfg, ledger: r.memory, links: r.ring, publicURL: "https://feedback.example.com", now: clock,
		metrics: observe.NewMetricsTo(r.log, "invitation", clock), log: observe.LoggerTo(r.log, "invitation", slog.LevelInfo),
	}
	return r
}

func request(body string) *httpapi.Request {
	q := &httpapi.Request{RawPath: "/v1/invitations", Body: body, Headers: map[string]string{"content-type": "application/json"}}
	q.RequestContext.HTTP.Method = http.MethodPost
	q.RequestContext.Authorizer = &events.APIGatewayV2HTTPRequestContextAuthorizerDescription{
		JWT: &events.APIGatewayV2HTTPRequestContextAuthorizerJWTDescription{Claims: map[string]string{"scope": "resonanz/invite"}},
	}
	return q
}

func (r *rig) do(q *httpapi.Request) httpapi.Response {
	r.tb.Helper()
	res, err := r.Handle(r.tb.Context(), q)
	if err != nil {
		r.tb.Fatalf("the handler failed: %v", err)
	}
	return res
}

const body = `{"event_id":"018e4f6a-3c1b-7e2d-9f00-5a6b7c8d9e0f","touchpoint":"hotline","channel":"sms_link","language":"en","segment":"A","customer_key":"K-17"}`

func TestAnInvitationIsALinkThatTheRatingPageUnderstands(t *testing.T) {
	r := newRig(t)
	res := r.do(request(body))
	var got issued
	if err := json.Unmarshal([]byte(res.Body), &got); err != nil || res.StatusCode != 201 {
		t.Fatalf("%d %s, %v", res.StatusCode, res.Body, err)
	}
	token, err := link.Verify(r.ring.keys, got.Token, start)
	want := link.Token{
		ResponseKey: got.ResponseKey, Touchpoint: link.CodeOf("hotline"), Channel: "sms_link", Language: "en", Segment: "A", ExpiresAt: got.ExpiresAt,
	}
	if diff := cmp.Diff(want, token); diff != "" || err != nil {
		t.Errorf("token: %v (-want +got):\n%s", err, diff)
	}
	expires := time.Date(2026, 3, 24, 10, 0, 0, 0, time.UTC)
	if got.URL != "https://feedback.example.com/r/"+got.Token || !got.ExpiresAt.Equal(expires) || got.EventID != "018e4f6a-3c1b-7e2d-9f00-5a6b7c8d9e0f" {
		t.Errorf("answer %s", res.Body)
	}
	if strings.Contains(r.log.String(), got.Token) || strings.Contains(r.log.String(), "K-17") {
		t.Errorf("the log says too much: %s", r.log)
	}
}

func TestTheSameRequestGetsTheSameLinkWheneverItComes(t *testing.T) {
	r := newRig(t)
	first := r.do(request(body))
	for _, later := range []time.Duration{0, 3 * time.Hour, 25 * 24 * time.Hour} {
		r.at = start.Add(later)
		if again := r.do(request(body)); again.StatusCode != 200 || again.Body != first.Body {
			t.Errorf("after %s: %d %s, want %s", later, again.StatusCode, again.Body, first.Body)
		}
	}
	r.at = start
	if res := r.do(request(strings.Replace(body, "hotline", "repair", 1))); res.StatusCode != 409 || !strings.Contains(res.Body, "event_conflict") {
		t.Errorf("other body: %d %s", res.StatusCode, res.Body)
	}
	p := period.Of(start, r.cfg.Zone())
	n := 0
	for _, p := range []period.Period{p, p.Add(1)} {
		if err := r.memory.Month(t.Context(), p, func(e store.Entry) error {
			n++
			if e.Kind != feedback.KindInvitation || e.CustomerKey != "K-17" || strings.Contains(string(e.Event), "K-17") {
				t.Errorf("stored %+v", e)
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
	}
	if n != 1 {
		t.Errorf("%d stored, want 1", n)
	}
}

func TestEveryBadRequestHasANamedProblem(t *testing.T) {
	change := func(f func(*httpapi.Request)) *httpapi.Request {
		q := request(body)
		f(q)
		return q
	}
	for _, c := range []struct {
		name   string
		q      *httpapi.Request
		status int
		code   string
	}{
		{"no token", change(func(q *httpapi.Request) { q.RequestContext.Authorizer = nil }), 401, "unauthenticated"},
		{"other scope", change(func(q *httpapi.Request) {
			q.RequestContext.Authorizer.JWT.Claims["scope"] = "resonanz/reports"
		}), 403, "scope_missing"},
		{"other method", change(func(q *httpapi.Request) { q.RequestContext.HTTP.Method = "GET" }), 405, "method_not_allowed"},
		{"other path", change(func(q *httpapi.Request) { q.RawPath = "/v1/invitations/1" }), 404, "not_found"},
		{"form", change(func(q *httpapi.Request) { q.Headers["content-type"] = "application/x-www-form-urlencoded" }), 415, "unsupported_media_type"},
		{"too large", request(`{"x":"` + strings.Repeat("x", maxBody) + `"}`), 413, "body_too_large"},
		{"no JSON", request(`{`), 400, "malformed_json"},
		{"channel that carries no link", request(`{"touchpoint":"hotline","channel":"letter"}`), 422, "channel_mismatch"},
		{"unknown field", request(`{"touchpoint":"hotline","channel":"qr","phone":"+49 30 000000"}`), 422, "unknown_field"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := newRig(t)
			res := r.do(c.q)
			var p struct{ Code string }
			if err := json.Unmarshal([]byte(res.Body), &p); err != nil || res.StatusCode != c.status || p.Code != c.code ||
				res.Headers["Content-Type"] != "application/problem+json" {
				t.Errorf("%d %s, want %d %s", res.StatusCode, res.Body, c.status, c.code)
			}
		})
	}
}

func TestWithoutKeysNothingIsStoredAndNothingTold(t *testing.T) {
	r := newRig(t)
	r.ring.err = errors.New("secret arn:aws:unreachable")
	if res := r.do(request(body)); res.StatusCode != 500 || strings.Contains(res.Body, "arn:") || !strings.Contains(r.log.String(), "arn:") {
		t.Errorf("%d %s", res.StatusCode, res.Body)
	}
	if err := r.memory.Month(t.Context(), period.Of(start, r.cfg.Zone()), func(e store.Entry) error {
		t.Errorf("stored %+v", e)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	r.cfg = nil
	r.handler.cfg = nil
	if res := r.do(request(body)); res.StatusCode != 500 || strings.Contains(res.Body, "nil pointer") {
		t.Errorf("panic: %d %s", res.StatusCode, res.Body)
	}
}
