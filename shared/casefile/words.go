package casefile

import (
	"crypto/rand"
	"crypto/sha256"
)

// NewWords are words with a salt of their own; nil when text is empty.
func NewWords(text string) *Words {
	if text == "" {
		return nil
	}
	return &Words{Salt: rand.Text(), Text: text}
}

// Hash is SHA-256(salt + "\x00" + text).
func (w *Words) Hash() Hash {
	b := make([]byte, 0, len(w.Salt)+1+len(w.Text))
	b = append(append(append(b, w.Salt...), 0), w.Text...)
	return sha256.Sum256(b)
}
