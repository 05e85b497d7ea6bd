package main

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"resonanz/shared/feedback"
	"resonanz/shared/httpapi/loopback"
	"resonanz/shared/link"
	"resonanz/shared/pages"
	. "resonanz/shared/pages/browsertest"
)

// browser is a real Chromium before the real handler on this machine.
type browser struct {
	*rig
	*Browser
	url string
}

func newBrowser(t *testing.T, r *rig) *browser {
	t.Helper()
	return &browser{rig: r, Browser: Start(t), url: Serve(t, loopback.Handler(r.Handle))}
}

// sorted are the stored votes in the order they were cast.
func (r *rig) sorted() []feedback.Rating {
	r.tb.Helper()
	votes := r.votes()
	slices.SortFunc(votes, func(a, b feedback.Rating) int { return a.SubmittedAt.Compare(b.SubmittedAt) })
	return votes
}

func TestACustomerVotesSaysMoreAndChangesTheVote(t *testing.T) {
	for name, script := range map[string]bool{"with script": true, "without script": false} {
		t.Run(name, func(t *testing.T) {
			b := newBrowser(t, newRig(t))
			b.Script(script)
			b.Set(Look{Size: Phone, Scheme: "light", Language: "de"})
			page := b.url + "/r/" + b.token()
			b.Run(Open(page+"?s=2"), Click("button[type=submit]"), Await(".more"))
			if v := b.votes(); len(v) != 1 || v[0].Rating != 2 {
				t.Fatalf("after the first button: %+v", v)
			}
			if got := b.Text("h1"); got != "Danke, Ihre Bewertung zählt!" {
				t.Errorf("after the vote: %s", got)
			}

			// A mistake: what was typed is still there.
			b.at = start.Add(time.Minute)
			b.Run(
				Click(`input[value="waiting_time"]`), Click(`input[name="fcr"][value="no"]`), Click(`input[name="nps"][value="3"]`),
				Type("#comment", "Zu lange <b>gewartet</b> 👍"), Click("#callback"), Click("button[type=submit]"), Await(".sum"),
			)
			if typed := Ask(b.Browser, chromedp.Value(chromedp.CSS("#comment"))); len(b.votes()) != 1 || typed != "Zu lange <b>gewartet</b> 👍" {
				t.Errorf("with a mistake: %d votes, the comment is %q", len(b.votes()), typed)
			}
			b.Run(Type("#contact", "kundin@example.com"), Click("button[type=submit]"), Await(".mark"))
			v := b.sorted()
			if len(v) != 2 || v[1].Rating != 2 || v[1].Reason != "waiting_time" || v[1].FCR == nil || *v[1].FCR || v[1].NPS == nil || *v[1].NPS != 3 ||
				!v[1].CallbackRequested || !v[1].HasText {
				t.Fatalf("after the further questions: %+v", v)
			}

			// The change, an hour later, from the same link.
			b.at = start.Add(time.Hour)
			b.Run(Open(page), Await("form"))
			if got := b.Text("h1"); got != "Sie haben schon bewertet" {
				t.Errorf("opened again: %s", got)
			}
			b.Run(Click(`input[value="5"]`), Click("button[type=submit]"), Await(".more"))
			if v = b.sorted(); len(v) != 3 || v[2].Rating != 5 || v[2].Reason != "" || v[2].NPS == nil || *v[2].NPS != 3 {
				t.Errorf("after the change: %+v", v)
			}

			// In another language, to the end.
			b.at = start.Add(2 * time.Hour)
			b.Run(Click(`nav a[hreflang="fr"]`), Await(`html[lang="fr"]`), Click(`input[value="friendly"]`), Click("button[type=submit]"), Await(".mark"))
			if got := b.Text("h1"); got != "Merci beaucoup\u00a0!" {
				t.Errorf("at the end: %s", got)
			}
			if v = b.sorted(); len(v) != 4 || v[3].Rating != 5 || v[3].Reason != "friendly" || v[3].Language != "fr" {
				t.Errorf("at the end: %+v", v)
			}
		})
	}
}

