package main

import (
	"context"
	"log/slog"
	"strings"
	"time"

	"resonanz/shared/config"
	"resonanz/shared/httpapi"
	"resonanz/shared/intake"
	"resonanz/shared/link"
	"resonanz/shared/observe"
	"resonanz/shared/pages"
	"resonanz/shared/secret"
	"resonanz/shared/site"
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
	site.Responses
	OptOut(context.Context, store.ContactID, store.Why, time.Time) error
	OptedOut(context.Context, ...store.ContactID) (bool, error)
}

// handler answers every request of the invitation function.
type handler struct {
	*site.Site[*pages.Pages]
	cfg       *config.Config
	canary    *config.Config // as the canary sees it; nil: there is none
	ledger    ledger
	links     keys
	publicURL string // base of links, without a slash at its end
}

func newHandler(cfg *config.Config, l ledger, links keys, publicURL string, metrics *observe.Metrics, log *slog.Logger, now func() time.Time) *handler {
	return &handler{
		Site: site.New(cfg, pages.New, metrics, log, now), cfg: cfg, canary: cfg.OfCanary(), ledger: l, links: links,
		publicURL: strings.TrimRight(publicURL, "/"),
	}
}

// Handle answers a request, whatever happens.
func (h *handler) Handle(ctx context.Context, r *httpapi.Request) (httpapi.Response, error) {
	return h.Serve(ctx, r, h.route), nil
}

func (h *handler) route(ctx context.Context, c *site.Call) httpapi.Response {
	path := httpapi.Path(c.Request)
	if token, ok := strings.CutPrefix(path, "/u/"); ok && token != "" && !strings.Contains(token, "/") {
		c.Route, c.Shown = "/u/{token}", true
		return h.unsubscribe(ctx, c, token)
	}
	if path != "/v1/invitations" {
		return h.Refuse(c, httpapi.NotFound())
	}
	c.Route = path
	res, err := h.invite(ctx, c)
	if err != nil {
		return h.Refuse(c, err)
	}
	return res
}

func count(name string, n int) observe.Value {
	return observe.Value{Name: name, Unit: observe.Count, N: int64(n)}
}
