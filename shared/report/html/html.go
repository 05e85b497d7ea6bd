// Package html writes a document as one HTML file that needs nothing else: no
// script, no network, no other file; on a screen in light or dark, on a phone
// and on paper.
package html

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"html"
	"strconv"
	"strings"

	"resonanz/shared/report/chart"
	"resonanz/shared/report/doc"
)

// Policy is the Content-Security-Policy of a page of Render: its own style sheet
// and nothing else. It is taken from the page, so that it fits one that was
// stored long ago, in another colour or by other code.
func Policy(page []byte) string {
	_, rest, _ := bytes.Cut(page, []byte("<style>"))
	sheet, _, _ := bytes.Cut(rest, []byte("</style>"))
	sum := sha256.Sum256(sheet)
	return "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
}

// markup is written in this package. Only constants become markup: whatever
// comes from outside goes through text, which escapes for element content and
// quoted attribute values; nothing from outside stands anywhere else.
//
// html/template would do the same, but its use of reflection keeps every method
// of every linked client: 6 MB of binary.
type markup string

// page is a page being written.
type page struct {
	b []byte
	d *doc.Document
	// title is that of the chart just drawn: a table of the same name beside it
	// does not show its caption once more.
	title string
}

// Render writes d. It is a pure function of d.
func Render(d *doc.Document) []byte {
	p := &page{b: make([]byte, 0, 256<<10), d: d}
	p.head()
	p.contents()
	p.raw("<main id=main tabindex=-1>\n")
	for _, i := range order(d) {
		p.section(&d.Sections[i])
	}
	p.raw("</main>\n<footer>")
	p.el("p", "p", d.Footer)
	p.raw("<p><code>")
	p.text(d.Hash)
	p.raw("</code></p></footer></body></html>\n")
	return p.b
}

// headlines is the number of the section that comes first on a page: what a
// reader must know stands above what it is made of.
const headlines = 2

// order are the sections as a page shows them.
func order(d *doc.Document) []int {
	out := make([]int, 0, len(d.Sections))
	for i := range d.Sections {
		if d.Sections[i].Number == headlines {
			out = append(out, i)
		}
	}
	for i := range d.Sections {
		if d.Sections[i].Number != headlines {
			out = append(out, i)
		}
	}
	return out
}

func (p *page) raw(parts ...markup) {
	for _, m := range parts {
		p.b = append(p.b, m...)
	}
}

// text writes s escaped; a NUL, which HTML does not allow, becomes U+FFFD.
func (p *page) text(s string) {
	p.b = append(p.b, html.EscapeString(strings.ReplaceAll(s, "\x00", "\uFFFD"))...)
}

// el writes <open>s</name>, such as el("p class=note", "p", s).
func (p *page) el(open, name markup, s string) {
	p.raw("<", open, ">")
	p.text(s)
	p.raw("</", name, ">")
}

// attribute writes s as a quoted attribute of that name.
func (p *page) attribute(name markup, s string) {
	p.raw(" ", name, "=\"")
	p.text(s)
	p.raw("\"")
}

func (p *page) head() {
	d := p.d
	p.raw("<!DOCTYPE html>\n<html")
	p.attribute("lang", d.Language)
	p.raw("><head><meta charset=utf-8><meta name=viewport content=\"width=device-width,initial-scale=1\"><meta name=robots content=noindex><title>")
	p.text(d.Title)
	if d.Group != "" {
		p.text(" · " + d.Group)
	}
	p.text(" · " + d.Organisation)
	p.raw("</title><style>")
	p.b = append(p.b, style(d.Accent)...)
	p.raw("</style></head>\n<body>")
	p.el("a class=skip href=\"#main\"", "a", d.Skip)
	p.raw("<header><div>")
	p.el("p class=org", "p", d.Organisation)
	p.el("h1", "h1", d.Title)
	if d.Group != "" {
		p.el("p class=group", "p", d.Group)
	}
	p.raw("</div><div class=stand>")
	if d.Badge != "" {
		p.el(badge(d.BadgeKind), "p", d.Badge)
	}
	p.el("p", "p", d.AsOf)
	p.raw("</div></header>\n")
}

func badge(kind string) markup {
	switch kind {
	case "preliminary":
		return "p class=\"badge open\""
	case "restated":
		return "p class=\"badge again\""
	}
	return "p class=\"badge done\""
}

func (p *page) contents() {
	p.raw("<nav aria-labelledby=contents><h2 id=contents>")
	p.text(p.d.Contents)
	p.raw("</h2><ol>")
	for _, i := range order(p.d) {
		s := &p.d.Sections[i]
		p.raw("<li><a href=\"#")
		p.text(s.ID)
		p.raw("\"><span>")
		p.text(strconv.Itoa(s.Number))
		p.raw("</span> ")
		p.text(s.Title)
		p.raw("</a></li>")
	}
	p.raw("</ol></nav>\n")
}

func (p *page) section(s *doc.Section) {
	p.title = ""
	p.raw("<section")
	if s.Number == headlines {
		p.raw(" class=first")
	}
	p.attribute("id", s.ID)
	p.attribute("aria-labelledby", "h-"+s.ID)
	p.raw("><h2")
	p.attribute("id", "h-"+s.ID)
	p.raw("><span>")
	p.text(strconv.Itoa(s.Number))
	p.raw("</span> ")
	p.text(s.Title)
	p.raw("</h2>\n")
	for i := range s.Blocks {
		p.block(&s.Blocks[i])
	}
	p.raw("</section>\n")
}

