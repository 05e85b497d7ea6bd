// Package growth extends what was measured at some sizes to sizes that were not, by a
// straight line, and says how sure that is.
package growth

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
)

// Run is one size at which the report was measured, as `make bench-report` writes it.
type Run struct {
	Facts      float64 `json:"facts"`
	Seconds    float64 `json:"seconds"`
	CPUSeconds float64 `json:"cpu_seconds"`
	MiB        float64 `json:"mib"`
	DuckDB     float64 `json:"duckdb_seconds"`
	Load       float64 `json:"load_average"`
}

// Figures are those of one measurement.
type Figures struct {
	Machine string `json:"machine"`
	Go      string `json:"go"`
	Commit  string `json:"commit"`
	Runs    []Run  `json:"runs"`
}

// Read reads figures.
func Read(file string) (*Figures, error) {
	b, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("reading what the report takes: %w", err)
	}
	f := new(Figures)
	if err := json.Unmarshal(b, f); err != nil {
		return nil, fmt.Errorf("reading %s: %w", file, err)
	}
	return f, nil
}

// Sizes are the sizes measured, in millions of facts, and their processor time in
// seconds.
func (f *Figures) Sizes() (millions, seconds []float64) {
	for _, r := range f.Runs {
		millions, seconds = append(millions, r.Facts/1e6), append(seconds, r.CPUSeconds)
	}
	return millions, seconds
}

// Line is y = A + B·x by least squares, with what is needed to say how far off a
// value on it may be.
type Line struct {
	A, B     float64
	R2       float64 // share of the variance that the line explains
	mean, sx float64 // of x; sum of squares about it
	s        float64 // standard error of the residuals
	n        int
}

// ErrTooFew says that a line cannot be judged: it wants three points, at different x.
var ErrTooFew = errors.New("a line wants three sizes that differ")

// Fit lays a line through points.
func Fit(x, y []float64) (Line, error) {
	n := len(x)
	if n < 3 || n != len(y) {
		return Line{}, ErrTooFew
	}
	l := Line{n: n}
	var my float64
	for i := range x {
		l.mean += x[i] / float64(n)
		my += y[i] / float64(n)
	}
	var sxy, sy float64
	for i := range x {
		dx, dy := x[i]-l.mean, y[i]-my
		l.sx, sxy, sy = l.sx+dx*dx, sxy+dx*dy, sy+dy*dy
	}
	if l.sx == 0 {
		return Line{}, ErrTooFew
	}
	l.B = sxy / l.sx
	l.A = my - l.B*l.mean
	var rest float64
	for i := range x {
		d := y[i] - l.At(x[i])
		rest += d * d
	}
	l.s, l.R2 = math.Sqrt(rest/float64(n-2)), 1
	if sy > 0 {
		l.R2 = 1 - rest/sy
	}
	return l, nil
}

// At is the value on the line.
func (l Line) At(x float64) float64 { return l.A + l.B*x }

// student holds the 97.5 % quantiles of Student's distribution by degrees of freedom.
var student = []float64{0, 12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306}

// Within is how far a new measurement at x may be from the line, at 95 %: the
// prediction interval of a regression (Draper and Smith, Applied Regression
// Analysis, 1998, section 1.4). It holds if the growth stays a straight line, which
// no measurement at smaller sizes can show.
func (l Line) Within(x float64) float64 {
	t := 2.0
	if f := l.n - 2; f < len(student) {
		t = student[f]
	}
	d := x - l.mean
	return t * l.s * math.Sqrt(1+1/float64(l.n)+d*d/l.sx)
}

// Where is the x at which the line reaches y; +Inf where it does not rise.
func (l Line) Where(y float64) float64 {
	if l.B <= 0 {
		return math.Inf(1)
	}
	return max(0, (y-l.A)/l.B)
}
