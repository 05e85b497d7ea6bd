package e2e

import (
	"net/url"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/google/go-cmp/cmp"

	"resonanz/shared/casefile"
	"resonanz/shared/pages/browsertest"
)

// Staff work in a browser, signed in through the page of the pool. All of it in
// one Chromium: each who works has a tab that shares nothing with the others.
func TestStaffWorkAtTheDesk(t *testing.T) {
	meanwhile(t)
	chromium := browsertest.Start(t, chromedp.Flag("accept-lang", "de"))
	clerk := enter(t, "desk.clerk", "cases", "approve", "reports")
	for _, part := range []struct {
		name string
		run  func(*testing.T, *browsertest.Browser, person)
	}{
		{"a case goes from receipt to closure by keys alone", worksByKeys},
		{"two people at one case lose nothing", workAtOnce},
		{"what is typed outlives the session", outlivesTheSession},
		{"what is sent is stored once, whatever becomes of the network", outlivesTheNetwork},
		{"a permission that is missing is named", tellsWhatIsMissing},
		{"a figure of the month leads to its cases", drillsDown},
		{"the touchpoints show who is silent", seesDevices},
		{"every view suits everyone", suitsEveryone},
	} {
		t.Run(part.name, func(t *testing.T) { part.run(t, chromium, clerk) })
	}
}

// german is a complaint in German.
var german = url.Values{
	"l": {"de"}, "comment": {"Die Erstattung fehlt seit drei Wochen."}, "remedy": {"Bitte erstatten."}, "name": {"Karla Beispiel"},
}

func worksByKeys(t *testing.T, chromium *browsertest.Browser, p person) {
	k := complain(t, "hotline", german)
	s := sits(t, chromium)
	s.signsIn(p)
	s.presses("/" + strings.ToLower(string(k.number)) + kb.Enter)
	s.sees("#view h1", string(k.number))
	s.sees("#view", "Die Erstattung fehlt seit drei Wochen.")
	s.gives("assess", field{"severity", "high"}, field{"urgency", "urgent"})
	k.stands(t, casefile.Assessed)
	s.gives("assign", field{"owner", p.code})
	s.gives("investigate")
	k.stands(t, casefile.InInvestigation)
	const (
		answer  = "Wir haben die Buchung gefunden und weisen das Geld heute an."
		reasons = "Die Erstattung kam zu spät."
		outcome = "Das Geld ist unterwegs."
	)
	seen := len(k.timeline(t))
	s.begins("answer")
	s.fills(field{"text", answer})
	s.tabs(".place form button:not(.main)")
	s.presses(" ")
	s.sees(".letter", answer)
	s.sees(".letter", "Karla Beispiel")
	if got := len(k.timeline(t)); got != seen {
		t.Errorf("a preview left %d entries in the timeline", got-seen)
	}
	s.tabs(".place form textarea")
	s.sends()
	s.js(`await until(() => document.activeElement?.id === "next", "the answer to be sent")`)
	s.gives("compensate", field{"kind", "financial/voucher"}, field{"cents", "20,00"})
	s.gives("decide", field{"outcome", "accepted"}, field{"text", reasons}, field{"root_cause", "process"})
	s.gives("resolve", field{"text", outcome})
	k.stands(t, casefile.Resolved)
	s.gives("close")
	k.stands(t, casefile.Closed)
	for _, e := range k.timeline(t)[2:] {
		if e.By.Kind == casefile.Staff && e.By.ID != p.code {
			t.Errorf("%s by %q, want %q", e.Action, e.By.ID, p.code)
		}
	}
	if c := k.state(t).Handling; c.Owner != p.code || c.Decision.Outcome != casefile.Accepted || c.RootCause != "process" || c.Compensations[0].Cents != 2000 {
		t.Errorf("%+v", c)
	}
	var said []string
	for _, e := range k.timeline(t) {
		if e.By.Kind == casefile.Staff && e.Words != nil {
			said = append(said, e.Words.Text)
		}
	}
	if diff := cmp.Diff([]string{answer, reasons, outcome}, said); diff != "" {
		t.Errorf("typed and stored (-want +got):\n%s", diff)
	}
}
