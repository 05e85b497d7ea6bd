package main

import (
	"encoding/json"
	"html"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"resonanz/shared/feedback"
	"resonanz/shared/link"
	"resonanz/shared/site/sitetest"
)

func TestACardFoundAtATouchpointIsAVoteThatSaysMore(t *testing.T) {
	r := newRig(t)
	res := r.post(visit+"?l=en", "stars", "4", "q-friendliness", "5", "q-found", "no", "q-how_often", "weekly",
		"q-remark", " Aisle 3 was blocked.\r\nTwice. ", "q-suggestion", "More baskets", "callback", "1", "contact", "kundin@example.com",
		"l", "en", "nonce", r.open(visit))
	if res.StatusCode != 303 || res.Headers["Location"] != visit+"?done=1&l=en&callback=1" {
		t.Fatalf("%d %s", res.StatusCode, res.Headers["Location"])
	}
	got := r.cards()
	if len(got) != 1 || r.table.writes != 1 || r.table.reads != 0 {
		t.Fatalf("%d cards with %d writes and %d reads", len(got), r.table.writes, r.table.reads)
	}
	c := got[0]
	if c.ResponseKey != feedback.KeyFor(c.EventID, start, r.cfg.Zone()) {
		t.Errorf("the response key is %s", c.ResponseKey)
	}
	want := stored{
		Kind: feedback.KindCard,
		Card: feedback.Card{
			Rating: feedback.Rating{
				EventID: c.EventID, ResponseKey: c.ResponseKey, Touchpoint: "checkout-cologne", Channel: feedback.QR, Scale: feedback.Stars5,
				Rating: 4, SubmittedAt: start, ReceivedAt: start, Language: "en", CallbackRequested: true, HasText: true, CollectionMode: feedback.Self,
			},
			Card: "visit", Answers: map[string]string{"friendliness": "5", "found": "no", "how_often": "weekly"},
		},
		Personal: feedback.Personal{
			Suggestion: "More baskets", CallbackContact: "kundin@example.com", Answers: map[string]string{"remark": "Aisle 3 was blocked.\nTwice."},
		},
	}
	if diff := cmp.Diff(want, c); diff != "" {
		t.Error(diff)
	}
	thanks := r.get(res.Headers["Location"])
	for _, say := range []string{"Thank you", "within 24 hours", `<html lang="en">`} {
		if !strings.Contains(thanks.Body, say) {
			t.Errorf("the page after it lacks %q", say)
		}
	}
	if strings.Contains(thanks.Body, "href=\"?\"") || strings.Contains(thanks.Body, "Change answers") {
		t.Error("a card that everybody can open is offered for a change")
	}
}

func TestOnlyTheRatingIsNeeded(t *testing.T) {
	r := newRig(t)
	if res := r.post("/c/commissioning/repair", "stars", "9", "q-on_time", "", "nonce", r.open("/c/commissioning/repair")); res.StatusCode != 303 {
		t.Fatalf("%d", res.StatusCode)
	}
	got := r.cards()
	if len(got) != 1 || got[0].Rating.Rating != 9 || got[0].Phase != "commissioning" || got[0].Answers != nil || !cmp.Equal(got[0].Personal, feedback.Personal{}) {
		t.Errorf("stored %+v", got)
	}
}

func TestADoubleClickIsOneCardAndAnotherCustomerAnother(t *testing.T) {
	r := newRig(t)
	n := r.open(visit)
	for range 2 {
		if res := r.post(visit, "stars", "4", "nonce", n); res.StatusCode != 303 {
			t.Fatalf("%d", res.StatusCode)
		}
		r.at = r.at.Add(time.Second)
	}
	if got := r.cards(); len(got) != 1 {
		t.Fatalf("two clicks are %d cards", len(got))
	}
	r.post(visit, "stars", "4", "nonce", r.open(visit))
	got := r.cards()
	if len(got) != 2 || got[0].ResponseKey == got[1].ResponseKey {
		t.Errorf("two customers: %+v", got)
	}
	if m := r.metrics.String(); strings.Count(m, `"CardAccepted":1`) != 2 || strings.Count(m, `"CardDuplicate":1`) != 1 || strings.Count(m, `"CardOpened":1`) != 2 {
		t.Errorf("metrics %s", m)
	}
}

