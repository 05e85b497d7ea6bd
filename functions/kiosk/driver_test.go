package main

import (
	"fmt"

	"github.com/chromedp/cdproto/page"
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
