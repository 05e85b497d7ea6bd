package pages

import (
	"strings"

	"resonanz/shared/config"
	"resonanz/shared/intake"
)

// cardForm is the form of a card being written. The names of its fields come
// from the configuration, so they are written as text, never as markup.
type cardForm struct {
	*page
	v    *Card
	t    *cardText
	in   func(config.Text) string
	told bool // what the grades mean
}

// write writes the form: the rating, the sections with their questions, the
// call back, the one button.
func (f *cardForm) write() {
	form := &f.v.Form
	f.raw(`<form method="post" action="?" accept-charset="utf-8">`)
	hidden(f.page, "nonce", form.Nonce)
	if f.v.Chosen {
		hidden(f.page, "l", string(f.v.Language))
	}
	choices(f.page, &Rating{Touchpoint: f.v.Touchpoint, Form: intake.Form{Stars: form.Stars}, Errors: f.v.Errors}, true)
	for i := range f.v.Card.Sections {
		f.section(&f.v.Card.Sections[i])
	}
	open(f.page, form.Callback || form.Contact != "" || f.wrong("callback") || f.wrong("contact"), f.text.MoreCallback)
	callback(f.page, f.v.Errors, &intake.Form{Callback: form.Callback, Contact: form.Contact})
	f.raw("</details>")
	if f.v.Earlier != nil {
		button(f.page, f.t.SendAgain)
	} else {
		button(f.page, f.t.Send)
	}
	f.raw("</form>")
}

func (f *cardForm) section(s *config.CardSection) {
	if title := f.in(s.Title); title != "" {
		f.el("h2", "h2", title)
	}
	for i := range s.Items {
		it := &s.Items[i]
		if it.Kind == config.ItemRating && !f.told {
			f.el(`p class="hint"`, "p", f.t.Grades)
			f.told = true
		}
		f.item(it)
	}
}

// item writes one question.
func (f *cardForm) item(it *config.CardItem) {
	name, said := intake.CardField+it.ID, f.v.Form.Answers[it.ID]
	switch it.Kind {
	case config.ItemText, config.ItemSuggestion:
		f.words(name, f.in(it.Label), said)
		return
	case config.ItemRating:
		f.ask(name, f.in(it.Label))
		f.raw(`<div class="rate"><div class="row">`)
		for n := 1; n <= 5; n++ {
			f.grade(name, n, said)
		}
		f.raw(`</div><div class="chips">`)
		f.skip(name)
		f.raw("</div></div>")
	case config.ItemYesNo:
		f.ask(name, f.in(it.Label))
		f.raw(`<div class="chips">`)
		f.chip(name, "yes", f.text.Yes, said, true)
		f.chip(name, "no", f.text.No, said, false)
		f.skip(name)
		f.raw("</div>")
	case config.ItemChoice:
		f.ask(name, f.in(it.Label))
		f.raw(`<div class="chips">`)
		for i, o := range it.Options {
			f.chip(name, o.Code, f.in(o.Name), said, i == 0)
		}
		f.skip(name)
		f.raw("</div>")
	}
	f.mistake(name)
	f.raw("</fieldset>")
}

// ask opens a question that is answered by choosing.
func (f *cardForm) ask(name, label string) {
	f.raw(`<fieldset class="ask"`)
	if f.wrong(name) {
		f.attr("aria-describedby", name+"-error")
	}
	f.raw("><legend>")
	f.esc(label)
	f.raw("</legend>")
}

// grade writes one star of a question; errors lead to the first.
func (f *cardForm) grade(name string, n int, said string) {
	f.raw("<label>")
	f.radio(name, numeral(n), said, n == 1)
	f.raw(`<svg aria-hidden="true"><use href="#s"/></svg><span class="n">`)
	f.int(n)
	f.raw(`</span><span class="h">`)
	f.esc(f.text.of(n, 5))
	f.raw("</span></label>")
}

// chip writes one answer in words.
func (f *cardForm) chip(name, value, label, said string, first bool) {
	f.raw("<label>")
	f.radio(name, value, said, first)
	f.el("span", "span", label)
	f.raw("</label>")
}

// skip takes an answer back; it shows when there is one.
func (f *cardForm) skip(name string) {
	f.raw(`<label class="skip"><input type="radio"`)
	f.attr("name", name)
	f.raw(` value=""><span aria-hidden="true">×</span>`)
	f.el(`span class="h"`, "span", f.text.NoAnswer)
	f.raw("</label>")
}

func (f *cardForm) radio(name, value, said string, first bool) {
	f.raw(`<input type="radio"`)
	f.attr("name", name)
	if first {
		f.attr("id", name)
	}
	f.attr("value", value)
	if said == value {
		f.raw(" checked")
	}
	f.raw(">")
}

// words writes a question that is answered in own words, which may run from
// right to left.
func (f *cardForm) words(name, label, typed string) {
	f.raw(`<div class="f"><label`)
	f.attr("for", name)
	f.raw(">")
	f.esc(label)
	f.raw("</label><textarea")
	f.attr("id", name)
	f.attr("name", name)
	f.raw(` dir="auto" rows="3" maxlength="`)
	f.int(intake.MaxText)
	f.raw(`"`)
	if f.wrong(name) {
		f.raw(` aria-invalid="true"`)
		f.attr("aria-describedby", name+"-error")
	}
	f.raw(">\n") // a browser drops one line end here
	f.esc(typed)
	f.raw("</textarea>")
	f.mistake(name)
	f.raw("</div>")
}

// wrong reports whether a field is in error.
func (f *cardForm) wrong(name string) bool { return has(f.v.Errors, name) }

// mistake writes the sentence under a question in error.
func (f *cardForm) mistake(name string) {
	for _, e := range f.v.Errors {
		if e.Field != name {
			continue
		}
		f.raw(`<p class="bad"`)
		f.attr("id", name+"-error")
		f.raw(">")
		f.esc(f.t.error(f.text, e))
		f.raw("</p>")
		return
	}
}

// summary says at the top what must be mended, with a link to each place.
func (f *cardForm) summary() {
	if len(f.v.Errors) == 0 {
		return
	}
	f.raw(`<div class="sum" role="alert" tabindex="-1" autofocus>`)
	f.el("p", "p", f.text.ErrorHeading)
	f.raw("<ul>")
	for _, e := range f.v.Errors {
		f.raw("<li>")
		id, question := strings.CutPrefix(e.Field, intake.CardField)
		if onPage(e.Field) || question && f.v.Card.Item(id) != nil {
			f.raw("<a")
			f.attr("href", "#"+e.Field)
			f.raw(">")
			f.esc(f.t.error(f.text, e))
			f.raw("</a>")
		} else {
			f.esc(f.t.error(f.text, e))
		}
		f.raw("</li>")
	}
	f.raw("</ul></div>")
}
