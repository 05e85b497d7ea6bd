package pdf_test

import (
	"bytes"
	"compress/zlib"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"resonanz/shared/report/chart"
	"resonanz/shared/report/doc"
	"resonanz/shared/report/doc/doctest"
	"resonanz/shared/report/pdf"
)

var at = time.Date(2026, 4, 6, 0, 0, 0, 0, time.UTC)

// file is a PDF as the tests read it.
type file struct {
	raw     string
	streams []string // of the pages
	pages   []string // what each of them says
}

// render writes a document and reads it back.
func render(t testing.TB, d *doc.Document) file {
	t.Helper()
	b, err := pdf.Render(d, at)
	if err != nil {
		t.Fatal(err)
	}
	f := file{raw: string(b)}
	for _, m := range regexp.MustCompile(`(?s)/Length (\d+)>>\nstream\n`).FindAllStringSubmatchIndex(f.raw, -1) {
		z, err := zlib.NewReader(strings.NewReader(f.raw[m[1]:]))
		if err != nil {
			continue
		}
		s, err := io.ReadAll(z)
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(s, []byte(" Tj ET")) {
			f.streams = append(f.streams, string(s))
			f.pages = append(f.pages, words(string(s)))
		}
	}
	return f
}

// shown is a text that a stream shows: UTF-16 in a literal of PDF.
var shown = regexp.MustCompile(`(?s)\(((?:\\.|[^\\)])*)\) Tj`)

