// Package sitetest holds what tests of functions with pages share: a secret in
// memory, and requests as API Gateway sends them.
package sitetest

import (
	"bytes"
	"context"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"resonanz/shared/feedback"
	"resonanz/shared/httpapi"
	"resonanz/shared/link"
	"resonanz/shared/openapi/openapitest"
)

// Ring is a secret in memory that is rotated at the first Refresh. It is safe
// for concurrent use.
type Ring struct {
	Secret, Newer []byte // before and after the rotation
	Err           error  // set: the secret cannot be read

	mu        sync.Mutex
	now, next link.Keyring
	refreshes int
}

// NewRing is a secret made of one letter.
func NewRing(tb testing.TB, letter string) *Ring {
	tb.Helper()
	r := &Ring{Secret: bytes.Repeat([]byte(letter), 64), Newer: bytes.Repeat([]byte(letter+"x"), 32)}
	r.now, r.next = Keyring(tb, r.Secret, nil), Keyring(tb, r.Newer, r.Secret)
	return r
}

// Keyring is link.NewKeyring for secrets that are valid.
func Keyring(tb testing.TB, current, previous []byte) link.Keyring {
	tb.Helper()
	k, err := link.NewKeyring(current, previous)
	if err != nil {
		tb.Fatal(err)
	}
	return k
}

// Keyring is the ring at hand.
func (r *Ring) Keyring(context.Context, time.Time) (link.Keyring, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.now, r.Err
}

// Fresh is the ring at hand, to sign with.
func (r *Ring) Fresh(ctx context.Context, now time.Time) (link.Keyring, error) {
	return r.Keyring(ctx, now)
}

// Refresh is the ring after the rotation.
func (r *Ring) Refresh(context.Context, time.Time) (link.Keyring, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.refreshes++
	r.now = r.next
	return r.now, r.Err
}

// Refreshes counts the fresh looks at the secret.
func (r *Ring) Refreshes() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.refreshes
}

// Token signs a link for e-mail that is valid for 14 days from now, in German
// unless a change says otherwise.
func (r *Ring) Token(tb testing.TB, at feedback.Touchpoint, now time.Time, change ...func(*link.Token)) string {
	tb.Helper()
	t := link.Token{
		ResponseKey: "2026-03-abcdefghijklmnop", Touchpoint: link.CodeOf(at), Channel: feedback.EmailLink, Language: "de",
		Segment: "A", ExpiresAt: now.AddDate(0, 0, 14),
	}
	for _, f := range change {
		f(&t)
	}
	return link.Sign(Keyring(tb, r.Secret, nil), t)
}

// Nonce is what the form of the page at path is sent with at that time, the first
// answer there.
func (r *Ring) Nonce(tb testing.TB, path string, now time.Time) string {
	tb.Helper()
	p, _, _ := strings.Cut(path, "?")
	return link.NewNonce(Keyring(tb, r.Secret, nil), 0, p, now)
}

// Request is a request as API Gateway sends it; headers alternate name, value.
func Request(method, path, body string, headers ...string) *httpapi.Request {
	p, query, _ := strings.Cut(path, "?")
	q := &httpapi.Request{RawPath: p, RawQueryString: query, Body: body, Headers: map[string]string{}}
	q.RequestContext.Stage = "$default"
	q.RequestContext.HTTP.Method = method
	for i := 0; i < len(headers); i += 2 {
		q.Headers[headers[i]] = headers[i+1]
	}
	return q
}

// FormType is the content type of a form.
const FormType = "application/x-www-form-urlencoded"

// Form is a form that is sent; fields alternate name, value.
func Form(path string, fields ...string) *httpapi.Request {
	v := url.Values{}
	for i := 0; i < len(fields); i += 2 {
		v.Set(fields[i], fields[i+1])
	}
	return Request(http.MethodPost, path, v.Encode(), "content-type", FormType)
}

// Handler is a function's handler.
type Handler interface {
	Handle(context.Context, *httpapi.Request) (httpapi.Response, error)
}

// Do is the handler's response: it never fails, and is as the interface describes
// it.
func Do(tb testing.TB, h Handler, q *httpapi.Request) httpapi.Response {
	tb.Helper()
	res, err := h.Handle(tb.Context(), q)
	if err != nil {
		tb.Fatalf("the handler failed: %v", err)
	}
	openapitest.Described(tb, q, res)
	return res
}

var nonce = regexp.MustCompile(`name="nonce" value="([^"]+)"`)

// NonceIn is the nonce of the form on a page; empty: there is none.
func NonceIn(page string) string {
	if m := nonce.FindStringSubmatch(page); m != nil {
		return m[1]
	}
	return ""
}

// Nonce is the nonce of the form on a page that was found.
func Nonce(tb testing.TB, page httpapi.Response) string {
	tb.Helper()
	n := NonceIn(page.Body)
	if page.StatusCode != http.StatusOK || n == "" {
		tb.Fatalf("%d without a nonce", page.StatusCode)
	}
	return n
}
