package render

import (
	"html"
	"strconv"
	"strings"
)

// raw is markup written in this package. Only constants become raw: whatever
// comes from outside goes through text, which escapes for element content and
// quoted attribute values; nothing from outside stands anywhere else.
//
// html/template would do the same, but its use of reflection keeps every method
// of every linked AWS client: 6 MB of binary.
type raw string

// page is a page being written.
type page struct {
	b []byte
	*words
}

func (p *page) raw(markup ...raw) {
	for _, m := range markup {
		p.b = append(p.b, m...)
	}
}

// text writes s escaped; a NUL, which HTML does not allow, becomes U+FFFD.
func (p *page) text(s string) {
	p.b = append(p.b, html.EscapeString(strings.ReplaceAll(s, "\x00", "\uFFFD"))...)
}

// el writes <open>s</name>, such as el("p class=lead", "p", s).
func (p *page) el(open, name raw, s string) {
	p.raw("<", open, ">")
	p.text(s)
	p.raw("</", name, ">")
}

// number writes v with two decimals, for the geometry of a picture.
func (p *page) number(v float64) { p.b = strconv.AppendFloat(p.b, v, 'f', 2, 64) }
