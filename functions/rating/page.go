package main

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"net/http"
	"net/url"
	"strconv"

	"resonanz/shared/config"
	"resonanz/shared/feedback"
	"resonanz/shared/httpapi"
	"resonanz/shared/intake"
	"resonanz/shared/link"
	"resonanz/shared/observe"
	"resonanz/shared/pages"
	"resonanz/shared/problem"
)

// link answers for a rating link: GET and HEAD show the page and change
// nothing, POST stores a vote.
func (h *handler) link(ctx context.Context, c *call, method, token string) httpapi.Response {
	if method != http.MethodGet && method != http.MethodHead && method != http.MethodPost {
		return h.refuse(c, httpapi.MethodNotAllowed(http.MethodGet, http.MethodHead, http.MethodPost))
	}
	t, err := h.verify(ctx, c, token)
	if errors.Is(err, link.ErrExpired) {
		c.code = "link_expired"
		if res, ok := h.page(c, http.StatusGone, h.language(c, t.Language), pages.Expired); ok {
			return res
		}
	}
	if err != nil {
		return h.refuse(c, err)
	}
	tp := h.codes[t.Touchpoint]
	if tp == nil { // no longer configured
		return h.refuse(c, httpapi.NotFound())
	}
	t.Language = h.language(c, t.Language)
	if method == http.MethodPost {
		return h.vote(ctx, c, tp, t)
	}
	return h.show(c, tp, t)
}

// verify reads the token; a key id that is not known makes one fresh look at
// the secret. Forged, truncated and foreign tokens are all "not found".
func (h *handler) verify(ctx context.Context, c *call, token string) (link.Token, error) {
	ring, err := h.links.Keyring(ctx, c.now)
	if err != nil {
		return link.Token{}, err
	}
	t, err := link.Verify(ring, token, c.now)
	if errors.Is(err, link.ErrUnknownKey) {
		if ring, err = h.links.Refresh(ctx, c.now); err != nil {
			return link.Token{}, err
		}
		t, err = link.Verify(ring, token, c.now)
	}
	if err != nil && !errors.Is(err, link.ErrExpired) {
		return link.Token{}, httpapi.NotFound()
	}
	return t, err
}

// show renders the rating page, or the thank-you page after a vote. Neither
// reads nor writes anything.
func (h *handler) show(c *call, tp *config.Touchpoint, t link.Token) httpapi.Response {
	p, err := h.pages()
	if err != nil {
		return h.refuse(c, err)
	}
	query, _ := url.ParseQuery(c.RawQueryString) // what cannot be read is ignored
	if query.Get("done") == "1" {
		return h.html(c, p, http.StatusOK, p.Thanks(t.Language, tp, query.Get("callback") == "1"))
	}
	if httpapi.Method(c.Request) == http.MethodGet {
		h.metrics.EmitAt(string(tp.ID), count("LinkOpened", 1))
	}
	v := view(tp, t)
	v.Form.Nonce = nonce()
	if n, err := strconv.Atoi(query.Get("s")); err == nil && tp.Scale.Valid(n) {
		v.Form.Stars = n
	}
	return h.html(c, p, http.StatusOK, p.Rating(v))
}

func view(tp *config.Touchpoint, t link.Token) *pages.Rating {
	return &pages.Rating{Language: t.Language, Touchpoint: tp, ExpiresAt: t.ExpiresAt}
}

// nonce is 96 random bits as 16 characters.
func nonce() string {
	var b [12]byte
	_, _ = rand.Read(b[:]) // never fails: crypto/rand ends the program instead
	return base64.RawURLEncoding.EncodeToString(b[:])
}

// vote stores what the form says and sends the browser to the thank-you page.
// What cannot be stored comes back with everything that was typed.
func (h *handler) vote(ctx context.Context, c *call, tp *config.Touchpoint, t link.Token) httpapi.Response {
	refuse := func(err error) httpapi.Response {
		h.metrics.EmitAt(string(tp.ID), count("RatingRejected", 1))
		return h.refuseIn(c, err, t.Language)
	}
	if err := httpapi.RequireContentType(c.Request, "application/x-www-form-urlencoded"); err != nil {
		return refuse(err)
	}
	body, err := httpapi.Body(c.Request, intake.MaxForm)
	if err != nil {
		return refuse(err)
	}
	form, wrong, err := intake.ParseForm(tp.Scale, body)
	if err != nil {
		return refuse(err)
	}
	if len(wrong) > 0 {
		h.metrics.EmitAt(string(tp.ID), count("RatingRejected", 1))
		return h.again(c, tp, t, form, http.StatusUnprocessableEntity, wrong)
	}
	receipt, err := intake.Accept(ctx, h.ledger, intake.Vote(tp, t, form, c.now))
	if err != nil {
		c.cause = err
		res := h.again(c, tp, t, form, http.StatusServiceUnavailable, []problem.Field{{Field: "form", Code: problem.Unavailable}})
		httpapi.Decorate(res.Headers, problem.Of(err))
		return res
	}
	h.metrics.EmitAt(string(tp.ID), outcome(receipt.Status))
	location := c.RawPath + "?done=1"
	if form.Callback {
		location += "&callback=1"
	}
	return httpapi.SeeOther(location)
}

// refuseIn is refuse in the language of the link.
func (h *handler) refuseIn(c *call, err error, l feedback.Language) httpapi.Response {
	p := problem.Of(err)
	c.code = p.Code
	res, ok := h.page(c, p.Status, l, message(p))
	if !ok {
		return h.refuse(c, err)
	}
	httpapi.Decorate(res.Headers, p)
	return res
}

// again shows the form with what was typed and what is wrong with it.
func (h *handler) again(c *call, tp *config.Touchpoint, t link.Token, form intake.Form, status int, wrong []problem.Field) httpapi.Response {
	c.code = wrong[0].Code
	p, err := h.pages()
	if err != nil {
		return h.refuse(c, err)
	}
	v := view(tp, t)
	v.Form, v.Errors = form, wrong
	if v.Form.Nonce == "" {
		v.Form.Nonce = nonce()
	}
	return h.html(c, p, status, p.Rating(v))
}

func outcome(s intake.Status) observe.Value {
	if s == intake.Duplicate {
		return count("RatingDuplicate", 1)
	}
	return count("RatingAccepted", 1)
}
