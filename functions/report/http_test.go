package main

import (
	"encoding/json"
	"os"
	"strings"
	"testing"
	"time"

	"resonanz/shared/httpapi"
	"resonanz/shared/report/html"
)

func TestFormAndLanguageAreNegotiated(t *testing.T) {
	r := newRig(t)
	r.rate(open.Add(-time.Hour), 5, 4, 5, 3, 2)
	r.post("", 201)
	for _, c := range []struct{ path, accept, language, wantType, want string }{
		{".json", "text/html", "", "application/json", `"format": 1`},
		{"", "", "", "application/json", `"format": 1`},
		{"", "application/json, text/html;q=0.5", "", "application/json", `"format": 1`},
		{"", "text/html", "", "text/html; charset=utf-8", "Service-Hotline"},
		{".html", "application/json", "", "text/html; charset=utf-8", `<html lang="de"`},
		{".html", "", "en-GB,de;q=0.5", "text/html; charset=utf-8", "Service line"},
		{".html", "", "fr", "text/html; charset=utf-8", `<html lang="de"`},
	} {
		res := r.ask("GET", "/v1/reports/2026-03"+c.path, "", "accept", c.accept, "accept-language", c.language)
		if res.StatusCode != 200 || res.Headers["Content-Type"] != c.wantType || !strings.Contains(res.Body, c.want) {
			t.Errorf("%q accept %q %q: %d %s, contains %q: %v", c.path, c.accept, c.language, res.StatusCode, res.Headers["Content-Type"], c.want, strings.Contains(res.Body, c.want))
		}
		if page := strings.HasPrefix(c.wantType, "text/html"); page != (res.Headers["Content-Security-Policy"] == html.Policy([]byte(res.Body))) {
			t.Errorf("%q: policy %q", c.path, res.Headers["Content-Security-Policy"])
		}
		if res.Headers["Report-Version"] != "0001" || res.Headers["Report-Status"] != "preliminary" {
			t.Errorf("%q: headers %v", c.path, res.Headers)
		}
	}
}

func TestBadRequestsAreNamedAndMakeNothing(t *testing.T) {
	r := newRig(t)
	for _, c := range []struct {
		name, method, path, body string
		want                     int
		code                     string
		headers                  []string
	}{
		{name: "no report yet", method: "GET", path: "2026-03.json", want: 404, code: "not_found"},
		{name: "no such version", method: "GET", path: "2026-03", want: 404, code: "not_found", headers: []string{"?version", "7"}},
		{name: "no number of a version", method: "GET", path: "2026-03", want: 422, code: "invalid_value", headers: []string{"?version", "x"}},
		{name: "no month", method: "GET", path: "2026-13", want: 422, code: "invalid_value"},
		{name: "no period", method: "POST", path: "march", want: 422, code: "invalid_value"},
		{name: "the future", method: "POST", path: "2026-05", want: 422, code: "out_of_range"},
		{name: "another address", method: "GET", path: "2026-03/x", want: 404, code: "not_found"},
		{name: "another method", method: "DELETE", path: "2026-03", want: 405, code: "method_not_allowed"},
		{name: "no object", method: "POST", path: "2026-03", body: "[]", want: 400, code: "malformed_json"},
		{name: "null", method: "POST", path: "2026-03", body: "null", want: 400, code: "malformed_json"},
		{name: "cut off", method: "POST", path: "2026-03", body: `{"restate":`, want: 400, code: "malformed_json"},
		{name: "two objects", method: "POST", path: "2026-03", body: `{}{}`, want: 400, code: "malformed_json"},
		{name: "a name twice", method: "POST", path: "2026-03", body: `{"restate":false,"restate":true}`, want: 400, code: "malformed_json"},
		{name: "UTF-8 that is none", method: "POST", path: "2026-03", body: "{\"\xff\":1}", want: 400, code: "invalid_utf8"},
		{name: "an unknown field", method: "POST", path: "2026-03", body: `{"Restate":true}`, want: 422, code: "unknown_field"},
		{name: "a string for a truth", method: "POST", path: "2026-03", body: `{"restate":"true"}`, want: 422, code: "wrong_type"},
		{name: "null for a truth", method: "POST", path: "2026-03", body: `{"restate":null}`, want: 422, code: "wrong_type"},
		{name: "contacts as a list", method: "POST", path: "2026-03", body: `{"contacts":[1]}`, want: 422, code: "wrong_type"},
		{name: "a foreign touchpoint", method: "POST", path: "2026-03", body: `{"contacts":{"moon":1}}`, want: 422, code: "unknown_touchpoint"},
		{name: "contacts below 0", method: "POST", path: "2026-03", body: `{"contacts":{"hotline":-1}}`, want: 422, code: "out_of_range"},
		{name: "half a contact", method: "POST", path: "2026-03", body: `{"contacts":{"hotline":1.5}}`, want: 422, code: "out_of_range"},
		{name: "a form", method: "POST", path: "2026-03", body: "restate=1", want: 415, code: "unsupported_media_type", headers: []string{"content-type", "application/x-www-form-urlencoded"}},
		{name: "too large", method: "POST", path: "2026-03", body: strings.Repeat(" ", maxBody+1), want: 413, code: "body_too_large"},
	} {
		body := c.body
		q := request(c.method, "/v1/reports/"+c.path, body, c.headers...)
		if strings.Contains(body, "\xff") { // JSON would mend it on the way
			q.Body, q.IsBase64Encoded = "eyL/IjoxfQ==", true
		}
		res := r.send(q)
		var p struct{ Code string }
		if err := json.Unmarshal([]byte(res.Body), &p); err != nil || res.StatusCode != c.want || p.Code != c.code {
			t.Errorf("%s: %d %s, want %d %s", c.name, res.StatusCode, res.Body, c.want, c.code)
		}
	}
	if n := r.versions(); n != 0 {
		t.Errorf("%d versions were made", n)
	}
}

