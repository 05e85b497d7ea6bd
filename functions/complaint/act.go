package main

import (
	"context"
	"errors"
	"net/http"

	"resonanz/shared/casefile"
	"resonanz/shared/httpapi"
	"resonanz/shared/intake"
	"resonanz/shared/lifecycle"
	"resonanz/shared/link"
	"resonanz/shared/pages"
	"resonanz/shared/problem"
	"resonanz/shared/site"
	"resonanz/shared/store"
)

// maxDone is how much customers can do to one case, further uploads aside: far more
// than any complaint saw, and nothing that fills a table.
const maxDone = 100

// tries bounds how often a change is made anew because somebody else was faster.
const tries = 5

// commands are what the buttons of the page ask of a case.
var commands = map[string]casefile.Action{
	intake.DoReply:    casefile.Replying,
	intake.DoAccept:   casefile.Accepting,
	intake.DoReopen:   casefile.Reopening,
	intake.DoWithdraw: casefile.Withdrawing,
	intake.DoRate:     casefile.Rating,
}

// act does what the customer asks and sends the browser back to the page. What
// cannot be done, or stored, comes back with everything that was typed.
func (h *handler) act(ctx context.Context, c *site.Call, token string, t *link.Case) httpapi.Response {
	var f intake.CaseForm
	var wrong []problem.Field
	body, err := h.Form(c, intake.MaxComplaintForm)
	if err == nil {
		f, wrong, err = intake.ParseCase(body)
	}
	var unchecked error
	if err == nil {
		wrong, unchecked = h.CheckNonce(ctx, c, h.links, &f.Nonce, wrong)
	}
	if err != nil {
		return h.Refuse(c, err)
	}
	h.Choose(c, f.Language)
	if len(wrong) > 0 {
		return h.shown(ctx, c, token, t, f, http.StatusUnprocessableEntity, wrong)
	}
	if unchecked != nil {
		c.Cause = unchecked
		return h.later(ctx, c, token, t, f, unchecked)
	}
	if err := h.Hold(c, t.Number); err != nil {
		return h.later(ctx, c, token, t, f, err)
	}
	err = h.apply(ctx, c, casefile.Number(t.Number), &f)
	refusal := new(lifecycle.Refusal)
	switch {
	case err == nil:
		return httpapi.SeeOther(address(c, "/k/"+token, "done="+f.Do))
	case errors.Is(err, store.ErrNotFound):
		return h.Refuse(c, httpapi.NotFound())
	case errors.As(err, &refusal) && refusal.Code.Conflict():
		return h.shown(ctx, c, token, t, f, http.StatusConflict, nil)
	case errors.As(err, &refusal):
		return h.shown(ctx, c, token, t, f, http.StatusUnprocessableEntity, []problem.Field{{Field: refusal.Field, Code: problem.InvalidValue}})
	}
	if problem.Of(err).Code == problem.TooManyRequests {
		return h.later(ctx, c, token, t, f, err)
	}
	c.Cause = err
	return h.later(ctx, c, token, t, f, httpapi.Unavailable(2))
}

// doneBy counts what the customer did.
func doneBy(timeline []casefile.Entry) (n int) {
	for i := range timeline {
		if timeline[i].By.Kind == casefile.Customer {
			n++
		}
	}
	return n
}

// later shows the page with what was typed, to be sent again later: why says when.
func (h *handler) later(ctx context.Context, c *site.Call, token string, t *link.Case, f intake.CaseForm, why error) httpapi.Response {
	p := problem.Of(why)
	res := h.shown(ctx, c, token, t, f, p.Status, []problem.Field{{Field: "form", Code: p.Code}})
	httpapi.Decorate(res.Headers, p)
	return res
}

// apply changes the case, once for each click, and anew where somebody else
// changed it at the same time.
func (h *handler) apply(ctx context.Context, c *site.Call, n casefile.Number, f *intake.CaseForm) error {
	book, err := h.book()
	if err != nil {
		return err
	}
	cmd := lifecycle.Command{
		Do: commands[f.Do], Cause: f.Event(string(n)), Words: casefile.NewWords(f.Text), Stars: f.Grade(),
	}
	if f.Do != intake.DoRate {
		cmd.Stars = 0
	}
	for range tries {
		k, err := h.cases.GetCase(ctx, n)
		if err != nil {
			return err
		}
		timeline, err := h.cases.Timeline(ctx, n)
		if err != nil {
			return err
		}
		if casefile.CausedBy(timeline, cmd.Cause) {
			return nil // a second click
		}
		if doneBy(timeline) >= maxDone {
			return httpapi.TooManyRequests(3600)
		}
		next, lines, err := lifecycle.Apply(*k, cmd, casefile.Actor{Kind: casefile.Customer}, intake.Instant(c.At), book.Lifecycle)
		if err != nil {
			return err
		}
		entries := make([]*casefile.Entry, len(lines))
		for i := range lines {
			entries[i] = &lines[i]
		}
		err = h.cases.UpdateCase(ctx, &next, entries...)
		switch {
		case err == nil:
			c.Count(k.Touchpoint, count("CustomerActed"))
			return nil
		case !errors.Is(err, store.ErrVersion):
			return err
		}
	}
	return store.ErrVersion
}

// shown is the page as it is now, with what was typed: wrong says what to mend;
// nothing is wrong where the case has moved on.
func (h *handler) shown(ctx context.Context, c *site.Call, token string, t *link.Case, f intake.CaseForm, status int, wrong []problem.Field) httpapi.Response {
	p, err := h.Pages()
	if err != nil {
		return h.Refuse(c, err)
	}
	v, err := h.view(ctx, c, token, t)
	if status == http.StatusServiceUnavailable && err != nil {
		c.Code = problem.Unavailable
		return httpapi.Page(status, p.Retry(&pages.Status{Language: c.Language, Chosen: c.Chosen != "", Form: f}), p.Policy())
	}
	if err != nil {
		return h.Refuse(c, err)
	}
	v.New, v.Form, v.Errors, v.Late = false, f, wrong, len(wrong) == 0
	c.Code = problem.IllegalTransition
	if len(wrong) > 0 {
		c.Code = wrong[0].Code
		if f.Do == intake.DoWithdraw && allows(v, casefile.Withdrawing) {
			return httpapi.Page(status, p.Withdraw(v), p.Policy())
		}
	}
	if err := h.upload(ctx, c, v); err != nil {
		c.Cause = err
	}
	return h.page(p, status, v)
}
