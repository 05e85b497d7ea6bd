package chart_test

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"resonanz/shared/report/chart"
	"resonanz/shared/report/doc"
	"resonanz/shared/report/doc/doctest"
)

// charts are those of a document.
func charts(d *doc.Document) []*doc.Chart {
	var all []*doc.Chart
	for _, s := range d.Sections {
		for _, b := range s.Blocks {
			if b.Chart != nil {
				all = append(all, b.Chart)
			}
		}
	}
	return all
}

func TestLook(t *testing.T) {
	dir := os.Getenv("LOOK")
	for _, l := range doctest.Languages {
		d := doctest.Sample(l, 9)
		for _, c := range charts(d) {
			_ = os.WriteFile(filepath.Join(dir, fmt.Sprintf("%s-%s.svg", c.ID, l)), chart.SVG(c, d.Accent), 0o600)
		}
	}
	_ = xml.Header
	_ = errors.New
	_ = io.EOF
	_ = strings.Cut
}
