package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"

	"resonanz/shared/config"
	"resonanz/shared/feedback"
	"resonanz/shared/httpapi"
	"resonanz/shared/period"
	"resonanz/shared/problem"
	"resonanz/shared/report/render"
	"resonanz/shared/store"
)

const (
	scope      = "resonanz/reports" // what a caller's access token must carry
	prefix     = "/v1/reports/"
	formatJSON = "json"
	formatHTML = "html"
	maxBody    = 16 << 10 // of a request, in bytes
)

func periodOf(t time.Time, cfg *config.Config) period.Period { return period.Of(t, cfg.Zone()) }

func (h *handler) answer(ctx context.Context, r *httpapi.Request) (httpapi.Response, error) {
	name, ok := strings.CutPrefix(httpapi.Path(r), prefix)
	if !ok || strings.Contains(name, "/") {
		return httpapi.Response{}, httpapi.NotFound()
	}
	method := httpapi.Method(r)
	if method != http.MethodGet && method != http.MethodHead && method != http.MethodPost {
		return httpapi.Response{}, httpapi.MethodNotAllowed(http.MethodGet, http.MethodPost)
	}
	if err := httpapi.RequireScope(r, scope); err != nil {
		return httpapi.Response{}, err
	}
	format := formatJSON
	switch {
	case strings.HasSuffix(name, "."+formatHTML):
		format = formatHTML
	case !strings.HasSuffix(name, "."+formatJSON) && httpapi.PrefersHTML(httpapi.Header(r, "accept")):
		format = formatHTML
	}
	name = strings.TrimSuffix(strings.TrimSuffix(name, "."+formatHTML), "."+formatJSON)
	month, err := h.parsePeriod(name)
	if err != nil {
		return httpapi.Response{}, err
	}
	if method == http.MethodPost {
		return h.post(ctx, r, month)
	}
	return h.get(ctx, r, month, format)
}

// parsePeriod reads the month of a path. A month that has not begun has no report.
func (h *handler) parsePeriod(s string) (period.Period, error) {
	month, err := period.Parse(s)
	if err != nil {
		return month, problem.Invalid(problem.Field{Field: "period", Code: problem.InvalidValue, Detail: "Want a month such as 2026-03."})
	}
	if periodOf(h.now(), h.cfg).Before(month) {
		return month, problem.Invalid(problem.Field{Field: "period", Code: problem.OutOfRange, Detail: "This month has not begun."})
	}
	return month, nil
}

// get hands out the latest version, or the one that ?version= names.
func (h *handler) get(ctx context.Context, r *httpapi.Request, month period.Period, format string) (httpapi.Response, error) {
	v, err := h.version(ctx, month, r.QueryStringParameters["version"])
	if err != nil {
		return httpapi.Response{}, err
	}
	key, contentType, policy := v.Objects[formatJSON], "application/json", ""
	lang := feedback.Language("")
	if format == formatHTML {
		lang = h.language(httpapi.Header(r, "accept-language"))
		key, contentType, policy = v.Objects[formatHTML+"."+string(lang)], "", render.Policy()
	}
	content, err := h.objects.Get(ctx, key)
	if err != nil {
		return httpapi.Response{}, err
	}
	res := httpapi.Page(http.StatusOK, string(content), policy)
	if contentType == "" {
		res.Headers["Content-Language"] = string(lang)
	} else {
		res.Headers["Content-Type"] = contentType
		res.Headers["Content-Security-Policy"] = "default-src 'none'; frame-ancestors 'none'"
	}
	res.Headers["Vary"] = "Accept, Accept-Language, Accept-Encoding"
	res.Headers["Report-Version"] = versionName(v.Version)
	res.Headers["Report-Status"] = string(v.Status)
	return fit(r, res, key)
}

// language is the first choice of the caller among those that reports are
// written in; the organisation's own for one who takes any or none of them.
func (h *handler) language(accept string) feedback.Language {
	offered := render.Languages()
	if i := slices.Index(offered, h.cfg.Organisation.DefaultLanguage); i > 0 {
		offered[0], offered[i] = offered[i], offered[0]
	}
	return cmp.Or(httpapi.Language(accept, offered), offered[0])
}

// version finds one version of a report.
func (h *handler) version(ctx context.Context, month period.Period, name string) (*store.ReportVersion, error) {
	none := problem.New(http.StatusNotFound, problem.NotFound, "There is no such report. POST to this address makes one.")
	if name == "" {
		v, err := h.latest(ctx, month)
		if v == nil && err == nil {
			return nil, none
		}
		return v, err
	}
	n, err := strconv.Atoi(name)
	if err != nil || n < 1 {
		return nil, problem.Invalid(problem.Field{Field: "version", Code: problem.InvalidValue, Detail: "Want the number of a version, such as 1."})
	}
	all, err := h.reports.ReportVersions(ctx, month, "")
	if err != nil {
		return nil, err
	}
	for i := range all {
		if all[i].Version == n {
			return &all[i], nil
		}
	}
	return nil, none
}

