// Package sheet writes a report as a spreadsheet: a cover with the headlines and
// the contents, and a sheet for each section with tables.
package sheet

import (
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"

	"resonanz/shared/colour"
	"resonanz/shared/report/doc"
)

// first is the section that stands on the cover: the headlines.
const first = 2

// Render writes the document as XLSX: numbers as numbers, in the format in which
// the document shows them, hidden rows too. The same document and instant give
// the same bytes; at is the only time in the file.
func Render(d *doc.Document, at time.Time) ([]byte, error) {
	b := newBook(d)
	defer func() { _ = b.f.Close() }() // nothing of it lies on disk
	b.names()
	b.cover()
	for i := range d.Sections {
		if name := b.sheets[i]; name != "" {
			b.section(name, &d.Sections[i])
		}
	}
	b.properties(at)
	if b.err != nil {
		return nil, fmt.Errorf("writing the spreadsheet of %q: %w", d.Title, b.err)
	}
	b.restore()
	out, err := b.f.WriteToBuffer()
	if err != nil {
		return nil, fmt.Errorf("writing the spreadsheet of %q: %w", d.Title, err)
	}
	return out.Bytes(), nil
}

// book is a spreadsheet being written. The first error stays.
type book struct {
	d      *doc.Document
	f      *excelize.File
	err    error
	sheets []string // the sheet of each section; "": none
	styles map[look]int
	tables map[string]bool // names of tables, which are unique in the book
	aside  map[string]any  // the parts of the tables before the last one; see addTable

	accent, wash, on colour.Colour
}

// coverName is the name of the first sheet while it is made.
const coverName = "Sheet1"

// newBook is an empty book.
func newBook(d *doc.Document) *book {
	brand, err := colour.Parse(d.Accent)
	if err != nil {
		brand = colour.Must("#2467a8")
	}
	accent := brand.Readable(colour.Black, colour.White)
	return &book{
		d: d, f: excelize.NewFile(), styles: map[look]int{}, tables: map[string]bool{}, aside: map[string]any{},
		accent: accent, wash: colour.White.Mix(accent, 0.1), on: accent.Ink(),
	}
}

// try keeps the first error.
func (b *book) try(err error) {
	if b.err == nil {
		b.err = err
	}
}

// names gives every section with tables or figures its sheet.
func (b *book) names() {
	taken := map[string]bool{strings.ToLower(b.coverTitle()): true}
	b.try(b.f.SetSheetName(coverName, b.coverTitle()))
	for i := range b.d.Sections {
		s := &b.d.Sections[i]
		name := ""
		if s.Number != first && holds(s) {
			name = sheetName(strconv.Itoa(s.Number)+" "+s.Title, taken)
			_, err := b.f.NewSheet(name)
			b.try(err)
		}
		b.sheets = append(b.sheets, name)
	}
}

// coverTitle is the name of the cover's sheet.
func (b *book) coverTitle() string {
	name := ""
	for i := range b.d.Sections {
		if b.d.Sections[i].Number == first {
			name = b.d.Sections[i].Title
		}
	}
	if name == "" {
		name = b.d.Contents
	}
	if name == "" {
		name = b.d.Title
	}
	return sheetName(name, map[string]bool{})
}

// holds reports whether a section has what a sheet is for.
func holds(s *doc.Section) bool {
	for _, bl := range s.Blocks {
		if bl.Table != nil || bl.Figures != nil {
			return true
		}
	}
	return false
}

// sheetName is a name of at most 31 characters without those that sheets forbid,
// unlike those that are taken.
func sheetName(title string, taken map[string]bool) string {
	clean := strings.Trim(strings.Map(func(r rune) rune {
		if strings.ContainsRune(`[]:*?/\`, r) {
			return '-'
		}
		return r
	}, title), " '")
	if clean == "" {
		clean = "-"
	}
	for n := 1; ; n++ {
		suffix := ""
		if n > 1 {
			suffix = " (" + strconv.Itoa(n) + ")"
		}
		name := short(clean, 31-len(suffix)) + suffix
		if !taken[strings.ToLower(name)] {
			taken[strings.ToLower(name)] = true
			return name
		}
	}
}

// short is the text with at most n UTF-16 units, cut at a space where possible.
func short(s string, n int) string {
	units := 0
	for i, r := range s {
		units++
		if r > 0xffff {
			units++
		}
		if units > n {
			if cut := strings.LastIndexByte(s[:i], ' '); cut > n/2 {
				return s[:cut]
			}
			return s[:i]
		}
	}
	return s
}

// properties say what the book is.
func (b *book) properties(at time.Time) {
	when := at.UTC().Format(time.RFC3339)
	b.try(b.f.SetDocProps(&excelize.DocProperties{
		Title: b.d.Title, Subject: join(b.d.Group, b.d.Badge, b.d.AsOf), Creator: b.d.Organisation, LastModifiedBy: b.d.Organisation,
		Keywords: b.d.Hash, Language: b.d.Language, Created: when, Modified: when, Revision: "1",
	}))
	b.try(b.f.SetAppProps(&excelize.AppProperties{Application: "Microsoft Excel", Company: b.d.Organisation}))
	landscape, paper, wide, tall := "landscape", 9, 1, 0
	yes := true
	for _, name := range b.f.GetSheetList() {
		b.try(b.f.SetPageLayout(name, &excelize.PageLayoutOptions{Orientation: &landscape, Size: &paper, FitToWidth: &wide, FitToHeight: &tall}))
		b.try(b.f.SetSheetProps(name, &excelize.SheetPropsOptions{FitToPage: &yes}))
		b.try(b.f.SetHeaderFooter(name, &excelize.HeaderFooterOptions{OddFooter: "&L&8" + ampersand(clip(b.d.Footer, 120)) + "&R&8&P / &N"}))
		no := false
		b.try(b.f.SetSheetView(name, 0, &excelize.ViewOptions{ShowGridLines: &no}))
	}
	b.f.SetActiveSheet(0)
}

// ampersand doubles the sign that begins a code in footers.
func ampersand(s string) string { return strings.ReplaceAll(s, "&", "&&") }

// clip is at most n characters.
func clip(s string, n int) string {
	if utf8.RuneCountInString(s) <= n {
		return s
	}
	return string([]rune(s)[:n-1]) + "…"
}

// join joins the words that are there.
func join(words ...string) string {
	var some []string
	for _, w := range words {
		if w != "" {
			some = append(some, w)
		}
	}
	return strings.Join(some, " · ")
}
