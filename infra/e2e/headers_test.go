package e2e

import (
	"encoding/json"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"

	"golang.org/x/sync/errgroup"
)

// routes are those of the deployed API, "$default" aside.
func routes(t *testing.T) (all []string) {
	t.Helper()
	var doc struct {
		Resources map[string]struct {
			Type       string
			Properties struct{ RouteKey string }
		}
	}
	b, err := os.ReadFile(template)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, &doc); err != nil {
		t.Fatal(err)
	}
	for _, r := range doc.Resources {
		if r.Type == "AWS::ApiGatewayV2::Route" && r.Properties.RouteKey != "$default" {
			all = append(all, r.Properties.RouteKey)
		}
	}
	slices.Sort(all)
	return all
}

// Every route of every function says the same about itself, whatever it is asked
// for: with nothing, with nonsense, by a browser and by a program, and where there
// is nothing at all.
func TestEveryAnswerCarriesTheStrictHeaders(t *testing.T) {
	all := routes(t)
	if len(all) < 50 {
		t.Fatalf("only %d routes", len(all))
	}
	staff := token(t, "invite", "cases", "approve", "reports", "privacy")
	good := invite(t, "de")
	values := strings.NewReplacer(
		"/r/{token}", "/r/"+good.Token, "{token}", "nonsense", "{card}/{touchpoint}", "visit/checkout-cologne", "{touchpoint}", "hotline", "{device}", "kiosk-cologne-1",
		"{file}", "app.js", "{number}", "2603-0000-0000", "{command}", "assess", "{period}", "2026-03", "{part}", "report.csv", "{id}", "1", "{key}", "nobody",
	)
	ask := append([]string{"GET /", "PUT /nothing", "GET /nothing/at/all", "PUT /r/x", "DELETE /c/x"}, all...)
	var asking errgroup.Group
	asking.SetLimit(4)
	for _, route := range ask {
		asking.Go(func() error {
			method, path, _ := strings.Cut(values.Replace(route), " ")
			for _, accept := range []string{"text/html", "application/json"} {
				for _, body := range []string{"", "%zz"} {
					if method != http.MethodPost && body != "" {
						continue
					}
					a := do(t, method, path, body, "Accept", accept, "Authorization", staff, "Content-Type", "application/x-www-form-urlencoded")
					if a.Status >= http.StatusInternalServerError {
						t.Errorf("%s: %d", route, a.Status)
					}
					strict(t, route, a)
				}
			}
			return nil
		})
	}
	_ = asking.Wait()
}

// strict checks the headers of one answer. Those that the API itself refuses, before
// any function is asked, hold nothing but a word.
func strict(t *testing.T, route string, a answer) {
	t.Helper()
	if a.Header.Get("X-Content-Type-Options") == "" && strings.HasPrefix(strings.TrimSpace(a.Body), `{"message":`) {
		return
	}
	for name, want := range map[string]string{
		"Strict-Transport-Security": "max-age=63072000; includeSubDomains", "X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer",
		"Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Resource-Policy": "same-origin", "X-Robots-Tag": "noindex, nofollow",
	} {
		if got := a.Header.Get(name); got != want {
			t.Errorf("%s: %d: %s is %q, want %q", route, a.Status, name, got, want)
		}
	}
	page := strings.HasPrefix(a.Header.Get("Content-Type"), "text/html") // nothing else could use what it forbids
	if p := a.Header.Get("Permissions-Policy"); page && (!strings.Contains(p, "camera=()") || !strings.Contains(p, "geolocation=()")) {
		t.Errorf("%s: %d: Permissions-Policy %q", route, a.Status, p)
	}
	policy := a.Header.Get("Content-Security-Policy")
	for _, part := range []string{"default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'"} {
		if !strings.Contains(policy, part) {
			t.Errorf("%s: %d: policy %q lacks %s", route, a.Status, policy, part)
		}
	}
	if strings.Contains(policy, "unsafe") || strings.Contains(policy, "*") {
		t.Errorf("%s: %d: policy %q", route, a.Status, policy)
	}
	if a.Header.Get("Cache-Control") == "" || a.Header.Get("Server") != "" && strings.Contains(a.Header.Get("Server"), "Resonanz") || a.Header.Get("X-Powered-By") != "" {
		t.Errorf("%s: %d: Cache-Control %q", route, a.Status, a.Header.Get("Cache-Control"))
	}
}
