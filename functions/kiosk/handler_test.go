package main

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"image/png"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"resonanz/functions/kiosk/app"
	"resonanz/shared/httpapi"
	"resonanz/shared/openapi"
)

func body(t *testing.T, res httpapi.Response) []byte {
	t.Helper()
	if !res.IsBase64Encoded {
		return []byte(res.Body)
	}
	b, err := base64.StdEncoding.DecodeString(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// files are what the app of kiosk-1 loads, as its worker names them.
func (w *world) files() (version string, names []string) {
	w.tb.Helper()
	a, err := app.New(w.cfg)
	if err != nil {
		w.tb.Fatal(err)
	}
	k, err := a.Kiosk("kiosk-1")
	if err != nil || k == nil {
		w.tb.Fatal(k, err)
	}
	return k.Version, k.Names()
}

func TestThePageStandsWithoutScript(t *testing.T) {
	w := newWorld(t)
	res := w.get("/kiosk/kiosk-ten")
	for _, want := range []string{
		`<html lang="de">`, "Wie zufrieden sind Sie heute?", "Reparatur &lt;&amp;&gt; Ersatz", "Dieses Gerät braucht JavaScript",
		`value="10" data-label="ofTen" aria-label="10 von 10"`, `aria-pressed="true">Deutsch`,
	} {
		if !strings.Contains(res.Body, want) {
			t.Errorf("%s is missing", want)
		}
	}
	if strings.Contains(res.Body, "$") || res.StatusCode != 200 || res.Headers["Content-Type"] != "text/html; charset=utf-8" {
		t.Errorf("%d %v, a gap in the page: %v", res.StatusCode, res.Headers, strings.Contains(res.Body, "$"))
	}
	if p := res.Headers["Content-Security-Policy"]; !strings.Contains(p, "script-src 'self';") || strings.Contains(p, "unsafe") {
		t.Errorf("policy %s", p)
	}
	_, baked, _ := strings.Cut(res.Body, `id="config">`)
	baked, _, _ = strings.Cut(baked, "</script>")
	var c struct {
		Version string
		Good    int
		Words   map[string]map[string]string
	}
	if err := json.Unmarshal([]byte(baked), &c); err != nil || c.Version == "" || c.Good != 9 || len(c.Words) != 4 {
		t.Errorf("%v in %s", err, baked)
	}
}

// An old page with a new script, or the other way round, is worse than neither.
func TestAVersionIsServedWholeOrNotAtAll(t *testing.T) {
	w := newWorld(t)
	version, names := w.files()
	for _, path := range append([]string{""}, names...) {
		if path != "" {
			path = "/" + path
		}
		path = "/kiosk/kiosk-1" + path
		for query, want := range map[string]string{"": "no-cache", "?v=" + version: "public, max-age=31536000, immutable"} {
			res := w.get(path + query)
			if strings.HasSuffix(path, "kiosk-1") {
				want = "no-cache"
			}
			if res.StatusCode != 200 || res.Headers["Cache-Control"] != want || res.Headers["ETag"] != `"`+version+`"` {
				t.Errorf("%s%s: %d %v", path, query, res.StatusCode, res.Headers)
			}
			again := w.get(path+query, "If-None-Match", `W/"other", W/"`+version+`"`)
			if again.StatusCode != 304 || again.Body != "" || again.Headers["ETag"] != res.Headers["ETag"] {
				t.Errorf("%s%s, not changed: %d", path, query, again.StatusCode)
			}
			if stale := w.get(path+query, "If-None-Match", `"other"`); stale.StatusCode != 200 {
				t.Errorf("%s%s, changed: %d", path, query, stale.StatusCode)
			}
		}
		if res := w.get(path + "?v=000000000000"); res.StatusCode != 404 {
			t.Errorf("%s of another version: %d", path, res.StatusCode)
		}
	}
}

func TestEveryChangeIsAnotherVersion(t *testing.T) {
	seen := map[string]string{}
	for _, change := range [][]string{
		nil, {"#0b5cad", "#0b5cae"}, {"Beispiel GmbH", "Beispiel AG"}, {"Kasse Köln", "Kasse Bonn"}, {"Freundlich", "Nett"},
		{`"look": "faces"`, `"look": "stars"`}, {`["de", "en", "fr", "it"]`, `["de", "en"]`}, {`"default_language": "de"`, `"default_language": "en"`},
	} {
		w := newWorld(t)
		w.deploy(parse(t, change...))
		version, _ := w.files()
		if other, twice := seen[version]; twice {
			t.Errorf("%q has the version of %q", change, other)
		}
		seen[version] = strings.Join(change, " → ")
	}
}

func TestFilesHaveTheirTypes(t *testing.T) {
	w := newWorld(t)
	for name, want := range map[string]string{
		"app.js": "text/javascript; charset=utf-8", "sw.js": "text/javascript; charset=utf-8", "app.css": "text/css; charset=utf-8",
		"icon.svg": "image/svg+xml", "icon-192.png": "image/png", "manifest.webmanifest": "application/manifest+json",
	} {
		res := w.get("/kiosk/kiosk-1/" + name)
		if res.Headers["Content-Type"] != want || len(body(t, res)) == 0 || res.Headers["X-Content-Type-Options"] != "nosniff" {
			t.Errorf("%s: %v", name, res.Headers)
		}
		head := w.do(request(http.MethodHead, "/kiosk/kiosk-1/"+name))
		if head.StatusCode != 200 || head.Body != "" || head.Headers["Content-Type"] != want {
			t.Errorf("HEAD %s: %d %v", name, head.StatusCode, head.Headers)
		}
	}
	worker := w.get("/kiosk/kiosk-1/sw.js")
	if worker.Headers["Service-Worker-Allowed"] != "/kiosk/kiosk-1" || !strings.Contains(worker.Headers["Content-Security-Policy"], "connect-src 'self'") ||
		worker.Headers["Cache-Control"] != "no-cache" || regexp.MustCompile(`\$[A-Z]`).MatchString(worker.Body) {
		t.Errorf("the worker: %v", worker.Headers)
	}
}

func TestTheManifestMakesTheAppInstallable(t *testing.T) {
	w := newWorld(t)
	var m struct {
		Name     string `json:"name"`
		StartURL string `json:"start_url"`
		Scope    string `json:"scope"`
		Display  string `json:"display"`
		Icons    []struct{ Src, Sizes, Type, Purpose string }
	}
	if err := json.Unmarshal(body(t, w.get("/kiosk/kiosk-1/manifest.webmanifest")), &m); err != nil {
		t.Fatal(err)
	}
	if m.Name != "Beispiel GmbH – Kasse Köln" || m.StartURL != "../kiosk-1" || m.Scope != "../kiosk-1" || m.Display != "fullscreen" {
		t.Errorf("%+v", m)
	}
	purposes := map[string]int{}
	for _, i := range m.Icons {
		purposes[i.Sizes+" "+i.Purpose]++
		res := w.get("/kiosk/kiosk-1/" + i.Src)
		if res.StatusCode != 200 || res.Headers["Content-Type"] != i.Type {
			t.Errorf("%s: %d %v", i.Src, res.StatusCode, res.Headers)
		}
		if i.Type != "image/png" {
			continue
		}
		img, err := png.DecodeConfig(bytes.NewReader(body(t, res)))
		if err != nil || img.Width != img.Height || !strings.HasPrefix(i.Sizes, map[int]string{192: "192x192", 512: "512x512"}[img.Width]) {
			t.Errorf("%s: %+v %v", i.Src, img, err)
		}
	}
	if purposes["192x192 "] != 1 || purposes["512x512 "] != 1 || purposes["512x512 maskable"] != 1 {
		t.Errorf("icons %v", purposes)
	}
}

func TestWhatIsNoKioskIsNotFound(t *testing.T) {
	w := newWorld(t)
	for _, path := range []string{"/kiosk/none", "/kiosk/terminal-1", "/kiosk/", "/kiosk/KIOSK-1", "/kiosk/%3Cscript%3E"} {
		res := w.get(path, "Accept-Language", "fr-CH, en;q=0.5")
		if res.StatusCode != 404 || !strings.Contains(res.Body, "Cette borne n’existe pas") || strings.Contains(res.Body, "<script") ||
			!strings.Contains(res.Headers["Content-Security-Policy"], "style-src 'sha256-") {
			t.Errorf("%s: %d %s", path, res.StatusCode, res.Body)
		}
	}
	for _, path := range []string{"/kiosk/none/app.js", "/kiosk/kiosk-1/none.js", "/kiosk/kiosk-1/", "/kiosk/kiosk-1/../app.js", "/kiosk/kiosk-1/src/app.js", "/kiosk", "/", "/openapi.yaml"} {
		res := w.get(path)
		if res.StatusCode != 404 || res.Headers["Content-Type"] != "application/problem+json" {
			t.Errorf("%s: %d %v", path, res.StatusCode, res.Headers)
		}
	}
	if res := w.get("/kiosk/kiosk-old"); res.StatusCode != 200 || !strings.Contains(res.Body, `"revoked":true`) {
		t.Errorf("a revoked kiosk: %d", res.StatusCode) // the app says so: it may hold votes
	}
}

func TestOnlyReadingIsAnswered(t *testing.T) {
	w := newWorld(t)
	for _, path := range []string{"/kiosk/kiosk-1", "/kiosk/kiosk-1/app.js", "/openapi.json"} {
		for _, method := range []string{http.MethodPost, http.MethodPut, http.MethodDelete} {
			if res := w.do(request(method, path)); res.StatusCode != 405 || res.Headers["Allow"] != "GET, HEAD" {
				t.Errorf("%s %s: %d %v", method, path, res.StatusCode, res.Headers)
			}
		}
	}
}

func TestTheInterfaceIsDescribed(t *testing.T) {
	w := newWorld(t)
	res := w.get("/openapi.json")
	if res.StatusCode != 200 || res.Headers["Content-Type"] != "application/json" || res.Body != openapi.Document {
		t.Errorf("%d %v", res.StatusCode, res.Headers)
	}
}

func TestTheLogNamesRoutesOnly(t *testing.T) {
	w := newWorld(t)
	w.get("/kiosk/kiosk-1?key=secret")
	w.get("/kiosk/secret/secret")
	w.get("/secret")
	if log := w.log.String(); strings.Contains(log, "secret") || strings.Count(log, `"route":"/kiosk/{device}`) != 2 || strings.Count(log, "\n") != 3 {
		t.Errorf("the log: %s", log)
	}
}

func TestAnAppThatCannotBeMadeSaysNothingOfWhy(t *testing.T) {
	w := newWorld(t)
	w.deploy(parse(t, "#0b5cad", "secret"))
	for _, path := range []string{"/kiosk/kiosk-1", "/kiosk/none", "/kiosk/kiosk-1/app.js"} {
		if res := w.get(path); res.StatusCode != 500 || strings.Contains(res.Body, "secret") {
			t.Errorf("%s: %d %s", path, res.StatusCode, res.Body)
		}
	}
}

// The budget: the page with its configuration and all languages, every script,
// style and icon, uncompressed.
func TestTheAppIsSmall(t *testing.T) {
	w := newWorld(t)
	_, names := w.files()
	total := len(w.get("/kiosk/kiosk-1").Body)
	t.Logf("%6d page", total)
	for _, name := range append(names, "sw.js") {
		n := len(body(t, w.get("/kiosk/kiosk-1/"+name)))
		t.Logf("%6d %s", n, name)
		total += n
	}
	t.Logf("%6d bytes in all", total)
	if total > 60<<10 {
		t.Errorf("%d bytes, want at most %d", total, 60<<10)
	}
}
