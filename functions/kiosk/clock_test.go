package main

import (
	"fmt"
	"math"
	"slices"
	"testing"
	"time"

	"resonanz/shared/feedback"
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
		// The clock was two hours ahead at the tap, and right since the restart.
		"restarted, and set right": {-90 * minute, 3 * minute, "-120 * 6e4", false, 30 * minute},
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

// A device without a clock of its own takes taps without network and loses its
// power. Once it knows the time, its taps are of the day before it started, as
// far apart as they were: the server would refuse what is years old, and leave
// out all but one of those that are ahead, which it takes for the same moment.
func TestTapsOfAClockThatWasNeverSetAreKeptApart(t *testing.T) {
	w := newWorld(t)
	k := w.start("kiosk-1")
	version, _ := w.files()
	for name, first := range map[string]string{"1970": "5e6", "far ahead": "4e12"} {
		ago := browsertest.JS[[]float64](k.Browser, fmt.Sprintf(`(async () => {
			const clock = await import("./kiosk-1/clock.js?v=%s");
			clock.measure(Date.now(), performance.now(), performance.now());
			const here = Date.now() + clock.now.skew;
			return [0, 1, 2].map(i => here - clock.submitted({ tap: %s + i * 1e4, mono: i, session: "other", skew: null }));
		})()`, version, first))
		for i, ms := range ago {
			if ms < 0 || ms > 25*60*60e3 || i > 0 && math.Abs(ago[i-1]-ms-10e3) > 500 {
				t.Errorf("%s: taps %v ms ago", name, ago)
				break
			}
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

// setClock puts the device's clock ahead of ours; later is changed at will.
const setClock = `window.ahead = %d; { const D = Date; window.Date = class extends D {
	constructor(...a) { a.length ? super(...a) : super(D.now() + window.ahead); }
	static now() { return D.now() + window.ahead; } } }`

func TestTheTimeOfATapIsRightWhateverTheClockSays(t *testing.T) {
	w := newWorld(t)
	for _, c := range []struct {
		device       string
		ahead, later time.Duration // the device's clock, at the tap and when it sends
		reload       bool
	}{
		{"kiosk-1", 0, 0, false},
		{"kiosk-2", 2 * time.Hour, 2 * time.Hour, false},
		{"kiosk-2", 2 * time.Hour, 2 * time.Hour, true},
		{"kiosk-1", -72 * time.Hour, 0, false}, // a device that learns the time from the network
		{"kiosk-1", 2 * time.Hour, 0, false},
		{"kiosk-1", -time.Since(time.Unix(1000, 0)).Round(time.Hour), 0, false}, // one without a clock of its own
	} {
		t.Run(fmt.Sprintf("%s %v then %v reload %v", c.device, c.ahead, c.later, c.reload), func(t *testing.T) {
			w.tb = t
			w.ledger = newWorld(t).ledger
			k := &kiosk{browsertest.Start(t), w, c.device}
			k.always(driver + fmt.Sprintf(setClock, c.ahead.Milliseconds()))
			k.set(func() { k.down = false })
			k.open("#key=" + w.key(c.device, 1))
			k.offline()
			k.open("") // a session that never heard the server's time
			var taps []time.Time
			for n := range 3 {
				taps = append(taps, time.Now())
				k.customers(n + 1)
			}
			if c.reload {
				k.open("")
			}
			k.js(fmt.Sprintf("ahead = %d", c.later.Milliseconds()))
			k.online(nil)
			k.drained()
			k.Forgive()
			votes := w.votes()
			if len(votes) != 3 {
				t.Fatalf("%d votes", len(votes))
			}
			for _, v := range votes {
				if off := v.SubmittedAt.Sub(taps[v.Rating-1]); math.Abs(off.Seconds()) > 1 {
					t.Errorf("tap %d is off by %v", v.Rating, off)
				}
			}
		})
	}
}

// Somebody sets the clock between two signs of life: a tap after that is not sent
// with what was known of the clock before.
func TestAClockThatIsSetIsMeasuredBeforeATapIsSent(t *testing.T) {
	w := newWorld(t)
	k := &kiosk{browsertest.Start(t), w, "kiosk-1"}
	k.always(driver + fmt.Sprintf(setClock, 0))
	k.open("#key=" + w.key("kiosk-1", 1))
	for _, to := range []time.Duration{2 * time.Hour, -30 * time.Hour} {
		k.js(fmt.Sprintf("ahead = %d", to.Milliseconds()))
		at := time.Now()
		k.customers(1)
		k.drained()
		votes := w.votes()
		slices.SortFunc(votes, func(a, b feedback.Rating) int { return a.ReceivedAt.Compare(b.ReceivedAt) })
		if off := votes[len(votes)-1].SubmittedAt.Sub(at); math.Abs(off.Seconds()) > 1 {
			t.Errorf("set ahead by %v: the tap is off by %v", to, off)
		}
	}
}

// Two devices at one touchpoint, one of them two hours ahead, come back through
// a bad network at the same time.
func TestTwoDevicesDoNotMixUpTheirTimes(t *testing.T) {
	w := newWorld(t)
	type tapped struct {
		device feedback.Device
		rating int
	}
	taps := map[tapped]time.Time{}
	var devices []*kiosk
	for device, ahead := range map[string]time.Duration{"kiosk-1": 0, "kiosk-2": 2 * time.Hour} {
		k := &kiosk{browsertest.Start(t), w, device}
		k.always(driver + hurry + fmt.Sprintf(setClock, ahead.Milliseconds()))
		k.open("#key=" + w.key(device, 1))
		k.js(`await until(() => navigator.serviceWorker.controller)`)
		devices = append(devices, k)
	}
	w.set(func() { w.down = true })
	for n := range 5 {
		for _, k := range devices {
			taps[tapped{feedback.Device(k.device), n + 1}] = time.Now()
			k.customers(n + 1)
		}
	}
	for _, k := range devices {
		k.online(newFault(7))
	}
	for _, k := range devices {
		k.drained()
		k.Forgive()
	}
	votes := w.votes()
	if len(votes) != len(taps) {
		t.Errorf("%d votes of %d taps", len(votes), len(taps))
	}
	for _, v := range votes {
		at := taps[tapped{v.Device, v.Rating}]
		if off := v.SubmittedAt.Sub(at); math.Abs(off.Seconds()) > 1 {
			t.Errorf("%s, %d: off by %v", v.Device, v.Rating, off)
		}
	}
}
