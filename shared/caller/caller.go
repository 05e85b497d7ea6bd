// Package caller says who sends events: an enrolled device with its key, or a
// system with an access token (JWT) of the configured issuer. Both come as
// "Authorization: Bearer". A device costs nothing but its check; the issuer's
// keys are not fetched before the first token.
package caller

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"resonanz/shared/config"
	"resonanz/shared/httpapi"
	"resonanz/shared/intake"
	"resonanz/shared/link"
	"resonanz/shared/problem"
	"resonanz/shared/secret"
)

// Scope is the scope of a token that may send events, and CasesScope that of one
// that may send complaints only: staff write down what customers tell them.
const (
	Scope      = "resonanz/intake"
	CasesScope = "resonanz/cases"
)

// Authenticator tells callers apart. It is safe for concurrent use.
type Authenticator struct {
	Config  *config.Config
	Devices secret.Keys // the master secret of device keys
	Tokens  *Tokens     // nil: only devices get in
}

// Caller says who sends a request with this Bearer token: a device that is
// enrolled now, or a system, which is a Source without a device. Errors:
// problems 401 (nothing, a forged or an expired token), 403 (a key that was good
// once, a token without the scope) and 503 (the master secret or the issuer's keys
// cannot be had now).
func (a *Authenticator) Caller(ctx context.Context, bearer string, now time.Time) (intake.Source, error) {
	if bearer == "" {
		return intake.Source{}, unauthenticated(problem.Unauthenticated, "A device key or an access token is required: Authorization: Bearer <key or token>.")
	}
	if a.Tokens != nil && isToken(bearer) {
		return a.Tokens.source(ctx, bearer, now)
	}
	d, err := a.device(ctx, bearer, now)
	if err != nil {
		return intake.Source{}, err
	}
	return intake.Source{Device: d}, nil
}

// isToken reports whether s looks like a JWT rather than a device key. Both have
// three parts, but the second one of a key is a number, that of a token JSON.
func isToken(s string) bool {
	_, rest, _ := strings.Cut(s, ".")
	second, third, ok := strings.Cut(rest, ".")
	if !ok || strings.Contains(third, ".") {
		return false
	}
	_, err := strconv.Atoi(second)
	return err != nil
}

// device says which enrolled device sends a request. Errors: 401 for a key that
// is not ours, 403 for one that was good once.
func (a *Authenticator) device(ctx context.Context, key string, now time.Time) (*config.Device, error) {
	ring, err := a.Devices.Keyring(ctx, now)
	if err != nil {
		return nil, unavailable(err)
	}
	id, generation, err := link.VerifyDevice(ring, key)
	if errors.Is(err, link.ErrForged) { // or made with a newer master than ours
		if ring, err = a.Devices.Refresh(ctx, now); err != nil {
			return nil, unavailable(err)
		}
		id, generation, err = link.VerifyDevice(ring, key)
	}
	if err != nil {
		return nil, unauthenticated(problem.DeviceKeyInvalid, "This device key is not valid.")
	}
	d := a.Config.Device(id)
	switch {
	case d == nil:
		return nil, problem.New(http.StatusForbidden, problem.DeviceUnknown, "This device is no longer enrolled.")
	case d.Revoked:
		return nil, problem.New(http.StatusForbidden, problem.DeviceRevoked, "This device has been revoked.")
	case d.Generation != generation:
		return nil, problem.New(http.StatusForbidden, problem.DeviceKeyStale, "This device key is of an older generation. Enrol the device again.")
	}
	return d, nil
}

// unavailable keeps the cause for the log and shows the caller a 503.
func unavailable(cause error) error {
	return fmt.Errorf("%w (%w)", httpapi.Unavailable(2), cause)
}

func unauthenticated(code problem.Code, detail string) error {
	p := problem.New(http.StatusUnauthorized, code, detail)
	p.Scheme = "Bearer"
	return p
}
