package main

import (
	"encoding/json"
	"errors"
	"html"
	"net/http"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"resonanz/shared/casefile"
	"resonanz/shared/config"
	"resonanz/shared/feedback"
	"resonanz/shared/httpapi"
	"resonanz/shared/link"
	"resonanz/shared/site/sitetest"
	"resonanz/shared/store"
)

func TestAComplaintBecomesACaseAtOnceAndIsAcknowledged(t *testing.T) {
	r := newRig(t)
	res := r.post(where, "comment", "Die Erstattung fehlt seit drei Wochen.", "category", "billing.refund_delay", "remedy", "Geld zurück", "annoyance", "4",
		"name", "Erika Beispiel", "email", " Kundin@example.com ", "phone", "+49 221 000000", "nonce", r.open(where))
	path, query, _ := strings.Cut(res.Headers["Location"], "?")
	if res.StatusCode != 303 || query != "new=1" {
		t.Fatalf("%d %s", res.StatusCode, res.Headers["Location"])
	}
	if r.table.writes != 1 || r.table.reads != 0 {
		t.Errorf("%d transactions and %d reads, want one and none", r.table.writes, r.table.reads)
	}
	got := r.complaints()
	four := 4
	if len(got) != 1 {
		t.Fatalf("stored %+v", got)
	}
	want := feedback.Complaint{
		EventID: got[0].EventID, ResponseKey: got[0].ResponseKey, Touchpoint: "checkout-cologne", Channel: feedback.WebForm, Category: "billing.refund_delay",
		Annoyance: &four, SubmittedAt: start, ReceivedAt: start, Language: "de", CallbackRequested: true, CollectionMode: feedback.Self,
	}
	personal := feedback.Personal{Comment: "Die Erstattung fehlt seit drei Wochen.", Remedy: "Geld zurück", Name: "Erika Beispiel", Email: "Kundin@example.com", CallbackContact: "+49 221 000000"}
	if diff := cmp.Diff(want, got[0].Complaint) + cmp.Diff(personal, got[0].Personal); diff != "" {
		t.Errorf("stored (-want +got):\n%s", diff)
	}
	if got[0].Key != string(store.AddressContact("kundin@example.com")) {
		t.Errorf("customer key %q: earlier complaints are not found", got[0].Key)
	}
	k := r.state(path)
	if k.Status != casefile.Acknowledged || !k.Notifiable || k.CustomerKey != got[0].Key || k.Handling.Team != "customer-service" || k.Version != 2 {
		t.Errorf("case %+v", k)
	}
	page := r.get(path + "?new=1").Body
	for _, say := range []string{
		"Ihre Beschwerde ist angekommen", string(k.Number), "Die Erstattung fehlt seit drei Wochen.", "Geld zurück", "Erstattung steht aus", "Kasse Köln",
		"Kundenservice", "bis zum 11. März 2026 um 10:00 Uhr eine persönliche Antwort", "https://feedback.example.com" + path, "auch per E-Mail", "Dieser Link gilt bis zum 14. April 2027.", "Wir melden uns innerhalb von 24 Stunden bei Ihnen.", `href="?new=1&amp;l=fr"`,
	} {
		if !strings.Contains(page, say) {
			t.Errorf("the acknowledgement lacks %q", say)
		}
	}
	for _, not := range []string{"Erika", "Kundin@", "+49 221"} {
		if strings.Contains(page, not) {
			t.Errorf("whoever has the link reads %q", not)
		}
	}
}

func TestOneFieldIsEnoughAndNobodyHasToSayWho(t *testing.T) {
	r := newRig(t)
	path := r.complain()
	got, k := r.complaints()[0], r.state(path)
	if got.Category != "other" || got.Key != "" || got.CallbackRequested || got.Annoyance != nil || k.Notifiable || k.CustomerKey != "" {
		t.Errorf("stored %+v, case %+v", got, k)
	}
	page := r.get(path + "?new=1").Body
	if !strings.Contains(page, "keine E-Mail-Adresse angegeben") || strings.Contains(page, "auch per E-Mail") {
		t.Error("an anonymous customer is not told to keep the link")
	}
	if again := r.get(path).Body; strings.Contains(again, "angekommen</h1>") || strings.Contains(again, "drucken Sie") {
		t.Error("the page acknowledges for ever")
	}
}

