package pages

import (
	"slices"

	"resonanz/shared/category"
	"resonanz/shared/config"
	"resonanz/shared/feedback"
	"resonanz/shared/intake"
	"resonanz/shared/problem"
)

// Complain is what the form of a complaint shows.
type Complain struct {
	Language   feedback.Language
	Chosen     bool // the customer chose the language: links and forms keep it
	Touchpoint *config.Touchpoint
	Form       intake.ComplaintForm // what is typed; the nonce goes with it
	Errors     []problem.Field
}

// Form writes the form of a complaint. Only what happened is needed.
func (c *Complaints) Form(v *Complain) string {
	base := c.p.text(v.Language)
	t := c.text(base)
	window := t.FormTitle
	if len(v.Errors) > 0 {
		window = base.ErrorTitle + window
	}
	return c.p.write(v.Language, window, func(p *page) {
		w := &complaintPage{p, t, v.Errors}
		f := &v.Form
		w.summary("comment", "category", "remedy", "annoyance", "email", "name", "phone")
		w.el(`p class="at"`, "p", c.p.touchpoint(v.Touchpoint, base))
		w.el("h1", "h1", t.FormTitle)
		w.el(`p class="lead"`, "p", t.FormLead)
		w.raw(`<form method="post" action="?" accept-charset="utf-8">`)
		hidden(p, "nonce", f.Nonce)
		if v.Chosen {
			hidden(p, "l", string(v.Language))
		}
		w.words("comment", t.Comment, false, 6, f.Comment)
		c.categories(w, base.Lang, f.Category)
		w.words("remedy", t.Remedy, true, 3, f.Remedy)
		w.grades("annoyance", t.Annoyance, t.AnnoyanceLeast, t.AnnoyanceMost, f.Annoyance, true)
		w.el("h2", "h2", t.ContactTitle)
		w.el("p class=lead", "p", t.ContactLead)
		w.line("email", "email", "email", t.Email, "", f.Email)
		w.line("name", "text", "name", t.Name, "", f.Name)
		w.line("phone", "tel", "tel", t.Phone, fill(t.PhoneHint, "hours", numeral(c.p.cfg.Escalation.CallbackDueHours)), f.Phone)
		w.raw(`<button type="submit">`)
		w.esc(t.Send)
		w.raw("</button></form>")
	}, func(w *page) {
		w.el("p", "p", t.FormFoot)
		c.p.foot(w, base, "", len(v.Errors) == 0)
	})
}

// categories writes the choice of a category, by branches. Where there is one
// for all else nobody has to choose.
func (c *Complaints) categories(w *complaintPage, l feedback.Language, chosen string) {
	optional := slices.Contains(c.p.cfg.Categories, intake.Other)
	w.field("category", w.t.Category, optional)
	w.raw(`<select id="category" name="category"`)
	if !optional {
		w.raw(" required")
	}
	w.tie("category", false)
	w.raw(`><option value="">`)
	w.esc(w.t.Choose)
	w.raw("</option>")
	for i := range c.groups {
		g := &c.groups[i]
		if g.Single() {
			c.category(w, l, g.Root, chosen)
			continue
		}
		w.raw("<optgroup")
		w.attr("label", category.Name(c.p.cfg, g.Root, l))
		w.raw(">")
		for _, code := range g.Codes {
			c.category(w, l, code, chosen)
		}
		w.raw("</optgroup>")
	}
	w.raw("</select>")
	w.mistake("category")
	w.raw("</div>")
}

func (c *Complaints) category(w *complaintPage, l feedback.Language, code, chosen string) {
	w.raw("<option")
	w.attr("value", code)
	if code == chosen {
		w.raw(" selected")
	}
	w.raw(">")
	w.esc(category.Name(c.p.cfg, code, l))
	w.raw("</option>")
}
