package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"time"

	"resonanz/shared/customer"
	"resonanz/shared/erasure"
	"resonanz/shared/httpapi"
	"resonanz/shared/intake"
	"resonanz/shared/observe"
	"resonanz/shared/problem"
	"resonanz/shared/store"
)

const (
	scope     = "resonanz/privacy" // what a caller's access token must carry
	prefix    = "/v1/customers/"
	route     = "/v1/customers/{key}"
	maxCursor = 1000 // length, in bytes
)

// reader hands out what is kept; *customer.Reader is one.
type reader interface {
	Gather(ctx context.Context, customerKey, cursor string) (*customer.Page, error)
}

// eraser erases; *customer.Eraser is one.
type eraser interface {
	Customer(ctx context.Context, customerKey, by string) (customer.Done, error)
}

// handler answers every request of the customers function.
type handler struct {
	reader  reader
	eraser  eraser
	metrics *observe.Metrics
	log     *slog.Logger
	now     func() time.Time
}

// Handle answers a request, whatever happens, and writes one line about it: no
// key, nothing that is kept.
func (h *handler) Handle(ctx context.Context, r *httpapi.Request) (res httpapi.Response, _ error) {
	begin := h.now()
	note := httpapi.Note{Route: "other"}
	refuse := func(err error) httpapi.Response {
		p := problem.Of(err)
		note.Code = p.Code
		if p.Status >= http.StatusInternalServerError {
			note.Cause = err
		}
		return httpapi.Problem(err)
	}
	defer func() {
		if p := recover(); p != nil {
			res = refuse(observe.Recovered(p))
		}
		note.Took = h.now().Sub(begin)
		note.Log(ctx, h.log, r, res.StatusCode)
	}()
	res, err := h.answer(ctx, r, &note)
	if err != nil {
		return refuse(err), nil
	}
	return res, nil
}

func (h *handler) answer(ctx context.Context, r *httpapi.Request, note *httpapi.Note) (httpapi.Response, error) {
	customerKey, ok := strings.CutPrefix(httpapi.Path(r), prefix)
	if !ok || customerKey == "" || strings.Contains(customerKey, "/") {
		return httpapi.Response{}, httpapi.NotFound()
	}
	note.Route = route
	method := httpapi.Method(r)
	if method != http.MethodGet && method != http.MethodDelete {
		return httpapi.Response{}, httpapi.MethodNotAllowed(http.MethodGet, http.MethodDelete)
	}
	if err := httpapi.RequireScope(r, scope); err != nil {
		return httpapi.Response{}, err
	}
	by, err := caller(r)
	if err != nil {
		return httpapi.Response{}, err
	}
	if !intake.IsCustomerKey(customerKey) {
		return httpapi.Response{}, problem.Invalid(problem.Field{
			Field: "key", Code: problem.InvalidValue, Detail: "want a customer_key: 1 to 64 of A-Z, a-z, 0-9, '.', '_', ':' and '-'",
		})
	}
	cursor, err := asked(r, method)
	if err != nil {
		return httpapi.Response{}, err
	}
	if method == http.MethodGet {
		return h.export(ctx, customerKey, cursor, by)
	}
	return h.erase(ctx, customerKey, by)
}

// caller is the code of who asks: it stands in the record of an erasure for good.
func caller(r *httpapi.Request) (string, error) {
	claims := r.RequestContext.Authorizer.JWT.Claims // RequireScope found one
	id := cmp.Or(claims["staff_code"], claims["sub"], claims["client_id"])
	if !intake.Person(id) {
		return "", problem.New(http.StatusForbidden, problem.SubjectInvalid,
			"The subject of the access token is missing or no code: who hands out or erases is recorded under it, so it may not be an address or a name.")
	}
	return id, nil
}

// asked reads the query string: the cursor of an export. What it does not know it
// refuses by name.
func asked(r *httpapi.Request, method string) (cursor string, err error) {
	values, err := url.ParseQuery(r.RawQueryString)
	if err != nil {
		return "", problem.Invalid(problem.Field{Field: "query", Code: problem.InvalidEncoding, Detail: "is not readable"})
	}
	for name := range values {
		if name != "cursor" || method != http.MethodGet { // which it is is not said: it could be anything
			return "", problem.Invalid(problem.Field{Field: "query", Code: problem.UnknownField, Detail: "want cursor at most, and that of GET alone"})
		}
	}
	all, given := values["cursor"]
	if given && (len(all) > 1 || all[0] == "" || len(all[0]) > maxCursor) {
		return "", problem.Invalid(noCursor)
	}
	return values.Get("cursor"), nil
}

var noCursor = problem.Field{Field: "cursor", Code: problem.InvalidCursor, Detail: "want the next of an answer about the same customer"}

// export hands out a page of what is kept. Nobody is told whether a key was ever
// known: what is kept of an unknown customer is nothing.
func (h *handler) export(ctx context.Context, customerKey, cursor, by string) (httpapi.Response, error) {
	page, err := h.reader.Gather(ctx, customerKey, cursor)
	if errors.Is(err, store.ErrInvalid) {
		return httpapi.Response{}, problem.Invalid(noCursor)
	}
	if err != nil {
		return httpapi.Response{}, busy(err)
	}
	h.metrics.Emit(observe.Value{Name: "CustomerExported", Unit: observe.Count, N: 1})
	h.log.InfoContext(ctx, "handed out", slog.String("by", by), slog.String("subject", string(erasure.Customer(customerKey))),
		slog.Int("responses", len(page.Responses)))
	return httpapi.JSON(http.StatusOK, page)
}

// Statuses of an erasure.
const (
	erased     = "erased"
	unfinished = "unfinished"
)

// outcome is the answer to an erasure.
type outcome struct {
	Status string        `json:"status"` // erased; unfinished: send the same request again
	Erased customer.Done `json:"erased"` // by this request
}

// erase erases as far as it gets in the time that a request has: then it says
// that something is left, and the next request goes on.
func (h *handler) erase(ctx context.Context, customerKey, by string) (httpapi.Response, error) {
	done, err := h.eraser.Customer(ctx, customerKey, by)
	values := []observe.Value{{Name: "CustomerErasing", Unit: observe.Count, N: 1}}
	if err == nil && !done.Left {
		values[0].Name = "CustomerErased"
	}
	h.metrics.Emit(values...)
	attrs := []any{slog.String("by", by), slog.String("subject", string(erasure.Customer(customerKey))), slog.Bool("left", done.Left)}
	for _, name := range done.Names() {
		attrs = append(attrs, slog.Int(name, done.Counts()[name]))
	}
	h.log.InfoContext(ctx, "erased", attrs...)
	if err != nil {
		return httpapi.Response{}, busy(err)
	}
	status, out := http.StatusOK, outcome{erased, done}
	if done.Left {
		status, out.Status = http.StatusAccepted, unfinished
	}
	res, err := httpapi.JSON(status, out)
	if err == nil && done.Left {
		res.Headers["Retry-After"] = "2"
		if done.Unread > 0 {
			res.Headers["Retry-After"] = "60" // whoever reads them has to let go of them
		}
	}
	return res, err
}

// busy says that something did not answer; what was done is done.
func busy(cause error) error {
	p := problem.New(http.StatusServiceUnavailable, problem.Unavailable, "Busy at the moment. Please send the same request again: what was done by then stays done.")
	p.RetryAfter = 2
	return fmt.Errorf("%w (%w)", p, cause)
}
