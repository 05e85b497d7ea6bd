package e2e

import (
	"maps"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
)

// refusal is a problem document, as far as callers branch on it.
type refusal struct {
	Status int
	Code   string
	Errors []struct{ Field, Code, Detail string }
}

func TestBadInputIsRefusedByNameAndStoresNothing(t *testing.T) {
	key := deviceKey(t, "kiosk-cologne-1")
	good := func() map[string]any {
		return rating("checkout-cologne", "kiosk", "stars_1_5", 4, time.Now().Add(-time.Hour))
	}
	with := func(field string, v any) string {
		e := good()
		if v == nil {
			delete(e, field)
		} else {
			e[field] = v
		}
		return marshal(t, e)
	}
	many := make([]any, 501)
	for i := range many {
		many[i] = good()
	}
	accepted := good()
	first := do(t, http.MethodPost, "/v1/ratings", marshal(t, accepted), "Authorization", key, "Content-Type", "application/json")
	if first.Status != http.StatusCreated {
		t.Fatalf("%d %s", first.Status, first.Body)
	}
	other := maps.Clone(accepted)
	other["rating"] = 1

	before := len(ratingsStored(t))
	for _, c := range []struct {
		name, path, body, contentType string
		status                        int
		field                         string // empty: the whole request is at fault
	}{
		{"unknown touchpoint", "/v1/ratings", with("touchpoint", "nowhere"), "", 0, "touchpoint"},
		{"no touchpoint", "/v1/ratings", with("touchpoint", nil), "", 0, "touchpoint"},
		{"another device's touchpoint", "/v1/ratings", with("touchpoint", "hotline"), "", 0, "touchpoint"},
		{"rating above the scale", "/v1/ratings", with("rating", 6), "", 0, "rating"},
		{"rating below the scale", "/v1/ratings", with("rating", 0), "", 0, "rating"},
		{"negative rating", "/v1/ratings", with("rating", -1), "", 0, "rating"},
		{"rating as text", "/v1/ratings", with("rating", "4"), "", 0, "rating"},
		{"rating with a fraction", "/v1/ratings", with("rating", 3.5), "", 0, "rating"},
		{"rating as truth", "/v1/ratings", with("rating", true), "", 0, "rating"},
		{"rating null", "/v1/ratings", strings.Replace(with("rating", 4), `"rating":4`, `"rating":null`, 1), "", 0, "rating"},
		{"time without an offset", "/v1/ratings", with("submitted_at", "2026-03-10T09:00:00"), "", 0, "submitted_at"},
		{"event id of another shape", "/v1/ratings", with("event_id", "e1"), "", 0, "event_id"},
		{"unknown field", "/v1/ratings", with("colour", "red"), "", 0, "colour"},
		{"not JSON", "/v1/ratings", `{"rating":`, "", http.StatusBadRequest, ""},
		{"wrong content type", "/v1/ratings", marshal(t, good()), "text/plain", http.StatusUnsupportedMediaType, ""},
		{"body over the limit", "/v1/ratings", with("comment", strings.Repeat("x", 64<<10)), "", http.StatusRequestEntityTooLarge, ""},
		{"501 events", "/v1/batch", marshal(t, map[string]any{"events": many}), "", 0, "events"},
		{"empty batch", "/v1/batch", `{"events":[]}`, "", 0, "events"},
		{"same id, other body", "/v1/ratings", marshal(t, other), "", http.StatusConflict, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			contentType := c.contentType
			if contentType == "" {
				contentType = "application/json"
			}
			a := do(t, http.MethodPost, c.path, c.body, "Authorization", key, "Content-Type", contentType)
			if a.Status < 400 || a.Status > 499 || c.status != 0 && a.Status != c.status {
				t.Fatalf("answered %d (want %d): %.300s", a.Status, c.status, a.Body)
			}
			if ct := a.Header.Get("Content-Type"); !strings.HasPrefix(ct, "application/problem+json") {
				t.Errorf("content type %q", ct)
			}
			var p refusal
			a.json(t, &p)
			if p.Code == "" || p.Status != a.Status {
				t.Errorf("problem without a code of its own: %s", a.Body)
			}
			if c.field != "" && (len(p.Errors) == 0 || p.Errors[0].Field != c.field) {
				t.Errorf("does not name %s: %s", c.field, a.Body)
			}
		})
	}
	if after := len(ratingsStored(t)); after != before {
		t.Errorf("%d events were stored by refused requests", after-before)
	}
}

