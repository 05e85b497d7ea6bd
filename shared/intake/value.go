package intake

import (
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"resonanz/shared/problem"
)

// Lengths in characters.
const (
	MaxText    = 2000 // comment and suggestion
	MaxContact = 200
	MaxName    = 100 // of who complains
	maxCode    = 40  // reason, topic
	maxKey     = 64  // customer_key
)

// text checks free text and returns it without surrounding white space and with
// line ends as "\n". Control characters are refused, tab and line ends apart;
// in a single line these too.
func text(s string, limit int, lines bool) (string, problem.Code, string) {
	if !utf8.ValidString(s) {
		return "", problem.InvalidUTF8, "not valid UTF-8"
	}
	if strings.Contains(s, "\r") {
		s = strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\r", "\n")
	}
	s = strings.TrimSpace(s)
	for _, r := range s {
		if r < ' ' && (!lines || r != '\n' && r != '\t') || r >= 0x7f && r < 0xa0 {
			return "", problem.ControlCharacter, "contains a control character"
		}
	}
	if len(s) > limit && utf8.RuneCountInString(s) > limit {
		return "", problem.TooLong, fmt.Sprintf("at most %d characters", limit)
	}
	return s, "", ""
}

// code checks a code such as "waiting_time" or "pricing.transparency": it goes
// into facts, so it has no room for anything personal.
func code(s string) (problem.Code, string) {
	ok := s != "" && len(s) <= maxCode && s[0] >= 'a' && s[0] <= 'z'
	for i := 0; ok && i < len(s); i++ {
		c := s[i]
		ok = c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '_' || c == '-' || c == '.'
	}
	if !ok {
		return problem.InvalidValue, fmt.Sprintf("want a code: a lower-case letter, then up to %d of a-z, 0-9, '.', '_' and '-'", maxCode-1)
	}
	return "", ""
}

// customerKey checks the owner's opaque key of a customer. An e-mail address is
// none: '@' is refused.
func customerKey(s string) (problem.Code, string) {
	ok := s != "" && len(s) <= maxKey
	for i := 0; ok && i < len(s); i++ {
		c := s[i]
		ok = c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.IndexByte("._:-", c) >= 0
	}
	if !ok {
		return problem.InvalidValue, fmt.Sprintf("want an opaque key: 1 to %d of A-Z, a-z, 0-9, '.', '_', ':' and '-'", maxKey)
	}
	return "", ""
}

// instant reads RFC 3339 with an offset, as UTC in whole milliseconds.
func instant(s string) (time.Time, problem.Code, string) {
	t, err := time.Parse(time.RFC3339Nano, s)
	if err == nil && !strings.Contains(s, ",") && t.Year() >= 2000 {
		return Instant(t), "", ""
	}
	for _, layout := range [...]string{"2006-01-02T15:04:05.999999999", "2006-01-02T15:04"} {
		if _, err := time.Parse(layout, s); err == nil {
			return time.Time{}, problem.MissingOffset, "lacks an offset: end with Z or +hh:mm"
		}
	}
	return time.Time{}, problem.InvalidTime, "want RFC 3339 with an offset, such as 2026-03-10T09:00:00+01:00"
}
