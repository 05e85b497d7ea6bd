package main

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"
	"github.com/google/go-cmp/cmp"

	"resonanz/shared/caller"
	"resonanz/shared/feedback"
	"resonanz/shared/httpapi"
	"resonanz/shared/intake"
	"resonanz/shared/intake/intaketest"
	"resonanz/shared/problem"
	"resonanz/shared/site/sitetest"
	"resonanz/shared/store"
)

// withTokens lets systems in, and returns a token with the given scopes.
func (r *rig) withTokens() (token func(scopes string) string, fetches *int) {
	r.tb.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		r.tb.Fatal(err)
	}
	fetches = new(int)
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		*fetches++
		_ = json.NewEncoder(w).Encode(jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: key.Public(), KeyID: "k1", Use: "sig"}}})
	}))
	r.tb.Cleanup(srv.Close)
	const issuer = "https://id.example.com"
	r.callers.Tokens = &caller.Tokens{Issuer: issuer, Audience: []string{"crm"}, Keys: caller.NewKeySet(srv.URL, srv.Client())}
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.ES256, Key: jose.JSONWebKey{Key: key, KeyID: "k1"}}, nil)
	if err != nil {
		r.tb.Fatal(err)
	}
	return func(scopes string) string {
		s, err := jwt.Signed(signer).Claims(map[string]any{
			"iss": issuer, "client_id": "crm", "scope": scopes, "exp": start.Add(time.Hour).Unix(),
		}).Serialize()
		if err != nil {
			r.tb.Fatal(err)
		}
		return s
	}, fetches
}

// call posts JSON with a Bearer token.
func (r *rig) call(path, bearer string, body []byte) httpapi.Response {
	r.tb.Helper()
	return r.do(sitetest.Request(http.MethodPost, path, string(body), "content-type", "application/json", "authorization", "Bearer "+bearer))
}

func TestASystemSendsEveryKindWithAToken(t *testing.T) {
	r := newRig(t)
	token, fetches := r.withTokens()
	bearer := token("resonanz/intake")
	for path, f := range map[string]intaketest.Fields{
		"/v1/ratings":    intaketest.Event().With("touchpoint", "hotline").With("channel", "phone"),
		"/v1/cards":      intaketest.PaperCard(),
		"/v1/complaints": intaketest.Complaint().With("touchpoint", "hotline").With("channel", "letter"),
	} {
		for _, want := range []struct {
			status int
			what   intake.Status
		}{{201, intake.Accepted}, {200, intake.Duplicate}} {
			res := r.call(path, bearer, f.JSON(t))
			var got intake.Receipt
			if err := json.Unmarshal([]byte(res.Body), &got); err != nil || res.StatusCode != want.status || got.Status != want.what || string(got.EventID) != f["event_id"] {
				t.Errorf("%s: %d %s", path, res.StatusCode, res.Body)
			}
		}
	}
	if *fetches != 1 {
		t.Errorf("the issuer was asked %d times", *fetches)
	}
	for _, want := range []string{
		`"Function":"rating","Touchpoint":"hotline","RatingAccepted":1`, `"Touchpoint":"hotline","RatingDuplicate":1`,
		`"Touchpoint":"checkout-cologne","CardAccepted":1`, `"Touchpoint":"hotline","ComplaintAccepted":1`, `"ComplaintDuplicate":1`,
	} {
		if !strings.Contains(r.metrics.String(), want) {
			t.Errorf("no metric %s in\n%s", want, r.metrics)
		}
	}
	for _, line := range []string{r.log.String(), r.metrics.String()} {
		if strings.Contains(line, "Erstattung") || strings.Contains(line, "freundlich") || strings.Contains(line, "desk-7") || strings.Contains(line, "eyJ") {
			t.Errorf("something personal or a token in %s", line)
		}
	}
}

