package notice

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"html"
	"mime"
	"mime/quotedprintable"
	"net/url"
	"strconv"
	"strings"
	"time"

	"resonanz/events"
)

// formats are those that a report is linked in.
var formats = [...]string{"html", "pdf", "xlsx", "csv", "json"}

// links are the addresses of a report's version by format, below that of the
// interface; nil for an alert about a case.
func links(a *events.Alert) map[string]string {
	if a.Reason != events.ReportReady {
		return nil
	}
	q := url.Values{}
	if a.Group != "" {
		q.Set("group", a.Group)
	}
	if n, err := strconv.Atoi(a.Report); err == nil {
		q.Set("version", strconv.Itoa(n))
	}
	query := ""
	if len(q) > 0 {
		query = "?" + q.Encode()
	}
	all := make(map[string]string, len(formats))
	for _, f := range formats {
		all[f] = "/v1/reports/" + a.Period + "." + f + query
	}
	return all
}

func (w *Writer) group(a *events.Alert) string {
	if w.Group == nil || a.Group == "" {
		return a.Group
	}
	return cmp.Or(w.Group(a.Group, w.Language), a.Group)
}

// reportFacts are the facts of an alert about a report.
func (w *Writer) reportFacts(a *events.Alert) []row {
	t := w.texts()
	rows := []row{{t.period, w.month(a.Period)}}
	add := func(name, value string) {
		if value != "" {
			rows = append(rows, row{name, value})
		}
	}
	add(t.group, w.group(a))
	add(t.state, cmp.Or(t.standing[a.Status], a.Status))
	add(t.version, a.Report)
	add(t.factsHash, a.Hash)
	if w.PublicURL != "" {
		add(t.address, strings.TrimRight(w.PublicURL, "/")+links(a)["html"])
	}
	return rows
}

// ReportMail is a mail to one recipient of a report.
type ReportMail struct {
	From string // address
	To   string // address
	Role string // why this recipient gets it
	At   time.Time
	// PDF goes with the mail; nil: a link that expires stands in it.
	PDF []byte
}

// errAddress says that no mail can be sent to, or from, an address.
var errAddress = errors.New("not an address that mail can be sent to")

// Report is the mail about a new version of a report as it travels: page 1 as
// text and as HTML, and the PDF or a link to it. The same things give the same
// bytes; SES adds the Message-ID.
func (w *Writer) Report(a *events.Alert, d *Digest, m ReportMail) ([]byte, error) {
	if !plain(m.From) || !plain(m.To) {
		return nil, fmt.Errorf("addressing a report: %w", errAddress)
	}
	text, page := w.reportBody(a, d, m.Role, m.PDF != nil)
	sum := sha256.Sum256([]byte("report\x00" + a.ID + "\x00" + m.Role))
	mixed, both := "=_m"+hex.EncodeToString(sum[:12]), "=_a"+hex.EncodeToString(sum[12:24])
	language := "en"
	if w.Language == "de" {
		language = "de"
	}
	var b bytes.Buffer
	for _, h := range [...][2]string{
		{"From", name(w.Organisation) + " <" + m.From + ">"},
		{"To", m.To},
		{"Subject", header(w.subject(a))},
		{"Date", m.At.UTC().Format(time.RFC1123Z)},
		{"MIME-Version", "1.0"},
		{"Content-Language", language},
		{"Auto-Submitted", "auto-generated"},
		{"X-Auto-Response-Suppress", "OOF, AutoReply"},
		{"Content-Type", `multipart/mixed; boundary="` + mixed + `"`},
	} {
		b.WriteString(h[0] + ": " + h[1] + "\r\n")
	}
	b.WriteString("\r\n--" + mixed + "\r\nContent-Type: multipart/alternative; boundary=\"" + both + "\"\r\n")
	for _, part := range [...][2]string{{"text/plain", text}, {"text/html", page}} {
		b.WriteString("\r\n--" + both + "\r\nContent-Type: " + part[0] + "; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n")
		q := quotedprintable.NewWriter(&b)
		_, err := q.Write([]byte(strings.ReplaceAll(part[1], "\n", "\r\n")))
		if err = errors.Join(err, q.Close()); err != nil {
			return nil, fmt.Errorf("encoding a mail: %w", err)
		}
	}
	b.WriteString("\r\n--" + both + "--\r\n")
	if m.PDF != nil {
		b.WriteString("\r\n--" + mixed + "\r\nContent-Type: application/pdf\r\nContent-Transfer-Encoding: base64\r\n" +
			"Content-Disposition: attachment; filename=\"" + reportFile(a) + "\"\r\n\r\n")
		encode(&b, m.PDF)
	}
	b.WriteString("\r\n--" + mixed + "--\r\n")
	return b.Bytes(), nil
}

// reportBody words the mail as text and as HTML.
func (w *Writer) reportBody(a *events.Alert, d *Digest, role string, attached bool) (text, page string) {
	t := w.texts()
	said := document{title: w.subject(a), intro: w.intro(a), language: "en"}
	if w.Language == "de" {
		said.language = "de"
	}
	if d.AsOf != "" {
		said.intro += " " + d.AsOf + "."
	}
	said.heading = t.keyFigures
	for _, h := range d.Headlines {
		s := statement{when: h.Label + ": " + h.Value}
		if h.Beside != "" {
			s.when += " (" + h.Beside + ")"
		}
		if h.Change != "" {
			s.when += " – " + h.Change
		}
		said.said = append(said.said, s)
	}
	said.facts = append(said.facts, row{t.version, a.Report}, row{t.factsHash, a.Hash}, row{t.role, role})
	said.note = t.attachment
	if !attached {
		said.note = fmt.Sprintf(t.reportLink, d.Link, w.time(d.LinkUntil))
	}
	said.footer = fmt.Sprintf(t.reportFooter, w.Organisation)
	page = said.html()
	if !attached { // a link that can be clicked
		escaped := html.EscapeString(d.Link)
		page = strings.Replace(page, escaped, `<a href="`+escaped+`">`+escaped+"</a>", 1)
	}
	return said.text(), page
}

// reportFile is what the attachment is called.
func reportFile(a *events.Alert) string {
	file := "report-" + a.Period
	if a.Group != "" {
		file += "-" + a.Group
	}
	return file + "-" + a.Report + ".pdf"
}

// plain reports whether s is an address that can stand in a header as it is.
func plain(s string) bool {
	at := strings.LastIndexByte(s, '@')
	return at > 0 && at < len(s)-1 && !strings.ContainsFunc(s, func(c rune) bool { return c <= ' ' || c > '~' || strings.ContainsRune(`<>",;:()[]\`, c) })
}

// header is a text as a header holds it; each encoded word stands on a line of
// its own, since none may be longer than 76 characters (RFC 2047, 2).
func header(s string) string {
	return strings.ReplaceAll(mime.QEncoding.Encode("utf-8", oneLine(s)), "?= =?", "?=\r\n =?")
}

// name is a text as it stands before an address: encoded, or quoted.
func name(s string) string {
	if e := header(s); e != oneLine(s) {
		return e
	}
	return `"` + strings.NewReplacer(`"`, "'", `\`, "/").Replace(oneLine(s)) + `"`
}

// encode writes content as base64 in lines of 76 characters (RFC 2045, 6.8).
func encode(b *bytes.Buffer, content []byte) {
	const line = 57
	b.Grow(len(content)*4/3 + len(content)/line*2 + 4)
	for len(content) > 0 {
		n := min(line, len(content))
		b.WriteString(base64.StdEncoding.EncodeToString(content[:n]) + "\r\n")
		content = content[n:]
	}
}
