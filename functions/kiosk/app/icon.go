package app

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"math"
	"strconv"
)

// The icon is a smiling face on the brand's colour, the face within the middle
// four fifths, so that systems may cut it to any shape (maskable).

func (a *App) iconSVG() string {
	return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64"><rect width="64" height="64" fill="` + a.colours.Accent + `"/><g fill="` + a.colours.OnAccent +
		`"><circle cx="24" cy="26" r="4"/><circle cx="40" cy="26" r="4"/></g><path d="M18 36a14.6 14.6 0 0 0 28 0" fill="none" stroke="` + a.colours.OnAccent +
		`" stroke-width="5" stroke-linecap="round"/></svg>`
}

// iconPNG draws the icon with size pixels a side. The edges are smooth: a pixel
// takes as much of the face's colour as the face covers of it.
func (a *App) iconPNG(size int) (*File, error) {
	const shades = 16
	back, front := rgb(a.colours.Accent), rgb(a.colours.OnAccent)
	palette := make(color.Palette, shades)
	for i := range palette {
		share := float64(i) / (shades - 1)
		mix := func(b, f uint8) uint8 { return uint8(math.Round(float64(b) + share*(float64(f)-float64(b)))) }
		palette[i] = color.RGBA{mix(back.R, front.R), mix(back.G, front.G), mix(back.B, front.B), 255}
	}
	img := image.NewPaletted(image.Rect(0, 0, size, size), palette)
	unit := float64(size) / 64 // pixels of one unit of the drawing
	for y := range size {
		for x := range size {
			covered := 0.5 - unit*outside((float64(x)+0.5)/unit, (float64(y)+0.5)/unit)
			img.SetColorIndex(x, y, uint8(math.Round((shades-1)*min(max(covered, 0), 1))))
		}
	}
	var b bytes.Buffer
	if err := (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&b, img); err != nil {
		return nil, fmt.Errorf("drawing the icon: %w", err)
	}
	return &File{"image/png", b.Bytes()}, nil
}

// outside is how far a point is from the eyes and the mouth, in units of the
// 64 × 64 drawing; negative within.
func outside(x, y float64) float64 {
	eyes := min(math.Hypot(x-24, y-26), math.Hypot(x-40, y-26)) - 4
	const cx, cy, r, half = 32, 32, 14.6, 2.5
	mouth := math.Abs(math.Hypot(x-cx, y-cy)-r) - half
	if y < 36 { // the ends are round
		mouth = min(math.Hypot(x-18, y-36), math.Hypot(x-46, y-36)) - half
	}
	return min(eyes, mouth)
}

// rgb reads #rrggbb.
func rgb(s string) color.RGBA {
	n, _ := strconv.ParseUint(s[1:], 16, 32)                        // checked when the colours were made
	return color.RGBA{uint8(n >> 16), uint8(n >> 8), uint8(n), 255} //nolint:gosec // a byte of it each
}
