package storetest

import (
	"sync/atomic"
	"testing"

	"resonanz/shared/feedback"
)

func TestARaceIsRunAllAtOnce(t *testing.T) {
	// Each waits for all others: one after the other would never end.
	var arrived atomic.Int32
	all := make(chan struct{})
	counts := race(t, func(i int) bool {
		if arrived.Add(1) == parallel {
			close(all)
		}
		<-all
		return i%2 == 0
	})
	if counts[true] != parallel/2 || counts[false] != parallel/2 {
		t.Errorf("got %v", counts)
	}
}

func TestTheSeriesOfEntriesAndCasesDiffer(t *testing.T) {
	seen := make(map[any]bool)
	for n := range 400 {
		c, line := aCase(march, n)
		e := entry(march, n)
		for _, x := range []any{e.EventID, e.ResponseKey, e.Digest, c.Number} {
			if seen[x] {
				t.Errorf("%d: %v comes twice", n, x)
			}
			seen[x] = true
		}
		if _, err := feedback.ParseResponseKey(string(e.ResponseKey)); err != nil || line.Cause != c.EventID {
			t.Errorf("%d: %v", n, err)
		}
	}
}

func TestMustPeriodRefusesWhatIsNone(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("accepted")
		}
	}()
	MustPeriod("2026-13")
}
