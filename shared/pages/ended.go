package pages

// checkMark is drawn where something is done.
const checkMark raw = `<svg class="mark" aria-hidden="true" viewBox="0 0 64 64" fill="none" stroke="currentColor" stroke-width="4" stroke-linecap="round" stroke-linejoin="round"><circle cx="32" cy="32" r="29"/><path d="M19 33l9 9 18-19"/></svg>`

// Thanks writes the last page. It repeats nothing that was typed: links get
// forwarded.
func (p *Pages) Thanks(v *Rating) string {
	t := p.text(v.Language)
	return p.write(v.Language, t.ThanksTitle, func(w *page) {
		w.raw(checkMark)
		w.el(`p class="at"`, "p", p.touchpoint(v.Touchpoint, t))
		w.el("h1", "h1", t.Thanks)
		w.el("p", "p", t.ThanksText)
		if v.Earlier != nil && v.Earlier.Vote.CallbackRequested {
			w.raw("<p><strong>")
			w.esc(t.CallbackSoon(p.cfg.Escalation.CallbackDueHours))
			w.raw("</strong></p>")
		}
		w.el("p", "p", t.CloseNow)
		w.raw(`<a class="btn"`)
		w.attr("href", "?"+chosen(v))
		w.raw(">")
		w.esc(t.SendChange)
		w.raw("</a>")
	}, func(w *page) {
		if v.Earlier != nil {
			w.el("p", "p", t.ChangeUntil(p.until(v)))
		}
		p.foot(w, t, "done=2&", true)
	})
}

// Closed writes the page of a vote that can no longer be changed.
func (p *Pages) Closed(v *Rating) string {
	t := p.text(v.Language)
	return p.write(v.Language, t.ClosedTitle, func(w *page) {
		star(w, v.Touchpoint)
		w.el(`p class="at"`, "p", p.touchpoint(v.Touchpoint, t))
		w.el("h1", "h1", t.ClosedTitle)
		p.standing(w, v, t.RatedAt(v.Earlier.Vote.SubmittedAt.In(p.cfg.Zone())))
		w.el("p", "p", t.ClosedText(p.cfg.Rules.EditWindowHours))
	}, func(w *page) { p.foot(w, t, "", true) })
}
