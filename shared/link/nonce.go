package link

import (
	"crypto/rand"
	"encoding/binary"
	"fmt"
	"time"
)

// Layout of a nonce before base64url (without padding), 30 bytes → 40 characters:
// random, place, minutes since epoch when it was made (the first bit: it is another's
// renewed), key id, MAC. The MAC covers
// "nonce\x00", the address of the page and everything before it: a nonce is none
// of another page, and no other token of ours.
const (
	noncePlace  = 8
	nonceMade   = 9
	nonceKey    = 13
	nonceMAC    = 14
	nonceBytes  = nonceMAC + macLen
	nonceDomain = "nonce\x00"

	renewed = 1 << 31
)

// NonceLen is the length of every nonce in characters, and nonceIDLen that of its
// random part and its place, with which it begins.
const (
	NonceLen   = nonceBytes * 8 / 6
	nonceIDLen = nonceMade * 8 / 6
)

// NonceFor is how long the form of a page can be sent: a tab that stayed open for
// the working day and the evening after it.
const NonceFor = 24 * time.Hour

// nonceAhead is how far the clock of the function that made a nonce may run ahead.
const nonceAhead = 5 * time.Minute

// NoPlace is the place of what has none, or of which it is not known.
const NoPlace = 255

// NewNonce makes a nonce for the form of the page at address, with the current key
// of r, which comes from NewKeyring: a ring without keys panics. Place is where the
// answer is to be stored.
func NewNonce(r Keyring, place byte, address string, now time.Time) string {
	var b [nonceBytes]byte
	_, _ = rand.Read(b[:noncePlace]) // never fails: crypto/rand ends the program instead
	b[noncePlace] = place
	return signNonce(r, &b, address, minutes(now))
}

// RenewNonce makes a nonce that NonceID takes for the same as old, which is
// genuine and expired: a form that is sent once more is still the one that was
// sent before.
func RenewNonce(r Keyring, old, address string, now time.Time) string {
	var b [nonceBytes]byte
	if len(old) != NonceLen {
		return NewNonce(r, NoPlace, address, now)
	}
	if n, err := strict.Decode(b[:], []byte(old)); err != nil || n != nonceBytes {
		return NewNonce(r, NoPlace, address, now)
	}
	return signNonce(r, &b, address, minutes(now)|renewed)
}

func signNonce(r Keyring, b *[nonceBytes]byte, address string, made uint32) string {
	if r.IsZero() {
		panic("link: signing a nonce without a key")
	}
	binary.BigEndian.PutUint32(b[nonceMade:], made)
	b[nonceKey] = r.current.id
	mac(b[:nonceMAC], r.current.secret, macLen, nonceMessage(b[:nonceMAC], address))
	return strict.EncodeToString(b[:])
}

// CheckNonce checks the nonce that the form at address was sent with. Errors:
// ErrMalformed, ErrUnknownKey, ErrForged (also of another page), and ErrExpired of
// one that is genuine and older than NonceFor.
func CheckNonce(r Keyring, s, address string, now time.Time) error {
	var b [nonceBytes]byte
	if len(s) != NonceLen {
		return fmt.Errorf("reading a nonce: %w", ErrMalformed)
	}
	if n, err := strict.Decode(b[:], []byte(s)); err != nil || n != nonceBytes {
		return fmt.Errorf("reading a nonce: %w", ErrMalformed)
	}
	if err := r.check(b[nonceKey], nonceMessage(b[:nonceMAC], address), b[nonceMAC:]); err != nil {
		return fmt.Errorf("verifying a nonce: %w", err)
	}
	if age := now.Sub(madeAt(&b)); age >= NonceFor || age < -nonceAhead {
		return fmt.Errorf("verifying a nonce: %w", ErrExpired)
	}
	return nil
}

// NonceID is what tells a form from another one: the random part of a nonce with its
// place, and the whole of anything else.
func NonceID(s string) string {
	if len(s) != NonceLen {
		return s
	}
	return s[:nonceIDLen]
}

// NoncePlace is the place that a nonce was made for, which it says itself: check it
// before.
func NoncePlace(s string) byte {
	var b [nonceMade]byte
	if len(s) != NonceLen {
		return NoPlace
	}
	if n, err := strict.Decode(b[:], []byte(NonceID(s))); err != nil || n != nonceMade {
		return NoPlace
	}
	return b[noncePlace]
}

// NonceSince is since when a form may have been sent with a nonce, which that says
// itself: check it before. It is zero for one that was renewed, of which only the
// one before it knew, and for what is no nonce.
func NonceSince(s string) time.Time {
	var b [nonceBytes]byte
	if len(s) != NonceLen {
		return time.Time{}
	}
	if n, err := strict.Decode(b[:], []byte(s)); err != nil || n != nonceBytes || binary.BigEndian.Uint32(b[nonceMade:])&renewed != 0 {
		return time.Time{}
	}
	return madeAt(&b)
}

func madeAt(b *[nonceBytes]byte) time.Time {
	return epoch.Add(time.Duration(binary.BigEndian.Uint32(b[nonceMade:])&^renewed) * time.Minute)
}

// minutes are those since epoch; 31 bits reach to the year 6103.
func minutes(t time.Time) uint32 {
	return uint32(max(0, t.Sub(epoch)/time.Minute)) // within 31 bits for every time that a clock says
}

func nonceMessage(b []byte, address string) []byte {
	m := make([]byte, 0, 128)
	m = append(append(append(m, nonceDomain...), address...), 0)
	return append(m, b...)
}
