package main

import (
	"fmt"
	"math"
	"testing"
	"time"

	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/storage"
	"github.com/chromedp/chromedp"
	"github.com/google/go-cmp/cmp"

	"resonanz/shared/feedback"
	"resonanz/shared/pages/browsertest"
)

// driver gives a test hands in the page: customers who tap, and a look at what
// the device keeps.
const driver = `
window.until = async f => {
	const end = performance.now() + 60e3;
	while (!await f()) {
		if (performance.now() > end) throw new Error("in vain: " + f + " " + document.querySelector("main").innerText);
		await new Promise(r => requestAnimationFrame(r));
	}
};
window.tap = async n => {
	await until(() => !document.querySelector("#start").hidden);
	document.querySelector('#scale button[value="' + n + '"]').click();
	await until(() => document.querySelector("#stage .ways"));
};
window.leave = async () => {
	dispatchEvent(new PopStateEvent("popstate"));
	await until(() => !document.querySelector("#start").hidden);
};
window.kept = (device, store) => new Promise((resolve, reject) => {
	const r = indexedDB.open("kiosk " + device);
	r.onerror = () => reject(r.error);
	r.onsuccess = () => {
		const q = r.result.transaction(store).objectStore(store).getAll();
		q.onsuccess = () => { r.result.close(); resolve(q.result); };
	};
});
`

// hurry makes whoever waits for a second or more wait a fiftieth of it, while
// pace says so.
const hurry = `window.pace = 1; for (const f of ["setTimeout", "setInterval"]) { const g = window[f]; window[f] = (h, ms, ...a) => g(h, ms >= 1000 ? ms / window.pace : ms, ...a); }`

// always runs a script in every page before its own.
func (k *kiosk) always(source string) {
	k.tb.Helper()
	browsertest.Tell(k.Browser, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: source})
}

// start opens a browser for a device that is enrolled in it.
func (w *world) start(device string, options ...chromedp.ExecAllocatorOption) *kiosk {
	w.tb.Helper()
	k := &kiosk{browsertest.Start(w.tb, options...), w, device}
	k.always(driver)
	k.open("#key=" + w.key(device, 1))
	return k
}

// offline is a device that keeps the app already, before a dead network.
func (k *kiosk) offline() {
	k.tb.Helper()
	browsertest.JS[bool](k.Browser, `until(() => navigator.serviceWorker.controller).then(() => true)`)
	k.set(func() { k.down = true })
}

// online is the network that comes back, with faults or without; what hurries
// does so from now on.
func (k *kiosk) online(f *fault) {
	k.tb.Helper()
	k.set(func() { k.down, k.fault = false, f })
	k.js(`window.pace = 50; dispatchEvent(new Event("online"))`)
}

func (k *kiosk) js(source string) {
	k.tb.Helper()
	browsertest.JS[bool](k.Browser, "Promise.resolve((async () => { "+source+" })()).then(() => true)")
}

// customers tap, one after the other, and leave.
func (k *kiosk) customers(ratings ...int) {
	k.tb.Helper()
	k.js(fmt.Sprintf(`window.pace = 1; for (const n of [%s]) { await tap(n); await leave(); }`, list(ratings)))
}

func list(ratings []int) string {
	s := ""
	for _, n := range ratings {
		s += fmt.Sprint(n, ",")
	}
	return s
}

// drained waits until the device keeps nothing any more.
func (k *kiosk) drained() {
	k.tb.Helper()
	k.js(fmt.Sprintf(`await until(async () => !(await kept(%q, "votes")).length)`, k.device))
}

// record is what the device keeps of a vote.
type record struct {
	ID    feedback.EventID `json:"id"`
	Open  bool             `json:"open"`
	Event struct {
		Rating int    `json:"rating"`
		Reason string `json:"reason"`
	} `json:"event"`
}

func (k *kiosk) kept(store string) []record {
	k.tb.Helper()
	return browsertest.JS[[]record](k.Browser, fmt.Sprintf("kept(%q, %q)", k.device, store))
}

func ratings(n int) []int {
	all := make([]int, n)
	for i := range all {
		all[i] = 1 + i%5
	}
	return all
}

// kill ends the browser as a power cut does.
func (k *kiosk) kill() {
	k.tb.Helper()
	p := chromedp.FromContext(k.Context()).Browser.Process()
	if err := p.Kill(); err != nil {
		k.tb.Fatal(err)
	}
	<-k.Context().Done()
}