func TestBadLinksOpenNothing(t *testing.T) {
	good := invite(t, "de")
	flipped := []byte(good.Token)
	flipped[20] ^= 1
	for _, c := range []struct {
		name, token string
	}{
		{"forged", string(flipped)},
		{"truncated", good.Token[:len(good.Token)-4]},
		{"extended", good.Token + "AAAA"},
		{"nonsense", "nonsense"},
		{"foreign key", strings.Repeat("A", len(good.Token))},
		{"very long", strings.Repeat("A", 4000)},
		{"no base64", "%F0%9F%92%A3"},
	} {
		t.Run(c.name, func(t *testing.T) {
			get := do(t, http.MethodGet, "/r/"+c.token, "", "Accept", "text/html", "Accept-Language", "de")
			send := do(t, http.MethodPost, "/r/"+c.token, url.Values{"stars": {"5"}, "nonce": {uuid.NewString()}}.Encode(),
				"Content-Type", "application/x-www-form-urlencoded", "Accept", "text/html")
			for _, a := range []answer{get, send} {
				if a.Status != http.StatusNotFound || !strings.Contains(a.Body, "<html") {
					t.Errorf("answered %d: %.200s", a.Status, a.Body)
				}
			}
		})
	}
	// The good link, on the other hand, says what is wrong and keeps what was typed.
	nonce := open(t, good.URL)
	for _, form := range []url.Values{
		{"nonce": {nonce}, "comment": {"Kept <b>text</b>"}},
		{"nonce": {nonce}, "comment": {"Kept <b>text</b>"}, "stars": {"6"}},
		{"nonce": {nonce}, "comment": {"Kept <b>text</b>"}, "stars": {"3.5"}},
		{"nonce": {nonce}, "comment": {"Kept <b>text</b>"}, "stars": {"4"}, "callback": {"1"}},
	} {
		a := post(t, good.URL, form)
		if a.Status != http.StatusUnprocessableEntity || !strings.Contains(a.Body, "Kept &lt;b&gt;text&lt;/b&gt;") {
			t.Errorf("%v: %d, what was typed kept: %v", form, a.Status, strings.Contains(a.Body, "Kept &lt;b&gt;"))
		}
	}
	// Form bodies reach the function byte for byte, so here broken text is possible.
	a := do(t, http.MethodPost, good.URL, "stars=4&nonce="+nonce+"&comment=%FF%FE", "Content-Type", "application/x-www-form-urlencoded", "Accept", "text/html")
	if a.Status != http.StatusUnprocessableEntity && a.Status != http.StatusBadRequest {
		t.Errorf("invalid UTF-8: %d", a.Status)
	}
	events, err := table().Response(t.Context(), good.ResponseKey)
	if err != nil {
		t.Fatal(err)
	}
	if len(events) != 1 { // the invitation itself
		t.Errorf("%d events are stored, want the invitation alone", len(events))
	}
}

func TestUnknownAddressesAnswerPlainly(t *testing.T) {
	page := do(t, http.MethodGet, "/nowhere", "", "Accept", "text/html")
	if page.Status != http.StatusNotFound || !strings.Contains(page.Body, "<html") {
		t.Errorf("browser: %d %.200s", page.Status, page.Body)
	}
	api := do(t, http.MethodGet, "/v1/nowhere", "", "Accept", "application/json")
	if api.Status != http.StatusNotFound || !strings.Contains(api.Header.Get("Content-Type"), "problem+json") {
		t.Errorf("API: %d %s", api.Status, api.Header.Get("Content-Type"))
	}
	if a := do(t, http.MethodGet, "/healthz", ""); a.Status != http.StatusOK {
		t.Errorf("healthz: %d", a.Status)
	}
	for _, bad := range []string{"2026-13", "2026-3", "2999-01", "x"} {
		a := do(t, http.MethodPost, "/v1/reports/"+bad, "", "Authorization", token(t, "reports"))
		if a.Status < 400 || a.Status > 499 {
			t.Errorf("report of %q: %d", bad, a.Status)
		}
	}
}
