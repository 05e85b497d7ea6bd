package site

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"

	"resonanz/shared/link"
	"resonanz/shared/problem"
	"resonanz/shared/secret"
)

// VerifyCase is Verify for the token of a case.
func (s *Site[P]) VerifyCase(ctx context.Context, c *Call, keys secret.Keys, token string) (link.Case, error) {
	t, err := secret.VerifyCase(ctx, keys, token, c.At)
	if c.Chosen == "" && slices.Contains(s.offered, t.Language) {
		c.Language = t.Language
	}
	switch {
	case secret.Refused(err):
		return link.Case{}, s.missed(c)
	case errors.Is(err, link.ErrExpired):
		return t, fmt.Errorf("%w (%w)", problem.New(http.StatusGone, "link_expired", "This link has expired."), err)
	}
	return t, err
}
