package main

import (
	"encoding/base64"
	"encoding/json"
	"os"
	"strings"
	"testing"

	"resonanz/shared/httpapi"
)

func TestOnlyStaffWithATokenGetIn(t *testing.T) {
	r := newRig(t)
	k := r.complain()
	path := "/v1/cases/" + string(k.Number)
	nobody := command(k.Number, "note", 2, `{"text":"x"}`)
	nobody.RequestContext.Authorizer = nil
	for name, c := range map[string]struct {
		q      *httpapi.Request
		status int
		code   string
	}{
		"no token":               {nobody, 401, "unauthenticated"},
		"another scope":          {as(get(path), clerk, "resonanz/reports"), 403, "scope_missing"},
		"another scope, to read": {as(get("/v1/cases"), clerk, "resonanz/approve"), 403, "scope_missing"},
		"an address as subject":  {as(command(k.Number, "note", 2, `{"text":"x"}`), "clerk@example.com", "resonanz/cases"), 403, "subject_invalid"},
		"a name as subject":      {as(command(k.Number, "note", 2, `{"text":"x"}`), "Frau Beispiel", "resonanz/cases"), 403, "subject_invalid"},
		"no subject":             {as(command(k.Number, "note", 2, `{"text":"x"}`), "", "resonanz/cases"), 403, "subject_invalid"},
		"a long subject":         {as(command(k.Number, "note", 2, `{"text":"x"}`), strings.Repeat("x", 129), "resonanz/cases"), 403, "subject_invalid"},
	} {
		res := r.do(c.q)
		if got, _ := refused(t, res); res.StatusCode != c.status || got != c.code {
			t.Errorf("%s: %d %s", name, res.StatusCode, got)
		}
	}
	q := as(command(k.Number, "note", 2, `{"text":"x"}`), "", "resonanz/cases")
	q.RequestContext.Authorizer.JWT.Claims["client_id"] = "3ab9crm"
	if got := into[changed](t, r.do(q), 200); got.Entries[0].By.ID != "3ab9crm" {
		t.Errorf("%+v", got.Entries[0].By)
	}
	for path, allow := range map[string]string{
		"/v1/cases": "GET", "/v1/cases/assign": "POST", path: "GET", path + "/note": "POST", path + "/attachments/1": "GET",
		"/v1/actions": "GET, POST", "/v1/actions/x/done": "POST", "/v1/webhooks/crm/deliveries": "GET",
	} {
		q := get(path)
		q.RequestContext.HTTP.Method = "DELETE"
		if res := r.do(q); res.StatusCode != 405 || res.Headers["Allow"] != allow {
			t.Errorf("%s: %d %v", path, res.StatusCode, res.Headers)
		}
	}
}

func TestABodyIsJSONAndNothingElse(t *testing.T) {
	r := newRig(t)
	k := r.complain()
	for media, want := range map[string]int{
		"": 415, "text/plain": 415, "application/x-www-form-urlencoded": 415, "application/json; charset=latin1": 415,
	} {
		q := command(k.Number, "note", 2, `{"text":"x"}`)
		q.Headers["content-type"] = media
		if res := r.do(q); res.StatusCode != want {
			t.Errorf("%q: %d", media, res.StatusCode)
		}
	}
	q := command(k.Number, "apologise", 2, "")
	delete(q.Headers, "content-type")
	if res := r.do(q); res.StatusCode != 200 {
		t.Errorf("no body needs no type: %d %s", res.StatusCode, res.Body)
	}
	q = command(k.Number, "note", 3, base64.StdEncoding.EncodeToString([]byte(`{"text":"x"}`)))
	q.IsBase64Encoded = true
	if res := r.do(q); res.StatusCode != 200 {
		t.Errorf("base64: %d %s", res.StatusCode, res.Body)
	}
	q.Body = "%%%"
	if got, _ := refused(t, r.do(q)); got != "invalid_encoding" {
		t.Errorf("broken base64: %s", got)
	}
}

func TestAPanicIsAnInternalErrorThatSaysNothing(t *testing.T) {
	r := newRig(t)
	k := r.complain()
	r.shelf.between = func() { panic("secret of the inside") }
	res := r.do(command(k.Number, "note", 2, `{"text":"x"}`))
	if res.StatusCode != 500 || strings.Contains(res.Body, "secret") || r.lines() != 1 {
		t.Errorf("%d %s", res.StatusCode, res.Body)
	}
}

// The payloads that API Gateway sends are understood.
func TestRequestsAreReadAsTheGatewaySendsThem(t *testing.T) {
	r := newRig(t)
	for name, want := range map[string]struct {
		status int
		says   string
	}{
		"cases-get":         {200, `"cases":[]`},
		"case-get":          {404, `"There is no case with this number."`},
		"case-post":         {404, `"There is no case with this number."`},
		"cases-assign-post": {200, `"not_found"`},
	} {
		b, err := os.ReadFile("../../events/samples/" + name + ".json")
		if err != nil {
			t.Fatal(err)
		}
		q := new(httpapi.Request)
		if err := json.Unmarshal(b, q); err != nil {
			t.Fatal(err)
		}
		if res := r.do(q); res.StatusCode != want.status || !strings.Contains(res.Body, want.says) {
			t.Errorf("%s: %d %s", name, res.StatusCode, res.Body)
		}
	}
}
