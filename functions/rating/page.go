package main

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"resonanz/shared/config"
	"resonanz/shared/feedback"
	"resonanz/shared/httpapi"
	"resonanz/shared/intake"
	"resonanz/shared/link"
	"resonanz/shared/observe"
	"resonanz/shared/pages"
	"resonanz/shared/problem"
	"resonanz/shared/secret"
	"resonanz/shared/store"
)

// ledger is where votes go, and where a page finds those of its link.
type ledger interface {
	intake.Ledger
	Response(context.Context, feedback.ResponseKey) ([]store.Entry, error)
	Beat(context.Context, store.Beat) error
}

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
	return h.show(ctx, c, tp, t)
}

// verify reads the token. Forged, truncated and foreign tokens are all "not
// found".
func (h *handler) verify(ctx context.Context, c *call, token string) (link.Token, error) {
	t, err := secret.Verify(ctx, h.links, token, c.now)
	if secret.Refused(err) {
		return link.Token{}, httpapi.NotFound()
	}
	return t, err
}

// patience is how long the page waits for what was said before: a slow table
// holds up nobody who wants to vote.
const patience = 1500 * time.Millisecond

// before finds what was said through the link so far. It is nil when nothing
// was, and when it cannot be read: then the page is that of a first vote.
func (h *handler) before(ctx context.Context, c *call, t link.Token) (e *intake.Earlier, known bool) {
	if httpapi.Method(c.Request) == http.MethodHead {
		return nil, true
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	entries, err := h.ledger.Response(ctx, t.ResponseKey)
	if err == nil {
		e, err = intake.Before(h.cfg.Rules, entries)
	}
	if err != nil {
		c.cause = err
		return nil, false
	}
	return e, true
}

// show renders the page that fits what was said through the link so far. It
// writes nothing, and HEAD does not even read.
func (h *handler) show(ctx context.Context, c *call, tp *config.Touchpoint, t link.Token) httpapi.Response {
	p, err := h.pages()
	if err != nil {
		return h.refuse(c, err)
	}
	query, _ := url.ParseQuery(c.RawQueryString) // what cannot be read is ignored
	done := query.Get("done")
	e, known := h.before(ctx, c, t)
	v := h.view(c, tp, t)
	v.Earlier = e
	v.Form.Nonce = nonce()
	switch {
	case !known && (done == "1" || done == "2"): // only a stored vote leads here
		return h.html(c, p, http.StatusOK, p.Thanks(v))
	case e != nil && !e.Open(c.now):
		h.opened(c, tp, "LinkReopened")
		return h.html(c, p, http.StatusOK, p.Closed(v))
	case e != nil && done == "2":
		return h.html(c, p, http.StatusOK, p.Thanks(v))
	case e != nil:
		fill(h.cfg, tp, &v.Form, &e.Vote.Rating)
		if done == "1" {
			return h.html(c, p, http.StatusOK, p.FollowUp(v, true))
		}
	}
	if n, err := strconv.Atoi(query.Get("s")); err == nil && tp.Scale.Valid(n) {
		v.Form.Stars = n
	}
	if e == nil {
		h.opened(c, tp, "LinkOpened")
	} else {
		h.opened(c, tp, "LinkReopened")
	}
	return h.html(c, p, http.StatusOK, p.Rating(v))
}

// opened counts a look at a page that asks for a vote, apart from the votes.
func (h *handler) opened(c *call, tp *config.Touchpoint, name string) {
	if httpapi.Method(c.Request) == http.MethodGet {
		h.metrics.EmitAt(string(tp.ID), count(name, 1))
	}
}

func (h *handler) view(c *call, tp *config.Touchpoint, t link.Token) *pages.Rating {
	return &pages.Rating{Language: t.Language, Chosen: h.chosen(c) != "", Touchpoint: tp, ExpiresAt: t.ExpiresAt}
}

// fill takes over what a vote says and the page still asks; own words stay where
// they are, since links get forwarded.
func fill(cfg *config.Config, tp *config.Touchpoint, f *intake.Form, vote *feedback.Rating) {
	if vote.Scale != tp.Scale {
		return // the touchpoint was rated on another scale then
	}
	old := intake.FormOf(vote)
	f.Stars = old.Stars
	if pages.Offers(cfg, tp, old.Stars, old.Reason) {
		f.Reason = old.Reason
	}
	if tp.Asks("fcr") {
		f.FCR = old.FCR
	}
	if tp.Asks("nps") {
		f.NPS = old.NPS
	}
	if tp.Asks("ces") {
		f.CES = old.CES
	}
}

// nonce is 96 random bits as 16 characters.
func nonce() string {
	var b [12]byte
	_, _ = rand.Read(b[:]) // never fails: crypto/rand ends the program instead
	return base64.RawURLEncoding.EncodeToString(b[:])
}

// vote stores what the form says and sends the browser on: after a vote to what
// else may be said, after that to the end. What cannot be stored comes back
// with everything that was typed.
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
	form, wrong, err := intake.ParseForm(tp, body)
	if err != nil {
		return refuse(err)
	}
	query, _ := url.ParseQuery(c.RawQueryString)
	a := &answer{Rating: h.view(c, tp, t), followUp: query.Get("done") == "1"}
	if slices.Contains(h.offered, form.Language) {
		t.Language, a.Language, a.Chosen = form.Language, form.Language, true
	}
	a.Form = form
	if len(wrong) > 0 {
		h.metrics.EmitAt(string(tp.ID), count("RatingRejected", 1))
		return h.again(c, a, http.StatusUnprocessableEntity, wrong)
	}
	if !pages.Offers(h.cfg, tp, form.Stars, form.Reason) {
		form.Reason = "" // it was given for another score
	}
	receipt, err := intake.Accept(ctx, h.ledger, intake.Vote(tp, t, form, c.now))
	if err != nil {
		c.cause = err
		res := h.again(c, a, http.StatusServiceUnavailable, []problem.Field{{Field: "form", Code: problem.Unavailable}})
		httpapi.Decorate(res.Headers, problem.Of(err))
		return res
	}
	h.metrics.EmitAt(string(tp.ID), outcome(receipt.Status))
	location := c.RawPath + "?done=1"
	if a.followUp || form.More() {
		location = c.RawPath + "?done=2"
	}
	if a.Chosen {
		location += "&l=" + string(a.Language)
	}
	return httpapi.SeeOther(location)
}

// answer is a form that was sent, as its page shows it again.
type answer struct {
	*pages.Rating
	followUp bool // it was sent when the vote was safe already
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
func (h *handler) again(c *call, a *answer, status int, wrong []problem.Field) httpapi.Response {
	c.code = wrong[0].Code
	p, err := h.pages()
	if err != nil {
		return h.refuse(c, err)
	}
	a.Errors = wrong
	if a.Form.Nonce == "" {
		a.Form.Nonce = nonce()
	}
	if a.followUp || a.Form.More() {
		return h.html(c, p, status, p.FollowUp(a.Rating, a.followUp))
	}
	return h.html(c, p, status, p.Rating(a.Rating))
}

func outcome(s intake.Status) observe.Value {
	if s == intake.Duplicate {
		return count("RatingDuplicate", 1)
	}
	return count("RatingAccepted", 1)
}
