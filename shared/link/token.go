package link

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"time"

	"resonanz/shared/feedback"
	"resonanz/shared/period"
)

// Code stands for a touchpoint inside a token: the first 4 bytes of SHA-256 of
// its id. The configuration check refuses two touchpoints with one code.
type Code [4]byte

// CodeOf is the code of a touchpoint.
func CodeOf(id feedback.Touchpoint) Code {
	sum := sha256.Sum256([]byte(id))
	return Code(sum[:4])
}

// Token is what a rating link says: one contact, nothing personal.
type Token struct {
	ResponseKey feedback.ResponseKey
	Touchpoint  Code
	Channel     feedback.Channel
	Language    feedback.Language // empty: not known, the browser's counts
	Segment     string            // one letter A to Z, or empty
	ExpiresAt   time.Time         // whole hours in a token, rounded up
}

// Layout of a token before base64url (without padding), 41 bytes → 55
// characters: version, key id, month, response id, expiry, channel, language,
// touchpoint, segment, MAC. The MAC covers everything before it.
const (
	version = 1

	atMonth      = 2
	atID         = 4
	atExpiry     = 14
	atChannel    = 17
	atLanguage   = 18
	atTouchpoint = 20
	atSegment    = 24
	atMAC        = 25
	macLen       = 16
	tokenLen     = atMAC + macLen
)

// Len is the length of every token in characters.
const Len = (tokenLen*8 + 5) / 6

// strict refuses a second spelling of the same bytes.
var strict = base64.RawURLEncoding.Strict()

// epoch is hour 0 of the expiry; 24 bits reach to the year 3933.
var epoch = time.Date(2020, time.January, 1, 0, 0, 0, 0, time.UTC)

// Sign writes t as a token with the current key of r. The fields of t come
// from the Parse functions of feedback, and r from NewKeyring: anything else is
// a programming error and panics.
func Sign(r Keyring, t Token) string {
	channel := t.Channel.Index()
	month := t.ResponseKey.Month()
	if r.IsZero() || channel < 0 || month.IsZero() || len(t.Segment) > 1 || len(t.Language) != 0 && len(t.Language) != 2 {
		panic("link: signing a token that no Parse function made")
	}
	var b [tokenLen]byte
	b[0] = version
	b[1] = r.current.id
	binary.BigEndian.PutUint16(b[atMonth:], uint16(month.Index()))
	id := t.ResponseKey.ID()
	copy(b[atID:], id[:])
	putHours(b[atExpiry:], t.ExpiresAt)
	b[atChannel] = byte(channel)
	copy(b[atLanguage:atTouchpoint], t.Language)
	copy(b[atTouchpoint:], t.Touchpoint[:])
	copy(b[atSegment:atMAC], t.Segment)
	mac(b[:atMAC], r.current.secret, macLen, b[:atMAC])
	return strict.EncodeToString(b[:])
}

// Verify reads a token. Errors: ErrMalformed, ErrUnknownKey (the key may be
// newer than the ring), ErrForged, and ErrExpired, in which case the token is
// returned too. A token is valid until, not at, its expiry.
func Verify(r Keyring, s string, now time.Time) (Token, error) {
	var b [tokenLen]byte
	if len(s) != Len {
		return Token{}, fmt.Errorf("reading a link token: %w", ErrMalformed)
	}
	if n, err := strict.Decode(b[:], []byte(s)); err != nil || n != tokenLen || b[0] != version {
		return Token{}, fmt.Errorf("reading a link token: %w", ErrMalformed)
	}
	if err := r.check(b[1], b[:atMAC], b[atMAC:]); err != nil {
		return Token{}, fmt.Errorf("verifying a link token: %w", err)
	}
	t, ok := decode(b[:atMAC])
	if !ok {
		return Token{}, fmt.Errorf("reading a signed link token: %w", ErrMalformed)
	}
	if !now.Before(t.ExpiresAt) {
		return t, fmt.Errorf("verifying a link token: %w", ErrExpired)
	}
	return t, nil
}

// check compares in constant time, with each key the id may stand for: the two
// ids are equal once in 256 rotations.
func (r Keyring) check(id byte, message, want []byte) error {
	err := ErrUnknownKey
	for _, k := range [2]*key{&r.current, &r.previous} {
		if k.secret == nil || k.id != id {
			continue
		}
		var b [macLen]byte
		if hmac.Equal(mac(b[:0], k.secret, macLen, message), want) {
			return nil
		}
		err = ErrForged
	}
	return err
}

func decode(b []byte) (t Token, ok bool) {
	month := binary.BigEndian.Uint16(b[atMonth:])
	if int(b[atChannel]) >= len(feedback.Channels) || month > maxMonth {
		return Token{}, false
	}
	if b[atLanguage] != 0 {
		t.Language = feedback.Language(b[atLanguage:atTouchpoint])
	}
	if b[atSegment] != 0 {
		t.Segment = string(b[atSegment : atSegment+1])
	}
	t.ResponseKey = feedback.NewResponseKey(period.FromIndex(int(month)), feedback.ResponseID(b[atID:atExpiry]))
	t.Touchpoint = Code(b[atTouchpoint:atSegment])
	t.Channel = feedback.Channels[b[atChannel]]
	t.ExpiresAt = hours(b[atExpiry:])
	return t, true
}

// maxMonth is the index of December 2255, the last month of package period.
const maxMonth = 256*12 - 1

func putHours(b []byte, t time.Time) {
	h := max(0, (t.Sub(epoch)+time.Hour-1)/time.Hour)
	b[0], b[1], b[2] = byte(h>>16), byte(h>>8), byte(h)
}

func hours(b []byte) time.Time {
	h := time.Duration(b[0])<<16 | time.Duration(b[1])<<8 | time.Duration(b[2])
	return epoch.Add(h * time.Hour)
}
