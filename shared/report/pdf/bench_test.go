package pdf_test

import (
	"testing"

	"resonanz/shared/report/doc/doctest"
	"resonanz/shared/report/pdf"
	"resonanz/shared/report/sheet"
	"resonanz/shared/report/tidy"
)

// BenchmarkFilesOf200Touchpoints writes the files of a large month: PDF,
// spreadsheet and tables. All forms together have three seconds.
func BenchmarkFilesOf200Touchpoints(b *testing.B) {
	d := doctest.Sample("de", 200)
	for name, render := range map[string]func() ([]byte, error){
		"pdf":   func() ([]byte, error) { return pdf.Render(d, at) },
		"sheet": func() ([]byte, error) { return sheet.Render(d, at) },
		"tidy":  func() ([]byte, error) { return tidy.Zip(d, at) },
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := render(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
