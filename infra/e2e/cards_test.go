package e2e

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"resonanz/shared/feedback"
	"resonanz/shared/store"
)

// votesBy are the stored votes for which is holds.
func votesBy(t *testing.T, is func(*store.Entry) bool) []store.Entry {
	t.Helper()
	var all []store.Entry
	for _, e := range ratingsStored(t) {
		if is(&e) {
			all = append(all, e)
		}
	}
	return all
}

// personal is what a customer said in own words, and how to reach them.
func personal(t *testing.T, e *store.Entry) (p feedback.Personal) {
	t.Helper()
	if len(e.Personal) > 0 {
		if err := json.Unmarshal(e.Personal, &p); err != nil {
			t.Fatal(err)
		}
	}
	return p
}

func cards(t *testing.T) int {
	t.Helper()
	return len(votesBy(t, func(e *store.Entry) bool { return e.Kind == feedback.KindCard }))
}

func TestACardIsFoundByQRAndFilledInWithoutAName(t *testing.T) {
	settled(t)
	before, report := cards(t), makeReport(t)
	const path = "/c/visit/checkout-cologne"
	for _, method := range []string{http.MethodHead, http.MethodGet} { // scanners
		if a := do(t, method, path, "", "Accept", "text/html"); a.Status != http.StatusOK {
			t.Fatalf("%s: %d", method, a.Status)
		}
	}
	page := do(t, http.MethodGet, path, "", "Accept", "text/html", "Accept-Language", "it")
	if !strings.Contains(page.Body, `lang="it"`) {
		t.Error("the card is not in Italian")
	}
	form := url.Values{
		"stars": {"2"}, "nonce": {nonceOf(t, page)}, "q-friendliness": {"5"}, "q-found": {"no"}, "q-how_often": {"weekly"},
		"q-remark": {"Nota sintetica <script>1</script>"}, "q-suggestion": {"Aprire prima"}, "callback": {"1"}, "contact": {"synthetic-contact@example.com"},
	}
	for range 2 { // a double click is one card
		a := post(t, deployed.PublicURL+path, form)
		if a.Status != http.StatusSeeOther {
			t.Fatalf("%d %.400s", a.Status, a.Body)
		}
		if thanks := do(t, http.MethodGet, resolve(t, deployed.PublicURL+path, a.Header.Get("Location")), "", "Accept", "text/html"); thanks.Status != http.StatusOK {
			t.Errorf("thanks: %d", thanks.Status)
		}
	}
	if n := cards(t) - before; n != 1 {
		t.Fatalf("%d cards are stored, want 1", n)
	}
	const remark = "Nota sintetica <script>1</script>"
	e := votesBy(t, func(e *store.Entry) bool { return personal(t, e).Answers["remark"] == remark })
	if len(e) != 1 || personal(t, &e[0]).Suggestion != "Aprire prima" {
		t.Fatalf("own words: %d cards", len(e))
	}
	callbackCase(t, e[0].ResponseKey)
	settled(t)
	if n := makeReport(t).Total.N - report.Total.N; n != 1 {
		t.Errorf("the report counts %d responses more, want 1", n)
	}
}

// card is a paper card as staff key it in.
func card(number string, stars int) map[string]any {
	return map[string]any{
		"kind": "card", "event_id": uuid.NewString(), "card": "visit", "touchpoint": "checkout-cologne", "channel": "response_card",
		"scale": "stars_1_5", "rating": stars, "submitted_at": time.Now().Add(-26 * time.Hour).UTC().Format(time.RFC3339),
		"answers":     map[string]any{"friendliness": 4, "found": "yes", "how_often": "monthly", "remark": "Beispielbemerkung"},
		"card_number": number, "keyed_by": "desk-7",
	}
}

func TestAPaperCardIsKeyedInOnce(t *testing.T) {
	intake := token(t, "intake")
	send := func(path string, body any) answer {
		return do(t, http.MethodPost, path, marshal(t, body), "Authorization", intake, "Content-Type", "application/json")
	}
	number := func() string { return "K-" + uuid.NewString()[:8] }
	first, second, third := card(number(), 4), card(number(), 2), card(number(), 5)
	twice := card(first["card_number"].(string), 1) // somebody else keys the same card in
	wrong := card(number(), 9)
	before := cards(t)
	a := send("/v1/batch", map[string]any{"events": []any{first, second, twice, wrong, third}})
	if a.Status != http.StatusOK {
		t.Fatalf("%d %s", a.Status, a.Body)
	}
	var got struct {
		Results []struct {
			Status  string
			Problem struct{ Code string }
		}
	}
	a.json(t, &got)
	var seen []string
	for _, r := range got.Results {
		seen = append(seen, r.Status+" "+r.Problem.Code)
	}
	if len(seen) != 5 || seen[0] != "accepted " || seen[1] != "accepted " || !strings.HasSuffix(seen[2], " card_number_taken") ||
		!strings.HasPrefix(seen[3], "rejected ") || seen[4] != "accepted " {
		t.Errorf("results %q", seen)
	}
	// The batch again, as after a lost answer: nothing new.
	send("/v1/batch", map[string]any{"events": []any{first, second, third}})
	delete(first, "kind")
	if a := send("/v1/cards", first); a.Status != http.StatusOK || !strings.Contains(a.Body, `"duplicate"`) {
		t.Errorf("the same card once more: %d %s", a.Status, a.Body)
	}
	delete(twice, "kind")
	if a := send("/v1/cards", twice); a.Status != http.StatusConflict || !strings.Contains(a.Body, "card_number_taken") {
		t.Errorf("a second entry: %d %s", a.Status, a.Body)
	}
	if n := cards(t) - before; n != 3 {
		t.Errorf("%d cards are stored, want 3", n)
	}
	settled(t)
}