func TestASystemWithoutTheScopeAndDevicesWithTheirLimitsStayOut(t *testing.T) {
	r := newRig(t)
	token, _ := r.withTokens()
	genuine := token("resonanz/intake")
	signature := strings.LastIndex(genuine, ".") + 1
	forged := genuine[:signature] + strings.Repeat("A", len(genuine)-signature)
	for _, x := range []struct {
		name, path, bearer string
		f                  intaketest.Fields
		status             int
		code               string
	}{
		{"no scope", "/v1/ratings", token("resonanz/invite"), intaketest.Event(), 403, "scope_missing"},
		{"forged", "/v1/cards", forged, intaketest.Card(), 401, "token_invalid"},
		{"a system's sign of life", "/v1/beats", genuine, intaketest.Fields{}, 403, "device_unknown"},
		{"a system as a kiosk", "/v1/ratings", genuine, intaketest.Event(), 422, "channel_mismatch"},
		{"a system as a link", "/v1/ratings", genuine, intaketest.Event().With("channel", "email_link"), 422, "channel_mismatch"},
		{"a kiosk elsewhere", "/v1/complaints", r.key(), intaketest.Complaint().With("touchpoint", "hotline"), 422, "touchpoint_mismatch"},
		{"a card elsewhere", "/v1/cards", r.key(), intaketest.Card().With("card", "commissioning").With("answers", nil), 422, "unknown_card"},
		{"a vote as a card", "/v1/cards", r.key(), intaketest.Event(), 422, "missing_field"},
		{"a card as a vote", "/v1/ratings", r.key(), intaketest.Card(), 422, "unknown_field"},
		{"a complaint without a story", "/v1/complaints", r.key(), intaketest.Complaint().With("comment", " "), 422, "missing_field"},
	} {
		t.Run(x.name, func(t *testing.T) {
			res := r.call(x.path, x.bearer, x.f.JSON(t))
			if got := code(t, res); res.StatusCode != x.status || got != x.code {
				t.Errorf("%d %s, want %d %s", res.StatusCode, res.Body, x.status, x.code)
			}
		})
	}
	if n := len(r.votes()); n != 0 {
		t.Errorf("stored %d", n)
	}
}

func TestAnIssuerThatIsAwayIsA503ToTryAgainAfter(t *testing.T) {
	r := newRig(t)
	token, _ := r.withTokens()
	r.callers.Tokens.Keys = caller.NewKeySet("http://127.0.0.1:1/keys", nil)
	res := r.call("/v1/ratings", token("resonanz/intake"), intaketest.Event().JSON(t))
	if res.StatusCode != 503 || res.Headers["Retry-After"] == "" || code(t, res) != "unavailable" || strings.Contains(res.Body, "127.0.0.1") {
		t.Errorf("%d %v %s", res.StatusCode, res.Headers, res.Body)
	}
}

// together holds the first look-ups up until two are made, or nobody comes.
type together struct {
	*store.Memory
	met atomic.Int32
	two chan struct{}
}

func (g *together) GetAny(ctx context.Context, ks []feedback.ResponseKey, id feedback.EventID) (*store.Entry, error) {
	e, err := g.Memory.GetAny(ctx, ks, id)
	if g.met.Add(1) == 2 {
		close(g.two)
	}
	select {
	case <-g.two:
	case <-time.After(50 * time.Millisecond):
	}
	return e, err
}

func TestAPaperCardTwiceInOneBatchIsOneWhateverItsDatesSay(t *testing.T) {
	r := newRig(t)
	token, _ := r.withTokens()
	r.ledger = &together{Memory: r.memory, two: make(chan struct{})}
	var all []json.RawMessage
	for _, day := range []string{"2026-03-02", "2026-02-27"} {
		all = append(all, intaketest.PaperCard().With("kind", "card").With("event_id", string(feedback.DeriveEventID("twice", day))).
			With("submitted_at", day+"T10:00:00+01:00").JSON(t))
	}
	got := results(t, r.call("/v1/batch", token("resonanz/intake"), batch(t, all)).Body)
	if got[0].Status != intake.Accepted || got[1].Status != intake.Rejected || got[1].Problem.Code != problem.CardNumberTaken {
		t.Errorf("%+v", got)
	}
}

