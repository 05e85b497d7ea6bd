package pages

import (
	"time"

	"resonanz/shared/config"
	"resonanz/shared/feedback"
	"resonanz/shared/intake"
	"resonanz/shared/problem"
)

// Rating is what the pages of a rating link show: the vote, what is asked when
// it is safe, and the end.
type Rating struct {
	Language   feedback.Language
	Chosen     bool // the customer chose the language: links and forms keep it
	Touchpoint *config.Touchpoint
	ExpiresAt  time.Time   // of the link
	Form       intake.Form // what is chosen and typed; the nonce goes with it
	Errors     []problem.Field
	Earlier    *intake.Earlier // what counts so far; nil: nothing, or not known
}

// Rating writes the page of the vote: for the first one, or for another in its
// place. Nothing on it acts by itself: the form is sent by its button only.
func (p *Pages) Rating(v *Rating) string {
	t := p.text(v.Language)
	title := t.RatingTitle
	if len(v.Errors) > 0 {
		title = t.ErrorTitle + title
	}
	return p.write(v.Language, title, func(w *page) {
		star(w, v.Touchpoint)
		summary(w, v.Errors)
		w.el(`p class="at"`, "p", p.touchpoint(v.Touchpoint, t))
		if v.Earlier == nil {
			w.el("h1", "h1", t.Question)
			w.el(`p class="lead"`, "p", t.Lead)
		} else {
			w.el("h1", "h1", t.RatedTitle)
			p.standing(w, v, t.RatedAt(v.Earlier.Vote.SubmittedAt.In(p.cfg.Zone()))+" "+t.ChangeUntil(p.until(v)))
		}
		w.raw(`<form method="post" action="?">`)
		hidden(w, "nonce", v.Form.Nonce)
		keepLanguage(w, v)
		hidden(w, "reason", v.Form.Reason)
		hidden(w, "fcr", v.Form.FCR)
		hidden(w, "nps", v.Form.NPS)
		hidden(w, "ces", v.Form.CES)
		choices(w, v, v.Earlier != nil)
		if v.Earlier == nil {
			button(w, t.Send)
		} else {
			button(w, t.SendChange)
		}
		w.raw("</form>")
	}, func(w *page) {
		if v.Earlier == nil {
			w.el("p", "p", t.Voluntary+" "+t.ValidUntil(v.ExpiresAt.In(p.cfg.Zone()))+" "+t.ChangeWithin(p.cfg.Rules.EditWindowHours)+p.anonymous(v.Touchpoint, t))
		} else {
			w.el("p", "p", t.LastCounts)
		}
		keep := ""
		if v.Form.Stars != 0 {
			keep = "s=" + numeral(v.Form.Stars) + "&"
		}
		p.foot(w, t, keep, len(v.Errors) == 0)
	})
}

// anonymous says of a personal link that nobody learns who answers, where that is so.
func (p *Pages) anonymous(tp *config.Touchpoint, t *text) string {
	if !p.cfg.Anonymous(tp.ID) {
		return ""
	}
	return " " + t.Anonymous
}

// until is when the vote can no longer be changed: the window ends, or the link.
func (p *Pages) until(v *Rating) time.Time {
	until := v.Earlier.Until
	if v.ExpiresAt.Before(until) {
		until = v.ExpiresAt
	}
	return until.In(p.cfg.Zone())
}

// standing shows the vote that counts, and a sentence about it.
func (p *Pages) standing(w *page, v *Rating, sentence string) {
	vote := &v.Earlier.Vote
	if vote.Scale != v.Touchpoint.Scale { // the touchpoint was rated on another scale then
		star(w, &config.Touchpoint{Scale: vote.Scale})
	}
	given(w, vote.Scale, vote.Rating.Rating, nil)
	w.el(`p class="lead"`, "p", sentence)
}

// given shows a vote as it was given, with what stands beside it.
func given(w *page, scale feedback.Scale, stars int, beside func()) {
	_, greatest := scale.Bounds()
	w.raw(`<p class="mine"><span class="h">`)
	w.esc(w.text.Yours)
	w.raw(` </span>`)
	if scale == feedback.Stars5 {
		w.raw(`<span class="stars" aria-hidden="true">`)
		for n := 1; n <= greatest; n++ {
			if n <= stars {
				w.raw(`<svg class="on"><use href="#s"/></svg>`)
			} else {
				w.raw(`<svg><use href="#s"/></svg>`)
			}
		}
		w.raw("</span>")
	}
	w.raw("<strong>")
	w.int(stars)
	w.esc(w.text.of(stars, greatest))
	w.raw("</strong>")
	if beside != nil {
		beside()
	}
	w.raw("</p>")
}

// star defines the shape that stars are drawn with, where there are any.
func star(w *page, tp *config.Touchpoint) {
	if tp.Scale == feedback.Stars5 {
		w.raw(`<svg class="h" aria-hidden="true"><symbol id="s" viewBox="0 0 24 24"><path d="M12 2.6l2.9 6 6.6.9-4.8 4.6 1.2 6.5L12 17.5l-5.9 3.1 1.2-6.5L2.5 9.5l6.6-.9z"/></symbol></svg>`)
	}
}

// choices writes the radio group of the vote: stars, or the numbers 1 to 10.
func choices(w *page, v *Rating, legend bool) {
	least, greatest := v.Touchpoint.Scale.Bounds()
	w.raw("<fieldset")
	if has(v.Errors, "stars") {
		w.raw(` aria-describedby="stars-error"`)
	}
	if legend {
		w.raw(`><legend>`)
	} else {
		w.raw(`><legend class="h">`)
	}
	w.esc(w.text.Question)
	w.raw("</legend>")
	if greatest == 10 {
		w.raw(`<div class="row ten">`)
	} else {
		w.raw(`<div class="row">`)
	}
	for n := least; n <= greatest; n++ {
		w.raw(`<label><input type="radio" name="stars" required`)
		if n == least {
			w.raw(` id="stars"`)
		}
		if n == v.Form.Stars {
			w.raw(" checked")
		}
		w.raw(` value="`)
		w.int(n)
		w.raw(`">`)
		if greatest != 10 {
			w.raw(`<svg aria-hidden="true"><use href="#s"/></svg>`)
		}
		w.raw(`<span class="n">`)
		w.int(n)
		w.raw(`</span><span class="h">`)
		w.esc(w.text.of(n, greatest))
		switch n {
		case least:
			w.esc(", " + w.text.Worst)
		case greatest:
			w.esc(", " + w.text.Best)
		}
		w.raw("</span></label>")
	}
	w.raw(`</div><div class="ends" aria-hidden="true">`)
	end(w, least, greatest, w.text.Worst)
	end(w, greatest, greatest, w.text.Best)
	w.raw("</div>")
	mistake(w, v.Errors, "stars")
	w.raw("</fieldset>")
}

// end says what the choice n means; many numbers may stand in several rows, so
// there the number is named.
func end(w *page, n, greatest int, meaning string) {
	w.raw("<span>")
	if greatest > 5 {
		w.int(n)
		w.raw(" = ")
	}
	w.esc(meaning)
	w.raw("</span>")
}
