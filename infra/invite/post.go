package main

import (
	"context"

	"resonanz/infra/caller"
	"resonanz/shared/feedback"
	"resonanz/shared/intake"
	"resonanz/shared/problem"
)

// result is what became of one row.
type result struct {
	EventID     feedback.EventID     `json:"event_id"`
	Status      intake.Status        `json:"status"`
	URL         string               `json:"url"`
	ResponseKey feedback.ResponseKey `json:"response_key"`
	ExpiresAt   string               `json:"expires_at"`
	Problem     *problem.Problem     `json:"problem"`
}

// post sends one CSV and returns one result for each of its rows. Errors: those of
// caller.Post.
func post(ctx context.Context, c *caller.Caller, csv []byte, rows int) ([]result, error) {
	return caller.Post[result](ctx, c, "/v1/invitations", "text/csv; charset=utf-8", csv, rows)
}
