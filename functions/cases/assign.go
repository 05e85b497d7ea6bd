package main

import (
	"context"
	"net/http"
	"sync"
	"sync/atomic"

	"resonanz/shared/casefile"
	"resonanz/shared/httpapi"
	"resonanz/shared/intake"
	"resonanz/shared/observe"
	"resonanz/shared/problem"
)

// writers bounds the cases of one request that are written at the same time.
const writers = 8

// assigned is what became of one case of several, at its place.
type assigned struct {
	Number  casefile.Number  `json:"number"`
	Status  intake.Status    `json:"status"`            // accepted, skipped or retry
	Version int              `json:"version,omitempty"` // of the case as it is now, where that is known
	Problem *problem.Problem `json:"problem,omitempty"` // why nothing was done
}

// assign gives several cases to a team or to somebody, each on its own: one that
// is refused, or was changed meanwhile, holds up no other.
func (h *handler) assign(ctx context.Context, c *call) (httpapi.Response, error) {
	by, err := actor(c)
	if err != nil {
		return httpapi.Response{}, err
	}
	body, err := bodyOf(c.Request)
	if err != nil {
		return httpapi.Response{}, err
	}
	a, err := intake.ParseAssignment(body)
	if err != nil {
		return httpapi.Response{}, err
	}
	if deadline, ok := ctx.Deadline(); ok {
		var cancel context.CancelFunc
		ctx, cancel = context.WithDeadline(ctx, deadline.Add(-margin/2))
		defer cancel()
	}
	results := make([]assigned, len(a.Cases))
	causes := make([]error, len(a.Cases))
	var next atomic.Int32
	var wg sync.WaitGroup
	for range min(writers, len(a.Cases)) {
		wg.Go(func() {
			for i := int(next.Add(1)) - 1; i < len(a.Cases); i = int(next.Add(1)) - 1 {
				results[i], causes[i] = h.assignOne(ctx, c, a.Cases[i], &a.Command, by)
			}
		})
	}
	wg.Wait()
	for _, err := range causes {
		if err != nil {
			c.Cause = err // one of them is enough for the log
		}
	}
	return httpapi.JSON(http.StatusOK, struct {
		Results []assigned `json:"results"`
	}{results})
}

// assignOne answers whatever happens. The error is the cause of a retry.
func (h *handler) assignOne(ctx context.Context, c *call, v intake.Versioned, cmd *intake.Command, by casefile.Actor) (out assigned, cause error) {
	out = assigned{Number: v.Number, Status: intake.Accepted}
	fail := func(err error) {
		out.Status, out.Problem = intake.Skipped, problem.Of(err)
		if out.Problem.Status >= http.StatusInternalServerError {
			out.Status, cause = intake.Retry, err
		}
		if s := new(stale); asStale(err, &s) {
			out.Version = s.version
		}
	}
	defer func() {
		if p := recover(); p != nil {
			fail(observe.Recovered(p))
		}
	}()
	k, err := h.find(ctx, v.Number)
	if err != nil {
		fail(err)
		return out, cause
	}
	out.Version = k.Version
	if k.Version != v.Version {
		fail(newStale(k.Version))
		return out, cause
	}
	own := *c // what is refused says what is allowed in this case
	changed, entries, err := h.apply(&own, k, "assign", cmd, by)
	if err == nil {
		err = h.keep(ctx, changed, entries)
	}
	if err != nil {
		fail(err)
		return out, cause
	}
	out.Version = changed.Version
	return out, nil
}
