package secret

import (
	"context"
	"time"

	"resonanz/shared/link"
)

// CheckNonce is link.CheckNonce with the keys of k, read anew where it fits none
// of them. Errors: those of link.CheckNonce, and whatever kept the keys from being
// read.
func CheckNonce(ctx context.Context, k Keys, nonce, address string, now time.Time) error {
	_, err := verify(ctx, k, now, func(r link.Keyring) (struct{}, error) {
		return struct{}{}, link.CheckNonce(r, nonce, address, now)
	})
	return err
}
