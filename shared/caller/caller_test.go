package caller_test

import (
	"context"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"resonanz/shared/caller"
	"resonanz/shared/intake/intaketest"
	"resonanz/shared/link"
	"resonanz/shared/problem"
)

// ring is the master secret of devices; reads counts how often it is asked for.
type ring struct {
	keys  link.Keyring
	reads int
	err   error
}

func (r *ring) Keyring(context.Context, time.Time) (link.Keyring, error) {
	r.reads++
	return r.keys, r.err
}

func (r *ring) Refresh(ctx context.Context, at time.Time) (link.Keyring, error) {
	return r.Keyring(ctx, at)
}

var master = []byte(strings.Repeat("m", 64))

func authenticator(t *testing.T, i *issuer) (*caller.Authenticator, *ring) {
	t.Helper()
	keys, err := link.NewKeyring(master, nil)
	if err != nil {
		t.Fatal(err)
	}
	r := &ring{keys: keys}
	a := &caller.Authenticator{Config: intaketest.Config(t), Devices: r}
	if i != nil {
		a.Tokens = i.tokens()
	}
	return a, r
}

// refusal is status and code of an error; 0 and "" for none.
func refusal(err error) (int, problem.Code) {
	if err == nil {
		return 0, ""
	}
	p := problem.Of(err)
	return p.Status, p.Code
}

func TestADeviceGetsInWithoutTheIssuer(t *testing.T) {
	i := newIssuer(t, rsaKey())
	a, _ := authenticator(t, i)
	for _, x := range []struct {
		name, key string
		status    int
		code      problem.Code
	}{
		{"enrolled", link.DeviceKey(master, "kiosk-cologne-1", 2), 0, ""},
		{"nothing", "", 401, problem.Unauthenticated},
		{"forged", link.DeviceKey([]byte(strings.Repeat("f", 64)), "kiosk-cologne-1", 2), 401, problem.DeviceKeyInvalid},
		{"older generation", link.DeviceKey(master, "kiosk-cologne-1", 1), 403, problem.DeviceKeyStale},
		{"revoked", link.DeviceKey(master, "kiosk-cologne-2", 1), 403, problem.DeviceRevoked},
		{"not enrolled", link.DeviceKey(master, "kiosk-bonn", 1), 403, problem.DeviceUnknown},
		{"no key at all", "abc", 401, problem.DeviceKeyInvalid},
		{"cut short", link.DeviceKey(master, "kiosk-cologne-1", 2)[:40], 401, problem.DeviceKeyInvalid},
		{"four parts", "a.b.c.d", 401, problem.DeviceKeyInvalid},
	} {
		from, err := a.Caller(t.Context(), x.key, now)
		if status, code := refusal(err); status != x.status || code != x.code {
			t.Errorf("%s: got %v, want %d %s", x.name, err, x.status, x.code)
		}
		if err == nil && (from.Device == nil || from.Device.ID != "kiosk-cologne-1") {
			t.Errorf("%s: got %+v", x.name, from)
		}
		var p *problem.Problem
		if x.status == 401 && (!errors.As(err, &p) || p.Scheme != "Bearer") {
			t.Errorf("%s: does not ask for a Bearer token", x.name)
		}
	}
	if n := i.count(); n != 0 {
		t.Errorf("the issuer was asked %d times", n)
	}
}

func TestASecretThatCannotBeReadIsA503ForDevices(t *testing.T) {
	a, r := authenticator(t, nil)
	r.err = errors.New("secret arn:aws:unreachable")
	_, err := a.Caller(t.Context(), link.DeviceKey(master, "kiosk-cologne-1", 2), now)
	if p := problem.Of(err); p.Status != 503 || p.RetryAfter == 0 || !errors.Is(err, r.err) || strings.Contains(string(p.JSON()), "arn:") {
		t.Errorf("got %v", err)
	}
}

