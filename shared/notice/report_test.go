package notice

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"resonanz/events"
	"resonanz/shared/feedback"
)

func ofGroup() *events.Alert {
	a := reportReady()
	a.ID, a.Group, a.Status, a.Hash, a.Report = "report#2026-03#cologne#0002", "cologne", "final", "sha256:ab", "0002"
	return a
}

func digest() *Digest {
	return &Digest{
		Title: "Monatsbericht März 2026", Group: "Köln", Status: "endgültig", AsOf: "Stand 06.04.2026, 00:00 Uhr (Europe/Berlin)",
		Headlines: []Headline{
			{Label: "CSAT", Value: "82,4 %", Beside: "n = 1.234 · 95 %: 80,1–84,5", Change: "gegenüber Februar verbessert"},
			{Label: "Beschwerden", Value: "14"}, {Label: "NPS", Value: "31", Beside: "n = 310"},
		},
		Link: "https://feedback.example.com/p/abc", LinkUntil: time.Date(2026, time.April, 20, 4, 0, 0, 0, time.UTC),
	}
}

// part is one leaf of a mail.
type part struct{ kind, disposition, body string }

// leaves takes a mail apart as a mail program does.
func leaves(t *testing.T, header map[string][]string, body io.Reader) (all []part) {
	t.Helper()
	kind, params, err := mime.ParseMediaType(header["Content-Type"][0])
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(kind, "multipart/") {
		b, err := io.ReadAll(body)
		if err != nil {
			t.Fatal(err)
		}
		return []part{{kind: kind, body: string(b)}}
	}
	r := multipart.NewReader(body, params["boundary"])
	for {
		p, err := r.NextRawPart()
		if err == io.EOF {
			return all
		}
		if err != nil {
			t.Fatal(err)
		}
		var decoded io.Reader = p
		switch p.Header.Get("Content-Transfer-Encoding") {
		case "base64":
			decoded = base64.NewDecoder(base64.StdEncoding, p)
		case "quoted-printable":
			decoded = quotedprintable.NewReader(p)
		}
		below := leaves(t, p.Header, decoded)
		if len(below) == 1 {
			below[0].disposition = p.Header.Get("Content-Disposition")
		}
		all = append(all, below...)
	}
}

func TestAMailAboutAReportCarriesPageOneAndThePDF(t *testing.T) {
	w := writer(t, "de")
	w.Group = func(string, feedback.Language) string { return "Köln" }
	pdf := bytes.Repeat([]byte("%PDF-1.7 \x00\xff"), 50)
	m := ReportMail{From: "feedback@example.com", To: "site@example.com", Role: "Standort", At: ofGroup().At, PDF: pdf}
	raw, err := w.Report(ofGroup(), digest(), m)
	if err != nil {
		t.Fatal(err)
	}
	if again, _ := w.Report(ofGroup(), digest(), m); !bytes.Equal(raw, again) {
		t.Error("the same mail is other bytes")
	}
	for line := range strings.Lines(string(raw)) {
		if len(line) > 78 && !strings.HasPrefix(line, "Subject: ") || !strings.HasSuffix(line, "\r\n") {
			t.Fatalf("line of %d characters: %q", len(line), line)
		}
	}
	read, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	words := new(mime.WordDecoder)
	if s, err := words.DecodeHeader(read.Header.Get("Subject")); err != nil || s != "Zufriedenheitsbericht März 2026 · Köln · endgültig · Beispiel GmbH" {
		t.Errorf("subject %q, %v", s, err)
	}
	if from, err := read.Header.AddressList("From"); err != nil || from[0].Name != "Beispiel GmbH" || from[0].Address != "feedback@example.com" {
		t.Errorf("from %v, %v", from, err)
	}
	parts := leaves(t, read.Header, read.Body)
	if len(parts) != 3 || parts[0].kind != "text/plain" || parts[1].kind != "text/html" || parts[2].kind != "application/pdf" {
		t.Fatalf("parts %v", parts)
	}
	want := `Zufriedenheitsbericht März 2026 · Köln · endgültig · Beispiel GmbH

Der Zufriedenheitsbericht für März 2026 liegt vor (endgültig). Stand 06.04.2026, 00:00 Uhr (Europe/Berlin).

Version: 0002
Prüfsumme der Daten: sha256:ab
Verteiler: Standort

Das Wichtigste

CSAT: 82,4 % (n = 1.234 · 95 %: 80,1–84,5) – gegenüber Februar verbessert

Beschwerden: 14

NPS: 31 (n = 310)

Der vollständige Bericht hängt als PDF an.

-- 
Bitte geben Sie diesen Bericht nur intern weiter. · Resonanz für Beispiel GmbH
`
	if diff := cmp.Diff(want, strings.ReplaceAll(parts[0].body, "\r\n", "\n")); diff != "" {
		t.Errorf("text (-want +got):\n%s", diff)
	}
	if parts[2].body != string(pdf) || !strings.Contains(parts[2].disposition, `filename="report-2026-03-cologne-0002.pdf"`) {
		t.Errorf("attachment %q of %d bytes", parts[2].disposition, len(parts[2].body))
	}
	if strings.Contains(string(raw), "/p/abc") {
		t.Error("a link that anybody can follow goes with the attachment")
	}
}

