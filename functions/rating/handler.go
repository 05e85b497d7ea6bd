package main

import (
	"context"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"resonanz/shared/caller"
	"resonanz/shared/config"
	"resonanz/shared/httpapi"
	"resonanz/shared/observe"
	"resonanz/shared/pages"
	"resonanz/shared/rulebook"
	"resonanz/shared/secret"
	"resonanz/shared/site"
	"resonanz/shared/throttle"
)

// handler answers every request of the rating function.
type handler struct {
	*site.Site[*pages.Pages]
	cfg     *config.Config
	ledger  ledger
	links   signer
	callers *caller.Authenticator
	book    func() (*rulebook.Book, error)
	singles throttle.Limiter // of a device
	batches throttle.Limiter
	public  string // base of customer links; empty: none to a status page is given
}

func newHandler(cfg *config.Config, ledger ledger, links signer, devices secret.Keys, metrics *observe.Metrics, log *slog.Logger, now func() time.Time) *handler {
	return &handler{
		Site: site.New(cfg, pages.New, metrics, log, now), cfg: cfg, ledger: ledger, links: links,
		callers: &caller.Authenticator{Config: cfg, Devices: devices},
		book:    rules(cfg), singles: throttle.Limiter{Limit: singlesOfDevice}, batches: throttle.Limiter{Limit: batchesOfDevice},
	}
}

// Handle answers a request, whatever happens.
func (h *handler) Handle(ctx context.Context, r *httpapi.Request) (httpapi.Response, error) {
	return h.Serve(ctx, r, h.route), nil
}

func (h *handler) route(ctx context.Context, c *site.Call) httpapi.Response {
	path, method := httpapi.Path(c.Request), httpapi.Method(c.Request)
	if token, ok := strings.CutPrefix(path, "/r/"); ok && token != "" && !strings.Contains(token, "/") {
		c.Route, c.Shown = "/r/{token}", true
		return h.link(ctx, c, method, token)
	}
	if _, ok := api[path]; ok {
		return h.post(ctx, c, method, path)
	}
	if path == "/healthz" {
		c.Route = path
		if method != http.MethodGet && method != http.MethodHead {
			return h.Refuse(c, httpapi.MethodNotAllowed(http.MethodGet, http.MethodHead))
		}
		return h.json(c, http.StatusOK, struct {
			Status string `json:"status"`
		}{"ok"})
	}
	return h.Refuse(c, httpapi.NotFound())
}

func (h *handler) json(c *site.Call, status int, v any) httpapi.Response {
	res, err := httpapi.JSON(status, v)
	if err != nil {
		return h.Refuse(c, err)
	}
	return res
}

func count(name string, n int) observe.Value {
	return observe.Value{Name: name, Unit: observe.Count, N: int64(n)}
}
