package main

import (
	"archive/zip"
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"resonanz/shared/httpapi"
	"resonanz/shared/openapi"
)

// fits holds a JSON answer to the description of the interface.
func fits(t *testing.T, path, method string, res httpapi.Response) {
	t.Helper()
	v, err := jsonschema.UnmarshalJSON(strings.NewReader(openapi.Document))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource("openapi.json", v); err != nil {
		t.Fatal(err)
	}
	at := "openapi.json#/paths/" + strings.ReplaceAll(path, "/", "~1") + "/" + method + "/responses/" + fmt.Sprint(res.StatusCode) + "/content/application~1json/schema"
	s, err := c.Compile(at)
	if err != nil {
		t.Fatal(err)
	}
	body, err := jsonschema.UnmarshalJSON(strings.NewReader(res.Body))
	if err == nil {
		err = s.Validate(body)
	}
	if err != nil {
		t.Errorf("%s %s: %v\n%s", method, path, err, res.Body)
	}
}

// binary is the body of an answer that travels as base64.
func binary(t *testing.T, res httpapi.Response) []byte {
	t.Helper()
	if !res.IsBase64Encoded {
		t.Fatalf("%d %s is no binary answer", res.StatusCode, res.Headers["Content-Type"])
	}
	b, err := base64.StdEncoding.DecodeString(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestEveryFormatIsHandedOut(t *testing.T) {
	r := newRig(t)
	r.write = renderings
	r.rate(open.Add(-time.Hour), 5, 4, 5, 3, 2)
	r.post("", 201)
	for _, c := range []struct{ path, accept, contentType, begins string }{
		{".pdf", "", "application/pdf", "%PDF-"},
		{"", "application/pdf", "application/pdf", "%PDF-"},
		{".xlsx", "", forms[formatXLSX].contentType, "PK\x03\x04"},
		{"", forms[formatXLSX].contentType, forms[formatXLSX].contentType, "PK\x03\x04"},
		{".csv", "", "application/zip", "PK\x03\x04"},
		{"", "text/csv, application/json;q=0.9", "application/zip", "PK\x03\x04"},
		{"", "application/json, application/pdf;q=0.9", "application/json", "{"},
	} {
		res := r.ask("GET", "/v1/reports/2026-03"+c.path, "", "accept", c.accept, "accept-language", "en")
		body := []byte(res.Body)
		if res.IsBase64Encoded {
			body = binary(t, res)
		}
		if res.StatusCode != 200 || res.Headers["Content-Type"] != c.contentType || !bytes.HasPrefix(body, []byte(c.begins)) {
			t.Errorf("%q accept %q: %d %s %.8q", c.path, c.accept, res.StatusCode, res.Headers["Content-Type"], body)
		}
		if lingual := c.contentType != "application/json"; lingual && res.Headers["Content-Language"] != "en" {
			t.Errorf("%q: language %q", c.path, res.Headers["Content-Language"])
		}
	}
}

func TestATableComesAlone(t *testing.T) {
	r := newRig(t)
	r.write = renderings
	r.rate(open.Add(-time.Hour), 5, 4, 5, 3, 2)
	r.post("", 201)
	all, err := zip.NewReader(bytes.NewReader(binary(t, r.ask("GET", "/v1/reports/2026-03.csv", ""))), int64(len(binary(t, r.ask("GET", "/v1/reports/2026-03.csv", "")))))
	if err != nil || len(all.File) < 3 {
		t.Fatalf("%v", err)
	}
	var names []string
	for _, f := range all.File {
		if name, ok := strings.CutSuffix(f.Name, ".csv"); ok {
			names = append(names, name)
		}
	}
	res := r.ask("GET", "/v1/reports/2026-03.csv", "", "?table", names[0])
	if res.StatusCode != 200 || res.IsBase64Encoded || !strings.HasPrefix(res.Headers["Content-Type"], "text/csv") || !strings.Contains(res.Body, "\r\n") {
		t.Errorf("table %s: %d %v %.80q", names[0], res.StatusCode, res.Headers, res.Body)
	}
	for _, name := range []string{"nothing", "../report", "/etc/passwd", "datapackage.json\x00"} {
		if res := r.ask("GET", "/v1/reports/2026-03.csv", "", "?table", name); res.StatusCode != 422 || !strings.Contains(res.Body, string(codeUnknownTable)) {
			t.Errorf("table %q: %d %s", name, res.StatusCode, res.Body)
		}
	}
	if res := r.ask("GET", "/v1/reports/2026-03.json", "", "?table", names[0]); res.StatusCode != 422 {
		t.Errorf("a table as JSON: %d", res.StatusCode)
	}
}

func TestReportsOfAGroupOfFormerTimesAreStillHandedOut(t *testing.T) {
	r := newRig(t)
	r.rate(open.Add(-time.Hour), 5, 4)
	r.post(`{"group":"phone"}`, 201)
	cfg := *r.cfg
	cfg.Groups = cfg.Groups[1:]
	r.cfg = &cfg
	for path, want := range map[string]int{".html": 200, ".json": 200, "/versions": 200, "/manifest": 200, "/words": 422} {
		if res := r.ask("GET", "/v1/reports/2026-03"+path, "", "?group", "phone"); res.StatusCode != want {
			t.Errorf("%s: %d %.300s, want %d", path, res.StatusCode, res.Body, want)
		}
	}
	for _, group := range []string{"moon", "phone#", "Phone", strings.Repeat("a", maxID+1)} {
		if res := r.ask("GET", "/v1/reports/2026-03.json", "", "?group", group); res.StatusCode != 422 || !strings.Contains(res.Body, string(codeUnknownGroup)) {
			t.Errorf("%s: %d %s", group, res.StatusCode, res.Body)
		}
	}
	if res := r.ask("POST", "/v1/reports/2026-03", `{"group":"phone"}`); res.StatusCode != 422 {
		t.Errorf("another version: %d %s", res.StatusCode, res.Body)
	}
}

func TestAGroupHasAReportOfItsOwn(t *testing.T) {
	r := newRig(t)
	r.rate(open.Add(-time.Hour), 5, 4, 5, 3, 2) // at the hotline
	r.post(`{"contacts": {"hotline": 300, "repair": 40}}`, 201)
	r.post(`{"group": "phone"}`, 201)
	res := r.ask("POST", "/v1/reports/2026-03", "", "?group", "workshop")
	fits(t, "/v1/reports/{period}", "post", res)
	var s summary
	if err := json.Unmarshal([]byte(res.Body), &s); err != nil || res.StatusCode != 201 || s.Group != "workshop" || s.Responses != 0 ||
		s.Links["pdf"] != "/v1/reports/2026-03.pdf?group=workshop&version=1" || res.Headers["Location"] != "/v1/reports/2026-03?group=workshop&version=1" {
		t.Errorf("%d %s, %v", res.StatusCode, res.Body, err)
	}
	if n := r.get("?group", "phone").Total.N; n != 5 {
		t.Errorf("%d responses of the group, want 5", n)
	}
	var of struct {
		Header       struct{ Group string }
		ByTouchpoint map[string]struct{ Contacts *int64 } `json:"by_touchpoint"`
	}
	body := r.ask("GET", "/v1/reports/2026-03.json", "", "?group", "phone").Body
	if err := json.Unmarshal([]byte(body), &of); err != nil {
		t.Fatal(err)
	}
	if len(of.ByTouchpoint) != 1 || of.ByTouchpoint["hotline"].Contacts == nil || *of.ByTouchpoint["hotline"].Contacts != 300 || of.Header.Group != "phone" {
		t.Errorf("the group's report: %+v, want the contacts that the whole was told", of)
	}
	for _, ask := range []func() httpapi.Response{
		func() httpapi.Response { return r.ask("GET", "/v1/reports/2026-03.json", "", "?group", "moon") },
		func() httpapi.Response { return r.ask("POST", "/v1/reports/2026-03", "", "?group", "moon") },
		func() httpapi.Response { return r.ask("POST", "/v1/reports/2026-03", `{"group":"moon"}`) },
		func() httpapi.Response { return r.ask("GET", "/v1/reports/2026-03/versions", "", "?group", "moon") },
		func() httpapi.Response { return r.ask("GET", "/v1/reports/2026-03/words", "", "?group", "moon") },
	} {
		if res := ask(); res.StatusCode != 422 || !strings.Contains(res.Body, string(codeUnknownGroup)) {
			t.Errorf("an unknown group: %d %s", res.StatusCode, res.Body)
		}
	}
}

func TestVersionsAndManifestsTellWhatWasMadeOfWhat(t *testing.T) {
	r := newRig(t)
	if res := r.ask("GET", "/v1/reports/2026-03/versions", ""); res.StatusCode != 200 || !strings.Contains(res.Body, `"versions":[]`) {
		t.Errorf("no version yet: %d %s", res.StatusCode, res.Body)
	}
	r.rate(open.Add(-time.Hour), 5, 4)
	r.post(`{"contacts":{"hotline":7}}`, 201)
	r.clock = after
	r.post("", 201)
	res := r.ask("GET", "/v1/reports/2026-03/versions", "")
	fits(t, "/v1/reports/{period}/versions", "get", res)
	var all history
	if err := json.Unmarshal([]byte(res.Body), &all); err != nil || len(all.Versions) != 2 || all.Versions[1].Status != "final" || all.Versions[1].CodeHash != codeHash {
		t.Errorf("%s, %v", res.Body, err)
	}
	for version, status := range map[string]string{"1": "preliminary", "2": "final"} {
		res := r.ask("GET", "/v1/reports/2026-03/manifest", "", "?version", version)
		var m manifest
		if err := json.Unmarshal([]byte(res.Body), &m); err != nil || res.StatusCode != 200 || string(m.Status) != status || m.Facts.Files != 1 || m.Facts.Rows != 2 || len(m.Objects) != 12 {
			t.Errorf("manifest %q: %d %s, %v", version, res.StatusCode, res.Body, err)
		}
		v := all.Versions[m.Version-1]
		if m.GivenHash != v.GivenHash || m.DataHash != v.InputHash || m.ConfigHash != v.ConfigHash {
			t.Errorf("manifest %+v is not that of %+v", m, v)
		}
		for _, o := range m.Objects {
			b, err := r.bucket.Get(t.Context(), v.Objects[o.Form])
			if err != nil || newObject(o.Form, o.Name, o.ContentType, b).SHA256 != o.SHA256 || len(b) != o.Bytes {
				t.Errorf("%s: %d bytes, %v", o.Name, len(b), err)
			}
		}
	}
	for path, want := range map[string]int{
		"/v1/reports/2026-03/versions.pdf": 422, "/v1/reports/2026-03/nothing": 404, "/v1/reports/2026-03/": 404, "/v1/reports/2026-03/versions/1": 404,
		"/v1/reports/2026-02/manifest": 404, "/v1/reports/2026-03.docx": 422, "/v1/reports/schema.json/x": 404,
	} {
		if res := r.ask("GET", path, ""); res.StatusCode != want {
			t.Errorf("%s: %d %s, want %d", path, res.StatusCode, res.Body, want)
		}
	}
	for _, name := range []string{"?group", "?version", "?touchpoint", "?table"} {
		if res := r.ask("GET", "/v1/reports/2026-03/words", "", name, ""); res.StatusCode != 422 || !strings.Contains(res.Body, name[1:]) {
			t.Errorf("%s that says nothing: %d %s", name, res.StatusCode, res.Body)
		}
	}
	if res := r.ask("POST", "/v1/reports/2026-03/versions", ""); res.StatusCode != http.StatusMethodNotAllowed || res.Headers["Allow"] != "GET" {
		t.Errorf("POST to a part: %d %v", res.StatusCode, res.Headers)
	}
}

func TestTheSchemaOfReportsIsServed(t *testing.T) {
	r := newRig(t)
	res := r.ask("GET", "/v1/reports/schema.json", "")
	if res.StatusCode != 200 || res.Headers["Content-Type"] != "application/schema+json" || !json.Valid([]byte(res.Body)) {
		t.Errorf("%d %v", res.StatusCode, res.Headers)
	}
}