// On a slow network the first answer has not come when the button is pressed
// again: both presses are one vote.
func TestASecondPressOnASlowNetworkIsTheSameVote(t *testing.T) {
	r := newRig(t)
	handler, second := loopback.Handler(r.Handle), make(chan struct{})
	var posts atomic.Int32
	url := Serve(t, http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		if q.Method == http.MethodPost {
			switch posts.Add(1) {
			case 1: // the vote is stored; the answer is on its way for long
				kept := httptest.NewRecorder()
				handler.ServeHTTP(kept, q)
				select {
				case <-second:
				case <-q.Context().Done():
				}
				return
			case 2:
				defer close(second)
			}
		}
		handler.ServeHTTP(w, q)
	}))
	b := Start(t)
	b.Run(Open(url+"/r/"+r.token()+"?s=4"), Await("form"))
	b.Run(chromedp.Evaluate[chromedp.Void](`for (const ms of [0, 300]) setTimeout(() => document.querySelector("button").click(), ms)`), Await(".more"))
	if n := len(r.votes()); n != 1 || posts.Load() != 2 {
		t.Errorf("%d votes of %d requests", n, posts.Load())
	}
}

func TestTheKeyboardIsEnough(t *testing.T) {
	b := newBrowser(t, newRig(t))
	type place struct {
		Where   string `json:"where"`
		Visible bool   `json:"visible"`
	}
	press := func(keys string, want string) {
		t.Helper()
		b.Run(Press(keys))
		got := JS[place](b.Browser, `(() => {
			const e = document.activeElement, ring = e.closest("label:has(input[type=radio])") || e;
			return {where: e.id || e.name || e.hreflang || e.tagName.toLowerCase(), visible: getComputedStyle(ring).outlineStyle !== "none"};
		})()`)
		if got.Where != want || !got.Visible {
			t.Errorf("%q leads to %s (ring: %v), want %s with a ring", keys, got.Where, got.Visible, want)
		}
	}
	b.Run(Open(b.url + "/r/" + b.token()))
	press(kb.Tab, "stars")
	press(" ", "stars")
	press(kb.ArrowRight, "stars")
	press(kb.Tab, "button")
	b.Run(Press(kb.Enter), Await(".more"))
	if v := b.votes(); len(v) != 1 || v[0].Rating != 2 {
		t.Fatalf("stored %+v", v)
	}
	b.at = start.Add(time.Minute)
	press(kb.Tab, "a")
	press(kb.Tab, "reason")
	press(" ", "reason")
	press(kb.Tab, "fcr")
	press(kb.ArrowRight, "fcr")
	press(kb.Tab, "nps")
	press(" ", "nps")
	press(kb.ArrowRight+kb.ArrowRight, "nps")
	press(kb.Tab, "comment")
	b.Run(Press("Es ging so"))
	press(kb.Tab, "summary")
	press(kb.Enter, "summary")
	press(kb.Tab, "suggestion")
	press(kb.Tab, "summary")
	press(kb.Tab, "callback")
	press(" ", "callback")
	press(kb.Tab, "contact")
	b.Run(Press("kundin@example.com"))
	press(kb.Tab, "button")
	b.Run(Press(kb.Enter), Await(".mark"))
	v := b.sorted()
	if len(v) != 2 || v[1].Rating != 2 || v[1].Reason != "waiting_time" || v[1].FCR == nil || v[1].NPS == nil || *v[1].NPS != 2 || !v[1].CallbackRequested || !v[1].HasText {
		t.Errorf("stored %+v", v)
	}
}

// An answer that was given by mistake can be taken back without a script.
func TestAnAnswerCanBeTakenBack(t *testing.T) {
	b := newBrowser(t, newRig(t))
	b.Script(false)
	page := b.url + "/r/" + b.token()
	b.Run(Open(page+"?s=2"), Click("button[type=submit]"), Await(".more"))
	b.at = start.Add(time.Minute)
	visible := `getComputedStyle(document.querySelector('input[name="nps"][value=""]')).visibility`
	if got := JS[string](b.Browser, visible); got != "hidden" {
		t.Errorf("the way back is %s before there is an answer", got)
	}
	b.Run(Click(`input[name="nps"][value="0"]`))
	if got := JS[string](b.Browser, visible); got != "visible" {
		t.Errorf("the way back is %s when there is an answer", got)
	}
	b.Run(Click(`input[name="nps"][value=""]`), Click("button[type=submit]"), Await(".mark"))
	if v := b.sorted(); len(v) != 2 || v[1].NPS != nil {
		t.Errorf("stored %+v", v)
	}
}

// shot is a page as customers meet it.
type shot struct {
	name string
	path func(b *browser, l string) string
	do   []Step
}

