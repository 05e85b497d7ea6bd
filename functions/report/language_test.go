package main

import (
	"strings"
	"testing"
	"time"

	"resonanz/shared/feedback"
)

func TestAPageSaysItsLanguage(t *testing.T) {
	r := newRig(t)
	r.rate(open.Add(-time.Hour), 5)
	r.post("", 201)
	for _, c := range []struct {
		organisation           feedback.Language
		accept, content, lines string
	}{
		{"de", "", "de", `<html lang="de"`},
		{"de", "en-GB, de;q=0.9", "en", `<html lang="en"`},
		{"de", "*", "de", `<html lang="de"`},
		{"en", "*", "en", `<html lang="en"`},
		{"en", "fr", "en", `<html lang="en"`},
		{"en", "de;q=0.1", "de", `<html lang="de"`},
	} {
		r.cfg.Organisation.DefaultLanguage = c.organisation
		res := r.ask("GET", "/v1/reports/2026-03.html", "", "accept-language", c.accept)
		if res.StatusCode != 200 || res.Headers["Content-Language"] != c.content || !strings.Contains(res.Body, c.lines) {
			t.Errorf("%s, accept %q: %d, content language %q", c.organisation, c.accept, res.StatusCode, res.Headers["Content-Language"])
		}
	}
	if res := r.ask("GET", "/v1/reports/2026-03.json", ""); res.Headers["Content-Language"] != "" {
		t.Errorf("figures have a language: %v", res.Headers)
	}
}
