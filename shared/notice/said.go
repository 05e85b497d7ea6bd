package notice

import (
	"fmt"
	"maps"
	"slices"
	"strconv"

	"resonanz/shared/config"
)

// said words what was said at one time: when and how good, then each text under
// its name.
func (w *Writer) said(s Said) statement {
	t := w.texts()
	st := statement{when: w.time(s.At)}
	if s.Scale.Valid(s.Rating) {
		st.when += " · " + w.rating(s.Rating, s.Scale)
	}
	add := func(name, value string) {
		if value != "" {
			st.rows = append(st.rows, row{name, value})
		}
	}
	add(t.category, w.category(s.Category))
	if s.Category != "" {
		add(t.complaint, s.Comment)
	} else {
		add(t.comment, s.Comment)
	}
	if s.Annoyance > 0 {
		add(t.annoyance, fmt.Sprintf(t.ofFive, strconv.Itoa(s.Annoyance)))
	}
	add(t.remedy, s.Remedy)
	if s.Card != "" {
		card := w.card(s.Card)
		add(t.card, w.in(card.Title, s.Card))
		add(t.phase, s.Phase)
		st.rows = append(st.rows, w.answers(card, s)...)
	}
	add(t.suggestion, s.Suggestion)
	add(t.wrote, s.Words)
	if s.Stars > 0 {
		add(t.acted["rated"], fmt.Sprintf(t.ofFive, strconv.Itoa(s.Stars)))
	}
	add(t.contact, s.Contact)
	return st
}

// card is the configured one, empty where it is not configured any more.
func (w *Writer) card(id string) *config.Card {
	if w.Card != nil {
		if c := w.Card(id); c != nil {
			return c
		}
	}
	return new(config.Card)
}

// answers lists the answers in the order of the card's questions, then those to
// questions it does not have any more.
func (w *Writer) answers(card *config.Card, s Said) []row {
	var rows []row
	seen := map[string]bool{}
	for _, section := range card.Sections {
		for i := range section.Items {
			item := &section.Items[i]
			seen[item.ID] = true
			name := w.in(item.Label, item.ID)
			if code := s.Answers[item.ID]; code != "" {
				rows = append(rows, row{name, w.answer(item, code)})
			}
			if own := s.Own[item.ID]; own != "" {
				rows = append(rows, row{name, own})
			}
		}
	}
	for _, all := range [...]map[string]string{s.Answers, s.Own} {
		for _, id := range slices.Sorted(maps.Keys(all)) {
			if !seen[id] && all[id] != "" {
				rows = append(rows, row{id, all[id]})
			}
		}
	}
	return rows
}

// answer words the code of an answer.
func (w *Writer) answer(item *config.CardItem, code string) string {
	t := w.texts()
	switch {
	case item.Kind == config.ItemRating:
		return fmt.Sprintf(t.ofFive, code)
	case item.Kind == config.ItemYesNo && code == "yes":
		return t.yes
	case item.Kind == config.ItemYesNo && code == "no":
		return t.no
	}
	for _, o := range item.Options {
		if o.Code == code {
			return w.in(o.Name, code)
		}
	}
	return code
}

// in is a configured text in the language of the mail, else in any, else the id.
func (w *Writer) in(text config.Text, id string) string {
	if s := text[w.Language]; s != "" {
		return s
	}
	for _, l := range slices.Sorted(maps.Keys(text)) {
		if text[l] != "" {
			return text[l]
		}
	}
	return id
}
