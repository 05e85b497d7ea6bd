package main

import (
	"cmp"
	"context"
	"encoding/base64"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"resonanz/shared/config"
	"resonanz/shared/feedback"
	"resonanz/shared/httpapi"
	"resonanz/shared/period"
	"resonanz/shared/problem"
	"resonanz/shared/report/html"
	"resonanz/shared/report/present"
	"resonanz/shared/report/schema"
	"resonanz/shared/store"
)

const (
	scope   = "resonanz/reports" // what a caller's access token must carry
	prefix  = "/v1/reports/"
	maxBody = 16 << 10 // of a request, in bytes

	schemaName = "schema.json"

	// Ids of the configuration.
	maxID   = 40 // in bytes
	idSigns = "abcdefghijklmnopqrstuvwxyz0123456789-"
)

func periodOf(t time.Time, cfg *config.Config) period.Period { return period.Of(t, cfg.Zone()) }

// answer leads a request to what it asks for.
func (h *handler) answer(ctx context.Context, r *httpapi.Request) (httpapi.Response, error) {
	if strings.HasPrefix(httpapi.Path(r), canaryPrefix) {
		return h.canary(ctx, r)
	}
	name, ok := strings.CutPrefix(httpapi.Path(r), prefix)
	if !ok {
		return httpapi.Response{}, httpapi.NotFound()
	}
	name, part, parted := strings.Cut(name, "/")
	if parted && part == "" || strings.Contains(part, "/") {
		return httpapi.Response{}, httpapi.NotFound()
	}
	method := httpapi.Method(r)
	reading := method == http.MethodGet || method == http.MethodHead
	if !reading && (method != http.MethodPost || parted || name == schemaName) {
		if parted || name == schemaName {
			return httpapi.Response{}, httpapi.MethodNotAllowed(http.MethodGet)
		}
		return httpapi.Response{}, httpapi.MethodNotAllowed(http.MethodGet, http.MethodPost)
	}
	if err := httpapi.RequireScope(r, scope); err != nil {
		return httpapi.Response{}, err
	}
	if err := filled(r); err != nil {
		return httpapi.Response{}, err
	}
	if name == schemaName {
		if parted {
			return httpapi.Response{}, httpapi.NotFound()
		}
		return httpapi.Text(http.StatusOK, "application/schema+json", string(schema.JSON())), nil
	}
	accept := httpapi.Header(r, "accept")
	if parted {
		return h.part(ctx, r, name, part, accept)
	}
	name, format, err := formatOf(name, accept)
	if err != nil {
		return httpapi.Response{}, err
	}
	month, err := h.parsePeriod(name)
	if err != nil {
		return httpapi.Response{}, err
	}
	if !reading {
		return h.post(ctx, r, month)
	}
	return h.get(ctx, r, month, format)
}

// filled refuses a parameter that says nothing: left out it would mean the same.
func filled(r *httpapi.Request) error {
	for _, name := range [...]string{"group", "version", "table", "touchpoint"} {
		if v, ok := r.QueryStringParameters[name]; ok && v == "" {
			return problem.Invalid(problem.Field{Field: name, Code: problem.InvalidValue, Detail: "This is empty: leave it out."})
		}
	}
	return nil
}

// part leads to what there is of a month besides its report.
func (h *handler) part(ctx context.Context, r *httpapi.Request, name, part, accept string) (httpapi.Response, error) {
	part, format, err := partFormat(part, accept)
	if err != nil {
		return httpapi.Response{}, err
	}
	month, err := h.parsePeriod(name)
	if err != nil {
		return httpapi.Response{}, err
	}
	if part == "words" {
		g, err := groupOf(h.cfg, r.QueryStringParameters["group"])
		if err != nil {
			return httpapi.Response{}, err
		}
		return h.words(ctx, r, month, g, format)
	}
	if part == "live" {
		return h.live(ctx, r, month)
	}
	group, err := h.kept(ctx, month, r.QueryStringParameters["group"])
	if err != nil {
		return httpapi.Response{}, err
	}
	switch part {
	case "versions":
		return h.versions(ctx, month, group)
	case "manifest":
		return h.manifest(ctx, r, month, group)
	}
	return httpapi.Response{}, httpapi.NotFound()
}

// kept is a group that there are reports of: a configured one, or one that was
// configured when its report was made.
func (h *handler) kept(ctx context.Context, month period.Period, id string) (string, error) {
	_, unknown := groupOf(h.cfg, id)
	if unknown == nil {
		return id, nil
	}
	if len(id) > maxID || strings.ContainsFunc(id, func(c rune) bool { return !strings.ContainsRune(idSigns, c) }) {
		return "", unknown
	}
	_, err := h.reports.LatestReport(ctx, month, id)
	if isNotFound(err) {
		return "", unknown
	}
	return id, err
}

