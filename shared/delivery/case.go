package delivery

import (
	"context"
	"errors"
	"fmt"
	"time"

	"resonanz/shared/casefile"
	"resonanz/shared/lifecycle"
	"resonanz/shared/store"
)

// MailBounced is the rule that escalates a complaint whose customer cannot be
// reached by mail.
const MailBounced = "MAIL_BOUNCED"

// Cases keeps cases; a store does.
type Cases interface {
	GetCase(context.Context, casefile.Number) (*casefile.Case, error)
	UpdateCase(context.Context, *casefile.Case, ...*casefile.Entry) error
}

// Unreached tells staff that mail about a complaint does not reach the customer,
// so that somebody finds another way: once, until that was handled. Of a case
// that has ended nobody is told; nor of one that is not there.
func Unreached(ctx context.Context, cases Cases, n casefile.Number, now time.Time, r lifecycle.Rules) error {
	for range maxTries {
		c, err := cases.GetCase(ctx, n)
		if errors.Is(err, store.ErrNotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		next, entries, raised := lifecycle.Raise(*c, MailBounced, "high", now, r)
		if !raised {
			return nil
		}
		es := make([]*casefile.Entry, len(entries))
		for i := range entries {
			es[i] = &entries[i]
		}
		if err = cases.UpdateCase(ctx, &next, es...); !errors.Is(err, store.ErrVersion) {
			return err
		}
	}
	return fmt.Errorf("telling staff of case %s: %w", n, store.ErrVersion)
}

// maxTries is how often a case that changes meanwhile is read again.
const maxTries = 4
