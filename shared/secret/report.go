package secret

import (
	"context"
	"time"

	"resonanz/shared/link"
)

// VerifyReport is Verify for the token of a report. Errors: those of
// link.VerifyReport (with link.ErrExpired what it says is returned too), and
// whatever kept the keys from being read.
func VerifyReport(ctx context.Context, k Keys, token string, now time.Time) (link.Report, error) {
	return verify(ctx, k, now, func(r link.Keyring) (link.Report, error) { return link.VerifyReport(r, token, now) })
}
