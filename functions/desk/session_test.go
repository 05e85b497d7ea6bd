package main

import (
	"strings"
	"testing"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
	"github.com/google/go-cmp/cmp"

	"resonanz/shared/pages/browsertest"
)

// seat is somebody's browser at the desk of a world.
type seat struct {
	*browsertest.Browser
	*world
}

// until waits in the page for a condition, and begins again in the page that
// comes when this one is left meanwhile.
func (s *seat) until(condition string) {
	s.tb.Helper()
	look := chromedp.Evaluate[bool](`new Promise((resolve, reject) => {
		const end = performance.now() + 20e3, look = () => { try { if (`+condition+`) return resolve(true); } catch {} performance.now() > end ? reject(new Error("in vain: " + document.body.innerText)) : setTimeout(look, 20); };
		look();
	})`, chromedp.EvalAwaitPromise)
	for {
		_, err := chromedp.Run(s.Context(), look)
		if err == nil {
			return
		}
		if gone := strings.Contains(err.Error(), "navigated") || strings.Contains(err.Error(), "context was destroyed"); !gone {
			s.tb.Fatal(err)
		}
	}
}

// says waits until the page says something.
func (s *seat) says(css, text string) {
	s.tb.Helper()
	s.until(`[...document.querySelectorAll("` + css + `")].some(e => e.innerText.includes("` + text + `"))`)
}

// signsIn opens the desk at an address such as "#/help" and signs in.
func (s *seat) signsIn(hash string) {
	s.tb.Helper()
	s.Run(browsertest.Open(s.url+"/desk"+hash), browsertest.Await(".welcome .main"), browsertest.Click(".welcome .main"))
	s.until(`sessionStorage.getItem("desk session") && document.querySelector("main[aria-busy=false] h1")`)
}

// kept is what the browser keeps beyond this tab.
const kept = `[location.href, document.cookie, JSON.stringify({...localStorage}), history.length > 9 ? "long" : ""].join(" ")`

// module is a module of the page, the very one that runs.
func module(name string) string {
	return `import("/desk/` + name + `.js?v=" + JSON.parse(document.getElementById("desk").textContent).version)`
}

