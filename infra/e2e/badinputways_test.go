package e2e

import (
	"maps"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"resonanz/shared/period"
	"resonanz/shared/store"
)

// storedAtAll counts the events in the ledger of this month and the one before.
func storedAtAll(t *testing.T) (n int) {
	t.Helper()
	for _, p := range []period.Period{month().Add(-1), month()} {
		if err := table().Month(t.Context(), p, func(store.Entry) error { n++; return nil }); err != nil {
			t.Fatal(err)
		}
	}
	return n
}

// but is a copy of body with one field changed, or removed (nil).
func but(body map[string]any, field string, v any) map[string]any {
	other := maps.Clone(body)
	if v == nil {
		delete(other, field)
	} else {
		other[field] = v
	}
	return other
}

func TestBadCardsComplaintsAndInvitationsAreRefusedByName(t *testing.T) {
	intake, invite := token(t, "intake"), token(t, "invite")
	good := card("B-"+uuid.NewString()[:8], 3)
	delete(good, "kind")
	complaint := map[string]any{
		"event_id": uuid.NewString(), "touchpoint": "hotline", "channel": "phone", "category": cfg.Categories[0],
		"comment": "Synthetic", "submitted_at": time.Now().UTC().Format(time.RFC3339),
	}
	c := newCustomer()
	invitation := map[string]any{
		"event_id": uuid.NewString(), "touchpoint": "hotline", "channel": "email_link", "customer_key": c.key,
		"consent": "contract", "send": true, "email": c.address,
	}
	bulk := func(all ...map[string]any) string { return marshal(t, map[string]any{"invitations": all}) }
	const header = "event_id,touchpoint,channel,consent,send,email\n"
	row := uuid.NewString() + ",hotline,email_link,contract,true," + c.address + "\n"
	many := make([]map[string]any, 501)
	for i := range many {
		many[i] = but(invitation, "event_id", uuid.NewString())
	}
	before := storedAtAll(t)
	for _, b := range []struct {
		name, path, body, contentType string
		field                         string // empty: the whole request is at fault
	}{
		{"card nobody configured", "/v1/cards", marshal(t, but(good, "card", "nowhere")), "", "card"},
		{"card of another touchpoint", "/v1/cards", marshal(t, but(good, "touchpoint", "hotline")), "", "card"},
		{"no card", "/v1/cards", marshal(t, but(good, "card", nil)), "", "card"},
		{"answer to no question", "/v1/cards", marshal(t, but(good, "answers", map[string]any{"colour": "red"})), "", "answers.colour"},
		{"grade above five", "/v1/cards", marshal(t, but(good, "answers", map[string]any{"friendliness": 6})), "", "answers.friendliness"},
		{"grade as text", "/v1/cards", marshal(t, but(good, "answers", map[string]any{"friendliness": "5"})), "", "answers.friendliness"},
		{"no choice of these", "/v1/cards", marshal(t, but(good, "answers", map[string]any{"how_often": "always"})), "", "answers.how_often"},
		{"neither yes nor no", "/v1/cards", marshal(t, but(good, "answers", map[string]any{"found": true})), "", "answers.found"},
		{"answers in a row", "/v1/cards", marshal(t, but(good, "answers", []any{1})), "", "answers"},
		{"number of a card with a blank", "/v1/cards", marshal(t, but(good, "card_number", "K 1")), "", "card_number"},
		{"rating of a card missing", "/v1/cards", marshal(t, but(good, "rating", nil)), "", "rating"},
		{"unknown field of a card", "/v1/cards", marshal(t, but(good, "colour", "red")), "", "colour"},
		{"category nobody configured", "/v1/complaints", marshal(t, but(complaint, "category", "no.such")), "", "category"},
		{"complaint without words", "/v1/complaints", marshal(t, but(complaint, "comment", "  ")), "", "comment"},
		{"complaint of no words", "/v1/complaints", marshal(t, but(complaint, "comment", nil)), "", "comment"},
		{"annoyance of six", "/v1/complaints", marshal(t, but(complaint, "annoyance", 6)), "", "annoyance"},
		{"rating in a complaint", "/v1/complaints", marshal(t, but(complaint, "rating", 1)), "", "rating"},
		{"complaint by a link", "/v1/complaints", marshal(t, but(complaint, "channel", "email_link")), "", "channel"},
		{"mail without an address", "/v1/invitations", marshal(t, but(invitation, "email", nil)), "", "email"},
		{"address that is none", "/v1/invitations", marshal(t, but(invitation, "email", "nobody")), "", "email"},
		{"header smuggled into an address", "/v1/invitations", marshal(t, but(invitation, "email", "a@example.com\r\nBcc: b@example.com")), "", "email"},
		{"mail without a basis", "/v1/invitations", marshal(t, but(invitation, "consent", nil)), "", "consent"},
		{"basis that is none", "/v1/invitations", marshal(t, but(invitation, "consent", "because")), "", "consent"},
		{"address without sending", "/v1/invitations", marshal(t, but(invitation, "send", nil)), "", "email"},
		{"mail by another channel", "/v1/invitations", marshal(t, but(invitation, "channel", "sms_link")), "", ""},
		{"unknown field of an invitation", "/v1/invitations", marshal(t, but(invitation, "colour", "red")), "", "colour"},
		{"one of two is wrong", "/v1/invitations", bulk(invitation, but(but(invitation, "event_id", uuid.NewString()), "touchpoint", "nowhere")), "", "invitations[1].touchpoint"},
		{"one of two without id", "/v1/invitations", bulk(invitation, but(invitation, "event_id", nil)), "", "invitations[1].event_id"},
		{"too many", "/v1/invitations", bulk(many...), "", "invitations"},
		{"none", "/v1/invitations", `{"invitations":[]}`, "", "invitations"},
		{"CSV by semicolons", "/v1/invitations", strings.ReplaceAll(header+row, ",", ";"), "text/csv", ""},
		{"CSV by tabs", "/v1/invitations", strings.ReplaceAll(header+row, ",", "\t"), "text/csv", ""},
		{"CSV in UTF-16", "/v1/invitations", "\xff\xfee\x00v\x00", "text/csv", ""},
		{"CSV in Latin-1", "/v1/invitations", header + strings.Replace(row, "e2e-", "m\xfcller-", 1), "text/csv", ""},
		{"CSV without a column", "/v1/invitations", strings.Replace(header+row, "touchpoint,", "", 1), "text/csv", ""},
		{"CSV with an unknown column", "/v1/invitations", strings.Replace(header, "consent", "colour", 1) + row, "text/csv", ""},
		{"CSV with too few fields", "/v1/invitations", header + row + "x,hotline\n", "text/csv", ""},
		{"CSV with an open quote", "/v1/invitations", header + "\"" + row, "text/csv", ""},
		{"CSV of a header alone", "/v1/invitations", header, "text/csv", ""},
		{"nothing", "/v1/invitations", "", "text/csv", ""},
		{"over a megabyte", "/v1/invitations", header + strings.Repeat(row, 1<<20/len(row)+1), "text/csv", ""},
		{"another type", "/v1/invitations", header + row, "text/tab-separated-values", ""},
	} {
		t.Run(b.name, func(t *testing.T) {
			contentType, who := b.contentType, intake
			if contentType == "" {
				contentType = "application/json"
			}
			if b.path == "/v1/invitations" {
				who = invite
			}
			a := do(t, http.MethodPost, b.path, b.body, "Authorization", who, "Content-Type", contentType)
			if a.Status < 400 || a.Status > 499 {
				t.Fatalf("answered %d: %.300s", a.Status, a.Body)
			}
			var p refusal
			a.json(t, &p)
			if ct := a.Header.Get("Content-Type"); !strings.HasPrefix(ct, "application/problem+json") || p.Code == "" || p.Status != a.Status {
				t.Errorf("%s %.300s", ct, a.Body)
			}
			if b.field != "" && (len(p.Errors) == 0 || p.Errors[0].Field != b.field) {
				t.Errorf("does not name %s: %s", b.field, a.Body)
			}
			if strings.Contains(a.Body, c.address) {
				t.Error("the answer repeats the address")
			}
		})
	}
	if after := storedAtAll(t); after != before {
		t.Errorf("%d events were stored by refused requests", after-before)
	}
}

