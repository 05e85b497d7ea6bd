package main

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"
	"time"

	"resonanz/shared/secret"
)

// addressesFresh is how long addresses are used before they are read again, so
// that one that was changed is used within minutes.
const addressesFresh = 10 * time.Minute

// addresses are those of webhooks that the configuration does not name, since
// they are secrets themselves: a secret that holds them as JSON by the endpoint's
// id.
type addresses struct {
	api secret.API
	arn string

	mu      sync.Mutex
	known   map[string]string
	fetched time.Time
}

// of is the address of an endpoint; empty: there is none. It is read again every
// ten minutes; while that fails the old one is used.
func (a *addresses) of(ctx context.Context, id string, now time.Time) (string, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.arn == "" {
		return "", nil
	}
	if a.known == nil || now.Sub(a.fetched) >= addressesFresh {
		known, err := a.fetch(ctx)
		if err != nil && a.known == nil {
			return "", err
		}
		if err == nil {
			a.known = known
		}
		a.fetched = now
	}
	return a.known[id], nil
}

func (a *addresses) fetch(ctx context.Context) (map[string]string, error) {
	v, err := a.api.Value(ctx, a.arn, "")
	if err != nil {
		return nil, fmt.Errorf("reading the addresses of webhooks: %w", err)
	}
	known := map[string]string{}
	if json.Unmarshal([]byte(v), &known) != nil {
		return map[string]string{}, nil //nolint:nilerr // nobody has put addresses there yet; the cause would quote the secret
	}
	return known, nil
}
