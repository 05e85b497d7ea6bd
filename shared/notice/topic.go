package notice

import (
	"strings"

	"resonanz/events"
)

// Topic words a for an SNS topic, whose subscribers may be anyone: nothing
// personal. The subject keeps to what SNS takes: printable ASCII, at most 100
// characters, beginning with a letter or digit.
func (w *Writer) Topic(a *events.Alert) (subject, text string) {
	var b strings.Builder
	b.WriteString(w.intro(a) + "\n\n")
	for _, r := range w.facts(a) {
		b.WriteString(r.name + ": " + r.value + "\n")
	}
	if address := w.desk(a); address != "" {
		b.WriteString(w.texts().open + ": " + address + "\n")
	}
	return ascii(w.subject(a), 100), b.String()
}

var transliterate = strings.NewReplacer(
	"ä", "ae", "ö", "oe", "ü", "ue", "Ä", "Ae", "Ö", "Oe", "Ü", "Ue", "ß", "ss",
	"·", "-", "–", "-", "…", "...", "é", "e", "è", "e")

func ascii(s string, most int) string {
	b := []byte(transliterate.Replace(s))
	out := b[:0]
	for _, c := range b {
		switch {
		case c >= ' ' && c <= '~':
			out = append(out, c)
		case c >= 0xc0: // the first byte of another character
			out = append(out, '?')
		}
	}
	for len(out) > 0 && !isAlphanumeric(out[0]) {
		out = out[1:]
	}
	if len(out) > most {
		out = out[:most]
	}
	return strings.TrimRight(string(out), " ")
}

func isAlphanumeric(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z'
}
