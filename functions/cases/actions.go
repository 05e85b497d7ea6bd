package main

import (
	"context"
	"net/http"
	"slices"

	"resonanz/shared/casefile"
	"resonanz/shared/httpapi"
	"resonanz/shared/intake"
	"resonanz/shared/problem"
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
	before, err := h.action(ctx, a.ID)
	switch {
	case err != nil:
		return httpapi.Response{}, err
	case before == nil:
	case before.Category == a.Category && before.Title == a.Title && before.Owner == a.Owner && before.CreatedBy == by.ID:
		return httpapi.JSON(http.StatusOK, before)
	default:
		return httpapi.Response{}, problem.New(http.StatusConflict, problem.AlreadyExists, "There is another corrective action with this id.")
	}
	if err := h.ledger.PutAction(ctx, a); err != nil {
		return httpapi.Response{}, busy(err)
	}
	res, err := httpapi.JSON(http.StatusCreated, a)
	if err == nil {
		res.Headers["Location"] = "/v1/actions"
	}
	return res, err
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
	if err := h.ledger.PutAction(ctx, *a); err != nil {
		return httpapi.Response{}, busy(err)
	}
	return httpapi.JSON(http.StatusOK, a)
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
