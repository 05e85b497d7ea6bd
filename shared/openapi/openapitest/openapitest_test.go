package openapitest

import (
	"fmt"
	"strings"
	"testing"

	"resonanz/shared/httpapi"
)

// heard is a test that only notes what it is told.
type heard struct {
	testing.TB
	said []string
}

func (h *heard) Helper() {}

func (h *heard) Errorf(format string, args ...any) {
	h.said = append(h.said, fmt.Sprintf(format, args...))
}

func TestWhatIsNotAsDescribedIsToldOf(t *testing.T) {
	const notFound = `{"type":"about:blank","title":"Not Found","status":404,"code":"not_found","detail":"There is nothing here."}`
	as := func(media string) map[string]string {
		return map[string]string{"Content-Type": media, "Cache-Control": "no-store"}
	}
	for name, c := range map[string]struct {
		method, path string
		res          httpapi.Response
		want         string // a part of what is said; empty: nothing is
	}{
		"as described":            {"GET", "/v1/cases/2603-0000-0000", httpapi.Response{StatusCode: 404, Headers: as("application/problem+json"), Body: notFound}, ""},
		"another status":          {"GET", "/v1/cases/2603-0000-0000", httpapi.Response{StatusCode: 418, Headers: as("application/problem+json"), Body: notFound}, "status 418 is not described"},
		"another media type":      {"GET", "/v1/cases/2603-0000-0000", httpapi.Response{StatusCode: 404, Headers: as("text/html"), Body: "<p>"}, `"text/html" is not described`},
		"another body":            {"GET", "/v1/cases/2603-0000-0000", httpapi.Response{StatusCode: 404, Headers: as("application/problem+json"), Body: `{}`}, "404 is not as described"},
		"no JSON":                 {"GET", "/v1/cases/2603-0000-0000", httpapi.Response{StatusCode: 404, Headers: as("application/problem+json"), Body: `{`}, "404 is not as described"},
		"an address of nobody":    {"GET", "/v1/nobody", httpapi.Response{StatusCode: 404}, ""},
		"something of nobody":     {"GET", "/v1/nobody", httpapi.Response{StatusCode: 200}, "not described, and answered with 200"},
		"another method":          {"DELETE", "/v1/ratings", httpapi.Response{StatusCode: 204}, "not described, and answered with 204"},
		"a throttle without wait": {"POST", "/v1/ratings", httpapi.Response{StatusCode: 429, Headers: as("application/problem+json"), Body: strings.Replace(notFound, "404", "429", 1)}, "429 without Retry-After"},
	} {
		q := &httpapi.Request{RawPath: c.path}
		q.RequestContext.HTTP.Method = c.method
		h := &heard{TB: t}
		Described(h, q, c.res)
		if said := strings.Join(h.said, "; "); c.want == "" && said != "" || !strings.Contains(said, c.want) {
			t.Errorf("%s: it says %q, want %q", name, said, c.want)
		}
	}
}
