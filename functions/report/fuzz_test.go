package main

import (
	"encoding/json"
	"net/url"
	"slices"
	"testing"
)

// Whatever is asked about reports: an answer under strict headers that is no fault of
// ours; what is refused says why; nothing but POST makes a version.
func FuzzRequest(f *testing.F) {
	for _, path := range []string{"2026-03", "2026-03.html", "2026-03.csv", "2026-03/versions", "2026-03/manifest", "2026-03/words.csv", "2026-03/live", "schema.json", "2026-13", "9999-12", "2026-03.exe", "../x", ""} {
		f.Add("GET", "/v1/reports/"+path, "", "", "application/json", "de")
		f.Add("GET", "/v1/reports/"+path, "group=phone&version=1", "", "text/html;q=0.5, */*", "en-GB, de;q=0")
	}
	f.Add("GET", "/v1/reports/2026-03.csv", "table=figures&group=none&touchpoint=hotline", "", "text/csv", "")
	f.Add("GET", "/v1/reports/2026-03", "group=&version=x", "", "", "")
	f.Add("POST", "/v1/reports/2026-03", "", `{"restate":true,"contacts":{"hotline":7}}`, "", "")
	f.Add("POST", "/v1/reports/2026-03", "group=phone", `{"contacts":{"moon":-1}}`, "", "")
	f.Add("GET", "/p/AAAA", "format=pdf", "", "", "")
	f.Add("GET", "/v1/canary/AAAA", "", "", "", "")
	statuses := []int{200, 201, 202, 302, 303, 304, 307, 400, 403, 404, 405, 406, 409, 410, 413, 415, 422}
	f.Fuzz(func(t *testing.T, method, path, query, body, accept, language string) {
		r := newRig(t)
		q := request(method, path, body, "accept", accept, "accept-language", language)
		values, _ := url.ParseQuery(query)
		for name := range values {
			q.QueryStringParameters[name] = values.Get(name)
		}
		q.RawQueryString = query
		res := r.send(q)
		if !slices.Contains(statuses, res.StatusCode) {
			t.Fatalf("%s %q?%q: %d %s\n%s", method, path, query, res.StatusCode, res.Body, &r.log)
		}
		if h := res.Headers; h["X-Content-Type-Options"] != "nosniff" || h["Content-Security-Policy"] == "" || h["Strict-Transport-Security"] == "" || h["Cache-Control"] == "" {
			t.Errorf("%d with %v", res.StatusCode, h)
		}
		if method != "POST" && r.versions() > 0 {
			t.Errorf("%s %q makes a version", method, path)
		}
		if res.StatusCode < 400 || method == "HEAD" || res.Headers["Content-Type"] != "application/problem+json" {
			return
		}
		var p struct {
			Code   string
			Status int
			Errors []struct{ Field, Code string }
		}
		if err := json.Unmarshal([]byte(res.Body), &p); err != nil || p.Code == "" || p.Status != res.StatusCode {
			t.Errorf("%v: %s", err, res.Body)
		}
		for _, e := range p.Errors {
			if e.Field == "" || e.Code == "" {
				t.Errorf("a refusal that names nothing: %s", res.Body)
			}
		}
	})
}
