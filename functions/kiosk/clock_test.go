package main

import (
	"fmt"
	"testing"

	"resonanz/shared/pages/browsertest"
)

// The rules of the clock, one by one, on the app's own module.
func TestTheClockKnowsASleepFromAClockThatWasSet(t *testing.T) {
	w := newWorld(t)
	k := w.start("kiosk-1")
	version, _ := w.files()
	const minute = 60_000
	for name, c := range map[string]struct {
		wall, mono int    // how long ago the tap was, by the wall clock and by the session's, in ms
		skew       string // as known at the tap
		same       bool   // session
		want       int    // how long ago it was
	}{
		"nothing happened":                 {3 * minute, 3 * minute, "0", true, 3 * minute},
		"the device slept":                 {600 * minute, 3 * minute, "0", true, 600 * minute},
		"the clock was set forward":        {600 * minute, 3 * minute, "597 * 6e4", true, 3 * minute},
		"set forward, skew never measured": {600 * minute, 3 * minute, "null", true, 3 * minute},
		"the clock was set back":           {-600 * minute, 3 * minute, "null", true, 3 * minute},
		"reloaded since":                   {600 * minute, 3 * minute, "null", false, 600 * minute},
	} {
		session := "other"
		if c.same {
			session = "mine"
		}
		got := browsertest.JS[float64](k.Browser, fmt.Sprintf(`(async () => {
			const clock = await import("./kiosk-1/clock.js?v=%[1]s"), { session } = await import("./kiosk-1/config.js?v=%[1]s");
			clock.measure(Date.now(), performance.now(), performance.now());
			const at = clock.submitted({ tap: Date.now() - %[2]d, mono: performance.now() - %[3]d, session: %[5]q === "mine" ? session : "other", skew: %[4]s });
			return Date.now() + clock.now.skew - at;
		})()`, version, c.wall, c.mono, c.skew, session))
		if got < float64(c.want)-500 || got > float64(c.want)+500 {
			t.Errorf("%s: %.0f ms ago, want %d", name, got, c.want)
		}
	}
}

func TestTheFinestMeasurementOfTheClockStays(t *testing.T) {
	w := newWorld(t)
	k := w.start("kiosk-1")
	version, _ := w.files()
	got := browsertest.JS[[]float64](k.Browser, fmt.Sprintf(`(async () => {
		const clock = await import("./kiosk-1/clock.js?v=%s"), all = [];
		const measure = (skew, trip) => {
			const at = performance.now();
			clock.measure(Date.now() + skew - trip / 2, at - trip, at);
			all.push(Math.round(clock.now.skew / 1000));
		};
		measure(5000, 100);
		measure(9000, 20000); // coarse, and no contradiction
		measure(5000, 50);
		measure(-3000, 100); // somebody set the clock
		return all;
	})()`, version))
	for i, want := range []float64{5, 5, 5, -3} {
		if got[i] != want {
			t.Errorf("after measurement %d: %v s, want %v", i+1, got[i], want)
		}
	}
}
