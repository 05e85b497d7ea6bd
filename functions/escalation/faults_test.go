package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"resonanz/shared/casefile"
	"resonanz/shared/escalate"
	"resonanz/shared/feedback"
	"resonanz/shared/observe"
	"resonanz/shared/store"
)

// busy is a store that is throttled, or loses the race, for the next n calls.
type busy struct {
	*store.Memory
	err error
	n   int
}

func (b *busy) fail() error {
	if b.n == 0 {
		return nil
	}
	b.n--
	return b.err
}

func (b *busy) Response(ctx context.Context, k feedback.ResponseKey) ([]store.Entry, error) {
	if err := b.fail(); err != nil {
		return nil, err
	}
	return b.Memory.Response(ctx, k)
}

func (b *busy) CreateCase(ctx context.Context, c *casefile.Case, es ...*casefile.Entry) error {
	if err := b.fail(); err != nil {
		return err
	}
	return b.Memory.CreateCase(ctx, c, es...)
}

func (b *busy) UpdateCase(ctx context.Context, c *casefile.Case, es ...*casefile.Entry) error {
	if err := b.fail(); err != nil {
		return err
	}
	return b.Memory.UpdateCase(ctx, c, es...)
}

func (b *busy) GetCase(ctx context.Context, n casefile.Number) (*casefile.Case, error) {
	if err := b.fail(); err != nil {
		return nil, err
	}
	return b.Memory.GetCase(ctx, n)
}

var errThrottled = errors.New("ProvisionedThroughputExceededException")

func TestThrottlingDelaysAndLosesNothing(t *testing.T) {
	for n := range 6 {
		r, k := newRig(), responseKey(t, 1)
		b := &busy{Memory: r.memory, err: errThrottled, n: n}
		r.ledger, r.cases = b, b
		first, second := vote(1, k, noon, 2, true), vote(2, k, noon.Add(time.Minute), 4, true)
		r.store(t, first)
		r.store(t, second)
		queue := []string{stored(t, first), stored(t, second)}
		for rounds := 0; len(queue) > 0; rounds++ {
			if rounds > 10 {
				t.Fatalf("throttled %d times: still %d messages after %d rounds", n, len(queue), rounds)
			}
			var again []string
			for _, i := range r.deliver(t, queue...) {
				again = append(again, queue[i])
			}
			queue = again
		}
		if _, timeline := r.state(t, escalate.Number(casefile.Callback, k, 0)); len(timeline) != 2 {
			t.Errorf("throttled %d times: %d entries, want each vote once", n, len(timeline))
		}
		if r.dead.bodies != nil {
			t.Errorf("throttled %d times: %q put aside", n, r.dead.reasons)
		}
	}
}

func TestConflictsAreBounded(t *testing.T) {
	r, k := newRig(), responseKey(t, 1)
	b := &busy{Memory: r.memory, err: fmt.Errorf("racing: %w", store.ErrExists), n: 1000}
	r.cases = b
	v := vote(1, k, noon, 2, true)
	r.store(t, v)
	if failed := r.deliver(t, stored(t, v)); len(failed) != 1 {
		t.Errorf("failed %v, want the message to come again", failed)
	}
	if tries := 1000 - b.n; tries > 2*(maxConflicts+1) {
		t.Errorf("%d calls, want the tries bounded", tries)
	}
}

func TestWorkersSideBySide(t *testing.T) {
	r, k := newRig(), responseKey(t, 1)
	r.consumer.Log = slog.New(slog.NewJSONHandler(io.Discard, nil))
	r.metrics = observe.NewMetricsTo(io.Discard, "escalation", r.now)
	var votes []feedback.Rating
	for i := range 6 {
		votes = append(votes, vote(i, k, noon.Add(time.Duration(i)*time.Minute), 1+i%5, true))
		r.store(t, votes[i])
	}
	var wg sync.WaitGroup
	for w := range 4 {
		wg.Go(func() {
			for i := range votes {
				v := votes[(i+w)%len(votes)]
				for range 20 {
					if r.deliver(t, stored(t, v)) == nil {
						break
					}
				}
			}
		})
	}
	wg.Wait()
	if _, timeline := r.state(t, escalate.Number(casefile.Callback, k, 0)); len(timeline) != len(votes) {
		t.Errorf("%d entries, want each of %d votes once", len(timeline), len(votes))
	}
}

// TestAnyOrderLeavesTheSameCases delivers the votes of a few responses in any
// order, repeated, while the store fails now and then and the ledger grows
// between the deliveries.
func TestAnyOrderLeavesTheSameCases(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		var votes []feedback.Rating
		for i := range rapid.IntRange(1, 7).Draw(rt, "votes") {
			v := vote(i, responseKey(rt, rapid.IntRange(0, 1).Draw(rt, "response")),
				noon.Add(time.Duration(rapid.IntRange(-3, 3).Draw(rt, "minute"))*time.Minute),
				rapid.IntRange(1, 5).Draw(rt, "stars"), rapid.Bool().Draw(rt, "callback"))
			v.HasText = rapid.Bool().Draw(rt, "text")
			v.Segment = rapid.SampledFrom([]string{"", "A"}).Draw(rt, "segment")
			votes = append(votes, v)
		}
		play := func(order []feedback.Rating, failures int) map[casefile.Number]casefile.Case {
			r := newRig()
			b := &busy{Memory: r.memory, err: errThrottled}
			r.ledger, r.cases = b, b
			for _, v := range order {
				r.store(rt, v)
				b.n = failures
				for range failures + 1 {
					if r.deliver(rt, stored(rt, v)) == nil {
						break
					}
				}
			}
			all := map[casefile.Number]casefile.Case{}
			for i := range 2 {
				for _, f := range escalate.Families {
					if c, _ := r.state(rt, escalate.Number(f, responseKey(rt, i), 0)); c != nil {
						all[c.Number] = *c
					}
				}
			}
			return all
		}
		want := play(votes, 0)
		got := play(rapid.Permutation(append(votes, votes...)).Draw(rt, "order"), rapid.IntRange(0, 3).Draw(rt, "failures"))
		// The handling tells what was raised on the way.
		if diff := cmp.Diff(want, got, cmpopts.IgnoreFields(casefile.Case{}, "Head", "Handling")); diff != "" {
			rt.Fatalf("cases (-in order +in any order):\n%s", diff)
		}
	})
}
