package main

import (
	"context"
	"net/http"
	"strconv"

	"resonanz/shared/config"
	"resonanz/shared/feedback"
	"resonanz/shared/httpapi"
	"resonanz/shared/intake"
	"resonanz/shared/link"
	"resonanz/shared/observe"
	"resonanz/shared/pages"
	"resonanz/shared/problem"
	"resonanz/shared/site"
	"resonanz/shared/store"
)

// ledger is where votes go, and where a page finds those of its link.
type ledger interface {
	intake.Cases
	site.Responses
	Beat(context.Context, store.Beat) error
}

// link answers for a rating link: GET and HEAD show the page and change
// nothing, POST stores a vote.
func (h *handler) link(ctx context.Context, c *site.Call, method, token string) httpapi.Response {
	if method != http.MethodGet && method != http.MethodHead && method != http.MethodPost {
		return h.Refuse(c, httpapi.MethodNotAllowed(http.MethodGet, http.MethodHead, http.MethodPost))
	}
	t, err := h.Verify(ctx, c, h.links, token)
	if err != nil {
		return h.Refuse(c, err)
	}
	tp := h.Touchpoint(t.Touchpoint)
	if tp == nil {
		return h.Refuse(c, httpapi.NotFound())
	}
	if method == http.MethodPost {
		return h.vote(ctx, c, tp, t)
	}
	return h.show(ctx, c, tp, t)
}

// show renders the page that fits what was said through the link so far. It
// writes nothing, and HEAD does not even read.
func (h *handler) show(ctx context.Context, c *site.Call, tp *config.Touchpoint, t link.Token) httpapi.Response {
	if err := h.Hold(c, string(t.ResponseKey)); err != nil {
		return h.Refuse(c, err)
	}
	p, err := h.Pages()
	if err != nil {
		return h.Refuse(c, err)
	}
	ok := func(page string) httpapi.Response { return httpapi.Page(http.StatusOK, page, p.Policy()) }
	done := c.Query.Get("done")
	e, known := h.Earlier(ctx, c, h.ledger, t.ResponseKey)
	v := view(c, tp, t)
	v.Earlier = e
	v.Form.Nonce = h.Nonce(ctx, c, h.links, site.Place(e, known))
	switch {
	case !known && (done == "1" || done == "2"): // only a stored vote leads here
		return ok(p.Thanks(v))
	case e != nil && !e.Open(c.At):
		h.opened(c, tp, "LinkReopened")
		return ok(p.Closed(v))
	case e != nil && done == "2":
		return ok(p.Thanks(v))
	case e != nil:
		fill(h.cfg, tp, &v.Form, &e.Vote.Rating)
		if done == "1" {
			return ok(p.FollowUp(v, true))
		}
	}
	if n, err := strconv.Atoi(c.Query.Get("s")); err == nil && tp.Scale.Valid(n) {
		v.Form.Stars = n
	}
	if e == nil {
		h.opened(c, tp, "LinkOpened")
	} else {
		h.opened(c, tp, "LinkReopened")
	}
	return ok(p.Rating(v))
}

// opened counts a look at a page that asks for a vote, apart from the votes.
func (h *handler) opened(c *site.Call, tp *config.Touchpoint, name string) {
	if httpapi.Method(c.Request) == http.MethodGet {
		c.Count(tp.ID, count(name, 1))
	}
}

func view(c *site.Call, tp *config.Touchpoint, t link.Token) *pages.Rating {
	return &pages.Rating{Language: c.Language, Chosen: c.Chosen != "", Touchpoint: tp, ExpiresAt: t.ExpiresAt}
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

// vote stores what the form says and sends the browser on: after a vote to what
// else may be said, after that to the end. What cannot be stored comes back
// with everything that was typed.
func (h *handler) vote(ctx context.Context, c *site.Call, tp *config.Touchpoint, t link.Token) httpapi.Response {
	var form intake.Form
	var wrong []problem.Field
	body, err := h.Form(c, intake.MaxForm)
	if err == nil {
		form, wrong, err = intake.ParseForm(tp, body)
	}
	var unchecked error
	if err == nil {
		wrong, unchecked = h.CheckNonce(ctx, c, h.links, &form.Nonce, wrong)
	}
	if err != nil || len(wrong) > 0 {
		c.Count(tp.ID, count("RatingRejected", 1))
	}
	if err != nil {
		return h.Refuse(c, err)
	}
	h.Choose(c, form.Language)
	t.Language = c.Language
	a := &answer{Rating: view(c, tp, t), followUp: c.Query.Get("done") == "1"}
	a.Form = form
	if len(wrong) > 0 {
		return h.again(c, a, http.StatusUnprocessableEntity, wrong)
	}
	if unchecked != nil {
		c.Cause = unchecked
		return h.later(c, a, unchecked)
	}
	if !pages.Offers(h.cfg, tp, form.Stars, form.Reason) {
		form.Reason = "" // it was given for another score
	}
	if err := h.Hold(c, string(t.ResponseKey)); err != nil {
		return h.later(c, a, err)
	}
	receipt, err := intake.AcceptVersion(ctx, h.ledger, intake.Vote(tp, t, form, c.At))
	if err != nil && problem.Of(err).Code == problem.TooManyVersions {
		return httpapi.SeeOther(c.RawPath) // which says so
	}
	if err != nil {
		c.Cause = err
		return h.later(c, a, httpapi.Unavailable(2))
	}
	c.Count(tp.ID, outcome(receipt.Status))
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

// again shows the form with what was typed and what is wrong with it.
func (h *handler) again(c *site.Call, a *answer, status int, wrong []problem.Field) httpapi.Response {
	c.Code = wrong[0].Code
	p, err := h.Pages()
	if err != nil {
		return h.Refuse(c, err)
	}
	a.Errors = wrong
	if a.followUp || a.Form.More() {
		return httpapi.Page(status, p.FollowUp(a.Rating, a.followUp), p.Policy())
	}
	return httpapi.Page(status, p.Rating(a.Rating), p.Policy())
}

// later shows the form with what was typed, to be sent again later: why says when.
func (h *handler) later(c *site.Call, a *answer, why error) httpapi.Response {
	p := problem.Of(why)
	res := h.again(c, a, p.Status, []problem.Field{{Field: "form", Code: p.Code}})
	httpapi.Decorate(res.Headers, p)
	return res
}

func outcome(s intake.Status) observe.Value {
	if s == intake.Duplicate {
		return count("RatingDuplicate", 1)
	}
	return count("RatingAccepted", 1)
}
