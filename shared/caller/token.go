package caller

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"

	"resonanz/shared/intake"
	"resonanz/shared/problem"
)

// Tokens verifies the access tokens of one issuer, by the rules of API Gateway's
// JWT authorizer, which stands before every other route: RS256 or ES256 by a key
// of the issuer, iss, exp, nbf, iat, aud or else client_id, and the scope.
type Tokens struct {
	Issuer   string   // the exact iss
	Audience []string // one of them must be in aud or, where that is absent, be client_id
	Keys     *KeySet
}

// accepted are the signatures that are looked at: never "none", never one with a
// shared secret.
var accepted = []jose.SignatureAlgorithm{jose.RS256, jose.ES256}

// maxToken bounds what is looked at, in characters: what API Gateway takes as
// headers in all.
const maxToken = 10 << 10

// ahead is how far the issuer's clock may be ahead of ours.
const ahead = 30 * time.Second

// claims are the claims that are looked at.
type claims struct {
	Issuer    string           `json:"iss"`
	Audience  jwt.Audience     `json:"aud"`
	ClientID  string           `json:"client_id"`
	Expiry    *jwt.NumericDate `json:"exp"`
	NotBefore *jwt.NumericDate `json:"nbf"`
	IssuedAt  *jwt.NumericDate `json:"iat"`
	Scope     json.RawMessage  `json:"scope"`
	Scp       json.RawMessage  `json:"scp"`
}

// Verify checks a token that may send events at the time now. Errors: 401
// token_invalid, 403 scope_missing, 503 when the issuer's keys cannot be had.
func (t *Tokens) Verify(ctx context.Context, token string, now time.Time) error {
	scopes, err := t.Scopes(ctx, token, now)
	if err == nil && !slices.Contains(scopes, Scope) {
		err = lacking(Scope)
	}
	return err
}

// source is the system that a token speaks for.
func (t *Tokens) source(ctx context.Context, token string, now time.Time) (intake.Source, error) {
	scopes, err := t.Scopes(ctx, token, now)
	switch {
	case err != nil:
		return intake.Source{}, err
	case slices.Contains(scopes, Scope):
		return intake.Source{}, nil
	case slices.Contains(scopes, CasesScope):
		return intake.Source{OnlyComplaints: true}, nil
	}
	return intake.Source{}, lacking(Scope)
}

// lacking is the 403 problem of a token without a scope.
func lacking(scope string) error {
	return problem.New(http.StatusForbidden, problem.ScopeMissing, "The access token lacks the scope "+scope+".")
}

// Scopes checks a token at the time now and says what it is good for. Errors:
// 401 token_invalid, 503 when the issuer's keys cannot be had.
func (t *Tokens) Scopes(ctx context.Context, token string, now time.Time) ([]string, error) {
	if len(token) > maxToken {
		return nil, invalid("is too long")
	}
	parsed, err := jwt.ParseSigned(token, accepted)
	if err != nil || len(parsed.Headers) != 1 {
		return nil, invalid("is no token signed with RS256 or ES256")
	}
	key, err := t.Keys.Key(ctx, parsed.Headers[0].KeyID, now)
	if err != nil {
		return nil, err
	}
	if key == nil {
		return nil, invalid("is signed with a key that the issuer does not publish")
	}
	var c claims
	if err := parsed.Claims(key, &c); err != nil {
		return nil, invalid("has a signature that does not fit")
	}
	if why := t.wrong(&c, now); why != "" {
		return nil, invalid(why)
	}
	return c.scopes(), nil
}

// wrong says what is wrong with the claims, or nothing.
func (t *Tokens) wrong(c *claims, now time.Time) string {
	known := func(s string) bool { return slices.Contains(t.Audience, s) }
	switch {
	case c.Issuer != t.Issuer:
		return "is of another issuer"
	case len(c.Audience) > 0 && !slices.ContainsFunc(c.Audience, known), len(c.Audience) == 0 && !known(c.ClientID):
		return "is for somebody else"
	case c.Expiry == nil || !now.Before(c.Expiry.Time()):
		return "has expired"
	case c.NotBefore != nil && now.Add(ahead).Before(c.NotBefore.Time()), c.IssuedAt != nil && now.Add(ahead).Before(c.IssuedAt.Time()):
		return "is not valid yet"
	}
	return ""
}

// scopes reads the claim "scope" (RFC 8693: separated by spaces) or "scp", which
// some issuers write as an array.
func (c *claims) scopes() []string {
	for _, raw := range [...]json.RawMessage{c.Scope, c.Scp} {
		if len(raw) == 0 {
			continue
		}
		var one string
		if json.Unmarshal(raw, &one) == nil {
			return strings.Fields(one)
		}
		var several []string
		if json.Unmarshal(raw, &several) == nil {
			return several
		}
	}
	return nil
}

// invalid says why a token is refused: its sender is a system of the owner's.
func invalid(why string) error {
	return unauthenticated(problem.TokenInvalid, "This access token "+why+".")
}