func TestASystemGetsInWithoutTheMasterSecret(t *testing.T) {
	i := newIssuer(t, rsaKey(), ecKey())
	a, r := authenticator(t, i)
	r.err = errors.New("not to be read")
	ec := ecKey()
	for name, token := range map[string]string{
		"RS256":                      sign(t, jose.RS256, rsaKey(), "rsa-1", good()),
		"ES256":                      sign(t, jose.ES256, ec, "ec-1", good()),
		"aud":                        sign(t, jose.RS256, rsaKey(), "rsa-1", with(with(good(), "client_id", nil), "aud", "pos")),
		"several aud":                sign(t, jose.RS256, rsaKey(), "rsa-1", with(good(), "aud", []string{"x", "crm"})),
		"scp":                        sign(t, jose.RS256, rsaKey(), "rsa-1", with(with(good(), "scope", nil), "scp", []string{"resonanz/intake"})),
		"scp as text":                sign(t, jose.RS256, rsaKey(), "rsa-1", with(with(good(), "scope", nil), "scp", "a resonanz/intake")),
		"an issuer's clock ahead":    sign(t, jose.RS256, rsaKey(), "rsa-1", with(good(), "iat", now.Add(20*time.Second).Unix())),
		"valid from now on":          sign(t, jose.RS256, rsaKey(), "rsa-1", with(good(), "nbf", now.Unix())),
		"claims that nobody knows":   sign(t, jose.RS256, rsaKey(), "rsa-1", with(good(), "groups", []string{"a"})),
		"in the last second":         sign(t, jose.RS256, rsaKey(), "rsa-1", with(good(), "exp", now.Unix()+1)),
		"without the time of issue":  sign(t, jose.RS256, rsaKey(), "rsa-1", with(good(), "iat", nil)),
		"with a subject of its own":  sign(t, jose.RS256, rsaKey(), "rsa-1", with(good(), "sub", "9")),
		"the same issuer, other key": sign(t, jose.ES256, ec, "ec-1", with(good(), "client_id", "pos")),
	} {
		from, err := a.Caller(t.Context(), token, now)
		if err != nil || from.Device != nil {
			t.Errorf("%s: got %+v, %v", name, from, err)
		}
	}
	if i.count() != 1 || r.reads != 0 {
		t.Errorf("the issuer was asked %d times, the secret %d times; want 1 and 0", i.count(), r.reads)
	}
}