func (p *page) block(b *doc.Block) {
	switch {
	case b.Heading != "":
		p.el("h3", "h3", b.Heading)
	case b.Text != "":
		p.el("p", "p", b.Text)
	case b.Note != "":
		p.el("p class=note", "p", b.Note)
	case b.List != nil:
		p.raw("<ul>")
		for _, s := range b.List {
			p.el("li", "li", s)
		}
		p.raw("</ul>")
	case b.Notice != nil:
		p.el(notice(b.Notice.Kind), "p", b.Notice.Text)
	case b.Figures != nil:
		p.figures(b.Figures)
	case b.Chart != nil:
		p.title = b.Chart.Title
		p.raw("<figure><figcaption>")
		p.text(b.Chart.Title)
		p.raw("</figcaption><div class=scroll tabindex=0 role=group")
		p.attribute("aria-label", b.Chart.Title)
		p.raw("><div class=chart>")
		p.b = append(p.b, chart.SVG(b.Chart, p.d.Accent)...)
		p.raw("</div></div></figure>")
	case b.Table != nil:
		p.table(b.Table)
	}
	p.raw("\n")
}

func notice(kind string) markup {
	switch kind {
	case "warning":
		return "p class=\"notice warning\""
	case "good":
		return "p class=\"notice good\""
	}
	return "p class=\"notice absent\""
}

func (p *page) figures(all []doc.Figure) {
	p.raw("<dl class=keys>")
	for i := range all {
		f := &all[i]
		p.raw("<div><dt>")
		p.text(f.Label)
		p.raw("</dt>")
		if f.Muted {
			p.el("dd class=\"value muted\"", "dd", f.Value)
		} else {
			p.el("dd class=value", "dd", f.Value)
		}
		if f.Beside != "" {
			p.el("dd", "dd", f.Beside)
		}
		if f.Change != "" {
			open, arrow := trend(f.Trend)
			p.raw("<dd class=\"change", open, "\">", arrow)
			p.text(f.Change)
			p.raw("</dd>")
		}
		p.raw("</div>")
	}
	p.raw("</dl>")
}

// trend is the class of a change and its arrow, which says nothing that the
// words beside it do not say.
func trend(t doc.Trend) (class, arrow markup) {
	switch t {
	case doc.BetterUp:
		return " better", "<b aria-hidden=true>▲</b> "
	case doc.BetterDown:
		return " better", "<b aria-hidden=true>▼</b> "
	case doc.WorseUp:
		return " worse", "<b aria-hidden=true>▲</b> "
	case doc.WorseDown:
		return " worse", "<b aria-hidden=true>▼</b> "
	}
	return "", ""
}

// table writes a table; one that twins a chart unfolds.
func (p *page) table(t *doc.Table) {
	if t.Twin {
		p.raw("<details><summary>")
		p.text(p.d.Data + ": " + t.Caption)
		p.raw("</summary>")
		defer p.raw("</details>")
	}
	caption := "t-" + t.ID
	p.raw("<div class=scroll tabindex=0 role=group")
	p.attribute("aria-labelledby", caption)
	switch {
	case len(t.Columns) > 8:
		p.raw("><table class=wide><caption")
	case len(t.Columns) <= 3 && t.Columns[len(t.Columns)-1].Numeric:
		p.raw("><table class=slim><caption")
	default:
		p.raw("><table><caption")
	}
	p.attribute("id", caption)
	if t.Caption == p.title && !t.Twin {
		p.raw(" class=heard")
	}
	p.raw(">")
	p.text(t.Caption)
	p.title = ""
	p.raw("</caption><thead><tr>")
	for i := range t.Columns {
		p.el(column("th scope=col", &t.Columns[i]), "th", t.Columns[i].Label)
	}
	p.raw("</tr></thead><tbody>")
	for _, row := range t.Rows[:max(0, len(t.Rows)-t.Hidden)] {
		p.raw("<tr>")
		for i := 0; i < len(row); {
			span := 1
			for i+span < len(row) && withheld(&row[i], &row[i+span]) {
				span++
			}
			p.cell(&row[i], &t.Columns[i], span)
			i += span
		}
		p.raw("</tr>\n")
	}
	p.raw("</tbody></table></div>")
	if t.Hidden > 0 {
		p.el("p class=note", "p", fmt.Sprintf(p.d.More, t.Hidden))
	}
}

func column(open markup, c *doc.Column) markup {
	if c.Numeric {
		return open + " class=num"
	}
	return open
}

// withheld reports whether the cell next belongs to what the cell says: it is
// withheld with it, and empty.
func withheld(says, next *doc.Cell) bool {
	return says.Muted && says.Value == nil && says.Text != "" && next.Muted && next.Value == nil && next.Text == ""
}

func (p *page) cell(c *doc.Cell, col *doc.Column, span int) {
	open, name := markup("td"), markup("td")
	if col.Strong {
		open, name = "th scope=row", "th"
	}
	class := markup("")
	if col.Numeric && span == 1 {
		class = "num"
	}
	if c.Muted {
		class += " muted"
	}
	if _, code := c.Value.(string); code && len(c.Text) > 40 && !strings.Contains(c.Text, " ") {
		class += " code"
	}
	if class != "" {
		open += " class=\"" + markup(strings.TrimPrefix(string(class), " ")) + "\""
	}
	_, arrow := trend(c.Trend)
	p.raw("<", open)
	if span > 1 {
		p.attribute("colspan", strconv.Itoa(span))
	}
	p.raw(">", arrow)
	p.text(c.Text)
	p.raw("</", name, ">")
}
