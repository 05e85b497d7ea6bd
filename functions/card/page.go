package main

import (
	"context"
	"net/http"

	"resonanz/shared/httpapi"
	"resonanz/shared/intake"
	"resonanz/shared/pages"
	"resonanz/shared/problem"
	"resonanz/shared/site"
)

// show renders the card, or the page after it. Nothing is written; a personal
// link is looked up once, and not at all for HEAD.
func (h *handler) show(ctx context.Context, c *site.Call, s *sheet) httpapi.Response {
	if err := h.Hold(c, s.link()); err != nil {
		return h.Refuse(c, err)
	}
	p, err := h.Pages()
	if err != nil {
		return h.Refuse(c, err)
	}
	ok := func(page string) httpapi.Response { return httpapi.Page(http.StatusOK, page, p.Policy()) }
	v, known := view(c, s), true
	if s.token != nil {
		v.Earlier, known = h.Earlier(ctx, c, h.ledger, s.token.ResponseKey)
	}
	done := c.Query.Get("done") == "1"
	switch {
	case v.Earlier != nil && !v.Earlier.Open(c.At):
		if !done {
			h.opened(c, s, "LinkReopened")
		}
		return ok(p.Closed(v))
	case done && (s.token == nil || v.Earlier != nil || !known): // only a stored card leads here
		v.Callback = c.Query.Get("callback") == "1"
		return ok(p.Thanks(v))
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
	v.Form.Nonce = h.Nonce(ctx, c, h.links, site.Place(v.Earlier, known))
	return ok(p.Card(v))
}

// opened counts a look at a card, apart from what is sent.
func (h *handler) opened(c *site.Call, s *sheet, name string) {
	if httpapi.Method(c.Request) == http.MethodGet {
		c.Count(s.tp.ID, count(name))
	}
}

func view(c *site.Call, s *sheet) *pages.Card {
	v := &pages.Card{Language: c.Language, Chosen: c.Chosen != "", Touchpoint: s.tp, Card: s.card}
	if s.token != nil {
		v.ExpiresAt = s.token.ExpiresAt
	}
	return v
}

// submit stores what the form says and sends the browser to the page after it.
// What cannot be stored comes back with everything that was typed.
func (h *handler) submit(ctx context.Context, c *site.Call, s *sheet) httpapi.Response {
	var form intake.CardForm
	var wrong []problem.Field
	body, err := h.Form(c, intake.MaxCardForm)
	if err == nil {
		form, wrong, err = intake.ParseCard(s.tp, s.card, body)
	}
	var unchecked error
	if err == nil {
		wrong, unchecked = h.CheckNonce(ctx, c, h.links, &form.Nonce, wrong)
	}
	if err != nil || len(wrong) > 0 {
		c.Count(s.tp.ID, count("CardRejected"))
	}
	if err != nil {
		return h.Refuse(c, err)
	}
	h.Choose(c, form.Language)
	if len(wrong) > 0 {
		return h.again(c, s, form, http.StatusUnprocessableEntity, wrong)
	}
	if unchecked != nil {
		c.Cause = unchecked
		return h.later(c, s, form, unchecked)
	}
	if err := h.Hold(c, s.link()); err != nil {
		return h.later(c, s, form, err)
	}
	receipt, err := intake.AcceptVersion(ctx, h.ledger, intake.CardVote(h.cfg, s.tp, s.card, s.token, &form, c.Language, c.At))
	if err != nil && problem.Of(err).Code == problem.TooManyVersions {
		return httpapi.SeeOther(c.RawPath) // which says so
	}
	if err != nil {
		c.Cause = err
		return h.later(c, s, form, httpapi.Unavailable(2))
	}
	name := "CardAccepted"
	if receipt.Status == intake.Duplicate {
		name = "CardDuplicate"
	}
	c.Count(s.tp.ID, count(name))
	location := c.RawPath + "?done=1"
	if c.Chosen != "" {
		location += "&l=" + string(c.Chosen)
	}
	if form.Callback {
		location += "&callback=1"
	}
	return httpapi.SeeOther(location)
}

// again shows the form with what was typed and what is wrong with it.
func (h *handler) again(c *site.Call, s *sheet, form intake.CardForm, status int, wrong []problem.Field) httpapi.Response {
	c.Code = wrong[0].Code
	p, err := h.Pages()
	if err != nil {
		return h.Refuse(c, err)
	}
	v := view(c, s)
	v.Form, v.Errors = form, wrong
	return httpapi.Page(status, p.Card(v), p.Policy())
}

// later shows the form with what was typed, to be sent again later: why says when.
func (h *handler) later(c *site.Call, s *sheet, form intake.CardForm, why error) httpapi.Response {
	p := problem.Of(why)
	res := h.again(c, s, form, p.Status, []problem.Field{{Field: "form", Code: p.Code}})
	httpapi.Decorate(res.Headers, p)
	return res
}
