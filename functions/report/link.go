package main

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"resonanz/shared/feedback"
	"resonanz/shared/httpapi"
	"resonanz/shared/link"
	"resonanz/shared/problem"
	"resonanz/shared/secret"
	"resonanz/shared/store"
)

// tokenPrefix is the path of links to reports, before their token.
const tokenPrefix = "/p/"

// follow answers whoever follows a link from a mail: the version that the link
// names, as PDF or in the format that ?format= names, until the link expires.
// Whatever goes wrong is a page that a reader understands, in the language of the
// link where it can be read, and says nothing of the inside.
func (h *handler) follow(ctx context.Context, r *httpapi.Request) (httpapi.Response, error) {
	l := h.language(httpapi.Header(r, "accept-language"))
	method := httpapi.Method(r)
	if method != http.MethodGet && method != http.MethodHead {
		res := h.say(http.StatusMethodNotAllowed, l, saying(l).method)
		res.Headers["Allow"] = "GET, HEAD"
		return res, nil
	}
	t, err := secret.VerifyReport(ctx, h.keys, strings.TrimPrefix(httpapi.Path(r), tokenPrefix), h.now())
	if t.Language != "" {
		l = t.Language
	}
	switch {
	case secret.Refused(err):
		return h.say(http.StatusNotFound, l, saying(l).notFound), nil
	case errors.Is(err, link.ErrExpired):
		return h.say(http.StatusGone, l, saying(l).expired), nil
	case err != nil:
		return h.say(http.StatusServiceUnavailable, l, saying(l).failed), err
	}
	res, err := h.linked(ctx, r, t)
	switch {
	case err == nil:
		return res, nil
	case isNotFound(err), problem.Of(err).Status < http.StatusInternalServerError:
		return h.say(http.StatusNotFound, l, saying(l).notFound), nil
	}
	return h.say(http.StatusInternalServerError, l, saying(l).failed), err
}

// linked is the version that a token names.
func (h *handler) linked(ctx context.Context, r *httpapi.Request, t link.Report) (httpapi.Response, error) {
	group, ok := h.groupNamed(t.Group)
	if !ok {
		return httpapi.Response{}, httpapi.NotFound()
	}
	v, err := h.reports.Report(ctx, t.Period, group, t.Version)
	if err != nil {
		return httpapi.Response{}, err
	}
	format := formatPDF
	if f := r.QueryStringParameters["format"]; f != "" {
		if _, known := forms[f]; !known || f == formatJSON {
			return httpapi.Response{}, httpapi.NotFound()
		}
		format = f
	}
	return h.inForm(ctx, r, v, format, t.Language)
}

// inForm hands a version out; a file that is too large for an answer comes as a
// page, which packs well.
func (h *handler) inForm(ctx context.Context, r *httpapi.Request, v *store.ReportVersion, format string, l feedback.Language) (httpapi.Response, error) {
	res, err := h.hand(ctx, r, v, format, l)
	if p := new(problem.Problem); format != formatHTML && errors.As(err, &p) && p.Code == codeTooLarge {
		return h.hand(ctx, r, v, formatHTML, l)
	}
	return res, err
}

// groupNamed finds the group that a code stands for.
func (h *handler) groupNamed(c link.Code) (id string, ok bool) {
	if c == (link.Code{}) {
		return "", true
	}
	for i := range h.cfg.Groups {
		if link.GroupCode(h.cfg.Groups[i].ID) == c {
			return h.cfg.Groups[i].ID, true
		}
	}
	return "", false
}
