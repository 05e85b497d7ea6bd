package casefile

import (
	"crypto/sha256"
	"encoding/base32"
	"fmt"
	"strconv"

	"resonanz/shared/feedback"
	"resonanz/shared/period"
)

// crockford leaves out I, L, O and U, so that a number can be read out.
var crockford = base32.NewEncoding("0123456789ABCDEFGHJKMNPQRSTVWXYZ").WithPadding(base32.NoPadding)

const numberLen = len("2603-7K2M-Q4XA")

// NumberOf is the number of the case of a family about a subject: the month of
// the opening event's response key, then 40 bits of
// SHA-256(family + "\x00" + subject + "\x00" + attempt). The same case always
// gets the same number, so opening it twice cannot make two. Attempt is 0; when
// that number already belongs to another subject, 1, and so on.
func NumberOf(family Family, subject string, month period.Period, attempt int) Number {
	b := make([]byte, 0, 96)
	b = append(append(append(b, family...), 0), subject...)
	b = strconv.AppendInt(append(b, 0), int64(attempt), 10)
	sum := sha256.Sum256(b)
	var t [8]byte
	crockford.Encode(t[:], sum[:5])
	m := month.String()
	return Number(m[2:4] + m[5:7] + "-" + string(t[:4]) + "-" + string(t[4:]))
}

// ParseNumber reads a case number as NumberOf writes it.
func ParseNumber(s string) (Number, error) {
	ok := len(s) == numberLen
	for i := 0; ok && i < len(s); i++ {
		c := s[i]
		switch {
		case i == 4 || i == 9:
			ok = c == '-'
		case c >= '0' && c <= '9':
		default:
			ok = i > 4 && c >= 'A' && c <= 'Z' && c != 'I' && c != 'L' && c != 'O' && c != 'U'
		}
	}
	if !ok || s[2:4] < "01" || s[2:4] > "12" {
		return "", fmt.Errorf("case number: %w: want yymm-XXXX-XXXX", feedback.ErrInvalid)
	}
	return Number(s), nil
}
