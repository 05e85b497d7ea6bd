// Package pdf writes a report as a PDF file: A4, fonts embedded, charts as
// vectors, a bookmark for every section.
package pdf

import (
	"bytes"
	"fmt"
	"time"

	"codeberg.org/go-fonts/liberation/liberationsansbold"
	"codeberg.org/go-fonts/liberation/liberationsansregular"
	"codeberg.org/go-pdf/fpdf"

	"resonanz/shared/colour"
	"resonanz/shared/report/doc"
)

// Sizes of the page in points: A4 with its margins.
const (
	pageWidth  = 595.28
	pageHeight = 841.89
	left       = 51.0
	width      = pageWidth - 2*left
	top        = 62.0
	bottom     = pageHeight - 62
)

// first is the section that page 1 shows: the headlines.
const first = 2

// Render writes the document. Page 1 holds the headlines and stands for itself;
// the table of contents and the other sections follow. The same document and
// instant give the same bytes; at is the only time in the file.
func Render(d *doc.Document, at time.Time) ([]byte, error) {
	p := newPrinter(d, at)
	p.f.AddPage()
	p.cover()
	p.contents()
	for i := range d.Sections {
		if d.Sections[i].Number != first {
			p.section(&d.Sections[i])
		}
	}
	p.fillContents()
	p.footers()
	var b bytes.Buffer
	if err := p.f.Output(&b); err != nil {
		return nil, fmt.Errorf("writing the PDF of %q: %w", d.Title, err)
	}
	return b.Bytes(), nil
}

// printer writes one document, from the top of page 1 to the end.
type printer struct {
	d     *doc.Document
	f     *fpdf.Fpdf
	y     float64 // where the next thing begins, from the top of the page
	scale float64 // of the sizes of words: below 1 to fit page 1
	entry []entry // of the table of contents

	accent, wash colour.Colour
}

// entry is a line of the table of contents.
type entry struct {
	number int
	words  string
	link   int
	page   int     // where the section begins
	on     int     // the page of the line
	x, y   float64 // of the line
}

// Colours of what is not the brand's.
var (
	ink   = colour.Must("#1b1e23")
	quiet = colour.Must("#59626e")
	rule  = colour.Must("#d4d8dd")
	good  = colour.Must("#1f7d72")
	bad   = colour.Must("#b03a10")
)

// newPrinter is a printer of an empty file.
func newPrinter(d *doc.Document, at time.Time) *printer {
	f := fpdf.New("P", "pt", "A4", "")
	f.SetCreationDate(at.UTC())
	f.SetModificationDate(at.UTC())
	f.SetCatalogSort(true)
	f.SetLang(d.Language)
	f.SetTitle(clean(d.Title), true)
	f.SetAuthor(clean(d.Organisation), true)
	f.SetSubject(clean(together(d.Group, d.Badge, d.AsOf)), true)
	f.SetKeywords(d.Hash, true)
	f.SetCreator("Resonanz", true)
	f.SetProducer("fpdf", true)
	f.SetMargins(left, top, left)
	f.SetAutoPageBreak(false, 0)
	f.SetDisplayMode("fullpage", "continuous")
	f.AddUTF8FontFromBytes(family, "", liberationsansregular.TTF)
	f.AddUTF8FontFromBytes(family, "B", liberationsansbold.TTF)
	brand, err := colour.Parse(d.Accent)
	if err != nil {
		brand = colour.Must("#2467a8")
	}
	wash := colour.White.Mix(brand, 0.07)
	return &printer{d: d, f: f, scale: 1, y: top, accent: brand.Readable(colour.Black, colour.White, wash), wash: wash}
}

// together joins the words that are there.
func together(words ...string) string {
	s := ""
	for _, w := range words {
		if s != "" && w != "" {
			s += " · "
		}
		s += w
	}
	return s
}
