package site

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	"resonanz/shared/config"
	"resonanz/shared/feedback"
	"resonanz/shared/httpapi"
	"resonanz/shared/intake"
	"resonanz/shared/link"
	"resonanz/shared/problem"
	"resonanz/shared/secret"
	"resonanz/shared/store"
)

// Verify reads the token of a link, and from then on speaks the language of the
// link. Forged, truncated and foreign tokens are all "not found". A token that
// expired is returned with the problem (410), which is link.ErrExpired too.
func (s *Site[P]) Verify(ctx context.Context, c *Call, keys secret.Keys, token string) (link.Token, error) {
	t, err := secret.Verify(ctx, keys, token, c.At)
	if c.Chosen == "" && slices.Contains(s.offered, t.Language) {
		c.Language = t.Language
	}
	switch {
	case secret.Refused(err):
		return link.Token{}, s.missed(c)
	case errors.Is(err, link.ErrExpired):
		return t, fmt.Errorf("%w (%w)", problem.New(http.StatusGone, "link_expired", "This link has expired."), err)
	}
	return t, err
}

// Touchpoint is the one that a link names, nil when it is no longer configured.
func (s *Site[P]) Touchpoint(code link.Code) *config.Touchpoint { return s.codes[code] }

// patience is how long a page waits for what was said before: a slow table holds
// up nobody who wants to say something.
const patience = 1500 * time.Millisecond

// Responses is where the entries of a response are; both stores of package store
// are.
type Responses interface {
	Response(context.Context, feedback.ResponseKey) ([]store.Entry, error)
}

// Earlier finds what was said in a response so far, and does not even look for
// HEAD. It is nil when nothing was, and when it is not known because it cannot
// be read: then the page is that of a first time.
func (s *Site[P]) Earlier(ctx context.Context, c *Call, from Responses, k feedback.ResponseKey) (e *intake.Earlier, known bool) {
	if httpapi.Method(c.Request) == http.MethodHead {
		return nil, true
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	entries, err := from.Response(ctx, k)
	if err == nil {
		e, err = intake.Before(s.cfg.Rules, entries)
	}
	if err != nil {
		c.Cause = err
		return nil, false
	}
	return e, true
}

// Place is where the next answer through a link goes, after what Earlier found.
func Place(e *intake.Earlier, known bool) byte {
	switch {
	case !known:
		return link.NoPlace
	case e == nil:
		return 0
	}
	return e.Place
}
