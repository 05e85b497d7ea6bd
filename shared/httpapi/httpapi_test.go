package httpapi_test

import (
	"encoding/base64"
	"errors"
	"strings"
	"testing"

	"resonanz/shared/feedback"
	"resonanz/shared/httpapi"
	"resonanz/shared/problem"
)

func TestPathDropsTheNameOfANamedStage(t *testing.T) {
	for _, c := range []struct{ stage, raw, want string }{
		{"$default", "/r/abc", "/r/abc"},
		{"", "/r/abc", "/r/abc"},
		{"prod", "/prod/r/abc", "/r/abc"},
		{"prod", "/production/r", "/production/r"},
		{"prod", "/r/abc", "/r/abc"},
	} {
		r := &httpapi.Request{RawPath: c.raw}
		r.RequestContext.Stage = c.stage
		if got := httpapi.Path(r); got != c.want {
			t.Errorf("stage %q, %s: got %s, want %s", c.stage, c.raw, got, c.want)
		}
	}
}

func TestHeaderIgnoresCase(t *testing.T) {
	r := &httpapi.Request{Headers: map[string]string{"Content-Type": "a", "accept": "b"}}
	if got := httpapi.Header(r, "content-type") + httpapi.Header(r, "accept") + httpapi.Header(r, "x"); got != "ab" {
		t.Errorf("got %q", got)
	}
}

func TestBodyIsDecodedAndLimited(t *testing.T) {
	ten := strings.Repeat("x", 10)
	b64 := base64.StdEncoding.EncodeToString
	for _, c := range []struct {
		name, body string
		base64     bool
		want       string
		code       problem.Code
	}{
		{"plain at the limit", ten, false, ten, ""},
		{"plain over the limit", ten + "x", false, "", problem.BodyTooLarge},
		{"base64 at the limit", b64([]byte(ten)), true, ten, ""},
		{"base64 over the limit", b64([]byte(ten + "x")), true, "", problem.BodyTooLarge},
		{"base64 far over the limit", b64([]byte(strings.Repeat(ten, 9))), true, "", problem.BodyTooLarge},
		{"broken base64", "@@@@", true, "", problem.InvalidEncoding},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := httpapi.Body(&httpapi.Request{Body: c.body, IsBase64Encoded: c.base64}, 10)
			if string(got) != c.want || code(err) != c.code {
				t.Errorf("got %q, %v", got, err)
			}
		})
	}
}

func TestContentTypeMustBeTheOneAskedForInUTF8(t *testing.T) {
	for value, ok := range map[string]bool{
		"application/json":                    true,
		"Application/JSON; charset=UTF-8":     true,
		`application/json;charset="utf-8"`:    true,
		"application/json; charset=utf-16":    false,
		"application/json; charset=iso8859-1": false,
		"text/plain":                          false,
		"application/jsonp":                   false,
		"":                                    false,
	} {
		err := httpapi.RequireContentType(&httpapi.Request{Headers: map[string]string{"content-type": value}}, "application/json")
		if ok != (err == nil) || !ok && code(err) != problem.UnsupportedMediaType {
			t.Errorf("%q: got %v", value, err)
		}
	}
}

func TestBearerReadsOneToken(t *testing.T) {
	for value, want := range map[string]string{
		"Bearer abc": "abc", "bearer  abc ": "abc", "Basic abc": "", "Bearer": "", "": "",
	} {
		if got := httpapi.Bearer(&httpapi.Request{Headers: map[string]string{"authorization": value}}); got != want {
			t.Errorf("%q: got %q, want %q", value, got, want)
		}
	}
}

func TestScopeIsReadFromEveryFormTheAuthorizerWrites(t *testing.T) {
	jwt := func(claims map[string]string, scopes ...string) *httpapi.Request {
		r := new(httpapi.Request)
		r.RequestContext.Authorizer = &httpapi.Authorizer{
			JWT: &httpapi.JWT{Claims: claims, Scopes: scopes},
		}
		return r
	}
	for _, c := range []struct {
		name string
		r    *httpapi.Request
		code problem.Code
	}{
		{"claim", jwt(map[string]string{"scope": "resonanz/cases resonanz/invite"}), ""},
		{"array claim", jwt(map[string]string{"scp": "[resonanz/cases resonanz/invite]"}), ""},
		{"route scopes", jwt(map[string]string{"sub": "x"}, "resonanz/invite"), ""},
		{"other scope", jwt(map[string]string{"scope": "resonanz/inviter"}), problem.ScopeMissing},
		{"no scope", jwt(map[string]string{"sub": "x"}), problem.ScopeMissing},
		{"no claims", jwt(nil), problem.Unauthenticated},
		{"no authorizer", new(httpapi.Request), problem.Unauthenticated},
	} {
		t.Run(c.name, func(t *testing.T) {
			if err := httpapi.RequireScope(c.r, "resonanz/invite"); code(err) != c.code {
				t.Errorf("got %v, want %q", err, c.code)
			}
		})
	}
}

