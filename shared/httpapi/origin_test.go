package httpapi_test

import (
	"testing"

	"resonanz/shared/httpapi"
)

func TestAFormFromElsewhereIsTold(t *testing.T) {
	for _, c := range []struct {
		name, site, origin string
		want               bool
	}{
		{"a program", "", "", false},
		{"our page", "same-origin", "null", false},
		{"our page behind an edge that renames the host", "same-origin", "https://feedback.example.org", false},
		{"typed or reloaded", "none", "", false},
		{"another site", "cross-site", "", true},
		{"another site that hides its origin", "cross-site", "null", true},
		{"an old browser on our page", "", "https://api.example.com", false},
		{"an old browser at the public address", "", "https://Feedback.example.com", false},
		{"an old browser elsewhere", "", "https://evil.example", true},
		{"a neighbour", "same-site", "https://www.example.com", true},
		{"nonsense", "", "x", true},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := &httpapi.Request{Headers: map[string]string{"host": "api.example.com"}}
			for name, v := range map[string]string{"sec-fetch-site": c.site, "origin": c.origin} {
				if v != "" {
					r.Headers[name] = v
				}
			}
			if got := httpapi.FromElsewhere(r, "", "feedback.example.com"); got != c.want {
				t.Errorf("got %v", got)
			}
		})
	}
}

func TestBehindAnEdgeTheSourceIsWhoCalledTheEdge(t *testing.T) {
	r := &httpapi.Request{Headers: map[string]string{"x-forwarded-for": "192.0.2.1, 203.0.113.7, 198.51.100.9"}}
	r.RequestContext.HTTP.SourceIP = "198.51.100.9"
	if got := httpapi.Source(r, false); got != "198.51.100.9" {
		t.Errorf("without: %s", got)
	}
	if got := httpapi.Source(r, true); got != "203.0.113.7" {
		t.Errorf("behind: %s", got)
	}
	r.Headers["x-forwarded-for"] = "198.51.100.9" // past it
	if got := httpapi.Source(r, true); got != "198.51.100.9" {
		t.Errorf("past it: %s", got)
	}
}
