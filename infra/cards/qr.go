package main

import (
	"fmt"
	"html/template"
	"image/color"
	"strings"

	"github.com/boombuler/barcode/qr"
)

// quiet is the empty border of a code, in modules (ISO/IEC 18004, 5.3.8).
const quiet = 4

// matrix draws text as a QR code (ISO/IEC 18004) without its quiet zone: true
// is a dark module. A quarter of it may be hidden or soiled (level Q).
func matrix(text string) ([][]bool, error) {
	code, err := qr.Encode(text, qr.Q, qr.Unicode)
	if err != nil {
		return nil, fmt.Errorf("drawing the QR code: %w", err)
	}
	n := code.Bounds().Dx()
	m := make([][]bool, n)
	for y := range m {
		m[y] = make([]bool, n)
		for x := range m[y] {
			m[y][x] = color.GrayModel.Convert(code.At(x, y)).(color.Gray).Y < 128 //nolint:forcetypeassert // that model's colour
		}
	}
	return m, nil
}

// vector is the code as SVG with its quiet zone: one path, a unit a module, so
// that it prints sharp at every size.
func vector(m [][]bool) template.HTML {
	var b strings.Builder
	n := len(m) + 2*quiet
	fmt.Fprintf(&b, `<svg class="qr" viewBox="0 0 %d %d" shape-rendering="crispEdges" aria-hidden="true"><rect width="%d" height="%d" fill="#fff"/><path fill="#000" d="`, n, n, n, n)
	for y, row := range m {
		for x := 0; x < len(row); x++ {
			if !row[x] {
				continue
			}
			from := x
			for x < len(row) && row[x] {
				x++
			}
			fmt.Fprintf(&b, "M%d %dh%dv1h-%dz", from+quiet, y+quiet, x-from, x-from)
		}
	}
	b.WriteString(`"/></svg>`)
	return template.HTML(b.String()) //nolint:gosec // numbers only
}
