// Package colour makes any brand's colour readable.
package colour

import (
	"fmt"
	"math"
	"strconv"
)

// Colour is an sRGB colour, each part 0..1.
type Colour [3]float64

// The ends of the scale.
var (
	Black = Colour{}
	White = Colour{1, 1, 1}
)

// Enough is the contrast that WCAG 2.2 (1.4.3, level AA) wants of text.
const Enough = 4.5

// Parse reads #rrggbb.
func Parse(s string) (Colour, error) {
	n, err := strconv.ParseUint(s[min(1, len(s)):], 16, 32)
	if err != nil || len(s) != 7 || s[0] != '#' {
		return Colour{}, fmt.Errorf("%q: want a colour such as #0b5cad", s)
	}
	return Colour{float64(n>>16) / 255, float64(n>>8&255) / 255, float64(n&255) / 255}, nil
}

// Must is Parse for what is known to be a colour.
func Must(s string) Colour {
	c, err := Parse(s)
	if err != nil {
		panic(err)
	}
	return c
}

// String is #rrggbb.
func (c Colour) String() string {
	b := func(v float64) int { return int(math.Round(v * 255)) }
	return fmt.Sprintf("#%02x%02x%02x", b(c[0]), b(c[1]), b(c[2]))
}

// Mix is c with a share, 0..1, of another, as rounded for a page.
func (c Colour) Mix(with Colour, share float64) Colour {
	for i := range c {
		c[i] = math.Round((c[i]+(with[i]-c[i])*share)*255) / 255
	}
	return c
}

// luminance is the relative luminance, 0..1 (WCAG 2.2, glossary).
func (c Colour) luminance() float64 {
	linear := func(v float64) float64 {
		if v <= 0.04045 {
			return v / 12.92
		}
		return math.Pow((v+0.055)/1.055, 2.4)
	}
	return 0.2126*linear(c[0]) + 0.7152*linear(c[1]) + 0.0722*linear(c[2])
}

// Contrast is the contrast ratio, 1..21 (WCAG 2.2, glossary).
func Contrast(a, b Colour) float64 {
	x, y := a.luminance(), b.luminance()
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

// Readable moves c towards target, a hundredth at a time, until its contrast is
// Enough against every one of the backgrounds.
func (c Colour) Readable(target Colour, backgrounds ...Colour) Colour {
	for share := 0.0; share <= 1; share += 0.01 {
		m, ok := c.Mix(target, share), true
		for _, b := range backgrounds {
			ok = ok && Contrast(m, b) >= Enough
		}
		if ok {
			return m
		}
	}
	return target
}

// Ink is black or white, whichever is easier to read on c. Its contrast is
// Enough on every colour: 4.58 at the least.
func (c Colour) Ink() Colour {
	if Contrast(c, Black) > Contrast(c, White) {
		return Black
	}
	return White
}
