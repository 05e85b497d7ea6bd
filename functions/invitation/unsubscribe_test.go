package main

import (
	"encoding/base64"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"resonanz/shared/httpapi"
	"resonanz/shared/link"
	"resonanz/shared/site/sitetest"
	"resonanz/shared/store"
)

// visit is a request for the page that unsubscribes; form is the body of a POST.
func visit(method, token, form string) *httpapi.Request {
	q := &httpapi.Request{
		RawPath: "/u/" + token, Body: base64.StdEncoding.EncodeToString([]byte(form)), IsBase64Encoded: true,
		Headers: map[string]string{"accept-language": "fr-CH, fr;q=0.9"},
	}
	if method == http.MethodPost {
		q.Headers["content-type"] = "application/x-www-form-urlencoded"
	}
	q.RequestContext.HTTP.Method = method
	return q
}

func (r *rig) optedOut(ids ...store.ContactID) bool {
	r.tb.Helper()
	out, err := r.shelf.OptedOut(r.tb.Context(), ids...)
	if err != nil {
		r.tb.Fatal(err)
	}
	return out
}

var key, address = store.KeyContact("K-18"), store.AddressContact("kundin@example.com")

func TestOpeningTheLinkChangesNothing(t *testing.T) {
	r := newRig(t)
	token := r.issue(mailed).Token
	for _, method := range []string{"GET", "HEAD", "GET"} {
		res := r.do(visit(method, token, ""))
		if res.StatusCode != 200 || (res.Body == "") != (method == "HEAD") || strings.Contains(res.Body, "kundin") || strings.Contains(res.Body, "<script") {
			t.Errorf("%s: %d %s", method, res.StatusCode, res.Body)
		}
		if method == "GET" && !strings.Contains(res.Body, `<form method="post"`) {
			t.Errorf("no form: %s", res.Body)
		}
	}
	for _, method := range []string{"PUT", "DELETE", "OPTIONS", "PATCH"} {
		if res := r.do(visit(method, token, "")); res.StatusCode != 405 || res.Headers["Allow"] != "GET, HEAD, POST" {
			t.Errorf("%s: %d %v", method, res.StatusCode, res.Headers)
		}
	}
	if r.optedOut(key, address) {
		t.Error("opted out")
	}
	calls := r.shelf.calls
	if r.do(visit("HEAD", token, "")); r.shelf.calls != calls {
		t.Error("HEAD reads the table")
	}
}

func TestOneClickAndTheButtonEndInvitations(t *testing.T) {
	multi := func(body string) func(*httpapi.Request) {
		return func(q *httpapi.Request) {
			q.Headers["content-type"] = `multipart/form-data; boundary="b"`
			q.Body = base64.StdEncoding.EncodeToString([]byte(body))
		}
	}
	for name, change := range map[string]func(*httpapi.Request){
		"button":           func(*httpapi.Request) {},
		"button in French": func(q *httpapi.Request) { q.RawQueryString = "l=fr" },
		"button, no charset": func(q *httpapi.Request) {
			q.Headers["content-type"] = "application/x-www-form-urlencoded;charset=UTF-8"
		},
		"one click":          func(q *httpapi.Request) { q.Body, q.IsBase64Encoded = "List-Unsubscribe=One-Click", false },
		"one click in parts": multi("--b\r\nContent-Disposition: form-data; name=\"List-Unsubscribe\"\r\n\r\nOne-Click\r\n--b--\r\n"),
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			q := visit("POST", r.issue(mailed).Token, "")
			change(q)
			first := r.do(q)
			if first.StatusCode != 200 || first.Headers["Location"] != "" || !r.optedOut(key) || !r.optedOut(address) || strings.Contains(first.Body, "<form") {
				t.Fatalf("%d %s", first.StatusCode, first.Body)
			}
			again := r.do(q)
			if again.StatusCode != 200 || again.Body == first.Body {
				t.Errorf("again: %d %s", again.StatusCode, again.Body)
			}
			q = visit("GET", strings.TrimPrefix(q.RawPath, "/u/"), "")
			if seen := r.do(q); seen.StatusCode != 200 || strings.Contains(seen.Body, "<form") {
				t.Errorf("opened later: %d %s", seen.StatusCode, seen.Body)
			}
			if n := strings.Count(r.log.String(), `"Unsubscribed":1`); n != 1 {
				t.Errorf("counted %d times: %s", n, r.log)
			}
		})
	}
}

