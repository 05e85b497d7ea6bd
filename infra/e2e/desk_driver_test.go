package e2e

import (
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"resonanz/shared/casefile"
	"resonanz/shared/pages/browsertest"
)

// person is somebody of the staff, entered into the pool.
type person struct{ email, code, password string }

// enter puts somebody into the pool of the stack, in the groups named.
func enter(t *testing.T, code string, roles ...string) person {
	t.Helper()
	p := person{email: strings.ReplaceAll(code, ".", "-") + "@example.com", code: code}
	var err error
	if p.password, err = deployed.Staff(t.Context(), p.email, p.code, roles...); err != nil {
		t.Fatal(err)
	}
	return p
}

// seat is a browser in which somebody works at the desk.
type seat struct {
	*browsertest.Browser
	t *testing.T
}

// hands are what a test does in the page beside keys: look, and wait until there
// is something to see.
const hands = `
window.until = async (f, what) => {
	const end = performance.now() + 60e3;
	for (;;) {
		const found = await f();
		if (found) return found;
		if (performance.now() > end) throw new Error("in vain: " + (what || f) + "\n" + location.hash + "\n" + document.body.innerText);
		await new Promise(r => setTimeout(r, 20));
	}
};
window.seen = (css, text) => [...document.querySelectorAll(css)].find(e => e.checkVisibility() && (!text || e.textContent.includes(text)));
`

// sits opens a browser that nobody used before; it closes with the test.
func sits(t *testing.T, chromium *browsertest.Browser) *seat {
	t.Helper()
	s := &seat{chromium.Tab(t), t}
	browsertest.Tell(s.Browser, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: hands})
	return s
}

// js runs statements in the page.
func (s *seat) js(source string, args ...any) {
	s.t.Helper()
	browsertest.JS[bool](s.Browser, "(async () => { "+fmt.Sprintf(source, args...)+" })().then(() => true)")
}

// sees waits until an element that css selects can be seen, with a text.
func (s *seat) sees(css, text string) {
	s.t.Helper()
	s.js(`await until(() => seen(%q, %q), %q)`, css, text, "to see "+css+" with "+text)
}

// opens goes to an address of the desk such as "#/cases", while somebody is
// signed in, and waits for its view.
func (s *seat) opens(hash string) {
	s.t.Helper()
	s.js(`location.hash = %q; await until(() => seen("#view[aria-busy=false] h1"), "the view")`, hash)
}

// signsIn opens the desk and signs in through the page of the pool, by keys alone.
func (s *seat) signsIn(p person) {
	s.t.Helper()
	s.Run(browsertest.Open(deployed.DeskURL), browsertest.Await("#view h1"))
	s.tabs("#view button.main")
	s.presses(kb.Enter)
	s.authenticates(p)
	s.Run(browsertest.Await("header.bar nav"), browsertest.Await("#view[aria-busy=false] h1"))
	if got := browsertest.JS[string](s.Browser, `location.search + location.hash.replace(/^#\/.*/, "")`); got != "" {
		s.t.Errorf("what came back from the sign-in stays in the address: %q", got)
	}
}

// authenticates fills in the sign-in page of the pool.
func (s *seat) authenticates(p person) {
	s.t.Helper()
	s.Run(browsertest.Await("#username"))
	s.tabs("#username")
	s.presses(p.email)
	s.tabs("#password")
	s.presses(p.password + kb.Enter)
	s.forgive("Autofocus") // of the pool's page, when the tabulator is faster
}

// presses presses keys one after the other, as a keyboard does: what a page makes
// of a key that goes down, it types no more.
func (s *seat) presses(keys string, with ...chromedp.Modifier) {
	s.t.Helper()
	for _, r := range keys {
		events := kb.Encode(r)
		down, up := events[0], events[len(events)-1]
		if len(events) == 3 && len(with) == 0 {
			down.Text, down.UnmodifiedText = events[1].Text, events[1].UnmodifiedText
		}
		for _, m := range with {
			down.Modifiers |= int64(m)
			up.Modifiers |= int64(m)
		}
		browsertest.Tell(s.Browser, input.DispatchKeyEvent, *down)
		browsertest.Tell(s.Browser, input.DispatchKeyEvent, *up)
	}
}

// tabs presses the tabulator until the focus is on what css selects.
func (s *seat) tabs(css string) {
	s.t.Helper()
	for range 120 {
		if browsertest.JS[bool](s.Browser, fmt.Sprintf(`!!document.activeElement?.matches(%q)`, css)) {
			return
		}
		s.presses(kb.Tab)
	}
	s.t.Fatalf("the tabulator does not lead to %s, but to %s", css, browsertest.JS[string](s.Browser, `document.activeElement.outerHTML.slice(0, 200)`))
}

// picks chooses a value of the select that has the focus, by the arrow keys.
func (s *seat) picks(value string) {
	s.t.Helper()
	for range 60 {
		if browsertest.JS[string](s.Browser, `document.activeElement.value`) == value {
			return
		}
		s.presses(kb.ArrowDown)
	}
	s.t.Fatalf("there is no %q in %s", value, browsertest.JS[string](s.Browser, `document.activeElement.outerHTML.slice(0, 600)`))
}

// field is what is entered into a field of a form: a text that is typed, or the
// value of a choice.
type field struct{ name, value string }

// begins opens the form of a command by its key.
func (s *seat) begins(command string) {
	s.t.Helper()
	s.presses(kb.Escape) // out of what has the focus
	key := browsertest.JS[string](s.Browser, fmt.Sprintf(`until(() => document.querySelector('.commands button[name=%q]'), %q).then(b => b.getAttribute("aria-keyshortcuts"))`, command, command+" among the commands"))
	s.presses(key)
	s.js(`await until(() => document.querySelector('.commands button[name=%q]').ariaExpanded === "true" && seen(".place form") && document.querySelector(".place form").contains(document.activeElement), %q)`, command, "the form of "+command)
}

// fills enters values into the form that is open, by keys.
func (s *seat) fills(fields ...field) {
	s.t.Helper()
	for _, f := range fields {
		css := fmt.Sprintf(".place form [name=%q]", f.name)
		s.tabs(css)
		if browsertest.JS[bool](s.Browser, `document.activeElement.tagName === "SELECT"`) {
			s.picks(f.value)
			continue
		}
		s.presses(f.value)
	}
}

// sends sends the form that is open, by keys.
func (s *seat) sends() {
	s.t.Helper()
	s.presses(kb.Enter, chromedp.ModifierCtrl)
}

// gives carries a command out, and waits until the case shows it.
func (s *seat) gives(command string, fields ...field) {
	s.t.Helper()
	s.begins(command)
	s.fills(fields...)
	s.sends()
	s.js(`await until(() => document.activeElement?.id === "next", %q)`, command+" to be carried out")
}

// case opens a case of the desk.
func (s *seat) looksAt(n casefile.Number) {
	s.t.Helper()
	s.opens("#/cases/" + string(n))
	s.sees("#view h1", string(n))
}