// words are the texts of a page, one a line.
func words(stream string) string {
	var b strings.Builder
	for _, m := range shown.FindAllStringSubmatch(stream, -1) {
		raw := strings.NewReplacer(`\\`, `\`, `\(`, `(`, `\)`, `)`, `\r`, "\r").Replace(m[1])
		var units []uint16
		for i := 0; i+1 < len(raw); i += 2 {
			units = append(units, uint16(raw[i])<<8|uint16(raw[i+1]))
		}
		b.WriteString(string(utf16.Decode(units)) + "\n")
	}
	return b.String()
}

func TestPage1HoldsTheHeadlinesAndNothingOfTheOtherSections(t *testing.T) {
	for _, l := range doctest.Languages {
		d := doctest.Sample(l, 9)
		f := render(t, d)
		for _, s := range d.Sections {
			for _, b := range s.Blocks {
				texts := append([]string{b.Heading, b.Text, b.Note}, b.List...)
				for _, text := range texts {
					begin, _, _ := strings.Cut(text, " ")
					if begin == "" || len(text) > 60 {
						continue // a long one is broken into lines
					}
					if on := strings.Contains(f.pages[0], text); on != (s.Number == 2) {
						t.Errorf("%s: %q of section %d on page 1: %v", l, text, s.Number, on)
					}
				}
			}
		}
	}
}

func TestManyHeadlinesGetSmallerAndStayOnPage1(t *testing.T) {
	d := doctest.Sample("de", 3)
	last := "Das ist der letzte Punkt."
	for i := range d.Sections {
		if d.Sections[i].Number == 2 {
			b := &d.Sections[i].Blocks[2]
			for n := range 24 {
				b.List = append(b.List, fmt.Sprintf("Punkt %d: was sich geändert hat.", n))
			}
			b.List = append(b.List, last)
		}
	}
	if f := render(t, d); !strings.Contains(f.pages[0], last) || strings.Contains(f.pages[0], d.Contents) || !strings.Contains(f.pages[1], d.Contents) {
		t.Errorf("page 1:\n%s\npage 2:\n%s", f.pages[0], f.pages[1])
	}
}

func TestTheContentsTellTheRightPages(t *testing.T) {
	for _, n := range []int{2, 40} {
		d := doctest.Sample("en", n)
		f := render(t, d)
		lines := strings.Split(f.pages[0], "\n")
		for _, s := range d.Sections {
			page := ""
			for i, line := range lines {
				if line == s.Title && i > 0 && lines[i-1] == fmt.Sprint(s.Number) {
					page = lines[i+1]
				}
			}
			title := fmt.Sprintf("%d\u2002%s\n", s.Number, s.Title)
			for i, text := range f.pages {
				if strings.Contains(text, title) && page != fmt.Sprint(i+1) {
					t.Errorf("%d touchpoints: section %d stands on page %d, the contents say %q", n, s.Number, i+1, page)
				}
			}
		}
	}
}

func TestEveryPageHasItsNumberAndTheHash(t *testing.T) {
	d := doctest.Sample("de", 30)
	f := render(t, d)
	if len(f.pages) < 6 {
		t.Fatalf("%d pages", len(f.pages))
	}
	for i, text := range f.pages {
		if want := fmt.Sprintf("Seite %d von %d\n", i+1, len(f.pages)); !strings.Contains(text, want) || !strings.Contains(text, d.Hash) {
			t.Errorf("page %d lacks %q or the hash", i+1, want)
		}
	}
}

func TestEverySectionAndHeadingHasABookmark(t *testing.T) {
	d := doctest.Sample("de", 3)
	f := render(t, d)
	for _, s := range d.Sections {
		if want := title(fmt.Sprintf("%d\u2002%s", s.Number, s.Title)); !strings.Contains(f.raw, want) {
			t.Errorf("no bookmark for section %d", s.Number)
		}
		for _, b := range s.Blocks {
			if b.Heading != "" && !strings.Contains(f.raw, title(b.Heading)) {
				t.Errorf("no bookmark for %q", b.Heading)
			}
		}
	}
}

// title is a bookmark's title in the file.
func title(s string) string {
	b := []byte{0xfe, 0xff}
	for _, u := range utf16.Encode([]rune(s)) {
		b = append(b, byte(u>>8), byte(u))
	}
	return "/Title (" + strings.NewReplacer(`\`, `\\`, `(`, `\(`, `)`, `\)`, "\r", `\r`).Replace(string(b)) + ")"
}

func TestALongTableRepeatsItsHeadOnEachPage(t *testing.T) {
	d := doctest.Sample("en", 120)
	f := render(t, d)
	heads, rows := 0, 0
	for _, text := range f.pages {
		here := strings.Count(text, "too few responses") + strings.Count(text, "\nreliable\n")
		if here > 0 {
			rows += here
			if heads++; strings.Count(text, "Reliability\n") != 1 {
				t.Errorf("a page with rows has the head %d times", strings.Count(text, "Reliability\n"))
			}
		}
	}
	if heads < 3 || rows != 120 {
		t.Errorf("%d rows on %d pages", rows, heads)
	}
}

func TestTheTwinOfAChartIsLeftOutAndHiddenRowsAreTold(t *testing.T) {
	d := doctest.Sample("en", 20)
	for _, b := range d.Sections[2].Blocks {
		if b.Table != nil {
			b.Table.Hidden = 15
		}
	}
	all := strings.Join(render(t, d).pages, "")
	if !strings.Contains(all, "15 more rows are in the CSV file.") || strings.Count(all, "\nreliable\n") != 4 {
		t.Error("hidden rows are shown, or are not told")
	}
	if strings.Contains(all, "6.4.2026") {
		t.Error("the twin of a chart is there")
	}
}

func TestAMatrixTooWideForAPageKeepsTheNamesOfItsRows(t *testing.T) {
	all := strings.Join(render(t, doctest.Sample("en", 3)).pages, "")
	parts := strings.Count(all, "Category and touchpoint (")
	if parts < 2 {
		t.Fatalf("%d parts", parts)
	}
	if n := strings.Count(all, "Billing: incorrect invoice\n"); n < parts {
		t.Errorf("the name of a row is there %d times in %d parts", n, parts)
	}
	for i := range 14 {
		if !regexp.MustCompile(fmt.Sprintf(`Touchpoint[ \n]%d\n`, i+1)).MatchString(all) { // on one line or on two
			t.Errorf("column %d is missing", i+1)
		}
	}
}

// point is a point of a path, and where a text begins.
var point = regexp.MustCompile(`(?m)(-?[0-9.]+) (-?[0-9.]+) (?:[mlc]|Td)\b`)

func TestNothingIsDrawnIntoTheMarginsOrBeyondThePage(t *testing.T) {
	const left, right, foot, head = 51 - 8, 595.28 - 51 + 8, 18, 842
	for _, n := range []int{1, 7, 60} {
		seen := 0
		for page, stream := range render(t, doctest.Sample("de", n)).streams {
			stream = regexp.MustCompile(`(?s)q 1\.?0* .*? cm.*?\nQ`).ReplaceAllString(stream, "") // slanted words
			for _, m := range point.FindAllStringSubmatch(stream, -1) {
				seen++
				x, _ := strconv.ParseFloat(m[1], 64)
				y, _ := strconv.ParseFloat(m[2], 64)
				if x < left || x > right || y < foot || y > head {
					t.Fatalf("%d touchpoints, page %d: %s", n, page+1, m[0])
				}
			}
		}
		if seen < 500 {
			t.Errorf("%d touchpoints: only %d points were read", n, seen)
		}
	}
}

func TestALongChartBecomesWholeParts(t *testing.T) {
	d := doctest.Sample("en", 100)
	var bars *doc.Chart
	for _, b := range d.Sections[2].Blocks {
		if b.Chart != nil && b.Chart.Kind == doc.Bars {
			bars = b.Chart
		}
	}
	seen := map[string]bool{}
	for _, part := range chart.Split(bars, 900) {
		if chart.Height(part) > 900 {
			t.Errorf("a part is %.0f high", chart.Height(part))
		}
		for _, l := range part.Labels {
			seen[l] = true
		}
	}
	if len(seen) != len(bars.Labels) {
		t.Errorf("%d of %d bars", len(seen), len(bars.Labels))
	}
}

func TestSignsThatTheFontLacksDoNoHarm(t *testing.T) {
	d := doctest.Sample("en", 2)
	d.Title = "Report 📈 \xff\xfe \u2060漢字\u202e (1) \\ end"
	d.Sections[0].Blocks[0].Text = strings.Repeat("unbroken", 200) + " \x00\x01 🙂"
	f := render(t, d)
	if !strings.Contains(f.pages[0], "Report □ □ □□ (1) \\ end") {
		t.Errorf("page 1: %s", f.pages[0])
	}
}

func TestAnEmptyDocumentIsAFile(t *testing.T) {
	if f := render(t, &doc.Document{}); len(f.pages) != 1 || !strings.HasPrefix(f.raw, "%PDF-1.") {
		t.Errorf("%d pages", len(f.pages))
	}
}

func TestTheFileSaysWhatItIs(t *testing.T) {
	f := render(t, doctest.Sample("de", 2))
	for _, want := range []string{"/Lang (de)", "/CreationDate (D:20260406000000)", "/ModDate (D:20260406000000)", "/Outlines"} {
		if !strings.Contains(f.raw, want) {
			t.Errorf("no %s", want)
		}
	}
}

func rendered(d *doc.Document) ([]byte, error) { return pdf.Render(d, at) }

func TestMain(m *testing.M) { doctest.Main(m, rendered) }

func TestTwoProcessesWriteTheSameBytes(t *testing.T) { doctest.SameInEveryProcess(t, rendered) }
