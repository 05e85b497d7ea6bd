package pages

import (
	"time"

	"resonanz/shared/config"
	"resonanz/shared/feedback"
	"resonanz/shared/intake"
	"resonanz/shared/problem"
)

// Rating is what a rating page shows.
type Rating struct {
	Language   feedback.Language
	Touchpoint *config.Touchpoint
	ExpiresAt  time.Time   // of the link
	Form       intake.Form // what is chosen and typed; the nonce goes with it
	Errors     []problem.Field
}

// Rating writes the page with the form. Nothing on it acts by itself: the form
// is sent by its button only.
func (p *Pages) Rating(v *Rating) string {
	t := p.text(v.Language)
	title := t.RatingTitle
	if len(v.Errors) > 0 {
		title = t.ErrorTitle + title
	}
	return p.write(v.Language, title, func(w *page) {
		if v.Touchpoint.Scale == feedback.Stars5 {
			w.raw(`<svg class="h" aria-hidden="true"><symbol id="s" viewBox="0 0 24 24"><path d="M12 2.6l2.9 6 6.6.9-4.8 4.6 1.2 6.5L12 17.5l-5.9 3.1 1.2-6.5L2.5 9.5l6.6-.9z"/></symbol></svg>`)
		}
		summary(w, v.Errors)
		w.el(`p class="at"`, "p", p.touchpoint(v.Touchpoint, t))
		w.el(`h1 id="q"`, "h1", t.Question)
		w.el(`p class="lead" id="lead"`, "p", t.Lead)
		w.raw(`<form method="post" action="?" accept-charset="utf-8">`)
		w.raw(`<input type="hidden" name="nonce"`)
		w.attr("value", v.Form.Nonce)
		w.raw(">")
		if v.Form.Reason != "" {
			w.raw(`<input type="hidden" name="reason"`)
			w.attr("value", v.Form.Reason)
			w.raw(">")
		}
		choices(w, v)
		field(w, v, "comment", t.Comment, func() { textarea(w, v, "comment", 2, v.Form.Comment) })
		open(w, v.Form.Suggestion != "" || has(v.Errors, "suggestion"), t.MoreSuggest)
		field(w, v, "suggestion", t.Suggestion, func() { textarea(w, v, "suggestion", 3, v.Form.Suggestion) })
		w.raw("</details>")
		open(w, v.Form.Callback || v.Form.Contact != "" || has(v.Errors, "callback") || has(v.Errors, "contact"), t.MoreCallback)
		callback(w, v)
		w.raw("</details>")
		w.raw(`<div class="go"><button type="submit">`)
		w.esc(t.Send)
		w.raw("</button></div></form>")
	}, func(w *page) {
		w.el("p", "p", t.Voluntary)
		w.el("p", "p", t.ValidUntil(v.ExpiresAt.In(p.cfg.Zone()), p.cfg.Rules.EditWindowHours))
	})
}

// choices writes the radio group: stars, or the numbers 1 to 10.
func choices(w *page, v *Rating) {
	min, max := v.Touchpoint.Scale.Bounds()
	w.raw(`<fieldset aria-describedby="lead`)
	if has(v.Errors, "stars") {
		w.raw(" stars-error")
	}
	w.raw(`"><legend class="h">`)
	w.esc(w.text.Question)
	w.raw("</legend>")
	if max == 10 {
		w.raw(`<div class="row ten">`)
	} else {
		w.raw(`<div class="row">`)
	}
	for n := min; n <= max; n++ {
		w.raw(`<label><input type="radio" name="stars" required`)
		if n == min {
			w.raw(` id="stars"`)
		}
		if n == v.Form.Stars {
			w.raw(" checked")
		}
		w.raw(` value="`)
		w.int(n)
		w.raw(`">`)
		if max != 10 {
			w.raw(`<svg aria-hidden="true"><use href="#s"/></svg>`)
		}
		w.raw(`<span class="n">`)
		w.int(n)
		w.raw("</span>")
		w.raw(`<span class="h">`)
		if max == 10 {
			w.esc(w.text.TenOf)
		} else {
			w.esc(w.text.StarOf)
		}
		switch n {
		case min:
			w.esc(", " + w.text.Worst)
		case max:
			w.esc(", " + w.text.Best)
		}
		w.raw("</span></label>")
	}
	w.raw(`</div><div class="ends" aria-hidden="true">`)
	end(w, min, max, w.text.Worst)
	end(w, max, max, w.text.Best)
	w.raw("</div>")
	mistake(w, v, "stars")
	w.raw("</fieldset>")
}

// end says what the choice n means; ten numbers may stand in several rows, so
// there the number is named.
func end(w *page, n, max int, meaning string) {
	w.raw("<span>")
	if max == 10 {
		w.int(n)
		w.raw(" = ")
	}
	w.esc(meaning)
	w.raw("</span>")
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
func mistake(w *page, v *Rating, name raw) {
	for _, e := range v.Errors {
		if e.Field == string(name) {
			w.raw(`<p class="bad" id="`, name, `-error">`)
			w.esc(w.text.error(e))
			w.raw("</p>")
			return
		}
	}
}

// field writes an optional field with its label.
func field(w *page, v *Rating, name raw, label string, control func()) {
	w.raw(`<div class="f"><label for="`, name, `">`)
	w.esc(label)
	if name == "comment" { // the other fields stand in sections that are opened on purpose
		w.raw(` <span class="opt">`)
		w.esc(w.text.Optional)
		w.raw("</span>")
	}
	w.raw("</label>")
	control()
	mistake(w, v, name)
	w.raw("</div>")
}

// invalid ties a control to the sentence about it.
func invalid(w *page, v *Rating, name raw) {
	if has(v.Errors, string(name)) {
		w.raw(` aria-invalid="true" aria-describedby="`, name, `-error"`)
	}
}

func textarea(w *page, v *Rating, name raw, rows int, typed string) {
	w.raw(`<textarea id="`, name, `" name="`, name, `" rows="`)
	w.int(rows)
	w.raw(`" maxlength="`)
	w.int(intake.MaxText)
	w.raw(`"`)
	invalid(w, v, name)
	w.raw(">\n") // a browser drops one line end here
	w.esc(typed)
	w.raw("</textarea>")
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

func callback(w *page, v *Rating) {
	w.raw(`<label class="check"><input type="checkbox" id="callback" name="callback" value="1"`)
	if v.Form.Callback {
		w.raw(" checked")
	}
	invalid(w, v, "callback")
	w.raw("><span>")
	w.esc(w.text.Callback)
	w.raw("</span></label>")
	mistake(w, v, "callback")
	w.raw(`<div class="f"><label for="contact">`)
	w.esc(w.text.Contact)
	w.raw(`</label><input type="text" id="contact" name="contact" autocomplete="off" maxlength="`)
	w.int(intake.MaxContact)
	w.raw(`"`)
	w.attr("value", v.Form.Contact)
	if has(v.Errors, "contact") {
		w.raw(` aria-invalid="true" aria-describedby="contact-error contact-hint"`)
	} else {
		w.raw(` aria-describedby="contact-hint"`)
	}
	w.raw(">")
	mistake(w, v, "contact")
	w.el(`p class="opt" id="contact-hint"`, "p", w.text.ContactHint)
	w.raw("</div>")
}
