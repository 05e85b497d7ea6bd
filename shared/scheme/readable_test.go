package scheme

import (
	"regexp"
	"testing"

	"pgregory.net/rapid"

	"resonanz/shared/colour"
)

func TestNeutralColoursAreReadable(t *testing.T) {
	for name, p := range map[string]palette{"light": light, "dark": dark} {
		for _, text := range []string{p.ink, p.soft} {
			for _, ground := range []string{p.bg, p.card} {
				if got := colour.Contrast(colour.Must(text), colour.Must(ground)); got < 4.5 {
					t.Errorf("%s: %s on %s has %.2f, want 4.5", name, text, ground, got)
				}
			}
		}
		if got := colour.Contrast(colour.Must(p.bad), colour.Must(p.badBG)); got < 4.5 {
			t.Errorf("%s: mistakes have %.2f, want 4.5", name, got)
		}
		if got := colour.Contrast(colour.Must(p.bad), colour.Must(p.card)); got < 4.5 {
			t.Errorf("%s: mistakes at a field have %.2f, want 4.5", name, got)
		}
		if got := colour.Contrast(colour.Must(p.field), colour.Must(p.card)); got < 3 {
			t.Errorf("%s: outlines of controls have %.2f, want 3", name, got)
		}
	}
}

// Whatever the brand's colour: text, links and buttons stay readable.
func TestAnyAccentGivesReadablePages(t *testing.T) {
	variable := func(style, name string, nth int) colour.Colour {
		m := regexp.MustCompile(`--`+name+`:(#[0-9a-f]{6})`).FindAllStringSubmatch(style, -1)
		return colour.Must(m[nth][1])
	}
	rapid.Check(t, func(t *rapid.T) {
		part := rapid.Float64Range(0, 1)
		style := of(colour.Colour{part.Draw(t, "r"), part.Draw(t, "g"), part.Draw(t, "b")}).Style
		for scheme := range 2 {
			a := variable(style, "a", scheme)
			for _, ground := range []string{"card", "bg", "tint", "on"} {
				if got := colour.Contrast(a, variable(style, ground, scheme)); got < 4.5 {
					t.Fatalf("scheme %d: accent %s on %s has %.2f, want 4.5", scheme, a, ground, got)
				}
			}
			if got := colour.Contrast(variable(style, "soft", scheme), variable(style, "tint", scheme)); got < 4.5 {
				t.Fatalf("scheme %d: soft text on the tint has %.2f", scheme, got)
			}
		}
	})
}