func TestADoubleClickAcrossTheTurnOfTheMonthIsOneCard(t *testing.T) {
	r := newRig(t)
	r.at = time.Date(2026, 3, 31, 21, 59, 59, 0, time.UTC) // 23:59:59 in Berlin
	n := r.open(visit)
	for _, later := range []time.Duration{0, 2 * time.Second, 9 * time.Hour, 30 * time.Hour} { // a phone that wakes up sends once more
		r.at = r.at.Add(later)
		if res := r.post(visit, "stars", "4", "nonce", n); res.StatusCode == 422 { // with the nonce that is renewed
			r.post(visit, "stars", "4", "nonce", sitetest.NonceIn(res.Body))
		}
	}
	if got := r.cards(); len(got) != 1 || got[0].ResponseKey.Month().String() != "2026-03" {
		t.Errorf("stored %+v", got)
	}
}

func TestOpeningACardChangesNothing(t *testing.T) {
	r := newRig(t)
	for _, method := range []string{http.MethodGet, http.MethodHead} {
		for _, path := range []string{visit, visit + "?done=1", visit + "?stars=5&q-found=no", "/c/" + r.token(), "/c/" + r.token() + "?done=1&stars=5"} {
			res := r.do(sitetest.Request(method, path, "", "purpose", "prefetch"))
			if res.StatusCode != 200 || (res.Body == "") != (method == http.MethodHead) {
				t.Errorf("%s %s: %d, %d bytes", method, path, res.StatusCode, len(res.Body))
			}
			if strings.Contains(res.Body, "<script") {
				t.Errorf("%s: a script", path)
			}
		}
	}
	if r.table.writes != 0 || r.table.reads != 2 {
		t.Errorf("%d writes; %d reads, want one for each GET of the link", r.table.writes, r.table.reads)
	}
}

func TestAPersonalCardBelongsToItsLinkAndCanBeChanged(t *testing.T) {
	r := newRig(t)
	path := "/c/" + r.token()
	if res := r.post(path, "stars", "2", "q-found", "no", "q-remark", "Nichts gefunden.", "nonce", r.open(path)); res.StatusCode != 303 || res.Headers["Location"] != path+"?done=1" {
		t.Fatalf("%d %s", res.StatusCode, res.Headers["Location"])
	}
	if thanks := r.get(path + "?done=1").Body; !strings.Contains(thanks, "Antworten ändern") || !strings.Contains(thanks, "12. März 2026 um 10:00 Uhr") {
		t.Error("the page after it does not say until when it can be changed")
	}
	r.at = start.Add(48 * time.Hour)
	again := r.get(path).Body
	for _, say := range []string{"Sie haben schon geantwortet", "10. März 2026 um 10:00 Uhr", `value="2"`, "Änderung absenden"} {
		if !strings.Contains(again, say) {
			t.Errorf("opened again it lacks %q", say)
		}
	}
	for _, checked := range []string{`name="stars" required checked value="2"`, `name="q-found" value="no" checked`} {
		if !strings.Contains(again, checked) {
			t.Errorf("not filled in: %s", checked)
		}
	}
	if strings.Contains(again, "Nichts gefunden") {
		t.Error("own words are shown to whoever opens the link")
	}
	if res := r.post(path, "stars", "4", "q-found", "yes", "nonce", r.open(path)); res.StatusCode != 303 {
		t.Fatalf("the change: %d", res.StatusCode)
	}
	for _, c := range r.cards() {
		if c.ResponseKey != "2026-03-abcdefghijklmnop" || c.Channel != feedback.EmailLink || c.Segment != "A" || c.Language != "de" {
			t.Errorf("stored %+v", c)
		}
	}
	r.at = r.at.Add(time.Second)
	closed := r.get(path).Body
	if strings.Contains(closed, "<form") || !strings.Contains(closed, "Ihre Antworten stehen fest") || !strings.Contains(closed, "4 von 5") {
		t.Error("after the window it is not closed, or shows another vote than the one that counts")
	}
	if strings.Contains(closed, "zählt nicht mehr") {
		t.Error("speaks of a late change that was none")
	}
	if n := strings.Count(r.metrics.String(), `"LinkReopened":1`); n != 3 {
		t.Errorf("opened again %d times, want 3", n)
	}
	n := r.links.Nonce(t, path, r.at) // of a page that was open before
	if res := r.post(path, "stars", "1", "nonce", n); res.StatusCode != 303 {
		t.Fatalf("a late change: %d", res.StatusCode)
	}
	if late := r.get(path + "?done=1").Body; strings.Contains(late, "Vielen Dank") || !strings.Contains(late, "zählt nicht mehr") || !strings.Contains(late, "4 von 5") {
		t.Error("a late change is thanked for as if it counted")
	}
	if m := r.metrics.String(); strings.Count(m, `"LinkOpened":1`) != 1 || strings.Count(m, `"LinkReopened":1`) != 3 {
		t.Errorf("metrics %s", m)
	}
}

