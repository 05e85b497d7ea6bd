package pages

import (
	"html"
	"strconv"
	"strings"
)

// raw is markup written in this package. Only constants become raw: whatever
// comes from outside goes through text or attr, which escape. Text stands in
// element content and quoted attribute values only, never in scripts, styles,
// addresses or attribute names, so one escaping fits everywhere.
//
// html/template would do the same at a price the rating function cannot pay:
// its use of reflection keeps every method of every linked AWS client, 4 MB of
// binary, and parsing costs time at each cold start.
type raw string

// page is a page being written.
type page struct {
	b    strings.Builder
	text *text
}

func (p *page) raw(markup ...raw) {
	for _, m := range markup {
		p.b.WriteString(string(m))
	}
}

// esc writes s, escaped for element content and for quoted attribute values. A
// NUL, which HTML does not allow, becomes U+FFFD. Most texts need none of it.
func (p *page) esc(s string) {
	for i := range len(s) {
		switch s[i] {
		case '&', '<', '>', '"', '\'', 0:
			p.b.WriteString(html.EscapeString(strings.ReplaceAll(s, "\x00", "\uFFFD")))
			return
		}
	}
	p.b.WriteString(s)
}

// el writes <open>s</close>, such as el("p class=lead", "p", s).
func (p *page) el(open, name raw, s string) {
	p.raw("<", open, ">")
	p.esc(s)
	p.raw("</", name, ">")
}

// attr writes ` name="value"`.
func (p *page) attr(name raw, value string) {
	p.raw(" ", name, `="`)
	p.esc(value)
	p.raw(`"`)
}

func (p *page) int(n int) { p.b.WriteString(strconv.Itoa(n)) }
