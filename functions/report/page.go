package main

import (
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"html/template"
	"strconv"
	"strings"
	"time"

	"resonanz/shared/category"
	"resonanz/shared/feedback"
	"resonanz/shared/httpapi"
	"resonanz/shared/period"
)

//go:embed page.css
var style string

// layout is every page that is no report: what customers wrote, and what a link
// says that leads to no report.
var layout = template.Must(template.New("page").Parse(`<!doctype html>
<html lang="{{.Lang}}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex, nofollow"><title>{{.Title}} – {{.Organisation}}</title><style>{{.Style}}</style></head>
<body><header>{{.Organisation}}</header><main><h1>{{.Title}}</h1>
{{range .Lines}}<p>{{.}}</p>
{{end}}{{range .Sections}}<section><h2>{{.Name}}</h2>
{{range .Words}}<article><p class="when">{{.When}}</p>
{{range .Texts}}<p class="name">{{.Name}}</p><blockquote>{{.Words}}</blockquote>
{{end}}</article>
{{end}}</section>
{{end}}</main></body></html>
`))

// policy lets a page have its own style sheet and nothing else.
var policy = func() string {
	sum := sha256.Sum256([]byte(style))
	return "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) +
		"'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
}()

// wordsPage is what customers wrote, by touchpoint.
type wordsPage struct {
	Period  string
	Words   []place
	LeftOut int
}

// place is what was written at one touchpoint.
type place struct {
	Name  string
	Words []shownRemark
}

// shownRemark is one remark in the language of the page.
type shownRemark struct {
	When  string
	Texts []shownText
}

type shownText struct{ Name, Words string }

// view is a page before it is written.
type view struct {
	Lang, Title, Organisation string
	Style                     template.CSS
	Lines                     []string
	Sections                  []place
}

// page answers with what customers wrote.
func (h *handler) page(status int, l feedback.Language, p wordsPage) httpapi.Response {
	t := saying(l)
	v := view{Title: strings.ReplaceAll(t.wordsTitle, "%s", p.Period), Lines: []string{t.wordsIntro}, Sections: p.Words}
	if len(p.Words) == 0 {
		v.Lines = []string{t.wordsNone}
	}
	if p.LeftOut > 0 {
		v.Lines = append(v.Lines, strings.ReplaceAll(t.wordsMore, "%d", strconv.Itoa(p.LeftOut)))
	}
	return h.written(status, l, v)
}

// say answers with a page that only says something.
func (h *handler) say(status int, l feedback.Language, said [2]string) httpapi.Response {
	return h.written(status, l, view{Title: said[0], Lines: []string{said[1]}})
}

func (h *handler) written(status int, l feedback.Language, v view) httpapi.Response {
	v.Lang, v.Organisation, v.Style = string(saying(l).lang), h.cfg.Organisation.Name, template.CSS(style) //nolint:gosec // our own
	var b strings.Builder
	_ = layout.Execute(&b, v) // a strings.Builder never fails, and the template is tested
	res := httpapi.Page(status, b.String(), policy)
	res.Headers["Content-Language"] = v.Lang
	return res
}

// shown words remarks in a language.
func (h *handler) shown(r *remarks, l feedback.Language) (all []place) {
	t := saying(l)
	for i := range r.Words {
		m := &r.Words[i]
		name := string(m.Touchpoint)
		if tp := h.cfg.Touchpoint(m.Touchpoint); tp != nil {
			name = h.cfg.In(tp.Name, l)
		}
		if len(all) == 0 || all[len(all)-1].Name != name {
			all = append(all, place{Name: name})
		}
		s := shownRemark{When: m.At.In(h.cfg.Zone()).Format(t.timeLayout)}
		if m.Rating != nil {
			_, greatest := m.Scale.Bounds()
			s.When += " · " + strconv.Itoa(*m.Rating) + " " + t.of + " " + strconv.Itoa(greatest)
		}
		if m.Category != "" {
			s.When += " · " + category.Name(h.cfg, m.Category, l)
		}
		for _, said := range m.texts() {
			name := t.fields[said.field]
			if question, ok := strings.CutPrefix(said.field, "answer."); ok {
				name = h.question(question, l)
			}
			s.Texts = append(s.Texts, shownText{name, said.words})
		}
		last := &all[len(all)-1]
		last.Words = append(last.Words, s)
	}
	return all
}

// question is the label of a card's question, or its id.
func (h *handler) question(id string, l feedback.Language) string {
	for i := range h.cfg.Cards {
		if it := h.cfg.Cards[i].Item(id); it != nil {
			return h.cfg.In(it.Label, l)
		}
	}
	return id
}

// monthName is "März 2026", "March 2026".
func monthName(p period.Period, l feedback.Language) string {
	start, _ := p.Bounds(time.UTC)
	return saying(l).months[start.Month()-1] + " " + strconv.Itoa(start.Year())
}
