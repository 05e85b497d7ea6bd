package main

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"resonanz/functions/desk/app"
	"resonanz/shared/config"
	"resonanz/shared/feedback"
	"resonanz/shared/httpapi"
	"resonanz/shared/httpapi/loopback"
	"resonanz/shared/observe"
)

var organisation = config.Config{Organisation: config.Organisation{Name: "Beispiel GmbH", DefaultLanguage: "en", Languages: []feedback.Language{"en", "de"}}}

var environment = map[string]string{
	"CLIENT_ID": "3ab9desk", "AUTHORIZE_URL": "https://id.example.com/oauth2/authorize", "TOKEN_URL": "https://id.example.com/oauth2/token",
	"LOGOUT_URL": "https://id.example.com/logout", "SCOPES": "openid resonanz/cases resonanz/reports",
}

type rig struct {
	tb  testing.TB
	h   *handler
	log bytes.Buffer
}

func newRig(tb testing.TB) *rig {
	r := &rig{tb: tb}
	env := func(name string) string { return environment[name] }
	r.h = newHandler(&organisation, signIn(env), observe.LoggerTo(&r.log, "desk", slog.LevelInfo), time.Now)
	return r
}

// do asks; headers alternate name, value.
func (r *rig) do(method, path string, headers ...string) httpapi.Response {
	r.tb.Helper()
	q := httptest.NewRequest(method, path, http.NoBody)
	for i := 0; i < len(headers); i += 2 {
		q.Header.Set(headers[i], headers[i+1])
	}
	ev, err := loopback.Request(q)
	if err != nil {
		r.tb.Fatal(err)
	}
	res, err := r.h.Handle(r.tb.Context(), ev)
	if err != nil {
		r.tb.Fatal(err)
	}
	return res
}

func (r *rig) version() string {
	a, err := r.h.app()
	if err != nil {
		r.tb.Fatal(err)
	}
	return a.Version
}

func TestThePageIsInTheLanguageOfItsReader(t *testing.T) {
	r := newRig(t)
	for accept, want := range map[string]string{"": "en", "de-AT,de;q=0.9,en;q=0.5": "de", "en-GB": "en", "fr": "en", "fr, de;q=0.1": "de"} {
		res := r.do(http.MethodGet, "/desk", "Accept-Language", accept)
		if res.StatusCode != 200 || !strings.Contains(res.Body, `<html lang="`+want+`">`) || res.Headers["Vary"] != "Accept-Language" {
			t.Errorf("%q: %d %v", accept, res.StatusCode, res.Headers)
		}
	}
}

// The page is asked for again each time and says when nothing changed; what it
// loads is kept for good under its version, and refused under another.
func TestThePageIsFreshAndItsFilesAreKept(t *testing.T) {
	r := newRig(t)
	v := r.version()
	page := r.do(http.MethodGet, "/desk")
	if page.Headers["Cache-Control"] != "no-cache" || page.Headers["Content-Security-Policy"] == "" || !strings.Contains(page.Headers["Content-Security-Policy"], "script-src 'self'; ") {
		t.Errorf("the page: %v", page.Headers)
	}
	if again := r.do(http.MethodGet, "/desk", "If-None-Match", page.Headers["ETag"]); again.StatusCode != 304 || again.Body != "" {
		t.Errorf("the same page: %d", again.StatusCode)
	}
	if other := r.do(http.MethodGet, "/desk", "If-None-Match", page.Headers["ETag"], "Accept-Language", "de"); other.StatusCode != 200 {
		t.Errorf("in another language: %d", other.StatusCode)
	}
	for name, kind := range map[string]string{"main.js": "text/javascript; charset=utf-8", "desk.css": "text/css; charset=utf-8", "icon.svg": "image/svg+xml"} {
		res := r.do(http.MethodGet, "/desk/"+name+"?v="+v)
		if res.StatusCode != 200 || res.Headers["Content-Type"] != kind || res.Headers["Cache-Control"] != "public, max-age=31536000, immutable" || res.Headers["X-Content-Type-Options"] != "nosniff" {
			t.Errorf("%s: %d %v", name, res.StatusCode, res.Headers)
		}
		if bare := r.do(http.MethodGet, "/desk/"+name); bare.StatusCode != 200 || bare.Headers["Cache-Control"] != "no-cache" {
			t.Errorf("%s without a version: %d %v", name, bare.StatusCode, bare.Headers)
		}
		if old := r.do(http.MethodGet, "/desk/"+name+"?v=000000000000"); old.StatusCode != 404 {
			t.Errorf("%s of another version: %d", name, old.StatusCode)
		}
	}
}

