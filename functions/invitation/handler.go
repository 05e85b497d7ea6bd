package main

import (
	"context"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"resonanz/shared/config"
	"resonanz/shared/feedback"
	"resonanz/shared/httpapi"
	"resonanz/shared/intake"
	"resonanz/shared/link"
	"resonanz/shared/observe"
	"resonanz/shared/pages"
	"resonanz/shared/problem"
	"resonanz/shared/secret"
	"resonanz/shared/store"
)

// keys is a secret's key ring; secret.Source is one.
type keys interface {
	secret.Keys
	Fresh(ctx context.Context, now time.Time) (link.Keyring, error) // to sign with
}

// ledger is where invitations are and what is known of contacts. Both stores of
// package store are one.
type ledger interface {
	intake.Invitations
	Response(context.Context, feedback.ResponseKey) ([]store.Entry, error)
	OptOut(context.Context, store.ContactID, store.Why, time.Time) error
	OptedOut(context.Context, ...store.ContactID) (bool, error)
}

// handler answers every request of the invitation function.
type handler struct {
	cfg       *config.Config
	ledger    ledger
	links     keys
	publicURL string // base of links, without a slash at its end
	metrics   *observe.Metrics
	log       *slog.Logger
	now       func() time.Time

	codes map[link.Code]feedback.Touchpoint
	pages func() (*pages.Pages, error) // prepared when the first page is asked for
}

func newHandler(cfg *config.Config, l ledger, links keys, publicURL string, metrics *observe.Metrics, log *slog.Logger, now func() time.Time) *handler {
	h := &handler{
		cfg: cfg, ledger: l, links: links, publicURL: strings.TrimRight(publicURL, "/"), metrics: metrics, log: log, now: now,
		codes: make(map[link.Code]feedback.Touchpoint, len(cfg.Touchpoints)),
		pages: sync.OnceValues(func() (*pages.Pages, error) { return pages.New(cfg) }),
	}
	for i := range cfg.Touchpoints {
		h.codes[link.CodeOf(cfg.Touchpoints[i].ID)] = cfg.Touchpoints[i].ID
	}
	return h
}

// call is one request on its way through the handler.
type call struct {
	*httpapi.Request
	httpapi.Note
	now      time.Time
	language feedback.Language // of the link; empty: not known
}

// pageRoute is the route that customers open.
const pageRoute = "/u/{token}"

// Handle routes a request, answers whatever happens, and writes one line about
// it: no token, no address, no key of a customer.
func (h *handler) Handle(ctx context.Context, r *httpapi.Request) (res httpapi.Response, _ error) {
	c := &call{Request: r, now: h.now(), Note: httpapi.Note{Route: "other"}}
	defer func() {
		if p := recover(); p != nil {
			res = h.refuse(c, observe.Recovered(p))
		}
		c.Took = h.now().Sub(c.now)
		c.Log(ctx, h.log, r, res.StatusCode)
	}()
	return h.route(ctx, c), nil
}

func (h *handler) route(ctx context.Context, c *call) httpapi.Response {
	path := httpapi.Path(c.Request)
	if token, ok := strings.CutPrefix(path, "/u/"); ok && token != "" && !strings.Contains(token, "/") {
		c.Route = pageRoute
		return h.unsubscribe(ctx, c, token)
	}
	if path != "/v1/invitations" {
		return h.refuse(c, httpapi.NotFound())
	}
	c.Route = path
	res, err := h.invite(ctx, c)
	if err != nil {
		return h.refuse(c, err)
	}
	return res
}

// refuse answers with the problem that err is: as a page to who asked for one,
// as problem+json to everyone else.
func (h *handler) refuse(c *call, err error) httpapi.Response {
	p := problem.Of(err)
	c.Code = p.Code
	if p.Status >= http.StatusInternalServerError {
		c.Cause = err
	}
	if c.Route == pageRoute || c.Route == "other" && httpapi.PrefersHTML(httpapi.Header(c.Request, "accept")) {
		if res, ok := h.page(c, p.Status, func(w *pages.Pages, l feedback.Language) string { return w.Message(l, message(p)) }); ok {
			httpapi.Decorate(res.Headers, p)
			return res
		}
	}
	res := httpapi.Problem(err)
	if httpapi.Method(c.Request) == http.MethodHead {
		res.Body = ""
	}
	return res
}

func message(p *problem.Problem) pages.Message {
	switch p.Status {
	case http.StatusRequestEntityTooLarge:
		return pages.TooLarge
	case http.StatusBadRequest, http.StatusUnsupportedMediaType, http.StatusUnprocessableEntity:
		return pages.WrongType
	case http.StatusMethodNotAllowed:
		return pages.MethodNotAllowed
	case http.StatusNotFound:
		return pages.NotFound
	}
	return pages.Failed
}

// page answers with a page; HEAD gets the same headers and no body.
func (h *handler) page(c *call, status int, write func(*pages.Pages, feedback.Language) string) (httpapi.Response, bool) {
	p, err := h.pages()
	if err != nil {
		c.Cause = err
		return httpapi.Response{}, false
	}
	body := ""
	if httpapi.Method(c.Request) != http.MethodHead {
		body = write(p, h.languageOf(c))
	}
	return httpapi.Page(status, body, p.Policy()), true
}

// languageOf is the language that the customer chose, else that of the link,
// else what the browser prefers, else the organisation's.
func (h *handler) languageOf(c *call) feedback.Language {
	query, _ := url.ParseQuery(c.RawQueryString) // what cannot be read is ignored
	if l := feedback.Language(query.Get("l")); slices.Contains(pages.Offered(h.cfg), l) {
		return l
	}
	if c.language != "" {
		return c.language
	}
	if l := httpapi.Language(httpapi.Header(c.Request, "accept-language"), pages.Offered(h.cfg)); l != "" {
		return l
	}
	return h.cfg.Organisation.DefaultLanguage
}

func count(name string, n int) observe.Value {
	return observe.Value{Name: name, Unit: observe.Count, N: int64(n)}
}
