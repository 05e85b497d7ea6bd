package main

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"testing"
	"time"

	"resonanz/shared/config"
	"resonanz/shared/feedback"
	"resonanz/shared/httpapi"
	"resonanz/shared/intake/intaketest"
	"resonanz/shared/observe"
	"resonanz/shared/period"
	"resonanz/shared/site/sitetest"
	"resonanz/shared/store"
)

var start = time.Date(2026, 3, 10, 9, 0, 1, 0, time.UTC)

// shelf is a store in memory that can be made to fail.
type shelf struct {
	*store.Memory
	write, read error
	calls       int
}

func (s *shelf) Invite(ctx context.Context, e *store.Entry, c store.Contact) (store.Outcome, *store.Entry, error) {
	if s.write != nil {
		return 0, nil, s.write
	}
	return s.Memory.Invite(ctx, e, c)
}

func (s *shelf) OptOut(ctx context.Context, id store.ContactID, why store.Why, now time.Time) error {
	s.calls++
	if s.write != nil {
		return s.write
	}
	return s.Memory.OptOut(ctx, id, why, now)
}

func (s *shelf) Response(ctx context.Context, k feedback.ResponseKey) ([]store.Entry, error) {
	s.calls++
	if s.read != nil {
		return nil, s.read
	}
	return s.Memory.Response(ctx, k)
}

type rig struct {
	tb    testing.TB
	cfg   *config.Config
	shelf *shelf
	ring  *sitetest.Ring
	log   *bytes.Buffer
	at    time.Time
	*handler
}

func newRig(tb testing.TB) *rig {
	tb.Helper()
	r := &rig{tb: tb, cfg: intaketest.Config(tb), shelf: &shelf{Memory: store.NewMemory()}, ring: sitetest.NewRing(tb, "k"), log: new(bytes.Buffer), at: start}
	r.cfg.Notify.MailFrom = "feedback@example.com"
	r.cfg.Invitations.FatigueDays = 30
	r.cfg.Touchpoint("repair").Card = "commissioning"
	r.cfg.Organisation.Languages = []feedback.Language{"de", "en", "fr", "it"}
	clock := func() time.Time { return r.at }
	r.handler = newHandler(r.cfg, r.shelf, r.ring, "https://feedback.example.com/",
		observe.NewMetricsTo(r.log, "invitation", clock), observe.LoggerTo(r.log, "invitation", slog.LevelInfo), clock)
	return r
}

func request(body string) *httpapi.Request {
	q := sitetest.Request(http.MethodPost, "/v1/invitations", body, "content-type", "application/json")
	q.RequestContext.Authorizer = &httpapi.Authorizer{
		JWT: &httpapi.JWT{Claims: map[string]string{"scope": "resonanz/invite"}},
	}
	return q
}

func table(body string) *httpapi.Request {
	q := request(body)
	q.Headers["content-type"] = "text/csv; charset=utf-8"
	return q
}

func (r *rig) do(q *httpapi.Request) httpapi.Response {
	r.tb.Helper()
	return sitetest.Do(r.tb, r, q)
}

// issue asks for one link.
func (r *rig) issue(body string) issued {
	r.tb.Helper()
	var got issued
	res := r.do(request(body))
	if err := json.Unmarshal([]byte(res.Body), &got); err != nil || res.StatusCode != 201 && res.StatusCode != 200 {
		r.tb.Fatalf("%d %s, %v", res.StatusCode, res.Body, err)
	}
	return got
}

// results asks for several links.
func (r *rig) results(q *httpapi.Request) []result {
	r.tb.Helper()
	var got struct{ Results []result }
	res := r.do(q)
	if err := json.Unmarshal([]byte(res.Body), &got); err != nil || res.StatusCode != 200 {
		r.tb.Fatalf("%d %s, %v", res.StatusCode, res.Body, err)
	}
	return got.Results
}

// stored are the invitations of two months.
func (r *rig) stored() (all []store.Entry) {
	r.tb.Helper()
	p := period.Of(start, r.cfg.Zone())
	for _, p := range []period.Period{p, p.Add(1)} {
		if err := r.shelf.Month(r.tb.Context(), p, func(e store.Entry) error { all = append(all, e); return nil }); err != nil {
			r.tb.Fatal(err)
		}
	}
	return all
}
