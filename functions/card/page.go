package main

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"net/http"
	"time"

	"resonanz/shared/feedback"
	"resonanz/shared/httpapi"
	"resonanz/shared/intake"
	"resonanz/shared/pages"
	"resonanz/shared/problem"
)

// patience is how long the page waits for what was answered before: a slow
// table holds up nobody who wants to answer.
const patience = 1500 * time.Millisecond

// show renders the card, or the page after it. Nothing is written; a personal
// link is looked up once, and not at all for HEAD.
func (h *handler) show(ctx context.Context, c *call, s *sheet) httpapi.Response {
	p, err := h.pages()
	if err != nil {
		return h.refuse(c, err)
	}
	v := view(c, s)
	var known bool
	v.Earlier, known = h.before(ctx, c, s)
	done := c.query.Get("done") == "1"
	switch {
	case v.Earlier != nil && !v.Earlier.Open(c.now):
		if !done {
			h.opened(c, s, "LinkReopened")
		}
		return h.html(c, p, http.StatusOK, p.Closed(v))
	case done && (s.token == nil || v.Earlier != nil || !known): // only a stored card leads here
		v.Callback = c.query.Get("callback") == "1"
		return h.html(c, p, http.StatusOK, p.Thanks(v))
	case s.token == nil:
		h.opened(c, s, "CardOpened")
	case v.Earlier == nil:
		h.opened(c, s, "LinkOpened")
	default:
		h.opened(c, s, "LinkReopened")
		v.Form.Stars = v.Earlier.Vote.Rating.Rating
		if v.Earlier.Vote.Card == s.card.ID {
			v.Form.Answers = v.Earlier.Vote.Answers
		}
	}
	v.Form.Nonce = nonce()
	return h.html(c, p, http.StatusOK, p.Card(v))
}

// before finds what was answered through a personal link so far. It is nil
// when nothing was, and when it cannot be read: then the page is that of a
// first answer.
func (h *handler) before(ctx context.Context, c *call, s *sheet) (e *intake.Earlier, known bool) {
	if s.token == nil || httpapi.Method(c.Request) == http.MethodHead {
		return nil, true
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	entries, err := h.ledger.Response(ctx, s.token.ResponseKey)
	if err == nil {
		e, err = intake.Before(h.cfg.Rules, entries)
	}
	if err != nil {
		c.Cause = err
		return nil, false
	}
	return e, true
}

// opened counts a look at a card, apart from what is sent.
func (h *handler) opened(c *call, s *sheet, name string) {
	if httpapi.Method(c.Request) == http.MethodGet {
		h.metrics.EmitAt(string(s.tp.ID), count(name))
	}
}

func view(c *call, s *sheet) *pages.Card {
	v := &pages.Card{Language: c.l, Chosen: c.chosen != "", Touchpoint: s.tp, Card: s.card}
	if s.token != nil {
		v.ExpiresAt = s.token.ExpiresAt
	}
	return v
}

// nonce is 96 random bits as 16 characters.
func nonce() string {
	var b [12]byte
	_, _ = rand.Read(b[:]) // never fails: crypto/rand ends the program instead
	return base64.RawURLEncoding.EncodeToString(b[:])
}

// submit stores what the form says and sends the browser to the page after it.
// What cannot be stored comes back with everything that was typed.
func (h *handler) submit(ctx context.Context, c *call, s *sheet) httpapi.Response {
	reject := func() { h.metrics.EmitAt(string(s.tp.ID), count("CardRejected")) }
	err := httpapi.RequireContentType(c.Request, "application/x-www-form-urlencoded")
	var body []byte
	if err == nil {
		body, err = httpapi.Body(c.Request, intake.MaxCardForm)
	}
	var form intake.CardForm
	var wrong []problem.Field
	if err == nil {
		form, wrong, err = intake.ParseCard(s.tp, s.card, body)
	}
	if err != nil {
		reject()
		return h.refuse(c, err)
	}
	if form.Language != "" {
		h.speak(c, form.Language, s.language())
	}
	if len(wrong) > 0 {
		reject()
		return h.again(c, s, form, http.StatusUnprocessableEntity, wrong)
	}
	receipt, err := intake.Accept(ctx, h.ledger, intake.CardVote(h.cfg, s.tp, s.card, s.token, &form, c.l, c.now))
	if err != nil {
		c.Cause = err
		res := h.again(c, s, form, http.StatusServiceUnavailable, []problem.Field{{Field: "form", Code: problem.Unavailable}})
		httpapi.Decorate(res.Headers, problem.Of(err))
		return res
	}
	name := "CardAccepted"
	if receipt.Status == intake.Duplicate {
		name = "CardDuplicate"
	}
	h.metrics.EmitAt(string(s.tp.ID), count(name))
	location := c.RawPath + "?done=1"
	if c.chosen != "" {
		location += "&l=" + string(c.chosen)
	}
	if form.Callback {
		location += "&callback=1"
	}
	return httpapi.SeeOther(location)
}

// language is that of the link, if there is one.
func (s *sheet) language() feedback.Language {
	if s.token == nil {
		return ""
	}
	return s.token.Language
}

// again shows the form with what was typed and what is wrong with it.
func (h *handler) again(c *call, s *sheet, form intake.CardForm, status int, wrong []problem.Field) httpapi.Response {
	c.Code = wrong[0].Code
	p, err := h.pages()
	if err != nil {
		return h.refuse(c, err)
	}
	v := view(c, s)
	v.Form, v.Errors = form, wrong
	if v.Form.Nonce == "" {
		v.Form.Nonce = nonce()
	}
	return h.html(c, p, status, p.Card(v))
}
