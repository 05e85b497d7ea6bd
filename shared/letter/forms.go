package letter

import (
	"html"
	"strconv"
	"strings"

	"resonanz/shared/colour"
)

// text is the letter in plain text: what the HTML says, in the same order.
func (d *document) text() string {
	var b strings.Builder
	paragraph := func(lines ...string) {
		for _, l := range lines {
			b.WriteString(l + "\n")
		}
		b.WriteString("\n")
	}
	paragraph(d.organisation)
	paragraph(d.question)
	paragraph(d.opening)
	for _, m := range d.marks {
		b.WriteString(m.name + ":\n" + m.url + "\n")
	}
	if d.marks != nil {
		paragraph(d.ends)
	} else {
		paragraph(d.card.name+":", d.card.url)
	}
	paragraph(d.effort, d.until)
	b.WriteString("-- \n" + d.why + "\n")
	if d.address != "" {
		b.WriteString(d.address + "\n")
	}
	b.WriteString(d.unsubscribe.name + ": " + d.unsubscribe.url + "\n")
	if d.privacy.url != "" {
		b.WriteString(d.privacy.name + ": " + d.privacy.url + "\n")
	}
	return b.String()
}

// The letter has no colour of its own but the brand's, each time with the ink
// that is readable on it: all else is as the reader's mail client has it, light
// or dark; the style says so to those that would take white for granted. Sizes are relative, so text that a reader enlarges stays whole.
const (
	head = `<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">` +
		`<meta name="color-scheme" content="light dark"><meta name="supported-color-schemes" content="light dark">` +
		`<meta name="format-detection" content="telephone=no">`
	style    = `:root{color-scheme:light dark}body{background:Canvas;color:CanvasText}`
	page     = `margin:0;padding:1.5em 1em;font-family:system-ui,-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif;font-size:1em;line-height:1.5;overflow-wrap:break-word`
	column   = `max-width:34em;margin:0 auto`
	brand    = `margin:0;padding:0 0 .6em;font-weight:600;border-bottom:3px solid `
	title    = `margin:1.2em 0 .5em;font-size:1.5em;line-height:1.25;font-weight:600;hyphens:auto`
	tiles    = `margin:1.2em 0 .2em;font-size:1.1em;line-height:1.2`
	tile     = `display:inline-block;width:2.75em;margin:0 0 .4em;padding:.8em 0;border-radius:.5em;text-align:center;text-decoration:none;font-weight:600;white-space:nowrap;`
	button   = `display:inline-block;margin:.6em 0;padding:.7em 1.4em;border-radius:.6em;text-decoration:none;font-weight:600;`
	small    = `margin:0 0 1em;font-size:.875em`
	footer   = `margin:2em 0 0;padding:1em 0 0;border-top:1px solid #808080;font-size:.875em`
	footnote = `margin:0 0 .5em`
	quiet    = `color:inherit;text-decoration:underline`
)

// row is how many marks stand side by side: as many as the smallest screen has
// room for.
const row = 5

// html is the letter as HTML without tables, images, scripts or anything that is
// fetched. It writes every value through the escape: no template is needed for a
// dozen tags.
func (d *document) html(c colour.Colour) string {
	var b strings.Builder
	tag := func(name, style, value string) {
		b.WriteString("<" + name + ` style="` + style + `">` + html.EscapeString(value) + "</" + name + ">\n")
	}
	link := func(a action, style string) {
		b.WriteString(`<a href="` + html.EscapeString(a.url) + `" style="` + style + `">` + html.EscapeString(a.name) + "</a>")
	}
	filled := "background:" + c.String() + ";color:" + c.Ink().String()
	b.WriteString("<!doctype html>\n" + `<html lang="` + string(d.language) + `"><head>` + head + "<title>" + html.EscapeString(d.subject) + "</title>")
	b.WriteString("<style>" + style + "</style></head>\n" + `<body style="` + page + `"><div style="` + column + `">` + "\n")
	b.WriteString(`<div role="banner"><p style="` + brand + c.String() + `">` + html.EscapeString(d.organisation) + "</p></div>\n" + `<div role="main">` + "\n")
	tag("h1", title, d.question)
	tag("p", footnote, d.opening)
	if d.marks != nil {
		b.WriteString(`<p style="` + tiles + `">` + "\n")
		for _, m := range d.marks {
			b.WriteString(`<a href="` + html.EscapeString(m.url) + `" aria-label="` + html.EscapeString(m.name) + `" style="` + tile + filled + `">` +
				strconv.Itoa(m.n) + "\u202f★</a>\n") // a narrow no-break space: ten must fit as well
			if m.n == row && len(d.marks) > row {
				b.WriteString("<br>")
			}
		}
		b.WriteString("</p>\n")
		tag("p", small, d.ends)
	} else {
		b.WriteString("<p>")
		link(d.card, button+filled)
		b.WriteString("</p>\n")
	}
	b.WriteString(`<p style="` + footnote + `">` + html.EscapeString(d.effort) + "<br>" + html.EscapeString(d.until) + "</p>\n</div>\n")
	b.WriteString(`<div role="contentinfo" style="` + footer + `">` + "\n")
	tag("p", footnote, d.why)
	if d.address != "" {
		tag("p", footnote, d.address)
	}
	b.WriteString(`<p style="` + footnote + `">`)
	link(d.unsubscribe, quiet)
	if d.privacy.url != "" {
		b.WriteString(" · ")
		link(d.privacy, quiet)
	}
	b.WriteString("</p>\n</div>\n</div></body></html>\n")
	return b.String()
}
