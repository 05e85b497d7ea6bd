package growth

import (
	"errors"
	"math"
	"testing"

	"pgregory.net/rapid"
)

func TestAStraightLineIsFoundAndIsSure(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := rapid.Float64Range(-10, 10).Draw(t, "a"), rapid.Float64Range(0.1, 10).Draw(t, "b")
		x := []float64{1, 2.5, 5, 10}
		y := make([]float64, len(x))
		for i := range x {
			y[i] = a + b*x[i]
		}
		l, err := Fit(x, y)
		if err != nil || math.Abs(l.A-a) > 1e-6 || math.Abs(l.B-b) > 1e-6 || l.R2 < 1-1e-9 || l.Within(100) > 1e-3 {
			t.Fatalf("%+v, %v", l, err)
		}
		if at := l.Where(l.At(42)); math.Abs(at-42) > 1e-6 && l.At(42) > a {
			t.Errorf("the line is at its own value of 42 at %v", at)
		}
	})
}

// The example is worked by hand: residuals ±1 about y = x.
func TestWhatScattersIsLessSureTheFartherItIs(t *testing.T) {
	l, err := Fit([]float64{1, 2, 3, 4}, []float64{2, 1, 2, 5})
	if err != nil {
		t.Fatal(err)
	}
	if math.Abs(l.B-1) > 1e-9 || math.Abs(l.A) > 1e-9 {
		t.Errorf("%+v", l)
	}
	// s² = (1 + 1 + 1 + 1)/2 = 2; at 10: 4.303·√2·√(1 + 1/4 + 7.5²/5).
	if got, want := l.Within(10), 4.303*math.Sqrt2*math.Sqrt(1.25+7.5*7.5/5); math.Abs(got-want) > 1e-9 {
		t.Errorf("got %v, want %v", got, want)
	}
	if l.Within(2.5) >= l.Within(10) {
		t.Error("near the measurements the line is not surer than far from them")
	}
}

func TestTooFewPointsAreNoLine(t *testing.T) {
	for _, x := range [][]float64{{1, 2}, {3, 3, 3}} {
		if _, err := Fit(x, x); !errors.Is(err, ErrTooFew) {
			t.Errorf("%v: got %v", x, err)
		}
	}
	if !math.IsInf(Line{A: 1}.Where(2), 1) {
		t.Error("a flat line reaches what is above it")
	}
}
