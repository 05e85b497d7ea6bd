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

	"resonanz/functions/desk/app"
	"resonanz/shared/config"
	"resonanz/shared/httpapi"
	"resonanz/shared/observe"
	"resonanz/shared/problem"
)

// handler answers every request of the desk function.
type handler struct {
	cfg *config.Config
	log *slog.Logger
	now func() time.Time
	app func() (*app.App, error) // prepared when it is asked for first
}

func newHandler(cfg *config.Config, s app.SignIn, log *slog.Logger, now func() time.Time) *handler {
	return &handler{cfg: cfg, log: log, now: now, app: sync.OnceValues(func() (*app.App, error) { return app.New(cfg, s) })}
}

// Handle routes a request, answers whatever happens, and writes one line about it.
func (h *handler) Handle(ctx context.Context, r *httpapi.Request) (res httpapi.Response, _ error) {
	begin := h.now()
	note := httpapi.Note{Route: "other"}
	defer func() {
		if p := recover(); p != nil {
			note.Cause = observe.Recovered(p)
			res = refuse(&note, note.Cause)
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
	path := httpapi.Path(r)
	name, within := strings.CutPrefix(path, "/desk/")
	switch {
	case path == "/desk", path == "/desk/"+app.Runbook:
		note.Route = path
	case within:
		note.Route = "/desk/{file}"
	default:
		return refuse(note, httpapi.NotFound())
	}
	if m := httpapi.Method(r); m != http.MethodGet && m != http.MethodHead {
		return refuse(note, httpapi.MethodNotAllowed(http.MethodGet, http.MethodHead))
	}
	a, err := h.app()
	if err != nil {
		return refuse(note, err)
	}
	if !within {
		return h.page(r, a)
	}
	answer := file
	if name == app.Runbook {
		answer = runbook
	}
	res, err := answer(r, a, name)
	if err != nil {
		return refuse(note, err)
	}
	return res
}

// page answers with the desk, in the language that the browser prefers: the
// desk itself changes it where its reader says so.
func (h *handler) page(r *httpapi.Request, a *app.App) httpapi.Response {
	l := httpapi.Language(httpapi.Header(r, "accept-language"), app.Languages())
	if l == "" {
		l = h.cfg.Organisation.DefaultLanguage
	}
	res := httpapi.Page(http.StatusOK, a.Page(l), a.Policy)
	res.Headers["Vary"] = "Accept-Language"
	return httpapi.Cached(r, res, a.Version+"-"+string(l), false)
}

// file answers with a file of the desk. A request that names a version gets that
// version or nothing: what a page loads must fit it.
func file(r *httpapi.Request, a *app.App, name string) (httpapi.Response, error) {
	query, _ := url.ParseQuery(r.RawQueryString)
	version := query.Get("v")
	f, err := a.File(name)
	if err != nil {
		return httpapi.Response{}, err
	}
	if f == nil || version != "" && version != a.Version {
		return httpapi.Response{}, httpapi.NotFound()
	}
	res, tag := httpapi.Text(http.StatusOK, f.Type, f.Body), a.Version
	if httpapi.TakesGzip(httpapi.Header(r, "accept-encoding")) {
		// The API itself compresses nothing.
		res.Body, res.IsBase64Encoded = base64.StdEncoding.EncodeToString(f.Gzip), true
		res.Headers["Content-Encoding"] = "gzip"
		tag += "-gzip"
	}
	res.Headers["Vary"] = "Accept-Encoding"
	return httpapi.Cached(r, res, tag, version != ""), nil
}

// runbook answers with what to do about alarms.
func runbook(r *httpapi.Request, a *app.App, _ string) (httpapi.Response, error) {
	page, policy, err := a.RunbookPage()
	if err != nil {
		return httpapi.Response{}, err
	}
	return httpapi.Cached(r, httpapi.Page(http.StatusOK, page, policy), a.Version, false), nil
}

// refuse answers with the problem that err is.
func refuse(note *httpapi.Note, err error) httpapi.Response {
	p := problem.Of(err)
	note.Code = p.Code
	if p.Status >= http.StatusInternalServerError {
		note.Cause = err
	}
	return httpapi.Problem(err)
}
