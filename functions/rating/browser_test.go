package main

import (
	"context"
	"fmt"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"resonanz/shared/feedback"
	"resonanz/shared/httpapi/loopback"
	"resonanz/shared/link"
)

// browser is a real Chromium before the real handler on this machine.
type browser struct {
	*rig
	url string
	ctx context.Context

	mu         sync.Mutex
	complaints []string // what the browser itself found wrong, such as a breach of the policy
}

func newBrowser(t *testing.T, r *rig) *browser {
	t.Helper()
	srv := httptest.NewServer(loopback.Handler(r.Handle))
	t.Cleanup(srv.Close)
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(chromium(t)), chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true))
	if os.Geteuid() == 0 {
		options = append(options, chromedp.NoSandbox)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewExecAllocator(ctx, options...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	b := &browser{rig: r, url: srv.URL, ctx: ctx}
	err := chromedp.Listen(ctx, func(ev any) {
		if e, ok := ev.(*log.EventEntryAdded); ok && !strings.Contains(e.Entry.Text, "Failed to load resource: the server responded") {
			b.mu.Lock()
			defer b.mu.Unlock()
			b.complaints = append(b.complaints, e.Entry.Text)
		}
	})
	if err != nil {
		t.Fatalf("starting Chromium: %v", err)
	}
	t.Cleanup(func() {
		b.mu.Lock()
		defer b.mu.Unlock()
		if len(b.complaints) > 0 {
			t.Errorf("the browser complains: %q", b.complaints)
		}
	})
	return b
}

func chromium(t *testing.T) string {
	t.Helper()
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	t.Fatal("Chromium is missing: install the package 'chromium' (make browser)")
	return ""
}

type step = chromedp.Action[chromedp.Void]

func (b *browser) run(steps ...step) {
	b.tb.Helper()
	if err := chromedp.Do(b.ctx, steps...); err != nil {
		b.tb.Fatal(err)
	}
}

// ask runs one action that answers something.
func ask[T any](b *browser, a chromedp.Action[T]) T {
	b.tb.Helper()
	v, err := chromedp.Run(b.ctx, a)
	if err != nil {
		b.tb.Fatal(err)
	}
	return v
}

// tell sends one command of the protocol.
func tell[P, R any](b *browser, command cdp.Command[P, R], p P) {
	b.tb.Helper()
	if _, err := chromedp.Call(b.ctx, command, p); err != nil {
		b.tb.Fatal(err)
	}
}

func click(css chromedp.CSS) step               { return chromedp.Click(css) }
func await(css chromedp.CSS) step               { return chromedp.WaitVisible(css) }
func typing(css chromedp.CSS, text string) step { return chromedp.SendKeys(css, text) }

func TestACustomerVotesAndChangesTheVote(t *testing.T) {
	for name, noScript := range map[string]bool{"with script": false, "without script": true} {
		t.Run(name, func(t *testing.T) {
			b := newBrowser(t, newRig(t))
			page := b.url + "/r/" + b.token()
			tell(b, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: noScript})
			b.run(
				chromedp.Navigate(page+"?s=4"),
				click("button[type=submit]"),
				await(".mark"),
			)
			if got := ask(b, chromedp.Text(chromedp.CSS("h1"))); got != "Vielen Dank!" {
				t.Errorf("after the vote: %s", got)
			}
			b.run(
				click(".btn"),
				await("form"),
				click(`input[value="2"]`),
				typing("#comment", "Zu lange gewartet"),
				click("details:nth-of-type(2) summary"),
				click("#callback"),
				click("button[type=submit]"),
				await(".sum"),
			)
			typed := ask(b, chromedp.Value(chromedp.CSS("#comment")))
			if n := len(b.votes()); n != 1 || typed != "Zu lange gewartet" {
				t.Errorf("with a mistake: %d votes, the comment is %q", n, typed)
			}
			b.run(
				typing("#contact", "kundin@example.com"),
				click("button[type=submit]"),
				await(".mark"),
			)
			votes := b.votes()
			if len(votes) != 2 || votes[0].Rating+votes[1].Rating != 6 || votes[0].CallbackRequested == votes[1].CallbackRequested {
				t.Errorf("stored %+v", votes)
			}
		})
	}
}

func TestTheKeyboardIsEnough(t *testing.T) {
	b := newBrowser(t, newRig(t))
	focus := func() (where string, visible bool) {
		type place struct {
			Where   string `json:"where"`
			Visible bool   `json:"visible"`
		}
		got := ask(b, chromedp.Evaluate[place](`(() => {
			const e = document.activeElement, ring = e.closest(".row label") || e;
			return {where: e.id || e.name || e.tagName.toLowerCase(), visible: getComputedStyle(ring).outlineStyle !== "none"};
		})()`))
		return got.Where, got.Visible
	}
	b.run(chromedp.Navigate(b.url + "/r/" + b.token()))
	press := func(keys string, want string) {
		t.Helper()
		b.run(chromedp.KeyEvent(keys))
		if where, visible := focus(); where != want || !visible {
			t.Errorf("%q leads to %s (ring: %v), want %s with a ring", keys, where, visible, want)
		}
	}
	press(kb.Tab, "stars")
	press(" ", "stars")
	press(kb.ArrowRight+kb.ArrowRight, "stars")
	press(kb.Tab, "comment")
	b.run(chromedp.KeyEvent("Es ging so"))
	press(kb.Tab, "summary")
	press(kb.Tab, "summary")
	press(kb.Enter, "summary")
	press(kb.Tab, "callback")
	press(" ", "callback")
	press(kb.Tab, "contact")
	b.run(chromedp.KeyEvent("kundin@example.com"))
	press(kb.Tab, "button")
	b.run(chromedp.KeyEvent(kb.Enter), await(".mark"))
	if v := b.votes(); len(v) != 1 || v[0].Rating != 3 || !v[0].CallbackRequested || !v[0].HasText {
		t.Errorf("stored %+v", v)
	}
}

