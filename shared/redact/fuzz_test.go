package redact_test

import (
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"resonanz/shared/redact"
)

var plainAddress = regexp.MustCompile(`(^|[\s,;:<(])[a-z0-9]+@[a-z0-9]+\.[a-z]{2,}($|[\s,;:>)])`)

// Whatever was written: no plain address stays, and text without signs of one stays
// as it was. Taking out twice changes nothing.
func FuzzWords(f *testing.F) {
	for _, s := range []string{
		"Rufen Sie mich an: 0221 4710-815", "Mail an anna@example.com bitte", "anna (at) example (dot) com", "Bestellung 4711-0815 vom 12.03.2026, 49,90 €",
		"+49 (0)221 47 10 815", "appelez-moi au 06 12 34 56 78", "chiamatemi: +39 02 1234567", "Konto DE89 3704 0044 0532 0130 00", "\xff@\xfe.de", "@@@@", "☎ 1", "1 2 3 4 5 6 7 8 9",
		"00000000000+00000000", "0221123456,0221123456", "0221123456-+49221123456",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := redact.Words(s)
		if plainAddress.MatchString(got) {
			t.Errorf("%q keeps an address: %q", s, got)
		}
		if again := redact.Words(got); again != got {
			t.Errorf("%q becomes %q, and that %q", s, got, again)
		}
		if utf8.ValidString(s) && !utf8.ValidString(got) {
			t.Errorf("%q becomes no text: %q", s, got)
		}
		if !strings.ContainsAny(s, "@0123456789([{") && got != s {
			t.Errorf("%q becomes %q", s, got)
		}
	})
}
