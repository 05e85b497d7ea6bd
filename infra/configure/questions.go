package configure

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"resonanz/shared/config"
	"resonanz/shared/feedback"
)

// maxQuestions bounds a card: it is short or it is not filled in.
const maxQuestions = 24

// checker collects what is wrong with what customers are asked.
type checker struct {
	c     *config.Config
	found []finding
}

func (k *checker) refuse(text string, path ...string) {
	k.found = append(k.found, finding{path: path, text: text})
}

// text refuses a text that lacks one of the organisation's languages.
func (k *checker) text(t config.Text, path ...string) {
	for _, l := range k.c.Organisation.Languages {
		if strings.TrimSpace(t[l]) == "" {
			k.found = append(k.found, finding{path: path, key: string(l), text: "is missing: a text for each of organisation.languages"})
		}
	}
}

// below is the path further down; path itself stays as it is.
func below(path []string, steps ...string) []string { return slices.Concat(path, steps) }

// unique refuses a name that an earlier one of the list has.
func unique[T ~string](k *checker, at map[T]int, name T, list string, i int, field string, path ...string) {
	if j, taken := at[name]; taken {
		k.refuse(fmt.Sprintf("is %q, like %s[%d].%s", name, list, j, field), below(path, field)...)
		return
	}
	at[name] = i
}

// checkQuestions lists what is wrong with reasons and cards, and with what
// touchpoints say of them.
func checkQuestions(c *config.Config) []finding {
	k := &checker{c: c}
	codes := map[string]int{}
	for i, r := range c.Reasons {
		path := []string{"reasons", strconv.Itoa(i)}
		unique(k, codes, r.Code, "reasons", i, "code", path...)
		k.text(r.Name, below(path, "name")...)
	}
	ids := map[string]int{}
	for i := range c.Cards {
		path := []string{"cards", strconv.Itoa(i)}
		unique(k, ids, c.Cards[i].ID, "cards", i, "id", path...)
		k.card(&c.Cards[i], path)
	}
	for i, t := range c.Touchpoints {
		for j, code := range t.Reasons {
			if _, known := codes[code]; !known {
				k.refuse(fmt.Sprintf("is %q, which is none of reasons", code), "touchpoints", strconv.Itoa(i), "reasons", strconv.Itoa(j))
			}
		}
		if _, known := ids[t.Card]; !known && t.Card != "" {
			k.refuse(fmt.Sprintf("is %q, which is none of cards", t.Card), "touchpoints", strconv.Itoa(i), "card")
		}
	}
	return k.found
}

func (k *checker) card(c *config.Card, path []string) {
	in := func(steps ...string) []string { return below(path, steps...) }
	k.text(c.Title, in("title")...)
	for i, id := range c.Touchpoints {
		if !slices.ContainsFunc(k.c.Touchpoints, func(t config.Touchpoint) bool { return t.ID == id }) {
			k.refuse(fmt.Sprintf("is %q, which is no touchpoint", id), in("touchpoints", strconv.Itoa(i))...)
		}
	}
	questions, suggestions := 0, 0
	places := map[string]string{}
	for i, s := range c.Sections {
		if s.Title != nil {
			k.text(s.Title, in("sections", strconv.Itoa(i), "title")...)
		}
		for j := range s.Items {
			it := &s.Items[j]
			at := in("sections", strconv.Itoa(i), "items", strconv.Itoa(j))
			if other, taken := places[it.ID]; taken {
				k.refuse(fmt.Sprintf("is %q, like %s", it.ID, other), below(at, "id")...)
			} else {
				places[it.ID] = fieldName(below(at, "id"), "")
			}
			if questions++; questions == maxQuestions+1 {
				k.refuse(fmt.Sprintf("is one question too many: at most %d on a card", maxQuestions), at...)
			}
			if it.Kind == config.ItemSuggestion {
				if suggestions++; suggestions == 2 {
					k.refuse("is a second suggestion: at most one on a card; make it a text", below(at, "kind")...)
				}
			}
			k.item(it, at)
		}
	}
}

func (k *checker) item(it *config.CardItem, path []string) {
	in := func(steps ...string) []string { return below(path, steps...) }
	k.text(it.Label, in("label")...)
	switch {
	case it.Kind == config.ItemChoice && len(it.Options) == 0:
		k.found = append(k.found, finding{path: path, key: "options", text: "is missing: a choice has two or more"})
	case it.Kind != config.ItemChoice && len(it.Options) > 0:
		k.refuse(fmt.Sprintf("is for a choice; this question is of kind %s", it.Kind), in("options")...)
	}
	if it.Measures != "" && it.Kind != config.ItemRating && it.Kind != config.ItemYesNo {
		k.refuse(fmt.Sprintf("is %q; only a rating or a yes_no measures loyalty, and this question is of kind %s", it.Measures, it.Kind), in("measures")...)
	}
	codes := map[string]int{}
	for i, o := range it.Options {
		at := in("options", strconv.Itoa(i))
		unique(k, codes, o.Code, "options", i, "code", at...)
		k.text(o.Name, below(at, "name")...)
	}
}

// checkInvitations lists what is wrong with how customers are asked.
func checkInvitations(c *config.Config) []finding {
	k := &checker{c: c}
	if c.Invitations.ReminderDays >= c.Links.ValidDays {
		k.refuse(fmt.Sprintf("is %d; want fewer than links.valid_days (%d): the link would have expired", c.Invitations.ReminderDays, c.Links.ValidDays),
			"invitations", "reminder_days")
	}
	if c.Notify.MailFrom != "" && strings.TrimSpace(c.Organisation.Address) == "" {
		k.found = append(k.found, finding{path: []string{"organisation"}, key: "address",
			text: "is missing: mail to customers (notify.mail_from) must say who sends it"})
	}
	return k.found
}

// kioskBeatMinutes is the time between two signs of life of the kiosk app.
const kioskBeatMinutes = 5

// checkLook lists what is wrong with how the device i shows itself and when.
func (k *checker) checkLook(i int, d *config.Device, scale feedback.Scale) {
	at := func(steps ...string) []string { return append([]string{"devices", strconv.Itoa(i)}, steps...) }
	if d.Look == "faces" {
		switch {
		case d.Channel != feedback.Kiosk:
			k.refuse("is faces; only a kiosk shows them", at("look")...)
		case scale == feedback.CSAT10:
			k.refuse("is faces; there are five, and this touchpoint is rated on "+string(scale), at("look")...)
		}
	}
	if d.Channel == feedback.Kiosk && d.SilentMinutes > 0 && d.SilentMinutes <= 2*kioskBeatMinutes {
		k.refuse(fmt.Sprintf("is %d; want more than %d, or 0: a kiosk gives a sign of life every %d minutes, and one may get lost",
			d.SilentMinutes, 2*kioskBeatMinutes, kioskBeatMinutes), at("silent_minutes")...)
	}
	if h := d.Hours; h != nil && h.From >= h.To {
		k.refuse(fmt.Sprintf("is %q; want later than from (%q) on the same day", h.To, h.From), at("hours", "to")...)
	}
}
