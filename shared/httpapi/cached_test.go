package httpapi_test

import (
	"testing"

	"resonanz/shared/httpapi"
)

func TestWhoHasAnAnswerIsNotSentItAgain(t *testing.T) {
	for known, want := range map[string]int{``: 200, `"v1"`: 304, `W/"v1"`: 304, `"v0", "v1"`: 304, `"v0"`: 200, `v1`: 200, `*`: 200} {
		r := &httpapi.Request{Headers: map[string]string{"if-none-match": known}}
		res := httpapi.Cached(r, httpapi.Text(200, "text/css", "a{}"), "v1", false)
		if res.StatusCode != want || (want == 304) != (res.Body == "" && res.Headers["Content-Type"] == "") || res.Headers["ETag"] != `"v1"` || res.Headers["Cache-Control"] != "no-cache" {
			t.Errorf("%q: %d %q %v", known, res.StatusCode, res.Body, res.Headers)
		}
	}
	if res := httpapi.Cached(new(httpapi.Request), httpapi.Text(200, "text/css", ""), "v1", true); res.Headers["Cache-Control"] != "public, max-age=31536000, immutable" {
		t.Errorf("for good: %v", res.Headers)
	}
}

func TestGzipIsTakenWhereItIsNamedAndNotRefused(t *testing.T) {
	for accept, want := range map[string]bool{
		"gzip": true, "br, GZIP;q=0.5": true, "gzip; q=0.001": true, "gzip;q=1": true,
		"": false, "br": false, "*": false, "gzip;q=0": false, "gzip; q=0.0": false, "gzip;q=0.000, br": false,
	} {
		if got := httpapi.TakesGzip(accept); got != want {
			t.Errorf("%q: %v", accept, got)
		}
	}
}
