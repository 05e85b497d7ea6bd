package app

import (
	"regexp"
	"strings"
	"testing"

	"resonanz/shared/config"
)

func TestTheRunbookIsOnePageOfTextWithAnAnchorForEachSection(t *testing.T) {
	a, err := New(&config.Config{}, SignIn{})
	if err != nil {
		t.Fatal(err)
	}
	page, policy, err := a.RunbookPage()
	if err != nil {
		t.Fatal(err)
	}
	headings := regexp.MustCompile(`(?m)^#{2,3} (.+)$`).FindAllStringSubmatch(string(runbookSource), -1)
	if len(headings) < 50 {
		t.Fatalf("%d sections", len(headings))
	}
	for _, h := range headings {
		if n := strings.Count(page, ` id="`+string(anchors{}.Generate([]byte(h[1]), 0))+`"`); n != 1 {
			t.Errorf("%s is found %d times", h[1], n)
		}
	}
	for _, m := range regexp.MustCompile(`<a href="([^"]*)"`).FindAllStringSubmatch(page, -1) {
		if to, ok := strings.CutPrefix(m[1], "#"); !ok || !strings.Contains(page, ` id="`+to+`"`) {
			t.Errorf("the link %s leads nowhere", m[1])
		}
	}
	for _, never := range []string{"<script", " style=", "raw HTML omitted", "**"} {
		if strings.Contains(page, never) {
			t.Errorf("the page holds %q", never)
		}
	}
	if !strings.HasPrefix(policy, "default-src 'none'; style-src ") || strings.Contains(policy, "script-src") {
		t.Errorf("policy %q", policy)
	}
	if n := strings.Count(page, "<h1"); n != 1 {
		t.Errorf("%d main headings", n)
	}
}