func TestWithoutAnOtherCategoryOneMustBeChosen(t *testing.T) {
	r := newRig(t)
	r.cfg.Categories = []string{"billing.refund_delay", "privacy"}
	res := r.post(where, "comment", "x", "nonce", r.open(where))
	if res.StatusCode != 422 || !strings.Contains(res.Body, "Bitte wählen Sie, worum es geht.") || !strings.Contains(res.Body, `name="category" required`) {
		t.Errorf("%d", res.StatusCode)
	}
}

func TestASecondClickIsTheSameCaseAndAnotherCustomerAnother(t *testing.T) {
	r := newRig(t)
	n := r.open(where)
	var paths []string
	for range 3 {
		res := r.post(where, "comment", "Doppelt geklickt", "nonce", n)
		paths = append(paths, res.Headers["Location"])
		r.at = r.at.Add(time.Second)
	}
	if paths[0] == "" || paths[1] != paths[0] || paths[2] != paths[0] || len(r.complaints()) != 1 {
		t.Errorf("three clicks lead to %v", paths)
	}
	if other := r.complain("comment", "Doppelt geklickt"); strings.HasPrefix(paths[0], other) || len(r.complaints()) != 2 {
		t.Error("two customers with the same words are one")
	}
	if m := r.metrics.String(); strings.Count(m, `"ComplaintAccepted":1`) != 2 || strings.Count(m, `"ComplaintDuplicate":1`) != 2 || strings.Count(m, `"ComplaintOpened":1`) != 2 {
		t.Errorf("metrics %s", m)
	}
}

func TestASecondClickAcrossTheTurnOfTheMonthIsTheSameCase(t *testing.T) {
	r := newRig(t)
	r.at = time.Date(2026, 3, 31, 21, 59, 59, 0, time.UTC) // 23:59:59 in Berlin
	n := r.open(where)
	first := r.post(where, "comment", "x", "nonce", n).Headers["Location"]
	for _, later := range []time.Duration{2 * time.Second, 9 * time.Hour, 30 * time.Hour} { // a phone that wakes up sends once more
		r.at = r.at.Add(later)
		res := r.post(where, "comment", "x", "nonce", n)
		if res.StatusCode == 422 { // it is renewed
			res = r.post(where, "comment", "x", "nonce", sitetest.NonceIn(res.Body))
		}
		if second := res.Headers["Location"]; res.StatusCode != 303 || len(r.complaints()) != 1 {
			t.Errorf("%s, then %d %s", first, res.StatusCode, second)
		}
	}
}

func TestAMistakeIsNamedAtItsFieldAndNothingTypedIsLost(t *testing.T) {
	const typed = "Bitte nicht verlieren"
	for name, x := range map[string]struct {
		fields []string
		field  string
		say    string
	}{
		"nothing told":      {[]string{"comment", " \n "}, "comment", "kurz, was passiert ist"},
		"too long":          {[]string{"comment", strings.Repeat("ä", 2001)}, "comment", "höchstens 2000 Zeichen"},
		"too long to store": {[]string{"comment", strings.Repeat("x", 200_000)}, "comment", "höchstens 2000 Zeichen"},
		"control character": {[]string{"comment", "a\x00b\x1b[31m"}, "comment", "Zeichen, die wir nicht lesen können"},
		"remedy too long":   {[]string{"remedy", strings.Repeat("x", 2001)}, "remedy", "Diese Angabe ist zu lang"},
		"unknown category":  {[]string{"category", "billing"}, "category", "noch einmal, worum es geht"},
		"annoyance 6":       {[]string{"annoyance", "6"}, "annoyance", "1 bis 5 oder nichts"},
		"no address":        {[]string{"email", "kundin@beispiel"}, "email", "können wir nicht erreichen"},
		"two addresses":     {[]string{"email", "a@example.com, b@example.com"}, "email", "können wir nicht erreichen"},
		"header injection":  {[]string{"email", "a@example.com\r\nBcc: b@example.com"}, "email", "Zeichen, die wir nicht lesen können"},
		"name in two lines": {[]string{"name", "Erika\nBeispiel"}, "name", "Zeichen, die wir nicht lesen können"},
		"name too long":     {[]string{"name", strings.Repeat("x", 101)}, "name", "zu lang"},
		"phone in words":    {[]string{"phone", "abends"}, "phone", "Telefonnummer"},
		"stale page":        {[]string{"nonce", "old"}, "", "nicht mehr aktuell"},
		"unknown field":     {[]string{"price", "1"}, "", "nicht lesen"},
	} {
		r := newRig(t)
		fields := append([]string{"comment", typed, "remedy", typed, "name", "Erika", "nonce", r.open(where)}, x.fields...)
		res := r.post(where, fields...)
		if res.StatusCode != 422 || !strings.Contains(res.Body, x.say) || !strings.Contains(res.Body, typed+"</textarea>") || !strings.Contains(res.Body, `role="alert" tabindex="-1" autofocus`) {
			t.Errorf("%s: %d", name, res.StatusCode)
		}
		if x.field != "" && (!strings.Contains(res.Body, `href="#`+x.field+`"`) || !strings.Contains(res.Body, `id="`+x.field+`-error"`)) {
			t.Errorf("%s: the mistake is not at its field", name)
		}
		if sitetest.NonceIn(res.Body) == "" || len(r.complaints()) != 0 || r.table.writes != 0 || !strings.Contains(r.metrics.String(), `"ComplaintRejected":1`) {
			t.Errorf("%s: stored, or cannot be sent again", name)
		}
	}
}

