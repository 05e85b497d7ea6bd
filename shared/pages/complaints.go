package pages

import (
	_ "embed"
	"slices"
	"strings"
	"time"

	"resonanz/shared/category"
	"resonanz/shared/config"
	"resonanz/shared/feedback"
	"resonanz/shared/problem"
	"resonanz/shared/scheme"
)

//go:embed complaintstyle.css
var complaintStyle string

// Complaints writes the form of a complaint and the page where its customer sees
// how it stands: those of Pages with a stylesheet of their own. It is safe for
// concurrent use.
type Complaints struct {
	p      *Pages
	groups []category.Group
}

// NewComplaints prepares the pages.
func NewComplaints(cfg *config.Config) (*Complaints, error) {
	p, err := New(cfg)
	if err != nil {
		return nil, err
	}
	colours, err := scheme.New(cfg)
	if err != nil {
		return nil, err
	}
	before := hash(p.style)
	p.style = raw(colours.Style + strings.ReplaceAll(complaintStyle, "\n", ""))
	p.policy = strings.Replace(p.policy, before, hash(p.style), 1)
	return &Complaints{p, category.Groups(cfg)}, nil
}

// Policy is the Content-Security-Policy that goes with every page without an
// upload.
func (c *Complaints) Policy() string { return c.p.policy }

// UploadPolicy allows besides what an upload needs: its form sends the file to
// the bucket, which sends the browser back, each at its origin; and the one
// script looks at the file.
func (c *Complaints) UploadPolicy(bucket, back string) string {
	return strings.Replace(c.p.policy, "form-action 'self'", "form-action 'self' "+bucket+" "+back+"; script-src "+hash(raw(uploadScript)), 1)
}

// text is what the pages say in the language of t.
func (c *Complaints) text(t *text) *complaintText { return complaintTexts[t.Lang]() }

func (c *Complaints) local(t time.Time) time.Time { return t.In(c.p.cfg.Zone()) }

// Message writes a page that only says something, in the words of complaints.
func (c *Complaints) Message(l feedback.Language, m Message) string {
	base := c.p.text(l)
	said := c.text(base).messages[m]
	return c.p.write(l, said[0], func(w *page) {
		w.el("h1", "h1", said[0])
		w.el("p", "p", said[1])
	}, func(w *page) { c.p.foot(w, base, "", m == Expired || m == NotFound) })
}

// complaintPage is a page about a complaint being written.
type complaintPage struct {
	*page
	t      *complaintText
	errors []problem.Field
}

func (w *complaintPage) wrong(name string) bool { return has(w.errors, name) }

// field opens a field with its label and, where it may be left out, says so.
func (w *complaintPage) field(name raw, label string, optional bool) {
	w.raw(`<div class="f"><label for="`, name, `">`)
	w.esc(label)
	if optional {
		w.raw(` <span class="opt">`)
		w.esc(w.t.Optional)
		w.raw("</span>")
	}
	w.raw("</label>")
}

// tie ties a control to the sentence about its mistake and to its hint.
func (w *complaintPage) tie(name raw, hint bool) {
	switch {
	case w.wrong(string(name)) && hint:
		w.raw(` aria-invalid="true" aria-describedby="`, name, `-error `, name, `-hint"`)
	case w.wrong(string(name)):
		w.raw(` aria-invalid="true" aria-describedby="`, name, `-error"`)
	case hint:
		w.raw(` aria-describedby="`, name, `-hint"`)
	}
}

// mistake writes the sentence under a field in error.
func (w *complaintPage) mistake(name raw) {
	for _, e := range w.errors {
		if e.Field == string(name) {
			w.raw(`<p class="bad" id="`, name, `-error">`)
			w.esc(w.t.error(w.text, e))
			w.raw("</p>")
			return
		}
	}
}

// words writes a field for own words, which may run from right to left. It has
// no greatest length: a text that was pasted is not cut without a word.
func (w *complaintPage) words(name raw, label string, optional bool, rows int, typed string) {
	w.field(name, label, optional)
	w.raw(`<textarea id="`, name, `" name="`, name, `" dir="auto" rows="`)
	w.int(rows)
	w.raw(`"`)
	if !optional {
		w.raw(" required")
	}
	w.tie(name, false)
	w.raw(">\n") // a browser drops one line end here
	w.esc(typed)
	w.raw("</textarea>")
	w.mistake(name)
	w.raw("</div>")
}

// line writes a field for one line; kind is "email", "tel" or "text", and what
// its customer's browser may fill in.
func (w *complaintPage) line(name, kind, complete raw, label, hint, typed string) {
	w.field(name, label, true)
	w.raw(`<input type="`, kind, `" id="`, name, `" name="`, name, `" autocomplete="`, complete, `"`)
	if kind == "text" {
		w.raw(` dir="auto"`)
	}
	w.attr("value", typed)
	w.tie(name, hint != "")
	w.raw(">")
	w.mistake(name)
	if hint != "" {
		w.raw(`<p class="opt" id="`, name, `-hint">`)
		w.esc(hint)
		w.raw("</p>")
	}
	w.raw("</div>")
}

// grades writes the choice of 1 to 5, which can be taken back where it is
// voluntary.
func (w *complaintPage) grades(name raw, legend, worst, best, said string, optional bool) {
	w.raw("<fieldset")
	if w.wrong(string(name)) {
		w.raw(` aria-describedby="`, name, `-error"`)
	}
	w.raw("><legend>")
	w.esc(legend)
	if optional {
		w.raw(` <span class="opt">`)
		w.esc(w.t.Optional)
		w.raw("</span>")
	}
	w.raw(`</legend><div class="row">`)
	for n := 1; n <= 5; n++ {
		w.raw(`<label><input type="radio" name="`, name, `" value="`)
		w.int(n)
		w.raw(`"`)
		if n == 1 {
			w.raw(` id="`, name, `"`)
		}
		if !optional {
			w.raw(" required")
		}
		if said == numeral(n) {
			w.raw(" checked")
		}
		w.raw("><b>")
		w.int(n)
		w.raw("</b>")
		switch n {
		case 1:
			w.el(`span class="h"`, "span", " "+worst)
		case 5:
			w.el(`span class="h"`, "span", " "+best)
		}
		w.raw("</label>")
	}
	if optional {
		w.raw(`<label class="skip"><input type="radio" name="`, name, `" value=""><b aria-hidden="true">×</b>`)
		w.el(`span class="h"`, "span", w.text.NoAnswer)
		w.raw("</label>")
	}
	w.raw(`</div><p class="ends" aria-hidden="true"><span>1 = `)
	w.esc(worst)
	w.raw("</span><span>5 = ")
	w.esc(best)
	w.raw("</span></p>")
	w.mistake(name)
	w.raw("</fieldset>")
}

// summary says at the top what must be mended, with a link to each field that is
// on the page.
func (w *complaintPage) summary(fields ...string) {
	if len(w.errors) == 0 {
		return
	}
	w.raw(`<div class="sum" role="alert" tabindex="-1" autofocus>`)
	w.el("p", "p", w.text.ErrorHeading)
	w.raw("<ul>")
	for _, e := range w.errors {
		w.raw("<li>")
		if slices.Contains(fields, e.Field) {
			w.raw("<a")
			w.attr("href", "#"+e.Field)
			w.raw(">")
			w.esc(w.t.error(w.text, e))
			w.raw("</a>")
		} else {
			w.esc(w.t.error(w.text, e))
		}
		w.raw("</li>")
	}
	w.raw("</ul></div>")
}
