package pages

import (
	"math"
	"regexp"
	"testing"

	"pgregory.net/rapid"
)

func TestContrastIsThatOfTheGuideline(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want float64
	}{{"#000000", "#ffffff", 21}, {"#777777", "#ffffff", 4.48}, {"#ffffff", "#ffffff", 1}} {
		if got := contrast(mustColour(c.a), mustColour(c.b)); math.Abs(got-c.want) > 0.005 {
			t.Errorf("%s on %s: %.3f, want %.2f", c.a, c.b, got, c.want)
		}
	}
}

func TestNeutralColoursAreReadable(t *testing.T) {
	for name, p := range map[string]palette{"light": light, "dark": dark} {
		for _, text := range []string{p.ink, p.soft} {
			for _, ground := range []string{p.bg, p.card} {
				if got := contrast(mustColour(text), mustColour(ground)); got < 4.5 {
					t.Errorf("%s: %s on %s has %.2f, want 4.5", name, text, ground, got)
				}
			}
		}
		if got := contrast(mustColour(p.bad), mustColour(p.badBG)); got < 4.5 {
			t.Errorf("%s: mistakes have %.2f, want 4.5", name, got)
		}
		if got := contrast(mustColour(p.bad), mustColour(p.card)); got < 4.5 {
			t.Errorf("%s: mistakes at a field have %.2f, want 4.5", name, got)
		}
		if got := contrast(mustColour(p.field), mustColour(p.card)); got < 3 {
			t.Errorf("%s: outlines of controls have %.2f, want 3", name, got)
		}
	}
}

// Whatever the brand's colour: text, links and buttons stay readable.
func TestAnyAccentGivesReadablePages(t *testing.T) {
	variable := func(style, name string, nth int) colour {
		m := regexp.MustCompile(`--`+name+`:(#[0-9a-f]{6})`).FindAllStringSubmatch(style, -1)
		return mustColour(m[nth][1])
	}
	rapid.Check(t, func(t *rapid.T) {
		part := rapid.Float64Range(0, 1)
		style := stylesheet(colour{part.Draw(t, "r"), part.Draw(t, "g"), part.Draw(t, "b")})
		for scheme := range 2 {
			a := variable(style, "a", scheme)
			for _, ground := range []string{"card", "bg", "tint", "on"} {
				if got := contrast(a, variable(style, ground, scheme)); got < 4.5 {
					t.Fatalf("scheme %d: accent %s on %s has %.2f, want 4.5", scheme, a, ground, got)
				}
			}
			if got := contrast(variable(style, "soft", scheme), variable(style, "tint", scheme)); got < 4.5 {
				t.Fatalf("scheme %d: soft text on the tint has %.2f", scheme, got)
			}
		}
	})
}

func TestAnAccentThatIsNoColourIsRefused(t *testing.T) {
	for _, s := range []string{"", "#fff", "0b5cad", "#0b5cag", "blue", "#0b5cad1"} {
		if _, err := parseColour(s); err == nil {
			t.Errorf("%q accepted", s)
		}
	}
}
