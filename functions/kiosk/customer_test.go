package main

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/google/go-cmp/cmp"

	"resonanz/shared/feedback"
	"resonanz/shared/pages/browsertest"
)

func contains(s, part string) bool { return strings.Contains(s, part) }

func (k *kiosk) do(all ...steps) {
	k.tb.Helper()
	for _, s := range all {
		k.Run(s...)
	}
}

func TestACustomerVotesAndSaysMore(t *testing.T) {
	w := newWorld(t)
	k := w.start("kiosk-stars")
	k.do(tap("4"), press(`.reasons button[value="friendly"]`), press(`.two button[value="yes"]`), press(`.numbers button[value="9"]`), await("textarea"))
	k.js(`const e = document.querySelector("textarea"); e.value = "Gern wieder!\u200f مرحبا\u0007 <b>😀\ud83d"; e.dispatchEvent(new Event("input"))`)
	k.do(press("button.main"), await(".mark"))
	if n := len(k.Text("#stage h1")); n == 0 {
		t.Error("no thanks")
	}
	k.drained()
	votes := w.votes()
	if len(votes) != 1 {
		t.Fatalf("%d votes", len(votes))
	}
	v := votes[0]
	if v.Rating != 4 || v.Reason != "friendly" || v.FCR == nil || !*v.FCR || v.NPS == nil || *v.NPS != 9 || !v.HasText ||
		v.Language != "de" || v.Device != "kiosk-stars" || v.Touchpoint != "hotline" || v.Channel != feedback.Kiosk {
		t.Errorf("stored %+v", v)
	}
	if diff := cmp.Diff([]string{"Gern wieder!\u200f مرحبا <b>😀\ufffd"}, w.comments()); diff != "" {
		t.Error(diff)
	}
	k.do(done, await("#start"))
}

func TestTheKeyboardIsEnoughForAKiosk(t *testing.T) {
	w := newWorld(t)
	k := w.start("kiosk-ten")
	focus := func(want string) {
		t.Helper()
		got := browsertest.JS[string](k.Browser, `(e => (e.value || e.textContent || e.tagName) + (e.tagName === "BUTTON" && getComputedStyle(e).outlineStyle === "none" ? " without a ring" : ""))(document.activeElement)`)
		if got != want {
			t.Errorf("the focus is on %q, want %q", got, want)
		}
	}
	k.Run(browsertest.Press(kb.Tab))
	focus("1")
	k.Run(browsertest.Press(kb.Tab + kb.Tab))
	focus("3")
	k.Run(browsertest.Press(kb.Enter), browsertest.Await(".reasons"))
	k.do(steps{chromedp.WaitReady(chromedp.CSS("#stage[aria-busy=false]")), browsertest.Press(kb.Tab)})
	focus("waiting_time")
	k.Run(browsertest.Press(" "), browsertest.Await(".seven"))
	k.do(steps{chromedp.WaitReady(chromedp.CSS("#stage[aria-busy=false]")), browsertest.Press(kb.Tab + kb.Tab)})
	focus("2")
	k.Run(browsertest.Press(kb.Enter), browsertest.Await("textarea"), browsertest.Press(kb.Tab+"Es ging so"))
	k.do(steps{chromedp.WaitReady(chromedp.CSS("#stage[aria-busy=false]")), browsertest.Press(kb.Tab + kb.Enter)}, await(".mark"))
	k.drained()
	if v := w.votes(); len(v) != 1 || v[0].Rating != 3 || v[0].CES == nil || *v[0].CES != 2 || v[0].Reason != "waiting_time" || !v[0].HasText {
		t.Errorf("stored %+v", v)
	}
}

func TestASecondTapOfANervousFingerAnswersNothing(t *testing.T) {
	w := newWorld(t)
	k := w.start("kiosk-1")
	k.js(`await tap(1); document.querySelector(".reasons button").click();`)
	if browsertest.JS[bool](k.Browser, `!document.querySelector(".reasons")`) {
		t.Error("the second tap chose a reason")
	}
	// On the start every tap is a vote: the server says which were too fast.
	k.js(`await leave(); const b = document.querySelector('#scale button[value="3"]'); b.click(); await new Promise(r => setTimeout(r, 5)); b.click(); await until(async () => (await kept("kiosk-1", "votes")).some(r => r.open) && document.querySelector("#stage .ways")); await leave()`)
	k.drained()
	if n := len(w.votes()); n != 3 {
		t.Errorf("%d votes, want 3", n)
	}
}

