package main

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"

	"resonanz/shared/casefile"
	"resonanz/shared/httpapi"
	"resonanz/shared/problem"
	"resonanz/shared/store"
)

// margin is what is left for the answer when the function's time is up.
const margin = 2 * time.Second

// listed is a page of the work list.
type listed struct {
	Cases  []item `json:"cases"`
	Cursor string `json:"cursor,omitempty"` // of the next page; absent: this is the last
}

// list answers with a page of the work list, or with an export of it.
func (h *handler) list(ctx context.Context, c *call) (httpapi.Response, error) {
	q, err := c.ask(wantsCSV(c.Request))
	if err != nil {
		return httpapi.Response{}, err
	}
	if q.csv {
		return h.export(ctx, c, q)
	}
	page, err := h.page(ctx, q.CaseQuery)
	if err != nil {
		return httpapi.Response{}, err
	}
	out := listed{Cases: make([]item, len(page.Cases)), Cursor: page.Cursor}
	for i := range page.Cases {
		out.Cases[i] = h.item(&page.Cases[i], c.At)
	}
	res, err := httpapi.JSON(http.StatusOK, out)
	if err == nil {
		linkNext(c, res, page.Cursor)
	}
	return res, err
}

// page reads a page. Errors: problems.
func (h *handler) page(ctx context.Context, q store.CaseQuery) (store.CasePage, error) {
	page, err := h.ledger.Cases(ctx, q)
	switch {
	case errors.Is(err, store.ErrInvalid) && q.Cursor != "":
		return page, problem.Invalid(problem.Field{Field: "cursor", Code: problem.InvalidCursor, Detail: "is not that of a page of this list: begin again without one"})
	case err != nil:
		return page, busy(err)
	}
	return page, nil
}

// export answers with the cases of all pages as CSV, up to what one answer
// holds; then its Link leads to the rest.
func (h *handler) export(ctx context.Context, c *call, q *question) (httpapi.Response, error) {
	if deadline, ok := ctx.Deadline(); ok {
		var cancel context.CancelFunc
		ctx, cancel = context.WithDeadline(ctx, deadline.Add(-margin))
		defer cancel()
	}
	t := newTable()
	page := store.CasePage{Cursor: q.Cursor}
	for first := true; first || page.Cursor != "" && t.rows < q.rows && t.size() < maxExport; first = false {
		q.Cursor, q.Limit = page.Cursor, min(store.MaxCases, q.rows-t.rows)
		next, err := h.page(ctx, q.CaseQuery)
		if err != nil && !first && ctx.Err() != nil {
			break // what was read is an answer: it says that there is more
		}
		if err != nil {
			return httpapi.Response{}, err
		}
		page = next
		for i := range page.Cases {
			t.add(h.item(&page.Cases[i], c.At))
		}
	}
	res := httpapi.Text(http.StatusOK, "text/csv; charset=utf-8; header=present", t.text())
	res.Headers["Content-Disposition"] = `attachment; filename="cases-` + c.At.Format("2006-01-02") + `.csv"`
	linkNext(c, res, page.Cursor)
	return res, nil
}

// linkNext says where the list goes on (RFC 8288).
func linkNext(c *call, res httpapi.Response, cursor string) {
	if cursor == "" {
		return
	}
	values, _ := url.ParseQuery(c.RawQueryString) // it was read before
	values.Set("cursor", cursor)
	res.Headers["Link"] = "<" + httpapi.Path(c.Request) + "?" + values.Encode() + `>; rel="next"`
}

// wantsCSV reports whether a request asks for CSV: by its format parameter, else
// by naming text/csv and not JSON among what it accepts.
func wantsCSV(r *httpapi.Request) bool {
	values, _ := url.ParseQuery(r.RawQueryString)
	if f := values.Get("format"); f != "" {
		return f == "csv"
	}
	accept := strings.ToLower(httpapi.Header(r, "accept"))
	return strings.Contains(accept, "text/csv") && !strings.Contains(accept, "json")
}

// find reads a case. Errors: problems.
func (h *handler) find(ctx context.Context, n casefile.Number) (*casefile.Case, error) {
	k, err := h.ledger.GetCase(ctx, n)
	switch {
	case errors.Is(err, store.ErrNotFound):
		return nil, problem.New(http.StatusNotFound, problem.NotFound, "There is no case with this number.")
	case err != nil:
		return nil, busy(err)
	}
	return k, nil
}
