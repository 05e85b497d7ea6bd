package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"resonanz/shared/httpapi"
	"resonanz/shared/link"
	"resonanz/shared/notice"
)

// follow opens a link without a token of any kind.
func (r *rig) open(path, accept string) httpapi.Response {
	r.t.Helper()
	q := request("GET", path, "", "accept-language", accept)
	q.RequestContext.Authorizer = nil
	if p, query, ok := strings.Cut(path, "?format="); ok {
		q.RawPath, q.QueryStringParameters["format"] = p, query
	}
	return r.send(q)
}

// mailed is the link that a mail about a version holds.
func (r *rig) mailed(group, language string) notice.Digest {
	r.t.Helper()
	v, err := r.table.LatestReport(r.t.Context(), march, group)
	if err != nil {
		r.t.Fatal(err)
	}
	b, err := r.bucket.Get(r.t.Context(), v.Objects["mail."+language])
	if err != nil {
		r.t.Fatal(err)
	}
	var d notice.Digest
	if err := json.Unmarshal(b, &d); err != nil {
		r.t.Fatal(err)
	}
	return d
}

func TestALinkFromAMailLeadsToItsVersionUntilItExpires(t *testing.T) {
	r := newRig(t)
	r.write = renderings
	r.rate(open.Add(-time.Hour), 5, 4, 5, 3, 2)
	r.post("", 201)
	r.post(`{"group":"phone"}`, 201)
	d := r.mailed("phone", "en")
	if len(d.Headlines) != 3 || d.Headlines[0].Label == "" || d.Headlines[0].Value == "" || d.Group != "Phone" || !d.LinkUntil.Equal(open.AddDate(0, 0, 14)) {
		t.Errorf("what the mail says: %+v", d)
	}
	path, ok := strings.CutPrefix(d.Link, "https://feedback.example.com")
	if !ok || len(path) != len(tokenPrefix)+link.ReportLen {
		t.Fatalf("link %s", d.Link)
	}
	res := r.open(path, "de")
	if res.StatusCode != 200 || res.Headers["Content-Type"] != "application/pdf" || res.Headers["Content-Language"] != "en" || !bytes.HasPrefix(binary(t, res), []byte("%PDF-")) {
		t.Errorf("PDF: %d %v", res.StatusCode, res.Headers)
	}
	if res.Headers["Cache-Control"] != "no-store" || !strings.Contains(res.Headers["X-Robots-Tag"], "noindex") || res.Headers["Referrer-Policy"] != "no-referrer" {
		t.Errorf("headers %v", res.Headers)
	}
	page := r.open(path+"?format=html", "")
	if page.StatusCode != 200 || !strings.Contains(page.Body, `<html lang="en"`) || page.Headers["Report-Version"] != "0001" {
		t.Errorf("page: %d %v", page.StatusCode, page.Headers)
	}
	for _, format := range []string{"json", "docx"} {
		if res := r.open(path+"?format="+format, "de"); res.StatusCode != 404 {
			t.Errorf("%s: %d", format, res.StatusCode)
		}
	}
	r.clock = d.LinkUntil
	gone := r.open(path, "de")
	if gone.StatusCode != 410 || !strings.Contains(gone.Body, english.expired[0]) || gone.Headers["Content-Type"] != "text/html; charset=utf-8" {
		t.Errorf("expired: %d %s", gone.StatusCode, gone.Body)
	}
}

func TestAForeignOrBrokenLinkIsAPageThatSaysSo(t *testing.T) {
	r := newRig(t)
	r.rate(open.Add(-time.Hour), 5)
	r.post("", 201)
	good := strings.TrimPrefix(r.mailed("", "de").Link, r.public)
	foreign, err := link.NewKeyring([]byte(strings.Repeat("x", 32)), nil)
	if err != nil {
		t.Fatal(err)
	}
	of := link.Report{Period: march, Version: 1, Language: "de", ExpiresAt: after}
	other := of
	other.Version = 7
	nowhere := of
	nowhere.Group = link.GroupCode("closed-long-ago")
	for name, token := range map[string]string{
		"truncated": good[len(tokenPrefix):][:20], "altered": strings.Replace(good, tokenPrefix, "", 1)[:41] + "A", "none": "", "of another owner": link.SignReport(foreign, of),
		"of a version that is not": link.SignReport(r.keys.(keys).ring, other), "of a group that is not": link.SignReport(r.keys.(keys).ring, nowhere),
		"of a case": link.SignCase(r.keys.(keys).ring, link.Case{Number: "2603-7K2M-Q4XA", ExpiresAt: after}),
	} {
		for accept, want := range map[string]string{"de": german.notFound[0], "en-GB": english.notFound[0]} {
			res := r.open(tokenPrefix+token, accept)
			if strings.HasPrefix(name, "of a ") && name != "of a case" {
				want = german.notFound[0] // the language of the link
			}
			if res.StatusCode != 404 || !strings.Contains(res.Body, want) {
				t.Errorf("%s, %s: %d %s", name, accept, res.StatusCode, res.Body)
			}
		}
	}
	if strings.Contains(r.log.String(), good[len(tokenPrefix):]) {
		t.Error("the log holds a link")
	}
}

func TestALinkThatCannotBeServedSaysNothingOfTheInside(t *testing.T) {
	r := newRig(t)
	r.rate(open.Add(-time.Hour), 5)
	r.post("", 201)
	path := strings.TrimPrefix(r.mailed("", "de").Link, r.public)
	r.objects = &broken{objects: r.bucket, reading: errors.New("the bucket is shut")}
	res := r.open(path, "")
	if res.StatusCode != 500 || !strings.Contains(res.Body, german.failed[0]) || strings.Contains(res.Body, "shut") {
		t.Errorf("%d %s", res.StatusCode, res.Body)
	}
	q := request("POST", path, "")
	if res := r.send(q); res.StatusCode != 405 || res.Headers["Allow"] != "GET, HEAD" {
		t.Errorf("POST: %d %v", res.StatusCode, res.Headers)
	}
	q = request("HEAD", path, "")
	r.objects = r.bucket
	if res := r.send(q); res.StatusCode != 200 || res.Body != "" {
		t.Errorf("HEAD: %d, %d bytes", res.StatusCode, len(res.Body))
	}
}

func TestBothLanguagesSayEverything(t *testing.T) {
	for _, s := range []*sayings{&german, &english} {
		all := []string{s.timeLayout, s.of, s.wordsTitle, s.wordsIntro, s.wordsNone, s.wordsMore}
		all = append(append(append(append(all, s.expired[:]...), s.notFound[:]...), s.failed[:]...), s.method[:]...)
		for _, f := range []string{"comment", "suggestion", "remedy"} {
			all = append(all, s.fields[f])
		}
		if all = append(all, s.months[:]...); slices.Contains(all, "") {
			t.Errorf("%s: something is not said: %q", s.lang, all)
		}
	}
}
