package render

import "strconv"

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

// text writes s escaped.
func (p *page) text(s string) {
	for i := range len(s) {
		switch c := s[i]; c {
		case '&':
			p.b = append(p.b, "&amp;"...)
		case '<':
			p.b = append(p.b, "&lt;"...)
		case '>':
			p.b = append(p.b, "&gt;"...)
		case '"':
			p.b = append(p.b, "&#34;"...)
		case '\'':
			p.b = append(p.b, "&#39;"...)
		case 0:
			p.b = append(p.b, "\uFFFD"...)
		default:
			p.b = append(p.b, c)
		}
	}
}

// el writes <open>s</name>, such as el("p class=lead", "p", s).
func (p *page) el(open, name raw, s string) {
	p.raw("<", open, ">")
	p.text(s)
	p.raw("</", name, ">")
}

// number writes v with two decimals, for the geometry of a picture.
func (p *page) number(v float64) { p.b = strconv.AppendFloat(p.b, v, 'f', 2, 64) }
