package main

import (
	"context"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"resonanz/shared/config"
	"resonanz/shared/feedback"
	"resonanz/shared/httpapi"
	"resonanz/shared/intake"
	"resonanz/shared/link"
	"resonanz/shared/observe"
	"resonanz/shared/pages"
	"resonanz/shared/secret"
	"resonanz/shared/site"
)

// ledger is where cards go, and where the earlier answers of a link are.
type ledger interface {
	intake.Ledger
	site.Responses
}

// handler answers every request of the card function.
type handler struct {
	*site.Site[*pages.Cards]
	cfg    *config.Config
	ledger ledger
	links  secret.Keys
}

func newHandler(cfg *config.Config, l ledger, links secret.Keys, metrics *observe.Metrics, log *slog.Logger, now func() time.Time) *handler {
	return &handler{Site: site.New(cfg, pages.NewCards, metrics, log, now), cfg: cfg, ledger: l, links: links}
}

// Handle answers a request, whatever happens.
func (h *handler) Handle(ctx context.Context, r *httpapi.Request) (httpapi.Response, error) {
	return h.Serve(ctx, r, h.route), nil
}

func (h *handler) route(ctx context.Context, c *site.Call) httpapi.Response {
	rest, ok := strings.CutPrefix(httpapi.Path(c.Request), "/c/")
	if !ok || rest == "" {
		return h.Refuse(c, httpapi.NotFound())
	}
	id, touchpoint, public := strings.Cut(rest, "/")
	c.Route, c.Shown = "/c/{token}", true
	if public {
		c.Route = "/c/{card}/{touchpoint}"
	}
	switch httpapi.Method(c.Request) {
	case http.MethodGet, http.MethodHead, http.MethodPost:
	default:
		return h.Refuse(c, httpapi.MethodNotAllowed(http.MethodGet, http.MethodHead, http.MethodPost))
	}
	var s *sheet
	var err error
	if public {
		s, err = h.laidOut(id, feedback.Touchpoint(touchpoint))
	} else {
		s, err = h.personal(ctx, c, id)
	}
	if err != nil {
		return h.Refuse(c, err)
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

// link is what stands for the personal link; empty: there is none.
func (s *sheet) link() string {
	if s.token == nil {
		return ""
	}
	return string(s.token.ResponseKey)
}

// laidOut finds a card at a touchpoint where it is laid out.
func (h *handler) laidOut(card string, touchpoint feedback.Touchpoint) (*sheet, error) {
	s := &sheet{card: h.cfg.Card(card), tp: h.cfg.Touchpoint(touchpoint)}
	if s.card == nil || s.tp == nil || !s.card.At(s.tp) {
		return nil, httpapi.NotFound()
	}
	return s, nil
}

// personal finds the card behind a link. A touchpoint without a card is "not
// found", as is a link that is none.
func (h *handler) personal(ctx context.Context, c *site.Call, token string) (*sheet, error) {
	t, err := h.Verify(ctx, c, h.links, token)
	if err != nil {
		return nil, err
	}
	s := &sheet{tp: h.Touchpoint(t.Touchpoint), token: &t}
	if s.tp == nil || s.tp.Card == "" {
		return nil, httpapi.NotFound()
	}
	if s.card = h.cfg.Card(s.tp.Card); s.card == nil {
		return nil, httpapi.NotFound()
	}
	return s, nil
}

func count(name string) observe.Value {
	return observe.Value{Name: name, Unit: observe.Count, N: 1}
}