func TestSigningIn(t *testing.T) {
	chromium := browsertest.Start(t)
	sits := func(t *testing.T) *seat {
		t.Helper()
		s := &seat{chromium.Tab(t), newWorld(t)}
		s.Set(browsertest.Look{Size: browsertest.Desktop, Scheme: "light", Language: "de"})
		return s
	}

	t.Run("leads to where one wanted to go, and leaves no code and no token behind", func(t *testing.T) {
		s := sits(t)
		s.signsIn("#/help")
		if got := browsertest.JS[string](s.Browser, `location.href`); got != s.url+"/desk#/help" {
			t.Errorf("the desk is at %s", got)
		}
		left := browsertest.JS[string](s.Browser, kept)
		for _, secret := range []string{"code-", "state", "refresh-", "e30."} {
			if strings.Contains(left, secret) {
				t.Errorf("the browser keeps %q: %s", secret, left)
			}
		}
		s.says("main", "a.k")
	})

	t.Run("of another window is none of this", func(t *testing.T) {
		s := sits(t)
		s.set(func() { s.mixesUp = true })
		s.Run(browsertest.Open(s.url+"/desk"), browsertest.Click(".welcome .main"))
		s.says(".welcome .notice", "gehört nicht zu diesem Fenster")
		s.set(func() {
			if len(s.codes) != 1 {
				t.Error("the code of another window was used")
			}
		})
	})

	t.Run("that is refused says so", func(t *testing.T) {
		s := sits(t)
		s.set(func() { s.denies = true })
		s.Run(browsertest.Open(s.url+"/desk"), browsertest.Click(".welcome .main"))
		s.says(".welcome .notice", "abgebrochen oder abgelehnt")
	})

	t.Run("holds: a token that is refused is renewed once, however many ask", func(t *testing.T) {
		s := sits(t)
		s.signsIn("#/help")
		s.expire()
		got := browsertest.JS[[]int](s.Browser, module("api")+`.then(api => Promise.all(["desk", "desk", "cases"].map(p => api.get(p)))).then(all => all.map(a => a.status))`)
		s.set(func() {
			if d := cmp.Diff([]int{200, 200, 200}, got); d != "" || s.renewed != 1 {
				t.Errorf("renewed %d times; answers (-want +got):\n%s", s.renewed, d)
			}
		})
	})

	t.Run("ends where it is not renewed; what was typed waits for who typed it", func(t *testing.T) {
		s := sits(t)
		s.signsIn("#/help")
		browsertest.JS[bool](s.Browser, module("drafts")+`.then(d => { d.save("2611-AAAA-0001 answer", "Sehr geehrte"); return true; })`)
		s.set(func() { s.revoked = true })
		s.expire()
		s.Run(browsertest.Press("g"))
		s.says(".notices", "Ihre Sitzung ist abgelaufen")
		s.Run(browsertest.Click(".notices button"))
		s.until(`location.hash === "#/cases" && document.querySelector("main[aria-busy=false] h1") && !document.querySelector(".notices .notice")`)
		draft := module("drafts") + `.then(d => d.load("2611-AAAA-0001 answer") || "none")`
		if got := browsertest.JS[string](s.Browser, draft); got != "Sehr geehrte" {
			t.Errorf("the draft is %q", got)
		}
		s.expire()
		s.Run(browsertest.Press("r"))
		s.says(".notices", "Ihre Sitzung ist abgelaufen")
		s.set(func() { s.person = "b.m" })
		s.Run(browsertest.Click(".notices button"))
		s.until(`document.querySelector("main[aria-busy=false] h1") && !document.querySelector(".notices .notice")`)
		if got := browsertest.JS[string](s.Browser, draft); got != "none" {
			t.Errorf("another person finds %q", got)
		}
	})

	t.Run("ends where the new token may do less", func(t *testing.T) {
		s := sits(t)
		s.signsIn("#/help")
		s.set(func() { s.scopes = "openid" })
		s.expire()
		s.Run(browsertest.Press("g"))
		s.says(".notices", "Ihre Sitzung ist abgelaufen")
	})

	t.Run("without a permission names it", func(t *testing.T) {
		s := sits(t)
		s.set(func() { s.complains = "scope" })
		s.signsIn("#/cases")
		s.says("main", "fehlt Ihnen die Berechtigung „cases: Fälle bearbeiten“")
		if browsertest.JS[bool](s.Browser, `!!document.querySelector("main button")`) {
			t.Error("one is asked to try again what is not permitted")
		}
	})

	t.Run("outlives a network that is gone for a while", func(t *testing.T) {
		s := sits(t)
		s.signsIn("#/cases")
		line := func(gone bool) {
			browsertest.Tell(s.Browser, network.OverrideNetworkState, network.OverrideNetworkStateParams{Offline: gone, DownloadThroughput: -1, UploadThroughput: -1})
			s.set(func() { s.down = gone })
		}
		line(true)
		s.says(".notices", "Keine Verbindung zum Netz")
		s.Run(browsertest.Press("r"))
		s.says(".notices", "Ihre Eingaben bleiben erhalten.\\n\\nErneut")
		line(false)
		s.until(`document.querySelectorAll(".notices .notice").length === 1`)
		s.Run(browsertest.Click(".notices button"))
		s.until(`!document.querySelector(".notices .notice")`)
		s.Forgive() // the browser says that there was no network
	})

	t.Run("is over for good after signing out", func(t *testing.T) {
		s := sits(t)
		s.signsIn("#/help")
		browsertest.JS[bool](s.Browser, module("drafts")+`.then(d => { d.save("x", "y"); return true; })`)
		s.Run(browsertest.Click(".me button:last-child"), browsertest.Await("dialog[open]"), browsertest.Click("dialog .danger"), browsertest.Await(".welcome"))
		if left := browsertest.JS[int](s.Browser, `sessionStorage.length`); left != 0 {
			t.Errorf("%d things are left in the tab", left)
		}
	})

	t.Run("is over, though a new token comes while one signs out", func(t *testing.T) {
		s := sits(t)
		s.signsIn("#/help")
		browsertest.JS[bool](s.Browser, module("session")+`.then(m => {
			const { access } = JSON.parse(sessionStorage.getItem("desk session"));
			window.fetch = async () => Response.json({access_token: access, expires_in: 3600});
			m.token(true);
			m.signOut();
			return true;
		})`)
		s.Run(browsertest.Await(".welcome"))
		if left := browsertest.JS[int](s.Browser, `sessionStorage.length`); left != 0 {
			t.Errorf("%d things are left in the tab", left)
		}
	})
}

