package main

import (
	"net/http"
	"strconv"
	"testing"
	"time"

	"resonanz/shared/httpapi"
	"resonanz/shared/site/sitetest"
)

// A card is laid out where many come at once and share one network: the guests of a
// stadium, the customers of a carrier. A flood from there is held back all the same,
// and loses nothing.
func TestACrowdBehindOneNetworkIsTakenAndAFloodIsNot(t *testing.T) {
	r := newRig(t)
	from := func(q *httpapi.Request) httpapi.Response {
		q.RequestContext.HTTP.SourceIP = "203.0.113.7"
		return r.do(q)
	}
	send := func(words string) httpapi.Response {
		return from(sitetest.Form(visit, "stars", "4", "nonce", r.links.Nonce(t, visit, r.at), "q-remark", words))
	}
	for i := range 500 { // six a second
		r.at = r.at.Add(170 * time.Millisecond)
		if res := from(sitetest.Request(http.MethodGet, visit, "", "accept", "text/html")); res.StatusCode != 200 {
			t.Fatalf("look %d: %d", i, res.StatusCode)
		}
		if res := send("Gast " + strconv.Itoa(i)); res.StatusCode != 303 {
			t.Fatalf("card %d: %d", i, res.StatusCode)
		}
	}
	r.at = r.at.Add(time.Minute)
	held := 0
	for i := range 700 {
		res := send("Flut")
		if res.StatusCode == 429 {
			if held++; sitetest.NonceIn(res.Body) == "" || res.Headers["Retry-After"] != "1" {
				t.Fatalf("%d: %v", i, res.Headers)
			}
		}
	}
	if held != 100 {
		t.Errorf("%d of 700 at once were held back", held)
	}
}
