package customer

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"resonanz/shared/feedback"
)

// Values are what a message is searched for: what the customer gave, and the
// names of the responses and cases that it could be told of.
type Values struct {
	names  []string // of responses and cases; nothing personal
	key    string   // of the customer, in lower case: a text of its own anywhere
	short  []string // in lower case: a text of its own, where customers give something
	within []string // in lower case; may stand within a text
}

// Texts shorter than these, in bytes, would be found where they are not meant.
const (
	leastWhole   = 3
	leastContact = 6 // of addresses and numbers, within a text
	leastText    = 12
)

// given are the names under which a message could hold what a customer said. Short
// words are looked for under these alone: a comment may be "price", and every event
// with that reason is still to be counted.
var given = []string{
	"comment", "suggestion", "answers", "remedy", "email", "name", "callback_contact", "contact", "customer_key", "words", "text", "wish",
}

func valuesOf(customerKey string, files []*file) *Values {
	v := new(Values)
	if v.add(customerKey, leastText); len(customerKey) >= leastWhole {
		v.key = strings.ToLower(customerKey)
	}
	for _, f := range files {
		v.names = append(v.names, string(f.key))
		for i := range f.entries {
			var p feedback.Personal
			if json.Unmarshal(f.entries[i].Personal, &p) != nil {
				continue
			}
			for _, s := range [...]string{p.Email, p.CallbackContact} {
				v.add(s, leastContact)
			}
			for _, s := range append([]string{p.Name, p.Comment, p.Suggestion, p.Remedy}, slices.Collect(maps.Values(p.Answers))...) {
				v.add(s, leastText)
			}
		}
		for _, h := range f.cases {
			v.names = append(v.names, string(h.Number))
			for i := range h.timeline {
				if w := h.timeline[i].Words; w != nil {
					v.add(w.Text, leastText)
				}
			}
		}
	}
	return v
}

func (v *Values) add(s string, leastWithin int) {
	s = strings.ToLower(strings.TrimSpace(s))
	if len(s) >= leastWhole {
		v.short = append(v.short, s)
	}
	// One long word could be a code, such as that of a touchpoint.
	if len(s) >= leastWithin && (leastWithin < leastText || strings.ContainsAny(s, " \t\n") || strings.ContainsAny(s, "0123456789")) {
		v.within = append(v.within, s)
	}
}

// In reports whether a message holds something that the customer gave; where its
// sender tells of mail or files, also whether it tells of one of the customer's.
func (v *Values) In(body string, tells bool) bool {
	texts := []said{{text: strings.ToLower(body)}}
	var decoded any
	if json.Unmarshal([]byte(body), &decoded) == nil {
		texts = textsIn(nil, decoded, "", 0)
	}
	for _, s := range texts {
		if tells && slices.ContainsFunc(v.names, func(name string) bool { return strings.Contains(s.text, strings.ToLower(name)) }) {
			return true
		}
		trimmed := strings.TrimSpace(s.text)
		if v.key != "" && trimmed == v.key && !s.name ||
			slices.Contains(given, s.under) && slices.Contains(v.short, trimmed) ||
			slices.ContainsFunc(v.within, func(w string) bool { return strings.Contains(s.text, w) }) {
			return true
		}
	}
	return false
}

// said is a text of a message, in lower case.
type said struct {
	text  string
	under string // the name under which it stands: the nearest of given, else the nearest
	name  bool   // it is such a name itself
}

// deepest bounds how often JSON is found within a text of JSON.
const deepest = 4

// textsIn are the texts of a JSON value, and of what is JSON within them, as where
// one service wraps what another said.
func textsIn(all []said, value any, under string, depth int) []said {
	switch value := value.(type) {
	case string:
		var inner any
		if trimmed := strings.TrimSpace(value); depth < deepest && strings.HasPrefix(trimmed, "{") && json.Unmarshal([]byte(trimmed), &inner) == nil {
			all = textsIn(all, inner, "", depth+1)
		}
		return append(all, said{text: strings.ToLower(value), under: under})
	case []any:
		for _, v := range value {
			all = textsIn(all, v, under, depth)
		}
	case map[string]any:
		for k, v := range value {
			name := strings.ToLower(k)
			all = append(all, said{text: name, name: true})
			if slices.Contains(given, under) {
				name = under
			}
			all = textsIn(all, v, name, depth)
		}
	}
	return all
}