// same compares what was tapped with what is stored: each once, none lost.
func (w *world) same(want map[feedback.EventID]int) {
	w.tb.Helper()
	got := map[feedback.EventID]int{}
	for _, v := range w.votes() {
		if _, twice := got[v.EventID]; twice {
			w.tb.Errorf("%s is stored twice", v.EventID)
		}
		got[v.EventID] = v.Rating
	}
	if diff := cmp.Diff(want, got); diff != "" {
		w.tb.Errorf("tapped and stored (-want +got):\n%s", diff)
	}
}

// A device without network takes 200 votes, is reloaded, loses its power, and
// finds a network that drops, delays and doubles what it carries.
func TestEveryTapIsStoredOnceWhateverHappens(t *testing.T) {
	w := newWorld(t)
	profile := chromedp.UserDataDir(t.TempDir())
	k := w.start("kiosk-1", profile)
	k.offline()
	k.customers(ratings(99)...)
	k.js(`await tap(2)`)
	k.do(press(`.reasons button[value="waiting_time"]`), await("textarea"))
	k.open("") // a reload, in the middle of a customer
	k.customers(ratings(59)...)
	k.js(`await tap(1)`)
	k.Forgive()
	k.kill() // the power is cut, in the middle of a customer

	k = &kiosk{browsertest.Start(t, profile), w, "kiosk-1"}
	k.always(driver)
	k.always(hurry)
	k.open("")
	k.customers(ratings(40)...)
	k.js(`await until(async () => (await kept("kiosk-1", "votes")).every(r => !r.open))`)
	want := map[feedback.EventID]int{}
	reasons := 0
	for _, r := range k.kept("votes") {
		want[r.ID] = r.Event.Rating
		if r.Event.Reason == "waiting_time" {
			reasons++
		}
	}
	if len(want) != 200 || reasons != 1 {
		t.Fatalf("%d votes on the device, %d with a reason; want 200 and 1", len(want), reasons)
	}
	f := newFault(1)
	k.online(f)
	k.drained()
	k.Forgive() // what it says of a network like this
	w.same(want)
	if n := len(k.kept("rejected")); n != 0 {
		t.Errorf("%d rejected", n)
	}
	most := 0
	for _, b := range w.beats {
		most = max(most, b.Queued)
	}
	if most != 200 {
		t.Errorf("the beats tell of %d votes at most", most)
	}
	t.Logf("%d batches; the network: %v", w.batches, f.times)
}