func TestLanguageFollowsQualityThenOrder(t *testing.T) {
	offered := []feedback.Language{"de", "en"}
	for accept, want := range map[string]feedback.Language{
		"en-GB,en;q=0.9,de;q=0.8": "en",
		"fr,de-AT;q=0.7,en;q=0.3": "de",
		"fr":                      "",
		"*":                       "",
		"*;q=0.9,en;q=0.5":        "en",
		"en;q=0":                  "",
		"de;q=x,en;q=0.1":         "en",
		"de;q=NaN":                "",
		"":                        "",
		";;,,q=1;en":              "",
	} {
		if got := httpapi.Language(accept, offered); got != want {
			t.Errorf("%q: got %q, want %q", accept, got, want)
		}
	}
}

func TestAPageIsPreferredOnlyWhereHTMLIsNamed(t *testing.T) {
	for accept, want := range map[string]bool{
		"text/html,application/xhtml+xml,*/*;q=0.8": true,
		"*/*":                              false,
		"":                                 false,
		"application/json, text/html;q=.5": false,
		"application/problem+json":         false,
	} {
		if got := httpapi.PrefersHTML(accept); got != want {
			t.Errorf("%q: got %v", accept, got)
		}
	}
}

func TestEveryResponseForbidsCachingFramingIndexingAndSniffing(t *testing.T) {
	js, err := httpapi.JSON(200, struct{}{})
	if err != nil {
		t.Fatal(err)
	}
	for name, r := range map[string]httpapi.Response{
		"page":     httpapi.Page(200, "<p>", "default-src 'none'; frame-ancestors 'none'"),
		"json":     js,
		"redirect": httpapi.SeeOther("/r/x?done=1"),
		"problem":  httpapi.Problem(errors.New("inside")),
	} {
		for header, want := range map[string]string{
			"Cache-Control": "no-store", "Referrer-Policy": "no-referrer", "X-Content-Type-Options": "nosniff",
			"Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Resource-Policy": "same-origin",
			"X-Robots-Tag": "noindex", "Strict-Transport-Security": "max-age=", "Content-Security-Policy": "frame-ancestors 'none'",
		} {
			if !strings.Contains(r.Headers[header], want) {
				t.Errorf("%s: %s is %q, want %q in it", name, header, r.Headers[header], want)
			}
		}
		if got := strings.Contains(r.Headers["Permissions-Policy"], "camera=()"); got != (name == "page") {
			t.Errorf("%s: says that it uses no camera: %t; a page does, and nothing else can", name, got)
		}
		if strings.Contains(r.Body, "inside") {
			t.Errorf("%s: shows the inside: %s", name, r.Body)
		}
	}
}

func TestProblemsCarryTheirHeaders(t *testing.T) {
	if got := httpapi.Problem(httpapi.MethodNotAllowed("GET", "POST")); got.StatusCode != 405 || got.Headers["Allow"] != "GET, POST" {
		t.Errorf("405: %v", got)
	}
	if got := httpapi.Problem(httpapi.Unavailable(3)); got.StatusCode != 503 || got.Headers["Retry-After"] != "3" {
		t.Errorf("503: %v", got)
	}
	if got := httpapi.Problem(httpapi.NotFound()); got.StatusCode != 404 {
		t.Errorf("404: %v", got)
	}
	err := httpapi.RequireScope(new(httpapi.Request), "s")
	if got := httpapi.Problem(err); got.StatusCode != 401 || got.Headers["WWW-Authenticate"] != "Bearer" {
		t.Errorf("401: %v", got)
	}
}

func code(err error) problem.Code {
	if err == nil {
		return ""
	}
	return problem.Of(err).Code
}
