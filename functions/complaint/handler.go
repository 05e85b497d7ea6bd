package main

import (
	"context"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"time"

	"resonanz/shared/attach"
	"resonanz/shared/casefile"
	"resonanz/shared/config"
	"resonanz/shared/feedback"
	"resonanz/shared/httpapi"
	"resonanz/shared/intake"
	"resonanz/shared/link"
	"resonanz/shared/observe"
	"resonanz/shared/pages"
	"resonanz/shared/rulebook"
	"resonanz/shared/secret"
	"resonanz/shared/site"
)

// cases is where complaints and their cases are.
type cases interface {
	intake.Cases
	Timeline(context.Context, casefile.Number) ([]casefile.Entry, error)
	UpdateCase(context.Context, *casefile.Case, ...*casefile.Entry) error
	Crisis(context.Context) (casefile.Crisis, error)
}

// signer is the secret of links.
type signer interface {
	secret.Keys
	Fresh(ctx context.Context, now time.Time) (link.Keyring, error)
}

// bucket is where customers send files.
type bucket interface {
	Form(ctx context.Context, n casefile.Number, slot int, redirect string) (attach.Upload, error)
	Origin() string
}

// handler answers every request of the complaint function.
type handler struct {
	*site.Site[*pages.Complaints]
	cfg    *config.Config
	cases  cases
	links  signer
	public string                         // base of customer links
	files  bucket                         // nil: no attachments
	book   func() (*rulebook.Book, error) // made when it is asked for first
}

func newHandler(cfg *config.Config, c cases, links signer, public string, metrics *observe.Metrics, log *slog.Logger, now func() time.Time) *handler {
	s := site.New(cfg, pages.NewComplaints, metrics, log, now)
	s.Public = site.HostOf(public)
	return &handler{
		Site: s, cfg: cfg, cases: c, links: links, public: public,
		book: sync.OnceValues(func() (*rulebook.Book, error) { return rulebook.New(cfg) }),
	}
}

// Handle answers a request, whatever happens.
func (h *handler) Handle(ctx context.Context, r *httpapi.Request) (httpapi.Response, error) {
	return h.Serve(ctx, r, h.route), nil
}

func (h *handler) route(ctx context.Context, c *site.Call) httpapi.Response {
	path := httpapi.Path(c.Request)
	touchpoint, form := strings.CutPrefix(path, "/complain/")
	token, status := strings.CutPrefix(path, "/k/")
	switch {
	case form && touchpoint != "" && !strings.Contains(touchpoint, "/"):
		c.Route = "/complain/{touchpoint}"
	case status && token != "" && !strings.Contains(token, "/"):
		c.Route = "/k/{token}"
	default:
		return h.Refuse(c, httpapi.NotFound())
	}
	c.Shown = true
	switch httpapi.Method(c.Request) {
	case http.MethodGet, http.MethodHead, http.MethodPost:
	default:
		return h.Refuse(c, httpapi.MethodNotAllowed(http.MethodGet, http.MethodHead, http.MethodPost))
	}
	post := httpapi.Method(c.Request) == http.MethodPost
	if form {
		tp := h.cfg.Touchpoint(feedback.Touchpoint(touchpoint))
		switch {
		case tp == nil:
			return h.Refuse(c, httpapi.NotFound())
		case post:
			return h.submit(ctx, c, tp)
		}
		return h.form(ctx, c, tp)
	}
	t, err := h.VerifyCase(ctx, c, h.links, token)
	switch {
	case err != nil:
		return h.Refuse(c, err)
	case post:
		return h.act(ctx, c, token, &t)
	}
	return h.status(ctx, c, token, &t)
}

// address is that of a page of this function, in the language that was chosen on
// a page; query may be empty.
func address(c *site.Call, path, query string) string {
	if c.Chosen != "" {
		if query != "" {
			query += "&"
		}
		query += "l=" + string(c.Chosen)
	}
	if query == "" {
		return path
	}
	return path + "?" + query
}

func count(name string) observe.Value {
	return observe.Value{Name: name, Unit: observe.Count, N: 1}
}
