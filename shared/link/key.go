// Package link signs and verifies what customers and devices hold: the token
// in a rating link and the key of a kiosk. Both are checked without a read.
package link

import (
	"crypto/hmac"
	"crypto/sha256"
	"errors"
	"fmt"
)

// minKey is the least length of a signing key in bytes.
const minKey = 32

// key is a signing key and its id, the first byte of SHA-256("kid\x00" + key).
type key struct {
	secret []byte
	id     byte
}

// Keyring holds the key that signs and, during a rotation, the one before it,
// which still verifies. The zero value verifies nothing and must not sign.
type Keyring struct {
	current, previous key
}

// NewKeyring makes a ring of the current key and the previous one, nil when
// there is none. A key has at least 32 bytes. The ring keeps the slices.
func NewKeyring(current, previous []byte) (Keyring, error) {
	if len(current) < minKey || len(previous) > 0 && len(previous) < minKey {
		return Keyring{}, fmt.Errorf("making a keyring: a key has fewer than %d bytes", minKey)
	}
	r := Keyring{current: newKey(current)}
	if len(previous) > 0 {
		r.previous = newKey(previous)
	}
	return r, nil
}

func newKey(secret []byte) key {
	sum := sha256.Sum256(append([]byte("kid\x00"), secret...))
	return key{secret, sum[0]}
}

// Current is the key that signs; the caller must not change it.
func (r Keyring) Current() []byte { return r.current.secret }

// Previous is the key before a rotation, nil when there is none; the caller
// must not change it.
func (r Keyring) Previous() []byte { return r.previous.secret }

// IsZero reports whether the ring holds no key.
func (r Keyring) IsZero() bool { return r.current.secret == nil }

// The reasons a token or a device key is refused. Answer them all alike: which
// one it was is for metrics, not for the visitor; only ErrExpired deserves a
// page of its own.
var (
	ErrMalformed  = errors.New("malformed")
	ErrUnknownKey = errors.New("signed with an unknown key") // refresh the keyring once, then refuse
	ErrForged     = errors.New("signature does not fit")
	ErrExpired    = errors.New("expired") // the token returned beside it is genuine
)

// mac appends the first n bytes of HMAC-SHA-256(secret, parts…) to dst.
func mac(dst, secret []byte, n int, message []byte) []byte {
	var sum [sha256.Size]byte
	h := hmac.New(sha256.New, secret)
	h.Write(message)
	return append(dst, h.Sum(sum[:0])[:n]...)
}
