package main

import (
	"bytes"
	"encoding/base64"
	"math/rand/v2"
	"net/http"
	"strings"
	"testing"
	"time"

	"resonanz/shared/report/doc"
)

// noise is what no packing makes smaller, as a PDF or a workbook is.
func noise(n int) []byte {
	b := make([]byte, n)
	r := rand.NewChaCha8([32]byte{1})
	_, _ = r.Read(b) // never fails
	return b
}

// weighing stores a version whose PDF, workbook and tables have this content.
func (r *rig) weighing(content []byte) {
	r.t.Helper()
	r.write = func(d *doc.Document, at time.Time) ([]object, error) {
		all, err := pagesOnly(d, at)
		for i := range all {
			if !strings.HasPrefix(all[i].Form, formatHTML) {
				all[i] = newObject(all[i].Form, all[i].Name, all[i].ContentType, content)
			}
		}
		return all, err
	}
	r.rate(open.Add(-time.Hour), 5, 4)
	r.post("", 201)
}

func TestAFileComesAsItIsHoweverLargeAndWhateverTheReaderUnpacks(t *testing.T) {
	r := newRig(t)
	want := noise(packFrom)
	r.weighing(want)
	link := strings.TrimPrefix(r.mailed("", "en").Link, r.public)
	for _, accept := range []string{"", "gzip, deflate, br"} {
		for _, path := range []string{"/v1/reports/2026-03.pdf", "/v1/reports/2026-03.xlsx", "/v1/reports/2026-03.csv", link} {
			res := r.send(request("GET", path, "", "accept-encoding", accept))
			got, err := base64.StdEncoding.DecodeString(res.Body)
			if err != nil || res.StatusCode != http.StatusOK || !res.IsBase64Encoded || res.Headers["Content-Encoding"] != "" || !bytes.Equal(got, want) {
				t.Errorf("%s accepting %q: %d, %v, %d bytes, want %d; %v", path, accept, res.StatusCode, res.Headers, len(got), len(want), err)
			}
		}
	}
}

func TestAFileTooLargeForAnAnswerIsNamed(t *testing.T) {
	r := newRig(t)
	r.weighing(noise(largest*3/4 + 4))
	res := r.ask("GET", "/v1/reports/2026-03.xlsx", "", "accept-encoding", "gzip")
	if res.StatusCode != http.StatusNotAcceptable || !strings.Contains(res.Body, string(codeTooLarge)) || !strings.Contains(res.Body, "reports/2026-03/all/") || strings.Contains(res.Body, "gzip") {
		t.Errorf("%d %s", res.StatusCode, res.Body)
	}
	link := strings.TrimPrefix(r.mailed("", "en").Link, r.public)
	for _, format := range []string{"", "?format=xlsx"} {
		if res := r.open(link+format, ""); res.StatusCode != http.StatusOK || res.Headers["Content-Type"] != forms[formatHTML].contentType {
			t.Errorf("link%s: %d %v, want the page instead of the file", format, res.StatusCode, res.Headers)
		}
	}
}

func TestALinkWithAWrongParameterIsNoErrorOfOurs(t *testing.T) {
	r := newRig(t)
	r.write = renderings
	r.rate(open.Add(-time.Hour), 5, 4)
	r.post("", 201)
	link := strings.TrimPrefix(r.mailed("", "de").Link, r.public)
	q := request("GET", link, "", "?format", "csv", "?table", "nothing", "accept-language", "de")
	if res := r.send(q); res.StatusCode != http.StatusNotFound || !strings.Contains(res.Body, german.notFound[0]) {
		t.Errorf("%d %s", res.StatusCode, res.Body)
	}
}