func TestNobodyGetsInWithAnotherToken(t *testing.T) {
	i := newIssuer(t, rsaKey(), ecKey(), weakRSA(), ec384(),
		jose.JSONWebKey{Key: otherRSA().Key, KeyID: "for-encryption", Use: "enc"},
		jose.JSONWebKey{Key: otherRSA().Key, KeyID: "for-rs512", Use: "sig", Algorithm: "RS512"})
	a, _ := authenticator(t, i)
	genuine := sign(t, jose.RS256, rsaKey(), "rsa-1", good())
	parts := strings.Split(genuine, ".")
	b64 := base64.RawURLEncoding.EncodeToString
	changed, err := json.Marshal(with(good(), "client_id", "pos"))
	if err != nil {
		t.Fatal(err)
	}
	unsigned := func(alg string) string {
		return b64([]byte(`{"alg":"`+alg+`","kid":"rsa-1","typ":"JWT"}`)) + "." + parts[1] + "."
	}
	// The oldest trick: the public key as the secret of an HMAC.
	public := &rsaKey().Key.(*rsa.PrivateKey).PublicKey
	der, err := x509.MarshalPKIXPublicKey(public)
	if err != nil {
		t.Fatal(err)
	}
	spki := pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})
	weak := weakRSA()
	for _, x := range []struct {
		name, token string
		status      int
		code        problem.Code
	}{
		{"signed by somebody else", sign(t, jose.RS256, otherRSA(), "rsa-1", good()), 401, problem.TokenInvalid},
		{"changed claims", parts[0] + "." + b64(changed) + "." + parts[2], 401, problem.TokenInvalid},
		{"changed signature", parts[0] + "." + parts[1] + "." + "A" + parts[2][1:], 401, problem.TokenInvalid},
		{"no signature", parts[0] + "." + parts[1] + ".", 401, problem.TokenInvalid},
		{"alg none", unsigned("none"), 401, problem.TokenInvalid},
		{"alg None", unsigned("None"), 401, problem.TokenInvalid},
		{"HS256 with the public key as PEM", sign(t, jose.HS256, spki, "rsa-1", good()), 401, problem.TokenInvalid},
		{"HS256 with the public key as DER", sign(t, jose.HS256, der, "rsa-1", good()), 401, problem.TokenInvalid},
		{"HS256 with the modulus", sign(t, jose.HS256, public.N.Bytes(), "rsa-1", good()), 401, problem.TokenInvalid},
		{"RS384", sign(t, jose.RS384, rsaKey(), "rsa-1", good()), 401, problem.TokenInvalid},
		{"PS256", sign(t, jose.PS256, rsaKey(), "rsa-1", good()), 401, problem.TokenInvalid},
		{"an RSA signature under the id of an EC key", sign(t, jose.RS256, rsaKey(), "ec-1", good()), 401, problem.TokenInvalid},
		{"an EC signature under the id of an RSA key", sign(t, jose.ES256, ecKey(), "rsa-1", good()), 401, problem.TokenInvalid},
		{"a key of 1024 bits", sign(t, jose.RS256, &weak, "rsa-weak", good()), 401, problem.TokenInvalid},
		{"a key on another curve", sign(t, jose.ES384, ec384(), "ec-384", good()), 401, problem.TokenInvalid},
		{"a key for encryption", sign(t, jose.RS256, otherRSA(), "for-encryption", good()), 401, problem.TokenInvalid},
		{"a key for another algorithm", sign(t, jose.RS256, otherRSA(), "for-rs512", good()), 401, problem.TokenInvalid},
		{"no key id", sign(t, jose.RS256, rsaKey(), "", good()), 401, problem.TokenInvalid},
		{"an unknown key id", sign(t, jose.RS256, rsaKey(), "rsa-9", good()), 401, problem.TokenInvalid},
		{"a key in the header", embedded(t), 401, problem.TokenInvalid},
		{"another issuer", sign(t, jose.RS256, rsaKey(), "rsa-1", with(good(), "iss", issuerName+"/")), 401, problem.TokenInvalid},
		{"no issuer", sign(t, jose.RS256, rsaKey(), "rsa-1", with(good(), "iss", nil)), 401, problem.TokenInvalid},
		{"another client", sign(t, jose.RS256, rsaKey(), "rsa-1", with(good(), "client_id", "shop")), 401, problem.TokenInvalid},
		{"no client", sign(t, jose.RS256, rsaKey(), "rsa-1", with(good(), "client_id", nil)), 401, problem.TokenInvalid},
		{"another audience, though our client", sign(t, jose.RS256, rsaKey(), "rsa-1", with(good(), "aud", "shop")), 401, problem.TokenInvalid},
		{"expired", sign(t, jose.RS256, rsaKey(), "rsa-1", with(good(), "exp", now.Unix()-1)), 401, problem.TokenInvalid},
		{"expires now", sign(t, jose.RS256, rsaKey(), "rsa-1", with(good(), "exp", now.Unix())), 401, problem.TokenInvalid},
		{"expires within this second", sign(t, jose.RS256, rsaKey(), "rsa-1", with(good(), "exp", float64(now.Unix())+0.5)), 401, problem.TokenInvalid},
		{"never expires", sign(t, jose.RS256, rsaKey(), "rsa-1", with(good(), "exp", nil)), 401, problem.TokenInvalid},
		{"expires in words", sign(t, jose.RS256, rsaKey(), "rsa-1", with(good(), "exp", "never")), 401, problem.TokenInvalid},
		{"not valid yet", sign(t, jose.RS256, rsaKey(), "rsa-1", with(good(), "nbf", now.Unix()+31)), 401, problem.TokenInvalid},
		{"issued in the future", sign(t, jose.RS256, rsaKey(), "rsa-1", with(good(), "iat", now.Unix()+31)), 401, problem.TokenInvalid},
		{"no scope", sign(t, jose.RS256, rsaKey(), "rsa-1", with(good(), "scope", nil)), 403, problem.ScopeMissing},
		{"another scope", sign(t, jose.RS256, rsaKey(), "rsa-1", with(good(), "scope", "resonanz/invite")), 403, problem.ScopeMissing},
		{"a longer scope", sign(t, jose.RS256, rsaKey(), "rsa-1", with(good(), "scope", "resonanz/intakes")), 403, problem.ScopeMissing},
		{"a scope that is a number", sign(t, jose.RS256, rsaKey(), "rsa-1", with(good(), "scope", 7)), 403, problem.ScopeMissing},
		{"two dots", "..", 401, problem.TokenInvalid},
		{"no JSON", "e30.e30.e30", 401, problem.TokenInvalid},
		{"enormous", genuine + strings.Repeat("A", 10<<10), 401, problem.TokenInvalid},
		{"encrypted", strings.Repeat("a.", 4) + "a", 401, problem.DeviceKeyInvalid},
	} {
		t.Run(x.name, func(t *testing.T) {
			from, err := a.Caller(t.Context(), x.token, now)
			if status, code := refusal(err); status != x.status || code != x.code || from.Device != nil {
				t.Errorf("got %v, want %d %s", err, x.status, x.code)
			}
			if err != nil && (strings.Contains(err.Error(), "crm") || strings.Contains(err.Error(), "shop")) {
				t.Errorf("the error repeats what was sent: %v", err)
			}
		})
	}
	if _, err := a.Caller(t.Context(), genuine, now); err != nil {
		t.Errorf("and the genuine one: %v", err)
	}
}

