package satisfaction

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"

	"resonanz/shared/feedback"
)

// Figures are the satisfaction figures of a set of responses, unrounded. A
// figure that is not defined is nil (JSON null).
type Figures struct {
	N            int64        `json:"n"`
	Distribution Distribution `json:"distribution"` // nil when scales are mixed
	Satisfied    int64        `json:"satisfied"`    // ratings in the top box
	TopBox       string       `json:"top_box"`      // which ratings those are: Scale.Label, joined by " + " when mixed
	CSATPct      *float64     `json:"csat_pct"`     // 100·satisfied/n
	CSATCI95Pct  *Interval    `json:"csat_ci95_pct"`
	Mean         *float64     `json:"mean"`         // nil when scales are mixed: raw values are never averaged
	Median       *float64     `json:"median"`       // nil when scales are mixed
	Stdev        *float64     `json:"stdev"`        // sample standard deviation (n−1); nil when n < 2 or mixed
	Index0100    *float64     `json:"index_0_100"`  // mean of 100·(x−min)/(max−min); may be pooled over scales
	Bottom2Pct   *float64     `json:"bottom2_pct"`  // share of the two lowest ratings; pooled by count when mixed
	Mixed        bool         `json:"mixed_scales"` // more than one scale has responses
	// ByScale holds the distributions side by side when scales are mixed.
	ByScale []ScaleDistribution `json:"distribution_by_scale,omitempty"`
}

// ScaleDistribution is the distribution of the responses on one scale.
type ScaleDistribution struct {
	Scale        feedback.Scale `json:"scale"`
	Distribution Distribution   `json:"distribution"`
}

// Interval is a closed interval; in JSON an array of two numbers.
type Interval [2]float64

// Lo is the lower end.
func (i Interval) Lo() float64 { return i[0] }

// Hi is the upper end.
func (i Interval) Hi() float64 { return i[1] }

// Contains reports whether x lies in i, ends included.
func (i Interval) Contains(x float64) bool { return i[0] <= x && x <= i[1] }

// Distribution counts responses by rating, in ascending order of the rating,
// with a count for every rating of the scale. In JSON it is an object.
type Distribution []Count

// Count is how many responses gave Rating.
type Count struct {
	Rating int
	N      int64
}

// Of returns the count of one rating.
func (d Distribution) Of(rating int) int64 {
	for _, c := range d {
		if c.Rating == rating {
			return c.N
		}
	}
	return 0
}

// MarshalJSON writes {"1":0,"2":3,…} in ascending order of the rating.
func (d Distribution) MarshalJSON() ([]byte, error) {
	if d == nil {
		return []byte("null"), nil
	}
	b := []byte{'{'}
	for i, c := range d {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, '"')
		b = strconv.AppendInt(b, int64(c.Rating), 10)
		b = append(b, '"', ':')
		b = strconv.AppendInt(b, c.N, 10)
	}
	return append(b, '}'), nil
}

// UnmarshalJSON reads what MarshalJSON writes.
func (d *Distribution) UnmarshalJSON(b []byte) error {
	if bytes.Equal(b, []byte("null")) {
		*d = nil
		return nil
	}
	var m map[string]int64
	if err := json.Unmarshal(b, &m); err != nil {
		return fmt.Errorf("reading distribution: %w", err)
	}
	*d = make(Distribution, 0, len(m))
	for k, n := range m {
		rating, err := strconv.Atoi(k)
		if err != nil {
			return fmt.Errorf("reading distribution: %q is no rating", k)
		}
		*d = append(*d, Count{Rating: rating, N: n})
	}
	slices.SortFunc(*d, func(a, b Count) int { return a.Rating - b.Rating })
	return nil
}
