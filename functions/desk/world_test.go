package main

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"resonanz/shared/httpapi/loopback"
	"resonanz/shared/observe"
	"resonanz/shared/pages/browsertest"
)

// world is an issuer, the interface and the desk, all at one address. Tests
// change it between the steps of somebody at the desk.
type world struct {
	tb  testing.TB
	url string

	mu     sync.Mutex
	codes  map[string]string // code → challenge
	tokens map[string]bool   // those that the interface takes
	issued int

	person    string
	scopes    string
	denies    bool   // the issuer refuses to sign anybody in
	mixesUp   bool   // it answers with the state of another window
	revoked   bool   // it renews nothing any more
	renewed   int    // how often it did
	cases     []any  // in the order in which the interface has them
	assigned  any    // what was asked for last
	down      bool   // requests to the interface break off
	complains string // the code with which the interface refuses everything
}

func newWorld(tb testing.TB) *world {
	w := &world{tb: tb, codes: map[string]string{}, tokens: map[string]bool{}, person: "a.k", scopes: "openid resonanz/cases resonanz/reports"}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /oauth2/authorize", w.authorize)
	mux.HandleFunc("POST /oauth2/token", w.token)
	mux.HandleFunc("POST /oauth2/revoke", func(http.ResponseWriter, *http.Request) {})
	mux.HandleFunc("/v1/", w.answer)
	w.url = browsertest.Serve(tb, mux)
	env := map[string]string{
		"CLIENT_ID": "desk", "AUTHORIZE_URL": w.url + "/oauth2/authorize", "TOKEN_URL": w.url + "/oauth2/token",
		"SCOPES": "openid resonanz/cases resonanz/reports",
	}
	h := newHandler(&organisation, signIn(func(name string) string { return env[name] }), observe.LoggerTo(io.Discard, "desk", slog.LevelError), time.Now)
	desk := loopback.Handler(h.Handle)
	mux.Handle("GET /desk", desk)
	mux.Handle("GET /desk/", desk)
	mux.HandleFunc("GET /favicon.ico", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })
	return w
}

// set changes the world.
func (w *world) set(change func()) {
	w.mu.Lock()
	defer w.mu.Unlock()
	change()
}

// authorize signs in whoever comes, and sends them back with a code.
func (w *world) authorize(res http.ResponseWriter, r *http.Request) {
	w.mu.Lock()
	defer w.mu.Unlock()
	q := r.URL.Query()
	want := map[string]string{"response_type": "code", "client_id": "desk", "redirect_uri": w.url + "/desk", "code_challenge_method": "S256", "scope": "openid resonanz/cases resonanz/reports"}
	for name, v := range want {
		if q.Get(name) != v {
			w.tb.Errorf("the issuer is asked with %s=%q, want %q", name, q.Get(name), v)
		}
	}
	back := url.Values{"state": {q.Get("state")}}
	if w.mixesUp {
		back.Set("state", "another")
	}
	if w.denies {
		back.Set("error", "access_denied")
	} else {
		w.issued++
		code := fmt.Sprint("code-", w.issued)
		w.codes[code] = q.Get("code_challenge")
		back.Set("code", code)
	}
	http.Redirect(res, r, q.Get("redirect_uri")+"?"+back.Encode(), http.StatusFound)
}

// token trades a code, with the verifier of its challenge, or a refresh token.
func (w *world) token(res http.ResponseWriter, r *http.Request) {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch r.PostFormValue("grant_type") {
	case "authorization_code":
		sum := sha256.Sum256([]byte(r.PostFormValue("code_verifier")))
		code := r.PostFormValue("code")
		if challenge := w.codes[code]; challenge == "" || challenge != base64.RawURLEncoding.EncodeToString(sum[:]) {
			w.tb.Errorf("code %q comes with a verifier that is not that of its challenge, or comes twice", code)
		}
		delete(w.codes, code)
	case "refresh_token":
		if w.revoked {
			res.WriteHeader(http.StatusBadRequest)
			fmt.Fprint(res, `{"error": "invalid_grant"}`)
			return
		}
		w.renewed++
	}
	w.issued++
	claims, err := json.Marshal(map[string]any{"sub": "1f0c", "staff_code": w.person, "scope": w.scopes, "jti": w.issued})
	if err != nil {
		w.tb.Error(err)
	}
	access := "e30." + base64.RawURLEncoding.EncodeToString(claims) + ".c2ln"
	w.tokens[access] = true
	_ = json.NewEncoder(res).Encode(map[string]any{"access_token": access, "refresh_token": fmt.Sprint("refresh-", w.issued), "expires_in": 3600, "token_type": "Bearer"})
}

// expire makes the interface refuse every token that there is.
func (w *world) expire() { w.set(func() { clear(w.tokens) }) }

// answer is the interface.
func (w *world) answer(res http.ResponseWriter, r *http.Request) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.down {
		panic(http.ErrAbortHandler)
	}
	tell := func(status int, body any) {
		res.Header().Set("Content-Type", "application/json")
		res.WriteHeader(status)
		_ = json.NewEncoder(res).Encode(body)
	}
	if !w.tokens[strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")] {
		tell(http.StatusUnauthorized, map[string]string{"message": "Unauthorized"})
		return
	}
	switch path := strings.TrimPrefix(r.URL.Path, "/v1/"); {
	case path == "desk":
		tell(http.StatusOK, map[string]any{"organisation": "Beispiel GmbH", "time_zone": "Europe/Berlin", "currency": "EUR", "subject": map[string]any{"id": w.person}})
	case w.complains != "":
		tell(http.StatusForbidden, map[string]string{"message": "Forbidden"}) // as the authorizer says it
	case path == "cases":
		cases := slices.DeleteFunc(slices.Clone(w.cases), func(c any) bool {
			return r.URL.Query().Get("due_before") != "" && c.(map[string]any)["sla"] != "breached"
		})
		tell(http.StatusOK, map[string]any{"cases": append([]any{}, cases...)})
	case path == "cases/assign":
		if err := json.NewDecoder(r.Body).Decode(&w.assigned); err != nil {
			w.tb.Error(err)
		}
		tell(http.StatusOK, map[string]any{"results": []any{
			map[string]any{"number": "2611-AAAA-0001", "status": "accepted", "version": 2},
			map[string]any{"number": "2611-AAAA-0002", "status": "skipped", "version": 5, "problem": map[string]any{"status": 412, "code": "stale_version"}},
		}})
	default:
		tell(http.StatusNotFound, map[string]any{"status": 404, "code": "not_found", "detail": "There is no case with this number."})
	}
}

// kase is a case as the work list has it.
func kase(n int, sla, due string) any {
	return map[string]any{
		"number": fmt.Sprintf("2611-AAAA-%04d", n), "version": n, "family": "complaint", "rule": "COMPLAINT_RECEIVED", "status": "received", "sla": sla,
		"escalations": []string{}, "opened_at": "2026-11-01T08:00:00Z", "due_at": due, "next": map[string]any{"step": "first_response", "due_at": due},
	}
}
