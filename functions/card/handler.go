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

// ledger is where cards go, and where the earlier answers of a link are.
type ledger interface {
	intake.Ledger
	Response(context.Context, feedback.ResponseKey) ([]store.Entry, error)
}

// handler answers every request of the card function.
type handler struct {
	cfg     *config.Config
	ledger  ledger
	links   secret.Keys
	metrics *observe.Metrics
	log     *slog.Logger
	now     func() time.Time

	codes   map[link.Code]*config.Touchpoint
	offered []feedback.Language
	pages   func() (*pages.Cards, error) // prepared when the first page is asked for
}

func newHandler(cfg *config.Config, l ledger, links secret.Keys, metrics *observe.Metrics, log *slog.Logger, now func() time.Time) *handler {
	h := &handler{
		cfg: cfg, ledger: l, links: links, metrics: metrics, log: log, now: now,
		codes:   make(map[link.Code]*config.Touchpoint, len(cfg.Touchpoints)),
		offered: pages.Offered(cfg),
		pages:   sync.OnceValues(func() (*pages.Cards, error) { return pages.NewCards(cfg) }),
	}
	for i := range cfg.Touchpoints {
		h.codes[link.CodeOf(cfg.Touchpoints[i].ID)] = &cfg.Touchpoints[i]
	}
	return h
}

// call is one request on its way through the handler.
type call struct {
	*httpapi.Request
	httpapi.Note
	now    time.Time
	query  url.Values
	chosen feedback.Language // on the page; "": none
	l      feedback.Language // of the answer
}

// Handle routes a request, answers whatever happens, and writes one line about
// it: no token, no address, nothing that was typed.
func (h *handler) Handle(ctx context.Context, r *httpapi.Request) (res httpapi.Response, _ error) {
	c := &call{Request: r, now: h.now(), Note: httpapi.Note{Route: "other"}}
	c.query, _ = url.ParseQuery(r.RawQueryString) // what cannot be read is ignored
	defer func() {
		if p := recover(); p != nil {
			c.Cause = observe.Recovered(p)
			res = h.refuse(c, c.Cause)
		}
		c.Took = h.now().Sub(c.now)
		c.Log(ctx, h.log, r, res.StatusCode)
	}()
	h.speak(c, feedback.Language(c.query.Get("l")), "")
	return h.route(ctx, c), nil
}

func (h *handler) route(ctx context.Context, c *call) httpapi.Response {
	rest, ok := strings.CutPrefix(httpapi.Path(c.Request), "/c/")
	if !ok || rest == "" {
		return h.refuse(c, httpapi.NotFound())
	}
	id, touchpoint, public := strings.Cut(rest, "/")
	c.Route = "/c/{token}"
	if public {
		c.Route = "/c/{card}/{touchpoint}"
	}
	switch httpapi.Method(c.Request) {
	case http.MethodGet, http.MethodHead, http.MethodPost:
	default:
		return h.refuse(c, httpapi.MethodNotAllowed(http.MethodGet, http.MethodHead, http.MethodPost))
	}
	var s *sheet
	var err error
	if public {
		s, err = h.laidOut(id, feedback.Touchpoint(touchpoint))
	} else {
		s, err = h.personal(ctx, c, id)
	}
	if err != nil {
		return h.refuse(c, err)
	}
	if httpapi.Method(c.Request) == http.MethodPost {
		return h.submit(ctx, c, s)
	}
	return h.show(ctx, c, s)
}

// sheet is one card at one place, for everybody or behind a personal link.
type sheet struct {
	card  *config.Card
	tp    *config.Touchpoint
	token *link.Token // nil: for everybody
}

// laidOut finds a card at a touchpoint where it is laid out.
func (h *handler) laidOut(card string, touchpoint feedback.Touchpoint) (*sheet, error) {
	s := &sheet{card: h.cfg.Card(card), tp: h.cfg.Touchpoint(touchpoint)}
	if s.card == nil || s.tp == nil || !s.card.At(s.tp) {
		return nil, httpapi.NotFound()
	}
	return s, nil
}

// personal finds the card behind a link. Forged, truncated and foreign tokens
// are all "not found", as are those of a touchpoint without a card.
func (h *handler) personal(ctx context.Context, c *call, token string) (*sheet, error) {
	t, err := secret.Verify(ctx, h.links, token, c.now)
	h.speak(c, c.chosen, t.Language)
	switch {
	case secret.Refused(err):
		return nil, httpapi.NotFound()
	case errors.Is(err, link.ErrExpired):
		return nil, problem.New(http.StatusGone, "link_expired", "This link has expired.")
	case err != nil:
		return nil, err
	}
	s := &sheet{tp: h.codes[t.Touchpoint], token: &t}
	if s.tp == nil || s.tp.Card == "" {
		return nil, httpapi.NotFound()
	}
	if s.card = h.cfg.Card(s.tp.Card); s.card == nil {
		return nil, httpapi.NotFound()
	}
	return s, nil
}

// speak settles the language of the answer: what the customer chose on the
// page, else that of the link, else what the browser prefers, else the
// organisation's.
func (h *handler) speak(c *call, chosen, ofLink feedback.Language) {
	if slices.Contains(h.offered, chosen) {
		c.chosen, c.l = chosen, chosen
		return
	}
	c.chosen, c.l = "", h.cfg.Organisation.DefaultLanguage
	if slices.Contains(h.offered, ofLink) {
		c.l = ofLink
	} else if l := httpapi.Language(httpapi.Header(c.Request, "accept-language"), h.offered); l != "" {
		c.l = l
	}
}

// refuse answers with the page for the problem that err is; with
// problem+json where nothing of cards can be at the address and no page was
// asked for.
func (h *handler) refuse(c *call, err error) httpapi.Response {
	p := problem.Of(err)
	c.Code = p.Code
	if p.Status >= http.StatusInternalServerError {
		c.Cause = err
	}
	if c.Route != "other" || httpapi.PrefersHTML(httpapi.Header(c.Request, "accept")) {
		if cards, err := h.pages(); err == nil {
			res := h.html(c, cards, p.Status, cards.Message(c.l, message(p)))
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

// html answers with a page; HEAD gets the same headers and no body.
func (h *handler) html(c *call, p *pages.Cards, status int, body string) httpapi.Response {
	if httpapi.Method(c.Request) == http.MethodHead {
		body = ""
	}
	return httpapi.Page(status, body, p.Policy())
}

func count(name string) observe.Value {
	return observe.Value{Name: name, Unit: observe.Count, N: 1}
}
