package main

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"resonanz/shared/feedback"
	"resonanz/shared/pages/browsertest"
)

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

// An event that was sent once is sent the same again, though the clock was set
// since: else the server would take it for another.
func TestWhatWasSentNeverChanges(t *testing.T) {
	w := newWorld(t)
	k := &kiosk{browsertest.Start(t), w, "kiosk-1"}
	k.always(driver + fmt.Sprintf(setClock, 0))
	k.open("#key=" + w.key("kiosk-1", 1))
	k.offline()
	k.customers(1, 2, 3)
	f := newFault(1)
	f.deck = []int{slices.Index(faults[:], "pass"), slices.Index(faults[:], "drop answer")} // the beat, the batch
	k.online(f)
	k.js(`await until(async () => (await kept("kiosk-1", "votes")).every(r => r.event.submitted_at))`)
	for f.count("drop answer") == 0 {
		k.js(`await new Promise(r => requestAnimationFrame(r))`)
	}
	k.open("") // and reloaded
	k.js(`ahead = 36e5`)
	k.online(nil)
	k.drained()
	if n, m := len(w.votes()), len(k.kept("rejected")); n != 3 || m != 0 {
		t.Errorf("%d stored, %d refused; want 3 and 0", n, m)
	}
	k.Forgive()
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
	w.set(func() { w.down, w.slow = false, 300*time.Millisecond })
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
		if w.atOnce != 1 {
			t.Errorf("%d batches at once", w.atOnce)
		}
	})
	k.Forgive()
}

func TestAThrottledDeviceWaitsAsLongAsItIsTold(t *testing.T) {
	w := newWorld(t)
	k := w.start("kiosk-1")
	k.offline()
	k.customers(1, 2)
	w.set(func() { w.after, w.asked = "3", nil })
	k.online(nil)
	asked := func() (at []time.Time) {
		w.set(func() { at = slices.Clone(w.asked) })
		return at
	}
	for len(asked()) == 0 {
		k.js(`await new Promise(r => requestAnimationFrame(r))`)
	}
	// A network that comes back, and back again, makes it no less patient.
	k.js(`for (let i = 0; i < 5; i++) { dispatchEvent(new Event("online")); await new Promise(r => setTimeout(r, 300)); }`)
	w.set(func() { w.after = "" })
	k.drained()
	if at := asked(); len(at) < 2 || at[1].Sub(at[0]) < 3*time.Second || len(w.votes()) != 2 {
		t.Errorf("%d votes; asked at %v", len(w.votes()), at)
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

func TestTheAppIsInstallableAndOpensWithoutNetwork(t *testing.T) {
	w := newWorld(t)
	k := w.start("kiosk-1")
	bad, err := chromedp.Call(k.Context(), page.GetInstallabilityErrors, cdp.Empty{})
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range bad.InstallabilityErrors {
		t.Errorf("Chromium would not install it: %s", e.ErrorID)
	}
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
