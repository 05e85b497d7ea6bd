package loopback_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"resonanz/shared/httpapi"
	"resonanz/shared/httpapi/loopback"
)

func TestARequestArrivesAsAPIGatewayWouldSendIt(t *testing.T) {
	var got *httpapi.Request
	srv := httptest.NewServer(loopback.Handler(func(_ context.Context, r *httpapi.Request) (httpapi.Response, error) {
		got = r
		return httpapi.SeeOther("/r/abc?done=1"), nil
	}))
	defer srv.Close()
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	res, err := client.Post(srv.URL+"/r/abc?s=4", "application/x-www-form-urlencoded", strings.NewReader("stars=4"))
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if _, err := io.Copy(io.Discard, res.Body); err != nil {
		t.Fatal(err)
	}
	if res.StatusCode != 303 || res.Header.Get("Location") != "/r/abc?done=1" || res.Header.Get("Cache-Control") != "no-store" {
		t.Errorf("response: %d %v", res.StatusCode, res.Header)
	}
	want := map[string]any{
		"method": "POST", "path": "/r/abc", "query": "s=4", "base64": true, "body": "c3RhcnM9NA==",
		"type": "application/x-www-form-urlencoded",
	}
	have := map[string]any{
		"method": httpapi.Method(got), "path": httpapi.Path(got), "query": got.RawQueryString, "base64": got.IsBase64Encoded,
		"body": got.Body, "type": httpapi.Header(got, "content-type"),
	}
	if diff := cmp.Diff(want, have); diff != "" {
		t.Errorf("request (-want +got):\n%s", diff)
	}
}

func TestJSONIsNotEncoded(t *testing.T) {
	r := httptest.NewRequest(http.MethodPost, "/v1/ratings", strings.NewReader("{}"))
	r.Header.Set("Content-Type", "application/json")
	got, err := loopback.Request(r)
	if err != nil || got.Body != "{}" || got.IsBase64Encoded {
		t.Errorf("got %+v, %v", got, err)
	}
}
