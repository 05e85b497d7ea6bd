// Package openapi holds the description of the HTTP interface, OpenAPI 3.1, as
// it is served at /openapi.json.
package openapi

import (
	_ "embed"
	"net/http"

	"resonanz/shared/httpapi"
)

// Document is the description.
//
//go:embed openapi.json
var Document string

// Answer is the answer to GET and HEAD /openapi.json: anybody may read it, and
// keep it for five minutes.
func Answer(method string) httpapi.Response {
	res := httpapi.Text(http.StatusOK, "application/json", Document)
	res.Headers["Cache-Control"] = "public, max-age=300"
	res.Headers["Access-Control-Allow-Origin"] = "*"
	if method == http.MethodHead {
		res.Body = ""
	}
	return res
}