func TestAPostThatIsNotMeantForUsChangesNothing(t *testing.T) {
	r := newRig(t)
	token := r.issue(mailed).Token
	typed := func(media, body string) *httpapi.Request {
		q := visit("POST", token, body)
		q.Headers["content-type"] = media
		return q
	}
	const form = "application/x-www-form-urlencoded"
	for name, c := range map[string]struct {
		q      *httpapi.Request
		status int
	}{
		"no type":       {typed("", "List-Unsubscribe=One-Click"), 415},
		"JSON":          {typed("application/json", `{"List-Unsubscribe":"One-Click"}`), 415},
		"other field":   {typed(form, "stars=1"), 422},
		"other value":   {typed(form, "List-Unsubscribe=yes"), 422},
		"twice":         {typed(form, "List-Unsubscribe=One-Click&List-Unsubscribe=One-Click"), 422},
		"and more":      {typed(form, "List-Unsubscribe=One-Click&x=1"), 422},
		"broken form":   {typed(form, "List-Unsubscribe=%zz"), 400},
		"no boundary":   {typed("multipart/form-data", "--b\r\n"), 400},
		"broken parts":  {typed("multipart/form-data; boundary=b", "--b\r\nContent-Dispo"), 400},
		"a file":        {typed("multipart/form-data; boundary=b", "--b\r\nContent-Disposition: form-data; name=\"List-Unsubscribe\"; filename=\"x\"\r\n\r\nOne-Click\r\n--b--\r\n"), 400},
		"too large":     {typed(form, strings.Repeat("x", maxForm+1)), 413},
		"more after it": {func() *httpapi.Request { q := visit("POST", token, ""); q.RawPath += "/x"; return q }(), 404},
	} {
		if res := r.do(c.q); res.StatusCode != c.status {
			t.Errorf("%s: %d %s", name, res.StatusCode, res.Body)
		}
	}
	link := visit("POST", token, "")
	link.RawPath = "/r/" + token // another function's address
	if res, err := r.Handle(t.Context(), link); err != nil || res.StatusCode != 404 {
		t.Errorf("link of the rating: %d, %v", res.StatusCode, err)
	}
	if r.optedOut(key, address) {
		t.Error("opted out")
	}
}

func TestAnExpiredLinkStillUnsubscribes(t *testing.T) {
	r := newRig(t)
	token := r.issue(mailed).Token
	r.at = start.AddDate(2, 0, 0)
	if res := r.do(visit("GET", token, "")); res.StatusCode != 200 || !strings.Contains(res.Body, "<form") {
		t.Errorf("%d %s", res.StatusCode, res.Body)
	}
	if res := r.do(visit("POST", token, "List-Unsubscribe=One-Click")); res.StatusCode != 200 || !r.optedOut(address) {
		t.Errorf("%d %s", res.StatusCode, res.Body)
	}
}

func TestALinkThatIsSentWithoutEndIsHeldBackAlone(t *testing.T) {
	r := newRig(t)
	token, other := r.issue(mailed).Token, r.issue(`{"touchpoint":"hotline","channel":"sms_link","customer_key":"K-20"}`).Token
	held := 0
	for range 40 {
		res := r.do(visit("POST", token, "List-Unsubscribe=One-Click"))
		if res.StatusCode == 429 && res.Headers["Retry-After"] != "" {
			held++
		}
	}
	if held == 0 || held > 30 || !r.optedOut(address) {
		t.Errorf("%d of 40 held back", held)
	}
	if res := r.do(visit("POST", other, "")); res.StatusCode != 200 || !r.optedOut(store.KeyContact("K-20")) {
		t.Errorf("the other link: %d", res.StatusCode)
	}
}

func TestForgedAndUnknownLinksAreNotFoundAndTellNothing(t *testing.T) {
	r := newRig(t)
	token := r.issue(mailed).Token
	genuine, err := link.Verify(sitetest.Keyring(t, r.ring.Secret, nil), token, start)
	if err != nil {
		t.Fatal(err)
	}
	foreign := link.Sign(sitetest.Keyring(t, []byte(strings.Repeat("o", 64)), nil), genuine)
	var bodies []string
	for _, bad := range []string{"x", token[:len(token)-1], token + "A", token[:20] + "AAAA" + token[24:], foreign, "<script>", strings.Repeat("a", 5000)} {
		for _, method := range []string{"GET", "POST"} {
			res := r.do(visit(method, bad, ""))
			if res.StatusCode != 404 || !strings.HasPrefix(res.Headers["Content-Type"], "text/html") {
				t.Errorf("%s %.60s: %d", method, bad, res.StatusCode)
			}
			bodies = append(bodies, res.Body)
		}
	}
	for _, b := range bodies {
		if b != bodies[0] {
			t.Error("answers differ")
		}
	}
	// An invitation to nobody in particular, or erased since, answers as any other.
	withKey := r.do(visit("POST", token, ""))
	nobody := r.issue(`{"touchpoint":"hotline","channel":"sms_link"}`).Token
	if res := r.do(visit("POST", nobody, "")); res.Body != withKey.Body || res.StatusCode != 200 {
		t.Errorf("%d %s", res.StatusCode, res.Body)
	}
	genuine.ResponseKey = "2026-03-aaaaaaaaaaaaaaaa"
	if res := r.do(visit("POST", link.Sign(sitetest.Keyring(t, r.ring.Secret, nil), genuine), "")); res.Body != withKey.Body || res.StatusCode != 200 {
		t.Errorf("%d %s", res.StatusCode, res.Body)
	}
}

