package main

import (
	"context"
	"encoding/base64"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"resonanz/functions/kiosk/app"
	"resonanz/shared/config"
	"resonanz/shared/feedback"
	"resonanz/shared/httpapi"
	"resonanz/shared/observe"
	"resonanz/shared/openapi"
	"resonanz/shared/problem"
)

// handler answers every request of the kiosk function.
type handler struct {
	cfg *config.Config
	log *slog.Logger
	now func() time.Time
	app func() (*app.App, error) // prepared when it is asked for first
}

func newHandler(cfg *config.Config, log *slog.Logger, now func() time.Time) *handler {
	return &handler{cfg: cfg, log: log, now: now, app: sync.OnceValues(func() (*app.App, error) { return app.New(cfg) })}
}

// Handle routes a request, answers whatever happens, and writes one line about it.
func (h *handler) Handle(ctx context.Context, r *httpapi.Request) (res httpapi.Response, _ error) {
	begin := h.now()
	note := httpapi.Note{Route: "other"}
	defer func() {
		if p := recover(); p != nil {
			note.Cause = observe.Recovered(p)
			res = h.refuse(r, &note, note.Cause)
		}
		if httpapi.Method(r) == http.MethodHead {
			res.Body, res.IsBase64Encoded = "", false
		}
		note.Took = h.now().Sub(begin)
		note.Log(ctx, h.log, r, res.StatusCode)
	}()
	return h.route(r, &note), nil
}

func (h *handler) route(r *httpapi.Request, note *httpapi.Note) httpapi.Response {
	path, method := httpapi.Path(r), httpapi.Method(r)
	rest, kiosk := strings.CutPrefix(path, "/kiosk/")
	device, file, within := strings.Cut(rest, "/")
	switch {
	case path == "/openapi.json":
		note.Route = path
	case kiosk && within:
		note.Route = "/kiosk/{device}/{file}"
	case kiosk:
		note.Route = "/kiosk/{device}"
	default:
		return h.refuse(r, note, httpapi.NotFound())
	}
	if method != http.MethodGet && method != http.MethodHead {
		return h.refuse(r, note, httpapi.MethodNotAllowed(http.MethodGet, http.MethodHead))
	}
	if !kiosk {
		return openapi.Answer(method)
	}
	res, err := h.kiosk(r, feedback.Device(device), file, within)
	if err != nil {
		return h.refuse(r, note, err)
	}
	return res
}

// kiosk answers with the page of a device, or with a file of it. A request that
// names a version gets that version or nothing: what a device keeps for the
// time without network must fit together.
func (h *handler) kiosk(r *httpapi.Request, device feedback.Device, name string, within bool) (httpapi.Response, error) {
	a, err := h.app()
	if err != nil {
		return httpapi.Response{}, err
	}
	k, err := a.Kiosk(device)
	if err != nil {
		return httpapi.Response{}, err
	}
	query, _ := url.ParseQuery(r.RawQueryString)
	version := query.Get("v")
	if k == nil || version != "" && version != k.Version {
		return httpapi.Response{}, httpapi.NotFound()
	}
	if !within {
		res := httpapi.Page(http.StatusOK, k.Page(), app.Policy)
		return httpapi.Cached(r, res, k.Version, false), nil
	}
	f, err := k.File(name)
	if err != nil {
		return httpapi.Response{}, err
	}
	if f == nil {
		return httpapi.Response{}, httpapi.NotFound()
	}
	res := httpapi.Text(http.StatusOK, f.Type, string(f.Body))
	if strings.HasPrefix(f.Type, "image/png") {
		res.Body, res.IsBase64Encoded = base64.StdEncoding.EncodeToString(f.Body), true
	}
	if name == app.Worker {
		// A worker lives by the policy of its own answer, and by default only
		// below its own folder.
		res.Headers["Content-Security-Policy"] = app.Policy
		res.Headers["Service-Worker-Allowed"] = "/kiosk/" + string(device)
	}
	return httpapi.Cached(r, res, k.Version, version != ""), nil
}

// refuse answers with the problem that err is: as a page to who opened the
// address of a kiosk that is none, as problem+json to everyone else.
func (h *handler) refuse(r *httpapi.Request, note *httpapi.Note, err error) httpapi.Response {
	p := problem.Of(err)
	note.Code = p.Code
	if p.Status >= http.StatusInternalServerError {
		note.Cause = err
	}
	if p.Status == http.StatusNotFound && note.Route == "/kiosk/{device}" {
		if a, err := h.app(); err == nil {
			page, policy := a.NotFound(h.language(r))
			return httpapi.Page(p.Status, page, policy)
		}
	}
	return httpapi.Problem(err)
}

// language is what the browser prefers, else the organisation's.
func (h *handler) language(r *httpapi.Request) feedback.Language {
	if l := httpapi.Language(httpapi.Header(r, "accept-language"), h.cfg.Organisation.Languages); l != "" {
		return l
	}
	return h.cfg.Organisation.DefaultLanguage
}