func TestFilesAreCompressedForWhoUnderstandsIt(t *testing.T) {
	r := newRig(t)
	plain := r.do(http.MethodGet, "/desk/main.js")
	for accept, want := range map[string]bool{
		"": false, "gzip": true, "gzip, deflate, br": true, "br;q=1.0, GZIP;q=0.8": true, "gzip;q=0": false, "gzip; q=0.0": false, "br": false, "identity": false, "gzip;q=0.05": true,
	} {
		res := r.do(http.MethodGet, "/desk/main.js", "Accept-Encoding", accept)
		if (res.Headers["Content-Encoding"] == "gzip") != want || res.IsBase64Encoded != want || res.Headers["Vary"] != "Accept-Encoding" {
			t.Errorf("%q: %v", accept, res.Headers)
			continue
		}
		if !want {
			continue
		}
		b, err := base64.StdEncoding.DecodeString(res.Body)
		if err != nil {
			t.Fatal(err)
		}
		z, err := gzip.NewReader(bytes.NewReader(b))
		if err != nil {
			t.Fatal(err)
		}
		if got, err := io.ReadAll(z); err != nil || string(got) != plain.Body {
			t.Errorf("%q: unpacked it is something else (%v)", accept, err)
		}
		if res.Headers["ETag"] == plain.Headers["ETag"] {
			t.Error("two encodings have one tag")
		}
		if again := r.do(http.MethodGet, "/desk/main.js", "Accept-Encoding", accept, "If-None-Match", res.Headers["ETag"]); again.StatusCode != 304 || again.Headers["Content-Encoding"] != "" {
			t.Errorf("%q, the same again: %d %v", accept, again.StatusCode, again.Headers)
		}
	}
}

func TestWhatIsNotThereIsRefused(t *testing.T) {
	r := newRig(t)
	for path, want := range map[string]int{
		"/desk/": 404, "/desk/index.html": 404, "/desk/none.js": 404, "/desk/../main.js": 404, "/desk/runbook.md": 404, "/desk/src": 404, "/desks": 404, "/": 404,
	} {
		if res := r.do(http.MethodGet, path); res.StatusCode != want || res.Headers["Content-Type"] != "application/problem+json" {
			t.Errorf("%s: %d %s", path, res.StatusCode, res.Body)
		}
	}
	for _, method := range []string{http.MethodPost, http.MethodPut, http.MethodDelete} {
		if res := r.do(method, "/desk"); res.StatusCode != 405 || res.Headers["Allow"] != "GET, HEAD" {
			t.Errorf("%s: %d %v", method, res.StatusCode, res.Headers)
		}
	}
	for _, path := range []string{"/desk", "/desk/main.js", "/desk/runbook"} {
		if res := r.do(http.MethodHead, path, "Accept-Encoding", "gzip"); res.StatusCode != 200 || res.Body != "" || res.IsBase64Encoded {
			t.Errorf("HEAD %s: %d, %d bytes", path, res.StatusCode, len(res.Body))
		}
	}
}

// A sign-in comes back with a code in the address: it stands in no log.
func TestTheLogHoldsNoCode(t *testing.T) {
	r := newRig(t)
	if res := r.do(http.MethodGet, "/desk?code=geheim-123&state=zustand-456"); res.StatusCode != 200 {
		t.Fatalf("%d", res.StatusCode)
	}
	var line map[string]any
	if err := json.Unmarshal(r.log.Bytes(), &line); err != nil || line["route"] != "/desk" {
		t.Errorf("%v: %s", err, r.log.String())
	}
	for _, secret := range []string{"geheim", "zustand"} {
		if strings.Contains(r.log.String(), secret) {
			t.Errorf("the log holds %q", secret)
		}
	}
}

func TestTheEnvironmentIsWhereStaffSignIn(t *testing.T) {
	got := signIn(func(name string) string { return environment[name] })
	if got.ClientID != "3ab9desk" || len(got.Scopes) != 3 || got.Scopes[2] != "resonanz/reports" || got.Missing() != nil {
		t.Errorf("%+v", got)
	}
	if missing := signIn(func(string) string { return "" }).Missing(); len(missing) != 3 {
		t.Errorf("nothing is set, missing %q", missing)
	}
}

// The function answers the request as API Gateway sends it.
func TestTheSampleIsAnswered(t *testing.T) {
	b, err := os.ReadFile("../../events/samples/desk-get.json")
	if err != nil {
		t.Fatal(err)
	}
	var ev httpapi.Request
	if err := json.Unmarshal(b, &ev); err != nil {
		t.Fatal(err)
	}
	res, err := newRig(t).h.Handle(t.Context(), &ev)
	if err != nil || res.StatusCode != 200 || !strings.Contains(res.Body, `<html lang="de">`) {
		t.Errorf("%d %v", res.StatusCode, err)
	}
}

func BenchmarkPreparingTheDesk(b *testing.B) {
	env := func(name string) string { return environment[name] }
	for b.Loop() {
		if _, err := app.New(&organisation, signIn(env)); err != nil {
			b.Fatal(err)
		}
	}
}
