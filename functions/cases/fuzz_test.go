package main

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"resonanz/shared/casefile"
	"resonanz/shared/intake"
	"resonanz/shared/problem"
	"resonanz/shared/site/sitetest"
	"resonanz/shared/store"
)

// Whatever is sent to the desk, by a clerk or with any scope: an answer that is
// described, never a fault of ours, of which nothing may be kept. What is refused
// names a field, and changes no case; what is done leaves a timeline that is whole.
func FuzzRequest(f *testing.F) {
	c := newRig(f).complain()
	one := "/v1/cases/" + string(c.Number)
	for _, path := range []string{
		one, one + "/attachments/A", "/v1/cases", "/v1/cases/assign", "/v1/actions", "/v1/actions/A/done", "/v1/webhooks/crm/deliveries", "/v1/devices", "/v1/desk", "/v1/none", "/", "",
	} {
		f.Add("GET", path, "", "resonanz/cases", clerk, "", "", "application/json")
	}
	f.Add("GET", "/v1/cases", "status=closed&closed=2026-03&limit=5&format=csv", "resonanz/cases", clerk, "", "", "")
	f.Add("GET", "/v1/cases", "family=complaint,callback&sla=at_risk&owner=a&due_before=2026-03-11T00:00:00%2B01:00&cursor=AAAA", "resonanz/cases", clerk, "", "", "")
	for name, body := range map[string]string{
		"assess": `{"severity":"high"}`, "note": `{"text":"x"}`, "investigate": `{}`, "assign": `{"owner":"clerk-7"}`, "close": `{"root_cause":"process"}`,
		"decide": `{"outcome":"accepted","root_cause":"process","text":"x"}`, "ask": `{"text":"?"}`, "approve": `{}`, "compensate": `{"type":"financial","kind":"refund","cents":4990}`, "note/preview": `{"text":"x"}`,
	} {
		f.Add("POST", one+"/"+name, "", "resonanz/cases resonanz/approve", clerk, `"2"`, body, "application/json")
	}
	f.Add("POST", "/v1/cases/assign", "", "resonanz/cases", clerk, "", `{"cases":["`+string(c.Number)+`"],"owner":"clerk-7"}`, "application/json")
	f.Add("POST", "/v1/actions", "", "resonanz/cases", clerk, "", `{"title":"x","root_cause":"process","owner":"clerk-7","due":"2026-04-01"}`, "application/json; charset=utf-8")
	f.Fuzz(func(t *testing.T, method, path, query, scopes, sub, ifMatch, body, media string) {
		r := newRig(t)
		k := r.complain()
		before, _ := r.present(k.Number)
		q := as(sitetest.Request(method, path, body, "if-match", ifMatch, "content-type", media), sub, scopes)
		q.RawPath, q.RawQueryString = path, query
		res := r.do(q)
		if res.StatusCode >= 500 {
			t.Fatalf("%s %q: %d %s\n%s", method, path, res.StatusCode, res.Body, r.log)
		}
		strict(t, res.Headers)
		after, _ := r.present(k.Number) // whole, or it complains
		if res.StatusCode < 300 {
			if !strings.Contains(scopes, "resonanz/") {
				t.Errorf("%s %q with %q: %d", method, path, scopes, res.StatusCode)
			}
			return
		}
		if after.Version != before.Version {
			t.Errorf("%s %q: refused with %d, and the case is changed", method, path, res.StatusCode)
		}
		if method == "HEAD" || res.StatusCode == 304 {
			return
		}
		var p trouble
		if err := json.Unmarshal([]byte(res.Body), &p); err != nil || p.Code == "" || p.Status != res.StatusCode {
			t.Fatalf("%v: %d %s", err, res.StatusCode, res.Body)
		}
		for _, e := range p.Errors {
			if e.Field == "" || e.Code == "" || e.Detail == "" {
				t.Errorf("a refusal that names nothing: %s", res.Body)
			}
		}
		if res.StatusCode == 422 && p.Code == "validation_failed" && len(p.Errors) == 0 {
			t.Errorf("no field is named: %s", res.Body)
		}
	})
}

func strict(t *testing.T, h map[string]string) {
	t.Helper()
	if h["X-Content-Type-Options"] != "nosniff" || h["Content-Security-Policy"] == "" || h["Strict-Transport-Security"] == "" || h["Referrer-Policy"] == "" {
		t.Errorf("not strict: %v", h)
	}
}

// Whatever the filters of the list say: what is taken has bounds, what is not is
// named, each name once.
func FuzzFilters(f *testing.F) {
	for _, query := range []string{
		"", "status=open,draft&limit=200", "closed=2026-03&status=closed", "opened=2026-13", "sla=breached,met&rule=SLA_BREACH", "team=a&owner=b&category=billing&severity=high",
		"touchpoint=hotline&family=gap&format=csv&limit=10000", "due_before=2026-03-11", "cursor=", "cursor=%ff", "a=1&a=2", "%zz", "status=", "limit=1&limit=2", "limit=-1",
	} {
		f.Add(query, false)
		f.Add(query, true)
	}
	f.Fuzz(func(t *testing.T, query string, csv bool) {
		q := get("/v1/cases")
		q.RawQueryString = query
		c := &call{Request: q, At: intake.Instant(start)}
		got, err := c.ask(csv)
		if err != nil {
			named := problem.Of(err).Errors
			for _, e := range named {
				if e.Field == "" || e.Code == "" || len(e.Field) > 40 {
					t.Errorf("%q: %+v", query, e)
				}
			}
			if len(named) == 0 {
				t.Errorf("%q: refused, and nothing is named: %v", query, err)
			}
			return
		}
		if got.rows < 1 || got.rows > maxRows || !csv && got.rows > store.MaxCases || got.Limit < 1 || got.Limit > got.rows || len(got.Cursor) > maxCursor {
			t.Errorf("%q: %+v", query, got)
		}
		for _, s := range got.Statuses {
			if s.Ended() && got.Closed == "" && got.Opened == "" {
				t.Errorf("%q asks for what is never listed", query)
			}
		}
		if got.Severity != "" && !slices.Contains(casefile.Severities[:], got.Severity) {
			t.Errorf("%q: severity %q", query, got.Severity)
		}
	})
}