func TestWhatALinkAnsweredOnAnotherPageIsKnownToTheCard(t *testing.T) {
	r := newRig(t)
	path := "/c/" + r.token()
	r.post(path, "stars", "5", "nonce", r.open(path))
	if res := r.get("/c/" + r.token(func(t *link.Token) { t.Touchpoint = link.CodeOf("repair") })); !strings.Contains(res.Body, "Sie haben schon geantwortet") {
		t.Error("the same link at another card is shown as new")
	}
}

func TestALinkSurvivesARotationOfItsKey(t *testing.T) {
	r := newRig(t)
	newer := link.Sign(sitetest.Keyring(t, r.links.Newer, nil), link.Token{
		ResponseKey: "2026-03-abcdefghijklmnop", Touchpoint: link.CodeOf("repair"), Channel: feedback.SMSLink, ExpiresAt: start.AddDate(0, 0, 1)})
	for name, token := range map[string]string{"signed before": r.token(), "signed after": newer, "signed before, seen after": r.token()} {
		if res := r.get("/c/" + token); res.StatusCode != 200 {
			t.Errorf("%s: %d", name, res.StatusCode)
		}
	}
}

// tricky are texts that must come back as they are.
var tricky = map[string]string{
	"markup":        `<b>fett</b> & "Zitat" 'x' </textarea><h1>`,
	"script":        `<script>alert(1)</script><img src=x onerror=alert(1)>`,
	"template":      `{{.}} ${7*7} %s %d \u0000`,
	"emoji":         "👩🏽‍🦽 toll 🇩🇪 1️⃣",
	"right to left": "الخدمة ممتازة \u200f— שירות מצוין \u202eabc\u202c",
	"combining":     "Z̷a̷l̷g̷o̷ ﷽",
	"lines":         "erste\n\n\tzweite",
	"formula":       "=1+1;@SUM(A1)",
}

func TestEveryTextComesBackAsText(t *testing.T) {
	for name, s := range tricky {
		r := newRig(t)
		// Refused for want of stars: the page shows what was typed.
		res := r.post(visit, "q-remark", s, "q-suggestion", s, "contact", strings.ReplaceAll(s, "\n", " "), "callback", "1", "nonce", r.open(visit))
		if res.StatusCode != 422 || strings.Count(res.Body, ">\n"+html.EscapeString(s)+"</textarea>") != 2 {
			t.Errorf("%s: %d, not shown as typed", name, res.StatusCode)
		}
		if strings.Contains(res.Body, "<script") || strings.Contains(res.Body, "<img") || strings.Contains(res.Body, "<b>fett") {
			t.Errorf("%s: markup came through", name)
		}
		if strings.Contains(s, "\t") {
			s = strings.ReplaceAll(s, "\t", " ") // a single line has no tab
		}
		if res := r.post(visit, "stars", "3", "q-remark", s, "q-suggestion", s, "nonce", r.open(visit)); res.StatusCode != 303 {
			t.Fatalf("%s: %d", name, res.StatusCode)
		}
		got := r.cards()
		if len(got) != 1 || got[0].Personal.Answers["remark"] != s || got[0].Personal.Suggestion != s {
			t.Errorf("%s: stored %+v", name, got)
		}
		if strings.Contains(r.log.String(), s[:4]) || strings.Contains(r.metrics.String(), s[:4]) {
			t.Errorf("%s: told to the log", name)
		}
	}
}

