package site_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"resonanz/shared/config"
	"resonanz/shared/feedback"
	"resonanz/shared/httpapi"
	"resonanz/shared/intake/intaketest"
	"resonanz/shared/link"
	"resonanz/shared/observe"
	"resonanz/shared/pages"
	"resonanz/shared/problem"
	"resonanz/shared/site"
	"resonanz/shared/site/sitetest"
	"resonanz/shared/store"
)

var start = time.Date(2026, 3, 10, 9, 0, 1, 0, time.UTC)

func newSite(t *testing.T, log io.Writer) *site.Site[*pages.Pages] {
	return site.New(intaketest.Config(t), pages.New, observe.NewMetricsTo(log, "site", time.Now), observe.LoggerTo(log, "site", slog.LevelInfo), func() time.Time { return start })
}

func TestARefusalIsAPageWhereOneIsExpected(t *testing.T) {
	for _, c := range []struct {
		name, route, accept string
		shown, page         bool
	}{
		{"a page of customers, by a program", "/r/{token}", "application/json", true, true},
		{"an interface, by a browser", "/v1/ratings", "text/html", false, false},
		{"nowhere, by a browser", "other", "text/html", false, true},
		{"nowhere, by a program", "other", "*/*", false, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newSite(t, io.Discard)
			res := s.Serve(t.Context(), sitetest.Request("PUT", "/x", "", "accept", c.accept), func(_ context.Context, call *site.Call) httpapi.Response {
				call.Route, call.Shown = c.route, c.shown
				return s.Refuse(call, httpapi.MethodNotAllowed("GET"))
			})
			if page := strings.HasPrefix(res.Headers["Content-Type"], "text/html"); page != c.page || res.StatusCode != 405 || res.Headers["Allow"] != "GET" {
				t.Errorf("%d %v", res.StatusCode, res.Headers)
			}
		})
	}
}

func TestEveryRefusalHasItsMessage(t *testing.T) {
	s := newSite(t, io.Discard)
	for status, want := range map[int]string{
		400: "We cannot read this", 403: "This did not come from our page", 404: "Nothing to be found here", 405: "It does not work this way", 410: "This link has expired",
		413: "That was too much at once", 415: "We cannot read this", 422: "We cannot read this", 429: "That was very often in a row", 500: "That did not work just now", 503: "That did not work just now",
	} {
		res := s.Serve(t.Context(), sitetest.Request("GET", "/x?l=en", ""), func(_ context.Context, c *site.Call) httpapi.Response {
			c.Shown = true
			return s.Refuse(c, problem.New(status, "any", "Any."))
		})
		if res.StatusCode != status || !strings.Contains(res.Body, want) {
			t.Errorf("%d: %d without %q", status, res.StatusCode, want)
		}
	}
}

func TestWhatBreaksIsAnsweredAndNotedOnce(t *testing.T) {
	var log bytes.Buffer
	s := newSite(t, &log)
	res := s.Serve(t.Context(), sitetest.Request("GET", "/typed", ""), func(_ context.Context, c *site.Call) httpapi.Response {
		c.Route, c.Shown = "/{token}", true
		panic("inside")
	})
	if res.StatusCode != 500 || strings.Contains(res.Body, "inside") {
		t.Errorf("%d %s", res.StatusCode, res.Body)
	}
	if l := log.String(); strings.Count(l, "\n") != 1 || !strings.Contains(l, `"level":"ERROR"`) || !strings.Contains(l, `"route":"/{token}"`) || strings.Contains(l, "/typed") {
		t.Error(l)
	}
}

