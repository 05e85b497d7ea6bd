package monthly

import (
	"context"
	"time"

	"resonanz/shared/factfile"
)

// Recent is a source that knows which of its files are new.
type Recent interface {
	Source
	// ListSince is List of what was stored since.
	ListSince(ctx context.Context, prefix string, since time.Time, yield func(key string) error) error
}

// canary shows the canary's facts.
type canary struct {
	src   Recent
	since time.Time
}

// Canary is a source of the canary's facts that were stored since a time. They bear
// the names of customers' facts, and there are no others.
func Canary(src Recent, since time.Time) Source { return canary{src, since} }

func (c canary) List(ctx context.Context, prefix string, yield func(key string) error) error {
	return c.src.ListSince(ctx, factfile.CanaryKey(prefix), c.since, func(key string) error {
		return yield(factfile.OfCustomers(key))
	})
}

func (c canary) Get(ctx context.Context, key string) ([]byte, error) {
	return c.src.Get(ctx, factfile.CanaryKey(key))
}
