package e2e

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"resonanz/shared/casefile"
	"resonanz/shared/link"
)

// long is more than anybody may send.
var long = strings.Repeat("Beispiel ", 10<<20/9)

func TestABadComplaintIsRefusedByNameAndStoresNothing(t *testing.T) {
	address := deployed.PublicURL + "/complain/hotline"
	nonce := open(t, address)
	c := newCustomer()
	for what, change := range map[string]struct {
		field, value string
		status       int
	}{
		"no words":              {"comment", "", http.StatusUnprocessableEntity},
		"words of ten megabyte": {"comment", long, http.StatusRequestEntityTooLarge},
		"a header in the mail":  {"email", c.address + "\r\nBcc: other@example.com", http.StatusUnprocessableEntity},
		"two addresses":         {"email", c.address + ",other@example.com", http.StatusUnprocessableEntity},
		"an unknown category":   {"category", "nothing.known", http.StatusUnprocessableEntity},
		"annoyance of nine":     {"annoyance", "9", http.StatusUnprocessableEntity},
		"no nonce":              {"nonce", "", http.StatusUnprocessableEntity},
		"a field of nobody's":   {"status", "closed", http.StatusUnprocessableEntity},
	} {
		t.Run(what, func(t *testing.T) {
			form := complaintForm(c, url.Values{"nonce": {nonce}})
			form.Set(change.field, change.value)
			if a := post(t, address, form); a.Status != change.status {
				t.Errorf("%d, want %d: %.300s", a.Status, change.status, a.Body)
			}
		})
	}
	if a := do(t, http.MethodGet, "/complain/nowhere", "", "Accept", "text/html"); a.Status != http.StatusNotFound {
		t.Errorf("at a touchpoint of nobody: %d", a.Status)
	}
	for what, change := range map[string]map[string]any{
		"from the future": {"submitted_at": time.Now().Add(48 * time.Hour).Format(time.RFC3339)},
		"of long ago":     {"submitted_at": "2019-01-01T00:00:00Z"},
		"without offset":  {"submitted_at": "2026-03-10T09:00:00"},
		"header injected": {"email": "a@example.com\r\nBcc: other@example.com"},
		"too long":        {"comment": long},
	} {
		t.Run("by API "+what, func(t *testing.T) {
			body := map[string]any{
				"event_id": uuid.NewString(), "touchpoint": "hotline", "channel": "phone", "category": "billing.refund_delay",
				"comment": "The refund is late.", "submitted_at": time.Now().Format(time.RFC3339), "email": c.address,
			}
			for k, v := range change {
				body[k] = v
			}
			a := do(t, http.MethodPost, "/v1/complaints", marshal(t, body), "Authorization", token(t, "intake"), "Content-Type", "application/json")
			if what == "from the future" { // the clock of a device may be wrong: kept by its arrival, and marked
				if a.Status != http.StatusCreated {
					t.Errorf("%d %.300s", a.Status, a.Body)
				}
				return
			}
			var p refusal
			a.json(t, &p)
			if a.Status < 400 || a.Status > 499 || p.Code == "" {
				t.Errorf("%d, code %q: %.300s", a.Status, p.Code, a.Body)
			}
		})
	}
}

// A name may hold anything on one line; no line of the mail's head is made of it.
func TestANameIsNoHeader(t *testing.T) {
	k := complain(t, "hotline", url.Values{"name": {"Beispiel\" <x@example.com>, Bcc: y@example.com"}})
	mailed(t, k.address, 1)
	for name, values := range headers(t, k.address) {
		if strings.Contains(strings.ToLower(name), "bcc") || name == "To" && strings.Contains(strings.Join(values, ""), "x@example.com") {
			t.Errorf("%s: %v", name, values)
		}
	}
}

func TestAStatusPageOpensByItsOwnLinkOnly(t *testing.T) {
	k := complain(t, "hotline", nil)
	token := k.page[strings.LastIndexByte(k.page, '/')+1:]
	other := map[byte]string{'A': "B"}[token[20]]
	if other == "" {
		other = "A"
	}
	ring := linkRing(t)
	stranger, err := link.NewKeyring([]byte(strings.Repeat("x", 64)), nil)
	if err != nil {
		t.Fatal(err)
	}
	of := link.Case{Number: string(k.number), ExpiresAt: time.Now().Add(time.Hour)}
	expired := of
	expired.ExpiresAt = time.Now().Add(-2 * time.Hour)
	foreign := of
	foreign.Number = "2603-0000-0000"
	for what, address := range map[string]string{
		"a letter changed":    "/k/" + token[:20] + other + token[21:],
		"a link that rates":   "/k/" + invite(t, "de").Token,
		"of another key":      "/k/" + link.SignCase(stranger, of),
		"that has expired":    "/k/" + link.SignCase(ring, expired),
		"to a case of nobody": "/k/" + link.SignCase(ring, foreign),
		"used for a rating":   "/r/" + token,
	} {
		t.Run(what, func(t *testing.T) {
			for _, method := range []string{http.MethodGet, http.MethodPost} {
				a := do(t, method, address, "do=withdraw&nonce="+strings.Repeat("n", 22), "Accept", "text/html", "Content-Type", "application/x-www-form-urlencoded")
				if a.Status != http.StatusNotFound && a.Status != http.StatusGone || strings.Contains(a.Body, "remboursement") {
					t.Errorf("%s: %d, words of the customer on it: %t", method, a.Status, strings.Contains(a.Body, "remboursement"))
				}
			}
		})
	}
	k.stands(t, casefile.Acknowledged)
}

