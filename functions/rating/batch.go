package main

import (
	"context"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"resonanz/shared/feedback"
	"resonanz/shared/httpapi"
	"resonanz/shared/intake"
	"resonanz/shared/observe"
	"resonanz/shared/problem"
	"resonanz/shared/site"
)

// writers bounds the writes of one batch that run at the same time: enough to
// keep 500 events within a second or two, few enough for one connection pool.
const writers = 16

// margin is what is left for the answer when the function's time is up: events
// not stored by then are to be sent again.
const margin = time.Second

// result is what became of one event of a batch, at its place. EventID is empty
// where it could not be read.
type result struct {
	EventID     feedback.EventID     `json:"event_id"`
	ResponseKey feedback.ResponseKey `json:"response_key,omitempty"`
	Status      intake.Status        `json:"status"`
	Problem     *problem.Problem     `json:"problem,omitempty"`

	*intake.Opened // of a complaint that was stored

	kind  feedback.Kind
	at    feedback.Touchpoint // empty: not known
	cause error               // of a retry, for the log
}

// batch stores up to 500 events of any kind, each on its own: one that is
// refused, or cannot be stored now, holds up no other.
func (h *handler) batch(ctx context.Context, c *site.Call, from intake.Source) httpapi.Response {
	body, err := jsonBody(c, intake.MaxBatch)
	if err != nil {
		return h.Refuse(c, err)
	}
	events, err := intake.ParseBatch(body)
	if err != nil {
		return h.Refuse(c, err)
	}
	if deadline, ok := ctx.Deadline(); ok {
		var cancel context.CancelFunc
		ctx, cancel = context.WithDeadline(ctx, deadline.Add(-margin))
		defer cancel()
	}
	results, read := make([]result, len(events)), make([]*intake.Submission, len(events))
	for i, e := range events {
		read[i], results[i] = h.read(c, from, e)
	}
	lanes := lanesOf(read)
	var next atomic.Int32
	var wg sync.WaitGroup
	for range min(writers, len(lanes)) {
		wg.Go(func() {
			for i := int(next.Add(1)) - 1; i < len(lanes); i = int(next.Add(1)) - 1 {
				for _, at := range lanes[i] {
					results[at] = h.keep(ctx, read[at])
				}
			}
		})
	}
	wg.Wait()
	return h.report(c, results)
}

// lanesOf groups what was read by the id that it is stored under, in its order:
// a paper card that is in one batch twice, with dates of different months, is
// seen the second time only when the first is stored.
func lanesOf(read []*intake.Submission) [][]int {
	lanes := make([][]int, 0, len(read))
	of := make(map[feedback.EventID]int, len(read))
	for i, s := range read {
		if s == nil {
			continue
		}
		lane, known := of[s.Rating.EventID]
		if !known {
			lane = len(lanes)
			of[s.Rating.EventID] = lane
			lanes = append(lanes, nil)
		}
		lanes[lane] = append(lanes[lane], i)
	}
	return lanes
}

// contain makes the result of an event that breaks us: it must not take the
// others with it.
func contain(r *result) {
	if p := recover(); p != nil {
		cause := observe.Recovered(p)
		*r = result{Status: intake.Retry, Problem: problem.Of(cause), cause: cause}
	}
}

// read reads one event; nil when it is refused, which the result says.
func (h *handler) read(c *site.Call, from intake.Source, event []byte) (_ *intake.Submission, r result) {
	defer contain(&r)
	s, err := intake.ParseEvent(h.cfg, from, intake.Mixed, event, c.At)
	if err != nil {
		id, kind := intake.Identify(event)
		return nil, result{EventID: id, Status: intake.Rejected, Problem: problem.Of(err), kind: kind, at: place(from)}
	}
	return s, result{}
}

// keep stores one event.
func (h *handler) keep(ctx context.Context, s *intake.Submission) (r result) {
	defer contain(&r)
	r = result{EventID: s.ID(), kind: kindOf(s), at: s.Rating.Touchpoint}
	receipt, err := h.store(ctx, s)
	switch p := problem.Of(err); {
	case err == nil:
		r.ResponseKey, r.Status, r.Opened = receipt.ResponseKey, receipt.Status, receipt.Opened
	case p.Status < http.StatusInternalServerError:
		r.Status, r.Problem = intake.Rejected, p
	default:
		r.Status, r.Problem, r.cause = intake.Retry, p, err
	}
	return r
}

func (h *handler) report(c *site.Call, results []result) httpapi.Response {
	var n tally
	again := 0
	for i := range results {
		r := &results[i]
		n.add(r.at, r.kind, r.Status)
		if r.Status == intake.Retry {
			again++
			c.Cause = r.cause // one of them is enough for the log
		}
	}
	n.tell(&c.Note)
	if again == len(results) {
		return h.Refuse(c, c.Cause)
	}
	return h.json(c, http.StatusOK, struct {
		Results []result `json:"results"`
	}{results})
}
