package main

import (
	_ "embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"strconv"
	"strings"
	"sync"

	"codeberg.org/go-fonts/liberation/liberationsansbold"
	"codeberg.org/go-fonts/liberation/liberationsansregular"

	"resonanz/shared/config"
	"resonanz/shared/feedback"
	"resonanz/shared/pages"
)

//go:embed sheet.html
var sheetSource string

//go:embed sheet.css
var styleSource string

var sheetTemplate = sync.OnceValues(func() (*template.Template, error) {
	return template.New("sheet").Parse(sheetSource)
})

// sheet is what one PDF shows.
type sheet struct {
	cfg     *config.Config
	card    *config.Card
	tp      *config.Touchpoint
	l       feedback.Language
	url     string
	sign    bool     // a counter sign, else a card
	numbers []string // of the cards; one empty number for a card without
	marks   bool
}

// model is the sheet as the template reads it.
type model struct {
	Lang                    feedback.Language
	Name, Title, Touchpoint string
	Address, URL, Short     string
	Words                   words
	Page                    pages.CardWords
	QR                      template.HTML
	Style                   template.CSS
	Sign, Marks, Ten        bool
	Numbers                 []string
	Scale                   []int
	Sections                []section
	Own                     []string // questions answered in own words
	Grades                  []int
	Hints                   bool // some question asks for a grade
	Lines, MarkAt           []int
}

type section struct {
	Title string
	Items []item
}

type item struct {
	Label   string
	Grade   bool
	Options []string
}

// html is the page to print.
func (s *sheet) html() (string, error) {
	m, err := s.model()
	if err != nil {
		return "", err
	}
	t, err := sheetTemplate()
	if err != nil {
		return "", fmt.Errorf("reading the template of cards: %w", err)
	}
	var b strings.Builder
	if err := t.Execute(&b, m); err != nil {
		return "", fmt.Errorf("writing a card: %w", err)
	}
	return b.String(), nil
}

func (s *sheet) model() (*model, error) {
	if gaps := append(missing([]feedback.Language{s.l}), pages.MissingCard([]feedback.Language{s.l})...); len(gaps) > 0 {
		return nil, fmt.Errorf("texts are missing: %s", strings.Join(gaps, ", "))
	}
	code, err := matrix(s.url)
	if err != nil {
		return nil, err
	}
	org := &s.cfg.Organisation
	in := func(t config.Text) string { return s.cfg.In(t, s.l) }
	m := &model{
		Lang: s.l, Name: org.Name, Title: in(s.card.Title), Touchpoint: in(s.tp.Name), Address: org.Address,
		URL: s.url, Short: strings.TrimPrefix(strings.TrimPrefix(s.url, "https://"), "http://"),
		Words: texts[s.l], Page: pages.WordsOf(s.l, pages.Minutes(s.card)), QR: vector(code),
		Sign: s.sign, Marks: s.marks, Numbers: s.numbers, Grades: upTo(5), Lines: upTo(14), MarkAt: upTo(8),
	}
	_, greatest := s.tp.Scale.Bounds()
	m.Scale, m.Ten = upTo(greatest), greatest == 10
	for i := range s.card.Sections {
		m.add(&s.card.Sections[i], in)
	}
	brand, err := pages.OnPaper(org.Accent)
	if err != nil {
		return nil, err
	}
	m.Style = template.CSS(s.style(brand)) //nolint:gosec // ours, with a colour
	return m, nil
}

// add divides the questions of a section: to tick on the front, to write on
// the back.
func (m *model) add(from *config.CardSection, in func(config.Text) string) {
	to := section{Title: in(from.Title)}
	for _, it := range from.Items {
		switch it.Kind {
		case config.ItemText, config.ItemSuggestion:
			m.Own = append(m.Own, in(it.Label))
			continue
		case config.ItemRating:
			m.Hints = true
			to.Items = append(to.Items, item{Label: in(it.Label), Grade: true})
		case config.ItemYesNo:
			to.Items = append(to.Items, item{Label: in(it.Label), Options: []string{m.Page.Yes, m.Page.No}})
		case config.ItemChoice:
			q := item{Label: in(it.Label)}
			for _, o := range it.Options {
				q.Options = append(q.Options, in(o.Name))
			}
			to.Items = append(to.Items, q)
		}
	}
	if len(to.Items) > 0 {
		m.Sections = append(m.Sections, to)
	}
}

func upTo(n int) []int {
	all := make([]int, n)
	for i := range all {
		all[i] = i + 1
	}
	return all
}

// style is the stylesheet with the sizes of the paper, the brand's colour and
// the fonts.
func (s *sheet) style(brand string) string {
	trim, around := a6, 0.0
	if s.sign {
		trim = a5
	}
	if s.marks {
		around = margin
	}
	mm := func(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }
	return strings.NewReplacer(
		"$PW", mm(trim.width+2*around), "$PH", mm(trim.height+2*around), "$W", mm(trim.width), "$H", mm(trim.height), "$M", mm(around),
		"$A", brand,
		"$REGULAR", base64.StdEncoding.EncodeToString(liberationsansregular.TTF),
		"$BOLD", base64.StdEncoding.EncodeToString(liberationsansbold.TTF),
	).Replace(styleSource)
}