func TestEachSortOfNetworkStoresEachTapOnce(t *testing.T) {
	w := newWorld(t)
	k := w.start("kiosk-1")
	k.always(hurry)
	k.offline()
	k.open("")
	want := map[feedback.EventID]int{}
	for seed := range uint64(8) {
		k.set(func() { k.down, k.fault = true, nil })
		k.customers(ratings(12)...)
		for _, r := range k.kept("votes") {
			want[r.ID] = r.Event.Rating
		}
		k.online(newFault(100 + seed))
		k.drained()
	}
	k.Forgive()
	if len(want) != 8*12 {
		t.Errorf("%d votes tapped", len(want))
	}
	w.same(want)
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

// Two tabs of one device share a queue, and send one at a time.
func TestTwoTabsOfADeviceSendEachTapOnce(t *testing.T) {
	w := newWorld(t)
	k := w.start("kiosk-1")
	k.offline()
	k.js(`await tap(1)`) // a customer stands here
	ctx, cancel := chromedp.NewContext(k.Context())
	defer cancel()
	other := func(source string) {
		t.Helper()
		if _, err := chromedp.Run(ctx, chromedp.Evaluate[bool]("Promise.resolve((async () => { "+source+" })()).then(() => true)", chromedp.EvalAwaitPromise)); err != nil {
			t.Fatal(err)
		}
	}
	if err := chromedp.Do(ctx, browsertest.Open(w.url+"/kiosk/kiosk-1"), ready); err != nil {
		t.Fatal(err)
	}
	other(driver + `for (const n of [2, 3, 4]) { await tap(n); await leave(); }`)
	if open := k.kept("votes"); len(open) != 4 || !open[0].Open {
		t.Errorf("another tab seals the vote of a customer who is still there: %+v", open)
	}
	w.set(func() { w.down = false })
	for range 3 {
		other(`dispatchEvent(new Event("online"))`)
		k.js(`dispatchEvent(new Event("online"))`)
	}
	k.js(`await leave()`)
	k.drained()
	if n := len(w.votes()); n != 4 {
		t.Errorf("%d votes", n)
	}
	w.set(func() {
		if w.batches > 4 {
			t.Errorf("%d batches for 4 votes", w.batches)
		}
	})
	k.Forgive()
}

func TestAThrottledDeviceWaitsAsLongAsItIsTold(t *testing.T) {
	w := newWorld(t)
	k := w.start("kiosk-1")
	k.offline()
	k.customers(1, 2)
	w.set(func() { w.after, w.asked = "3", 0 })
	began := time.Now()
	k.online(nil)
	k.js(`await until(() => new Promise(r => setTimeout(r, 1500, true))); dispatchEvent(new Event("online")); await until(() => new Promise(r => setTimeout(r, 1000, true)))`)
	w.set(func() {
		if w.asked != 1 {
			t.Errorf("%d requests in %v, want 1", w.asked, time.Since(began))
		}
		w.after = ""
	})
	k.drained()
	if took := time.Since(began); took < 3*time.Second || len(w.votes()) != 2 {
		t.Errorf("%d votes after %v", len(w.votes()), took)
	}
	k.Forgive()
}

func TestADeviceGivesSignsOfLife(t *testing.T) {
	w := newWorld(t)
	k := &kiosk{browsertest.Start(t), w, "kiosk-1"}
	k.always(driver + hurry + "; pace = 1000") // five minutes are 300 ms
	k.open("#key=" + w.key("kiosk-1", 1))
	began := time.Now()
	for n := 0; n < 4; {
		w.set(func() { n = len(w.beats) })
		if time.Since(began) > 30*time.Second {
			t.Fatalf("%d beats in 30 s", n)
		}
		k.js(`await new Promise(r => requestAnimationFrame(r))`)
	}
}

func TestAFullDiskLosesNothing(t *testing.T) {
	w := newWorld(t)
	profile := chromedp.UserDataDir(t.TempDir())
	k := w.start("kiosk-1", profile)
	k.offline()
	k.customers(1, 2)
	k.Forgive()
	k.kill() // a browser that runs asks for the room it has once in half a minute
	k = &kiosk{browsertest.Start(t, profile), w, "kiosk-1"}
	k.always(driver)
	quota := func(bytes *float64) {
		browsertest.Tell(k.Browser, storage.OverrideQuotaForOrigin, storage.OverrideQuotaForOriginParams{Origin: w.url, QuotaSize: bytes})
	}
	quota(new(1.0))
	k.open("")
	k.customers(3, 4, 5)
	k.Run(browsertest.Await("#full"))
	if n := len(k.kept("votes")); n != 2 {
		t.Errorf("%d votes on a full disk, want the 2 from before", n)
	}
	k.online(nil)
	k.js(`await until(async () => document.querySelector("#full").hidden)`)
	k.drained()
	if n := len(w.votes()); n != 5 {
		t.Errorf("%d votes stored, want 5", n)
	}
	k.offline()
	k.customers(1)
	k.Run(browsertest.Await("#full"))
	quota(nil)
	k.js(`dispatchEvent(new Event("online"))`)
	k.js(`await until(async () => document.querySelector("#full").hidden)`)
	if n := len(k.kept("votes")); n != 1 {
		t.Errorf("%d votes on the disk that has room again, want 1", n)
	}
	k.Forgive()
}

func TestWhatTheServerRefusesIsKeptAndCounted(t *testing.T) {
	w := newWorld(t)
	k := w.start("kiosk-1")
	k.offline()
	k.js(`await tap(2)`)
	k.Run(press(`.reasons button[value="unfriendly"]`)...)
	k.js(`await leave()`)
	k.customers(4)
	w.deploy(parse(t, `"code": "unfriendly"`, `"code": "rude"`, `"unfriendly", "price_unclear"`, `"price_unclear"`)) // a reason that nobody knows any more
	k.online(nil)
	k.drained()
	if n, m := len(w.votes()), len(k.kept("rejected")); n != 1 || m != 1 {
		t.Errorf("%d stored and %d kept apart, want 1 and 1", n, m)
	}
	k.Run(browsertest.Press("\u0802"), browsertest.Await("#facts"))
	if facts := k.Text("#facts"); !contains(facts, "1 (unknown_reason: 1)") {
		t.Errorf("staff read %q", facts)
	}
	w.deploy(parse(t))
	k.Run(press(".ways button:nth-child(2)")...)
	k.js(`await until(async () => !(await kept("kiosk-1", "rejected")).length)`)
	k.drained()
	if n := len(w.votes()); n != 2 {
		t.Errorf("%d stored, want 2", n)
	}
	k.Forgive()
}

func TestTheAppOpensWithoutNetwork(t *testing.T) {
	w := newWorld(t)
	k := w.start("kiosk-1")
	k.offline()
	for range 2 {
		k.open("")
		k.Run(tap("5")...)
		k.Run(browsertest.Await(".reasons"))
	}
	if n := len(k.kept("votes")); n != 2 {
		t.Errorf("%d votes", n)
	}
	k.Forgive()
}
