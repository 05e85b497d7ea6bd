package e2e

import (
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/fetch"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/google/go-cmp/cmp"

	"resonanz/shared/casefile"
	"resonanz/shared/pages/browsertest"
)

// typed is what stands in the form that is open.
func (s *seat) typed() string {
	s.t.Helper()
	return browsertest.JS[string](s.Browser, `document.querySelector(".place form textarea").value`)
}

// forgive takes back what the browser complains about, where that is what a test
// asks for.
func (s *seat) forgive(what string) {
	s.t.Helper()
	for _, c := range s.Forgive() {
		if !strings.Contains(c, what) {
			s.t.Errorf("the browser complains: %s", c)
		}
	}
}

// wrote are the texts of what somebody did in a case.
func (k complainant) wrote(t *testing.T, a casefile.Action) []string {
	t.Helper()
	var texts []string
	for _, e := range k.timeline(t) {
		if e.Action == a && e.By.Kind == casefile.Staff && e.Words != nil {
			texts = append(texts, e.By.ID+": "+e.Words.Text)
		}
	}
	return texts
}

// Two people have the same case before them. Whoever is second is told what the
// first did, keeps every word, and goes on from there.
func workAtOnce(t *testing.T, chromium *browsertest.Browser, p person) {
	k := complain(t, "hotline", german)
	k.does(t, "assess", map[string]any{"severity": "high"})
	k.does(t, "investigate", nil)
	first, second := sits(t, chromium), sits(t, chromium)
	other := enter(t, "desk.second", "cases")
	first.signsIn(p)
	second.signsIn(other)
	first.looksAt(k.number)
	first.begins("note")
	const note = "Die Buchhaltung sucht den Beleg."
	first.fills(field{"text", note})

	second.looksAt(k.number)
	second.gives("assign", field{"owner", other.code})
	first.sends()
	first.sees(".changed", other.code)
	if got := first.typed(); got != note {
		t.Errorf("of what was typed is left: %q", got)
	}
	if got := k.wrote(t, casefile.Noting); got != nil {
		t.Errorf("stored on a version that nobody had seen: %q", got)
	}
	first.tabs(".changed button")
	first.presses(kb.Enter)
	first.js(`await until(() => !seen(".changed"), "the newer version")`)
	if got := first.typed(); got != note {
		t.Errorf("of what was typed is left: %q", got)
	}
	first.tabs(".place form textarea")
	first.sends()
	first.js(`await until(() => document.activeElement?.id === "next", "the note to be stored")`)
	if diff := cmp.Diff([]string{p.code + ": " + note}, k.wrote(t, casefile.Noting)); diff != "" {
		t.Error(diff)
	}

	// The other looks up from time to time, and both decide.
	decision := func(text string) []field { return []field{{"outcome", "accepted"}, {"text", text}} }
	second.js(`dispatchEvent(new Event("online"))`)
	second.sees(".changed", note)
	second.tabs(".changed button")
	second.presses(kb.Enter)
	second.js(`await until(() => !seen(".changed"), "the newer version")`)
	first.begins("decide")
	first.fills(decision("Wir erstatten.")...)
	second.gives("decide", decision("Wir erstatten den Betrag.")...)
	first.sends()
	first.sees(".changed", "Wir erstatten den Betrag.")
	if diff := cmp.Diff([]string{other.code + ": Wir erstatten den Betrag."}, k.wrote(t, casefile.Deciding)); diff != "" {
		t.Error(diff)
	}
	first.tabs(".changed button")
	first.presses(kb.Enter)
	first.js(`await until(() => !seen(".changed") && (seen("blockquote", "Wir erstatten.") || seen(".place form textarea")?.value === "Wir erstatten."), "the decision that came second")`)
}

// A session ends while somebody types: nothing is lost, and what was typed is
// sent once they signed in again.
func outlivesTheSession(t *testing.T, chromium *browsertest.Browser, _ person) {
	p := enter(t, "desk.expiry", "cases")
	k := complain(t, "hotline", german)
	s := sits(t, chromium)
	s.signsIn(p)
	s.looksAt(k.number)
	s.begins("answer")
	s.fills(field{"text", "Wir haben die Buchung"})
	// An hour later the token has expired. The emulator's pool forgets the groups of
	// who refreshes it: as in the cloud with somebody who left the groups meanwhile.
	s.js(`const now = Date.now; Date.now = () => now() + 3600e3`)
	s.presses(" gefunden")
	s.sends()
	s.sees(".notices", "Sitzung")
	s.sees(".place form .notice", "")
	s.tabs(".place form textarea")
	s.presses(kb.End + ".")
	if got := k.wrote(t, casefile.Answering); got != nil {
		t.Errorf("stored without a session: %q", got)
	}
	s.tabs(".notices button")
	s.presses(kb.Enter)
	s.authenticates(p)
	s.Run(browsertest.Await(".place form textarea"))
	if got := s.typed(); got != "Wir haben die Buchung gefunden." {
		t.Errorf("of what was typed is left: %q", got)
	}
	kept := browsertest.JS[string](s.Browser, `JSON.stringify({...localStorage}) + document.cookie + location.href`)
	if strings.Contains(kept, "eyJ") || strings.Contains(kept, "code=") {
		t.Errorf("tokens outlive the tab: %s", kept)
	}
	s.tabs(".place form textarea")
	s.sends()
	s.js(`await until(() => document.activeElement?.id === "next", "the answer to be sent")`)
	if diff := cmp.Diff([]string{p.code + ": Wir haben die Buchung gefunden."}, k.wrote(t, casefile.Answering)); diff != "" {
		t.Error(diff)
	}
	if left := browsertest.JS[[]string](s.Browser, `Object.keys(sessionStorage).filter(k => k.startsWith("desk draft"))`); len(left) > 0 {
		t.Errorf("drafts that were sent: %q", left)
	}
}

