// Package chart draws the charts of a report: as SVG for pages, and on any
// canvas of gonum's vg for documents.
package chart

import (
	"bytes"
	"encoding/xml"
	"fmt"

	"resonanz/shared/report/doc"
)

// SVG is the chart as an element of an HTML page: it scales to the width it is
// given, takes its text colour from the page, and holds neither style nor script.
func SVG(c *doc.Chart, _ string) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 640 40" role="img" aria-labelledby="%[1]s-t %[1]s-d"><title id="%[1]s-t">`, c.ID)
	_ = xml.EscapeText(&b, []byte(c.Title))
	fmt.Fprintf(&b, `</title><desc id="%s-d">`, c.ID)
	_ = xml.EscapeText(&b, []byte(c.Alt))
	b.WriteString(`</desc></svg>`)
	return b.Bytes()
}