func TestWhatIsNoFormIsRefused(t *testing.T) {
	for name, x := range map[string]struct {
		body, kind string
		status     int
		say        string
	}{
		"10 MB":          {"comment=" + strings.Repeat("x", 10<<20), sitetest.FormType, 413, "zu viel auf einmal"},
		"JSON":           {"{}", "application/json", 415, "nicht lesen"},
		"broken":         {"comment=%zz", sitetest.FormType, 400, "nicht lesen"},
		"no type at all": {"comment=x", "", 415, "nicht lesen"},
	} {
		r := newRig(t)
		token := r.complain()
		for _, path := range []string{where, token} {
			res := r.do(sitetest.Request(http.MethodPost, path, x.body, "content-type", x.kind))
			if res.StatusCode != x.status || !strings.Contains(res.Body, x.say) || len(res.Body) > 14336 {
				t.Errorf("%s at %s: %d", name, path[:3], res.StatusCode)
			}
		}
	}
}

func TestWhatCannotBeStoredNowComesBackToBeSentAgain(t *testing.T) {
	for name, fail := range map[string]func(*rig){
		"the table": func(r *rig) { r.table.writeErr = errors.New("throttled") },
		"the key":   func(r *rig) { r.links.Err = errors.New("throttled") },
	} {
		r := newRig(t)
		n := r.open(where)
		fail(r)
		res := r.post(where, "comment", "Bitte nicht verlieren", "nonce", n)
		if res.StatusCode != 503 || res.Headers["Retry-After"] == "" || !strings.Contains(res.Body, "Bitte nicht verlieren</textarea>") || sitetest.NonceIn(res.Body) != n {
			t.Errorf("%s: %d", name, res.StatusCode)
		}
		if len(r.complaints()) != 0 || strings.Contains(res.Body, "throttled") {
			t.Errorf("%s: stored, or told the cause", name)
		}
		r.table.writeErr, r.links.Err = nil, nil
		if res := r.post(where, "comment", "Bitte nicht verlieren", "nonce", n); res.StatusCode != 303 {
			t.Errorf("%s: sent again: %d", name, res.StatusCode)
		}
	}
}

func TestOpeningTheFormChangesNothing(t *testing.T) {
	r := newRig(t)
	for _, method := range []string{http.MethodGet, http.MethodHead} {
		for _, path := range []string{where, where + "?comment=x&new=1", where + "?l=fr"} {
			if res := r.do(sitetest.Request(method, path, "")); res.StatusCode != 200 || (res.Body == "") != (method == http.MethodHead) || strings.Contains(res.Body, "<script") {
				t.Errorf("%s %s: %d", method, path, res.StatusCode)
			}
		}
	}
	if r.table.writes != 0 || r.table.reads != 0 {
		t.Errorf("%d writes, %d reads", r.table.writes, r.table.reads)
	}
}