// Whatever becomes of the network, what is sent is stored once.
func outlivesTheNetwork(t *testing.T, chromium *browsertest.Browser, p person) {
	k := complain(t, "hotline", german)
	s := sits(t, chromium)
	s.signsIn(p)
	s.looksAt(k.number)
	stored := func() { s.js(`await until(() => document.activeElement?.id === "next", "the note to be stored")`) }
	// Whoever is asked to send again does so; the desk may find out by itself before.
	again := func(text string) {
		s.js(`await until(() => seen(".timeline", %q) || void seen(".place form .notice button")?.click(), "the note to be stored")`, text)
	}
	lost := func() { s.forgive("net::ERR_") } // Chromium says so as well
	s.begins("note")
	s.fills(field{"text", "Zweimal geklickt."})
	s.js(`const form = seen(".place form"); form.requestSubmit(); form.requestSubmit()`)
	stored()

	// The answer is lost on its way: the note is stored, and nobody knows.
	if err := chromedp.Listen(s.Context(), func(ev any) {
		if e, ok := ev.(*fetch.EventRequestPaused); ok {
			go func() {
				_, _ = chromedp.Call(s.Context(), fetch.FailRequest, fetch.FailRequestParams{RequestID: e.RequestID, ErrorReason: network.ErrorReasonConnectionReset})
			}()
		}
	}); err != nil {
		t.Fatal(err)
	}
	s.begins("note")
	s.fills(field{"text", "Antwort verloren."})
	browsertest.Tell(s.Browser, fetch.Enable, fetch.EnableParams{Patterns: []*fetch.RequestPattern{{URLPattern: "*/v1/cases/*/note", RequestStage: fetch.RequestStageResponse}}})
	s.sends()
	eventually(t, "the note to be stored", time.Minute, func() (bool, string) {
		all := k.wrote(t, casefile.Noting)
		return len(all) == 2, strings.Join(all, "; ")
	})
	browsertest.Tell(s.Browser, fetch.Disable, cdp.Empty{})
	if diff := cmp.Diff([]string{p.code + ": Zweimal geklickt.", p.code + ": Antwort verloren."}, k.wrote(t, casefile.Noting)); diff != "" {
		t.Errorf("stored before it was sent again (-want +got):\n%s", diff)
	}
	again("Antwort verloren.")
	lost()

	offline := func(on bool) {
		if on {
			browsertest.Tell(s.Browser, fetch.Enable, fetch.EnableParams{})
		} else {
			browsertest.Tell(s.Browser, fetch.Disable, cdp.Empty{})
		}
		browsertest.Tell(s.Browser, network.OverrideNetworkState, network.OverrideNetworkStateParams{Offline: on, DownloadThroughput: -1, UploadThroughput: -1})
	}
	s.begins("note")
	s.fills(field{"text", "Ohne Netz"})
	offline(true)
	s.sees(".notices", "Netz")
	s.presses(" getippt.")
	s.sends()
	s.sees(".place form .notice button", "")
	if got := s.typed(); got != "Ohne Netz getippt." {
		t.Errorf("of what was typed is left: %q", got)
	}
	offline(false)
	again("Ohne Netz getippt.")
	lost()
	if diff := cmp.Diff([]string{p.code + ": Zweimal geklickt.", p.code + ": Antwort verloren.", p.code + ": Ohne Netz getippt."}, k.wrote(t, casefile.Noting)); diff != "" {
		t.Errorf("sent and stored (-want +got):\n%s", diff)
	}
}

// Who may not do something is told which permission is missing.
func tellsWhatIsMissing(t *testing.T, chromium *browsertest.Browser, _ person) {
	k := complain(t, "hotline", german)
	k.does(t, "assess", map[string]any{"severity": "high"})
	k.does(t, "compensate", map[string]any{"type": "financial", "kind": "voucher", "cents": 20000}) // more than billing allows without approval
	for _, c := range []struct {
		code   string
		roles  []string
		places []string // where the bar leads to
		wants  map[string]string
	}{
		{"desk.cases", []string{"cases"}, []string{"cases", "touchpoints"}, map[string]string{
			"#/month": "reports: Berichte lesen", "#/cases/" + string(k.number): "„approve“",
		}},
		{"desk.reports", []string{"reports"}, []string{"month"}, map[string]string{
			"#/cases": "cases: Fälle bearbeiten", "#/cases/" + string(k.number): "cases: Fälle bearbeiten",
		}},
		{"desk.nobody", nil, nil, map[string]string{"#/cases": "cases: Fälle bearbeiten"}},
	} {
		s := sits(t, chromium)
		s.signsIn(enter(t, c.code, c.roles...))
		got := browsertest.JS[[]string](s.Browser, `[...document.querySelectorAll("header.bar nav a")].map(a => a.hash.slice(2))`)
		if diff := cmp.Diff(c.places, got); diff != "" && len(c.places)+len(got) > 0 {
			t.Errorf("%s is led to (-want +got):\n%s", c.code, diff)
		}
		for hash, want := range c.wants {
			s.opens(hash)
			s.sees("#view", want)
		}
		s.forgive("Failure: scope")
	}
}
