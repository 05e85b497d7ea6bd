package main

import (
	"context"
	"net/http"
	"time"

	"resonanz/shared/config"
	"resonanz/shared/feedback"
	"resonanz/shared/httpapi"
	"resonanz/shared/intake"
	"resonanz/shared/link"
	"resonanz/shared/observe"
	"resonanz/shared/problem"
	"resonanz/shared/site"
)

// Scope is what a caller's access token must carry.
const scope = "resonanz/invite"

// margin is what is left for the answer when the function's time is up: rows
// not stored by then are to be sent again.
const margin = time.Second

// issued is the answer: the link and how to recognise what comes of it.
type issued struct {
	EventID     feedback.EventID     `json:"event_id"`
	URL         string               `json:"url"`
	Token       string               `json:"token"`
	ResponseKey feedback.ResponseKey `json:"response_key"`
	ExpiresAt   time.Time            `json:"expires_at"`
}

// result is what became of one invitation of several, at its place: with its
// link when it is stored, with a problem when not.
type result struct {
	EventID     feedback.EventID     `json:"event_id"`
	Status      intake.Status        `json:"status"`
	URL         string               `json:"url,omitempty"`
	Token       string               `json:"token,omitempty"`
	ResponseKey feedback.ResponseKey `json:"response_key,omitempty"`
	ExpiresAt   *time.Time           `json:"expires_at,omitempty"`
	Problem     *problem.Problem     `json:"problem,omitempty"`
}

// invite issues the links that a request asks for: one, or several at once.
func (h *handler) invite(ctx context.Context, c *site.Call) (httpapi.Response, error) {
	if httpapi.Method(c.Request) != http.MethodPost {
		return httpapi.Response{}, httpapi.MethodNotAllowed(http.MethodPost)
	}
	if err := httpapi.RequireScope(c.Request, scope); err != nil {
		if h.canary != nil && httpapi.RequireScope(c.Request, canaryScope) == nil {
			return h.forCanary(ctx, c)
		}
		return httpapi.Response{}, err
	}
	csv := httpapi.RequireContentType(c.Request, "text/csv") == nil
	if !csv && httpapi.RequireContentType(c.Request, "application/json") != nil {
		return httpapi.Response{}, problem.New(http.StatusUnsupportedMediaType, problem.UnsupportedMediaType,
			"Send the body as application/json or text/csv, encoded in UTF-8.")
	}
	body, err := httpapi.Body(c.Request, intake.MaxInvitations)
	if err != nil {
		return httpapi.Response{}, err
	}
	switch {
	case csv:
		all, err := intake.ParseInvitationsCSV(h.cfg, body, c.At)
		if err != nil {
			return httpapi.Response{}, err
		}
		return h.several(ctx, c, all)
	case intake.IsBulk(body):
		all, err := intake.ParseInvitations(h.cfg, body, c.At)
		if err != nil {
			return httpapi.Response{}, err
		}
		return h.several(ctx, c, all)
	}
	in, err := intake.ParseInvitation(h.cfg, body, c.At)
	if err != nil {
		return httpapi.Response{}, err
	}
	return h.one(ctx, c, h.cfg, in)
}

// one stores the invitation and answers with its link: 201, or 200 with the
// same link when the same request came before.
func (h *handler) one(ctx context.Context, c *site.Call, cfg *config.Config, in *intake.Invitation) (httpapi.Response, error) {
	ring, err := h.links.Fresh(ctx, c.At) // before the write: a link that cannot be signed is not issued
	if err != nil {
		return httpapi.Response{}, err
	}
	status, err := intake.Issue(ctx, cfg, h.ledger, in)
	if err != nil {
		if p := problem.Of(err); p.Code == problem.FatigueLimit || p.Code == problem.OptedOut {
			c.Count(in.Touchpoint, count("InvitationSkipped", 1))
		}
		return httpapi.Response{}, err
	}
	code, metric := http.StatusCreated, "InvitationIssued"
	if status == intake.Duplicate {
		code, metric = http.StatusOK, "InvitationDuplicate"
	}
	c.Count(in.Touchpoint, count(metric, 1))
	url, token := h.sign(ring, in)
	return httpapi.JSON(code, issued{in.EventID, url, token, in.ResponseKey, in.ExpiresAt})
}

// sign makes the link of an invitation that is stored.
func (h *handler) sign(ring link.Keyring, in *intake.Invitation) (url, token string) {
	token = link.Sign(ring, link.Token{
		ResponseKey: in.ResponseKey, Touchpoint: link.CodeOf(in.Touchpoint), Channel: in.Channel,
		Language: in.Language, Segment: in.Segment, ExpiresAt: in.ExpiresAt,
	})
	path := "/r/"
	if in.Card {
		path = "/c/"
	}
	return h.publicURL + path + token, token
}

// several stores invitations, each on its own, and answers in their order. One
// that is refused, or cannot be stored now, holds up no other.
func (h *handler) several(ctx context.Context, c *site.Call, all []*intake.Invitation) (httpapi.Response, error) {
	ring, err := h.links.Fresh(ctx, c.At)
	if err != nil {
		return httpapi.Response{}, err
	}
	if deadline, ok := ctx.Deadline(); ok {
		var cancel context.CancelFunc
		ctx, cancel = context.WithDeadline(ctx, deadline.Add(-margin))
		defer cancel()
	}
	results := make([]result, len(all))
	retries := 0
	for i, r := range intake.IssueAll(ctx, h.cfg, h.ledger, all) {
		in := all[i]
		results[i] = result{EventID: in.EventID, Status: r.Status, Problem: r.Problem}
		switch r.Status {
		case intake.Retry:
			retries++
			c.Cause = r.Cause // one of them is enough for the log
		case intake.Accepted, intake.Duplicate:
			results[i].URL, results[i].Token = h.sign(ring, in)
			results[i].ResponseKey, results[i].ExpiresAt = in.ResponseKey, &in.ExpiresAt
		}
	}
	tally(c, all, results)
	if retries == len(results) {
		return httpapi.Response{}, c.Cause
	}
	return httpapi.JSON(http.StatusOK, struct {
		Results []result `json:"results"`
	}{results})
}

// tally counts what became of invitations, by touchpoint.
func tally(c *site.Call, all []*intake.Invitation, results []result) {
	names := [...]struct {
		status intake.Status
		metric string
	}{{intake.Accepted, "InvitationIssued"}, {intake.Duplicate, "InvitationDuplicate"}, {intake.Skipped, "InvitationSkipped"}}
	at := make(map[feedback.Touchpoint]map[intake.Status]int)
	for i, in := range all {
		if at[in.Touchpoint] == nil {
			at[in.Touchpoint] = make(map[intake.Status]int)
		}
		at[in.Touchpoint][results[i].Status]++
	}
	for tp, n := range at {
		var values []observe.Value
		for _, m := range names {
			if n[m.status] > 0 {
				values = append(values, count(m.metric, n[m.status]))
			}
		}
		c.Count(tp, values...)
	}
}
