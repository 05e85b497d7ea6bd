package pages

import (
	"resonanz/shared/config"
	"resonanz/shared/feedback"
)

// Message is a page that only says something.
type Message int

// The messages.
const (
	Expired Message = iota
	NotFound
	TooLarge
	WrongType
	MethodNotAllowed
	Failed // says nothing of the inside
	messageCount
)

// Message writes a page that only says something.
func (p *Pages) Message(l feedback.Language, m Message) string {
	said := p.text(l).messages[m]
	return p.write(l, said[0], func(w *page) {
		w.el("h1", "h1", said[0])
		w.el("p", "p", said[1])
	}, nil)
}

// Thanks writes the page after a vote. It says the same to everyone, so it is
// written without a read; callback is what the customer just asked for.
func (p *Pages) Thanks(l feedback.Language, tp *config.Touchpoint, callback bool) string {
	t := p.text(l)
	return p.write(l, t.ThanksTitle, func(w *page) {
		w.raw(`<svg class="mark" aria-hidden="true" viewBox="0 0 64 64" fill="none" stroke="currentColor" stroke-width="4" stroke-linecap="round" stroke-linejoin="round"><circle cx="32" cy="32" r="29"/><path d="M19 33l9 9 18-19"/></svg>`)
		w.el(`p class="at"`, "p", p.touchpoint(tp, t))
		w.el("h1", "h1", t.Thanks)
		w.el("p", "p", t.ThanksText)
		if callback {
			w.raw("<p><strong>")
			w.esc(t.CallbackSoon(p.cfg.Escalation.CallbackDueHours))
			w.raw("</strong></p>")
		}
		w.raw(`<a class="btn" href="?">`)
		w.esc(t.Change)
		w.raw("</a>")
	}, func(w *page) {
		w.el("p", "p", t.ChangeHint(p.cfg.Rules.EditWindowHours))
	})
}
