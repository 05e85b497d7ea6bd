package main

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"time"

	"resonanz/shared/casefile"
	"resonanz/shared/httpapi"
	"resonanz/shared/intake"
	"resonanz/shared/problem"
	"resonanz/shared/store"
)

// actions lists the corrective actions, or keeps a new one.
func (h *handler) actions(ctx context.Context, c *call) (httpapi.Response, error) {
	if httpapi.Method(c.Request) == http.MethodPost {
		return h.plan(ctx, c)
	}
	all, err := h.ledger.Actions(ctx)
	if err != nil {
		return httpapi.Response{}, busy(err)
	}
	if all == nil {
		all = []casefile.CorrectiveAction{}
	}
	return httpapi.JSON(http.StatusOK, struct {
		Actions []casefile.CorrectiveAction `json:"actions"`
	}{all})
}

// plan keeps a new corrective action: 201, or 200 where it was sent before.
func (h *handler) plan(ctx context.Context, c *call) (httpapi.Response, error) {
	by, err := actor(c)
	if err != nil {
		return httpapi.Response{}, err
	}
	body, err := bodyOf(c.Request)
	if err != nil {
		return httpapi.Response{}, err
	}
	in, err := intake.ParseAction(h.cfg, body, c.At)
	if err != nil {
		return httpapi.Response{}, err
	}
	a := casefile.CorrectiveAction{
		ID: in.ID, Category: in.Category, Title: in.Title, Owner: in.Owner, StartsAt: in.StartsAt, CreatedAt: c.At, CreatedBy: by.ID,
	}
	if a.StartsAt.IsZero() {
		a.StartsAt = c.At
	}
	before, err := h.action(ctx, a.ID)
	switch {
	case err != nil:
		return httpapi.Response{}, err
	case before == nil:
	case same(before, in) && before.CreatedBy == by.ID:
		return httpapi.JSON(http.StatusOK, before)
	default:
		return httpapi.Response{}, problem.New(http.StatusConflict, problem.AlreadyExists, "There is another corrective action with this id.")
	}
	if err := h.keepAction(ctx, c, a, "planned"); err != nil {
		return httpapi.Response{}, err
	}
	res, err := httpapi.JSON(http.StatusCreated, a)
	if err == nil {
		res.Headers["Location"] = "/v1/actions"
	}
	return res, err
}

// same reports whether what is kept came of the same request.
func same(a *casefile.CorrectiveAction, in *intake.CorrectiveAction) bool {
	return a.Category == in.Category && a.Title == in.Title && a.Owner == in.Owner && (in.StartsAt.IsZero() || in.StartsAt.Equal(a.StartsAt))
}

// done records that a corrective action was carried out; once is all.
func (h *handler) done(ctx context.Context, c *call, id string) (httpapi.Response, error) {
	by, err := actor(c)
	if err != nil {
		return httpapi.Response{}, err
	}
	body, err := bodyOf(c.Request)
	if err != nil {
		return httpapi.Response{}, err
	}
	a, err := h.action(ctx, id)
	if err != nil {
		return httpapi.Response{}, err
	}
	if a == nil {
		return httpapi.Response{}, problem.New(http.StatusNotFound, problem.NotFound, "There is no corrective action with this id.")
	}
	at, err := intake.ParseDone(body, a.StartsAt, c.At)
	if err != nil {
		return httpapi.Response{}, err
	}
	if !a.DoneAt.IsZero() {
		if a.DoneBy == by.ID {
			return httpapi.JSON(http.StatusOK, a)
		}
		return httpapi.Response{}, problem.New(http.StatusConflict, "already_done", "The corrective action was done before.")
	}
	a.DoneAt, a.DoneBy = at, by.ID
	if err := h.keepAction(ctx, c, *a, "done"); err != nil {
		return httpapi.Response{}, err
	}
	return httpapi.JSON(http.StatusOK, a)
}

// leased is how long one who keeps a corrective action has for it: longer than an
// invocation takes.
const leased = 30 * time.Second

// errMeanwhile says that somebody else is changing a corrective action.
var errMeanwhile = errors.New("another request changes the corrective action")

// keepAction keeps what was decided about a corrective action that was read
// before. Each step of it happens once: who comes at the same time is asked to
// send the request again, and then sees what the other did.
func (h *handler) keepAction(ctx context.Context, c *call, a casefile.CorrectiveAction, step string) error {
	effect := "corrective_action#" + a.ID + "#" + step
	state, err := h.ledger.Begin(ctx, effect, c.At, leased)
	if err == nil && state != store.Started && state != store.TakenOver {
		err = errMeanwhile
	}
	if err == nil {
		err = h.ledger.PutAction(ctx, a)
	}
	if err == nil {
		err = h.ledger.Finish(ctx, effect, c.At)
	}
	if err != nil {
		return busy(err)
	}
	return nil
}

// action finds a corrective action, or nil. Errors: problems.
func (h *handler) action(ctx context.Context, id string) (*casefile.CorrectiveAction, error) {
	all, err := h.ledger.Actions(ctx)
	if err != nil {
		return nil, busy(err)
	}
	i := slices.IndexFunc(all, func(a casefile.CorrectiveAction) bool { return a.ID == id })
	if i < 0 {
		return nil, nil
	}
	return &all[i], nil
}
