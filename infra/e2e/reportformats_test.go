package e2e

import (
	"archive/zip"
	"bytes"
	"encoding/base64"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/mail"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/xuri/excelize/v2"

	"resonanz/shared/link"
	"resonanz/shared/period"
)

// The whole and each group are ordered and made by the queue; every format can be
// had of each, and its readers hear of it.
func TestReportsAreMadeByOrderAndDelivered(t *testing.T) {
	at := time.Now().Add(-20 * time.Minute)
	send(t, at, 10, 9, 10, 9, 3, 8)
	tap := do(t, http.MethodPost, "/v1/ratings", marshal(t, rating("checkout-cologne", "kiosk", "stars_1_5", 4, at)),
		"Authorization", deviceKey(t, "kiosk-cologne-1"), "Content-Type", "application/json")
	if tap.Status != http.StatusCreated {
		t.Fatalf("%d %s", tap.Status, tap.Body)
	}
	settled(t)
	p := month()
	groups := []string{""}
	for i := range cfg.Groups {
		groups = append(groups, cfg.Groups[i].ID)
	}
	newest := func(g string) string {
		return do(t, http.MethodGet, reportAt(p, ".json", g), "", "Authorization", token(t, "reports")).Header.Get("Report-Version")
	}
	before := map[string]string{}
	for _, g := range groups {
		before[g] = newest(g)
		a := do(t, http.MethodPost, reportAt(p, "", g), "", "Authorization", token(t, "reports"), "Prefer", "respond-async")
		if a.Status != http.StatusAccepted {
			t.Fatalf("ordering the report of group %q: %d %.400s", g, a.Status, a.Body)
		}
	}
	for _, g := range groups {
		eventually(t, "the report of group "+g, 90*time.Second, func() (bool, string) {
			n := newest(g)
			return n > before[g], n
		})
	}
	whole, _ := read(t, p, "")
	service, text := read(t, p, "service")
	if service.Header.Group != "service" || service.Total.N == 0 || service.Total.N >= whole.Total.N {
		t.Errorf("group service: header %q, %d of %d responses", service.Header.Group, service.Total.N, whole.Total.N)
	}
	if strings.Contains(text, "checkout-cologne") {
		t.Error("the report of group service tells of a touchpoint of another group")
	}
	for _, g := range groups {
		t.Run("formats of "+g, func(t *testing.T) { formats(t, p, g) })
	}
	t.Run("mail", func(t *testing.T) { mailedReports(t, p) })
	t.Run("links", func(t *testing.T) { links(t, p) })
}

