package letter

import (
	"html"
	"strings"
	"unicode"

	"resonanz/shared/colour"
	"resonanz/shared/feedback"
)

// caseDocument is a mail about a complaint before it has a form: blocks in their
// order, and the foot.
type caseDocument struct {
	language                     feedback.Language
	subject, organisation, title string
	blocks                       []block
	foot                         []string
	privacy                      action
}

// block is one thing in a mail. Exactly what its kind uses is set.
type block struct {
	kind  blockKind
	title string
	text  string
	rows  []fact
	items []string
	link  action
}

type blockKind int

const (
	aHeading   blockKind = iota // title
	aParagraph                  // text
	aTable                      // rows
	aList                       // title, items
	aQuote                      // title, text: words of the customer
	aLetter                     // title, text: words of staff
	aNotice                     // title, text
	aButton                     // link
)

type fact struct{ name, value string }

func (d *caseDocument) heading(s string) {
	d.blocks = append(d.blocks, block{kind: aHeading, title: s})
}
func (d *caseDocument) paragraph(s string) {
	d.blocks = append(d.blocks, block{kind: aParagraph, text: s})
}
func (d *caseDocument) rows(all ...fact) { d.blocks = append(d.blocks, block{kind: aTable, rows: all}) }
func (d *caseDocument) button(name, url string) {
	d.blocks = append(d.blocks, block{kind: aButton, link: action{name, url}})
}
func (d *caseDocument) notice(title, text string) { d.said(aNotice, title, text) }
func (d *caseDocument) quote(title, text string)  { d.said(aQuote, title, text) }
func (d *caseDocument) letter(title, text string) { d.said(aLetter, title, text) }

// said adds words that somebody wrote; nothing where there are none.
func (d *caseDocument) said(kind blockKind, title, text string) {
	if text = written(text); text != "" {
		d.blocks = append(d.blocks, block{kind: kind, title: title, text: text})
	}
}

func (d *caseDocument) list(title string, items []string) {
	if len(items) > 0 {
		d.blocks = append(d.blocks, block{kind: aList, title: title, items: items})
	}
}

// text is the mail in plain text: what the HTML says, in the same order. What a
// customer wrote is marked at each line, so that none of it can pass for ours.
func (d *caseDocument) text() string {
	var b strings.Builder
	b.WriteString(d.organisation + "\n\n" + d.title + "\n\n")
	for i := range d.blocks {
		x := &d.blocks[i]
		switch x.kind {
		case aHeading:
			b.WriteString(x.title + "\n")
			continue
		case aParagraph:
			b.WriteString(x.text + "\n")
		case aTable:
			for _, r := range x.rows {
				b.WriteString(r.name + ": " + r.value + "\n")
			}
		case aList:
			b.WriteString(x.title + ":\n")
			for _, s := range x.items {
				b.WriteString("- " + s + "\n")
			}
		case aQuote:
			b.WriteString(x.title + ":\n> " + strings.ReplaceAll(x.text, "\n", "\n> ") + "\n")
		case aLetter, aNotice:
			b.WriteString(x.title + ":\n" + x.text + "\n")
		case aButton:
			b.WriteString(x.link.name + ":\n" + x.link.url + "\n")
		}
		b.WriteString("\n")
	}
	b.WriteString("-- \n" + strings.Join(d.foot, "\n") + "\n")
	if d.privacy.url != "" {
		b.WriteString(d.privacy.name + ": " + d.privacy.url + "\n")
	}
	return b.String()
}

// More of the letter's style: as there, no colour but the brand's, and a grey
// line that is seen on light and dark. Words that somebody wrote break anywhere
// rather than widen the page, and keep their own direction.
const (
	subtitle  = `margin:1.6em 0 .3em;font-size:1.1em;line-height:1.3;font-weight:600`
	body      = `margin:0 0 .8em`
	facts     = `margin:1.2em 0;padding:.8em 0;border-top:1px solid #808080;border-bottom:1px solid #808080`
	factName  = `margin:0;font-size:.875em`
	factValue = `margin:0 0 .5em;font-weight:600`
	list      = `margin:0 0 1em;padding:0 0 0 1.3em`
	label     = `margin:1.2em 0 .3em;font-weight:600`
	broken    = `overflow-wrap:anywhere;word-break:break-word;unicode-bidi:plaintext`
	quoted    = `margin:0 0 1em;padding:.1em 0 .1em .9em;border-left:3px solid #808080;font-style:italic;` + broken
	lettered  = `margin:0 0 1em;padding:.1em 0 .1em .9em;border-left:3px solid ` // and the brand's colour
	touch     = `;display:inline-block;padding:.9em 0`
	noticed   = `margin:1.2em 0;padding:.8em .9em;border:1px solid #808080;border-radius:.5em`
)

