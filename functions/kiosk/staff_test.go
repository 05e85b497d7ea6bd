package main

import (
	"testing"
	"time"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"resonanz/shared/pages/browsertest"
)

func TestADeviceIsEnrolledByItsLink(t *testing.T) {
	w := newWorld(t)
	k := &kiosk{browsertest.Start(t), w, "kiosk-1"}
	k.always(driver)
	k.open("")
	k.do(await("#blocked"))
	if got := k.Text("#stage h1"); !contains(got, "noch nicht eingerichtet") {
		t.Errorf("without a key: %q", got)
	}
	for _, bad := range []string{"nonsense", w.key("kiosk-2", 1)} {
		k.js(`document.querySelector("#link").value = ""`)
		k.Run(browsertest.Type("#link", bad))
		k.do(push("form .main"), await(".bad"))
	}
	k.open("#" + w.key("kiosk-1", 1)) // without "key=", as the tools print it
	k.do(await("#start h1"))
	if got := browsertest.JS[string](k.Browser, `location.href`); got != w.url+"/kiosk/kiosk-1" {
		t.Errorf("the address still says %s", got)
	}
	k.open("")
	k.do(tap("3"), done)
	k.drained()
	if n := len(w.votes()); n != 1 {
		t.Errorf("%d votes", n)
	}
	w.set(func() {
		if len(w.beats) == 0 || w.beats[0].Device != "kiosk-1" || w.beats[0].App == "" {
			t.Errorf("beats %+v", w.beats)
		}
	})
}

func TestAPastedLinkEnrolsToo(t *testing.T) {
	w := newWorld(t)
	k := &kiosk{browsertest.Start(t), w, "kiosk-1"}
	k.always(driver)
	k.open("")
	k.Run(browsertest.Type("#link", w.url+"/kiosk/kiosk-1#key="+w.key("kiosk-1", 1)))
	k.do(press("form .main"), await("#start h1"))
}

func TestARevokedDeviceSaysSoKeepsItsQueueAndGoesOnWithANewLink(t *testing.T) {
	for code, change := range map[string][]string{
		"device_revoked":   {`"generation": 1, "look": "faces"}`, `"generation": 1, "look": "faces", "revoked": true}`},
		"device_key_stale": {`{"id": "kiosk-1", "touchpoint": "checkout-cologne", "channel": "kiosk", "generation": 1`, `{"id": "kiosk-1", "touchpoint": "checkout-cologne", "channel": "kiosk", "generation": 2`},
		"device_unknown":   {`"id": "kiosk-1"`, `"id": "kiosk-9"`},
	} {
		t.Run(code, func(t *testing.T) {
			w := newWorld(t)
			k := w.start("kiosk-1")
			k.offline()
			k.customers(1, 2, 3)
			k.js(`await tap(4)`)
			w.deploy(parse(t, change...))
			k.online(nil)
			k.js(`await until(async () => (await kept("kiosk-1", "settings")).includes("` + code + `"))`)
			if browsertest.JS[bool](k.Browser, `!!document.querySelector("#blocked")`) {
				t.Error("it interrupts a customer")
			}
			k.js(`dispatchEvent(new PopStateEvent("popstate"))`)
			k.do(await("#blocked"))
			k.js(`await until(() => document.querySelector("#kept").textContent.includes("4"))`)
			want := browsertest.JS[string](k.Browser, `JSON.parse(document.querySelector("#config").textContent).words.de.`+code)
			if got := k.Text("#stage h1"); !contains(got, want) || !contains(k.Text("#kept"), ": 4.") {
				t.Errorf("it says %q, %q", got, k.Text("#kept"))
			}
			if n := len(w.votes()); n != 0 {
				t.Errorf("%d votes of a device that may not vote", n)
			}
			w.deploy(parse(t, `{"id": "kiosk-1", "touchpoint": "checkout-cologne", "channel": "kiosk", "generation": 1`, `{"id": "kiosk-1", "touchpoint": "checkout-cologne", "channel": "kiosk", "generation": 2`))
			k.open("") // it remembers
			k.do(await("#blocked"))
			k.js(`location.hash = "#key=` + w.key("kiosk-1", 2) + `"; await until(() => !location.hash && !document.querySelector("#start").hidden)`)
			k.drained()
			if n := len(w.votes()); n != 4 {
				t.Errorf("%d votes, want 4", n)
			}
			k.Forgive()
		})
	}
}

// The refusal of an old key may arrive after the device was given a new one.
func TestALateRefusalOfAnOldKeyBlocksNothing(t *testing.T) {
	w := newWorld(t)
	k := w.start("kiosk-1")
	k.offline()
	// Before the first tap: a try under way when the network comes back counts too.
	k.js(`const real = window.fetch; window.fetch = async (...all) => { const answer = await real(...all); window.fetch = real; await new Promise(go => { window.release = go }); return answer }`)
	k.customers(1, 2)
	w.deploy(parse(t, `{"id": "kiosk-1", "touchpoint": "checkout-cologne", "channel": "kiosk", "generation": 1`, `{"id": "kiosk-1", "touchpoint": "checkout-cologne", "channel": "kiosk", "generation": 2`))
	k.online(nil)
	k.js(`await until(() => window.release)`)
	k.js(`location.hash = "#key=` + w.key("kiosk-1", 2) + `"; await until(async () => (await kept("kiosk-1", "settings")).includes("` + w.key("kiosk-1", 2) + `")); release()`)
	k.drained()
	if n := len(w.votes()); n != 2 {
		t.Errorf("%d votes, want 2", n)
	}
	k.Forgive()
}