// partFormat is formatOf for a part: all but the words are JSON only.
func partFormat(name, accept string) (part, format string, err error) {
	part, format, err = formatOf(name, accept)
	if err == nil && part != "words" && part != name && format != formatJSON {
		err = problem.Invalid(problem.Field{Field: "format", Code: codeUnknownFormat, Detail: "Want .json."})
	}
	return part, format, err
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

// get hands out the latest version, or the one that ?version= names; of the
// whole, or of the group that ?group= names.
func (h *handler) get(ctx context.Context, r *httpapi.Request, month period.Period, format string) (httpapi.Response, error) {
	group, err := h.kept(ctx, month, r.QueryStringParameters["group"])
	if err != nil {
		return httpapi.Response{}, err
	}
	if r.QueryStringParameters["table"] != "" && format != formatCSV {
		return httpapi.Response{}, problem.Invalid(problem.Field{Field: "table", Code: problem.InvalidValue, Detail: "Only .csv has tables of its own."})
	}
	v, err := h.version(ctx, month, group, r.QueryStringParameters["version"])
	if err != nil {
		return httpapi.Response{}, err
	}
	lang := feedback.Language("")
	if forms[format].lingual {
		lang = h.language(httpapi.Header(r, "accept-language"))
	}
	res, err := h.hand(ctx, r, v, format, lang)
	if err != nil {
		return httpapi.Response{}, err
	}
	res.Headers["Vary"] = "Accept, Accept-Language, Accept-Encoding"
	return res, nil
}

// hand answers with a version in a format and language.
func (h *handler) hand(ctx context.Context, r *httpapi.Request, v *store.ReportVersion, format string, lang feedback.Language) (httpapi.Response, error) {
	of, name := forms[format], format
	if of.lingual {
		name += "." + string(lang)
	}
	key := v.Objects[name]
	if key == "" { // it was made before there was this form
		return httpapi.Response{}, problem.New(http.StatusNotFound, problem.NotFound, "This version is not kept in this format.")
	}
	content, err := h.objects.Get(ctx, key)
	if err != nil {
		return httpapi.Response{}, err
	}
	file := fileName(v, format)
	if table := r.QueryStringParameters["table"]; format == formatCSV && table != "" {
		if content, err = entry(content, table+".csv"); err != nil {
			return httpapi.Response{}, err
		}
		of, file = form{contentType: "text/csv; charset=utf-8"}, table+".csv"
	}
	res := httpapi.Text(http.StatusOK, of.contentType, "")
	if format == formatHTML {
		res.Headers["Content-Security-Policy"] = html.Policy(content)
	}
	if lang != "" {
		res.Headers["Content-Language"] = string(lang)
	}
	res.Headers["Report-Version"] = versionName(v.Version)
	res.Headers["Report-Status"] = string(v.Status)
	if format == formatPDF || format == formatXLSX || format == formatCSV {
		res.Headers["Content-Disposition"] = `inline; filename="` + file + `"`
	}
	if of.binary {
		res.Body, res.IsBase64Encoded = base64.StdEncoding.EncodeToString(content), true
	} else {
		res.Body = string(content)
	}
	return fit(r, res, inBucket(key))
}

// fileName is what a browser saves a report as.
func fileName(v *store.ReportVersion, format string) string {
	name := "report-" + v.Period.String()
	if v.Group != "" {
		name += "-" + v.Group
	}
	name += "-" + versionName(v.Version)
	if format == formatCSV {
		return name + ".zip"
	}
	return name + "." + format
}

// language is the first choice of the caller among those that reports are
// written in; the organisation's own for one who takes any or none of them.
func (h *handler) language(accept string) feedback.Language {
	all := present.Languages()
	if i := slices.Index(all, h.cfg.Organisation.DefaultLanguage); i > 0 {
		all[0], all[i] = all[i], all[0]
	}
	return cmp.Or(httpapi.Language(accept, all), all[0])
}

// idOf is the id of a group; empty for the whole.
func idOf(g *config.Group) string {
	if g == nil {
		return ""
	}
	return g.ID
}

// noVersion is the problem of a report that nobody has made.
func noVersion() error {
	return problem.New(http.StatusNotFound, problem.NotFound, "There is no such report. POST to this address makes one.")
}

// version finds one version of a report.
func (h *handler) version(ctx context.Context, month period.Period, group, name string) (*store.ReportVersion, error) {
	find := func() (*store.ReportVersion, error) { return h.reports.LatestReport(ctx, month, group) }
	if name != "" {
		n, err := strconv.Atoi(name)
		if err != nil || n < 1 || n > 9999 {
			return nil, problem.Invalid(problem.Field{Field: "version", Code: problem.InvalidValue, Detail: "Want the number of a version, such as 1."})
		}
		find = func() (*store.ReportVersion, error) { return h.reports.Report(ctx, month, group, n) }
	}
	v, err := find()
	if isNotFound(err) {
		return nil, noVersion()
	}
	return v, err
}

func versionName(n int) string {
	s := strconv.Itoa(n)
	return strings.Repeat("0", max(0, 4-len(s))) + s
}

// printable shortens a name that a caller made up.
func printable(s string) string {
	if len(s) > 80 || strings.ContainsFunc(s, func(c rune) bool { return c < ' ' || c > '~' }) {
		return "?"
	}
	return s
}
