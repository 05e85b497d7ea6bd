package letter

import (
	"fmt"
	"math"
	"strconv"
)

// colour is the brand's, and the one that is readable on it.
type colour struct{ background, ink string }

// parseColour reads #rrggbb. Black is readable (WCAG 2.2, 1.4.3: a contrast of
// 4.5) on every colour of a relative luminance above 0.175, white below 0.183.
func parseColour(s string) (colour, error) {
	n, err := strconv.ParseUint(s[min(1, len(s)):], 16, 32)
	if err != nil || len(s) != 7 || s[0] != '#' {
		return colour{}, fmt.Errorf("organisation.accent %q: want a colour such as #0b5cad", s)
	}
	c := colour{background: s, ink: "#ffffff"}
	if luminance(n) > 0.179 {
		c.ink = "#000000"
	}
	return c, nil
}

// luminance is the relative luminance of rrggbb, 0..1 (WCAG 2.2, glossary).
func luminance(rgb uint64) float64 {
	linear := func(b uint64) float64 {
		v := float64(b&255) / 255
		if v <= 0.04045 {
			return v / 12.92
		}
		return math.Pow((v+0.055)/1.055, 2.4)
	}
	return 0.2126*linear(rgb>>16) + 0.7152*linear(rgb>>8) + 0.0722*linear(rgb)
}
