package html_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	stdhtml "html"
	"regexp"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"resonanz/shared/colour"
	"resonanz/shared/feedback"
	"resonanz/shared/report/doc"
	"resonanz/shared/report/html"
	"resonanz/shared/report/present"
	"resonanz/shared/report/present/presenttest"
)

func rich(l feedback.Language) []byte {
	return html.Render(present.Document(presenttest.Rich(), presenttest.Options(l)))
}

var tag = regexp.MustCompile(`<(/?)([a-z][a-z0-9]*)[^<>]*?(/?)>`)

// wellFormed sees to it that every element is closed in the order it was opened.
func wellFormed(t *testing.T, b []byte) {
	t.Helper()
	var open []string
	for _, m := range tag.FindAllStringSubmatch(string(b), -1) {
		switch name := m[2]; {
		case m[3] == "/" || name == "meta":
		case m[1] == "":
			open = append(open, name)
		case len(open) == 0 || open[len(open)-1] != name:
			t.Fatalf("</%s> closes nothing; open are %v", name, open)
		default:
			open = open[:len(open)-1]
		}
	}
	if len(open) > 0 {
		t.Errorf("%v are never closed", open)
	}
}

func TestAPageNeedsNothingElse(t *testing.T) {
	for _, l := range present.Languages() {
		b := rich(l)
		wellFormed(t, b)
		if !bytes.Equal(b, rich(l)) {
			t.Errorf("%s: the same document makes another page", l)
		}
		for _, bad := range []string{"<script", "https://", "@import", "url(", " style=", "<img", "<link", " onclick"} {
			if bytes.Contains(b, []byte(bad)) {
				t.Errorf("%s: the page has %q in it", l, bad)
			}
		}
		if n := bytes.Count(b, []byte("http://")) - bytes.Count(b, []byte(`xmlns="http://www.w3.org/2000/svg"`)); n != 0 {
			t.Errorf("%s: the page names %d addresses", l, n)
		}
		if len(b) > 400<<10 {
			t.Errorf("%s: the page has %d bytes, want at most 400 KiB", l, len(b))
		}
		if bytes.Count(b, []byte("<svg")) < 12 {
			t.Errorf("%s: only %d charts are drawn", l, bytes.Count(b, []byte("<svg")))
		}
	}
}

// Every anchor of the table of contents is there, and no id twice.
func TestLinksLeadSomewhere(t *testing.T) {
	b := rich("en")
	ids := make(map[string]int)
	for _, m := range regexp.MustCompile(`\sid=(?:"([^"]*)"|([a-z]+))`).FindAllSubmatch(b, -1) {
		ids[string(m[1])+string(m[2])]++
	}
	for id, n := range ids {
		if n > 1 {
			t.Errorf("id %q is there %d times", id, n)
		}
	}
	links := regexp.MustCompile(`href="#([^"]*)"`).FindAllSubmatch(b, -1)
	if len(links) != 18 {
		t.Errorf("%d links, want the one that skips and one for each section", len(links))
	}
	for _, m := range links {
		if ids[string(m[1])] == 0 {
			t.Errorf("a link leads to #%s, which is not there", m[1])
		}
	}
}

func TestHeadlinesComeFirst(t *testing.T) {
	b := rich("de")
	first, second := bytes.Index(b, []byte(`id="headlines"`)), bytes.Index(b, []byte(`id="header"`))
	if first < 0 || second < first {
		t.Errorf("the headlines stand at %d, what the report is made of at %d", first, second)
	}
}

func TestThePolicyIsThatOfThePage(t *testing.T) {
	for _, accent := range []string{"#0b5cad", "#ffcc00", "no colour"} {
		b := html.Render(&doc.Document{Language: "en", Title: "Report", Accent: accent})
		_, rest, _ := bytes.Cut(b, []byte("<style>"))
		sheet, _, _ := bytes.Cut(rest, []byte("</style>"))
		sum := sha256.Sum256(sheet)
		policy := html.Policy(b)
		if !strings.Contains(policy, "'sha256-"+base64.StdEncoding.EncodeToString(sum[:])+"'") || !strings.HasPrefix(policy, "default-src 'none'; ") || strings.Contains(policy, "unsafe") {
			t.Errorf("%s: the policy is %q", accent, policy)
		}
	}
}

