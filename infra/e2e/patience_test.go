package e2e

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"
)

// patient counts the tests that run beside each other.
var patient sync.WaitGroup

// meanwhile has a test that mostly waits run beside its likes, after all others.
// Its faults must strike what is its own, and it may not expect the stack to be
// still: other tests are at work.
func meanwhile(t *testing.T) {
	t.Helper()
	patient.Add(1)
	t.Cleanup(patient.Done)
	t.Parallel()
}

// last has a test begin when all others are done.
func last(t *testing.T) {
	t.Helper()
	t.Parallel()
	patient.Wait()
}

// eventually waits until the condition holds; it says what is still missing.
func eventually(t *testing.T, what string, within time.Duration, holds func() (bool, string)) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), within)
	defer cancel()
	tick := time.NewTicker(250 * time.Millisecond)
	defer tick.Stop()
	for {
		ok, seen := holds()
		if ok {
			return
		}
		select {
		case <-ctx.Done():
			t.Fatalf("%s: not within %s: %s", what, within, seen)
		case <-tick.C:
		}
	}
}

// settled waits until every stored rating is a fact, and no other fact exists:
// accepted = stored = distinct facts.
func settled(t *testing.T) {
	t.Helper()
	eventually(t, "stored = facts", 90*time.Second, func() (bool, string) {
		stored, facts := ratingsStored(t), ratingFacts(t)
		missing := 0
		for id := range stored {
			if facts[id] == 0 {
				missing++
			}
		}
		return missing == 0 && len(stored) == len(facts), fmt.Sprintf("%d stored, %d distinct facts, %d missing", len(stored), len(facts), missing)
	})
}
