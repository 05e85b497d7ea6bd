package escalate

import (
	"slices"
	"strings"
	"unicode"
)

// Threatens reports whether a customer's own words hold one of CriticalWords: the
// threat of a lawyer, a court or the media, which makes a complaint critical
// whatever it is about. Each is a word, or several in a row; a star at its end
// stands for any ending: "anwalt*" is in "l'Anwaltskanzlei", not in "Fachanwalt",
// and "to the press" not in "to the pressure". Case and what stands between words
// are of no matter.
func (r Rules) Threatens(text string) bool {
	if text == "" || len(r.CriticalWords) == 0 {
		return false
	}
	said := spaced(text) + " "
	return slices.ContainsFunc(r.CriticalWords, func(w string) bool {
		start, open := strings.CutSuffix(w, "*")
		if start = spaced(start); !open && start != "" {
			start += " "
		}
		return start != "" && strings.Contains(said, start)
	})
}

// spaced is a text in small letters with one space before each word and nothing
// else between them.
func spaced(text string) string {
	var b strings.Builder
	b.Grow(len(text) + 1)
	for w := range strings.FieldsFuncSeq(strings.ToLower(text), func(c rune) bool {
		return !unicode.IsLetter(c) && !unicode.IsDigit(c) && !unicode.IsMark(c)
	}) {
		b.WriteByte(' ')
		b.WriteString(w)
	}
	return b.String()
}
