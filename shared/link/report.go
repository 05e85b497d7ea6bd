package link

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"time"

	"resonanz/shared/feedback"
	"resonanz/shared/period"
)

// Report is what a link to a monthly report says: one version in one language,
// nothing personal. Who holds it can read that version until it expires.
type Report struct {
	Period    period.Period
	Group     Code // GroupCode of the part it is of; zero: the whole
	Version   int  // 1 to 65535
	Language  feedback.Language
	ExpiresAt time.Time // whole hours in a token, rounded up
}

// GroupCode stands for a group of touchpoints inside a token: the first 4 bytes
// of SHA-256 of "group\x00" and its id; zero for the whole, "".
func GroupCode(id string) Code {
	if id == "" {
		return Code{}
	}
	sum := sha256.Sum256([]byte("group\x00" + id))
	return Code(sum[:4])
}

// Layout of the token of a report before base64url (without padding), 31 bytes →
// 42 characters: version, key id, month, report version, group, expiry, language,
// MAC. The MAC covers "report\x00" and everything before it: no token of a report
// is ever one of a rating or of a case.
const (
	reportVersion = 3

	reportMonth    = 2
	reportNumber   = 4
	reportGroup    = 6
	reportExpiry   = 10
	reportLanguage = 13
	reportMAC      = 15
	reportBytes    = reportMAC + macLen
	reportDomain   = "report\x00"
)

// ReportLen is the length of every token of a report in characters.
const ReportLen = (reportBytes*8 + 5) / 6

// SignReport writes v as a token with the current key of r. A language that is no
// code, a version out of range, and a ring without keys are programming errors
// and panic.
func SignReport(r Keyring, v Report) string {
	if r.IsZero() || v.Period.IsZero() || len(v.Language) != 2 || v.Version < 1 || v.Version > 1<<16-1 {
		panic("link: signing a token of a report that there cannot be")
	}
	var b [reportBytes]byte
	b[0] = reportVersion
	b[1] = r.current.id
	binary.BigEndian.PutUint16(b[reportMonth:], uint16(v.Period.Index()))
	binary.BigEndian.PutUint16(b[reportNumber:], uint16(v.Version))
	copy(b[reportGroup:], v.Group[:])
	putHours(b[reportExpiry:], v.ExpiresAt)
	copy(b[reportLanguage:reportMAC], v.Language)
	m := reportMessage(b[:reportMAC])
	mac(b[:reportMAC], r.current.secret, macLen, m[:])
	return strict.EncodeToString(b[:])
}

// VerifyReport reads the token of a report. Errors are those of Verify:
// ErrMalformed, ErrUnknownKey, ErrForged, and ErrExpired, in which case what the
// token says is returned too. A token is valid until, not at, its expiry.
func VerifyReport(r Keyring, s string, now time.Time) (Report, error) {
	var b [reportBytes]byte
	if len(s) != ReportLen {
		return Report{}, fmt.Errorf("reading the token of a report: %w", ErrMalformed)
	}
	if n, err := strict.Decode(b[:], []byte(s)); err != nil || n != reportBytes || b[0] != reportVersion {
		return Report{}, fmt.Errorf("reading the token of a report: %w", ErrMalformed)
	}
	m := reportMessage(b[:reportMAC])
	if err := r.check(b[1], m[:], b[reportMAC:]); err != nil {
		return Report{}, fmt.Errorf("verifying the token of a report: %w", err)
	}
	month := binary.BigEndian.Uint16(b[reportMonth:])
	if month > maxMonth {
		return Report{}, fmt.Errorf("reading the signed token of a report: %w", ErrMalformed)
	}
	v := Report{
		Period: period.FromIndex(int(month)), Group: Code(b[reportGroup:reportExpiry]), Version: int(binary.BigEndian.Uint16(b[reportNumber:])),
		Language: feedback.Language(b[reportLanguage:reportMAC]), ExpiresAt: hours(b[reportExpiry:]),
	}
	if !now.Before(v.ExpiresAt) {
		return v, fmt.Errorf("verifying the token of a report: %w", ErrExpired)
	}
	return v, nil
}

func reportMessage(b []byte) (m [len(reportDomain) + reportMAC]byte) {
	copy(m[copy(m[:], reportDomain):], b)
	return m
}