func TestOnlyTheScopeOpensReports(t *testing.T) {
	r := newRig(t)
	for name, c := range map[string]struct {
		change func(*httpapi.Request)
		want   int
	}{
		"no token": {func(q *httpapi.Request) { q.RequestContext.Authorizer = nil }, 401},
		"another scope": {func(q *httpapi.Request) {
			j := q.RequestContext.Authorizer.JWT
			j.Scopes = []string{"resonanz/invite"}
			j.Claims["scope"] = "resonanz/invite"
		}, 403},
	} {
		for _, method := range []string{"GET", "POST"} {
			q := request(method, "/v1/reports/2026-03", "")
			c.change(q)
			if res := r.send(q); res.StatusCode != c.want {
				t.Errorf("%s, %s: %d, want %d", name, method, res.StatusCode, c.want)
			}
		}
	}
}

func TestSampleRequestsAreAnswered(t *testing.T) {
	r := newRig(t)
	r.rate(open.Add(-time.Hour), 5)
	for _, c := range []struct {
		sample string
		want   int
	}{{"report-post.json", 201}, {"report-get.json", 200}} {
		payload, err := os.ReadFile("../../events/samples/" + c.sample)
		if err != nil {
			t.Fatal(err)
		}
		out, err := r.Handle(t.Context(), payload)
		if err != nil {
			t.Fatal(err)
		}
		if res := out.(httpapi.Response); res.StatusCode != c.want {
			t.Errorf("%s: %d %s, want %d", c.sample, res.StatusCode, res.Body, c.want)
		}
	}
}

func TestLargeReportsArePackedOrNamed(t *testing.T) {
	large := httpapi.Page(200, strings.Repeat("0123456789abcdef", packFrom/16), "")
	res, err := fit(request("GET", "/", "", "accept-encoding", "br, gzip;q=0.8"), large, "k")
	if err != nil || !res.IsBase64Encoded || res.Headers["Content-Encoding"] != "gzip" || unpack(t, res) != large.Body {
		t.Errorf("not packed: %v, %v", res.Headers, err)
	}
	for _, accept := range []string{"", "gzip;q=0", "br"} {
		if res, err := fit(request("GET", "/", "", "accept-encoding", accept), large, "k"); err != nil || res.Body != large.Body {
			t.Errorf("accept-encoding %q: changed, %v", accept, err)
		}
	}
	large.Body = strings.Repeat("x", largest+1)
	if _, err := fit(request("GET", "/", ""), large, "reports/k"); err == nil || !strings.Contains(err.Error(), "reports/k") {
		t.Errorf("error = %v, want one that names the object", err)
	}
}