// embedded is a token that brings its own key.
func embedded(t *testing.T) string {
	t.Helper()
	k := otherRSA()
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.RS256, Key: k.Key}, &jose.SignerOptions{EmbedJWK: true})
	if err != nil {
		t.Fatal(err)
	}
	b, err := json.Marshal(good())
	if err != nil {
		t.Fatal(err)
	}
	jws, err := signer.Sign(b)
	if err != nil {
		t.Fatal(err)
	}
	s, err := jws.CompactSerialize()
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestWithoutAnIssuerOnlyDevicesGetIn(t *testing.T) {
	a, _ := authenticator(t, nil)
	_, err := a.Caller(t.Context(), sign(t, jose.RS256, rsaKey(), "rsa-1", good()), now)
	if status, code := refusal(err); status != 401 || code != problem.DeviceKeyInvalid {
		t.Errorf("got %v", err)
	}
}

func TestAFloodOfUnknownKeysAsksTheIssuerOnceAMinute(t *testing.T) {
	i := newIssuer(t, rsaKey())
	tokens := i.tokens()
	forged := sign(t, jose.RS256, otherRSA(), "rsa-2", good())
	for second := range 120 {
		if err := tokens.Verify(t.Context(), forged, now.Add(time.Duration(second)*time.Second)); problem.Of(err).Code != problem.TokenInvalid {
			t.Fatalf("got %v", err)
		}
	}
	if n := i.count(); n != 2 {
		t.Errorf("asked %d times in two minutes, want 2", n)
	}
	var group sync.WaitGroup
	for range 50 {
		group.Go(func() { _ = tokens.Verify(t.Context(), forged, now.Add(10*time.Minute)) })
	}
	group.Wait()
	if n := i.count(); n != 3 {
		t.Errorf("asked %d times after 50 at once, want 3", n)
	}
}

func TestARotatedKeyIsFoundAndAKeyTakenBackIsForgotten(t *testing.T) {
	i := newIssuer(t, rsaKey())
	tokens := i.tokens()
	before := sign(t, jose.RS256, rsaKey(), "rsa-1", with(good(), "exp", now.Add(24*time.Hour).Unix()))
	after := sign(t, jose.RS256, otherRSA(), "rsa-2", with(good(), "exp", now.Add(24*time.Hour).Unix()))
	verify := func(token string, later time.Duration) problem.Code {
		_, code := refusal(tokens.Verify(t.Context(), token, now.Add(later)))
		return code
	}
	if code := verify(before, 0); code != "" {
		t.Fatal(code)
	}
	i.publish(otherRSA(), rsaKey())
	if code := verify(after, 30*time.Second); code != problem.TokenInvalid {
		t.Errorf("within a minute: got %q", code)
	}
	if code := verify(after, time.Minute); code != "" {
		t.Errorf("after a minute: got %q", code)
	}
	i.publish(otherRSA())
	if code := verify(before, 59*time.Minute); code != "" {
		t.Errorf("taken back, and the set not old: got %q", code)
	}
	if code := verify(before, 61*time.Minute); code != problem.TokenInvalid {
		t.Errorf("taken back, and the set old: got %q", code)
	}
	if n := i.count(); n != 3 {
		t.Errorf("asked %d times, want 3", n)
	}
}