var shots = []shot{
	{"first", func(b *browser, l string) string { return b.address(l, "hotline", "") }, nil},
	{"chosen", func(b *browser, l string) string { return b.address(l, "checkout-cologne", "") + "?s=4" }, nil},
	{"ten", func(b *browser, l string) string { return b.address(l, "repair", "") + "?s=8" }, nil},
	{"bad", func(b *browser, l string) string { return b.address(l, "hotline", "bad") + "?done=1" }, nil},
	{"good", func(b *browser, l string) string { return b.address(l, "hotline", "good") + "?done=1" }, []Step{
		Click(`input[value="friendly"]`), Click(`input[name="fcr"][value="yes"]`), Click(`input[name="nps"][value="9"]`),
	}},
	{"effort", func(b *browser, l string) string { return b.address(l, "repair", "ten") + "?done=1" }, []Step{Click(`input[name="ces"][value="6"]`)}},
	{"mistake", func(b *browser, l string) string { return b.address(l, "hotline", "bad") + "?done=1" }, []Step{
		Click(`input[value="not_solved"]`), Type("#comment", "Zu lange gewartet, 35 Minuten.\nشكرا 👍"), Click("#callback"),
		Click("button[type=submit]"), Await(".sum"),
	}},
	{"thanks", func(b *browser, l string) string { return b.address(l, "hotline", "called") + "?done=2" }, nil},
	{"again", func(b *browser, l string) string { return b.address(l, "hotline", "good") }, nil},
	{"again-ten", func(b *browser, l string) string { return b.address(l, "repair", "ten") }, nil},
	{"closed", func(b *browser, l string) string { return b.address(l, "hotline", "closed") }, nil},
	{"expired", func(b *browser, l string) string {
		return "/r/" + b.token(func(k *link.Token) { k.ExpiresAt = start.Add(-48 * time.Hour); k.Language = feedback.Language(l) })
	}, nil},
	{"notfound", func(_ *browser, l string) string { return "/r/none?l=" + l }, nil},
}

// key is the response key of a name of up to 16 letters.
func key(name string) feedback.ResponseKey {
	return feedback.ResponseKey("2026-03-" + (name + "aaaaaaaaaaaaaaaa")[:16])
}

func (r *rig) address(l, tp, name string) string {
	return "/r/" + r.token(func(k *link.Token) {
		k.ResponseKey, k.Touchpoint, k.Language = key(name), link.CodeOf(feedback.Touchpoint(tp)), feedback.Language(l)
	})
}

// answered is a rig whose links were used as their names say.
func answered(t *testing.T) *rig {
	t.Helper()
	r := newRig(t)
	for _, v := range []struct {
		name, tp string
		ago      time.Duration
		fields   []string
	}{
		{"bad", "hotline", time.Hour, []string{"stars", "1"}},
		{"good", "hotline", 5 * time.Hour, []string{"stars", "5"}},
		{"ten", "repair", time.Minute, []string{"stars", "9"}},
		{"called", "hotline", time.Minute, []string{"stars", "2", "comment", "Zu lange gewartet", "callback", "1", "contact", "kundin@example.com"}},
		{"closed", "hotline", 49 * time.Hour, []string{"stars", "3"}},
	} {
		r.at = start.Add(-v.ago)
		path := r.address("de", v.tp, v.name)
		if res := r.post(path, append(v.fields, "nonce", r.links.Nonce(t, path, r.at))...); res.StatusCode != 303 {
			t.Fatalf("%s: %d", v.name, res.StatusCode)
		}
	}
	r.at = start
	return r
}

func TestPagesLookRightAndSuitEveryone(t *testing.T) {
	b := newBrowser(t, answered(t))
	show := func(l Look, s shot) {
		b.Set(l)
		b.Run(Open(b.url + s.path(b, l.Language)))
		b.Run(s.do...)
	}
	for _, language := range pages.Languages() {
		for _, s := range shots {
			name := s.name + "-" + string(language)
			for _, scheme := range []string{"light", "dark"} {
				l := Look{Size: Phone, Scheme: scheme, Language: string(language)}
				show(l, s)
				b.Inspect(l, "rating", name)
			}
			for _, size := range []Size{Small, Large, Zoomed, Desktop} {
				l := Look{Size: size, Scheme: "light", Language: string(language)}
				show(l, s)
				if language == "de" {
					b.Inspect(l, "rating", name)
				} else {
					b.Fits(l, "rating", name)
				}
			}
		}
	}
}
