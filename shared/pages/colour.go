package pages

import (
	"fmt"
	"math"
	"strconv"
)

// colour is an sRGB colour, each part 0..1.
type colour [3]float64

func parseColour(s string) (colour, error) {
	n, err := strconv.ParseUint(s[min(1, len(s)):], 16, 32)
	if err != nil || len(s) != 7 || s[0] != '#' {
		return colour{}, fmt.Errorf("organisation.accent %q: want a colour such as #0b5cad", s)
	}
	return colour{float64(n>>16) / 255, float64(n>>8&255) / 255, float64(n&255) / 255}, nil
}

func mustColour(s string) colour {
	c, err := parseColour(s)
	if err != nil {
		panic(err)
	}
	return c
}

func (c colour) String() string {
	b := func(v float64) int { return int(math.Round(v * 255)) }
	return fmt.Sprintf("#%02x%02x%02x", b(c[0]), b(c[1]), b(c[2]))
}

func (c colour) mix(with colour, share float64) colour {
	for i := range c {
		c[i] += (with[i] - c[i]) * share
	}
	return c
}

// luminance is the relative luminance, 0..1 (WCAG 2.2, glossary).
func (c colour) luminance() float64 {
	lin := func(v float64) float64 {
		if v <= 0.04045 {
			return v / 12.92
		}
		return math.Pow((v+0.055)/1.055, 2.4)
	}
	return 0.2126*lin(c[0]) + 0.7152*lin(c[1]) + 0.0722*lin(c[2])
}

// contrast is the contrast ratio, 1..21 (WCAG 2.2, glossary).
func contrast(a, b colour) float64 {
	x, y := a.luminance(), b.luminance()
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

// readable moves c towards target, a hundredth at a time, until it reaches the
// contrast of 4.5 that WCAG 2.2 (1.4.3, level AA) wants against every one of
// the backgrounds. Any brand colour thus gives readable pages.
func (c colour) readable(target colour, backgrounds ...colour) colour {
	for share := 0.0; share <= 1; share += 0.01 {
		m, ok := mustColour(c.mix(target, share).String()), true // as rounded for the page
		for _, b := range backgrounds {
			ok = ok && contrast(m, b) >= 4.5
		}
		if ok {
			return m
		}
	}
	return target
}
