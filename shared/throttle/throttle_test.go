package throttle_test

import (
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"pgregory.net/rapid"

	"resonanz/shared/throttle"
)

var start = time.Date(2026, 3, 10, 9, 0, 0, 0, time.UTC)

func TestABucketGivesItsBurstAndThenOneEachInterval(t *testing.T) {
	l := throttle.Limiter{Limit: throttle.Limit{Burst: 3, Every: 10 * time.Second}}
	now := start
	for i := range 3 {
		if wait := l.Take("k", now); wait != 0 {
			t.Fatalf("take %d waits %s", i, wait)
		}
	}
	if wait := l.Take("k", now); wait != 10*time.Second {
		t.Errorf("waits %s", wait)
	}
	if wait := l.Take("other", now); wait != 0 {
		t.Errorf("another key waits %s", wait)
	}
	now = now.Add(4 * time.Second)
	if wait := l.Take("k", now); wait != 6*time.Second {
		t.Errorf("a refused attempt took something: waits %s", wait)
	}
	now = now.Add(6 * time.Second)
	if wait := l.Take("k", now); wait != 0 {
		t.Errorf("after the wait that it named: %s", wait)
	}
	if wait := l.Take("k", now); wait == 0 {
		t.Error("two for one interval")
	}
	now = now.Add(time.Hour)
	for i := range 4 {
		if wait := l.Take("k", now); (wait == 0) != (i < 3) {
			t.Errorf("after a rest, take %d waits %s", i, wait)
		}
	}
}

func TestWithoutAKeyOrALimitEverythingPasses(t *testing.T) {
	var none throttle.Limiter
	one := throttle.Limiter{Limit: throttle.Limit{Burst: 1, Every: time.Hour}}
	for range 10 {
		if none.Take("k", start) != 0 || one.Take("", start) != 0 {
			t.Fatal("held back")
		}
	}
}

// Whatever the times, no window lets through more than the burst and what came
// back within it.
func TestNoWindowLetsMoreThroughThanItsLimit(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		limit := throttle.Limit{Burst: rapid.IntRange(1, 20).Draw(t, "burst"), Every: time.Duration(rapid.IntRange(1, 1000).Draw(t, "ms")) * time.Millisecond}
		l := throttle.Limiter{Limit: limit}
		now, passed := start, []time.Time(nil)
		for range rapid.IntRange(1, 200).Draw(t, "n") {
			now = now.Add(time.Duration(rapid.IntRange(0, 500).Draw(t, "pause")) * time.Millisecond)
			if l.Take("k", now) == 0 {
				passed = append(passed, now)
			}
		}
		for i := range passed {
			for j := i; j < len(passed); j++ {
				most := limit.Burst + int(passed[j].Sub(passed[i])/limit.Every)
				if got := j - i + 1; got > most {
					t.Fatalf("%d within %s", got, passed[j].Sub(passed[i]))
				}
			}
		}
	})
}

func TestMemoryIsBoundedAndTheBusiestKeysStay(t *testing.T) {
	l := throttle.Limiter{Limit: throttle.Limit{Burst: 5, Every: time.Minute}}
	for range 5 {
		l.Take("flood", start)
	}
	for i := range 20_000 {
		l.Take(strconv.Itoa(i), start)
	}
	if l.Take("flood", start) == 0 {
		t.Error("many strangers made it forget who floods it")
	}
	if n := testing.AllocsPerRun(1000, func() { l.Take("203.0.113.0/24", start) }); n != 0 {
		t.Errorf("%v allocations for a request", n)
	}
}

func TestManyAtOnceGetOneBurst(t *testing.T) {
	l := throttle.Limiter{Limit: throttle.Limit{Burst: 10, Every: time.Hour}}
	var passed atomic.Int32
	var wg sync.WaitGroup
	for range 50 {
		wg.Go(func() {
			if l.Take("k", start) == 0 {
				passed.Add(1)
			}
		})
	}
	wg.Wait()
	if passed.Load() != 10 {
		t.Errorf("%d passed", passed.Load())
	}
}

func TestANetworkIsWhatAHouseholdHas(t *testing.T) {
	for source, want := range map[string]string{
		"203.0.113.77": "203.0.113.0/24", "::ffff:203.0.113.77": "203.0.113.0/24",
		"2001:db8:1:2345:6789::1": "2001:db8:1:2300::/56", "fe80::1%eth0": "", "127.0.0.1": "", "10.1.2.3": "", "192.168.0.1": "", "::1": "", "fd00::1": "", "0.0.0.0": "", "": "", "x": "",
	} {
		if got := throttle.Network(source); got != want {
			t.Errorf("%q: %q, want %q", source, got, want)
		}
	}
}

func TestAWaitIsWholeSecondsAndNeverNone(t *testing.T) {
	for wait, want := range map[time.Duration]int{0: 1, time.Millisecond: 1, time.Second: 1, 1001 * time.Millisecond: 2, time.Minute: 60} {
		if got := throttle.Seconds(wait); got != want {
			t.Errorf("%s: %d, want %d", wait, got, want)
		}
	}
}
