package main

import (
	"cmp"
	"mime"
	"slices"
	"strconv"
	"strings"

	"resonanz/shared/problem"
)

// The formats of a report, and what suffixes name them.
const (
	formatJSON = "json"
	formatHTML = "html"
	formatPDF  = "pdf"
	formatXLSX = "xlsx"
	formatCSV  = "csv" // one file for each table, as a zip archive; ?table= names one
)

// form is one format over HTTP.
type form struct {
	contentType string
	binary      bool // its body travels as base64
	lingual     bool // one for each language
}

var forms = map[string]form{
	formatJSON: {contentType: "application/json"},
	formatHTML: {contentType: "text/html; charset=utf-8", lingual: true},
	formatPDF:  {contentType: "application/pdf", binary: true, lingual: true},
	formatXLSX: {contentType: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", binary: true, lingual: true},
	formatCSV:  {contentType: "application/zip", binary: true, lingual: true},
}

// offered are the media types that a caller can ask for, and the format each
// means; on a tie the first.
var offered = []struct{ media, format string }{
	{"text/html", formatHTML}, {"application/xhtml+xml", formatHTML}, {"application/json", formatJSON}, {"application/pdf", formatPDF},
	{"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", formatXLSX}, {"text/csv", formatCSV}, {"application/zip", formatCSV},
}

// formatOf splits a name such as 2026-03.pdf. Without a suffix the Accept header
// decides; whoever names nothing that is offered gets JSON.
func formatOf(name, accept string) (stem, format string, err error) {
	stem, suffix, ok := strings.Cut(name, ".")
	if !ok {
		return stem, accepted(accept), nil
	}
	if _, known := forms[suffix]; !known {
		return stem, "", problem.Invalid(problem.Field{Field: "format", Code: codeUnknownFormat, Detail: "Want .html, .pdf, .xlsx, .csv or .json."})
	}
	return stem, suffix, nil
}

// accepted is the offered format of the highest quality that an Accept header
// names (RFC 9110, section 12.5.1); wildcards mean JSON.
func accepted(accept string) string {
	best, bestQ := "", 0.0
	for _, o := range offered {
		for part := range strings.SplitSeq(accept, ",") {
			media, params, err := mime.ParseMediaType(part)
			if err != nil || media != o.media {
				continue
			}
			q, err := strconv.ParseFloat(cmp.Or(params["q"], "1"), 64)
			if err == nil && q > bestQ && q <= 1 {
				best, bestQ = o.format, q
			}
		}
	}
	return cmp.Or(best, formatJSON)
}

// formats are the formats in a fixed order.
func formats() []string {
	return slices.Sorted(func(yield func(string) bool) {
		for f := range forms {
			if !yield(f) {
				return
			}
		}
	})
}
