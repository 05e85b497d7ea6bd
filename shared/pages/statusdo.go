package pages

import (
	"maps"
	"slices"

	"resonanz/shared/casefile"
	"resonanz/shared/intake"
)

// uploadScript refuses a file that is too large before it is sent, and shows that
// one is on its way. Without it the bucket refuses, and nothing shows.
const uploadScript = `"use strict";const f=document.getElementById("up"),s=q=>f.querySelector(q),bad=s(".bad"),p=s("progress"),t=s("[role=status]");f.addEventListener("submit",e=>{const x=f.elements.file.files[0],big=x&&x.size>+f.dataset.max;bad.hidden=!big;if(big){e.preventDefault();f.elements.file.focus();return}p.hidden=t.hidden=false});addEventListener("pageshow",()=>{p.hidden=t.hidden=true})`

// form opens a form that does one thing; extra goes with its fields.
func (w *statusPage) form(do string) {
	w.raw(`<form method="post" action="?" accept-charset="utf-8">`)
	hidden(w.page, "do", do)
	hidden(w.page, "nonce", w.v.Form.Nonce)
	hidden(w.page, "l", w.chosen())
}

func (w *statusPage) chosen() string {
	if w.v.Chosen {
		return string(w.v.Language)
	}
	return ""
}

// send ends a form; a quiet button is not what most will want.
func (w *statusPage) send(label string, quiet bool) {
	if quiet {
		w.raw(`<button type="submit" class="quiet">`)
	} else {
		w.raw(`<button type="submit">`)
	}
	w.esc(label)
	w.raw("</button></form>")
}

// typed is what was typed for one of the things; what cannot be done any more is
// offered where it can be said instead.
func (w *statusPage) typed(do string) string {
	if w.v.Form.Do == do || w.v.Late {
		return w.v.Form.Text
	}
	return ""
}

// own is a field for own words whose id is free of those of other forms: errors
// lead to the one that was sent.
func (w *statusPage) own(do, label string, optional bool, rows int) {
	errors := w.errors
	if w.v.Form.Do != do {
		w.errors = nil
	}
	id := raw("text")
	if w.v.Form.Do != do || len(errors) == 0 {
		id = raw("text-" + do)
	}
	w.raw(`<div class="f"><label for="`, id, `">`)
	w.esc(label)
	if optional {
		w.raw(` <span class="opt">`)
		w.esc(w.t.Optional)
		w.raw("</span>")
	}
	w.raw(`</label><textarea id="`, id, `" name="text" dir="auto" rows="`)
	w.int(rows)
	w.raw(`"`)
	if !optional {
		w.raw(" required")
	}
	w.tie("text", false)
	w.raw(">\n")
	w.esc(w.typed(do))
	w.raw("</textarea>")
	w.mistake("text")
	w.raw("</div>")
	w.errors = errors
}

// actions writes what the customer can do now, the likeliest first.
func (w *statusPage) actions() {
	v := w.v
	switch {
	case v.Case.Status == casefile.AwaitingCustomer && v.allows(casefile.Replying):
		w.form(intake.DoReply)
		w.own(intake.DoReply, w.t.AnswerLabel, false, 4)
		w.send(w.t.AnswerSend, false)
		return
	case v.allows(casefile.Accepting):
		w.el("h2", "h2", w.t.AcceptTitle)
		w.el("p", "p", w.t.AcceptText)
		w.form(intake.DoAccept)
		w.send(w.t.AcceptSend, false)
	case v.allows(casefile.Rating):
		w.rate()
	}
	if v.allows(casefile.Reopening) {
		w.details(intake.DoReopen, w.t.ReopenTitle)
		text := w.t.ReopenText
		if at := v.Case.Handling.ClosedAt; v.Case.Status == casefile.Closed && !at.IsZero() {
			text += " " + w.t.dated(w.text, w.t.ReopenUntil, "until", w.c.local(at.AddDate(0, 0, w.c.p.cfg.Complaints.ReopenDays)))
		}
		w.el("p", "p", text)
		w.form(intake.DoReopen)
		w.own(intake.DoReopen, w.t.ReopenLabel, false, 4)
		w.send(w.t.ReopenSend, false)
		w.raw("</details>")
	}
	if v.allows(casefile.Replying) {
		w.details(intake.DoReply, w.t.ReplyTitle)
		w.form(intake.DoReply)
		w.own(intake.DoReply, w.t.ReplyLabel, false, 4)
		w.send(w.t.ReplySend, false)
		w.raw("</details>")
	}
}

// details opens what can be opened; open where its form was sent.
func (w *statusPage) details(do, label string) {
	open(w.page, w.v.Form.Do == do && len(w.errors) > 0 || w.v.Late && w.v.Form.Text != "", label)
}