func TestThePageSpeaksTheCustomersLanguage(t *testing.T) {
	r := newRig(t)
	french := r.issue(`{"touchpoint":"hotline","channel":"sms_link","language":"fr"}`).Token
	unknown := r.issue(`{"touchpoint":"hotline","channel":"sms_link"}`).Token
	for _, c := range []struct{ token, query, accept, want string }{
		{french, "", "it", "fr"},
		{unknown, "", "it", "it"},
		{unknown, "", "xx", "de"},
		{unknown, "l=en", "it", "en"},
		{french, "l=it", "en", "it"},
		{french, "l=xx", "en", "fr"},
		{"forged", "", "it-CH;q=0.9, xx", "it"},
		{"forged", "", "xx", "de"},
		{"forged", "l=en", "it", "en"},
	} {
		q := visit("GET", c.token, "")
		q.RawQueryString, q.Headers["accept-language"] = c.query, c.accept
		if res := r.do(q); !strings.Contains(res.Body, `<html lang="`+c.want+`"`) {
			t.Errorf("%+v: %.40s", c, res.Body)
		}
	}
}

func TestAFailureIsSaidAndCanBeTriedAgain(t *testing.T) {
	r := newRig(t)
	token := r.issue(mailed).Token
	r.shelf.read = errors.New("throttled")
	if res := r.do(visit("GET", token, "")); res.StatusCode != 200 || !strings.Contains(res.Body, "<form") {
		t.Errorf("what cannot be read is asked: %d %s", res.StatusCode, res.Body)
	}
	if res := r.do(visit("POST", token, "")); res.StatusCode != 503 || res.Headers["Retry-After"] == "" || strings.Contains(res.Body, "throttled") {
		t.Errorf("%d %s", res.StatusCode, res.Body)
	}
	r.shelf.read, r.shelf.write = nil, errors.New("throttled")
	if res := r.do(visit("POST", token, "")); res.StatusCode != 503 || r.optedOut(key, address) {
		t.Errorf("%d %s", res.StatusCode, res.Body)
	}
	r.shelf.write = nil
	r.at = start.Add(time.Minute)
	if res := r.do(visit("POST", token, "")); res.StatusCode != 200 || !r.optedOut(key) || !r.optedOut(address) {
		t.Errorf("%d %s", res.StatusCode, res.Body)
	}
}

// Where answers are anonymous, and everywhere after some months, nobody knows any
// more whose invitation it was when the customer wants no more of them: the link
// says it, sealed.
func TestALinkThatNamesItsContactEndsInvitations(t *testing.T) {
	r := newRig(t)
	token := r.issue(mailed).Token
	ring, err := r.links.Fresh(t.Context(), r.Now())
	if err != nil {
		t.Fatal(err)
	}
	in, err := link.Verify(ring, token, r.Now())
	if err != nil {
		t.Fatal(err)
	}
	somebody := store.AddressContact("somebody@example.com")
	sealed := link.Seal(ring, in.ResponseKey, string(somebody))
	for name, wrong := range map[string]string{
		"of another response": link.Seal(ring, "2026-03-zzzzzzzzzzzzzzzz", string(somebody)), "changed": sealed[:len(sealed)-4] + "AAAA", "short": "x",
	} {
		if res := r.do(visit("POST", token+"."+wrong, "")); res.StatusCode != 404 || r.optedOut(somebody) {
			t.Errorf("%s: %d %s", name, res.StatusCode, res.Body)
		}
	}
	if res := r.do(visit("GET", token+"."+sealed, "")); res.StatusCode != 200 || !strings.Contains(res.Body, "<form") || r.optedOut(somebody) {
		t.Errorf("opened: %d %s", res.StatusCode, res.Body)
	}
	if res := r.do(visit("POST", token+"."+sealed, "")); res.StatusCode != 200 || !r.optedOut(somebody) {
		t.Errorf("%d %s", res.StatusCode, res.Body)
	}
}
