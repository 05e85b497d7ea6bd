package main

import (
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"resonanz/shared/httpapi/loopback"
	. "resonanz/shared/pages/browsertest"
)

// links are the addresses that a mail carries: the link itself, and one a star.
func links(r *rig) (all []string) {
	for s := range 6 {
		all = append(all, fmt.Sprintf("/r/%s?s=%d", r.token(), s))
	}
	return append(all, "/r/"+r.token())
}

var href = regexp.MustCompile(`(?:href|src|action)="([^"]*)"`)

// crawl fetches a page and everything that it names, as far as it leads.
func crawl(t *testing.T, base, path string, seen map[string]bool, method string, headers http.Header) {
	t.Helper()
	if seen[path] || len(seen) > 500 {
		return
	}
	seen[path] = true
	q, err := http.NewRequestWithContext(t.Context(), method, base+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	q.Header = headers
	res, err := http.DefaultClient.Do(q)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusOK {
		t.Errorf("%s %s: %d, %v", method, path, res.StatusCode, err)
	}
	for _, m := range href.FindAllStringSubmatch(string(body), -1) {
		to := strings.ReplaceAll(m[1], "&amp;", "&")
		if strings.HasPrefix(to, "?") {
			page, _, _ := strings.Cut(path, "?")
			crawl(t, base, page+to, seen, method, headers)
		}
	}
}

// What looks at mail before, and instead of, the customer: it follows every
// link, and none of it may be a vote.
func TestNothingThatOnlyLooksIsAVote(t *testing.T) {
	for name, c := range map[string]struct {
		method  string
		headers http.Header
	}{
		"a plain client":          {http.MethodGet, http.Header{}},
		"a client that asks":      {http.MethodHead, http.Header{}},
		"a mail scanner":          {http.MethodGet, http.Header{"User-Agent": {"Mozilla/5.0 (Windows NT 10.0) SafeLinks"}, "Accept": {"*/*"}}},
		"a prefetching browser":   {http.MethodGet, http.Header{"Sec-Purpose": {"prefetch;prerender"}, "Purpose": {"prefetch"}, "X-Moz": {"prefetch"}}},
		"a preview of a chat":     {http.MethodGet, http.Header{"User-Agent": {"facebookexternalhit/1.1", "WhatsApp/2.23", "Slackbot-LinkExpanding 1.0"}, "Range": {"bytes=0-32767"}}},
		"a preview that asks":     {http.MethodHead, http.Header{"User-Agent": {"TelegramBot (like TwitterBot)"}}},
		"a browser that has come": {http.MethodGet, http.Header{"Accept": {"text/html"}, "Cookie": {"seen=1"}, "Referer": {"https://mail.example.com/"}}},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			base, seen := Serve(t, loopback.Handler(r.Handle)), map[string]bool{}
			for _, path := range links(r) {
				crawl(t, base, path, seen, c.method, c.headers)
			}
			if n := len(r.votes()); n != 0 {
				t.Errorf("%d votes", n)
			}
			if c.method == http.MethodGet && (len(seen) < 20 || !strings.Contains(r.metrics.String(), `"LinkOpened":1`)) {
				t.Errorf("%d addresses were looked at; the looks are not counted apart", len(seen))
			}
			// The customer comes after the scanner and finds a first vote.
			path := "/r/" + r.token()
			if res := r.post(path, "stars", "4", "nonce", r.open(path)); res.StatusCode != 303 || len(r.votes()) != 1 {
				t.Errorf("the customer's vote: %d", res.StatusCode)
			}
		})
	}
}

// A scanner with a real browser: scripts run, the mouse moves, pages are left
// and printed, every link is followed. It presses nothing.
func TestABrowserThatPressesNothingCastsNoVote(t *testing.T) {
	b := newBrowser(t, newRig(t))
	for _, path := range append(links(b.rig), "/r/"+b.token()+"?done=1", "/r/"+b.token()+"?done=2") {
		b.Run(
			Open(b.url+path), chromedp.WaitReady(chromedp.CSS("form")),
			chromedp.Evaluate[chromedp.Void](`(() => {
				for (const e of document.querySelectorAll("*")) for (const type of ["mouseover", "mousemove", "focus", "touchstart", "pointerenter"]) e.dispatchEvent(new Event(type, {bubbles: true}));
				scrollTo(0, document.body.scrollHeight);
				document.querySelectorAll("a[href]").forEach(a => fetch(a.href).catch(() => {}));
				for (const type of ["load", "DOMContentLoaded", "pageshow", "visibilitychange", "beforeprint", "afterprint", "beforeunload", "pagehide", "unload"]) { dispatchEvent(new Event(type)); document.dispatchEvent(new Event(type)); }
			})()`),
			chromedp.Reload(), chromedp.WaitReady(chromedp.CSS("form")),
		)
		for _, to := range JS[[]string](b.Browser, `[...document.querySelectorAll('a[href^="?"]')].map(a => a.href)`) {
			b.Run(Open(to), chromedp.WaitReady(chromedp.CSS("form")))
		}
	}
	b.Forgive() // the policy forbids the scanner's own requests
	if n := len(b.votes()); n != 0 {
		t.Errorf("%d votes", n)
	}
}