// Whatever of this is asked, nothing changes, and the answer says by a code why.
func TestABadCommandChangesNothing(t *testing.T) {
	k := complain(t, "hotline", nil)
	k.does(t, "assess", map[string]any{"severity": "high"})
	k.does(t, "investigate", nil)
	version := k.state(t).Version
	etag := fmt.Sprintf(`"%d"`, version)
	for _, c := range []struct {
		what, name, body, match string
		status                  int
		code                    string
	}{
		{"without a version", "note", `{"text":"x"}`, "", http.StatusPreconditionRequired, "precondition_required"},
		{"with a stale version", "note", `{"text":"x"}`, `"1"`, http.StatusPreconditionFailed, "stale_version"},
		{"an illegal transition", "resolve", `{"text":"Erledigt."}`, etag, http.StatusConflict, "illegal_transition"},
		{"closing at once", "close", `{"root_cause":"` + cfg.Complaints.RootCauses[0] + `"}`, etag, http.StatusConflict, "illegal_transition"},
		{"a severity lowered without reason", "assess", `{"severity":"low"}`, etag, http.StatusUnprocessableEntity, "reason_required"},
		{"a rejection without reasons", "decide", `{"outcome":"rejected","text":"Leider nein."}`, etag, http.StatusUnprocessableEntity, ""},
		{"a decision without words", "decide", `{"outcome":"accepted"}`, etag, http.StatusUnprocessableEntity, ""},
		{"more than the limit", "compensate", `{"type":"financial","kind":"refund","cents":30001}`, etag, http.StatusUnprocessableEntity, "over_limit"},
		{"less than nothing", "compensate", `{"type":"financial","kind":"refund","cents":-5}`, etag, http.StatusUnprocessableEntity, ""},
		{"a fraction of a cent", "compensate", `{"type":"financial","kind":"refund","cents":0.5}`, etag, http.StatusUnprocessableEntity, ""},
		{"a duplicate of itself", "duplicate", `{"of":"` + string(k.number) + `"}`, etag, 0, ""},
		{"words of ten megabyte", "answer", `{"text":"` + long + `"}`, etag, http.StatusRequestEntityTooLarge, ""},
		{"a field of nobody's", "answer", `{"text":"x","status":"closed"}`, etag, http.StatusUnprocessableEntity, ""},
		{"no JSON", "answer", `text=x`, etag, http.StatusBadRequest, ""},
		{"an unknown command", "forget", `{}`, etag, http.StatusNotFound, ""},
	} {
		t.Run(c.what, func(t *testing.T) {
			header := []string{"Authorization", clerk(t), "Content-Type", "application/json"}
			if c.match != "" {
				header = append(header, "If-Match", c.match)
			}
			a := do(t, http.MethodPost, "/v1/cases/"+string(k.number)+"/"+c.name, c.body, header...)
			if a.Status < 400 || a.Status > 499 || c.status != 0 && a.Status != c.status || !strings.Contains(a.Body, `"code"`) || c.code != "" && !strings.Contains(a.Body, c.code) {
				t.Errorf("%d, want %d %s: %.400s", a.Status, c.status, c.code, a.Body)
			}
			if now := k.state(t).Version; now != version {
				t.Fatalf("the case went from version %d to %d", version, now)
			}
		})
	}
	if a := do(t, http.MethodGet, "/v1/cases", "", "Authorization", token(t, "intake")); a.Status != http.StatusForbidden {
		t.Errorf("with a token of another scope: %d", a.Status)
	}
	k.does(t, "decide", map[string]any{"outcome": "accepted", "text": "Ja."})
	k.does(t, "resolve", map[string]any{"text": "Erledigt."})
	if a := k.work(t, "close", nil); a.Status != http.StatusUnprocessableEntity || !strings.Contains(a.Body, "root_cause") {
		t.Errorf("closing without a root cause: %d %s", a.Status, a.Body)
	}
	k.stands(t, casefile.Resolved)
	a := do(t, http.MethodPost, "/v1/cases/"+string(k.number)+"/approve", `{"id":"1"}`, "Authorization", token(t, "cases"), "If-Match", `"1"`, "Content-Type", "application/json")
	if a.Status != http.StatusForbidden {
		t.Errorf("approving without the scope: %d %s", a.Status, a.Body)
	}
}