func TestABatchOfMixedKindsAnswersEachAtItsPlace(t *testing.T) {
	r := newRig(t)
	token, _ := r.withTokens()
	at := func(f intaketest.Fields, kind string, n int) json.RawMessage {
		return f.With("kind", kind).With("event_id", string(feedback.DeriveEventID("mixed", fmt.Sprint(n)))).JSON(t)
	}
	all := []json.RawMessage{
		at(intaketest.Event().With("channel", "terminal"), "rating", 0),
		at(intaketest.PaperCard(), "card", 1),
		at(intaketest.PaperCard().With("keyed_by", "desk-8"), "card", 2), // the same card, keyed in twice
		at(intaketest.Complaint().With("channel", "phone"), "complaint", 3),
		at(intaketest.Complaint().With("channel", "phone").With("category", "weather"), "complaint", 4),
		at(intaketest.Event(), "vote", 5),
		at(intaketest.PaperCard().With("card_number", "A-000124").With("answers", intaketest.Fields{"found": "maybe"}), "card", 6),
		json.RawMessage(`7`),
	}
	res := r.call("/v1/batch", token("resonanz/intake"), batch(t, all))
	if res.StatusCode != 200 {
		t.Fatalf("%d %s", res.StatusCode, res.Body)
	}
	got := results(t, res.Body)
	for i, want := range []struct {
		status intake.Status
		code   string
	}{
		{intake.Accepted, ""}, {}, {}, {intake.Accepted, ""},
		{intake.Rejected, "unknown_category"}, {intake.Rejected, "invalid_value"}, {intake.Rejected, "invalid_value"}, {intake.Rejected, "malformed_json"},
	} {
		if want.status == "" { // either of the two was first
			continue
		}
		if got[i].Status != want.status || (got[i].Problem != nil) != (want.code != "") || want.code != "" && string(got[i].Problem.Code) != want.code {
			t.Errorf("event %d: %+v, want %+v", i, got[i], want)
		}
		if id := feedback.DeriveEventID("mixed", fmt.Sprint(i)); i < 7 && got[i].EventID != id {
			t.Errorf("event %d is called %s", i, got[i].EventID)
		}
	}
	first, second := got[1], got[2]
	if first.Status != intake.Accepted {
		first, second = second, first
	}
	if first.Status != intake.Accepted || second.Status != intake.Rejected || second.Problem.Code != "card_number_taken" || got[1].EventID == got[2].EventID {
		t.Errorf("one paper card: %+v, %+v", got[1], got[2])
	}
	if !strings.Contains(res.Body, `{"event_id":"","status":"rejected"`) {
		t.Errorf("a result without an id: %s", res.Body)
	}
	want := []string{
		`"Touchpoint":"checkout-cologne","RatingAccepted":1,"CardAccepted":1,"CardRejected":1,"ComplaintAccepted":1`,
		`"Function":"rating","RatingRejected":2,"CardRejected":1,"ComplaintRejected":1`,
	}
	for _, w := range want {
		if !strings.Contains(r.metrics.String(), w) {
			t.Errorf("no metric %s in\n%s", w, r.metrics)
		}
	}
}

func TestASignOfLifeIsKeptAndTellsTheTime(t *testing.T) {
	r := newRig(t)
	res := r.send("/v1/beats", []byte(`{"queued":12,"oldest":"2026-03-10T08:00:00+01:00","app":"1.4.0"}`))
	want := `{"now":"2026-03-10T09:00:01.000Z","device":"kiosk-cologne-1","touchpoint":"checkout-cologne"}`
	if res.StatusCode != 200 || res.Body != want {
		t.Fatalf("%d %s", res.StatusCode, res.Body)
	}
	got, err := r.memory.LastBeat(t.Context(), "kiosk-cologne-1")
	if err != nil {
		t.Fatal(err)
	}
	beat := &store.Beat{Device: "kiosk-cologne-1", Touchpoint: "checkout-cologne", At: start, DueAt: start.Add(30 * time.Minute), Queued: 12, App: "1.4.0"}
	if diff := cmp.Diff(beat, got); diff != "" {
		t.Errorf("beat (-want +got):\n%s", diff)
	}
	// At a quarter to eight in the evening: the shop closes at eight and opens again at eight.
	r.at = time.Date(2026, 3, 10, 18, 45, 0, 0, time.UTC)
	if res := r.send("/v1/beats", []byte(`{}`)); res.StatusCode != 200 {
		t.Fatalf("%d %s", res.StatusCode, res.Body)
	}
	if got, err = r.memory.LastBeat(t.Context(), "kiosk-cologne-1"); err != nil || !got.DueAt.Equal(time.Date(2026, 3, 11, 7, 15, 0, 0, time.UTC)) {
		t.Errorf("due %v, %v", got.DueAt, err)
	}
	for body, want := range map[string]string{`{"queued":-1}`: "out_of_range", `{"mood":1}`: "unknown_field", `[]`: "malformed_json"} {
		if res := r.send("/v1/beats", []byte(body)); code(t, res) != want {
			t.Errorf("%s: %d %s", body, res.StatusCode, res.Body)
		}
	}
	if res := r.do(sitetest.Request(http.MethodPost, "/v1/beats", `{}`, "content-type", "application/json")); res.StatusCode != 401 {
		t.Errorf("%d %s", res.StatusCode, res.Body)
	}
}

