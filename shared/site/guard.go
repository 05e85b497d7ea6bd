package site

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"resonanz/shared/httpapi"
	"resonanz/shared/link"
	"resonanz/shared/problem"
	"resonanz/shared/secret"
	"resonanz/shared/throttle"
)

// How often pages can be asked for and forms sent, by one instance of a function:
// far above what anybody does by hand, and what a mail scanner does at once. One
// network may be a carrier with a million customers, or a stadium: who holds a link
// that is genuine is counted by the link alone, and where no link is needed there is
// room for a crowd. Guesses are few. See package throttle for what that holds and
// what it does not.
var (
	looksOfLink    = throttle.Limit{Burst: 120, Every: 500 * time.Millisecond}
	formsOfLink    = throttle.Limit{Burst: 30, Every: 2 * time.Second}
	looksOfNetwork = throttle.Limit{Burst: 3000, Every: 20 * time.Millisecond} // of pages for everybody
	formsOfNetwork = throttle.Limit{Burst: 600, Every: 100 * time.Millisecond}
	missOfNetwork  = throttle.Limit{Burst: 30, Every: 2 * time.Second}
)

// guard holds back who asks too often.
type guard struct {
	linkLooks, linkForms, networkLooks, networkForms, misses throttle.Limiter
}

func newGuard() *guard {
	return &guard{
		linkLooks: throttle.Limiter{Limit: looksOfLink}, linkForms: throttle.Limiter{Limit: formsOfLink},
		networkLooks: throttle.Limiter{Limit: looksOfNetwork}, networkForms: throttle.Limiter{Limit: formsOfNetwork},
		misses: throttle.Limiter{Limit: missOfNetwork},
	}
}

// Hold counts a request for the page of a link, which is genuine, or of none where
// a page is for everybody. The error is a 429 problem.
func (s *Site[P]) Hold(c *Call, link string) error {
	looks, forms, key := &s.guard.linkLooks, &s.guard.linkForms, link
	if link == "" {
		looks, forms, key = &s.guard.networkLooks, &s.guard.networkForms, s.network(c)
	}
	if httpapi.Method(c.Request) == http.MethodPost {
		return held(forms.Take(key, c.At))
	}
	return held(looks.Take(key, c.At))
}

func (s *Site[P]) network(c *Call) string {
	return throttle.Network(httpapi.Source(c.Request, s.cfg.Edge.Enabled))
}

// missed counts a link that is none of ours. The error is what to answer: "not
// found", and a 429 problem to who tries many.
func (s *Site[P]) missed(c *Call) error {
	if err := held(s.guard.misses.Take(s.network(c), c.At)); err != nil {
		return err
	}
	return httpapi.NotFound()
}

func held(wait time.Duration) error {
	if wait <= 0 {
		return nil
	}
	return httpapi.TooManyRequests(throttle.Seconds(wait))
}

// HostOf is the host of an address, as Public has it; empty: there is none.
func HostOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return u.Host
}

// foreign reports whether a form was sent from somebody else's page. Behind
// CloudFront under its own name a function without Public cannot tell origins.
func (s *Site[P]) foreign(c *Call) bool {
	if s.cfg.Edge.Enabled && s.cfg.Domain.Name == "" && s.Public == "" {
		return httpapi.Header(c.Request, "sec-fetch-site") == "cross-site"
	}
	return httpapi.FromElsewhere(c.Request, s.cfg.Domain.Name, s.Public)
}

// Form is the body of a form, of at most limit bytes. Errors: problems that say
// what to send, and 403 where a browser says that the form is on another site.
func (s *Site[P]) Form(c *Call, limit int) ([]byte, error) {
	if s.foreign(c) {
		return nil, problem.New(http.StatusForbidden, problem.ForeignOrigin, "This form was not sent from its own page; nothing was stored.")
	}
	if err := httpapi.RequireContentType(c.Request, "application/x-www-form-urlencoded"); err != nil {
		return nil, err
	}
	return httpapi.Body(c.Request, limit)
}

// Nonce is what the form of the page that was asked for is sent back with: made
// for this address, good for a day, and told from every other, so that a form that
// is sent twice is one. Place is where the answer is to be stored (link.NoPlace: not known, or of no
// concern). It is empty while the keys cannot be had: such a form comes
// back once, with what was typed and a nonce.
func (s *Site[P]) Nonce(ctx context.Context, c *Call, keys secret.Keys, place byte) string {
	ring, err := keys.Keyring(ctx, c.At)
	if err != nil {
		c.Cause = errors.Join(c.Cause, err)
		return ""
	}
	return link.NewNonce(ring, place, httpapi.Path(c.Request), c.At)
}

// stale is what is wrong with a form that was not sent from a page of today.
var stale = problem.Field{Field: "nonce", Code: problem.InvalidValue, Detail: "is not that of this page, or older than a day: send the form once more"}

// CheckNonce checks what a form was sent with, after what else is wrong with the
// form, and appends what is wrong with it. Nonce is then one to send the form with
// once more; after a day it still stands for the same form, so that what was stored
// before is not stored again. The error is a 503 problem: the keys cannot be had.
func (s *Site[P]) CheckNonce(ctx context.Context, c *Call, keys secret.Keys, nonce *string, wrong []problem.Field) ([]problem.Field, error) {
	if *nonce == "" { // which the form says already
		*nonce = s.Nonce(ctx, c, keys, link.NoPlace)
		return wrong, nil
	}
	address := httpapi.Path(c.Request)
	err := secret.CheckNonce(ctx, keys, *nonce, address, c.At)
	switch {
	case err == nil:
		return wrong, nil
	case errors.Is(err, link.ErrExpired):
		ring, failed := keys.Keyring(ctx, c.At)
		if failed != nil {
			return wrong, fmt.Errorf("%w (%w)", httpapi.Unavailable(2), failed)
		}
		*nonce = link.RenewNonce(ring, *nonce, address, c.At)
		return append(wrong, stale), nil
	case secret.Refused(err):
		*nonce = s.Nonce(ctx, c, keys, link.NoPlace)
		return append(wrong, stale), nil
	}
	return wrong, fmt.Errorf("%w (%w)", httpapi.Unavailable(2), err)
}