// The work list, as somebody works on it with a keyboard.
func TestTheWorkList(t *testing.T) {
	s := &seat{browsertest.Start(t), newWorld(t)}
	s.Set(browsertest.Look{Size: browsertest.Desktop, Scheme: "light", Language: "en"})
	s.cases = []any{kase(2, "running", "2099-01-01T12:00:00Z"), kase(3, "at_risk", "2099-02-01T12:00:00Z"), kase(1, "breached", "2026-01-02T12:00:00Z")}
	s.signsIn("#/cases")
	numbers := func() []string {
		return browsertest.JS[[]string](s.Browser, `[...document.querySelectorAll("tbody tr")].map(r => r.querySelector("a").innerText.slice(-1) + (r.querySelector(".tag")?.innerText || ""))`)
	}
	focused := func() string { return browsertest.JS[string](s.Browser, `document.activeElement.innerText`) }

	if d := cmp.Diff([]string{"1Overdue", "2", "3At risk"}, numbers()); d != "" {
		t.Errorf("what is overdue is not on top (-want +got):\n%s", d)
	}
	if got := focused(); got != "Work list" {
		t.Errorf("the focus is on %q, not on the heading", got)
	}

	// A refresh changes what changed, and leaves the focus where it is.
	s.Run(browsertest.Press("j"), browsertest.Press("j"))
	s.set(func() { s.cases = append([]any{kase(4, "running", "2098-01-01T12:00:00Z")}, s.cases...) })
	s.Run(browsertest.Press("r"))
	s.until(`document.querySelectorAll("tbody tr").length === 4`)
	if got := focused(); got != "2611-AAAA-0002" {
		t.Errorf("after a refresh the focus is on %q", got)
	}

	// What was changed meanwhile is told, and what was assigned is.
	s.Run(browsertest.Press("x"), browsertest.Press("k"), browsertest.Press("k"), browsertest.Press("x"), browsertest.Press("a"), browsertest.Press("\r"))
	s.says(".giving", "One case assigned")
	s.says(".giving", "2611-AAAA-0002: The case was changed meanwhile")
	want := map[string]any{"owner": "a.k", "cases": []any{map[string]any{"number": "2611-AAAA-0001", "version": 1.0}, map[string]any{"number": "2611-AAAA-0002", "version": 2.0}}}
	s.set(func() {
		if d := cmp.Diff(any(want), s.assigned); d != "" {
			t.Errorf("what was asked for (-want +got):\n%s", d)
		}
	})

	// A filter changes the address, and not the focus.
	s.Run(browsertest.Press("f"), chromedp.Evaluate[chromedp.Void](`document.activeElement.value = "at_risk"; document.activeElement.dispatchEvent(new Event("change")); undefined`))
	s.until(`location.hash === "#/cases?sla=at_risk"`)
	if got := browsertest.JS[string](s.Browser, `document.activeElement.name`); got != "sla" {
		t.Errorf("after a filter the focus is on %q", got)
	}

	// A number opens its case, however it is typed; one that is none, or of none, says so.
	s.Run(browsertest.Type("#search", "2611 aaaa"), browsertest.Press("\r"))
	s.says(".search", "That is no case number")
	s.Run(browsertest.Type("#search", "000o"), browsertest.Press("\r"))
	s.says(".search", "There is no case 2611-AAAA-0000.")
	if bad := s.Axe(); len(bad) > 0 {
		t.Errorf("axe: %q", bad)
	}
}
