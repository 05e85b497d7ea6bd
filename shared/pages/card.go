package pages

import (
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"strings"
	"time"

	"resonanz/shared/config"
	"resonanz/shared/feedback"
	"resonanz/shared/intake"
	"resonanz/shared/problem"
)

//go:embed cardstyle.css
var cardStyle string

// Cards writes the pages of response cards: those of Pages with a longer
// stylesheet. It is safe for concurrent use.
type Cards struct{ p *Pages }

// NewCards prepares the pages.
func NewCards(cfg *config.Config) (*Cards, error) {
	p, err := New(cfg)
	if err != nil {
		return nil, err
	}
	before := hash(p.style)
	p.style += raw(strings.ReplaceAll(cardStyle, "\n", ""))
	p.policy = strings.Replace(p.policy, before, hash(p.style), 1)
	return &Cards{p}, nil
}

// hash names a stylesheet in a policy (CSP 3, section 2.3.1).
func hash(style raw) string {
	sum := sha256.Sum256([]byte(style))
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}

// Policy is the Content-Security-Policy that goes with every page.
func (c *Cards) Policy() string { return c.p.policy }

// text is what cards say in the language of t.
func (c *Cards) text(t *text) *cardText { return cardTexts[t.Lang]() }

// Card is what the pages of a response card show.
type Card struct {
	Language   feedback.Language
	Chosen     bool // the customer chose the language: links and forms keep it
	Touchpoint *config.Touchpoint
	Card       *config.Card
	Form       intake.CardForm // what is chosen and typed; the nonce goes with it
	Errors     []problem.Field
	ExpiresAt  time.Time       // of a personal link; zero for a card that everybody can open
	Earlier    *intake.Earlier // what counts so far through a personal link; nil: nothing, or not known
	Callback   bool            // a call was asked for just now
}

// Card writes the page with the form. Nothing on it acts by itself: the form
// is sent by its button only.
func (c *Cards) Card(v *Card) string {
	base := c.p.text(v.Language)
	t := c.text(base)
	title := c.p.cfg.In(v.Card.Title, base.Lang)
	window := title
	if len(v.Errors) > 0 {
		window = base.ErrorTitle + title
	}
	return c.p.write(v.Language, window, func(w *page) {
		f := &cardForm{page: w, v: v, t: t, in: func(x config.Text) string { return c.p.cfg.In(x, base.Lang) }}
		star(w, &config.Touchpoint{Scale: feedback.Stars5}) // grades are stars at every touchpoint
		f.summary()
		w.el(`p class="at"`, "p", c.p.touchpoint(v.Touchpoint, base))
		w.el("h1", "h1", title)
		if v.Earlier == nil {
			w.el(`p class="lead"`, "p", t.Minutes(Minutes(v.Card))+" "+t.Voluntary)
		} else {
			c.standing(w, v, t.Answered, t.AnsweredText)
		}
		f.write()
	}, func(w *page) {
		switch {
		case v.ExpiresAt.IsZero():
			w.el("p", "p", t.Counted+" "+base.Anonymous)
		case v.Earlier == nil:
			w.el("p", "p", t.Counted+" "+base.ValidUntil(c.local(v.ExpiresAt))+c.p.anonymous(v.Touchpoint, base))
		}
		c.p.foot(w, base, "", len(v.Errors) == 0)
	})
}

// standing says what was answered before.
func (c *Cards) standing(w *page, v *Card, heading string, sentence func(at, until time.Time) string) {
	w.raw(`<div class="note">`)
	if heading != "" {
		w.el("h2", "h2", heading)
	}
	vote := &v.Earlier.Vote
	given(w, vote.Scale, vote.Rating.Rating, nil)
	w.el("p", "p", sentence(c.local(vote.SubmittedAt), c.until(v)))
	if vote.HasText && v.Form.Nonce != "" {
		w.el("p", "p", c.text(w.text).AnsweredOwn)
	}
	w.raw("</div>")
}

// until is when the answers can no longer be changed: the window ends, or the link.
func (c *Cards) until(v *Card) time.Time {
	until := v.Earlier.Until
	if v.ExpiresAt.Before(until) {
		until = v.ExpiresAt
	}
	return c.local(until)
}

func (c *Cards) local(t time.Time) time.Time { return t.In(c.p.cfg.Zone()) }

// keep is the query that keeps a language that the customer chose.
func (v *Card) keep() string {
	if v.Chosen {
		return "l=" + string(v.Language)
	}
	return ""
}

// Thanks writes the page after a card. It repeats nothing that was typed. A
// card behind a personal link can be changed; after one that everybody can
// open there is nothing more to do.
func (c *Cards) Thanks(v *Card) string {
	base := c.p.text(v.Language)
	t := c.text(base)
	return c.p.write(v.Language, base.ThanksTitle, func(w *page) {
		w.raw(checkMark)
		w.el(`p class="at"`, "p", c.p.touchpoint(v.Touchpoint, base))
		w.el("h1", "h1", base.Thanks)
		w.el("p", "p", t.ThanksText)
		if v.Callback {
			w.raw("<p><strong>")
			w.esc(base.CallbackSoon(c.p.cfg.Escalation.CallbackDueHours))
			w.raw("</strong></p>")
		}
		w.el("p", "p", base.CloseNow)
		if !v.ExpiresAt.IsZero() {
			w.raw(`<a class="btn"`)
			w.attr("href", "?"+v.keep())
			w.raw(">")
			w.esc(t.Change)
			w.raw("</a>")
		}
	}, func(w *page) {
		if v.Earlier != nil {
			w.el("p", "p", t.ChangeUntil(c.until(v)))
		}
		keep := "done=1&"
		if v.Callback {
			keep += "callback=1&"
		}
		c.p.foot(w, base, keep, true)
	})
}

// Closed writes the page of a personal link whose answers can no longer be
// changed.
func (c *Cards) Closed(v *Card) string {
	base := c.p.text(v.Language)
	t := c.text(base)
	return c.p.write(v.Language, t.Closed, func(w *page) {
		star(w, v.Touchpoint)
		w.el(`p class="at"`, "p", c.p.touchpoint(v.Touchpoint, base))
		w.el("h1", "h1", t.Closed)
		c.standing(w, v, "", t.ClosedText)
		if v.Earlier.Late > 0 {
			w.el("p", "p", t.ClosedLate)
		}
	}, func(w *page) { c.p.foot(w, base, "", true) })
}

// Message writes a page that only says something, in the words of cards.
func (c *Cards) Message(l feedback.Language, m Message) string {
	base := c.p.text(l)
	said := c.text(base).messages[m]
	return c.p.write(l, said[0], func(w *page) {
		w.el("h1", "h1", said[0])
		w.el("p", "p", said[1])
	}, func(w *page) { c.p.foot(w, base, "", m == Expired || m == NotFound) })
}
