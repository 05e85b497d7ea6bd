// Package html writes a document as one HTML file that needs nothing else: no
// script, no network, no other file; on a screen in light or dark, on a phone
// and on paper.
package html

import (
	"crypto/sha256"
	"encoding/base64"
	"html"
	"sync"

	"resonanz/shared/report/doc"
)

const style = "body{margin:1rem}"

// Policy is the Content-Security-Policy that a page of Render needs: its own
// style sheet and nothing else.
var Policy = sync.OnceValue(func() string {
	sum := sha256.Sum256([]byte(style))
	return "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
})

// Render writes d. It is a pure function of d.
func Render(d *doc.Document) []byte {
	return []byte("<!DOCTYPE html>\n<html lang=" + html.EscapeString(d.Language) + "><head><meta charset=utf-8><title>" + html.EscapeString(d.Title) + "</title><style>" + style + "</style></head><body></body></html>\n")
}
