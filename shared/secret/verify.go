package secret

import (
	"context"
	"errors"
	"time"

	"resonanz/shared/link"
)

// Keys is where the keys of links come from; Source is one.
type Keys interface {
	Keyring(ctx context.Context, now time.Time) (link.Keyring, error)
	Refresh(ctx context.Context, now time.Time) (link.Keyring, error)
}

// Verify reads a link token with the keys of k. A token that fits none of them
// makes one fresh look at the secret, at most once a minute: an id is a byte, so
// a new key may have that of a key we know. Errors: those of link.Verify (with
// link.ErrExpired the token is returned too), and whatever kept the keys from
// being read.
func Verify(ctx context.Context, k Keys, token string, now time.Time) (link.Token, error) {
	return verify(ctx, k, now, func(r link.Keyring) (link.Token, error) { return link.Verify(r, token, now) })
}

// Refused reports whether err is about the token rather than the keys: answer
// it as "not found", whichever it is.
func Refused(err error) bool {
	return errors.Is(err, link.ErrMalformed) || errors.Is(err, link.ErrForged) || errors.Is(err, link.ErrUnknownKey)
}
