package main

import (
	"net/http"
	"strings"
	"testing"

	"github.com/chromedp/chromedp/kb"

	"resonanz/shared/feedback"
	"resonanz/shared/httpapi/loopback"
	"resonanz/shared/link"
	"resonanz/shared/pages"
	"resonanz/shared/pages/browsertest"
	"resonanz/shared/site/sitetest"
)

// serve gives the handler an address of this machine.
func (r *rig) serve(t *testing.T) string { return browsertest.Serve(t, loopback.Handler(r.Handle)) }

func TestACustomerUnsubscribes(t *testing.T) {
	for name, script := range map[string]bool{"with script": true, "without script": false} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			url := r.serve(t) + "/u/" + r.issue(strings.Replace(mailed, "{", `{"language":"de",`, 1)).Token
			b := browsertest.Start(t)
			b.Script(script)
			b.Run(browsertest.Open(url), browsertest.Click(`nav a[hreflang="en"]`), browsertest.Await(`html[lang="en"] button`))
			if r.optedOut(key, address) {
				t.Fatal("looking changed something")
			}
			b.Run(browsertest.Click("button"), browsertest.Await(".mark"))
			if got := b.Text("h1"); got != "You are unsubscribed" || !r.optedOut(key) || !r.optedOut(address) {
				t.Errorf("after the button: %s", got)
			}
			b.Run(browsertest.Open(url), browsertest.Await(".mark"))
			if got := b.Text("h1"); r.shelf.calls == 0 || got == "" {
				t.Errorf("opened again: %s", got)
			}
		})
	}
}

func TestTheKeyboardIsEnoughToUnsubscribe(t *testing.T) {
	r := newRig(t)
	b := browsertest.Start(t)
	b.Run(browsertest.Open(r.serve(t)+"/u/"+r.issue(mailed).Token), browsertest.Press(kb.Tab), browsertest.Press(kb.Enter), browsertest.Await(".mark"))
	if !r.optedOut(address) {
		t.Error("not opted out")
	}
}

// What a scanner with a browser does: it opens the link, runs scripts, and
// waits until nothing more is loaded.
func TestABrowserThatClicksNothingUnsubscribesNobody(t *testing.T) {
	r := newRig(t)
	url := r.serve(t) + "/u/" + r.issue(mailed).Token
	b := browsertest.Start(t)
	b.Run(browsertest.Open(url), browsertest.Await("button"), browsertest.Open(url+"?l=it"), browsertest.Await("button"))
	for _, method := range []string{http.MethodGet, http.MethodHead, http.MethodOptions} {
		req, err := http.NewRequestWithContext(t.Context(), method, url, nil)
		if err != nil {
			t.Fatal(err)
		}
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
	}
	if r.optedOut(key, address) {
		t.Error("opted out")
	}
}

// narrow is the narrowest screen with text at twice its size.
var narrow = browsertest.Look{Size: browsertest.Size{Name: "narrow", Width: 320, Height: 568, Text: 200}, Scheme: "light"}

func TestEveryoneCanUseThePageThatUnsubscribes(t *testing.T) {
	r := newRig(t)
	base := r.serve(t)
	genuine := r.issue(mailed)
	done := r.issue(`{"touchpoint":"hotline","channel":"sms_link","customer_key":"K-20"}`)
	if res := r.do(visit(http.MethodPost, done.Token, "")); res.StatusCode != 200 {
		t.Fatal(res.StatusCode)
	}
	token, err := link.Verify(sitetest.Keyring(t, r.ring.Secret, nil), genuine.Token, start)
	if err != nil {
		t.Fatal(err)
	}
	b := browsertest.Start(t)
	for _, l := range pages.Offered(r.cfg) {
		// To nobody: the button can be pressed again and again.
		token.ResponseKey = feedback.ResponseKey("2026-03-aaaaaaaaaaaaaa" + string(l))
		nobody := link.Sign(sitetest.Keyring(t, r.ring.Secret, nil), token)
		for _, look := range append(browsertest.Looks(string(l)), narrow) {
			b.Set(look)
			query := "?l=" + string(l)
			b.Run(browsertest.Open(base+"/u/"+genuine.Token+query), browsertest.Await("button"))
			b.Inspect(look, "unsubscribe", string(l)+"-ask")
			b.Run(browsertest.Open(base+"/u/"+nobody+query), browsertest.Click("button"), browsertest.Await(".mark"))
			b.Inspect(look, "unsubscribe", string(l)+"-done")
			b.Run(browsertest.Open(base+"/u/"+done.Token+query), browsertest.Await(".mark"))
			b.Inspect(look, "unsubscribe", string(l)+"-again")
		}
	}
}