func TestNothingFromOutsideBecomesMarkup(t *testing.T) {
	const evil = `"><script>alert('1')</script>&amp;` + "\x00"
	o := presenttest.Options("en")
	o.Names["hotline"], o.Items["visit/again"], o.Accent = evil, evil, "red}</style><script>"
	r := presenttest.Rich()
	r.Header.Organisation, r.Actions[0].Title, r.Quality.Unread[0].Object = evil, evil, evil
	b := html.Render(present.Document(r, o))
	if bytes.Contains(b, []byte("<script")) || bytes.Contains(b, []byte{0}) {
		t.Error("text from outside stands in the page unescaped")
	}
	if n := strings.Count(stdhtml.UnescapeString(string(b)), strings.TrimSuffix(evil, "\x00")); n < 8 {
		t.Errorf("the names are read %d times, want each as it is", n)
	}
	wellFormed(t, b)
}

func TestLongTablesAreCutWithAWord(t *testing.T) {
	x := &doc.Table{ID: "t", Caption: "Long", Columns: []doc.Column{{ID: "a", Label: "A", Strong: true}}, Hidden: 2}
	for _, s := range []string{"one", "two", "three"} {
		x.Rows = append(x.Rows, []doc.Cell{{Text: s, Value: s}})
	}
	b := html.Render(&doc.Document{Language: "en", More: "%d more rows are in the CSV file.", Sections: []doc.Section{{ID: "s", Number: 1, Title: "S", Blocks: []doc.Block{{Table: x}}}}})
	if !bytes.Contains(b, []byte(">one<")) || bytes.Contains(b, []byte(">two<")) || !bytes.Contains(b, []byte("2 more rows are in the CSV file.")) {
		t.Errorf("a table of three rows, two hidden:\n%s", b[bytes.Index(b, []byte("<main")):])
	}
}

func TestWithheldCellsAreDrawnAsOne(t *testing.T) {
	b := string(rich("en"))
	if !strings.Contains(b, `<td class="muted" colspan="7">withheld</td>`) {
		t.Error("the seven cells of a withheld row are not one")
	}
}

// Whatever the brand's colour: every text of the style sheet can be read on
// every background it stands on.
func TestEveryTextCanBeReadInEveryBrand(t *testing.T) {
	token := regexp.MustCompile(`--([a-z]+):(#[0-9a-f]{3,6})`)
	rapid.Check(t, func(t *rapid.T) {
		part := rapid.Float64Range(0, 1)
		accent := colour.Colour{part.Draw(t, "r"), part.Draw(t, "g"), part.Draw(t, "b")}
		page := string(html.Render(&doc.Document{Language: "en", Accent: accent.String()}))
		schemes := strings.Split(page, ":root{")[1:]
		if len(schemes) != 3 {
			t.Fatalf("%d schemes, want light, dark and paper", len(schemes))
		}
		for i, scheme := range schemes {
			block, _, _ := strings.Cut(scheme, "}")
			c := make(map[string]colour.Colour)
			for _, m := range token.FindAllStringSubmatch(block, -1) {
				hex := m[2]
				if len(hex) == 4 {
					hex = "#" + strings.Repeat(hex[1:2], 2) + strings.Repeat(hex[2:3], 2) + strings.Repeat(hex[3:4], 2)
				}
				c[m[1]] = colour.Must(hex)
			}
			for _, on := range [][2]string{
				{"ink", "card"}, {"ink", "bg"}, {"ink", "zebra"}, {"soft", "card"}, {"soft", "bg"}, {"soft", "zebra"}, {"a", "card"}, {"a", "bg"},
				{"up", "card"}, {"down", "card"}, {"warn", "warnbg"}, {"ok", "okbg"}, {"info", "infobg"}, {"none", "nonebg"},
			} {
				if got := colour.Contrast(c[on[0]], c[on[1]]); got < colour.Enough {
					t.Errorf("brand %s, scheme %d: %s on %s has %.2f", accent, i, on[0], on[1], got)
				}
			}
		}
	})
}

func BenchmarkRender(b *testing.B) {
	d := present.Document(presenttest.Rich(), presenttest.Options("de"))
	for b.Loop() {
		html.Render(d)
	}
}