func TestTheLanguageIsThatOfThePageThenTheLinkThenTheBrowser(t *testing.T) {
	r := newRig(t)
	french := func(t *link.Token) { t.Language = "fr" }
	for _, c := range []struct{ path, accept, want string }{
		{visit, "", "de"},
		{visit, "it-CH,en;q=0.5", "it"},
		{visit, "ja", "de"},
		{visit + "?l=en", "it", "en"},
		{visit + "?l=xx", "it", "it"},
		{"/c/" + r.token(french), "it", "fr"},
		{"/c/" + r.token(french) + "?l=en", "it", "en"},
		{"/c/visit/hotline?l=it", "en", "it"},
	} {
		res := r.get(c.path, "accept-language", c.accept)
		if !strings.Contains(res.Body, `<html lang="`+c.want+`">`) {
			t.Errorf("%s with %q is not in %s", c.path, c.accept, c.want)
		}
		for _, l := range []string{"de", "en", "fr", "it"} {
			if l != c.want && !strings.Contains(res.Body, `l=`+l+`"`) {
				t.Errorf("%s leads to no %s", c.path, l)
			}
		}
	}
	res := r.post(visit, "l", "it", "nonce", r.open(visit))
	if !strings.Contains(res.Body, `<html lang="it">`) || !strings.Contains(res.Body, `name="l" value="it"`) {
		t.Error("a mistake changes the language")
	}
}

func TestAPageCarriesTheHeadersOfEveryPage(t *testing.T) {
	r := newRig(t)
	for _, path := range []string{visit, visit + "?done=1", "/c/" + r.token(), "/c/visit/hotline"} {
		h := r.get(path).Headers
		want := map[string]string{
			"Cache-Control": "no-store", "Referrer-Policy": "no-referrer", "X-Content-Type-Options": "nosniff",
			"X-Robots-Tag": "noindex, nofollow", "Content-Type": "text/html; charset=utf-8",
			"Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Resource-Policy": "same-origin",
			"Strict-Transport-Security": "max-age=63072000; includeSubDomains",
		}
		if diff := cmp.Diff(want, h, cmpopts.IgnoreMapEntries(func(k, _ string) bool { return k == "Content-Security-Policy" || k == "Permissions-Policy" })); diff != "" {
			t.Errorf("%s: %s", path, diff)
		}
		if p := h["Content-Security-Policy"]; !strings.HasPrefix(p, "default-src 'none'; style-src 'sha256-") || !strings.Contains(p, "form-action 'self'") {
			t.Errorf("%s: policy %s", path, p)
		}
	}
}

func TestTheLogSaysTheRouteAndNoMore(t *testing.T) {
	r := newRig(t)
	token := r.token()
	r.post("/c/"+token, "stars", "4", "contact", "kundin@example.com", "callback", "1", "nonce", r.open("/c/"+token))
	r.get(visit)
	for line := range strings.Lines(r.log.String() + r.metrics.String()) {
		var m map[string]any
		if err := json.Unmarshal([]byte(line), &m); err != nil {
			t.Fatal(err)
		}
		if route := m["route"]; route != "/c/{token}" && route != "/c/{card}/{touchpoint}" || m["error"] != nil {
			t.Errorf("line %s", line)
		}
	}
	if all := r.log.String() + r.metrics.String(); strings.Contains(all, token) || strings.Contains(all, "kundin") {
		t.Error("told who it was")
	}
}

// The page of the largest sample card weighs what a rating page may.
func TestACardsPageIsLight(t *testing.T) {
	r := newRig(t)
	for _, path := range []string{visit, "/c/commissioning/repair", "/c/" + r.token()} {
		for _, l := range []string{"de", "en", "fr", "it"} {
			if n := len(r.get(path + "?l=" + l).Body); n > 14<<10 {
				t.Errorf("%s in %s: %d bytes", path, l, n)
			}
		}
	}
}
