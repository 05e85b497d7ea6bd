package main

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"resonanz/shared/casefile"
	"resonanz/shared/config"
	"resonanz/shared/feedback"
	"resonanz/shared/httpapi"
	"resonanz/shared/intake"
	"resonanz/shared/lifecycle"
	"resonanz/shared/observe"
	"resonanz/shared/problem"
	"resonanz/shared/store"
)

const (
	scope         = "resonanz/cases"   // what a caller's access token must carry
	scopeApproval = "resonanz/approve" // and for approve and decline this one as well
	scopeReports  = "resonanz/reports" // who has this one instead sees the desk's settings
)

// ledger is where cases are, and what customers said. Both stores of package
// store are one.
type ledger interface {
	Response(context.Context, feedback.ResponseKey) ([]store.Entry, error)
	GetCase(context.Context, casefile.Number) (*casefile.Case, error)
	Timeline(context.Context, casefile.Number) ([]casefile.Entry, error)
	UpdateCase(context.Context, *casefile.Case, ...*casefile.Entry) error
	Cases(context.Context, store.CaseQuery) (store.CasePage, error)
	CustomerCases(ctx context.Context, key string, limit int) ([]casefile.Case, error)
	Actions(context.Context) ([]casefile.CorrectiveAction, error)
	PutAction(context.Context, casefile.CorrectiveAction) error
	Begin(ctx context.Context, effect string, now time.Time, lease time.Duration) (store.OnceState, error)
	Finish(ctx context.Context, effect string, now time.Time) error
	Crisis(context.Context) (casefile.Crisis, error)
	Hooks(ctx context.Context, endpoint, cursor string, limit int) (store.HookPage, error)
	LastBeat(context.Context, feedback.Device) (*store.Beat, error)
}

// files signs addresses of attachments; *attach.Signer is one.
type files interface {
	Download(context.Context, casefile.Number, casefile.Attachment) (string, error)
}

// handler answers every request of the cases function.
type handler struct {
	cfg     *config.Config
	rules   lifecycle.Rules
	ledger  ledger
	files   files
	metrics *observe.Metrics
	log     *slog.Logger
	now     func() time.Time

	settings func() settings // of the desk, without who asks
}

func newHandler(cfg *config.Config, rules lifecycle.Rules, l ledger, f files, metrics *observe.Metrics, log *slog.Logger, now func() time.Time) *handler {
	return &handler{
		cfg: cfg, rules: rules, ledger: l, files: f, metrics: metrics, log: log, now: now,
		settings: sync.OnceValue(func() settings { return settingsOf(cfg) }),
	}
}

// call is one request on its way through the function.
type call struct {
	*httpapi.Request
	httpapi.Note            // its route is "other" until it is known
	At           time.Time  // when it came, UTC, in milliseconds
	Query        url.Values // read by query
}

// Handle answers a request, whatever happens, HEAD with the headers alone, and
// writes one line about it: no number, nothing that was typed.
func (h *handler) Handle(ctx context.Context, r *httpapi.Request) (res httpapi.Response, _ error) {
	begin := h.now()
	c := &call{Request: r, At: intake.Instant(begin), Note: httpapi.Note{Route: "other"}}
	defer func() {
		if p := recover(); p != nil {
			res = refuse(c, observe.Recovered(p))
		}
		if httpapi.Method(r) == http.MethodHead {
			res.Body = ""
		}
		c.Took = h.now().Sub(begin)
		c.Log(ctx, h.log, r, res.StatusCode)
	}()
	res, err := h.route(ctx, c)
	if err != nil {
		return refuse(c, err), nil
	}
	return res, nil
}

// refuse answers with the problem that err is; the log keeps the cause of one
// that is our fault.
func refuse(c *call, err error) httpapi.Response {
	p := problem.Of(err)
	c.Code = p.Code
	if p.Status >= http.StatusInternalServerError {
		c.Cause = err
	}
	res := httpapi.Problem(err)
	if e := new(stale); asStale(err, &e) {
		res.Headers["ETag"] = etag(e.version)
	}
	return res
}

