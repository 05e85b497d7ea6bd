package pages

import "resonanz/shared/feedback"

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
	TooOften
	Foreign // a form that was sent from somewhere else
	messageCount
)

// Message writes a page that only says something. Where it answers a link that
// was opened it offers its languages at ?l=.
func (p *Pages) Message(l feedback.Language, m Message) string {
	t := p.text(l)
	said := t.messages[m]
	return p.write(l, said[0], func(w *page) {
		w.el("h1", "h1", said[0])
		w.el("p", "p", said[1])
	}, func(w *page) { p.foot(w, t, "", m == Expired || m == NotFound) })
}

// Unsubscribe writes the page behind the link that ends invitations: a question
// with one button, which sends POST to the same address; with done, that there
// will be no more; with again, that it was so before.
func (p *Pages) Unsubscribe(l feedback.Language, done, again bool) string {
	t := p.text(l)
	title := t.UnsubscribeTitle
	if done {
		title = t.UnsubscribedTitle
	}
	if again {
		title = t.AlreadyTitle
	}
	return p.write(l, title, func(w *page) {
		if done || again {
			w.raw(checkMark)
			w.el("h1", "h1", title)
			w.el("p", "p", t.UnsubscribedText)
			w.el("p", "p", t.CloseNow)
			return
		}
		w.el("h1", "h1", title)
		w.el("p", "p", t.UnsubscribeText)
		w.raw(`<form method="post"`)
		w.attr("action", "?l="+string(t.Lang))
		w.raw(">")
		button(w, t.UnsubscribeButton)
		w.raw("</form>")
	}, func(w *page) { p.foot(w, t, "", !done && !again) })
}
