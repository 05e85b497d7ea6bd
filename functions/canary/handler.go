package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"resonanz/shared/feedback"
	"resonanz/shared/observe"
)

// every is how often the canary flies: the schedule says the same.
const every = 15 * time.Minute

// late is how old a vote is that must have become a fact. Facts are collected for
// five minutes; the rest is for what is tried again.
const late = time.Hour

type handler struct {
	public  string // base of links, without a slash at its end
	client  *http.Client
	tokens  *tokens
	log     *slog.Logger
	metrics *observe.Metrics
	now     func() time.Time
}

// Tick is what the schedule sends. Its content is of no interest: the time is.
type Tick struct {
	Schedule string `json:"schedule"`
}

// failure is the step at which a customer would have been turned away.
type failure struct {
	step string
	err  error
}

func (f *failure) Error() string { return f.step + ": " + f.err.Error() }
func (f *failure) Unwrap() error { return f.err }

// Handle flies once and counts how it went. A flight that fails is no error of this
// function: the alarm looks at the counts, and at none being written.
func (h *handler) Handle(ctx context.Context, _ Tick) error {
	began := h.now()
	slot := began.UTC().Truncate(every)
	err := h.fly(ctx, slot)
	h.tell(ctx, "CanarySucceeded", "CanaryFailed", err) // first: the rest may take too long
	h.metrics.Emit(observe.Value{Name: "CanaryMillis", Unit: observe.Milliseconds, N: h.now().Sub(began).Milliseconds()})

	switch checked, err := h.check(ctx, slot.Add(-late)); {
	case err != nil:
		h.tell(ctx, "CanaryArrived", "CanaryLate", err)
	case checked:
		h.tell(ctx, "CanaryArrived", "CanaryLate", nil)
	default:
		h.log.InfoContext(ctx, "no vote of an hour ago to look for")
	}
	return nil
}

// tell counts one that went well or did not, and says in the log which step failed.
// What went wrong holds no address and no token.
func (h *handler) tell(ctx context.Context, good, bad string, err error) {
	var failed int64
	if err != nil {
		failed = 1
		step := ""
		if f := new(failure); errors.As(err, &f) {
			step = f.step
		}
		h.log.ErrorContext(ctx, "the canary failed", slog.String("step", step), slog.String("error", err.Error()))
	}
	h.metrics.Emit(
		observe.Value{Name: good, Unit: observe.Count, N: 1 - failed},
		observe.Value{Name: bad, Unit: observe.Count, N: failed},
	)
}

// event is the id of the link of a time: whoever asks again gets the same link.
func (h *handler) event(slot time.Time) string {
	return string(feedback.DeriveEventID("canary", h.public, slot.Format(time.RFC3339)))
}

// fly goes a customer's way: issue, open, vote, vote again by a second click, see
// that the vote is there.
func (h *handler) fly(ctx context.Context, slot time.Time) error {
	l, err := h.link(ctx, slot)
	if err != nil {
		return err
	}
	page, err := h.open(ctx, l.URL+"?s="+strconv.Itoa(stars))
	var values url.Values
	if err == nil {
		values, err = form(page)
	}
	if err != nil {
		return &failure{"open", err}
	}
	for _, step := range [...]string{"vote", "again"} {
		if err := h.rate(ctx, l.URL, values); err != nil {
			return &failure{step, err}
		}
	}
	page, err = h.open(ctx, l.URL)
	if err == nil && !chosen(page) {
		err = errors.New("the page does not show the vote that was accepted")
	}
	if err != nil {
		return &failure{"stored", err}
	}
	return nil
}

// link asks for the link of a time.
func (h *handler) link(ctx context.Context, slot time.Time) (*link, error) {
	token, err := h.tokens.get(ctx)
	if err != nil {
		return nil, &failure{"token", err}
	}
	l, err := h.issue(ctx, token, h.event(slot))
	if err != nil {
		if status := statusError(0); errors.As(err, &status) && status == http.StatusUnauthorized {
			h.tokens.forget()
		}
		return nil, &failure{"issue", err}
	}
	return l, nil
}

// check looks what became of the vote of a time; of none, where none was given then
// or where its link cannot be had, which the flight itself tells.
func (h *handler) check(ctx context.Context, slot time.Time) (checked bool, err error) {
	l, err := h.link(ctx, slot)
	if err != nil || l.fresh {
		return false, nil //nolint:nilerr // fly failed at the same step
	}
	page, err := h.open(ctx, l.URL)
	if err != nil {
		return true, &failure{"reopen", err}
	}
	if !chosen(page) {
		return false, nil // that flight failed before its vote
	}
	token, err := h.tokens.get(ctx)
	if err != nil {
		return true, &failure{"token", err}
	}
	a, err := h.look(ctx, token, l.ResponseKey)
	switch {
	case err != nil:
	case a.Votes != 1:
		err = fmt.Errorf("the vote of an hour ago is %d facts, not 1", a.Votes)
	case a.Report.Responses < 1 || a.Report.Average == nil || *a.Report.Average != stars:
		err = errors.New("a report of the canary alone does not say what it voted")
	}
	if err != nil {
		return true, &failure{"facts", err}
	}
	return true, nil
}
