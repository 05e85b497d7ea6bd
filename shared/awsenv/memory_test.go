package awsenv

import (
	"math"
	"runtime/debug"
	"testing"
)

func TestTheCollectorKnowsTheMemoryOfTheFunction(t *testing.T) {
	before := debug.SetMemoryLimit(-1)
	t.Cleanup(func() { debug.SetMemoryLimit(before) })
	for size, want := range map[string]int64{"2048": 1717986880, "": 0, "much": 0, "-5": 0} {
		debug.SetMemoryLimit(math.MaxInt64)
		t.Setenv("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", size)
		got := KeepWithinMemory()
		set := debug.SetMemoryLimit(-1)
		if want == 0 {
			want = math.MaxInt64
			if got != 0 {
				t.Errorf("%q: limit %d, want none", size, got)
			}
		} else if got/100 != want/100 {
			t.Errorf("%q: limit %d, want %d", size, got, want)
		}
		if set/100 != want/100 {
			t.Errorf("%q: set to %d, want %d", size, set, want)
		}
	}
}
