package main

import (
	"fmt"
	"testing"

	"github.com/chromedp/chromedp/kb"

	"resonanz/shared/feedback"
	"resonanz/shared/httpapi/loopback"
	"resonanz/shared/pages/browsertest"
)

func browse(t *testing.T, r *rig) (b *browsertest.Browser, url string) {
	t.Helper()
	return browsertest.Start(t), browsertest.Serve(t, loopback.Handler(r.Handle))
}

func TestACustomerFillsInACardAndChangesIt(t *testing.T) {
	for name, script := range map[string]bool{"with script": true, "without script": false} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			b, url := browse(t, r)
			b.Script(script)
			page := url + "/c/" + r.token()
			b.Run(
				browsertest.Open(page),
				browsertest.Click(`input[name=stars][value="4"]`),
				browsertest.Click(`input[name=q-friendliness][value="5"]`),
				browsertest.Click(`input[name=q-found][value=no]`),
				browsertest.Click(`input[name=q-how_often][value=weekly]`),
				browsertest.Click(`.ask:has([name=q-how_often]) .skip`), // taken back
				browsertest.Type(`[name=q-remark]`, "Zu wenig Körbe"),
				browsertest.Click("summary"),
				browsertest.Click("#callback"),
				browsertest.Click("button[type=submit]"),
				browsertest.Await(".sum"),
			)
			if n := len(r.cards()); n != 0 || b.Text(".sum a") != "Wie erreichen wir Sie? Bitte geben Sie Telefon oder E-Mail an." {
				t.Fatalf("with a mistake: %d cards", n)
			}
			b.Run(
				browsertest.Type("#contact", "kundin@example.com"),
				browsertest.Click("button[type=submit]"),
				browsertest.Await(".mark"),
			)
			got := r.cards()
			if len(got) != 1 || got[0].Rating.Rating != 4 || fmt.Sprint(got[0].Answers) != "map[found:no friendliness:5]" ||
				got[0].Personal.Answers["remark"] != "Zu wenig Körbe" || got[0].Personal.CallbackContact != "kundin@example.com" {
				t.Fatalf("stored %+v", got)
			}
			b.Run(
				browsertest.Click(".btn"),
				browsertest.Await("form"),
				browsertest.Click(`input[name=stars][value="5"]`),
				browsertest.Click("button[type=submit]"),
				browsertest.Await(".mark"),
			)
			got = r.cards()
			if len(got) != 2 || got[0].Rating.Rating+got[1].Rating.Rating != 9 || fmt.Sprint(got[1].Answers) != fmt.Sprint(got[0].Answers) {
				t.Errorf("after the change: %+v", got)
			}
		})
	}
}

func TestTheKeyboardIsEnough(t *testing.T) {
	r := newRig(t)
	b, url := browse(t, r)
	b.Run(browsertest.Open(url + visit))
	press := func(keys, want string) {
		t.Helper()
		b.Run(browsertest.Press(keys))
		type place struct {
			Where   string `json:"where"`
			Visible bool   `json:"visible"`
		}
		got := browsertest.JS[place](b, `(() => {
			const e = document.activeElement, ring = e.closest(".row label,.chips label") || e;
			return {where: (e.name || e.id || e.tagName.toLowerCase()) + (e.checked ? "=" + e.value : ""), visible: getComputedStyle(ring).outlineStyle !== "none"};
		})()`)
		if got.Where != want || !got.Visible {
			t.Errorf("%q leads to %s (ring: %v), want %s with a ring", keys, got.Where, got.Visible, want)
		}
	}
	press(kb.Tab, "stars")
	press(" ", "stars=1")
	press(kb.ArrowRight+kb.ArrowRight, "stars=3")
	press(kb.Tab, "q-friendliness")
	press(kb.ArrowRight, "q-friendliness=2")
	press(kb.ArrowLeft+kb.ArrowLeft, "q-friendliness=") // no answer after all
	press(kb.Tab, "q-found")
	press(" ", "q-found=yes")
	press(kb.Tab, "q-how_often")
	press(kb.Tab, "q-remark")
	b.Run(browsertest.Press("Es ging so"))
	press(kb.Tab, "q-suggestion")
	press(kb.Tab, "summary")
	press(kb.Enter, "summary")
	press(kb.Tab, "callback")
	press(" ", "callback=1")
	press(kb.Tab, "contact")
	b.Run(browsertest.Press("kundin@example.com"))
	press(kb.Tab, "button")
	b.Run(browsertest.Press(kb.Enter), browsertest.Await(".mark"))
	got := r.cards()
	if len(got) != 1 || got[0].Rating.Rating != 3 || fmt.Sprint(got[0].Answers) != "map[found:yes]" || !got[0].CallbackRequested || !got[0].HasText {
		t.Errorf("stored %+v", got)
	}
}

func TestTheLanguageIsSwitchedOnThePage(t *testing.T) {
	r := newRig(t)
	b, url := browse(t, r)
	b.Run(
		browsertest.Open(url+visit),
		browsertest.Click(`nav a[lang=it]`),
		browsertest.Click(`input[name=stars][value="5"]`),
		browsertest.Click("button[type=submit]"),
		browsertest.Await(".mark"),
	)
	if l := browsertest.JS[string](b, "document.documentElement.lang"); l != "it" || r.cards()[0].Language != feedback.Language("it") {
		t.Errorf("the page after it is in %s", l)
	}
}

// A scanner opens a link in a real browser, lets scripts run, and follows what
// it finds. It presses no button.
func TestAScannerFillsInNothing(t *testing.T) {
	r := newRig(t)
	b, url := browse(t, r)
	for _, path := range []string{visit, visit + "?stars=5&q-found=yes", "/c/" + r.token(), "/c/" + r.token() + "?done=1"} {
		b.Run(browsertest.Open(url+path), browsertest.Await("h1"))
		browsertest.JS[bool](b, `Promise.all([...document.querySelectorAll("a[href]")].map(a => fetch(a.href).catch(() => {}))).then(() => dispatchEvent(new Event("beforeunload")))`)
	}
	b.Forgive() // the policy forbids the scanner's own requests
	if r.table.writes != 0 {
		t.Errorf("%d writes", r.table.writes)
	}
}
