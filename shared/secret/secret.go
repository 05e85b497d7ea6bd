// Package secret keeps signing keys in memory: a Secrets Manager secret whose
// stages AWSCURRENT and AWSPREVIOUS are the two keys of a ring.
package secret

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"resonanz/shared/link"
)

// API is what is asked of Secrets Manager; Manager is one.
type API interface {
	// Value is the text of the secret's version that holds the stage; empty: the
	// current one. Errors: ErrNone.
	Value(ctx context.Context, id, stage string) (string, error)
}

// refetchEvery is the least time between two fetches that an unknown key can
// cause: forged tokens must not run up calls.
const refetchEvery = time.Minute

// A warm function lives for hours, and what it signs must be verified by
// functions that start later and know two keys only. So a ring that signs is
// fetched again when it is freshFor old: then a key is in use for minutes, not
// hours, after the rotation that replaced it, and two rotations that are
// freshFor apart invalidate no link issued in between. While Secrets Manager
// does not answer, the old ring signs until it is staleAfter old.
const (
	freshFor   = 10 * time.Minute
	staleAfter = time.Hour
)

// Source is one secret, fetched at its first use. It is safe for concurrent use.
type Source struct {
	api API
	arn string

	mu      sync.Mutex
	ring    link.Keyring
	fetched time.Time // tried
	got     time.Time // the ring
}

// New makes the source of the secret arn. Nothing is fetched yet.
func New(api API, arn string) *Source { return &Source{api: api, arn: arn} }

// Keyring returns a ring to verify with: one fetched within the hour, so that a key
// that was retired is soon forgotten. While it cannot be fetched the old one stays
// good, and is asked for again each minute.
func (s *Source) Keyring(ctx context.Context, now time.Time) (link.Keyring, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	old := s.ring
	if !old.IsZero() && (now.Sub(s.got) < staleAfter || now.Sub(s.fetched) < refetchEvery) {
		return old, nil
	}
	ring, err := s.fetch(ctx, now)
	if err != nil && !old.IsZero() {
		return old, nil
	}
	return ring, err
}

// Fresh returns a ring to sign with: one fetched at most ten minutes ago, or an
// hour ago while it cannot be fetched.
func (s *Source) Fresh(ctx context.Context, now time.Time) (link.Keyring, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	age, usable := now.Sub(s.got), false
	if !s.ring.IsZero() {
		usable = age < staleAfter
		if age < freshFor || usable && now.Sub(s.fetched) < refetchEvery {
			return s.ring, nil
		}
	}
	old := s.ring
	ring, err := s.fetch(ctx, now)
	if err != nil && usable {
		return old, nil
	}
	return ring, err
}

// Refresh fetches the ring again when a token named a key that it lacks, at
// most once a minute; sooner it returns the ring it has. When the fetch fails
// the ring it has stays good.
func (s *Source) Refresh(ctx context.Context, now time.Time) (link.Keyring, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.ring.IsZero() && now.Sub(s.fetched) < refetchEvery {
		return s.ring, nil
	}
	return s.fetch(ctx, now)
}

// fetch runs with mu held: concurrent first uses wait for one fetch.
func (s *Source) fetch(ctx context.Context, now time.Time) (link.Keyring, error) {
	s.fetched = now
	current, err := s.stage(ctx, "AWSCURRENT")
	if err != nil {
		return link.Keyring{}, err
	}
	previous, err := s.stage(ctx, "AWSPREVIOUS")
	if err != nil && !errors.Is(err, ErrNone) {
		return link.Keyring{}, err
	}
	ring, err := link.NewKeyring(current, previous)
	if err != nil {
		return link.Keyring{}, fmt.Errorf("reading the secret %s: %w", s.arn, err)
	}
	s.ring, s.got = ring, now
	return ring, nil
}

func (s *Source) stage(ctx context.Context, stage string) ([]byte, error) {
	v, err := s.api.Value(ctx, s.arn, stage)
	if err != nil {
		return nil, fmt.Errorf("reading stage %s of the secret %s: %w", stage, s.arn, err)
	}
	return []byte(v), nil
}