func TestSignsOfLifeAreCheckedToo(t *testing.T) {
	key := deviceKey(t, "kiosk-cologne-2")
	for name, body := range map[string]string{
		"no JSON": `{"queued":`, "another shape": `[]`, "negative": `{"queued":-1}`, "as text": `{"queued":"3"}`, "fraction": `{"queued":1.5}`,
		"unknown field": `{"queued":1,"colour":"red"}`, "time without offset": `{"queued":1,"oldest":"2026-03-10T09:00:00"}`,
	} {
		a := do(t, http.MethodPost, "/v1/beats", body, "Authorization", key, "Content-Type", "application/json")
		if a.Status < 400 || a.Status > 499 || !strings.Contains(a.Header.Get("Content-Type"), "problem+json") {
			t.Errorf("%s: %d %s", name, a.Status, a.Body)
		}
	}
}

func TestBadCardPagesStoreNothing(t *testing.T) {
	before := storedAtAll(t)
	for _, path := range []string{
		"/c/nowhere/checkout-cologne", "/c/visit/nowhere", "/c/visit/hotline", "/c/visit", "/c/%F0%9F%92%A3/x", "/c/" + strings.Repeat("A", 64), "/u/nonsense", "/u/" + strings.Repeat("A", 90), "/kiosk/nowhere", "/kiosk/kiosk-cologne-1/nothing.js", "/kiosk/terminal-repair-1",
	} {
		get := do(t, http.MethodGet, path, "", "Accept", "text/html", "Accept-Language", "fr")
		page := strings.Contains(get.Body, "<html") || strings.HasSuffix(path, ".js") // no reader waits for a file
		if get.Status != http.StatusNotFound || !page {
			t.Errorf("GET %.40s: %d %.200s", path, get.Status, get.Body)
		}
		if strings.HasPrefix(path, "/kiosk") {
			continue
		}
		send := post(t, deployed.PublicURL+path, url.Values{"stars": {"5"}, "nonce": {uuid.NewString()}})
		if send.Status != http.StatusNotFound {
			t.Errorf("POST %.40s: %d", path, send.Status)
		}
	}
	const path = "/c/visit/checkout-cologne"
	page := do(t, http.MethodGet, path, "", "Accept", "text/html")
	nonce := nonceOf(t, page)
	const typed, shown = `Kept <b>text</b> "مرحبا" 🙂`, `Kept &lt;b&gt;text&lt;/b&gt;`
	for _, form := range []url.Values{
		{"nonce": {nonce}, "q-remark": {typed}},
		{"nonce": {nonce}, "q-remark": {typed}, "stars": {"6"}},
		{"nonce": {nonce}, "q-remark": {typed}, "stars": {"4"}, "callback": {"1"}},
		{"nonce": {nonce}, "q-remark": {typed}, "stars": {"4"}, "q-nothing": {"1"}},
		{"nonce": {nonce}, "q-remark": {typed}, "stars": {"4"}, "q-how_often": {"always"}},
		{"nonce": {nonce}, "q-remark": {typed}, "stars": {"4", "5"}},
	} {
		a := post(t, deployed.PublicURL+path, form)
		if a.Status != http.StatusUnprocessableEntity || !strings.Contains(a.Body, shown) || strings.Contains(a.Body, "<b>text") {
			t.Errorf("%v: %d, what was typed kept as text: %v", form, a.Status, strings.Contains(a.Body, shown))
		}
	}
	for name, body := range map[string]string{"invalid UTF-8": "stars=4&nonce=" + nonce + "&q-remark=%FF%FE", "no form": "%zz", "oversized": "stars=4&nonce=" + nonce + "&q-remark=" + strings.Repeat("x", 300<<10)} {
		a := do(t, http.MethodPost, path, body, "Content-Type", "application/x-www-form-urlencoded", "Accept", "text/html")
		if a.Status < 400 || a.Status > 499 {
			t.Errorf("%s: %d", name, a.Status)
		}
	}
	if after := storedAtAll(t); after != before {
		t.Errorf("%d events were stored", after-before)
	}
}

