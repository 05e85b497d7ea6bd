package e2e

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"testing"
	"time"

	"github.com/chromedp/chromedp/kb"

	"resonanz/shared/pages/browsertest"
	"resonanz/shared/report"
	"resonanz/shared/store"
)

// live is the running month as staff may read it.
func live(t *testing.T) (r report.Report) {
	t.Helper()
	a := do(t, http.MethodGet, "/v1/reports/"+month().String()+"/live", "", "Authorization", token(t, "reports"))
	if a.Status != http.StatusOK {
		t.Fatalf("the month: %d %.300s", a.Status, a.Body)
	}
	a.json(t, &r)
	return r
}

// A figure of the running month leads to the cases that it counts.
func drillsDown(t *testing.T, chromium *browsertest.Browser, p person) {
	const category = "website.outage" // nobody else's here
	with := url.Values{"category": {category}}
	for name, v := range german {
		with[name] = v
	}
	open, closed := complain(t, "hotline", with), complain(t, "hotline", with)
	other := complain(t, "hotline", german)
	eventually(t, "the complaints in the month", 90*time.Second, func() (bool, string) {
		r := live(t)
		i := slices.IndexFunc(r.Complaints.Matrix, func(c report.CategoryRow) bool { return c.Category == category })
		return i >= 0 && r.Complaints.Matrix[i].N >= 2, fmt.Sprintf("%+v", r.Complaints.Matrix)
	})
	closed.does(t, "withdraw", map[string]any{"text": "Am Telefon zurückgezogen."})
	s := sits(t, chromium)
	s.signsIn(p)
	s.opens("#/month")
	s.sees("#view .top", "läufig") // it is preliminary
	s.tabs(fmt.Sprintf(`#view a[href*="category=%s"]`, url.QueryEscape(category)))
	s.presses(kb.Enter)
	s.sees("#view tbody", string(open.number))
	s.sees("#view tbody", string(closed.number)) // it has ended since
	if browsertest.JS[bool](s.Browser, fmt.Sprintf(`!!seen("#view tbody", %q)`, other.number)) {
		t.Errorf("%s is of another category", other.number)
	}
	s.tabs(fmt.Sprintf(`#view tbody a[href$=%q]`, open.number))
	s.presses(kb.Enter)
	s.sees("#view h1", string(open.number))
}

// The view of touchpoints shows which device is silent, and that it is back.
func seesDevices(t *testing.T, chromium *browsertest.Browser, p person) {
	const device = "kiosk-cologne-1"
	invite(t, "de")
	eventually(t, "the link in the month", 90*time.Second, func() (bool, string) {
		n := live(t).Quality.Invitations
		return n > 0, fmt.Sprintf("%d invitations", n)
	})
	s := sits(t, chromium)
	s.signsIn(p)
	// It was last heard of eight days ago. The clock does not wait for it: no case
	// comes of this.
	last := time.Now().UTC().Add(-8 * 24 * time.Hour).Truncate(time.Millisecond)
	if err := table().Beat(t.Context(), store.Beat{Device: device, Touchpoint: "checkout-cologne", At: last}); err != nil {
		t.Fatal(err)
	}
	s.opens("#/touchpoints")
	s.sees("#view .devices li.silent", device)
	s.sees("#view .links tbody", "Hotline")
	a := do(t, http.MethodPost, "/v1/beats", `{"queued":0,"app":"1"}`, "Authorization", deviceKey(t, device), "Content-Type", "application/json")
	if a.Status != http.StatusOK {
		t.Fatalf("%d %s", a.Status, a.Body)
	}
	s.presses("r")
	s.sees("#view .devices li:is(.alive, .closed)", device) // its hours may be over
}

// tooShort is what axe cannot decide: the contrast of one character, such as the
// key of a command, which has the colours of the words beside it.
var tooShort = regexp.MustCompile(`^color-contrast: .*(too short to determine|only non-text characters)`)

// Every view can be used by everyone, in both languages and schemes, on a narrow
// screen and with large text.
func suitsEveryone(t *testing.T, chromium *browsertest.Browser, p person) {
	k := complain(t, "hotline", german)
	k.does(t, "assess", map[string]any{"severity": "high"})
	k.does(t, "compensate", map[string]any{"type": "financial", "kind": "voucher", "cents": 20000})
	s := sits(t, chromium)
	s.Run(browsertest.Open(deployed.DeskURL), browsertest.Await("#view h1"))
	looks := []browsertest.Look{
		{Size: browsertest.Desktop, Scheme: "light", Language: "de"},
		{Size: browsertest.Small, Scheme: "dark", Language: "en"},
		{Size: browsertest.Large, Scheme: "light", Language: "de"},
	}
	see := func(l browsertest.Look, name string) {
		t.Helper()
		s.js(`if (document.documentElement.lang !== %q) seen("header.bar button[lang]").click(); await until(() => document.documentElement.lang === %q && seen("#view[aria-busy=false] h1, #view .welcome h1"))`, l.Language, l.Language)
		name += "-" + l.Language
		s.Fits(l, "desk", name)
		name += "-" + l.Size.Name + "-" + l.Scheme
		for _, bad := range s.Axe() {
			if !tooShort.MatchString(bad) {
				t.Errorf("%s: %s", name, bad)
			}
		}
		s.Picture("desk", name)
	}
	s.Set(looks[1])
	see(looks[1], "welcome")
	s.signsIn(p)
	for _, l := range looks {
		s.Set(l)
		for _, view := range []struct{ name, hash, has string }{
			{"list", "#/cases", "#view tbody tr"}, {"case", "#/cases/" + string(k.number), ".place form"}, {"month", "#/month", "#view .top"},
			{"touchpoints", "#/touchpoints", "#view .devices li"}, {"help", "#/help", "#view h1"},
		} {
			s.opens(view.hash)
			s.sees(view.has, "")
			see(l, view.name)
		}
	}
}