func TestAnIssuerThatIsAwayIsA503UntilItsKeysAreKnown(t *testing.T) {
	i := newIssuer(t, rsaKey())
	token := sign(t, jose.RS256, rsaKey(), "rsa-1", with(good(), "exp", now.Add(24*time.Hour).Unix()))
	for name, answer := range map[string]func(http.ResponseWriter){
		"error":     func(w http.ResponseWriter) { w.WriteHeader(500) },
		"elsewhere": func(w http.ResponseWriter) { w.Header().Set("Location", i.url); w.WriteHeader(302) },
		"no JSON":   func(w http.ResponseWriter) { _, _ = io.WriteString(w, "<html>") },
		"no keys":   func(w http.ResponseWriter) { _, _ = io.WriteString(w, `{"keys":[]}`) },
		"other keys": func(w http.ResponseWriter) {
			_, _ = io.WriteString(w, `{"keys":[{"kty":"oct","kid":"rsa-1","k":"c2VjcmV0"}]}`)
		},
		"broken keys": func(w http.ResponseWriter) {
			_, _ = io.WriteString(w, `{"keys":[{"kty":"RSA","kid":"rsa-1","n":"AQ"}, 7]}`)
		},
		"enormous": func(w http.ResponseWriter) {
			_, _ = io.WriteString(w, `{"keys":[],"x":"`+strings.Repeat("x", 300<<10)+`"}`)
		},
		"in a circle":  func(w http.ResponseWriter) { _, _ = io.WriteString(w, `{"jwks_uri":"`+i.url+`"}`) },
		"another file": func(w http.ResponseWriter) { _, _ = io.WriteString(w, `{"jwks_uri":"file:///etc/passwd"}`) },
	} {
		tokens := i.tokens()
		i.fail(answer)
		err := tokens.Verify(t.Context(), token, now)
		p := problem.Of(err)
		if p.Status != 503 || p.RetryAfter == 0 || strings.Contains(string(p.JSON()), "127.0.0.1") {
			t.Errorf("%s: got %v", name, err)
		}
		i.fail(nil)
		if status, _ := refusal(tokens.Verify(t.Context(), token, now.Add(time.Second))); status != 503 {
			t.Errorf("%s: asked again within two seconds", name)
		}
		if err := tokens.Verify(t.Context(), token, now.Add(2*time.Second)); err != nil {
			t.Errorf("%s: and back: %v", name, err)
		}
		i.fail(answer)
		if err := tokens.Verify(t.Context(), token, now.Add(2*time.Hour)); err != nil {
			t.Errorf("%s: known keys stay good while the issuer is away: %v", name, err)
		}
		i.fail(nil)
	}
}

func TestTheKeysAreFoundThroughTheIssuersConfiguration(t *testing.T) {
	i := newIssuer(t, rsaKey())
	tokens := i.tokens()
	tokens.Keys = caller.NewKeySet(strings.TrimSuffix(i.url, "/keys")+"/.well-known/openid-configuration", nil)
	if err := tokens.Verify(t.Context(), sign(t, jose.RS256, rsaKey(), "rsa-1", good()), now); err != nil {
		t.Error(err)
	}
	if n := i.count(); n != 2 {
		t.Errorf("asked %d times, want 2", n)
	}
}

func TestAUserPoolsKeysAreAtTheEmulatorWhereThereIsOne(t *testing.T) {
	const pool, own = "https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_Ab12", "https://id.example.com/tenant"
	for _, x := range []struct{ issuer, endpoint, want string }{
		{pool, "", pool + "/.well-known/jwks.json"},
		{pool, "http://127.0.0.1:4566", "http://127.0.0.1:4566/eu-central-1_Ab12/.well-known/jwks.json"},
		{pool, "http://127.0.0.1:4566/", "http://127.0.0.1:4566/eu-central-1_Ab12/.well-known/jwks.json"},
		{own, "http://127.0.0.1:4566", own + "/.well-known/jwks.json"},
	} {
		if got := caller.KeySetAddress(x.issuer+"/.well-known/jwks.json", x.issuer, x.endpoint); got != x.want {
			t.Errorf("got %s, want %s", got, x.want)
		}
	}
}

func FuzzAnyBearerIsAnswered(f *testing.F) {
	i := newIssuer(f, rsaKey())
	a := &caller.Authenticator{Config: intaketest.Config(f), Devices: &ring{}, Tokens: i.tokens()}
	genuine := sign(f, jose.RS256, rsaKey(), "rsa-1", good())
	for _, seed := range []string{"", ".", "..", "a.b.c", genuine, genuine[:len(genuine)-1], link.DeviceKey(master, "kiosk-cologne-1", 2)} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, bearer string) {
		_, err := a.Caller(t.Context(), bearer, now)
		if status, _ := refusal(err); err != nil && status != 401 && status != 403 {
			t.Errorf("%q: got %v", bearer, err)
		}
	})
}