func TestTheKioskAppAndTheDescriptionAreServed(t *testing.T) {
	page := do(t, http.MethodGet, "/kiosk/kiosk-cologne-1", "", "Accept", "text/html")
	if page.Status != http.StatusOK || !strings.Contains(page.Body, "<html") {
		t.Fatalf("%d %.300s", page.Status, page.Body)
	}
	size := len(page.Body)
	for _, file := range []string{"app.js", "app.css", "sw.js", "manifest.webmanifest", "icon.svg"} {
		a := do(t, http.MethodGet, "/kiosk/kiosk-cologne-1/"+file, "")
		if a.Status != http.StatusOK || a.Header.Get("Content-Type") == "" {
			t.Errorf("%s: %d %s", file, a.Status, a.Header.Get("Content-Type"))
		}
		if head := do(t, http.MethodHead, "/kiosk/kiosk-cologne-1/"+file, ""); head.Status != http.StatusOK || head.Body != "" {
			t.Errorf("HEAD %s: %d", file, head.Status)
		}
		size += len(a.Body)
	}
	if size > 60<<10 {
		t.Errorf("the app weighs %d bytes, want at most 60 KB", size)
	}
	description := do(t, http.MethodGet, "/openapi.json", "")
	var d struct {
		OpenAPI string `json:"openapi"`
		Paths   map[string]any
	}
	description.json(t, &d)
	for _, path := range []string{"/v1/ratings", "/v1/cards", "/v1/complaints", "/v1/batch", "/v1/beats", "/v1/invitations"} {
		if d.Paths[path] == nil {
			t.Errorf("%s is not described", path)
		}
	}
	if description.Status != http.StatusOK || !strings.HasPrefix(d.OpenAPI, "3.1") {
		t.Errorf("%d, version %q", description.Status, d.OpenAPI)
	}
}
