// Package erasure keeps who was erased and when, without saying who it was, so
// that an erasure outlives the table: one object for each, `erased/<hash>` in the
// bucket of facts. What is brought back from a backup, and what an index showed
// too late, is measured against it. What a customer says after the erasure is not
// covered by it.
package erasure

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"sync"
	"time"
)

// Prefix begins the names of all objects of the log.
const Prefix = "erased/"

const contentType = "application/json"

// Subject stands for what was erased: 64 hexadecimal digits of SHA-256.
type Subject string

// Customer is the customer with the owner's key: the hash of the key.
func Customer(customerKey string) Subject { return subject(customerKey) }

// Response is one response, of somebody without a customer key.
func Response(responseKey string) Subject { return subject("response\x00" + responseKey) }

// Case is one case, of somebody without a customer key.
func Case(number string) Subject { return subject("case\x00" + number) }

func subject(s string) Subject {
	sum := sha256.Sum256([]byte(s))
	return Subject(hex.EncodeToString(sum[:]))
}

// ErrInvalid says that an object below Prefix is none of the log.
var ErrInvalid = errors.New("no entry of the erasure log")

// Bucket is where the log is kept: bucket.S3 and bucket.Memory are.
type Bucket interface {
	Put(ctx context.Context, key, contentType string, body []byte) error
	Reader
}

// Reader is a log that is only read.
type Reader interface {
	Get(ctx context.Context, key string) ([]byte, error)
	ListSince(ctx context.Context, prefix string, since time.Time, yield func(key string) error) error
}

// Erasure is one entry of the log.
type Erasure struct {
	Subject Subject
	At      time.Time // UTC; what was accepted until then is erased
}

type content struct {
	ErasedAt time.Time `json:"erased_at"`
}

// Key is the name of the object of a subject.
func Key(s Subject) string { return Prefix + string(s) }

// Record keeps that s was erased at a time. It can be repeated: the latest time
// stays. Record before anything is erased, so that an erasure that breaks off is
// known. Errors: ErrInvalid when s is no Subject.
func Record(ctx context.Context, b Bucket, s Subject, at time.Time) error {
	if !valid(string(s)) {
		return fmt.Errorf("keeping an erasure: %w", ErrInvalid)
	}
	at = at.UTC().Truncate(time.Millisecond)
	before, err := read(ctx, b, Key(s))
	switch {
	case err == nil && !before.At.Before(at):
		return nil
	case err != nil && !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, ErrInvalid):
		return fmt.Errorf("keeping an erasure: %w", err)
	}
	body, err := json.Marshal(content{at})
	if err == nil {
		err = b.Put(ctx, Key(s), contentType, body)
	}
	if err != nil {
		return fmt.Errorf("keeping an erasure: %w", err)
	}
	return nil
}

// readers is how many entries are read beside each other.
const readers = 8

// Each calls yield with every entry of the log that was written then or later, to
// the second; the zero time is for all. Yield is called by one goroutine at a time,
// in no order. It stops at the first error, that of yield included.
func Each(ctx context.Context, b Reader, since time.Time, yield func(Erasure) error) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	keys := make(chan string)
	var mu sync.Mutex
	var reading sync.WaitGroup
	for range readers {
		reading.Go(func() {
			for key := range keys {
				e, err := read(ctx, b, key)
				if err == nil {
					mu.Lock()
					if ctx.Err() == nil {
						err = yield(e)
					}
					mu.Unlock()
				}
				if err != nil {
					cancel(err)
				}
			}
		})
	}
	err := b.ListSince(ctx, Prefix, since, func(key string) error {
		select {
		case keys <- key:
			return nil
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	})
	close(keys)
	reading.Wait()
	if cause := context.Cause(ctx); cause != nil {
		err = cause
	}
	if err != nil {
		return fmt.Errorf("reading the erasure log: %w", err)
	}
	return nil
}

// Log is a log in memory: when each subject was erased last.
type Log map[Subject]time.Time

// Load reads the entries that Each yields.
func Load(ctx context.Context, b Reader, since time.Time) (Log, error) {
	l := Log{}
	if err := Each(ctx, b, since, func(e Erasure) error { l.Add(e); return nil }); err != nil {
		return nil, err
	}
	return l, nil
}

// Add keeps e, or the later entry that was there.
func (l Log) Add(e Erasure) {
	if l[e.Subject].Before(e.At) {
		l[e.Subject] = e.At
	}
}

// Covers reports whether what was accepted of s at a time is erased.
func (l Log) Covers(s Subject, accepted time.Time) bool {
	at, ok := l[s]
	return ok && !accepted.After(at)
}

func read(ctx context.Context, b Reader, key string) (Erasure, error) {
	name, ok := strings.CutPrefix(key, Prefix)
	if !ok || !valid(name) {
		return Erasure{}, fmt.Errorf("an object of another shape of name: %w", ErrInvalid)
	}
	body, err := b.Get(ctx, key)
	if err != nil {
		return Erasure{}, err
	}
	var c content
	if err := json.Unmarshal(body, &c); err != nil || c.ErasedAt.IsZero() {
		return Erasure{}, fmt.Errorf("%s: %w", key, ErrInvalid)
	}
	return Erasure{Subject(name), c.ErasedAt.UTC()}, nil
}

func valid(name string) bool {
	if len(name) != hex.EncodedLen(sha256.Size) {
		return false
	}
	for i := range len(name) {
		if c := name[i]; (c < '0' || c > '9') && (c < 'a' || c > 'f') {
			return false
		}
	}
	return true
}
