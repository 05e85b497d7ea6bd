package present

import (
	"resonanz/shared/category"
	"resonanz/shared/config"
	"resonanz/shared/feedback"
)

// Options is what a document needs besides the report: the language, and the
// names of what the report knows by its code. A code without a name is shown as
// it is.
type Options struct {
	Language feedback.Language              // one of Languages; any other is written in English
	Accent   string                         // brand colour, #rrggbb; empty: that of the pages
	Names    map[feedback.Touchpoint]string // of touchpoints
	Category func(code string) string       // of complaints; nil: the code
	Reasons  map[string]string              // by code
	Groups   map[string]string              // by id
	Cards    map[string]string              // titles, by id
	Items    map[string]string              // questions, by card/item
	Answers  map[string]string              // options of choices, by card/item/code
}

// OptionsOf takes the names from the configuration.
func OptionsOf(c *config.Config, l feedback.Language) Options {
	o := Options{
		Language: l, Accent: c.Organisation.Accent,
		Names: make(map[feedback.Touchpoint]string), Reasons: make(map[string]string), Groups: make(map[string]string),
		Cards: make(map[string]string), Items: make(map[string]string), Answers: make(map[string]string),
		Category: func(code string) string { return category.Name(c, code, l) },
	}
	for i := range c.Touchpoints {
		o.Names[c.Touchpoints[i].ID] = c.In(c.Touchpoints[i].Name, l)
	}
	for _, r := range c.Reasons {
		o.Reasons[r.Code] = c.In(r.Name, l)
	}
	for _, g := range c.Groups {
		o.Groups[g.ID] = c.In(g.Name, l)
	}
	for _, card := range c.Cards {
		o.Cards[card.ID] = c.In(card.Title, l)
		for _, s := range card.Sections {
			for _, it := range s.Items {
				o.Items[card.ID+"/"+it.ID] = c.In(it.Label, l)
				for _, a := range it.Options {
					o.Answers[card.ID+"/"+it.ID+"/"+a.Code] = c.In(a.Name, l)
				}
			}
		}
	}
	return o
}

// Languages are the languages that a report can be written in.
func Languages() []feedback.Language { return []feedback.Language{"de", "en"} }
