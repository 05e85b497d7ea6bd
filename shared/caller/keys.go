package caller

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rsa"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"path"
	"strings"
	"sync"
	"time"

	"github.com/go-jose/go-jose/v4"
)

const (
	// refetchEvery is the least time between two fetches: forged tokens must not
	// run up calls.
	refetchEvery = time.Minute
	// retryEvery is the least time after a fetch that failed.
	retryEvery = 2 * time.Second
	// keysAge is how long a key set is believed: a key that the issuer took back
	// is good for no longer.
	keysAge = time.Hour
	// fetchTimeout bounds one fetch: a system is waiting.
	fetchTimeout = 3 * time.Second
	// maxKeySet bounds what is read of a key set, in bytes.
	maxKeySet = 256 << 10
	// minRSA is the least length of an RSA key, in bits (RFC 7518, section 3.3).
	minRSA = 2048
)

// KeySet is the public keys of an issuer (JWKS, RFC 7517), fetched when the
// first token comes. It is safe for concurrent use.
type KeySet struct {
	client *http.Client
	url    string

	mu      sync.Mutex
	keys    map[string]any // *rsa.PublicKey or *ecdsa.PublicKey by key id
	fetched time.Time      // when the keys came
	tried   time.Time      // when they were last asked for
	failed  error          // of the last try
}

// NewKeySet makes the key set at an address: that of the set itself, or of the
// issuer's OpenID configuration, which names it. Nothing is fetched yet. The
// client is used as it is, except that it is given three seconds and follows no
// redirection; nil: the default transport.
func NewKeySet(address string, client *http.Client) *KeySet {
	c := http.Client{}
	if client != nil {
		c = *client
	}
	c.Timeout = fetchTimeout
	c.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &KeySet{client: &c, url: address}
}

// Key is the key with this id, nil when the issuer publishes none. An id that is
// not known, or a set that is old, makes a new fetch, at most one a minute. While
// the issuer cannot be reached the keys that are known stay good; without any
// the error is a 503 problem.
func (s *KeySet) Key(ctx context.Context, id string, now time.Time) (any, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	key := s.keys[id]
	if key != nil && now.Sub(s.fetched) < keysAge {
		return key, nil
	}
	wait := refetchEvery
	if s.failed != nil {
		wait = retryEvery
	}
	if s.tried.IsZero() || now.Sub(s.tried) >= wait {
		s.tried = now
		keys, err := s.fetch(ctx, s.url, true)
		if s.failed = err; err == nil {
			s.keys, s.fetched = keys, now
			key = keys[id]
		}
	}
	if key == nil && s.failed != nil {
		return nil, unavailable(s.failed)
	}
	return key, nil
}

// fetch runs with mu held: concurrent first uses wait for one fetch.
func (s *KeySet) fetch(ctx context.Context, address string, mayBeElsewhere bool) (map[string]any, error) {
	b, err := s.get(ctx, address)
	if err != nil {
		return nil, fmt.Errorf("fetching the issuer's keys: %w", err)
	}
	var set struct {
		Keys    []json.RawMessage `json:"keys"`
		JWKSURI string            `json:"jwks_uri"`
	}
	if err := json.Unmarshal(b, &set); err != nil {
		return nil, fmt.Errorf("reading the issuer's keys: %w", err)
	}
	if set.Keys == nil && set.JWKSURI != "" && mayBeElsewhere {
		return s.fetch(ctx, set.JWKSURI, false)
	}
	keys := make(map[string]any, len(set.Keys))
	for _, raw := range set.Keys {
		var k jose.JSONWebKey
		if json.Unmarshal(raw, &k) == nil && k.KeyID != "" && usable(&k) {
			keys[k.KeyID] = k.Key
		}
	}
	if len(keys) == 0 {
		return nil, errNoKeys
	}
	return keys, nil
}

var (
	errNoKeys   = errors.New("reading the issuer's keys: none that signs with RS256 or ES256")
	errTooLarge = errors.New("too large")
	errStatus   = errors.New("answered with status")
)

func (s *KeySet) get(ctx context.Context, address string) ([]byte, error) {
	q, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, err
	}
	q.Header.Set("Accept", "application/json")
	res, err := s.client.Do(q)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%w %d", errStatus, res.StatusCode)
	}
	b, err := io.ReadAll(io.LimitReader(res.Body, maxKeySet+1))
	if err == nil && len(b) > maxKeySet {
		err = errTooLarge
	}
	return b, err
}

// usable reports whether k is a public key that signs, of a kind and strength
// that is accepted. Its use and algorithm count where they are told.
func usable(k *jose.JSONWebKey) bool {
	if k.Use != "" && k.Use != "sig" {
		return false
	}
	switch p := k.Key.(type) {
	case *rsa.PublicKey:
		return p.N.BitLen() >= minRSA && (k.Algorithm == "" || k.Algorithm == string(jose.RS256))
	case *ecdsa.PublicKey:
		return p.Curve == elliptic.P256() && (k.Algorithm == "" || k.Algorithm == string(jose.ES256))
	}
	return false
}

// KeySetAddress is where the keys of issuer are when functions talk to an
// emulator at endpoint ("": to AWS): a user pool's keys are then at the emulator,
// though its tokens name AWS. Any other issuer is where address says.
func KeySetAddress(address, issuer, endpoint string) string {
	u, err := url.Parse(issuer)
	if endpoint == "" || err != nil || !strings.HasPrefix(u.Host, "cognito-idp.") {
		return address
	}
	return strings.TrimRight(endpoint, "/") + "/" + path.Base(u.Path) + "/.well-known/jwks.json"
}