func TestWithoutPagesARefusalIsADocument(t *testing.T) {
	var log bytes.Buffer
	broken := func(*config.Config) (*pages.Pages, error) { return nil, errors.New("no colour") }
	s := site.New(intaketest.Config(t), broken, nil, observe.LoggerTo(&log, "site", slog.LevelInfo), func() time.Time { return start })
	res := s.Serve(t.Context(), sitetest.Request("GET", "/x", ""), func(_ context.Context, c *site.Call) httpapi.Response {
		c.Shown = true
		return s.Refuse(c, httpapi.NotFound())
	})
	if res.StatusCode != 404 || res.Headers["Content-Type"] != problem.ContentType || !strings.Contains(log.String(), "no colour") {
		t.Errorf("%d %v %s", res.StatusCode, res.Headers, log.String())
	}
}

func TestHeadHasHeadersOnly(t *testing.T) {
	s := newSite(t, io.Discard)
	res := s.Serve(t.Context(), sitetest.Request("HEAD", "/x", ""), func(_ context.Context, c *site.Call) httpapi.Response {
		return s.Refuse(c, httpapi.NotFound())
	})
	if res.StatusCode != 404 || res.Body != "" || res.Headers["Content-Type"] == "" {
		t.Errorf("%d %q %v", res.StatusCode, res.Body, res.Headers)
	}
}

func TestALinkIsReadInItsLanguageUnlessAnotherWasChosen(t *testing.T) {
	const minute = time.Minute
	ring := sitetest.NewRing(t, "l")
	sign := func(secret []byte, l feedback.Language, valid time.Duration) string {
		return link.Sign(sitetest.Keyring(t, secret, nil), link.Token{
			ResponseKey: "2026-03-abcdefghijklmnop", Touchpoint: link.CodeOf("hotline"), Channel: feedback.EmailLink, Language: l, ExpiresAt: start.Add(valid)})
	}
	for _, c := range []struct {
		name, query, token string
		want               feedback.Language
		status             int
	}{
		{"of the link", "", sign(ring.Secret, "it", minute), "it", 200},
		{"chosen", "?l=fr", sign(ring.Secret, "it", minute), "fr", 200},
		{"chosen, not offered", "?l=xx", sign(ring.Secret, "it", minute), "it", 200},
		{"link without", "", sign(ring.Secret, "", minute), "en", 200},
		{"link expired", "", sign(ring.Secret, "it", -minute), "it", 410},
		{"forged", "", sign([]byte(strings.Repeat("f", 64)), "it", minute), "en", 404},
		{"no token", "", "x", "en", 404},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newSite(t, io.Discard)
			s.Serve(t.Context(), sitetest.Request(http.MethodGet, "/x"+c.query, "", "accept-language", "en"), func(ctx context.Context, call *site.Call) httpapi.Response {
				token, err := s.Verify(ctx, call, ring, c.token)
				status := 200
				if err != nil {
					status = problem.Of(err).Status
				}
				if status != c.status || call.Language != c.want || errors.Is(err, link.ErrExpired) != (status == 410) {
					t.Errorf("%d %s, %v", status, call.Language, err)
				}
				if tp := s.Touchpoint(token.Touchpoint); (tp != nil) != (status != 404) {
					t.Errorf("touchpoint %v", tp)
				}
				return httpapi.Response{}
			})
		})
	}
}

type unreadable struct{}

func (unreadable) Response(context.Context, feedback.ResponseKey) ([]store.Entry, error) {
	return nil, context.DeadlineExceeded
}

func TestWhatCannotBeReadIsNotKnownAndHeadDoesNotAsk(t *testing.T) {
	for _, c := range []struct {
		method string
		from   site.Responses
		known  bool
	}{{"GET", unreadable{}, false}, {"HEAD", unreadable{}, true}, {"GET", store.NewMemory(), true}} {
		s := newSite(t, io.Discard)
		s.Serve(t.Context(), sitetest.Request(c.method, "/x", ""), func(ctx context.Context, call *site.Call) httpapi.Response {
			if e, known := s.Earlier(ctx, call, c.from, "2026-03-abcdefghijklmnop"); e != nil || known != c.known || (call.Cause == nil) != known {
				t.Errorf("%s: %v, %v, %v", c.method, e, known, call.Cause)
			}
			return httpapi.Response{}
		})
	}
}
