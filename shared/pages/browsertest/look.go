package browsertest

import (
	"os"
	"path/filepath"
	"strconv"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// Size is a screen and how large its owner wants things.
type Size struct {
	Name          string
	Width, Height int64 // CSS pixels
	Text          int   // of the browser's usual size, in percent
}

// The sizes that matter: what most customers hold, what some sit at, the
// narrowest that must do (WCAG 2.2, 1.4.10), text at twice its size (1.4.4),
// and a wide screen with the whole page at 400 %.
var (
	Phone   = Size{"phone", 390, 844, 100}
	Desktop = Size{"desktop", 1280, 800, 100}
	Small   = Size{"small", 320, 568, 100}
	Large   = Size{"large", 390, 844, 200}
	Zoomed  = Size{"zoomed", 320, 256, 100}
)

// Sizes lists them.
var Sizes = []Size{Phone, Desktop, Small, Large, Zoomed}

// Look is how a page is looked at.
type Look struct {
	Size     Size
	Scheme   string // "light" or "dark"
	Language string // that the browser prefers; empty: none
}

// Looks are the usual ones for one language: both schemes on a phone and on a
// desktop, the light one on the other sizes.
func Looks(language string) []Look {
	var all []Look
	for _, s := range Sizes {
		all = append(all, Look{s, "light", language})
		if s == Phone || s == Desktop {
			all = append(all, Look{s, "dark", language})
		}
	}
	return all
}

// Set looks at pages opened from now on as l says.
func (b *Browser) Set(l Look) {
	b.tb.Helper()
	Tell(b, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{
		Width: l.Size.Width, Height: l.Size.Height, DeviceScaleFactor: 1, Mobile: l.Size.Width < 500,
	})
	Tell(b, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
		Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: l.Scheme}},
	})
	headers := network.Headers{}
	if l.Language != "" {
		headers["Accept-Language"] = l.Language
	}
	Tell(b, network.SetExtraHTTPHeaders, network.SetExtraHTTPHeadersParams{Headers: headers})
}

// Inspect looks at the page that is open: it must fit the screen (Layout), suit
// everyone (Axe), and is kept as build/screens/<area>/<name>-<size>-<scheme>.png.
func (b *Browser) Inspect(l Look, area, name string) {
	b.tb.Helper()
	b.Shows(l, area, name)
	for _, bad := range b.Axe() {
		b.tb.Errorf("%s/%s-%s-%s: %s", area, name, l.Size.Name, l.Scheme, bad)
	}
}

// Shows is Inspect without Axe: for a page that suited everyone in other sizes.
func (b *Browser) Shows(l Look, area, name string) {
	b.tb.Helper()
	b.Fits(l, area, name)
	b.Picture(area, name+"-"+l.Size.Name+"-"+l.Scheme)
}

// Fits is the part of Inspect that depends on the size alone.
func (b *Browser) Fits(l Look, area, name string) {
	b.tb.Helper()
	if l.Size.Text != 100 {
		b.Run(chromedp.Evaluate[chromedp.Void](`document.documentElement.style.fontSize = "` + strconv.Itoa(l.Size.Text) + `%"`))
	}
	for _, bad := range b.Layout() {
		b.tb.Errorf("%s/%s-%s-%s: %s", area, name, l.Size.Name, l.Scheme, bad)
	}
}

// Layout finds what a person could not reach, read or hit: a page wider than
// the screen, text that is cut off or sticks out, buttons that break a word, and
// controls smaller than 44 × 44 pixels (links within a sentence may be smaller: WCAG 2.2, 2.5.8).
func (b *Browser) Layout() []string {
	b.tb.Helper()
	return JS[[]string](b, layout)
}

const layout = `(() => {
	const bad = [], width = document.documentElement.clientWidth, name = e => e.outerHTML.replace(/\s+/g, " ").slice(0, 90);
	const hidden = e => { const r = e.getBoundingClientRect(), s = getComputedStyle(e); return r.width <= 1 || r.height <= 1 || s.visibility !== "visible" || e.closest("[hidden]"); };
	if (document.documentElement.scrollWidth > width) bad.push("the page is " + document.documentElement.scrollWidth + " px wide on " + width);
	for (const e of document.querySelectorAll("a[href],button,summary,textarea,select,input:not([type=hidden]),[role=button],[role=radio]")) {
		const target = e.matches("input") && e.closest("label") || e, r = target.getBoundingClientRect();
		if (hidden(target) || hidden(e) && target === e) continue;
		if (e.matches("a") && getComputedStyle(e).display === "inline" && e.parentElement.textContent.trim() !== e.textContent.trim()) continue;
		if (r.height < 43.9 || r.width < 43.9) bad.push(name(target) + " is " + r.width.toFixed(1) + "x" + r.height.toFixed(1));
	}
	for (const e of document.querySelectorAll("button,.btn,[role=button]")) {
		if (hidden(e)) continue;
		for (const t of e.childNodes) for (const word of t.nodeType === 3 ? t.data.matchAll(/[^\s\u00ad-]+/g) : []) {
			const r = document.createRange();
			r.setStart(t, word.index);
			r.setEnd(t, word.index + word[0].length);
			if (r.getClientRects().length > 1) bad.push(name(e) + " breaks " + word[0]);
		}
	}
	for (const e of document.querySelectorAll("body *")) {
		if (e.closest("svg") || hidden(e) || e.parentElement.closest("svg")) continue;
		let clipped = false;
		for (let p = e; p && !clipped; p = p.parentElement) clipped = getComputedStyle(p).clipPath !== "none";
		if (clipped) continue;
		const r = e.getBoundingClientRect(), s = getComputedStyle(e);
		const own = [...e.childNodes].some(n => n.nodeType === 3 && n.data.trim());
		if ((own || e.matches("input,textarea,button")) && (r.right > width + 0.5 || r.left < -0.5)) bad.push(name(e) + " sticks out of the screen");
		if (own && s.overflow !== "visible" && !e.matches("textarea") && (e.scrollWidth > e.clientWidth + 1 || e.scrollHeight > e.clientHeight + 1)) bad.push(name(e) + " is cut off");
		if (own && s.whiteSpace === "nowrap" && s.display !== "inline" && r.width > e.parentElement.getBoundingClientRect().width + 0.5) bad.push(name(e) + " sticks out of its parent");
	}
	return bad;
})()`

// Picture keeps the whole page as build/screens/<area>/<name>.png.
func (b *Browser) Picture(area, name string) {
	b.tb.Helper()
	folder := filepath.Join(root(b.tb), "build", "screens", filepath.FromSlash(area))
	if err := os.MkdirAll(folder, 0o755); err != nil {
		b.tb.Fatal(err)
	}
	got, err := chromedp.Call(b.ctx, page.CaptureScreenshot, page.CaptureScreenshotParams{
		CaptureBeyondViewport: new(true),
		Clip:                  b.whole(),
	})
	if err != nil {
		b.tb.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, name+".png"), got.Data, 0o644); err != nil {
		b.tb.Fatal(err)
	}
}

// whole is the page from its top to its bottom.
func (b *Browser) whole() *page.Viewport {
	size := JS[[2]float64](b, `[document.documentElement.clientWidth, Math.max(innerHeight, document.documentElement.scrollHeight)]`)
	return &page.Viewport{Width: size[0], Height: size[1], Scale: 1}
}

// Print looks at the page that is open as it comes out of a printer, or no longer.
func (b *Browser) Print(on bool) {
	b.tb.Helper()
	medium := ""
	if on {
		medium = "print"
	}
	Tell(b, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Media: medium})
}
