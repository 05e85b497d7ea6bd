// Package pdf writes a report as a PDF file: A4, fonts embedded, charts as
// vectors.
package pdf

import (
	"bytes"
	"fmt"
	"time"

	"codeberg.org/go-fonts/liberation/liberationsansregular"
	"codeberg.org/go-pdf/fpdf"

	"resonanz/shared/report/doc"
)

// Render writes the document. The same document and instant give the same
// bytes; at is the only time in the file.
func Render(d *doc.Document, at time.Time) ([]byte, error) {
	f := fpdf.New("P", "mm", "A4", "")
	f.SetCreationDate(at.UTC())
	f.SetModificationDate(at.UTC())
	f.SetCatalogSort(true)
	f.AddUTF8FontFromBytes("sans", "", liberationsansregular.TTF)
	f.AddPage()
	f.SetFont("sans", "", 18)
	f.Cell(0, 10, d.Title)
	var b bytes.Buffer
	if err := f.Output(&b); err != nil {
		return nil, fmt.Errorf("writing the PDF of %q: %w", d.Title, err)
	}
	return b.Bytes(), nil
}
