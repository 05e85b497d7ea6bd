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
	whole  []string // must be a text of its own
	within []string // in lower case; may stand within a text
}

// Texts shorter than these, in bytes, would be found where they are not meant.
const (
	leastWhole   = 3
	leastContact = 6 // of addresses and numbers, within a text
	leastText    = 12
)

func valuesOf(customerKey string, files []*file) *Values {
	v := new(Values)
	v.add(customerKey, leastText)
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
		v.whole = append(v.whole, s)
	}
	if len(s) >= leastWithin {
		v.within = append(v.within, s)
	}
}

// In reports whether a message holds something that the customer gave; where its
// sender tells of mail or files, also whether it tells of one of the customer's.
func (v *Values) In(body string, tells bool) bool {
	texts := []string{strings.ToLower(body)}
	var decoded any
	if json.Unmarshal([]byte(body), &decoded) == nil {
		texts = textsIn(nil, decoded, 0)
	}
	for _, s := range texts {
		if tells && slices.ContainsFunc(v.names, func(name string) bool { return strings.Contains(s, strings.ToLower(name)) }) {
			return true
		}
		if slices.Contains(v.whole, strings.TrimSpace(s)) || slices.ContainsFunc(v.within, func(w string) bool { return strings.Contains(s, w) }) {
			return true
		}
	}
	return false
}

// deepest bounds how often JSON is found within a text of JSON.
const deepest = 4

// textsIn are the texts of a JSON value, in lower case, and of what is JSON within
// them, as where one service wraps what another said.
func textsIn(all []string, value any, depth int) []string {
	switch value := value.(type) {
	case string:
		var inner any
		if trimmed := strings.TrimSpace(value); depth < deepest && strings.HasPrefix(trimmed, "{") && json.Unmarshal([]byte(trimmed), &inner) == nil {
			all = textsIn(all, inner, depth+1)
		}
		return append(all, strings.ToLower(value))
	case []any:
		for _, v := range value {
			all = textsIn(all, v, depth)
		}
	case map[string]any:
		for k, v := range value {
			all = textsIn(append(all, strings.ToLower(k)), v, depth)
		}
	}
	return all
}
