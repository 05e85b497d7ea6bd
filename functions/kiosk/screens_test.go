package main

import (
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"resonanz/shared/pages/browsertest"
)

// kiosk is a browser that is enrolled as a device.
type kiosk struct {
	*browsertest.Browser
	*world
	device string
}

// enrol opens a device by its enrolment link.
func (w *world) enrol(b *browsertest.Browser, device string) *kiosk {
	w.tb.Helper()
	k := &kiosk{b, w, device}
	k.open("#key=" + w.key(device, 1))
	return k
}

// open goes to the app and waits until it is at work.
func (k *kiosk) open(fragment string) {
	k.tb.Helper()
	k.Run(browsertest.Open("about:blank"), browsertest.Open(k.url+"/kiosk/"+k.device+fragment), ready)
}

var ready = chromedp.WaitReady(chromedp.CSS("body[data-ready]"))

// The screens of a kiosk: a tablet upright and on its side, and far larger; and
// of who opens the app on a phone.
var sizes = []browsertest.Size{
	{Name: "portrait", Width: 800, Height: 1280, Text: 100},
	{Name: "landscape", Width: 1280, Height: 800, Text: 100},
	browsertest.Phone, browsertest.Small, browsertest.Large, browsertest.Zoomed,
	{Name: "4k", Width: 3840, Height: 2160, Text: 100},
	{Name: "4k-portrait", Width: 2160, Height: 3840, Text: 100},
}

type steps = []browsertest.Step

func tap(n string) steps { return steps{browsertest.Click(`#scale button[value="` + n + `"]`)} }

// press clicks a button of the stage, once it takes taps (the first moments of a
// screen are for who taps twice), and waits for the screen that follows.
func press(css string) steps {
	const (
		note    = `window.was = document.querySelector("#stage").firstChild`
		another = `(async () => { while (document.querySelector("#stage").firstChild === was) await new Promise(r => setTimeout(r, 10)); })()`
	)
	return append(steps{browsertest.Await("#stage[aria-busy=false] " + css), chromedp.Evaluate[chromedp.Void](note), browsertest.Click(css)},
		chromedp.Evaluate[chromedp.Void](another, chromedp.EvalAwaitPromise))
}

// push clicks a button that leaves the screen as it is.
func push(css string) steps {
	return steps{browsertest.Await("#stage[aria-busy=false] " + css), browsertest.Click(css)}
}

var (
	skip = press(".ways button:first-child")
	done = press(".ways button:last-child")
)

func await(css string) steps { return steps{browsertest.Await(css)} }

func run(js string) steps { return steps{chromedp.Evaluate[chromedp.Void](js)} }

// warnNow warns who stands still at once, and sends nobody home.
const warnNow = `{ const f = setTimeout; window.setTimeout = (h, ms, ...a) => f(h, ms === 12e3 ? 0 : ms, ...a); dispatchEvent(new Event("input")); }`

var screens = []struct {
	device, name string
	do           []steps
}{
	{"kiosk-1", "faces", nil},
	{"kiosk-stars", "stars", nil},
	{"kiosk-ten", "ten", nil},
	{"kiosk-1", "full", []steps{run(`document.querySelector("#full").hidden = false`)}},
	{"kiosk-1", "reasons", []steps{tap("2"), await(".reasons")}},
	{"kiosk-1", "warned", []steps{tap("2"), await(".reasons"), run(warnNow), await(".idle button")}},
	{"kiosk-stars", "fcr", []steps{tap("5"), skip, await(".two")}},
	{"kiosk-stars", "nps", []steps{tap("5"), skip, await(".two"), skip, await(".numbers")}},
	{"kiosk-ten", "ces", []steps{tap("9"), await(".seven")}},
	{"kiosk-1", "comment", []steps{tap("2"), skip, await("textarea")}},
	{"kiosk-1", "thanks", []steps{tap("4"), done, await(".mark")}},
	{"kiosk-1", "status", []steps{{browsertest.Press(kb.F2)}, await("#facts")}},
	{"kiosk-2", "enrol", nil},
	{"kiosk-2", "enrol-bad", []steps{push("form .main"), await(".bad")}},
	{"kiosk-old", "revoked", nil},
}

func TestScreensFitAndSuitEveryone(t *testing.T) {
	w := newWorld(t)
	b := browsertest.Start(t)
	(&kiosk{b, w, ""}).always(hurry + "; pace = 1 / 1000") // nobody is sent home
	for _, device := range []string{"kiosk-1", "kiosk-stars", "kiosk-ten", "kiosk-old"} {
		w.enrol(b, device)
	}
	for _, s := range screens {
		for i, language := range []string{"de", "en", "fr", "it"} {
			k := &kiosk{b, w, s.device}
			b.Set(browsertest.Look{Size: sizes[0], Scheme: "light"})
			k.open("")
			b.Run(browsertest.Click(`[data-lang="` + language + `"]`))
			k.do(s.do...)
			look := func(see func(browsertest.Look, string, string), size browsertest.Size, schemes ...string) {
				for _, scheme := range schemes {
					l := browsertest.Look{Size: size, Scheme: scheme}
					b.Set(l)
					see(l, "kiosk", s.name+"-"+language)
					b.Run(run(`document.documentElement.style.fontSize = ""`)...)
				}
			}
			if language != "de" {
				look(b.Inspect, sizes[i-1], "light", "dark")
				continue
			}
			for n, size := range sizes {
				if n < 3 {
					look(b.Inspect, size, "light", "dark")
				} else {
					look(b.Shows, size, "light")
				}
			}
		}
	}
}

func TestThePageOfNoKioskSuitsEveryone(t *testing.T) {
	w := newWorld(t)
	b := browsertest.Start(t)
	for i, scheme := range []string{"light", "dark", "light", "dark"} {
		look := browsertest.Look{Size: sizes[2+i%2], Scheme: scheme, Language: []string{"de", "en", "fr", "it"}[i]}
		b.Set(look)
		b.Run(browsertest.Open(w.url + "/kiosk/none"))
		b.Forgive() // that it is not found
		b.Inspect(look, "kiosk", "none-"+look.Language)
	}
}