// formats gets each format and looks at it as its readers would.
func formats(t *testing.T, p period.Period, group string) {
	get := func(ending string, more ...string) answer {
		t.Helper()
		a := do(t, http.MethodGet, reportAt(p, ending, group, more...), "", "Authorization", token(t, "reports"), "Accept-Language", "en")
		if a.Status != http.StatusOK {
			t.Fatalf("%s: %d %.400s", ending, a.Status, a.Body)
		}
		return a
	}
	kind := func(a answer, want string) {
		t.Helper()
		if got, _, _ := mime.ParseMediaType(a.Header.Get("Content-Type")); got != want {
			t.Errorf("content type %q, want %s", got, want)
		}
	}

	schema := do(t, http.MethodGet, "/v1/reports/schema.json", "", "Authorization", token(t, "reports"))
	if err := validates(schema.Body, get(".json").Body); err != nil {
		t.Errorf("report.json does not fit the schema that is served: %v", err)
	}

	page := get(".html")
	kind(page, "text/html")
	r, _ := read(t, p, group)
	for _, want := range []string{`lang="en"`, "<svg", r.Header.DataHash} {
		if !strings.Contains(page.Body, want) {
			t.Errorf("the page has no %s", want)
		}
	}
	if found := regexp.MustCompile(`(?i)<script|(?:src|href)="https?:`).FindString(page.Body); found != "" {
		t.Errorf("the page is not self-contained: %s", found)
	}

	pdf := get(".pdf")
	kind(pdf, "application/pdf")
	looksLikePDF(t, []byte(pdf.Body))

	book := get(".xlsx")
	kind(book, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
	f, err := excelize.OpenReader(strings.NewReader(book.Body))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	if sheets := f.GetSheetList(); len(sheets) < 8 {
		t.Errorf("%d sheets: %v", len(sheets), sheets)
	}

	tables := get(".csv")
	kind(tables, "application/zip")
	z, err := zip.NewReader(strings.NewReader(tables.Body), int64(len(tables.Body)))
	if err != nil {
		t.Fatal(err)
	}
	table := ""
	for _, file := range z.File {
		name, ok := strings.CutSuffix(file.Name, ".csv")
		if !ok {
			continue
		}
		table = name
		content, err := file.Open()
		if err != nil {
			t.Fatal(err)
		}
		rows, err := csv.NewReader(content).ReadAll()
		if err != nil || len(rows) == 0 {
			t.Errorf("%s: %d rows, %v", file.Name, len(rows), err)
		}
	}
	if table == "" {
		t.Fatalf("no table in %d files", len(z.File))
	}
	one := get(".csv", "table="+table[strings.LastIndexByte(table, '/')+1:])
	kind(one, "text/csv")
}

func looksLikePDF(t *testing.T, b []byte) {
	t.Helper()
	for _, want := range []string{"%PDF-", "/Outlines", "/Title"} {
		if !bytes.Contains(b, []byte(want)) {
			t.Errorf("%d bytes of PDF without %s", len(b), want)
		}
	}
}

func validates(schema, document string) error {
	s, err := jsonschema.UnmarshalJSON(strings.NewReader(schema))
	if err != nil {
		return err
	}
	d, err := jsonschema.UnmarshalJSON(strings.NewReader(document))
	if err != nil {
		return err
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("report.schema.json", s); err != nil {
		return err
	}
	compiled, err := c.Compile("report.schema.json")
	if err != nil {
		return err
	}
	return compiled.Validate(d)
}

// attachment is a file that goes with a mail.
type attachment struct {
	name, kind string
	content    []byte
}

// reportMail is a mail as SES took it: subject, words, files.
type reportMail struct {
	subject, words string
	files          []attachment
}

func reportMails(t *testing.T, to string) (all []reportMail) {
	t.Helper()
	for _, raw := range functionsToAWS.sent() {
		m, err := mail.ReadMessage(strings.NewReader(raw))
		if err != nil || !strings.Contains(m.Header.Get("To"), to) {
			continue
		}
		subject, err := new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject"))
		if err != nil {
			t.Fatal(err)
		}
		r := reportMail{subject: subject}
		r.open(t, m.Header.Get("Content-Type"), m.Header.Get("Content-Transfer-Encoding"), m.Header.Get("Content-Disposition"), m.Body)
		all = append(all, r)
	}
	return all
}

// open takes a part of a mail apart.
func (r *reportMail) open(t *testing.T, contentType, encoding, disposition string, body io.Reader) {
	t.Helper()
	kind, values, err := mime.ParseMediaType(contentType)
	if err != nil {
		t.Fatalf("%q: %v", contentType, err)
	}
	if strings.HasPrefix(kind, "multipart/") {
		parts := multipart.NewReader(body, values["boundary"])
		for {
			part, err := parts.NextPart() // quoted-printable is decoded
			if err == io.EOF {
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			r.open(t, part.Header.Get("Content-Type"), part.Header.Get("Content-Transfer-Encoding"), part.Header.Get("Content-Disposition"), part)
		}
	}
	if strings.EqualFold(encoding, "base64") {
		body = base64.NewDecoder(base64.StdEncoding, body)
	}
	b, err := io.ReadAll(body)
	if err != nil {
		t.Fatal(err)
	}
	if _, names, err := mime.ParseMediaType(disposition); err == nil && names["filename"] != "" {
		r.files = append(r.files, attachment{names["filename"], kind, b})
		return
	}
	r.words += string(b)
}

// mailedReports checks the mail of the whole and of a group: by role, in the role's
// language, with the PDF.
func mailedReports(t *testing.T, p period.Period) {
	site := cfg.Report.Recipients[1]
	for _, c := range []struct{ to, language, group string }{
		{cfg.Notify.ReportTo[0], "de", ""},
		{site.Emails[0], string(site.Language), site.Groups[0]},
	} {
		var m reportMail
		eventually(t, "a mail to "+c.to, 60*time.Second, func() (bool, string) {
			all := reportMails(t, c.to)
			for _, one := range all {
				if len(one.files) > 0 && strings.Contains(one.files[0].name, p.String()) {
					m = one
				}
			}
			return m.subject != "", fmt.Sprintf("%d mails", len(all))
		})
		f := m.files[0]
		if f.kind != "application/pdf" || !strings.Contains(f.name, ".pdf") {
			t.Errorf("%s gets %s, %s", c.to, f.name, f.kind)
		}
		looksLikePDF(t, f.content)
		if c.group != "" {
			g := cfg.Group(c.group)
			if name := g.Name["en"]; !strings.Contains(m.subject+m.words, name) {
				t.Errorf("the mail to %s does not name %s: %s", c.to, name, m.subject)
			}
		}
	}
	for _, m := range reportMails(t, cfg.Report.Recipients[0].Emails[0]) {
		if len(m.files) > 0 && strings.Contains(m.files[0].name, p.String()) {
			t.Errorf("who asked for final versions only got a preliminary one: %s", m.subject)
		}
	}
	eventually(t, "a webhook of the report of "+site.Groups[0], 60*time.Second, func() (bool, string) {
		told := hooks.about(`"report.ready"`)
		for _, w := range told {
			var of struct {
				Data struct{ Period, Group, Status string }
			}
			if json.Unmarshal([]byte(w.body), &of) == nil && of.Data.Group == site.Groups[0] && of.Data.Period == p.String() {
				return of.Data.Status == "preliminary", w.body
			}
		}
		return false, fmt.Sprint(len(told))
	})
}

// links follows links to a report as they stand in mail: one that works, and those
// that must not.
func links(t *testing.T, p period.Period) {
	ring := linkRing(t)
	version := ordered(t, p, "cologne", "").number(t)
	good := link.Report{Period: p, Group: link.GroupCode("cologne"), Version: version, Language: "en", ExpiresAt: time.Now().Add(48 * time.Hour)}
	with := func(change func(*link.Report)) string {
		r := good
		change(&r)
		return link.SignReport(ring, r)
	}
	works := link.SignReport(ring, good)
	a := do(t, http.MethodGet, "/p/"+works, "")
	if a.Status != http.StatusOK {
		t.Fatalf("following the link: %d %.400s", a.Status, a.Body)
	}
	looksLikePDF(t, []byte(a.Body))
	if cache, robots := a.Header.Get("Cache-Control"), a.Header.Get("X-Robots-Tag"); !strings.Contains(cache, "no-store") || !strings.Contains(robots, "noindex") {
		t.Errorf("the report may be kept (%q) or found (%q)", cache, robots)
	}
	if a := do(t, http.MethodHead, "/p/"+works, ""); a.Status != http.StatusOK {
		t.Errorf("HEAD: %d", a.Status)
	}
	if a := do(t, http.MethodGet, "/p/"+works+"?format=html", ""); a.Status != http.StatusOK || !strings.Contains(a.Body, `lang="en"`) {
		t.Errorf("as a page: %d", a.Status)
	}
	for _, c := range []struct {
		name, token string
		want        int
	}{
		{"expired", with(func(r *link.Report) { r.ExpiresAt = time.Now().Add(-48 * time.Hour) }), http.StatusGone},
		{"of no version", with(func(r *link.Report) { r.Version = 60000 }), http.StatusNotFound},
		{"of no group", with(func(r *link.Report) { r.Group = link.GroupCode("bonn") }), http.StatusNotFound},
		{"changed", works[:20] + string(works[20]^1) + works[21:], http.StatusNotFound},
		{"cut", works[:len(works)-1], http.StatusNotFound},
		{"of a rating", strings.TrimPrefix(invite(t, "de").Token, "/"), http.StatusNotFound},
		{"of nothing", "x", http.StatusNotFound},
	} {
		a := do(t, http.MethodGet, "/p/"+c.token, "", "Accept", "text/html", "Accept-Language", "de")
		if a.Status != c.want || !strings.Contains(a.Body, "<html") || strings.Contains(a.Body, "%PDF") {
			t.Errorf("a link %s: %d %.200s; want %d and a page", c.name, a.Status, a.Body, c.want)
		}
	}
}

// What is asked of reports over the wire is refused by name, and makes none.
func TestBadOrdersAreRefusedByName(t *testing.T) {
	const async = "respond-async"
	before := len(keys(t, "reports/"))
	for _, c := range []struct {
		name, method, path, body, prefer string
		status                           int
		field                            string
	}{
		{"month that does not exist", "POST", "/v1/reports/2026-13", "", "", http.StatusUnprocessableEntity, "period"},
		{"month that has not begun", "POST", reportAt(month().Add(1), "", ""), "", "", http.StatusUnprocessableEntity, "period"},
		{"future by the queue", "POST", reportAt(month().Add(13), "", ""), "", async, http.StatusUnprocessableEntity, "period"},
		{"month in words", "GET", "/v1/reports/march.json", "", "", http.StatusUnprocessableEntity, "period"},
		{"unknown group", "POST", reportAt(month(), "", "bonn"), "", "", http.StatusUnprocessableEntity, "group"},
		{"unknown group by the queue", "POST", reportAt(month(), "", "bonn"), "", async, http.StatusUnprocessableEntity, "group"},
		{"unknown group read", "GET", reportAt(month(), ".json", "bonn"), "", "", http.StatusUnprocessableEntity, "group"},
		{"group left empty", "GET", reportAt(month(), ".json", "", "group="), "", "", http.StatusUnprocessableEntity, "group"},
		{"unknown field", "POST", reportAt(month(), "", ""), `{"colour":"red"}`, "", http.StatusUnprocessableEntity, "colour"},
		{"restate as a word", "POST", reportAt(month(), "", ""), `{"restate":"yes"}`, "", http.StatusUnprocessableEntity, "restate"},
		{"contacts of nowhere", "POST", reportAt(month(), "", ""), `{"contacts":{"nowhere":1}}`, "", http.StatusUnprocessableEntity, "contacts.nowhere"},
		{"fewer than no contacts", "POST", reportAt(month(), "", ""), `{"contacts":{"hotline":-1}}`, async, http.StatusUnprocessableEntity, "contacts.hotline"},
		{"survey of more complaints than customers", "POST", reportAt(month(), "", ""),
			`{"survey":{"respondents":10,"dissatisfied":20,"of_them_complained":1,"of_complaints_found_in_register":1}}`, "", http.StatusUnprocessableEntity, ""},
		{"no JSON", "POST", reportAt(month(), "", ""), `{"restate":`, "", http.StatusBadRequest, ""},
		{"other content", "POST", reportAt(month(), "", ""), `restate=true`, "text/plain", http.StatusUnsupportedMediaType, ""},
		{"too much", "POST", reportAt(month(), "", ""), `{"contacts":{` + strings.Repeat(" ", 64<<10) + `}}`, "", http.StatusRequestEntityTooLarge, ""},
		{"restating what is open", "POST", reportAt(month(), "", ""), `{"restate":true}`, "", http.StatusConflict, ""},
		{"version in words", "GET", reportAt(month(), ".json", "", "version=latest"), "", "", http.StatusUnprocessableEntity, "version"},
		{"version that there is not", "GET", reportAt(month(), ".json", "", "version=999"), "", "", http.StatusNotFound, ""},
		{"unknown format", "GET", reportAt(month(), ".docx", ""), "", "", 0, ""},
		{"unknown table", "GET", reportAt(month(), ".csv", "", "table=nothing"), "", "", 0, ""},
		{"unknown part", "GET", reportAt(month(), "/colours", ""), "", "", http.StatusNotFound, ""},
		{"month without a report", "GET", reportAt(month().Add(-40), ".json", ""), "", "", http.StatusNotFound, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			header := []string{"Authorization", token(t, "reports"), "Content-Type", "application/json"}
			switch c.prefer {
			case async:
				header = append(header, "Prefer", async)
			case "text/plain":
				header[3] = c.prefer
			}
			a := do(t, c.method, c.path, c.body, header...)
			if a.Status < 400 || a.Status > 499 || c.status != 0 && a.Status != c.status {
				t.Fatalf("answered %d (want %d): %.300s", a.Status, c.status, a.Body)
			}
			var p refusal
			a.json(t, &p)
			if c.field != "" && (len(p.Errors) == 0 || p.Errors[0].Field != c.field) {
				t.Errorf("does not name %s: %s", c.field, a.Body)
			}
		})
	}
	for _, scope := range []string{"invite", "cases"} {
		if a := do(t, http.MethodGet, "/v1/reports/schema.json", "", "Authorization", token(t, scope)); a.Status != http.StatusForbidden {
			t.Errorf("the schema with scope %s: %d", scope, a.Status)
		}
	}
	if n := len(keys(t, "reports/")); n != before {
		t.Errorf("bad orders made %d objects", n-before)
	}
}
