package notice

import (
	"fmt"
	"html"
	"strings"

	"resonanz/events"
)

// Mail is a mail to staff: the same content as plain text and as simple HTML.
type Mail struct {
	Subject string // one line, nothing personal
	Text    string
	HTML    string
}

// Mail words an alert about a case as a mail. What the customer said appears in
// the body only.
func (w *Writer) Mail(a *events.Alert, c Customer) Mail {
	t := w.texts()
	d := document{title: w.headline(a), intro: w.intro(a), facts: w.facts(a), language: "en"}
	if w.Language == "de" {
		d.language = "de"
	}
	d.open, d.address = t.open, w.desk(a)
	if a.ResponseKey != "" { // a customer is part of it
		d.heading = t.said
		for _, s := range c.Said {
			d.said = append(d.said, w.said(s))
		}
		switch {
		case c.Erased:
			d.note = t.erased
		case len(c.Said) == 0:
			d.note = t.nothing
		}
		d.footer = fmt.Sprintf(t.footer, w.Organisation)
	}
	return Mail{Subject: w.subject(a), Text: d.text(), HTML: d.html()}
}

// document is a mail's content before it has a form.
type document struct {
	title, intro string
	facts        []row
	open         string // words of the link to address; an empty one: no link
	address      string
	heading      string
	said         []statement
	note         string
	footer       string
	language     string
}

// statement is what was said with one vote.
type statement struct {
	when string
	rows []row
}

func (d *document) text() string {
	var b strings.Builder
	b.WriteString(d.title + "\n\n" + d.intro + "\n\n")
	for _, r := range d.facts {
		b.WriteString(r.name + ": " + r.value + "\n")
	}
	if d.address != "" {
		b.WriteString("\n" + d.open + ": " + d.address + "\n")
	}
	if d.heading != "" {
		b.WriteString("\n" + d.heading + "\n")
	}
	for _, s := range d.said {
		b.WriteString("\n" + s.when + "\n")
		for _, r := range s.rows {
			b.WriteString(r.name + ":\n" + quote(r.value) + "\n")
		}
	}
	if d.note != "" {
		b.WriteString("\n" + d.note + "\n")
	}
	if d.footer != "" {
		b.WriteString("\n-- \n" + d.footer + "\n")
	}
	return b.String()
}

// quote marks each line of what a customer wrote, so that none of it can pass
// for the words of the mail.
func quote(s string) string {
	s = strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(s)
	return "> " + strings.ReplaceAll(s, "\n", "\n> ")
}

// html writes every value through the escape: no template is needed for a
// dozen tags, and none of its size.
func (d *document) html() string {
	var b strings.Builder
	tag := func(open, value, close string) { b.WriteString(open + html.EscapeString(value) + close) }
	b.WriteString(`<!doctype html><html lang="` + d.language + `"><head><meta charset="utf-8">`)
	tag("<title>", d.title, "</title></head>")
	b.WriteString(`<body style="font-family:sans-serif;line-height:1.5;max-width:40em">`)
	tag("<h1 style=\"font-size:1.3em\">", d.title, "</h1>")
	tag("<p>", d.intro, "</p>")
	b.WriteString(`<table role="presentation" cellpadding="4">`)
	for _, r := range d.facts {
		tag(`<tr><td valign="top"><b>`, r.name, "</b></td>")
		tag("<td>", r.value, "</td></tr>")
	}
	b.WriteString("</table>")
	if d.address != "" {
		b.WriteString(`<p><a href="` + html.EscapeString(d.address) + `">` + html.EscapeString(d.open) + "</a></p>")
	}
	if d.heading != "" {
		tag("<h2 style=\"font-size:1.1em\">", d.heading, "</h2>")
	}
	for _, s := range d.said {
		tag("<p>", s.when, "</p>")
		for _, r := range s.rows {
			tag("<p style=\"margin-bottom:0\"><b>", r.name, "</b></p>")
			tag("<blockquote style=\"white-space:pre-wrap;margin-top:0\">", r.value, "</blockquote>")
		}
	}
	if d.note != "" {
		tag("<p>", d.note, "</p>")
	}
	if d.footer != "" {
		tag("<p><small>", d.footer, "</small></p>")
	}
	b.WriteString("</body></html>\n")
	return b.String()
}
