package secret

import (
	"context"
	"errors"
	"time"

	"resonanz/shared/link"
)

// VerifyCase is Verify for the token of a case. Errors: those of link.VerifyCase
// (with link.ErrExpired the token is returned too), and whatever kept the keys
// from being read.
func VerifyCase(ctx context.Context, k Keys, token string, now time.Time) (link.Case, error) {
	return verify(ctx, k, now, func(r link.Keyring) (link.Case, error) { return link.VerifyCase(r, token, now) })
}

// verify reads a token with the keys of k, and once more with fresh ones where
// it fits none of them.
func verify[T any](ctx context.Context, k Keys, now time.Time, read func(link.Keyring) (T, error)) (T, error) {
	var none T
	ring, err := k.Keyring(ctx, now)
	if err != nil {
		return none, err
	}
	t, err := read(ring)
	if !errors.Is(err, link.ErrUnknownKey) && !errors.Is(err, link.ErrForged) {
		return t, err
	}
	ring, failed := k.Refresh(ctx, now)
	switch {
	case failed == nil:
		return read(ring)
	case errors.Is(err, link.ErrForged): // almost certainly that
		return t, err
	}
	return none, failed
}
