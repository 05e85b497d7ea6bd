package chart

import (
	"image/color"
	"math"

	"resonanz/shared/colour"
	"resonanz/shared/report/doc"
)

// Ink is a colour of a chart. Text and lines take that of the page where there
// is one: Page says so, and Alpha how strongly.
type Ink struct {
	Colour colour.Colour
	Alpha  float64 // 0..1
	Page   bool
}

// RGBA makes Ink a color.Color.
func (i Ink) RGBA() (r, g, b, a uint32) {
	c := func(v float64) uint8 { return uint8(math.Round(v * 255)) }
	return color.NRGBA{R: c(i.Colour[0]), G: c(i.Colour[1]), B: c(i.Colour[2]), A: c(i.Alpha)}.RGBA()
}

// OnWhite is the ink as it looks on paper.
func (i Ink) OnWhite() colour.Colour { return colour.White.Mix(i.Colour, i.Alpha) }

// The inks of what is no data.
var (
	textInk  = Ink{Alpha: 1, Page: true}
	quietInk = Ink{Alpha: 0.72, Page: true}
	gridInk  = Ink{Alpha: 0.14, Page: true}
	baseInk  = Ink{Alpha: 0.55, Page: true}
)

// fills are the colours of the tones. Every two of them differ in lightness by
// more than a step of grey, so that a copy in black and white can still be read,
// and no two that stand side by side differ by red against green alone. They are
// seen on white and on a dark page alike.
var fills = map[doc.Tone]colour.Colour{
	doc.Neutral: colour.Must("#98a0aa"),
	doc.Good:    colour.Must("#3f9e93"),
	doc.Bad:     colour.Must("#b83c12"),
	doc.One:     colour.Must("#a63413"),
	doc.Two:     colour.Must("#df8145"),
	doc.Three:   colour.Must("#d5d5d2"),
	doc.Four:    colour.Must("#86b7de"),
	doc.Five:    colour.Must("#3274ab"),
}

// palette are the inks of one chart.
type palette struct{ brand colour.Colour }

// newPalette takes the brand's colour, made strong enough for white and for a
// dark page; what is no colour gives blue.
func newPalette(accent string) palette {
	c, err := colour.Parse(accent)
	if err != nil {
		c = colour.Must("#2467a8")
	}
	return palette{seen(c)}
}

// paper and night are what charts are seen on.
var (
	paper = colour.White
	night = colour.Must("#16181d")
)

// seen moves a colour towards black or white until its contrast is at least 3 on
// both (WCAG 2.2, 1.4.11).
func seen(c colour.Colour) colour.Colour {
	const enough = 3
	for share := 0.0; share < 1; share += 0.02 {
		dark, light := c.Mix(colour.Black, share), c.Mix(colour.White, share)
		for _, m := range []colour.Colour{dark, light} {
			if colour.Contrast(m, paper) >= enough && colour.Contrast(m, night) >= enough {
				return m
			}
		}
	}
	return fills[doc.Five]
}

// fill is the ink of areas of a tone.
func (p palette) fill(t doc.Tone) Ink {
	if c, ok := fills[t]; ok {
		return Ink{Colour: c, Alpha: 1}
	}
	return Ink{Colour: p.brand, Alpha: 1}
}

// wash is a pale fill, for bands.
func (p palette) wash(t doc.Tone) Ink {
	i := p.fill(t)
	i.Alpha = 0.2
	return i
}

// on is the ink of words on a fill.
func on(i Ink) Ink { return Ink{Colour: i.Colour.Ink(), Alpha: 1} }
