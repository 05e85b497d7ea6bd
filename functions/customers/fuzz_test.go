package main

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"resonanz/shared/customer"
	"resonanz/shared/intake"
)

// Whatever is asked for by whomever: an answer that is described, of which nothing
// may be kept, that names what is wrong; what is handed out or erased is of the key
// that was asked for, by somebody who may.
func FuzzRequest(f *testing.F) {
	f.Add("GET", prefix+secretKey, "", scope, "d.s")
	f.Add("DELETE", prefix+secretKey, "", scope, "d.s")
	f.Add("GET", prefix+secretKey, "cursor=abc", scope, "d.s")
	f.Add("GET", prefix+"%4b-1", "cursor=a&cursor=b", scope, "d.s")
	f.Add("DELETE", prefix+"a/b", "cursor=abc", "resonanz/cases", "erika@example.com")
	f.Add("PATCH", "/v1/customers", "%zz", "", "")
	statuses := []int{200, 202, 400, 401, 403, 404, 405, 422}
	f.Fuzz(func(t *testing.T, method, path, query, scopes, code string) {
		o := &office{page: &customer.Page{Format: 1}, done: customer.Done{Responses: 1}}
		h, log := newHandler(o)
		r := request(method, path, query, scopes)
		r.RequestContext.Authorizer.JWT.Claims["staff_code"] = code
		res := handle(t, h, r)
		if !slices.Contains(statuses, res.StatusCode) {
			t.Fatalf("%s %q?%q: %d %s", method, path, query, res.StatusCode, res.Body)
		}
		if res.Headers["Cache-Control"] != "no-store" || res.Headers["X-Content-Type-Options"] != "nosniff" || res.Headers["Content-Security-Policy"] == "" {
			t.Errorf("%d with %v", res.StatusCode, res.Headers)
		}
		done := slices.Concat(o.asked, o.erased)
		if res.StatusCode >= 300 {
			var p struct {
				Code   string
				Status int
				Errors []struct{ Field, Code, Detail string }
			}
			if err := json.Unmarshal([]byte(res.Body), &p); err != nil || p.Code == "" || p.Status != res.StatusCode || len(done) > 0 {
				t.Errorf("%v: %s, done %q", err, res.Body, done)
			}
			for _, e := range p.Errors {
				if e.Field == "" || e.Code == "" || e.Detail == "" {
					t.Errorf("a refusal that names nothing: %s", res.Body)
				}
			}
			if (res.StatusCode == 400 || res.StatusCode == 422) && len(p.Errors) == 0 {
				t.Errorf("refused, and no field is named: %s", res.Body)
			}
			return
		}
		if key, _, _ := strings.Cut(strings.Join(done, ""), " "); len(done) != 1 || !intake.IsCustomerKey(key) || prefix+key != path || !strings.Contains(scopes, scope) || !intake.Person(code) && code != "" {
			t.Errorf("%s %q by %q with %q: did %q", method, path, code, scopes, done)
		}
		if key := strings.TrimPrefix(path, prefix); len(key) > 12 && strings.Contains(log.String(), key) {
			t.Errorf("the log holds the key:\n%s", log)
		}
	})
}