func TestTheLanguageOfTheFormGoesWithTheCase(t *testing.T) {
	r := newRig(t)
	for _, x := range []struct{ path, accept, l, want string }{
		{where, "", "", "de"}, {where, "it-CH,en;q=0.5", "", "it"}, {where + "?l=en", "it", "en", "en"}, {where, "ja", "", "de"},
	} {
		page := r.get(x.path, "accept-language", x.accept)
		if !strings.Contains(page.Body, `<html lang="`+x.want+`">`) {
			t.Errorf("%s with %q is not in %s", x.path, x.accept, x.want)
		}
		fields := []string{"comment", "Satz " + x.want + x.accept, "nonce", sitetest.NonceIn(page.Body)}
		if x.l != "" {
			fields = append(fields, "l", x.l)
		}
		q := sitetest.Form(where, fields...)
		q.Headers["accept-language"] = x.accept
		path := r.do(q).Headers["Location"]
		if status := r.get(path); !strings.Contains(status.Body, `<html lang="`+x.want+`">`) {
			t.Errorf("the page of the case is not in %s: %s", x.want, path)
		}
	}
}

// tricky are texts that must come back as they are.
var tricky = map[string]string{
	"markup":        `<b>fett</b> & "Zitat" 'x' </textarea><h1>`,
	"script":        `<script>alert(1)</script><img src=x onerror=alert(1)>`,
	"template":      `{{.}} ${7*7} %s %d {due} {n}`,
	"emoji":         "👩🏽‍🦽 toll 🇩🇪 1️⃣",
	"right to left": "الخدمة ممتازة \u200f— שירות מצוין \u202eabc\u202c",
	"lines":         "erste\n\n\tzweite",
}

func TestEveryTextIsShownAsText(t *testing.T) {
	for name, s := range tricky {
		r := newRig(t)
		if res := r.post(where, "comment", s, "email", "x", "nonce", r.open(where)); res.StatusCode != 422 || !strings.Contains(res.Body, ">\n"+html.EscapeString(s)+"</textarea>") {
			t.Errorf("%s: %d, not shown as typed", name, res.StatusCode)
		}
		path := r.complain("comment", s, "remedy", s)
		if page := r.get(path).Body; strings.Count(page, html.EscapeString(s)) != 2 || strings.Contains(page, "<img") || strings.Contains(page, "<b>fett") {
			t.Errorf("%s: not shown as typed", name)
		}
		if strings.Contains(r.log.String(), s[:4]) || strings.Contains(r.metrics.String(), s[:4]) {
			t.Errorf("%s: told to the log", name)
		}
	}
}

func TestWhatIsNoTouchpointIsAPageNotFound(t *testing.T) {
	r := newRig(t)
	for _, path := range []string{"/complain/nowhere", "/complain/", "/complain", where + "/more", "/complain/Checkout-Cologne"} {
		for _, method := range []string{http.MethodGet, http.MethodPost, http.MethodHead} {
			res := r.do(sitetest.Request(method, path, "comment=x", "accept", "text/html", "content-type", sitetest.FormType))
			if res.StatusCode != 404 || method != http.MethodHead && !strings.Contains(res.Body, "Hier ist nichts zu finden") {
				t.Errorf("%s %s: %d", method, path, res.StatusCode)
			}
		}
	}
	if res := r.do(sitetest.Request(http.MethodDelete, where, "")); res.StatusCode != 405 || res.Headers["Allow"] != "GET, HEAD, POST" {
		t.Errorf("DELETE: %d", res.StatusCode)
	}
}

func TestTheLogSaysTheRouteAndNoMore(t *testing.T) {
	r := newRig(t)
	path := r.complain("email", "kundin@example.com", "name", "Erika")
	r.get(path + "?new=1")
	r.post(path, "do", "reply", "text", "Noch etwas", "nonce", r.open(path))
	for line := range strings.Lines(r.log.String() + r.metrics.String()) {
		var m map[string]any
		if err := json.Unmarshal([]byte(line), &m); err != nil {
			t.Fatal(err)
		}
		if route := m["route"]; route != "/complain/{touchpoint}" && route != "/k/{token}" || m["error"] != nil {
			t.Errorf("line %s", line)
		}
	}
	if all := r.log.String() + r.metrics.String(); strings.Contains(all, strings.TrimPrefix(path, "/k/")) || strings.Contains(all, "kundin") || strings.Contains(all, string(r.number(path))) {
		t.Error("told who it was")
	}
}

