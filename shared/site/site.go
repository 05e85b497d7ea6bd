// Package site is what the functions that customers open in a browser have in
// common: each request is answered whatever happens and noted in one line of the
// log, in the language that its customer settles, and what is refused is refused
// as a page where a page is expected.
package site

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"sync"
	"time"

	"resonanz/shared/config"
	"resonanz/shared/feedback"
	"resonanz/shared/httpapi"
	"resonanz/shared/link"
	"resonanz/shared/observe"
	"resonanz/shared/pages"
	"resonanz/shared/problem"
)

// Pages are what a function shows: *pages.Pages or *pages.Cards.
type Pages interface {
	Message(feedback.Language, pages.Message) string
	Policy() string // the Content-Security-Policy of each
}

// Site answers with the pages P.
type Site[P Pages] struct {
	Pages   func() (P, error) // prepared when the first page is asked for
	Log     *slog.Logger
	Metrics *observe.Metrics // where Count of a Call leads
	Now     func() time.Time
	// Public is the host of the address that customers open, where it is not that of
	// the API; empty: not known.
	Public string

	guard   *guard
	cfg     *config.Config
	offered []feedback.Language
	codes   map[link.Code]*config.Touchpoint
}

// New makes the site of a configuration.
func New[P Pages](cfg *config.Config, prepare func(*config.Config) (P, error), metrics *observe.Metrics, log *slog.Logger, now func() time.Time) *Site[P] {
	s := &Site[P]{
		Pages: sync.OnceValues(func() (P, error) { return prepare(cfg) }), Log: log, Metrics: metrics, Now: now,
		guard: newGuard(), cfg: cfg, offered: pages.Offered(cfg), codes: make(map[link.Code]*config.Touchpoint, len(cfg.Touchpoints)),
	}
	for i := range cfg.Touchpoints {
		s.codes[link.CodeOf(cfg.Touchpoints[i].ID)] = &cfg.Touchpoints[i]
	}
	if t := cfg.CanaryTouchpoint(); t != nil {
		s.codes[link.CodeOf(t.ID)] = t
	}
	return s
}

// Call is one request on its way through a function.
type Call struct {
	*httpapi.Request
	httpapi.Note                   // its route is "other" until it is known
	At           time.Time         // when it came
	Query        url.Values        // what cannot be read of it is ignored
	Shown        bool              // customers open this address: it is refused with a page
	Chosen       feedback.Language // by the customer on a page; empty: none
	Language     feedback.Language // of the answer
}

// Serve answers a request with what route makes of it, a panic with an internal
// error, HEAD with the headers alone, and writes one line about it, with what was
// counted: no token, no address, nothing that was typed.
func (s *Site[P]) Serve(ctx context.Context, r *httpapi.Request, route func(context.Context, *Call) httpapi.Response) (res httpapi.Response) {
	c := &Call{Request: r, At: s.Now(), Note: httpapi.Note{Route: "other", Metrics: s.Metrics}}
	defer func() {
		if p := recover(); p != nil {
			res = s.Refuse(c, observe.Recovered(p))
		}
		if httpapi.Method(r) == http.MethodHead {
			res.Body = ""
		}
		c.Took = s.Now().Sub(c.At)
		c.Log(ctx, s.Log, r, res.StatusCode)
	}()
	c.Language = s.cfg.Organisation.DefaultLanguage
	if l := httpapi.Language(httpapi.Header(r, "accept-language"), s.offered); l != "" {
		c.Language = l
	}
	if r.RawQueryString != "" {
		c.Query, _ = url.ParseQuery(r.RawQueryString)
		s.Choose(c, feedback.Language(c.Query.Get("l")))
	}
	return route(ctx, c)
}

// Choose takes the language that the customer chose on a page, if it is offered.
// It goes before that of a link, which goes before what the browser prefers,
// which goes before the organisation's.
func (s *Site[P]) Choose(c *Call, l feedback.Language) {
	if slices.Contains(s.offered, l) {
		c.Chosen, c.Language = l, l
	}
}

// Refuse answers with the problem that err is: as a page at an address that
// customers open, and at an unknown one to who prefers a page; as problem+json
// to everyone else.
func (s *Site[P]) Refuse(c *Call, err error) httpapi.Response {
	p := problem.Of(err)
	c.Code = p.Code
	if p.Status >= http.StatusInternalServerError {
		c.Cause = err
	}
	if !c.Shown && (c.Route != "other" || !httpapi.PrefersHTML(httpapi.Header(c.Request, "accept"))) {
		return httpapi.Problem(err)
	}
	w, failed := s.Pages()
	if failed != nil {
		c.Cause = errors.Join(c.Cause, failed)
		return httpapi.Problem(err)
	}
	res := httpapi.Page(p.Status, w.Message(c.Language, message(p.Status)), w.Policy())
	httpapi.Decorate(res.Headers, p)
	return res
}

// message is the page that fits the status of a problem.
func message(status int) pages.Message {
	switch status {
	case http.StatusGone:
		return pages.Expired
	case http.StatusRequestEntityTooLarge:
		return pages.TooLarge
	case http.StatusBadRequest, http.StatusUnsupportedMediaType, http.StatusUnprocessableEntity:
		return pages.WrongType
	case http.StatusMethodNotAllowed:
		return pages.MethodNotAllowed
	case http.StatusNotFound:
		return pages.NotFound
	case http.StatusTooManyRequests:
		return pages.TooOften
	case http.StatusForbidden:
		return pages.Foreign
	}
	return pages.Failed
}