// A mail scanner opens every link in a real browser, lets scripts run, and
// follows what it finds. It presses no button.
func TestAScannerCastsNoVote(t *testing.T) {
	b := newBrowser(t, newRig(t))
	for s := range 6 {
		b.run(
			chromedp.Navigate(fmt.Sprintf("%s/r/%s?s=%d", b.url, b.token(), s)),
			chromedp.WaitReady(chromedp.CSS("form")),
			chromedp.Evaluate[chromedp.Void](`document.querySelectorAll("a[href]").forEach(a => fetch(a.href).catch(() => {})); dispatchEvent(new Event("beforeunload"))`),
		)
	}
	b.mu.Lock()
	b.complaints = nil // the policy forbids the scanner's own fetch
	b.mu.Unlock()
	b.run(chromedp.Navigate(b.url + "/r/" + b.token() + "?done=1"))
	if n := len(b.votes()); n != 0 {
		t.Errorf("%d votes", n)
	}
}

// shots are the pages as customers meet them.
var shots = []struct {
	name string
	path func(b *browser, l string) string
	do   []step
}{
	{"rating", func(b *browser, l string) string { return b.link(l, "hotline") + "?s=4" }, nil},
	{"empty", func(b *browser, l string) string { return b.link(l, "hotline") }, nil},
	{"ten", func(b *browser, l string) string { return b.link(l, "repair") + "?s=8" }, nil},
	{"errors", func(b *browser, l string) string { return b.link(l, "hotline") + "?s=2" }, []step{
		click("details:nth-of-type(2) summary"), click("#callback"),
		typing("#comment", "Zu lange gewartet, 35 Minuten."),
		click("button[type=submit]"), await(".sum"),
	}},
	{"thanks", func(b *browser, l string) string { return b.link(l, "hotline") + "?done=1&callback=1" }, nil},
	{"expired", func(b *browser, l string) string {
		return "/r/" + b.token(func(k *link.Token) { k.ExpiresAt = start.Add(-48 * time.Hour); k.Language = feedback.Language(l) })
	}, nil},
	{"notfound", func(_ *browser, _ string) string { return "/r/none" }, nil},
}

func (b *browser) link(l, tp string) string {
	return "/r/" + b.token(func(k *link.Token) {
		k.Touchpoint = link.CodeOf(feedback.Touchpoint(tp))
		k.Language = feedback.Language(l)
	})
}

// layout finds what overflows sideways and what is too small to be tapped.
const layout = `(() => {
	const bad = [];
	if (document.documentElement.scrollWidth > innerWidth) bad.push("the page is " + document.documentElement.scrollWidth + " px wide");
	for (const e of document.querySelectorAll("button,summary,textarea,.row label,.check,.btn,input[type=text]")) {
		const r = e.getBoundingClientRect();
		if (r.height && (r.height < 44 || r.width < 44)) bad.push(e.outerHTML.slice(0, 60) + " is " + r.width + "x" + r.height);
		if (r.right > innerWidth + 0.5) bad.push(e.outerHTML.slice(0, 60) + " sticks out");
	}
	for (const e of document.querySelectorAll(".row .n")) {
		if (e.offsetHeight > 1.6 * parseFloat(getComputedStyle(e).fontSize)) bad.push(e.textContent + " is broken over lines");
		if (e.offsetWidth > e.parentElement.offsetWidth) bad.push(e.textContent + " sticks out of its field");
	}
	return bad;
})()`

func TestPagesLookRight(t *testing.T) {
	b := newBrowser(t, newRig(t))
	const folder = "../../build/screens"
	if err := os.MkdirAll(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, size := range []struct {
		name          string
		width, height int64
		zoom          string // of the text
	}{{"phone", 390, 844, "100%"}, {"desktop", 1280, 800, "100%"}, {"small", 320, 568, "100%"}, {"zoomed", 390, 844, "200%"}} {
		for _, scheme := range []string{"light", "dark"} {
			for _, l := range []string{"de", "en"} {
				for _, s := range shots {
					if size.name != "phone" && size.name != "desktop" && (scheme == "dark" || l == "en") {
						continue
					}
					tell(b, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{
						Width: size.width, Height: size.height, DeviceScaleFactor: 1, Mobile: size.width < 500,
					})
					tell(b, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
						Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}},
					})
					tell(b, network.SetExtraHTTPHeaders, network.SetExtraHTTPHeadersParams{Headers: network.Headers{"Accept-Language": l}})
					b.run(chromedp.Navigate(b.url + s.path(b, l)))
					b.run(s.do...)
					b.run(chromedp.Evaluate[chromedp.Void](`document.documentElement.style.fontSize = "` + size.zoom + `"`))
					bad := ask(b, chromedp.Evaluate[[]string](layout))
					png := ask(b, chromedp.CaptureScreenshot())
					name := strings.Join([]string{s.name, size.name, l, scheme}, "-")
					if len(bad) > 0 {
						t.Errorf("%s: %q", name, bad)
					}
					if err := os.WriteFile(folder+"/"+name+".png", png, 0o644); err != nil {
						t.Fatal(err)
					}
				}
			}
		}
	}
}
