// Package html writes a document as one HTML file that needs nothing else: no
// script, no network, no other file; on a screen in light or dark, on a phone
// and on paper.
package html

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"html"

	"resonanz/shared/report/doc"
)

const style = "body{margin:1rem}"

// Policy is the Content-Security-Policy of a page of Render: its own style sheet
// and nothing else. It is taken from the page, so that it fits one that was
// stored long ago, in another colour or by other code.
func Policy(page []byte) string {
	_, rest, _ := bytes.Cut(page, []byte("<style>"))
	sheet, _, _ := bytes.Cut(rest, []byte("</style>"))
	sum := sha256.Sum256(sheet)
	return "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
}

// Render writes d. It is a pure function of d.
func Render(d *doc.Document) []byte {
	return []byte("<!DOCTYPE html>\n<html lang=" + html.EscapeString(d.Language) + "><head><meta charset=utf-8><title>" + html.EscapeString(d.Title) + "</title><style>" + style + "</style></head><body></body></html>\n")
}
