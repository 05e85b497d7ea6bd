package html_test

import (
	"bytes"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"resonanz/shared/pages/browsertest"
	"resonanz/shared/report/html"
	"resonanz/shared/report/present"
	"resonanz/shared/report/present/presenttest"
)

// screens is where pictures of the pages are left for people to look at.
const screens = "../../../build/screens"

// undecided is what axe-core says of a contrast it cannot work out, such as of
// what is scrolled out of sight or has an arrow for a text. The style sheet's
// colours are held against each other by a test of their own.
var undecided = []string{"could not be determined", "too short to determine", "only non-text characters"}

// sideways tells what cannot be read without scrolling the page sideways, text
// that is cut off, and a style sheet that was not let in.
const sideways = `(() => {
	const bad = [];
	const width = document.documentElement.scrollWidth;
	if (width > innerWidth) bad.push("the page is " + width + " px wide");
	if (getComputedStyle(document.querySelector("section")).borderTopStyle !== "solid") bad.push("the style sheet does not apply");
	for (const e of document.querySelectorAll("h1,h2,h3,p,dt,dd,li,.notice"))
		if (e.getClientRects().length && !e.closest(".scroll,nav,.skip") && e.scrollWidth > e.clientWidth + 1 && getComputedStyle(e).position !== "absolute") bad.push("cut off: " + e.textContent.slice(0, 40));
	for (const e of document.querySelectorAll("table"))
		if (innerWidth > 1200 && e.offsetWidth > e.parentElement.clientWidth + 1 && e.getClientRects().length) bad.push("a table does not fit a wide screen: " + e.caption.textContent);
	return bad;
})()`

func TestAReportReadsWellOnEveryScreenAndOnPaper(t *testing.T) {
	pages := make(map[string][]byte)
	for _, l := range present.Languages() {
		pages["/rich-"+string(l)] = rich(l)
	}
	pages["/empty-de"] = html.Render(present.Document(presenttest.Empty(), presenttest.Options("de")))
	url := browsertest.Serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Header().Set("Content-Security-Policy", html.Policy(pages[r.URL.Path]))
		if _, err := w.Write(pages[r.URL.Path]); err != nil {
			t.Error(err)
		}
	}))
	b := browsertest.Start(t)
	if err := os.MkdirAll(screens, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		path   string
		width  int64
		scheme string
		axe    bool // it takes its time on a page of so many cells: once for each width and scheme
	}{
		{"/rich-de", 320, "light", true}, {"/rich-de", 1400, "dark", true}, {"/rich-en", 320, "dark", false}, {"/rich-en", 1400, "light", false}, {"/empty-de", 820, "light", true},
	} {
		device := map[int64]string{320: "phone", 820: "tablet", 1400: "wide"}[c.width]
		name := strings.Join([]string{"report", c.path[1:], device, c.scheme}, "-")
		browsertest.Tell(b, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{Width: c.width, Height: 900, DeviceScaleFactor: 1, Mobile: c.width < 500})
		browsertest.Tell(b, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: c.scheme}}})
		b.Run(browsertest.Open(url + c.path))
		for _, bad := range browsertest.JS[[]string](b, sideways) {
			t.Errorf("%s: %s", name, bad)
		}
		if c.axe {
			for _, v := range b.Axe() {
				if !said(v, undecided) {
					t.Errorf("%s: %s", name, v)
				}
			}
		}
		leave(t, name+".png", browsertest.Ask(b, chromedp.FullScreenshot(100)))
		if c.width == 1400 {
			paper(t, b, name)
		}
	}
}

// paper prints the page that is open.
func paper(t *testing.T, b *browsertest.Browser, name string) {
	t.Helper()
	yes := true
	res, err := chromedp.Call(b.Context(), page.PrintToPDF, page.PrintToPDFParams{PrintBackground: &yes, PreferCSSPageSize: &yes})
	if err != nil {
		t.Fatal(err)
	}
	if n := bytes.Count(res.Data, []byte("/Type /Page\n")) + bytes.Count(res.Data, []byte("/Type /Page ")); n > 30 {
		t.Errorf("%s prints on %d pages", name, n)
	}
	leave(t, name+".pdf", res.Data)
}

func said(s string, any []string) bool {
	for _, a := range any {
		if strings.Contains(s, a) {
			return true
		}
	}
	return false
}

func leave(t *testing.T, name string, content []byte) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(screens, name), content, 0o644); err != nil {
		t.Fatal(err)
	}
}