// route finds who answers a path, after the method and the scope were checked.
func (h *handler) route(ctx context.Context, c *call) (httpapi.Response, error) {
	path := httpapi.Path(c.Request)
	pattern, methods, answer := h.answerer(strings.Split(strings.TrimPrefix(path, "/v1/"), "/"))
	if answer == nil || !strings.HasPrefix(path, "/v1/") {
		return httpapi.Response{}, httpapi.NotFound()
	}
	c.Route = pattern
	method := httpapi.Method(c.Request)
	if method == http.MethodHead {
		method = http.MethodGet
	}
	if !strings.Contains(methods, method) {
		return httpapi.Response{}, httpapi.MethodNotAllowed(strings.Fields(methods)...)
	}
	err := httpapi.RequireScope(c.Request, scope)
	if err != nil && (pattern != deskPath || httpapi.RequireScope(c.Request, scopeReports) != nil) {
		return httpapi.Response{}, err
	}
	return answer(ctx, c)
}

type answerer func(context.Context, *call) (httpapi.Response, error)

// answerer is the table of routes: the documented pattern of a path, the methods
// it takes, and what answers it; nil: nothing does.
func (h *handler) answerer(path []string) (pattern, methods string, _ answerer) {
	switch n := len(path); {
	case path[0] == "desk" && n == 1:
		return deskPath, "GET", h.desk
	case path[0] == "devices" && n == 1:
		return "/v1/devices", "GET", h.devices
	case path[0] == "actions" && n == 1:
		return "/v1/actions", "GET POST", h.actions
	case path[0] == "actions" && n == 3 && path[2] == "done":
		return "/v1/actions/{id}/done", "POST", func(ctx context.Context, c *call) (httpapi.Response, error) { return h.done(ctx, c, path[1]) }
	case path[0] == "webhooks" && n == 3 && path[2] == "deliveries":
		return "/v1/webhooks/{id}/deliveries", "GET", func(ctx context.Context, c *call) (httpapi.Response, error) { return h.deliveries(ctx, c, path[1]) }
	case path[0] != "cases":
		return "", "", nil
	case n == 1:
		return "/v1/cases", "GET", h.list
	case n == 2 && path[1] == "assign":
		return "/v1/cases/assign", "POST", h.assign
	}
	number, err := casefile.ParseNumber(path[min(1, len(path)-1)])
	switch n := len(path); {
	case err != nil:
		return "", "", nil
	case n == 2:
		return "/v1/cases/{number}", "GET", func(ctx context.Context, c *call) (httpapi.Response, error) { return h.read(ctx, c, number) }
	case n == 3 && intake.KnowsCommand(path[2]):
		return "/v1/cases/{number}/" + path[2], "POST", func(ctx context.Context, c *call) (httpapi.Response, error) {
			return h.command(ctx, c, number, path[2])
		}
	case n == 4 && intake.KnowsCommand(path[2]) && path[3] == "preview":
		return "/v1/cases/{number}/{command}/preview", "POST", func(ctx context.Context, c *call) (httpapi.Response, error) {
			return h.preview(ctx, c, number, path[2])
		}
	case n == 4 && path[2] == "attachments":
		return "/v1/cases/{number}/attachments/{id}", "GET", func(ctx context.Context, c *call) (httpapi.Response, error) {
			return h.attachment(ctx, c, number, path[3])
		}
	}
	return "", "", nil
}

// actor is who a token stands for: the code of a person of staff where it tells
// one, else its subject, or its client where a system asks. One that could be a
// name or an address is refused: it would stand in timelines for ever.
func actor(c *call) (casefile.Actor, error) {
	claims := c.RequestContext.Authorizer.JWT.Claims // RequireScope found one
	id := cmp.Or(claims["staff_code"], claims["sub"], claims["client_id"])
	if !intake.Person(id) {
		return casefile.Actor{}, problem.New(http.StatusForbidden, problem.SubjectInvalid,
			"The subject of the access token is missing or no code: what staff do is recorded under it, so it may not be an address or a name.")
	}
	return casefile.Actor{Kind: casefile.Staff, ID: id}, nil
}

// busy says that a store did not answer. Whether a change went through before
// its answer was lost, the version tells.
func busy(cause error) error {
	p := problem.New(http.StatusServiceUnavailable, problem.Unavailable, "Busy at the moment. Please send the same request again: if it was carried out after all, the answer tells.")
	p.RetryAfter = 2
	return fmt.Errorf("%w (%w)", p, cause)
}
