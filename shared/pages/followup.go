package pages

import (
	"resonanz/shared/config"
	"resonanz/shared/escalate"
	"resonanz/shared/feedback"
	"resonanz/shared/satisfaction"
)

// FollowUp writes the page after the vote: it is counted, and whoever wants may
// say more. Everything on it is voluntary. With counted false nothing is stored
// yet, since the vote came with a mistake: then the vote is asked here too.
func (p *Pages) FollowUp(v *Rating, counted bool) string {
	t := p.text(v.Language)
	title, f := t.CountedTitle, &v.Form
	if !counted {
		title = t.RatingTitle
	}
	if len(v.Errors) > 0 {
		title = t.ErrorTitle + title
	}
	counted = counted && f.Stars != 0
	return p.write(v.Language, title, func(w *page) {
		star(w, v.Touchpoint)
		summary(w, v.Errors)
		w.el(`p class="at"`, "p", p.touchpoint(v.Touchpoint, t))
		if counted {
			w.el("h1", "h1", t.Counted)
			given(w, v.Touchpoint.Scale, f.Stars, func() {
				if len(v.Errors) == 0 { // else what was typed would be lost
					w.raw(`<a class="link"`)
					w.attr("href", "?"+chosen(v))
					w.raw(">")
					w.esc(t.Change)
					w.raw("</a>")
				}
			})
			w.raw(`<h2 class="more">`)
			w.esc(t.MoreTitle)
			w.raw("</h2>")
			w.el(`p class="lead"`, "p", t.MoreLead)
			w.raw(`<form method="post" action="?done=1"><input type="hidden" name="stars" value="`)
			w.int(f.Stars)
			w.raw(`">`)
		} else {
			w.el("h1", "h1", t.Question)
			w.raw(`<form method="post" action="?">`)
			choices(w, v, false)
		}
		hidden(w, "nonce", f.Nonce)
		keepLanguage(w, v)
		p.questions(w, v)
		w.raw("</form>")
	}, func(w *page) {
		if counted {
			w.el("p", "p", t.MoreVoluntary)
		}
		p.foot(w, t, "done=1&", len(v.Errors) == 0)
	})
}

// questions are those that the touchpoint asks after this score.
func (p *Pages) questions(w *page, v *Rating) {
	t, f, tp := w.text, &v.Form, v.Touchpoint
	comment := t.CommentGood
	if Mood(p.cfg, tp, f.Stars) == config.Bad {
		comment = t.CommentBad
	}
	p.reasons(w, v)
	if tp.Asks("fcr") {
		ask(w, t.FCR)
		w.raw(`<div class="chips">`)
		chip(w, "fcr", "yes", t.Yes, f.FCR == "yes")
		chip(w, "fcr", "no", t.No, f.FCR == "no")
		none(w, "fcr")
		w.raw("</div></fieldset>")
	}
	if tp.Asks("nps") {
		steps(w, "nps", t.NPS, feedback.NPS, f.NPS, t.NPSWorst, t.NPSBest)
	}
	if tp.Asks("ces") {
		steps(w, "ces", t.CES, feedback.CES7, f.CES, t.CESWorst, t.CESBest)
	}
	words(w, v.Errors, "comment", comment, 3, f.Comment)
	open(w, f.Suggestion != "" || has(v.Errors, "suggestion"), t.MoreSuggest)
	words(w, v.Errors, "suggestion", t.Suggestion, 3, f.Suggestion)
	w.raw("</details>")
	low := escalate.Rules{LowRatingMax: p.cfg.Escalation.LowRatingMax}.IsLow(tp.Scale, f.Stars)
	open(w, low || f.Callback || f.Contact != "" || has(v.Errors, "callback") || has(v.Errors, "contact"), t.MoreCallback)
	callback(w, v.Errors, f)
	w.raw("</details>")
	button(w, t.SendMore)
}

// reasons writes the reason codes of the touchpoint that fit the score.
func (p *Pages) reasons(w *page, v *Rating) {
	begun := false
	for _, code := range v.Touchpoint.Reasons {
		if !Offers(p.cfg, v.Touchpoint, v.Form.Stars, code) {
			continue
		}
		if !begun {
			begun = true
			if Mood(p.cfg, v.Touchpoint, v.Form.Stars) == config.Good {
				ask(w, w.text.ReasonGood)
			} else {
				ask(w, w.text.ReasonBad)
			}
			w.raw(`<div class="chips">`)
		}
		chip(w, "reason", code, p.cfg.In(p.cfg.Reason(code).Name, w.text.Lang), v.Form.Reason == code)
	}
	if begun {
		none(w, "reason")
		w.raw("</div></fieldset>")
	}
}

// Mood is that of a score: good when it counts as satisfied, else bad.
func Mood(cfg *config.Config, tp *config.Touchpoint, stars int) config.Mood {
	if s, ok := satisfaction.ScaleOf(tp.Scale, cfg.Rules.TopBox10); ok && stars >= s.Top {
		return config.Good
	}
	return config.Bad
}

// Offers reports whether the reason code is offered at a touchpoint after a
// score.
func Offers(cfg *config.Config, tp *config.Touchpoint, stars int, code string) bool {
	r := cfg.Reason(code)
	if r == nil || r.Mood != config.Any && r.Mood != Mood(cfg, tp, stars) {
		return false
	}
	for _, c := range tp.Reasons {
		if c == code {
			return true
		}
	}
	return false
}

// ask opens a question that is answered by a choice.
func ask(w *page, question string) {
	w.raw(`<fieldset class="ask"><legend>`)
	w.esc(question)
	w.raw("</legend>")
}

// chip writes one answer in words.
func chip(w *page, name raw, value, label string, checked bool) {
	w.raw("<label>")
	radio(w, name, value, checked)
	w.raw("<span>")
	w.esc(label)
	w.raw("</span></label>")
}

func radio(w *page, name raw, value string, checked bool) {
	w.raw(`<input type="radio" name="`, name, `"`)
	w.attr("value", value)
	if checked {
		w.raw(" checked")
	}
	w.raw(">")
}

// none writes the way back to no answer; it shows once there is one.
func none(w *page, name raw) {
	w.raw(`<label class="skip">`)
	radio(w, name, "", false)
	w.raw(`<span aria-hidden="true">×</span><span class="h">`)
	w.esc(w.text.NoAnswer)
	w.raw("</span></label>")
}

// steps writes a question that is answered by a number.
func steps(w *page, name raw, question string, scale feedback.Scale, chosen, worst, best string) {
	least, greatest := scale.Bounds()
	ask(w, question)
	w.raw(`<div class="row ten `, name, `">`)
	for n := least; n <= greatest; n++ {
		s := numeral(n)
		w.raw("<label>")
		radio(w, name, s, chosen == s)
		w.raw("<b>", raw(s), "</b>")
		switch n {
		case least:
			w.el(`span class="h"`, "span", ", "+worst)
		case greatest:
			w.el(`span class="h"`, "span", ", "+best)
		}
		w.raw("</label>")
	}
	none(w, name)
	w.raw(`</div><div class="ends" aria-hidden="true">`)
	end(w, least, greatest, worst)
	end(w, greatest, greatest, best)
	w.raw("</div></fieldset>")
}