func TestASignOfLifeIsOneCallAndOfAnUnwatchedDeviceInNoIndex(t *testing.T) {
	r := newRig(t)
	d := r.onTable()
	r.cfg.Device("kiosk-cologne-1").SilentMinutes = 0
	for range 2 {
		if res := r.send("/v1/beats", []byte(`{}`)); res.StatusCode != 200 {
			t.Fatalf("%d %s", res.StatusCode, res.Body)
		}
	}
	if diff := cmp.Diff([]string{"PutItem", "PutItem"}, d.calls); diff != "" {
		t.Errorf("calls (-want +got):\n%s", diff)
	}
	for _, it := range d.items {
		if it["due_shard"] != nil || it["due_at"] != nil {
			t.Errorf("in the due index: %v", it)
		}
	}
}

func TestEveryAddressOfTheInterfaceAnswersPostOnly(t *testing.T) {
	r := newRig(t)
	for path := range api {
		for _, method := range []string{http.MethodGet, http.MethodHead, http.MethodPut, http.MethodDelete} {
			res := r.do(sitetest.Request(method, path, ""))
			if res.StatusCode != 405 || res.Headers["Allow"] != "POST" {
				t.Errorf("%s %s: %d, allows %q", method, path, res.StatusCode, res.Headers["Allow"])
			}
		}
		if res := r.do(sitetest.Request(http.MethodPost, path, "{}")); res.StatusCode != 401 || code(t, res) != "unauthenticated" {
			t.Errorf("%s: %d %s", path, res.StatusCode, res.Body)
		}
		if res := r.do(sitetest.Request(http.MethodPost, path, "{}", "authorization", "Bearer "+r.key())); res.StatusCode != 415 {
			t.Errorf("%s: %d %s", path, res.StatusCode, res.Body)
		}
	}
}

func TestABeatThatCannotBeKeptIsA503(t *testing.T) {
	r := newRig(t)
	r.onTable().fail = func(int) bool { return true }
	res := r.send("/v1/beats", []byte(`{}`))
	if res.StatusCode != 503 || res.Headers["Retry-After"] == "" || code(t, res) != "unavailable" {
		t.Errorf("%d %s", res.StatusCode, res.Body)
	}
}

// A card with every answer but words is one write unit; a paper card costs one
// look before it; a complaint is one transaction with its case.
func TestAcceptedEventsAreOneWrite(t *testing.T) {
	for name, x := range map[string]struct {
		path  string
		body  []byte
		calls []string
	}{
		"card": {"/v1/cards", intaketest.Card().With("answers", intaketest.Fields{"friendliness": 5, "found": "yes", "how_often": "first_time"}).
			With("topic", "pricing.transparency").With("customer_key", strings.Repeat("K", 64)).JSON(t), []string{"PutItem"}},
		"paper card": {"/v1/cards", intaketest.PaperCard().JSON(t), []string{"BatchGetItem", "PutItem"}},
		"complaint":  {"/v1/complaints", intaketest.Complaint().With("annoyance", 5).With("remedy", "Erstattung").JSON(t), []string{"TransactWriteItems"}},
	} {
		r := newRig(t)
		d := r.onTable()
		if res := r.send(x.path, x.body); res.StatusCode != 201 {
			t.Fatalf("%s: %d %s", name, res.StatusCode, res.Body)
		}
		if diff := cmp.Diff(x.calls, d.calls); diff != "" || name != "complaint" && (len(d.sizes) != 1 || d.sizes[0] > 1024) {
			t.Errorf("%s: %v bytes, calls (-want +got):\n%s", name, d.sizes, diff)
		}
	}
}
