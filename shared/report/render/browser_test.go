package render_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/chromedp"

	"resonanz/shared/feedback"
	"resonanz/shared/report/render"
)

// layout finds what cannot be read without scrolling sideways, text too weak
// against what lies behind it, and a style sheet that was not let in.
const layout = `(() => {
	const bad = [];
	const width = document.documentElement.scrollWidth;
	if (width > innerWidth) bad.push("the page is " + width + " px wide");
	for (const e of document.querySelectorAll(".scroll"))
		if (e.scrollWidth > e.clientWidth) bad.push("a table is " + e.scrollWidth + " of " + e.clientWidth + " px wide: " + e.textContent.slice(0, 40));
	const rgb = c => c.match(/[\d.]+/g).map(Number);
	const light = c => rgb(c).slice(0, 3).map(v => (v /= 255) <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4).reduce((s, v, i) => s + v * [.2126, .7152, .0722][i], 0);
	const behind = e => { for (; e; e = e.parentElement) { const c = getComputedStyle(e).backgroundColor; if (rgb(c)[3] !== 0) return c; } return "rgb(255, 255, 255)"; };
	for (const e of document.querySelectorAll("h1,h1 span,h2,h3,p,th,td,dt,dd,li,code,.mark,.badge")) {
		if (!e.textContent.trim() || !e.getClientRects().length) continue;
		const a = light(getComputedStyle(e).color), b = light(behind(e));
		const contrast = (Math.max(a, b) + .05) / (Math.min(a, b) + .05);
		if (contrast < 4.5) bad.push("contrast " + contrast.toFixed(2) + ": " + e.textContent.slice(0, 40));
	}
	if (getComputedStyle(document.querySelector(".card")).borderTopStyle !== "solid") bad.push("the style sheet does not apply");
	return [...new Set(bad)];
})()`

func TestPagesReadWellOnEveryScreen(t *testing.T) {
	few, late := new(month), busy(t)
	few.votes(t, "hotline", march, 2, 4)
	late.contacts = map[feedback.Touchpoint]int64{"checkout": 1200, "hotline": 310, "pop-up": 25}
	late.add(t, "hotline", march, time.Date(2026, 4, 8, 9, 30, 0, 0, time.UTC), 1)
	late.cutoff = time.Date(2026, 4, 10, 0, 0, 0, 0, time.UTC)
	pages := make(map[string][]byte)
	for name, m := range map[string]*month{"busy": busy(t), "few": few, "empty": new(month), "restated": late} {
		r := m.report(t)
		for _, l := range render.Languages() {
			pages["/"+name+"-"+string(l)] = page(r, l)
		}
	}
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Header().Set("Content-Security-Policy", render.Policy())
		if _, err := w.Write(pages[r.URL.Path]); err != nil {
			t.Error(err)
		}
	}))
	defer srv.Close()

	ctx := chrome(t)
	const folder = "../../../build/screens"
	if err := os.MkdirAll(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	for path := range pages {
		for width, device := range map[int64]string{390: "phone", 820: "tablet", 1280: "desktop"} {
			for _, scheme := range []string{"light", "dark"} {
				if device == "tablet" && scheme == "dark" {
					continue
				}
				name := strings.Join([]string{"report", path[1:], device, scheme}, "-")
				_, err := chromedp.Call(ctx, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{Width: width, Height: 844, DeviceScaleFactor: 1, Mobile: width < 500})
				if err != nil {
					t.Fatal(err)
				}
				_, err = chromedp.Call(ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}})
				if err != nil {
					t.Fatal(err)
				}
				if err := chromedp.Do(ctx, chromedp.Navigate(srv.URL+path)); err != nil {
					t.Fatal(err)
				}
				bad, err := chromedp.Run(ctx, chromedp.Evaluate[[]string](layout))
				if err != nil {
					t.Fatal(err)
				}
				if len(bad) > 0 {
					t.Errorf("%s: %q", name, bad)
				}
				png, err := chromedp.Run(ctx, chromedp.FullScreenshot(100))
				if err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(folder+"/"+name+".png", png, 0o644); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
}

// chrome is a Chromium that must have nothing to complain about.
func chrome(t *testing.T) context.Context {
	t.Helper()
	path := ""
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if p, err := exec.LookPath(name); err == nil {
			path = p
			break
		}
	}
	if path == "" {
		t.Fatal("Chromium is missing: install the package 'chromium' (make browser)")
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true))
	if os.Geteuid() == 0 {
		options = append(options, chromedp.NoSandbox)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewExecAllocator(ctx, options...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	complaints := make(chan string, 100)
	err := chromedp.Listen(ctx, func(ev any) {
		if e, ok := ev.(*log.EventEntryAdded); ok && !strings.Contains(e.Entry.URL, "favicon") {
			select {
			case complaints <- e.Entry.Text:
			default:
			}
		}
	})
	if err != nil {
		t.Fatalf("starting Chromium: %v", err)
	}
	t.Cleanup(func() {
		for len(complaints) > 0 {
			t.Errorf("the browser complains: %s", <-complaints)
		}
	})
	return ctx
}
