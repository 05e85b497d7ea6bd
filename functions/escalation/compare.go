package main

import (
	"context"
	"fmt"
	"slices"

	"resonanz/shared/casefile"
	"resonanz/shared/escalate"
	"resonanz/shared/lifecycle"
)

// earlier is how many of a customer's cases are looked at.
const earlier = 100

// compare escalates a complaint that was received by the rules that go beyond
// it: what else was said with it, earlier complaints of the same customer, spikes
// of its category.
func (h *handler) compare(ctx context.Context, c *casefile.Case, all []word) error {
	for _, r := range escalate.Raises(c, sayings(all), h.rules) {
		raised, err := h.raise(ctx, c.Number, r)
		if err != nil {
			return err
		}
		c = raised // it may be critical now
	}
	return h.compareOthers(ctx, c)
}

// compareOthers escalates a complaint by the rules that look at others: the same
// customer's, and the spikes of its category. When a deadline of it has come it is
// done once more, since staff make complaints of drafts, and critical ones of
// others.
func (h *handler) compareOthers(ctx context.Context, c *casefile.Case) error {
	if err := h.repeated(ctx, c); err != nil {
		return err
	}
	if c.Handling.Severity == casefile.Critical && !c.Status.Ended() {
		return h.spot(ctx, escalate.CriticalSpike(c))
	}
	return nil
}

// raise escalates the case with a number by a rule that has not escalated it
// before, and returns it as it is then.
func (h *handler) raise(ctx context.Context, n casefile.Number, r escalate.Raise) (*casefile.Case, error) {
	c, err := h.update(ctx, n, func(c casefile.Case) (casefile.Case, []casefile.Entry, bool) {
		if escalate.Raised(&c, r.Rule) {
			return c, nil, false
		}
		return lifecycle.Raise(c, string(r.Rule), string(r.Priority), h.instant(), h.lifecycle)
	})
	if err != nil {
		return nil, fmt.Errorf("escalating case %s: %w", n, err)
	}
	return c, nil
}

// repeated escalates every complaint of the same customer that repeats another.
// Not this one alone: of two that come at once each may be delivered first.
// Nobody knows whose an anonymous complaint is.
func (h *handler) repeated(ctx context.Context, c *casefile.Case) error {
	if c.CustomerKey == "" {
		return nil
	}
	all, err := h.cases.CustomerCases(ctx, c.CustomerKey, earlier)
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(all, func(o casefile.Case) bool { return o.Number == c.Number }) {
		all = append(all, *c) // the index lags behind
	}
	for _, n := range escalate.Repeats(all, h.rules) {
		if _, err := h.raise(ctx, n, escalate.Raise{Rule: escalate.RepeatComplaint, Priority: escalate.High}); err != nil {
			return err
		}
	}
	return nil
}
