package main

import (
	"slices"
	"strings"
	"testing"

	"resonanz/shared/site/sitetest"
)

// Whatever is sent to the form of complaints and to the page of a case: a page or a
// refusal under strict headers, never a fault of ours. What was typed is on the page
// as text alone; where it leads is ours; a case is whole whatever became of it.
func FuzzRequest(f *testing.F) {
	for _, body := range []string{
		"", "comment=Die+Erstattung+fehlt&email=kundin%40example.com&category=billing.refund_delay&annoyance=4", "comment=%3Cscript%3Ealert(1)%3C%2Fscript%3E",
		"do=reply&text=x", "do=withdraw", "do=rate&rating=5", "do=reopen&text=x", "comment=a&comment=b", "%zz", "comment=%ff", "name=x%0d%0ay", "nonce=x&comment=y",
	} {
		for place := range byte(3) {
			f.Add("GET", place, "", "", body, sitetest.FormType, "de")
			f.Add("POST", place, "", "l=en", body, sitetest.FormType, "fr, en;q=0.5")
		}
	}
	f.Add("POST", byte(1), "/complain/none", "done=1", "comment=x", "multipart/form-data; boundary=x", "")
	f.Add("PUT", byte(2), "/k/AAAA", "uploaded=1", "", "", "xx")
	statuses := []int{200, 303, 400, 403, 404, 405, 409, 410, 413, 415, 422, 429}
	f.Fuzz(func(t *testing.T, method string, place byte, path, query, body, media, language string) {
		r := newRig(t)
		page := r.complain()
		switch place % 3 {
		case 0:
			path = where
		case 1:
			path = page
		}
		if nonce := r.links.Nonce(t, path, r.at); place > 2 { // as the page sends it
			body += "&nonce=" + nonce
		}
		q := sitetest.Request(method, path, body, "content-type", media, "accept-language", language)
		q.RawPath, q.RawQueryString = path, query
		res := r.do(q)
		if !slices.Contains(statuses, res.StatusCode) {
			t.Fatalf("%s %q?%q: %d %s\n%s", method, path, query, res.StatusCode, res.Body, r.log)
		}
		h := res.Headers
		if h["X-Content-Type-Options"] != "nosniff" || h["Content-Security-Policy"] == "" || h["Strict-Transport-Security"] == "" || h["Referrer-Policy"] == "" || h["Cache-Control"] != "no-store" && h["Cache-Control"] != "private, no-cache" {
			t.Errorf("%d with %v", res.StatusCode, h)
		}
		for name, v := range h {
			if strings.ContainsAny(v, "\r\n\x00") {
				t.Errorf("header %s is %q", name, v)
			}
		}
		to := h["Location"]
		if (res.StatusCode == 303) != (to != "") || to != "" && !strings.HasPrefix(to, "/k/") && !strings.HasPrefix(to, "https://feedback.example.com/k/") && !strings.HasPrefix(to, where) {
			t.Errorf("%d leads to %q", res.StatusCode, to)
		}
		if strings.Contains(strings.ToLower(res.Body), "<script>alert(") {
			t.Errorf("what was typed is a script of the page")
		}
		if c := r.state(page); c.Number != r.number(page) {
			t.Errorf("case %s", c.Number)
		}
	})
}
