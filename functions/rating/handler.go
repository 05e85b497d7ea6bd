package main

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"resonanz/shared/caller"
	"resonanz/shared/config"
	"resonanz/shared/feedback"
	"resonanz/shared/httpapi"
	"resonanz/shared/link"
	"resonanz/shared/observe"
	"resonanz/shared/pages"
	"resonanz/shared/problem"
	"resonanz/shared/secret"
)

// handler answers every request of the rating function.
type handler struct {
	cfg     *config.Config
	ledger  ledger
	links   secret.Keys
	callers *caller.Authenticator
	metrics *observe.Metrics
	log     *slog.Logger
	now     func() time.Time

	codes   map[link.Code]*config.Touchpoint
	offered []feedback.Language
	pages   func() (*pages.Pages, error) // prepared when the first page is asked for
}

func newHandler(cfg *config.Config, ledger ledger, links, devices secret.Keys, metrics *observe.Metrics, log *slog.Logger, now func() time.Time) *handler {
	h := &handler{
		cfg: cfg, ledger: ledger, links: links, metrics: metrics, log: log, now: now,
		callers: &caller.Authenticator{Config: cfg, Devices: devices},
		codes:   make(map[link.Code]*config.Touchpoint, len(cfg.Touchpoints)),
		offered: pages.Offered(cfg),
		pages:   sync.OnceValues(func() (*pages.Pages, error) { return pages.New(cfg) }),
	}
	for i := range cfg.Touchpoints {
		h.codes[link.CodeOf(cfg.Touchpoints[i].ID)] = &cfg.Touchpoints[i]
	}
	return h
}

// call is one request on its way through the handler.
type call struct {
	*httpapi.Request
	now   time.Time
	route string // as in the design, without the token
	cause error  // of an answer that hides it; for the log
	code  problem.Code
}

// Handle routes a request, answers whatever happens, and writes one line about
// it: no token, no address, nothing that was typed.
func (h *handler) Handle(ctx context.Context, r *httpapi.Request) (res httpapi.Response, _ error) {
	c := &call{Request: r, now: h.now(), route: "other"}
	defer func() {
		if p := recover(); p != nil {
			c.cause = observe.Recovered(p)
			res = h.refuse(c, c.cause)
		}
		h.note(ctx, c, res.StatusCode)
	}()
	return h.route(ctx, c), nil
}

func (h *handler) route(ctx context.Context, c *call) httpapi.Response {
	path, method := httpapi.Path(c.Request), httpapi.Method(c.Request)
	if token, ok := strings.CutPrefix(path, "/r/"); ok && token != "" && !strings.Contains(token, "/") {
		c.route = "/r/{token}"
		return h.link(ctx, c, method, token)
	}
	if _, ok := api[path]; ok {
		return h.post(ctx, c, method, path)
	}
	if path == "/healthz" {
		c.route = path
		if method != http.MethodGet && method != http.MethodHead {
			return h.refuse(c, httpapi.MethodNotAllowed(http.MethodGet, http.MethodHead))
		}
		return h.json(c, http.StatusOK, struct {
			Status string `json:"status"`
		}{"ok"})
	}
	return h.refuse(c, httpapi.NotFound())
}

func (h *handler) json(c *call, status int, v any) httpapi.Response {
	res, err := httpapi.JSON(status, v)
	if err != nil {
		return h.refuse(c, err)
	}
	if httpapi.Method(c.Request) == http.MethodHead {
		res.Body = ""
	}
	return res
}

// refuse answers with the problem that err is: as a page to who asked for one
// on a path of pages, as problem+json to everyone else.
func (h *handler) refuse(c *call, err error) httpapi.Response {
	p := problem.Of(err)
	c.code = p.Code
	if p.Status >= http.StatusInternalServerError {
		c.cause = err
	}
	page := c.route == "/r/{token}" || c.route == "other" && httpapi.PrefersHTML(httpapi.Header(c.Request, "accept"))
	if page {
		if res, ok := h.page(c, p.Status, h.language(c, ""), message(p)); ok {
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
	case http.StatusGone:
		return pages.Expired
	case http.StatusRequestEntityTooLarge:
		return pages.TooLarge
	case http.StatusBadRequest, http.StatusUnsupportedMediaType:
		return pages.WrongType
	case http.StatusMethodNotAllowed:
		return pages.MethodNotAllowed
	case http.StatusNotFound:
		return pages.NotFound
	}
	return pages.Failed
}

// page answers with a page that only says something.
func (h *handler) page(c *call, status int, l feedback.Language, m pages.Message) (httpapi.Response, bool) {
	p, err := h.pages()
	if err != nil {
		c.cause = errors.Join(c.cause, err)
		return httpapi.Response{}, false
	}
	return h.html(c, p, status, p.Message(l, m)), true
}

// html answers with a page; HEAD gets the same headers and no body.
func (h *handler) html(c *call, p *pages.Pages, status int, body string) httpapi.Response {
	if httpapi.Method(c.Request) == http.MethodHead {
		body = ""
	}
	return httpapi.Page(status, body, p.Policy())
}

// language is the one chosen on a page, else that of the link, else what the
// browser prefers, else the organisation's.
func (h *handler) language(c *call, ofLink feedback.Language) feedback.Language {
	if l := h.chosen(c); l != "" {
		return l
	}
	if slices.Contains(h.offered, ofLink) {
		return ofLink
	}
	if l := httpapi.Language(httpapi.Header(c.Request, "accept-language"), h.offered); l != "" {
		return l
	}
	return h.cfg.Organisation.DefaultLanguage
}

// chosen is the language chosen by a link of a page, or empty.
func (h *handler) chosen(c *call) feedback.Language {
	if c.RawQueryString == "" {
		return ""
	}
	query, _ := url.ParseQuery(c.RawQueryString) // what cannot be read is ignored
	if l := feedback.Language(query.Get("l")); slices.Contains(h.offered, l) {
		return l
	}
	return ""
}

func (h *handler) note(ctx context.Context, c *call, status int) {
	n := httpapi.Note{Route: c.route, Code: c.code, Cause: c.cause, Took: h.now().Sub(c.now)}
	n.Log(ctx, h.log, c.Request, status)
}

func count(name string, n int) observe.Value {
	return observe.Value{Name: name, Unit: observe.Count, N: int64(n)}
}