func versionName(n int) string {
	s := strconv.Itoa(n)
	return strings.Repeat("0", max(0, 4-len(s))) + s
}

// summary answers a POST: which version holds the report now.
type summary struct {
	Period     period.Period     `json:"period"`
	Version    string            `json:"version"`
	Status     string            `json:"status"`
	Created    bool              `json:"created"` // by this request
	CreatedAt  time.Time         `json:"created_at"`
	Cutoff     time.Time         `json:"cutoff"`
	DataHash   string            `json:"data_hash"`
	Responses  int               `json:"responses"`
	LateEvents int               `json:"late_events"`   // received after the close, so far
	Changed    bool              `json:"facts_changed"` // facts reached the bucket too late for this version: restate
	Links      map[string]string `json:"links"`
}

// post makes a version where there is something new to say: 201, else 200.
func (h *handler) post(ctx context.Context, r *httpapi.Request, month period.Period) (httpapi.Response, error) {
	o, err := h.parseOrder(r)
	if err != nil {
		return httpapi.Response{}, err
	}
	o.period = month
	m, err := h.make(ctx, o)
	if err != nil {
		return httpapi.Response{}, err
	}
	status := http.StatusOK
	if m.created {
		status = http.StatusCreated
	}
	at := prefix + month.String()
	res, err := httpapi.JSON(status, summary{
		Period: month, Version: versionName(m.Version), Status: string(m.Status), Created: m.created, CreatedAt: m.CreatedAt, Cutoff: m.Cutoff,
		DataHash: m.InputHash, Responses: m.Responses, LateEvents: m.late, Changed: m.changed,
		Links: map[string]string{formatJSON: at + ".json?version=" + strconv.Itoa(m.Version), formatHTML: at + ".html?version=" + strconv.Itoa(m.Version)},
	})
	if err == nil && m.created {
		res.Headers["Location"] = at + "?version=" + strconv.Itoa(m.Version)
	}
	return res, err
}

// parseOrder reads the body of a POST: empty, or a JSON object with "contacts"
// (touchpoint → number) and "restate".
func (h *handler) parseOrder(r *httpapi.Request) (o order, err error) {
	body, err := httpapi.Body(r, maxBody)
	if err != nil || len(bytes.TrimSpace(body)) == 0 {
		return o, err
	}
	if err := httpapi.RequireContentType(r, "application/json"); err != nil {
		return o, err
	}
	if !utf8.Valid(body) {
		return o, problem.New(http.StatusBadRequest, problem.InvalidUTF8, "The body is not valid UTF-8.")
	}
	var in map[string]json.RawMessage
	if !jsontext.Value(body).IsValid() || json.Unmarshal(body, &in) != nil || in == nil { // names twice are not valid either
		return o, malformed()
	}
	for _, field := range slices.Sorted(maps.Keys(in)) {
		switch field {
		case "restate":
			if json.Unmarshal(in[field], &o.restate) != nil || string(in[field]) == "null" {
				return o, problem.Invalid(problem.Field{Field: field, Code: problem.WrongType, Detail: "Want true or false."})
			}
		case "contacts":
			if o.contacts, err = h.parseContacts(in[field]); err != nil {
				return o, err
			}
		default:
			return o, problem.Invalid(problem.Field{Field: printable(field), Code: problem.UnknownField, Detail: "This field is not known."})
		}
	}
	return o, nil
}

func malformed() error {
	return problem.New(http.StatusBadRequest, problem.MalformedJSON, "The body is not one JSON object, or a name occurs twice in it.")
}

// printable shortens a name that a caller made up.
func printable(s string) string {
	if len(s) > 40 || strings.ContainsFunc(s, func(c rune) bool { return c < ' ' || c > '~' }) {
		return "?"
	}
	return s
}

func (h *handler) parseContacts(b json.RawMessage) (map[feedback.Touchpoint]int64, error) {
	wrong := problem.Field{Field: "contacts", Code: problem.WrongType, Detail: "Want an object of touchpoints and their numbers of contacts."}
	var in map[feedback.Touchpoint]json.RawMessage
	if json.Unmarshal(b, &in) != nil || in == nil {
		return nil, problem.Invalid(wrong)
	}
	out := make(map[feedback.Touchpoint]int64, len(in))
	for _, id := range slices.Sorted(maps.Keys(in)) {
		if h.cfg.Touchpoint(id) == nil {
			return nil, problem.Invalid(problem.Field{Field: "contacts." + printable(string(id)), Code: problem.UnknownTouchpoint, Detail: "This touchpoint is not configured."})
		}
		n, err := strconv.ParseInt(string(in[id]), 10, 64)
		if err != nil || n < 0 || n > 1e12 {
			return nil, problem.Invalid(problem.Field{Field: "contacts." + string(id), Code: problem.OutOfRange, Detail: "Want a whole number, 0 or more."})
		}
		out[id] = n
	}
	return out, nil
}
