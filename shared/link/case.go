package link

import (
	"encoding/base32"
	"encoding/binary"
	"fmt"
	"time"

	"resonanz/shared/feedback"
)

// Case is what a link to a status page says: one case, nothing personal.
type Case struct {
	Number    string            // as package casefile writes it: "2603-7K2M-Q4XA"
	Language  feedback.Language // empty: the organisation's
	ExpiresAt time.Time         // whole hours in a token, rounded up
}

// Layout of the token of a case before base64url (without padding), 30 bytes →
// 40 characters, as it may have to be typed from paper: version, key id, month,
// the 40 bits of the number, expiry, language, MAC. The MAC covers "case\x00"
// and everything before it: no token of a case is ever one of a rating, nor the
// other way round.
const (
	caseVersion = 2

	caseMonth    = 2
	caseID       = 4
	caseExpiry   = 9
	caseLanguage = 12
	caseMAC      = 14
	caseBytes    = caseMAC + macLen
	caseDomain   = "case\x00"

	numberLen = len("2603-7K2M-Q4XA")
)

// CaseLen is the length of every token of a case in characters.
const CaseLen = caseBytes * 8 / 6

// crockford is the alphabet of case numbers.
var crockford = base32.NewEncoding("0123456789ABCDEFGHJKMNPQRSTVWXYZ").WithPadding(base32.NoPadding)

// SignCase writes c as a token with the current key of r. A number that
// casefile.ParseNumber refuses, and a ring without keys, are programming errors
// and panic.
func SignCase(r Keyring, c Case) string {
	var b [caseBytes]byte
	if r.IsZero() || len(c.Language) != 0 && len(c.Language) != 2 || !packNumber(b[caseMonth:caseExpiry], c.Number) {
		panic("link: signing a token of a case that no Parse function made")
	}
	b[0] = caseVersion
	b[1] = r.current.id
	putHours(b[caseExpiry:], c.ExpiresAt)
	copy(b[caseLanguage:caseMAC], c.Language)
	m := caseMessage(b[:caseMAC])
	mac(b[:caseMAC], r.current.secret, macLen, m[:])
	return strict.EncodeToString(b[:])
}

// VerifyCase reads the token of a case. Errors are those of Verify: ErrMalformed,
// ErrUnknownKey, ErrForged, and ErrExpired, in which case the token is returned
// too. A token is valid until, not at, its expiry.
func VerifyCase(r Keyring, s string, now time.Time) (Case, error) {
	var b [caseBytes]byte
	if len(s) != CaseLen {
		return Case{}, fmt.Errorf("reading the token of a case: %w", ErrMalformed)
	}
	if n, err := strict.Decode(b[:], []byte(s)); err != nil || n != caseBytes || b[0] != caseVersion {
		return Case{}, fmt.Errorf("reading the token of a case: %w", ErrMalformed)
	}
	m := caseMessage(b[:caseMAC])
	if err := r.check(b[1], m[:], b[caseMAC:]); err != nil {
		return Case{}, fmt.Errorf("verifying the token of a case: %w", err)
	}
	c := Case{Number: unpackNumber(b[caseMonth:caseExpiry]), ExpiresAt: hours(b[caseExpiry:])}
	if b[caseLanguage] != 0 {
		c.Language = feedback.Language(b[caseLanguage:caseMAC])
	}
	if c.Number == "" {
		return Case{}, fmt.Errorf("reading the signed token of a case: %w", ErrMalformed)
	}
	if !now.Before(c.ExpiresAt) {
		return c, fmt.Errorf("verifying the token of a case: %w", ErrExpired)
	}
	return c, nil
}

func caseMessage(b []byte) (m [len(caseDomain) + caseMAC]byte) {
	copy(m[copy(m[:], caseDomain):], b)
	return m
}

// packNumber writes a case number into 7 bytes: year · 100 + month, then 40 bits.
func packNumber(b []byte, s string) bool {
	if len(s) != numberLen || s[4] != '-' || s[9] != '-' {
		return false
	}
	month := uint16(0)
	for _, d := range []byte(s[:4]) {
		if d < '0' || d > '9' {
			return false
		}
		month = month*10 + uint16(d-'0')
	}
	binary.BigEndian.PutUint16(b, month)
	var text [8]byte
	copy(text[copy(text[:], s[5:9]):], s[10:])
	n, err := crockford.Decode(b[2:], text[:])
	return err == nil && n == 5 && month%100 >= 1 && month%100 <= 12
}

// unpackNumber is the reverse; "" of what packNumber does not write.
func unpackNumber(b []byte) string {
	month := binary.BigEndian.Uint16(b)
	if month > 9912 || month%100 < 1 || month%100 > 12 {
		return ""
	}
	s := crockford.EncodeToString(b[2:7])
	return fmt.Sprintf("%04d-%s-%s", month, s[:4], s[4:])
}
