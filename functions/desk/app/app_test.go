package app

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"resonanz/shared/config"
	"resonanz/shared/feedback"
)

var pool = SignIn{
	AuthorizeURL: "https://id.example.com/oauth2/authorize", TokenURL: "https://token.example.com:8443/oauth2/token?x=1",
	LogoutURL: "https://id.example.com/logout", ClientID: "3ab9desk", Scopes: []string{"openid", "resonanz/cases"},
}

func newApp(tb testing.TB, s SignIn, change func(*config.Organisation)) *App {
	tb.Helper()
	cfg := &config.Config{Organisation: config.Organisation{Name: "Beispiel GmbH", DefaultLanguage: "de", Languages: []feedback.Language{"de", "en", "fr"}}}
	if change != nil {
		change(&cfg.Organisation)
	}
	a, err := New(cfg, s)
	if err != nil {
		tb.Fatal(err)
	}
	return a
}

func (a *App) must(tb testing.TB, name string) *File {
	tb.Helper()
	f, err := a.File(name)
	if err != nil || f == nil {
		tb.Fatalf("%s: %v, %v", name, f, err)
	}
	return f
}

func TestThePageTellsItsModulesWhatTheyNeedAndNoMore(t *testing.T) {
	a := newApp(t, pool, func(o *config.Organisation) { o.Name = `Beispiel </script><b> & "Söhne" {{version}}` })
	page := a.Page("de")
	_, data, _ := strings.Cut(page, `id="desk">`)
	data, rest, _ := strings.Cut(data, "</script>")
	var got map[string]any
	if err := json.Unmarshal([]byte(data), &got); err != nil {
		t.Fatalf("%v in %s", err, data)
	}
	want := map[string]any{
		"authorize_url": pool.AuthorizeURL, "token_url": pool.TokenURL, "logout_url": pool.LogoutURL, "client_id": "3ab9desk",
		"scopes": []any{"openid", "resonanz/cases"}, "languages": []any{"de", "en"}, "default_language": "de",
		"organisation": `Beispiel </script><b> & "Söhne" {{version}}`, "version": a.Version,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if strings.Contains(page, "<b>") || !strings.Contains(rest, `src="/desk/main.js?v=`+a.Version+`"`) || !strings.Contains(page, `<html lang="de">`) {
		t.Errorf("the page is %s", page)
	}
	for _, never := range []string{"<style", " style=", " onclick=", "{{title}}", "{{lang}}", "{{data}}", "http://"} {
		if strings.Contains(page, never) {
			t.Errorf("the page holds %q", never)
		}
	}
}

func TestThePolicyAllowsTheDeskAndTheIssuerOnly(t *testing.T) {
	got := newApp(t, pool, nil).Policy
	want := "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self' https://token.example.com:8443; " +
		"form-action 'none'; base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'"
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if got := newApp(t, SignIn{}, nil).Policy; !strings.Contains(got, "connect-src 'self';") {
		t.Errorf("without an issuer: %s", got)
	}
}

func TestWithoutAClientThePageSaysWhatToConfigure(t *testing.T) {
	for _, c := range []struct {
		lacks   func(*SignIn)
		missing []string
	}{
		{func(s *SignIn) { *s = SignIn{} }, []string{"client_id", "authorize_url", "token_url"}},
		{func(s *SignIn) { s.TokenURL = "" }, []string{"token_url"}},
		{func(s *SignIn) { s.LogoutURL, s.Scopes = "", nil }, nil}, // both may be left out
	} {
		s := pool
		c.lacks(&s)
		a := newApp(t, s, nil)
		for l, says := range map[feedback.Language]string{"de": "noch nicht eingerichtet", "en": "not set up yet", "fr": "not set up yet"} {
			page := a.Page(l)
			if strings.Contains(page, says) != (c.missing != nil) || strings.Contains(page, "<script") != (c.missing == nil) {
				t.Errorf("%s, lacking %q: %s", l, c.missing, page)
			}
			for _, m := range c.missing {
				if !strings.Contains(page, "<code>"+m+"</code>") {
					t.Errorf("%s: %s is not named", l, m)
				}
			}
		}
	}
}

func TestEveryChangeOfTheDeskIsAnotherVersion(t *testing.T) {
	seen := map[string]string{}
	other := pool
	other.ClientID = "other"
	for name, a := range map[string]*App{
		"as it is":       newApp(t, pool, nil),
		"another client": newApp(t, other, nil),
		"another name":   newApp(t, pool, func(o *config.Organisation) { o.Name = "Beispiel AG" }),
		"in English":     newApp(t, pool, func(o *config.Organisation) { o.DefaultLanguage = "en" }),
	} {
		if twin, twice := seen[a.Version]; twice {
			t.Errorf("%s has the version of %s", name, twin)
		}
		seen[a.Version] = name
	}
	if again := newApp(t, pool, nil); seen[again.Version] != "as it is" {
		t.Error("the same desk has two versions")
	}
}

// What a module imports exists and carries the version; so one never meets a module
// of another deployment.
func TestModulesImportEachOtherByVersion(t *testing.T) {
	a := newApp(t, pool, nil)
	imports := regexp.MustCompile(`(?:from|import)\s*\(?\s*["']([^"']+)["']`)
	names := a.Names()
	asked := map[string]bool{"main.js": true}
	for _, name := range names {
		if !strings.HasSuffix(name, ".js") {
			continue
		}
		for _, m := range imports.FindAllStringSubmatch(a.must(t, name).Body, -1) {
			file, versioned := strings.CutSuffix(strings.TrimPrefix(m[1], "./"), "?v="+a.Version)
			if !versioned || !slices.Contains(names, file) {
				t.Errorf("%s imports %s", name, m[1])
			}
			asked[file] = true
		}
	}
	for _, name := range names {
		if strings.HasSuffix(name, ".js") && !asked[name] {
			t.Errorf("nobody imports %s", name)
		}
		if strings.HasSuffix(name, ".css") && !strings.Contains(a.Page("en"), "/desk/"+name+"?v="+a.Version) {
			t.Errorf("the page lacks %s", name)
		}
	}
	if f, err := a.File("index.html"); f != nil || err != nil {
		t.Errorf("the page's source is served as a file: %v, %v", f, err)
	}
}

// What a policy of trusted types and no inline code forbids is not tried; nothing
// is fetched from elsewhere.
func TestModulesKeepToThePolicy(t *testing.T) {
	a := newApp(t, pool, nil)
	for _, name := range a.Names() {
		for _, never := range []string{
			"innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "new Function", "setAttribute(\"style\"", "srcdoc",
			"localStorage.setItem(\"token", "document.cookie", "https://", "http://", "@import", "javascript:",
		} {
			if body := a.must(t, name).Body; strings.Contains(strings.ReplaceAll(body, "http://www.w3.org/", ""), never) {
				t.Errorf("%s holds %q", name, never)
			}
		}
	}
}

// The minifier takes an expression after void for one without effect: it served
// shortcuts that no view ever took away.
func TestNoModuleLosesWhatFollowsVoid(t *testing.T) {
	a := newApp(t, pool, nil)
	for name, source := range a.sources {
		if strings.HasSuffix(name, ".js") && regexp.MustCompile(`\bvoid\b`).MatchString(source) {
			t.Errorf("%s: what follows void is not served", name)
		}
	}
	if keys := a.must(t, "keys.js").Body; !strings.Contains(keys, ".splice(") {
		t.Errorf("shortcuts are never taken away: %s", keys)
	}
}

// The whole desk, every view in every language, is no more than 120 KB, and half
// of it to fetch.
func TestTheDeskIsSmall(t *testing.T) {
	const most = 120_000
	a := newApp(t, pool, nil)
	sent, plain := len(a.Page("de")), len(a.Page("de"))
	for _, name := range a.Names() {
		f := a.must(t, name)
		sent, plain = sent+len(f.Gzip), plain+len(f.Body)
	}
	t.Logf("%d bytes sent, %d without compression, in %d files", sent, plain, len(a.Names()))
	if plain > most || sent > most/2 {
		t.Errorf("%d bytes, %d to fetch: at most %d and %d are wanted", plain, sent, most, most/2)
	}
}
