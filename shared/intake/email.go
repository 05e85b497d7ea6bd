package intake

import (
	"net/mail"
	"strings"

	"resonanz/shared/problem"
)

// maxEmail is the most an address may have (RFC 5321, section 4.5.3.1.3), in
// bytes, and maxLocal its part before the @.
const (
	maxEmail = 254
	maxLocal = 64
)

// email checks an address that mail is sent to: one plain address in ASCII,
// with a host name after the @, as every mail server takes it. What RFC 5322
// allows beyond that is refused: names, quotes, comments, encoded words, several addresses.
// Nothing that passes can break out of a mail's header.
func email(s string) (problem.Code, string) {
	if len(s) > maxEmail {
		return problem.TooLong, "at most 254 characters"
	}
	for i := range len(s) {
		if s[i] < ' ' || s[i] == 0x7f {
			return problem.ControlCharacter, "contains a control character"
		}
		if s[i] > 0x7f {
			return problem.InvalidEmail, "want ASCII; write an international domain as xn--…"
		}
	}
	a, err := mail.ParseAddress(s)
	local, host, _ := strings.Cut(s, "@")
	if err != nil || a.Name != "" || a.Address != s || len(local) > maxLocal || strings.Contains(local, "=?") || !hostName(host) {
		return problem.InvalidEmail, "want one e-mail address, such as name@example.com"
	}
	return "", ""
}

// hostName reports whether s is a name with at least one dot whose last label
// is no number.
func hostName(s string) bool {
	labels := strings.Split(s, ".")
	for _, l := range labels {
		if l == "" || len(l) > 63 || l[0] == '-' || l[len(l)-1] == '-' {
			return false
		}
		for i := range len(l) {
			if c := l[i] | 0x20; (c < 'a' || c > 'z') && (l[i] < '0' || l[i] > '9') && l[i] != '-' {
				return false
			}
		}
	}
	last := labels[len(labels)-1]
	return len(labels) > 1 && (last[0] < '0' || last[0] > '9')
}
