// Package satisfaction computes the satisfaction figures: CSAT with its
// interval, change between months, weighting, and how figures are rounded and
// withheld in displays. Every function is pure; a ratio without data is nil,
// never 0 or NaN.
//
// Products inside sums are converted to float64 explicitly, which forbids the
// compiler to fuse them: arm64 and amd64 give the same bits.
package satisfaction

import (
	"fmt"

	"resonanz/shared/feedback"
)

// Scale is a satisfaction scale: its range and its top box.
type Scale struct {
	Name     feedback.Scale
	Min, Max int
	Top      int // the smallest rating that counts as satisfied
}

// Stars5 is 1 to 5 stars; 4 and 5 are satisfied.
var Stars5 = Scale{Name: feedback.Stars5, Min: 1, Max: 5, Top: 4}

// CSAT10 is 1 to 10 with the top-2 box {9, 10}, or the top-3 box {8, 9, 10}
// when box is 3. Any other box counts as 2.
func CSAT10(box int) Scale {
	if box != 3 {
		box = 2
	}
	return Scale{Name: feedback.CSAT10, Min: 1, Max: 10, Top: 11 - box}
}

// ScaleOf returns the satisfaction scale of that name; box10 is the top box of
// csat_1_10. NPS and CES are no satisfaction scales: ok is false.
func ScaleOf(name feedback.Scale, box10 int) (s Scale, ok bool) {
	switch name {
	case feedback.Stars5:
		return Stars5, true
	case feedback.CSAT10:
		return CSAT10(box10), true
	}
	return Scale{}, false
}

// Label says which ratings count as satisfied, such as "9-10 of 10"; the
// alternative box is named as such: "8-10 of 10 (top-3)".
func (s Scale) Label() string {
	l := fmt.Sprintf("%d-%d of %d", s.Top, s.Max, s.Max)
	if box := s.Max - s.Top + 1; box != 2 {
		l += fmt.Sprintf(" (top-%d)", box)
	}
	return l
}

// Valid reports whether rating lies on s.
func (s Scale) Valid(rating int) bool { return s.Min <= rating && rating <= s.Max }
