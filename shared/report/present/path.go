package present

import (
	"strings"

	"resonanz/shared/feedback"
)

// path says in words which figure a path of report.json is: "Zufriedenheit nach
// Kontaktpunkt › Hotline › CSAT". What nobody has a word for stays as it is.
func (w *writer) path(path string) string {
	parts := strings.Split(path, ".")
	var out []string
	for i := 0; i < len(parts); {
		n, word := w.step(parts[i:])
		out = append(out, word)
		i += n
	}
	return strings.Join(out, nbsp+"› ")
}

// step is the word for the first names of a path, and how many they are: codes
// of categories have dots of their own.
func (w *writer) step(parts []string) (n int, word string) {
	first := parts[0]
	if w.has("path/" + first) {
		return 1, w.say("path/" + first)
	}
	if name := w.o.Names[feedback.Touchpoint(first)]; name != "" {
		return 1, name
	}
	for _, family := range []string{"channel", "scale", "rule.name", "reason.other", "root_cause", "severity", "decision", "compensation", "answer"} {
		if w.has(family + "/" + first) {
			return 1, w.say(family + "/" + first)
		}
	}
	if name := w.o.Reasons[first]; name != "" {
		return 1, name
	}
	for n := len(parts); n > 0; n-- {
		code := strings.Join(parts[:n], ".")
		if name := w.category(code); name != code {
			return n, name
		}
	}
	return 1, strings.ReplaceAll(first, "_", " ")
}