// rate asks how satisfied the customer is with the handling.
func (w *statusPage) rate() {
	w.el("h2", "h2", w.t.RateTitle)
	w.el("p", "p", w.t.RateText)
	w.form(intake.DoRate)
	errors := w.errors
	if w.v.Form.Do != intake.DoRate {
		w.errors = nil
	}
	w.grades("stars", w.t.RateLegend, w.t.RateWorst, w.t.RateBest, w.v.Form.Stars, false)
	w.errors = errors
	w.own(intake.DoRate, w.t.RateWords, true, 3)
	w.send(w.t.RateSend, false)
}

// files says which files were added, and takes another.
func (w *statusPage) files() {
	n := len(w.v.Case.Handling.Attachments)
	if n == 0 && w.v.Upload == nil && w.v.Checking == 0 {
		return
	}
	limit := w.c.p.cfg.Complaints.Attachments
	w.el("h2", "h2", w.t.FilesTitle)
	if n > 0 {
		w.el("p", "p", fill(w.t.FilesChecked, "n", numeral(n), "of", numeral(limit)))
	}
	if w.v.Checking > 0 {
		w.raw(`<div class="note" role="status">`)
		w.el("p", "p", w.t.FilesSent)
		w.raw(`<p><a class="link"`)
		w.attr("href", "?"+w.v.Reload)
		w.raw(">")
		w.esc(w.t.FilesReload)
		w.raw("</a></p></div>")
	}
	if w.v.Upload != nil {
		w.upload(w.v.Upload)
	}
}

func (w *statusPage) upload(u *Upload) {
	mb := numeral(int(u.MaxBytes >> 20))
	w.el(`p id="file-hint"`, "p", fill(w.t.FilesText, "mb", mb, "n", numeral(w.c.p.cfg.Complaints.Attachments)))
	w.raw(`<form id="up" method="post" enctype="multipart/form-data"`)
	w.attr("action", u.URL)
	w.attr("data-max", numeral(int(u.MaxBytes)))
	w.raw(">")
	for _, name := range slices.Sorted(maps.Keys(u.Fields)) {
		w.raw(`<input type="hidden"`)
		w.attr("name", name)
		w.attr("value", u.Fields[name])
		w.raw(">")
	}
	w.raw(`<div class="f"><label for="file">`)
	w.esc(w.t.FilesLabel)
	w.raw(`</label><input type="file" id="file" name="file" required aria-describedby="file-hint"`)
	w.attr("accept", u.Accept)
	w.raw(`><p class="bad" role="alert" hidden>`)
	w.esc(fill(w.t.FilesTooLarge, "mb", mb))
	w.raw(`</p><p role="status" hidden>`)
	w.esc(w.t.FilesSending)
	w.raw(`</p><progress hidden`)
	w.attr("aria-label", w.t.FilesSending)
	w.raw(`></progress></div>`)
	w.send(w.t.FilesSend, true)
	w.raw("<script>", uploadScript, "</script>")
}

// Withdraw writes the page that asks whether the complaint is to be withdrawn.
func (c *Complaints) Withdraw(v *Status) string {
	base := c.p.text(v.Language)
	t := c.text(base)
	return c.p.write(v.Language, t.WithdrawTitle, func(p *page) {
		w := &statusPage{complaintPage{p, t, v.Errors}, c, v}
		w.summary("text")
		w.el("h1", "h1", t.WithdrawTitle)
		w.el(`p class="no"`, "p", string(v.Case.Number))
		w.el("p", "p", t.WithdrawText)
		w.form(intake.DoWithdraw)
		w.own(intake.DoWithdraw, t.WithdrawWords, true, 3)
		w.send(t.WithdrawSend, false)
		w.raw(`<a class="btn"`)
		w.attr("href", "?"+v.keep())
		w.raw(">")
		w.esc(t.Back)
		w.raw("</a>")
	}, func(w *page) { c.p.foot(w, base, "do="+intake.DoWithdraw+"&", len(v.Errors) == 0) })
}

// Retry writes the page of what could not be stored, nor the case be read: it
// keeps what was typed and sends it again.
func (c *Complaints) Retry(v *Status) string {
	base := c.p.text(v.Language)
	t := c.text(base)
	return c.p.write(v.Language, t.messages[Failed][0], func(p *page) {
		w := &statusPage{complaintPage{page: p, t: t}, c, v}
		w.el("h1", "h1", t.messages[Failed][0])
		w.el("p", "p", t.errors["form/unavailable"])
		w.form(v.Form.Do)
		hidden(p, "stars", v.Form.Stars)
		if v.Form.Text != "" {
			w.own(v.Form.Do, t.YourText, true, 6)
		}
		w.send(t.Again, false)
	}, func(w *page) { c.p.foot(w, base, "", false) })
}
