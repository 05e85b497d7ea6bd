package casefile

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
)

// Hash is the SHA-256 of a timeline entry and of the hash before it; the zero
// value stands before the first entry. As text: 64 hexadecimal digits.
type Hash [sha256.Size]byte

// MarshalText writes h in hexadecimal.
func (h Hash) MarshalText() ([]byte, error) { return hex.AppendEncode(nil, h[:]), nil }

// UnmarshalText reads 64 hexadecimal digits.
func (h *Hash) UnmarshalText(b []byte) error {
	if len(b) != 2*len(h) {
		return fmt.Errorf("reading a hash: want %d hexadecimal digits", 2*len(h))
	}
	_, err := hex.Decode(h[:], b)
	return err
}

func (h Hash) String() string { return hex.EncodeToString(h[:]) }

// ErrBroken says that a timeline is not the one that was written: an entry was
// changed, left out, added or moved.
var ErrBroken = errors.New("case timeline is broken")

// Seal makes e the next entry of c: it numbers and links e, takes the hash of its
// words, completes its alert, and moves c to the new version. The stores do this;
// rules only say what happened.
func Seal(c *Case, e *Entry) error {
	e.Case = c.Number
	e.Seq = c.Version + 1
	e.Prev = c.Head
	e.WordsHash = Hash{}
	if e.Words != nil {
		e.WordsHash = e.Words.Hash()
	}
	if e.Alert != nil {
		e.Alert.ID = string(c.Number) + "#" + strconv.Itoa(e.Seq)
		e.Alert.Case = string(c.Number)
	}
	h, err := e.sum()
	if err != nil {
		return err
	}
	e.Hash = h
	c.Version = e.Seq
	c.Head = h
	return nil
}

// sum is SHA-256(previous hash + canonical JSON). Canonical is the JSON of the
// entry with fields in the order declared, times in UTC and no hash of its own.
func (e *Entry) sum() (Hash, error) {
	own := *e
	own.Hash = Hash{}
	own.At = own.At.UTC()
	own.DueAt = own.DueAt.UTC()
	if e.Set != nil {
		set := e.Set.utc()
		own.Set = &set
	}
	if e.Alert != nil {
		alert := *e.Alert
		alert.At = alert.At.UTC()
		if alert.DueAt != nil {
			due := alert.DueAt.UTC()
			alert.DueAt = &due
		}
		if alert.Signal != nil {
			signal := *alert.Signal
			signal.At = signal.At.UTC()
			alert.Signal = &signal
		}
		own.Alert = &alert
	}
	b, err := json.Marshal(&own)
	if err != nil {
		return Hash{}, fmt.Errorf("hashing entry %d of case %s: %w", e.Seq, e.Case, err)
	}
	return sha256.Sum256(append(e.Prev[:len(e.Prev):len(e.Prev)], b...)), nil
}

// Check verifies the timeline of c from its first entry to its head, and the
// words that are there: those that were erased leave their hash. The error wraps
// ErrBroken and names the first entry that does not fit.
func Check(c *Case, timeline []Entry) error {
	var prev Hash
	for i := range timeline {
		e := &timeline[i]
		h, err := e.sum()
		if err != nil {
			return err
		}
		if e.Seq != i+1 || e.Case != c.Number || e.Prev != prev || e.Hash != h || e.Words != nil && e.Words.Hash() != e.WordsHash {
			return fmt.Errorf("checking case %s, entry %d: %w", c.Number, i+1, ErrBroken)
		}
		prev = h
	}
	if len(timeline) != c.Version || prev != c.Head {
		return fmt.Errorf("checking case %s: %d entries, state at %d: %w", c.Number, len(timeline), c.Version, ErrBroken)
	}
	return nil
}