func TestStaffSeeHowTheDeviceIs(t *testing.T) {
	w := newWorld(t)
	k := w.start("kiosk-1")
	k.offline()
	k.customers(1, 2)
	check := func() {
		t.Helper()
		k.do(await("#facts"))
		for _, want := range []string{"Nicht gesendet\n2", "Abgelehnt\n0", "kiosk-1", "Ohne Netz bereit\nJa"} {
			if got := k.Text("#facts"); !contains(got, want) {
				t.Errorf("%q is not in %q", want, got)
			}
		}
		k.do(done, await("#start h1"))
	}
	k.Run(browsertest.Press(kb.F2))
	check()
	x := browsertest.JS[float64](k.Browser, `innerWidth - 20`)
	mouse := func(kind input.DispatchMouseEventType) {
		browsertest.Tell(k.Browser, input.DispatchMouseEvent, input.DispatchMouseEventParams{Type: kind, X: x, Y: 20, Button: "left", ClickCount: 1})
	}
	mouse(input.DispatchMouseEventTypeMousePressed)
	mouse(input.DispatchMouseEventTypeMouseReleased) // a short one is none
	mouse(input.DispatchMouseEventTypeMousePressed)
	k.do(await("#facts"))
	mouse(input.DispatchMouseEventTypeMouseReleased)
	check()
	k.Forgive()
}

// waitFor waits for a condition across reloads of the page.
func waitFor(k *kiosk, condition string) {
	k.tb.Helper()
	began := time.Now()
	for {
		ok, err := chromedp.Run(k.Context(), chromedp.Evaluate[bool](condition))
		switch {
		case k.Context().Err() != nil:
			k.tb.Fatalf("waiting for %s: %v", condition, err)
		case ok && err == nil:
			return
		case time.Since(began) > time.Minute:
			k.tb.Fatalf("waiting for %s in vain", condition)
		}
		<-time.After(50 * time.Millisecond)
	}
}

// The first worker of a device is no update, also when a slow machine says that
// it is registered only after it has begun to work.
func TestTheFirstInstallationReloadsNothing(t *testing.T) {
	w := newWorld(t)
	k := &kiosk{browsertest.Start(t), w, "kiosk-1"}
	k.always(driver)
	k.always(hurry + `
		pace = 50;
		window.looks = window.ahead = 0;
		const now = performance.now.bind(performance);
		performance.now = () => now() + window.ahead;
		const every = window.setInterval, workers = navigator.serviceWorker, register = workers?.register.bind(workers), listen = workers?.addEventListener.bind(workers);
		window.setInterval = (f, ms) => every(ms === 5e3 ? () => { f(); looks++; } : f, ms);
		let registered;
		const answered = new Promise(go => { registered = go; });
		if (workers) workers.register = async (...all) => { const r = await register(...all); await workers.ready; setTimeout(registered); return r; };
		if (workers) workers.addEventListener = (kind, f) => listen(kind, e => answered.then(() => { f(e); window.claimed = true; }));`)
	k.open("#key=" + w.key("kiosk-1", 1))
	k.js(`window.same = true; await until(() => window.claimed); window.ahead = 20e3; const before = looks; await until(() => looks > before + 3)`)
	if !browsertest.JS[bool](k.Browser, `window.same === true`) {
		t.Error("it was loaded anew")
	}
}

// A new version waits while somebody is there, and takes over when nobody is.
func TestAnUpdateInterruptsNobody(t *testing.T) {
	w := newWorld(t)
	k := w.start("kiosk-1")
	k.js(`await until(() => navigator.serviceWorker.controller)`)
	k.always(hurry + "; pace = 10")
	k.open("")
	before := browsertest.JS[string](k.Browser, `JSON.parse(document.querySelector("#config").textContent).version`)
	k.js(`pace = 1; await tap(2); window.same = true`)
	w.deploy(parse(t, "Beispiel GmbH", "Muster AG"))
	k.js(`const r = await navigator.serviceWorker.getRegistration(); await r.update(); await until(() => r.waiting)`)
	// Several looks of the app for a good moment, which this is not.
	k.js(`for (let i = 0; i < 20; i++) { dispatchEvent(new Event("input")); await new Promise(r => setTimeout(r, 150)); }`)
	if !browsertest.JS[bool](k.Browser, `window.same && !!document.querySelector(".reasons")`) {
		t.Fatal("a customer was interrupted")
	}
	k.js(`await leave()`)
	k.Run(browsertest.Await("#start h1"))
	k.drained()
	waitFor(k, `!window.same && document.readyState === "complete" && "ready" in document.body.dataset`)
	if got := k.Text("header span"); got != "Muster AG" {
		t.Errorf("after the update: %s", got)
	}
	if after := browsertest.JS[string](k.Browser, `JSON.parse(document.querySelector("#config").textContent).version`); after == before {
		t.Error("the version stayed")
	}
	caches := browsertest.JS[int](k.Browser, `caches.keys().then(k => k.length)`)
	if caches != 1 || len(w.votes()) != 1 {
		t.Errorf("%d versions kept, %d votes", caches, len(w.votes()))
	}
	k.offline()
	k.open("") // the new one, without network
	k.Forgive()
}
