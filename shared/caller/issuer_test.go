package caller_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"encoding/json"
	"maps"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"

	"resonanz/shared/caller"
)

var now = time.Date(2026, 3, 10, 9, 0, 1, 0, time.UTC)

const issuerName = "https://id.example.com/pool-1"

// issuer is an issuer on this machine that publishes keys and signs tokens.
type issuer struct {
	tb  testing.TB
	url string

	mu      sync.Mutex
	keys    []jose.JSONWebKey
	answer  func(w http.ResponseWriter) // instead of the keys
	fetches int
}

func newIssuer(tb testing.TB, keys ...jose.JSONWebKey) *issuer {
	tb.Helper()
	i := &issuer{tb: tb, keys: keys}
	srv := httptest.NewServer(i)
	tb.Cleanup(srv.Close)
	i.url = srv.URL + "/keys"
	return i
}

func (i *issuer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.fetches++
	if i.answer != nil {
		i.answer(w)
		return
	}
	if r.URL.Path == "/.well-known/openid-configuration" {
		_ = json.NewEncoder(w).Encode(map[string]string{"issuer": issuerName, "jwks_uri": i.url})
		return
	}
	set := jose.JSONWebKeySet{}
	for _, k := range i.keys {
		set.Keys = append(set.Keys, k.Public())
	}
	_ = json.NewEncoder(w).Encode(set)
}

func (i *issuer) publish(keys ...jose.JSONWebKey) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.keys = keys
}

func (i *issuer) fail(answer func(http.ResponseWriter)) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.answer = answer
}

func (i *issuer) count() int {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.fetches
}

// tokens verifies the tokens of i.
func (i *issuer) tokens() *caller.Tokens {
	return &caller.Tokens{Issuer: issuerName, Audience: []string{"crm", "pos"}, Keys: caller.NewKeySet(i.url, nil)}
}

// Keys are slow to make: all tests share them.
var (
	rsaKey   = sync.OnceValue(func() jose.JSONWebKey { return newRSA(2048, "rsa-1") })
	otherRSA = sync.OnceValue(func() jose.JSONWebKey { return newRSA(2048, "rsa-2") })
	weakRSA  = sync.OnceValue(func() jose.JSONWebKey { return newRSA(1024, "rsa-weak") })
	ecKey    = sync.OnceValue(func() jose.JSONWebKey { return newEC(elliptic.P256(), "ec-1") })
	ec384    = sync.OnceValue(func() jose.JSONWebKey { return newEC(elliptic.P384(), "ec-384") })
)

func newRSA(bits int, id string) jose.JSONWebKey {
	k, err := rsa.GenerateKey(rand.Reader, bits)
	if err != nil {
		panic(err)
	}
	return jose.JSONWebKey{Key: k, KeyID: id, Algorithm: "RS256", Use: "sig"}
}

func newEC(c elliptic.Curve, id string) jose.JSONWebKey {
	k, err := ecdsa.GenerateKey(c, rand.Reader)
	if err != nil {
		panic(err)
	}
	return jose.JSONWebKey{Key: k, KeyID: id, Use: "sig"}
}

// claims of a token that is good at now.
func good() map[string]any {
	return map[string]any{
		"iss": issuerName, "sub": "crm", "client_id": "crm", "scope": "resonanz/invite resonanz/intake",
		"iat": now.Add(-time.Minute).Unix(), "exp": now.Add(time.Hour).Unix(),
	}
}

// with is c with one claim set, or removed by nil.
func with(c map[string]any, name string, value any) map[string]any {
	c = maps.Clone(c)
	c[name] = value
	if value == nil {
		delete(c, name)
	}
	return c
}

// sign writes a token.
func sign(tb testing.TB, alg jose.SignatureAlgorithm, key any, id string, claims map[string]any) string {
	tb.Helper()
	options := new(jose.SignerOptions).WithType("JWT")
	if id != "" {
		options = options.WithHeader("kid", id)
	}
	if k, ok := key.(jose.JSONWebKey); ok {
		key = k.Key
	}
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: alg, Key: key}, options)
	if err != nil {
		tb.Fatal(err)
	}
	s, err := jwt.Signed(signer).Claims(claims).Serialize()
	if err != nil {
		tb.Fatal(err)
	}
	return s
}
