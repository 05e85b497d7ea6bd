package pages

import (
	"slices"

	"resonanz/shared/config"
	"resonanz/shared/feedback"
)

// Offered are the languages of the organisation that pages speak, in its order.
func Offered(cfg *config.Config) []feedback.Language {
	var offered []feedback.Language
	for _, l := range cfg.Organisation.Languages {
		if catalogue[l] != nil && !slices.Contains(offered, l) {
			offered = append(offered, l)
		}
	}
	return offered
}

// chosen is the query that keeps a language that the customer chose.
func chosen(v *Rating) string {
	if v.Chosen {
		return "l=" + string(v.Language)
	}
	return ""
}

// foot ends a page: the notice on privacy, and with switching the same page in
// the other languages, whose links keep the rest of the query.
func (p *Pages) foot(w *page, t *text, keep string, switching bool) {
	if u := p.cfg.Organisation.PrivacyURL; u != "" {
		w.raw(`<a class="link"`)
		w.attr("href", u)
		w.raw(">")
		w.esc(t.Privacy)
		w.raw("</a>")
	}
	if !switching || len(p.offered) < 2 {
		return
	}
	w.raw("<nav")
	w.attr("aria-label", t.Language)
	w.raw(">")
	for _, l := range p.offered {
		if l == t.Lang {
			w.raw(`<b aria-current="true">`)
			w.esc(t.Name)
			w.raw("</b>")
			continue
		}
		w.raw("<a")
		w.attr("href", "?"+keep+"l="+string(l))
		w.attr("hreflang", string(l))
		w.attr("lang", string(l))
		w.raw(">")
		w.esc(catalogue[l]().Name)
		w.raw("</a>")
	}
	w.raw("</nav>")
}