// usual is a configuration with every category that there is by default.
func usual(r *rig) {
	r.cfg.Categories = []string{
		"product.defect", "product.safety", "product.documentation", "delivery.late", "delivery.damaged", "delivery.lost", "delivery.wrong_item",
		"billing.incorrect_invoice", "billing.refund_delay", "service.waiting_time", "service.unreachable", "service.competence", "service.unfriendly",
		"contract.terms", "contract.cancellation", "website.usability", "website.outage",
		"complaint_handling.no_reply", "complaint_handling.delay", "complaint_handling.outcome", "privacy", "discrimination", "pricing.transparency", "other",
	}
	r.cfg.CategoryNames = map[string]config.Text{}
}

// What one round trip carries: 14,336 bytes, with every default category.
func TestTheFormIsLight(t *testing.T) {
	r := newRig(t)
	usual(r)
	for _, l := range []string{"de", "en", "fr", "it"} {
		page := r.get(where + "?l=" + l).Body
		wrong := r.post(where, "l", l, "email", "x", "phone", "x", "nonce", "old").Body
		t.Logf("%s: %d bytes, %d with four mistakes", l, len(page), len(wrong))
		if len(page) > 14336 || len(wrong) > 14336 {
			t.Errorf("%s: %d and %d bytes", l, len(page), len(wrong))
		}
	}
}

func TestALinkOfAnotherKindOpensNothing(t *testing.T) {
	r := newRig(t)
	rating := r.links.Token(t, "checkout-cologne", start)
	if res := r.get("/k/"+rating, "accept", "text/html"); res.StatusCode != 404 {
		t.Errorf("a link to rate: %d", res.StatusCode)
	}
	if _, err := link.Verify(sitetest.Keyring(t, r.links.Secret, nil), strings.TrimPrefix(r.complain(), "/k/"), start); err == nil {
		t.Error("a link to a case rates")
	}
}

// nonceOf is the form of q with another nonce.
func nonceOf(tb testing.TB, q *httpapi.Request, nonce string) string {
	tb.Helper()
	body, err := httpapi.Body(q, len(q.Body))
	if err != nil {
		tb.Fatal(err)
	}
	form, err := url.ParseQuery(string(body))
	if err != nil || form.Get("nonce") == "" {
		tb.Fatalf("no form with a nonce: %v", err)
	}
	form.Set("nonce", nonce)
	return form.Encode()
}

// The samples are requests as API Gateway sends them.
func TestTheSamplesAreAnswered(t *testing.T) {
	r := newRig(t)
	for name, want := range map[string]struct {
		status int
		says   string
	}{
		"complain-get":  {200, "Ihre Beschwerde"},
		"complain-post": {303, ""},
		"status-get":    {404, "Hier ist nichts zu finden"}, // signed with another key
		"status-post":   {404, "Hier ist nichts zu finden"},
	} {
		b, err := os.ReadFile("../../events/samples/" + name + ".json")
		if err != nil {
			t.Fatal(err)
		}
		q := new(httpapi.Request)
		if err := json.Unmarshal(b, q); err != nil {
			t.Fatal(err)
		}
		if strings.HasSuffix(name, "-post") { // sent with the nonce of a page that our own key signed
			q.Body, q.IsBase64Encoded = nonceOf(t, q, r.links.Nonce(t, q.RawPath, r.at)), false
		}
		if res := r.do(q); res.StatusCode != want.status || !strings.Contains(res.Body, want.says) {
			t.Errorf("%s: %d %s", name, res.StatusCode, res.Body)
		}
	}
	if got := r.complaints(); len(got) != 1 || got[0].Category != "product.safety" || got[0].Personal.Name != "Erika Beispiel" {
		t.Errorf("stored %+v", got)
	}
}
