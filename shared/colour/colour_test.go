package colour_test

import (
	"math"
	"testing"

	"pgregory.net/rapid"

	"resonanz/shared/colour"
)

func TestContrastIsThatOfTheGuideline(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want float64
	}{{"#000000", "#ffffff", 21}, {"#777777", "#ffffff", 4.48}, {"#ffffff", "#ffffff", 1}} {
		if got := colour.Contrast(colour.Must(c.a), colour.Must(c.b)); math.Abs(got-c.want) > 0.005 {
			t.Errorf("%s on %s: %.3f, want %.2f", c.a, c.b, got, c.want)
		}
	}
}

func TestWhatIsNoColourIsRefused(t *testing.T) {
	for _, s := range []string{"", "#fff", "0b5cad", "#0b5cag", "blue", "#0b5cad1"} {
		if _, err := colour.Parse(s); err == nil {
			t.Errorf("%q accepted", s)
		}
	}
}

func drawn(t *rapid.T) colour.Colour {
	part := rapid.Float64Range(0, 1)
	return colour.Colour{part.Draw(t, "r"), part.Draw(t, "g"), part.Draw(t, "b")}
}

func TestAColourIsWrittenAsItIsRead(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		if s := drawn(t).String(); colour.Must(s).String() != s {
			t.Fatalf("%s became %s", s, colour.Must(s))
		}
	})
}

// Whatever the colour: its ink is readable on it, and it can be made readable on
// black and on white.
func TestEveryColourCanBeRead(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := drawn(t)
		for on, got := range map[colour.Colour]float64{
			c:            colour.Contrast(c, c.Ink()),
			colour.White: colour.Contrast(c.Readable(colour.Black, colour.White), colour.White),
			colour.Black: colour.Contrast(c.Readable(colour.White, colour.Black), colour.Black),
		} {
			if got < colour.Enough {
				t.Fatalf("%s on %s has %.2f", c, on, got)
			}
		}
	})
}

func TestWhatIsReadableStays(t *testing.T) {
	if c := colour.Must("#0b5cad"); c.Readable(colour.Black, colour.White) != c || c.Ink() != colour.White {
		t.Errorf("%s, ink %s", c.Readable(colour.Black, colour.White), c.Ink())
	}
	if c := colour.Must("#ffcc00"); c.Ink() != colour.Black {
		t.Errorf("ink %s", c.Ink())
	}
}
