package pages

import (
	"strconv"

	"resonanz/shared/intake"
	"resonanz/shared/problem"
)

func numeral(n int) string { return strconv.Itoa(n) }

// hidden writes a field that only travels; an empty one stays away.
func hidden(w *page, name raw, value string) {
	if value == "" {
		return
	}
	w.raw(`<input type="hidden" name="`, name, `"`)
	w.attr("value", value)
	w.raw(">")
}

// keepLanguage makes the answer to the form speak the language that was chosen.
func keepLanguage(w *page, v *Rating) {
	if v.Chosen {
		hidden(w, "l", string(v.Language))
	}
}

func button(w *page, label string) {
	w.raw(`<div class="go"><button type="submit">`)
	w.esc(label)
	w.raw("</button></div>")
}

// summary says at the top what must be mended, with a link to each place.
func summary(w *page, errors []problem.Field) {
	if len(errors) == 0 {
		return
	}
	w.raw(`<div class="sum" role="alert" tabindex="-1" autofocus>`)
	w.el("p", "p", w.text.ErrorHeading)
	w.raw("<ul>")
	for _, e := range errors {
		w.raw("<li>")
		if onPage(e.Field) {
			w.raw(`<a href="#`)
			w.esc(e.Field)
			w.raw(`">`)
			w.esc(w.text.error(e))
			w.raw("</a>")
		} else {
			w.esc(w.text.error(e))
		}
		w.raw("</li>")
	}
	w.raw("</ul></div>")
}

func onPage(field string) bool {
	switch field {
	case "stars", "comment", "suggestion", "callback", "contact":
		return true
	}
	return false
}

func has(errors []problem.Field, field string) bool {
	for _, e := range errors {
		if e.Field == field {
			return true
		}
	}
	return false
}

// mistake writes the sentence under a field in error.
func mistake(w *page, errors []problem.Field, name raw) {
	for _, e := range errors {
		if e.Field == string(name) {
			w.raw(`<p class="bad" id="`, name, `-error">`)
			w.esc(w.text.error(e))
			w.raw("</p>")
			return
		}
	}
}

// invalid ties a control to the sentence about it.
func invalid(w *page, errors []problem.Field, name raw) {
	if has(errors, string(name)) {
		w.raw(` aria-invalid="true" aria-describedby="`, name, `-error"`)
	}
}

// words writes a field for own words with its label. They may run from right to
// left.
func words(w *page, errors []problem.Field, name raw, label string, rows int, typed string) {
	w.raw(`<div class="f"><label for="`, name, `">`)
	w.esc(label)
	w.raw(`</label><textarea id="`, name, `" name="`, name, `" dir="auto" rows="`)
	w.int(rows)
	w.raw(`" maxlength="`)
	w.int(intake.MaxText)
	w.raw(`"`)
	invalid(w, errors, name)
	w.raw(">\n") // a browser drops one line end here
	w.esc(typed)
	w.raw("</textarea>")
	mistake(w, errors, name)
	w.raw("</div>")
}

func open(w *page, shown bool, label string) {
	w.raw("<details")
	if shown {
		w.raw(" open")
	}
	w.raw("><summary>")
	w.esc(label)
	w.raw("</summary>")
}

// callback writes the wish to be called, with the way to do it.
func callback(w *page, errors []problem.Field, f *intake.Form) {
	w.raw(`<label class="check"><input type="checkbox" id="callback" name="callback" value="1"`)
	if f.Callback {
		w.raw(" checked")
	}
	invalid(w, errors, "callback")
	w.raw("><span>")
	w.esc(w.text.Callback)
	w.raw("</span></label>")
	mistake(w, errors, "callback")
	w.raw(`<div class="f"><label for="contact">`)
	w.esc(w.text.Contact)
	w.raw(`</label><input type="text" id="contact" name="contact" dir="auto" autocomplete="off" maxlength="`)
	w.int(intake.MaxContact)
	w.raw(`"`)
	w.attr("value", f.Contact)
	if has(errors, "contact") {
		w.raw(` aria-invalid="true" aria-describedby="contact-error contact-hint"`)
	} else {
		w.raw(` aria-describedby="contact-hint"`)
	}
	w.raw(">")
	mistake(w, errors, "contact")
	w.el(`p class="opt" id="contact-hint"`, "p", w.text.ContactHint)
	w.raw("</div>")
}
