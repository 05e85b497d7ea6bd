package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"

	"resonanz/shared/feedback"
	"resonanz/shared/httpapi"
	"resonanz/shared/link"
	"resonanz/shared/problem"
	"resonanz/shared/site"
	"resonanz/shared/store"
)

// maxForm is the largest form that unsubscribes, in bytes.
const maxForm = 4 << 10

// unsubscribe answers for the link that ends invitations, the token of the
// rating link, expired or not: GET and HEAD show the page and change nothing,
// since scanners open every link; POST, from the page's button or in one click
// from a mail program (RFC 8058), opts the customer out. That answer is no
// redirect: RFC 8058 forbids it. The link in a mail names the contact as well,
// sealed: of an invitation it is kept for a time, or not at all.
func (h *handler) unsubscribe(ctx context.Context, c *site.Call, token string) httpapi.Response {
	method := httpapi.Method(c.Request)
	if method != http.MethodGet && method != http.MethodHead && method != http.MethodPost {
		return h.Refuse(c, httpapi.MethodNotAllowed(http.MethodGet, http.MethodHead, http.MethodPost))
	}
	token, sealed, _ := strings.Cut(token, ".")
	t, err := h.Verify(ctx, c, h.links, token)
	if err != nil && !errors.Is(err, link.ErrExpired) {
		return h.Refuse(c, err)
	}
	if err := h.Hold(c, string(t.ResponseKey)); err != nil {
		return h.Refuse(c, err)
	}
	p, err := h.Pages()
	if err != nil {
		return h.Refuse(c, err)
	}
	who, err := h.sealed(ctx, c, t, sealed)
	if err != nil {
		return h.Refuse(c, err)
	}
	done, again := false, false
	switch method {
	case http.MethodPost:
		if err := oneClick(c.Request); err != nil {
			return h.Refuse(c, err)
		}
		if again, err = h.optOut(ctx, c, t, who); err != nil {
			return h.Refuse(c, fmt.Errorf("%w (%w)", httpapi.Unavailable(2), err))
		}
		done = true
	case http.MethodGet:
		// What cannot be read now is asked once more.
		if ids, err := h.contacts(ctx, t.ResponseKey, who); err != nil {
			c.Cause = err
		} else if again, err = h.ledger.OptedOut(ctx, ids...); err != nil {
			c.Cause = err
		}
	}
	return httpapi.Page(http.StatusOK, p.Unsubscribe(c.Language, done, again), p.Policy())
}

// sealed is the contact that a link names itself; empty: none. Errors: as of a link
// that is not genuine; 503 when the keys cannot be had now.
func (h *handler) sealed(ctx context.Context, c *site.Call, t link.Token, sealed string) (store.ContactID, error) {
	if sealed == "" {
		return "", nil
	}
	ring, err := h.links.Fresh(ctx, c.At)
	if err != nil {
		return "", fmt.Errorf("%w (%w)", httpapi.Unavailable(2), err)
	}
	who, err := link.Unseal(ring, t.ResponseKey, sealed)
	if err != nil {
		return "", fmt.Errorf("%w (%w)", httpapi.NotFound(), err)
	}
	return store.ContactID(who), nil
}

// optOut opts the address and the key of the invitation's customer out. Again
// says that one of them was before.
func (h *handler) optOut(ctx context.Context, c *site.Call, t link.Token, who store.ContactID) (again bool, err error) {
	ids, err := h.contacts(ctx, t.ResponseKey, who)
	if err != nil {
		return false, err
	}
	if again, err = h.ledger.OptedOut(ctx, ids...); err != nil {
		return false, err
	}
	for _, id := range ids {
		if err := h.ledger.OptOut(ctx, id, store.Unsubscribed, c.At); err != nil {
			return false, err
		}
	}
	if again {
		return true, nil
	}
	var at feedback.Touchpoint // of a link to a place that is gone: none
	if tp := h.Touchpoint(t.Touchpoint); tp != nil {
		at = tp.ID
	}
	c.Count(at, count("Unsubscribed", 1))
	return false, nil
}

// contacts are the contacts of the invitation that a link was issued for, and the one
// that the link names itself; none
// when it named none, or was erased: then there is nobody to write to.
func (h *handler) contacts(ctx context.Context, k feedback.ResponseKey, who store.ContactID) ([]store.ContactID, error) {
	all, err := h.ledger.Response(ctx, k)
	if err != nil {
		return nil, err
	}
	var ids []store.ContactID
	if who != "" {
		ids = append(ids, who)
	}
	for _, e := range all {
		if e.Kind != feedback.KindInvitation {
			continue
		}
		var p feedback.Personal
		if len(e.Personal) > 0 {
			if err := json.Unmarshal(e.Personal, &p); err != nil {
				return nil, fmt.Errorf("reading event %s: %w", e.EventID, err)
			}
		}
		for _, id := range [...]store.ContactID{store.KeyContact(e.CustomerKey), store.AddressContact(p.Email)} {
			if id != "" {
				ids = append(ids, id)
			}
		}
	}
	return ids, nil
}

// oneClick checks the body of a POST: the page's form, which is empty, or
// List-Unsubscribe=One-Click, in either encoding of a form. Anything else is
// not meant for us.
func oneClick(r *httpapi.Request) error {
	body, err := httpapi.Body(r, maxForm)
	if err != nil {
		return err
	}
	media, params, err := mime.ParseMediaType(httpapi.Header(r, "content-type"))
	if err != nil {
		media = ""
	}
	var values url.Values
	switch media {
	case "application/x-www-form-urlencoded":
		values, err = url.ParseQuery(string(body))
	case "multipart/form-data":
		values, err = multipartForm(body, params["boundary"])
	default:
		return problem.New(http.StatusUnsupportedMediaType, problem.UnsupportedMediaType,
			"Send a form: application/x-www-form-urlencoded or multipart/form-data.")
	}
	if err != nil {
		return problem.New(http.StatusBadRequest, problem.MalformedForm, "The body is not a valid form.")
	}
	const name, value = "List-Unsubscribe", "One-Click"
	if got := values[name]; len(values) > 0 && (len(values) > 1 || len(got) != 1 || got[0] != value) {
		return problem.Invalid(problem.Field{Field: name, Code: problem.InvalidValue, Detail: "want " + value + " and nothing else"})
	}
	return nil
}

func multipartForm(body []byte, boundary string) (url.Values, error) {
	form, err := multipart.NewReader(bytes.NewReader(body), boundary).ReadForm(maxForm)
	if err != nil {
		return nil, err
	}
	if len(form.File) > 0 {
		return nil, errors.New("a file")
	}
	return form.Value, nil
}
