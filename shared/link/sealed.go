package link

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"

	"resonanz/shared/feedback"
)

// sealDomain keeps the keys of seals apart from all that signs.
const sealDomain = "seal\x00"

// Seal encrypts s for the link of a response (AES-256-GCM), so that only who holds
// the link brings it back to us: it is kept nowhere. It begins to differ with each
// call. A ring without keys is a programming error and panics.
func Seal(r Keyring, k feedback.ResponseKey, s string) string {
	if r.IsZero() {
		panic("link: sealing without a key")
	}
	c := sealer(r.current.secret)
	nonce := make([]byte, c.NonceSize(), c.NonceSize()+len(s)+c.Overhead())
	_, _ = rand.Read(nonce) // never fails: crypto/rand ends the program instead
	return strict.EncodeToString(c.Seal(nonce, nonce, []byte(s), []byte(k)))
}

// Unseal reads what Seal made for the link of the same response, with either key of
// the ring. Errors: ErrMalformed, ErrForged.
func Unseal(r Keyring, k feedback.ResponseKey, sealed string) (string, error) {
	b, err := strict.DecodeString(sealed)
	if err != nil {
		return "", ErrMalformed
	}
	for _, key := range [...]key{r.current, r.previous} {
		if key.secret == nil {
			continue
		}
		c := sealer(key.secret)
		if len(b) < c.NonceSize() {
			return "", ErrMalformed
		}
		if s, err := c.Open(nil, b[:c.NonceSize()], b[c.NonceSize():], []byte(k)); err == nil {
			return string(s), nil
		}
	}
	return "", ErrForged
}

func sealer(secret []byte) cipher.AEAD {
	h := hmac.New(sha256.New, secret)
	h.Write([]byte(sealDomain))
	block, err := aes.NewCipher(h.Sum(nil))
	if err != nil {
		panic("link: " + err.Error()) // SHA-256 has the length of a key
	}
	c, err := cipher.NewGCM(block)
	if err != nil {
		panic("link: " + err.Error())
	}
	return c
}