func TestAMailWithoutThePDFCarriesALinkThatExpires(t *testing.T) {
	raw, err := writer(t, "en").Report(ofGroup(), digest(), ReportMail{From: "feedback@example.com", To: "site@example.com", Role: "site"})
	if err != nil {
		t.Fatal(err)
	}
	read, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	parts := leaves(t, read.Header, read.Body)
	if len(parts) != 2 {
		t.Fatalf("%d parts", len(parts))
	}
	if !strings.Contains(parts[0].body, "https://feedback.example.com/p/abc") || !strings.Contains(parts[0].body, "20 Apr 2026, 06:00 (CEST)") {
		t.Errorf("text:\n%s", parts[0].body)
	}
	if !strings.Contains(parts[1].body, `<a href="https://feedback.example.com/p/abc">`) {
		t.Errorf("HTML:\n%s", parts[1].body)
	}
}

func TestNoMailToWhatIsNoAddress(t *testing.T) {
	for _, to := range []string{"", "site", "@example.com", "site@", "site@example.com\r\nBcc: x@example.com", "a b@example.com", "a,b@example.com"} {
		if _, err := writer(t, "en").Report(ofGroup(), digest(), ReportMail{From: "feedback@example.com", To: to}); err == nil {
			t.Errorf("%q was taken", to)
		}
	}
}

func TestAReportIsToldWithItsAddresses(t *testing.T) {
	b, err := Payload(ofGroup())
	if err != nil {
		t.Fatal(err)
	}
	var p struct {
		Type string
		Data struct {
			Period, Group, Version, Status string
			DataHash                       string `json:"data_hash"`
			Links                          map[string]string
		}
	}
	if err := json.Unmarshal(b, &p); err != nil {
		t.Fatal(err)
	}
	d := p.Data
	if p.Type != "report.ready" || d.Period != "2026-03" || d.Group != "cologne" || d.Version != "0002" || d.Status != "final" || d.DataHash != "sha256:ab" {
		t.Errorf("payload %s", b)
	}
	if d.Links["pdf"] != "/v1/reports/2026-03.pdf?group=cologne&version=2" || len(d.Links) != 5 {
		t.Errorf("links %v", d.Links)
	}
	subject, text := writer(t, "en").Topic(ofGroup())
	if subject != "Satisfaction report March 2026 - cologne - final - Beispiel GmbH" {
		t.Errorf("subject %q", subject)
	}
	for _, want := range []string{"cologne", "final", "0002", "sha256:ab", "https://feedback.example.com/v1/reports/2026-03.html?group=cologne&version=2"} {
		if !strings.Contains(text, want) {
			t.Errorf("the topic does not say %q:\n%s", want, text)
		}
	}
	if slices.Contains([]string{subject, text, string(b)}, "/p/") {
		t.Error("a link that anybody can follow is told")
	}
}