// nothing of a customer is left: not on the screen, not in the document, not
// behind the back button, not after a reload.
func TestNothingOfTheLastCustomerIsLeft(t *testing.T) {
	w := newWorld(t)
	k := w.start("kiosk-1")
	gone := func(when string) {
		t.Helper()
		if html := browsertest.JS[string](k.Browser, `document.documentElement.outerHTML.replace(/<script[^]*?<\/script>/g, "") + [...document.querySelectorAll("textarea,input")].map(e => e.value)`); contains(html, "Geheimnis") || contains(html, "Zu lange gewartet") {
			t.Errorf("%s the last customer shows", when)
		}
		if browsertest.JS[bool](k.Browser, `document.querySelector("#start").hidden || document.documentElement.lang !== "de"`) {
			t.Errorf("%s the start does not show in the first language", when)
		}
	}
	write := func() {
		t.Helper()
		k.do(tap("1"), steps{browsertest.Click(`[data-lang="de"]`)}, press(`.reasons button[value="waiting_time"]`), await("textarea"))
		k.Run(browsertest.Type("textarea", "Geheimnis"), browsertest.Click(`[data-lang="fr"]`))
		if got := browsertest.JS[string](k.Browser, `document.querySelector("textarea").value`); got != "Geheimnis" {
			t.Errorf("another language takes away what was written: %q", got)
		}
	}
	write()
	k.js(`history.back(); const at = performance.now(); await until(() => !document.querySelector("#start").hidden); if (performance.now() - at > 5000) throw new Error("late")`)
	gone("after a step back")
	write()
	k.open("")
	gone("after a reload")
	write()
	k.Run(browsertest.Open("about:blank"), chromedp.Evaluate[chromedp.Void](`history.back()`))
	waitFor(k, `location.pathname === "/kiosk/kiosk-1" && "ready" in document.body.dataset`)
	gone("after leaving and coming back")
	k.always(hurry)
	k.open("")
	write()
	k.js(`pace = 50; dispatchEvent(new Event("input")); await until(() => !document.querySelector("#start").hidden)`)
	gone("after twenty seconds")
	k.drained()
	if v, c := w.votes(), w.comments(); len(v) != 4 || len(c) != 0 {
		t.Errorf("%d votes with %d comments; want 4, and nothing that was not sent", len(v), len(c))
	}
}

func TestTheLanguageIsThatOfTheNextCustomer(t *testing.T) {
	w := newWorld(t)
	k := w.start("kiosk-1")
	k.Run(browsertest.Click(`[data-lang="it"]`))
	if got := k.Text("h1"); got != "Qual è il Suo grado di soddisfazione oggi?" {
		t.Errorf("in Italian: %q", got)
	}
	k.do(tap("5"), done)
	k.always(hurry)
	k.open("")
	k.Run(browsertest.Click(`[data-lang="en"]`))
	k.js(`pace = 50; dispatchEvent(new Event("input")); await until(() => document.documentElement.lang === "de")`)
	k.drained()
	if v := w.votes(); len(v) != 1 || v[0].Language != "it" {
		t.Errorf("stored %+v", v)
	}
}

func TestWhoStandsStillIsWarnedAndMayStay(t *testing.T) {
	w := newWorld(t)
	k := &kiosk{browsertest.Start(t), w, "kiosk-1"}
	k.always(driver + hurry + "; pace = 10") // twenty seconds are two
	k.open("#key=" + w.key("kiosk-1", 1))
	k.js(`await tap(2); await until(() => document.querySelector(".idle button")); document.querySelector(".idle button").click()`)
	k.js(`await until(() => !document.querySelector(".idle button")); await until(() => document.querySelector(".idle button"))`)
	if browsertest.JS[bool](k.Browser, `!document.querySelector(".reasons")`) {
		t.Error("who wanted to stay was sent away")
	}
	k.js(`await until(() => !document.querySelector("#start").hidden)`)
	k.drained()
	if n := len(w.votes()); n != 1 {
		t.Errorf("%d votes", n)
	}
}

func TestNothingHappensByAccident(t *testing.T) {
	w := newWorld(t)
	k := w.start("kiosk-1")
	got := browsertest.JS[map[string]bool](k.Browser, `(() => {
		const face = document.querySelector("#scale button"), let_ = e => (face.dispatchEvent(e), !e.defaultPrevented), all = {bubbles: true, cancelable: true};
		face.focus();
		const style = getComputedStyle(face);
		return {
			"a menu opens": let_(new MouseEvent("contextmenu", all)),
			"the wheel zooms": let_(new WheelEvent("wheel", {ctrlKey: true, ...all})),
			"something is dragged": let_(new DragEvent("dragstart", all)),
			"a key held down presses twice": let_(new KeyboardEvent("keydown", {key: "Enter", repeat: true, ...all})),
			"text is selected": style.userSelect !== "none",
			"two fingers zoom": getComputedStyle(document.body).touchAction !== "pan-y" || style.touchAction !== "pan-y",
			"the wheel is dead": !let_(new WheelEvent("wheel", all)),
			"a key is dead": !let_(new KeyboardEvent("keydown", {key: "Enter", ...all})),
		};
	})()`)
	for what, happens := range got {
		if happens {
			t.Error(what)
		}
	}
	if len(got) != 8 {
		t.Errorf("%d looked at", len(got))
	}
}
