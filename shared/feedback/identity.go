package feedback

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base32"
	"encoding/hex"
	"fmt"
	"time"

	"resonanz/shared/period"
)

// NewEventID mints a random event id (UUID version 4, RFC 9562).
func NewEventID() EventID {
	var u [16]byte
	_, _ = rand.Read(u[:]) // never fails: crypto/rand ends the program instead
	u[6] = u[6]&0x0f | 0x40
	return formatUUID(u)
}

// DeriveEventID makes the event id (UUID version 8, RFC 9562) that belongs to
// the given parts: the same parts in the same order are the same event. Parts
// are kept apart by their lengths, so ("ab", "c") differs from ("a", "bc").
func DeriveEventID(parts ...string) EventID {
	h := sha256.New()
	for _, p := range parts {
		n := len(p)
		h.Write([]byte{byte(n >> 24), byte(n >> 16), byte(n >> 8), byte(n)})
		h.Write([]byte(p))
	}
	var sum [sha256.Size]byte
	u := [16]byte(h.Sum(sum[:0])[:16])
	u[6] = u[6]&0x0f | 0x80
	return formatUUID(u)
}

func formatUUID(u [16]byte) EventID {
	u[8] = u[8]&0x3f | 0x80
	var b [36]byte
	hex.Encode(b[0:], u[0:4])
	hex.Encode(b[9:], u[4:6])
	hex.Encode(b[14:], u[6:8])
	hex.Encode(b[19:], u[8:10])
	hex.Encode(b[24:], u[10:16])
	b[8], b[13], b[18], b[23] = '-', '-', '-', '-'
	return EventID(b[:])
}

// ParseEventID reads a UUID as text, 36 characters with hyphens. Upper case is
// accepted and lowered, so that one id has one spelling. The nil UUID is
// refused: it is what a broken device sends for every event.
func ParseEventID(s string) (EventID, error) {
	bad := len(s) != 36
	upper, zero := false, true
	for i := 0; i < len(s) && !bad; i++ {
		c := s[i]
		switch {
		case i == 8 || i == 13 || i == 18 || i == 23:
			bad = c != '-'
		case c == '0':
		case c >= '1' && c <= '9' || c >= 'a' && c <= 'f':
			zero = false
		case c >= 'A' && c <= 'F':
			upper, zero = true, false
		default:
			bad = true
		}
	}
	if bad || zero {
		return "", fmt.Errorf("event_id: %w: want a UUID such as 018e4f6a-3c1b-7e2d-9f00-5a6b7c8d9e0f", ErrInvalid)
	}
	if !upper {
		return EventID(s), nil
	}
	b := []byte(s)
	for i, c := range b {
		if c >= 'A' && c <= 'F' {
			b[i] = c + 'a' - 'A'
		}
	}
	return EventID(b), nil
}

// ResponseID is the part of a response key after the month: 80 bits.
type ResponseID [10]byte

var responseIDText = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)

const (
	monthLen       = len("2026-03")
	responseKeyLen = monthLen + 1 + 16
)

// NewResponseKey joins the month in which a key is issued and its id.
func NewResponseKey(month period.Period, id ResponseID) ResponseKey {
	var b [responseKeyLen]byte
	copy(b[:], month.String())
	b[monthLen] = '-'
	responseIDText.Encode(b[monthLen+1:], id[:])
	return ResponseKey(b[:])
}

// ResponseIDOf is the response id of an event that came without a response
// key, and of an invitation: the first 80 bits of
// SHA-256("response\x00" + event id). The same event always gets the same.
func ResponseIDOf(event EventID) ResponseID {
	var b [64]byte
	sum := sha256.Sum256(append(append(b[:0], "response\x00"...), event...))
	return ResponseID(sum[:10])
}

// KeyFor is the response key of an event that came without one: the month of
// the instant t in zone and ResponseIDOf the event. For a device event, t is
// its EffectiveTime; for an invitation the time of its issue.
func KeyFor(event EventID, t time.Time, zone *time.Location) ResponseKey {
	return NewResponseKey(period.Of(t, zone), ResponseIDOf(event))
}

// ParseResponseKey reads "2026-03-" followed by 16 of a-z and 2-7.
func ParseResponseKey(s string) (ResponseKey, error) {
	ok := len(s) == responseKeyLen && s[monthLen] == '-'
	for i := monthLen + 1; ok && i < len(s); i++ {
		ok = s[i] >= 'a' && s[i] <= 'z' || s[i] >= '2' && s[i] <= '7'
	}
	if ok {
		_, err := period.Parse(s[:monthLen])
		ok = err == nil
	}
	if !ok {
		return "", fmt.Errorf("response_key: %w: want yyyy-mm- and 16 characters of a-z and 2-7", ErrInvalid)
	}
	return ResponseKey(s), nil
}

// Month is the month whose partition holds every event of k; zero when k was
// not made by NewResponseKey or ParseResponseKey.
func (k ResponseKey) Month() period.Period {
	if len(k) < monthLen {
		return period.Period{}
	}
	p, err := period.Parse(string(k[:monthLen]))
	if err != nil {
		return period.Period{}
	}
	return p
}

// ID is the part of k after the month.
func (k ResponseKey) ID() (id ResponseID) {
	if len(k) == responseKeyLen {
		_, _ = responseIDText.Decode(id[:], []byte(k[monthLen+1:]))
	}
	return id
}

// EffectiveTime is the time an event counts under: when it was submitted, or
// when it was received if the device clock ran ahead by more than maxSkew; then
// skewed is true.
func EffectiveTime(submitted, received time.Time, maxSkew time.Duration) (t time.Time, skewed bool) {
	if submitted.Sub(received) > maxSkew {
		return received, true
	}
	return submitted, false
}
