package main

import (
	"strings"
	"testing"
	"time"

	"resonanz/infra/load/cloud"
)

func estimated(t *testing.T, f figure) figure {
	t.Helper()
	p, err := readPrices("../..")
	if err != nil {
		t.Fatal(err)
	}
	delays, err := cloud.Published(1)
	if err != nil {
		t.Fatal(err)
	}
	f.estimate(p, delays, f.Resident)
	return f
}

func TestLessMemoryMakesProcessorTimeLonger(t *testing.T) {
	f := estimated(t, figure{Function: "rating", Warm: []int64{int64(time.Millisecond)}, Init: []int64{int64(4 * time.Millisecond)}, First: []int64{int64(6 * time.Millisecond)},
		Calls: map[string]float64{"dynamodb.PutItem": 1}, FirstCalls: map[string]float64{"dynamodb.PutItem": 1}})
	first, last := f.Estimates[0], f.Estimates[len(f.Estimates)-1]
	if last.Warm != 6 || last.Cold != 15 { // 5 ms for the call, and what was measured
		t.Errorf("with a whole vCPU: %+v", last)
	}
	if want := 5 + 1769.0/128; first.MiB != 128 || first.Warm != want {
		t.Errorf("with 128 MiB %+v, want %f", first, want)
	}
	if first.USD < 0.2 || first.USD > last.USD {
		t.Errorf("requests at least, and more for more memory: %+v %+v", first, last)
	}
}

func TestMemoryIsChosenByWhoWaits(t *testing.T) {
	busy := figure{Warm: []int64{int64(300 * time.Microsecond)}, Init: []int64{int64(5 * time.Millisecond)}, First: []int64{int64(5 * time.Millisecond)},
		Calls: map[string]float64{"dynamodb.PutItem": 1}, Resident: 20 << 20}
	for name, c := range map[string]struct {
		function string
		change   func(*figure)
		mib      int
		why      string
	}{
		"a customer":    {"rating", func(*figure) {}, 512, "a customer waits"},
		"nobody":        {"bounce", func(*figure) {}, 128, "costs least"},
		"much in use":   {"bounce", func(f *figure) { f.Resident = 100 << 20 }, 256, "100 MiB in use"},
		"its large day": {"report", func(f *figure) { f.Memory = 2048 }, 2048, "largest month"},
	} {
		t.Run(name, func(t *testing.T) {
			f := busy
			f.Function = c.function
			c.change(&f)
			if got := estimated(t, f).Advice; got.MiB != c.mib || !strings.Contains(got.Why, c.why) {
				t.Errorf("got %+v", got)
			}
		})
	}
}
