package main

import (
	"context"

	"resonanz/shared/httpapi"
	"resonanz/shared/intake"
	"resonanz/shared/problem"
	"resonanz/shared/site"
)

// canaryScope is what the canary's access token carries, and nothing else: whoever
// has it can have the stack rate itself, and can write to nobody.
const canaryScope = "resonanz/canary"

// maxCanary is the largest request of the canary, in bytes.
const maxCanary = 1 << 10

// forCanary issues the canary its link: of its own touchpoint, to be opened by
// itself. Any other touchpoint is not configured for it, and a contact that is of
// somebody, or a mail, is refused.
func (h *handler) forCanary(ctx context.Context, c *site.Call) (httpapi.Response, error) {
	if err := httpapi.RequireContentType(c.Request, "application/json"); err != nil {
		return httpapi.Response{}, err
	}
	body, err := httpapi.Body(c.Request, maxCanary)
	if err != nil {
		return httpapi.Response{}, err
	}
	in, err := intake.ParseInvitation(h.canary, body, c.At)
	if err != nil {
		return httpapi.Response{}, err
	}
	for _, f := range [...]struct{ name, value string }{
		{"customer_key", in.CustomerKey}, {"email", in.Email}, {"topic", in.Topic}, {"segment", in.Segment}, {"consent", string(in.Consent)},
	} {
		if f.value != "" {
			return httpapi.Response{}, problem.Invalid(problem.Field{Field: f.name, Code: problem.InvalidValue, Detail: "is none of the canary's"})
		}
	}
	return h.one(ctx, c, h.canary, in)
}