// html is the mail as HTML, made as that of an invitation.
func (d *caseDocument) html(c colour.Colour) string {
	var b strings.Builder
	lines := func(s string) string { return strings.ReplaceAll(html.EscapeString(s), "\n", "<br>") }
	tag := func(name, style, value string) {
		b.WriteString("<" + name + ` style="` + style + `">` + lines(value) + "</" + name + ">\n")
	}
	filled := "background:" + c.String() + ";color:" + c.Ink().String()
	b.WriteString("<!doctype html>\n" + `<html lang="` + string(d.language) + `"><head>` + head + "<title>" + html.EscapeString(d.subject) + "</title>")
	b.WriteString("<style>" + style + "</style></head>\n" + `<body style="` + page + `"><div style="` + column + `">` + "\n")
	b.WriteString(`<div role="banner"><p style="` + brand + c.String() + `">` + html.EscapeString(d.organisation) + "</p></div>\n" + `<div role="main">` + "\n")
	tag("h1", title, d.title)
	for i := range d.blocks {
		x := &d.blocks[i]
		switch x.kind {
		case aHeading:
			tag("h2", subtitle, x.title)
		case aParagraph:
			tag("p", body, x.text)
		case aTable:
			b.WriteString(`<dl style="` + facts + `">` + "\n")
			for _, r := range x.rows {
				tag("dt", factName, r.name)
				tag("dd", factValue, r.value)
			}
			b.WriteString("</dl>\n")
		case aList:
			tag("p", label, x.title)
			b.WriteString(`<ul style="` + list + `">` + "\n")
			for _, s := range x.items {
				tag("li", body, s)
			}
			b.WriteString("</ul>\n")
		case aQuote:
			tag("p", label, x.title)
			tag("blockquote", quoted, x.text)
		case aLetter:
			tag("p", label, x.title)
			tag("div", lettered+c.String()+";"+broken, x.text)
		case aNotice:
			b.WriteString(`<div style="` + noticed + `">` + "\n")
			tag("p", `margin:0 0 .3em;font-weight:600`, x.title)
			tag("p", `margin:0`, x.text)
			b.WriteString("</div>\n")
		case aButton:
			b.WriteString(`<p><a href="` + html.EscapeString(x.link.url) + `" style="` + button + filled + `">` + html.EscapeString(x.link.name) + "</a></p>\n")
		}
	}
	b.WriteString("</div>\n" + `<div role="contentinfo" style="` + footer + `">` + "\n")
	for _, s := range d.foot {
		tag("p", footnote, s)
	}
	if d.privacy.url != "" {
		b.WriteString(`<p style="` + footnote + `"><a href="` + html.EscapeString(d.privacy.url) + `" style="` + quiet + touch + `">` + html.EscapeString(d.privacy.name) + "</a></p>\n")
	}
	b.WriteString("</div>\n</div></body></html>\n")
	return b.String()
}

// longest is how much of what a customer wrote is repeated in a mail, in
// characters: enough to recognise it. Whoever gives somebody else's address
// sends them no more than that.
const longest = 1200

// cut shortens s to at most n characters, at a space where there is one near.
func cut(s string, n int) (string, bool) {
	r := []rune(s)
	if len(r) <= n {
		return s, false
	}
	end := n
	for end > n-40 && !unicode.IsSpace(r[end]) {
		end--
	}
	if !unicode.IsSpace(r[end]) {
		end = n
	}
	return strings.TrimRightFunc(string(r[:end]), unicode.IsSpace) + " […]", true
}

// written is what somebody wrote, as it was written but for what is no
// character to read: controls, and those that turn the direction of what
// follows them. Lines end in "\n"; spaces at their end go, so that none of them
// begins a signature, and blank lines at both ends.
func written(s string) string {
	s = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\u2028", "\n", "\u2029", "\n").Replace(strings.ToValidUTF8(s, "\uFFFD"))
	s = strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t':
			return r
		case unicode.IsControl(r), r >= '\u202a' && r <= '\u202e', r >= '\u2066' && r <= '\u2069':
			return -1
		}
		return r
	}, s)
	lines := strings.Split(s, "\n")
	for i := range lines {
		lines[i] = strings.TrimRightFunc(lines[i], unicode.IsSpace)
	}
	return strings.Trim(strings.Join(lines, "\n"), "\n")
}
