package main

import (
	"bytes"
	"context"

	"resonanz/infra/caller"
	"resonanz/shared/feedback"
	"resonanz/shared/intake"
	"resonanz/shared/problem"
)

// result is what became of one event.
type result struct {
	EventID feedback.EventID `json:"event_id"`
	Status  intake.Status    `json:"status"`
	Problem *problem.Problem `json:"problem"`
}

// post sends events and returns one result for each. Errors: those of caller.Post.
func post(ctx context.Context, c *caller.Caller, events [][]byte) ([]result, error) {
	body := append(append([]byte(`{"events":[`), bytes.Join(events, []byte(","))...), "]}"...)
	return caller.Post[result](ctx, c, "/v1/batch", "application/json", body, len(events))
}
