package traffic

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
)

// Mix is how often each journey is made, by weight.
type Mix []Share

// Share is the weight of a journey.
type Share struct {
	Journey string
	Weight  int
}

// Usual is the mix where none is given.
const Usual = "link:60,kiosk:20,card:8,complaint:2,desk:10"

// ParseMix reads "link:60,desk:10".
func ParseMix(s string) (Mix, error) {
	var m Mix
	for part := range strings.SplitSeq(s, ",") {
		name, weight, _ := strings.Cut(part, ":")
		w, err := strconv.Atoi(weight)
		if _, known := journeys[name]; !known || err != nil || w < 0 {
			return nil, fmt.Errorf("%q is no journey with its weight: want such as link:60 of %s", part, strings.Join(Journeys(), ", "))
		}
		m = append(m, Share{name, w})
	}
	if m.total() == 0 {
		return nil, fmt.Errorf("the mix %q has no journey in it", s)
	}
	return m, nil
}

// Journeys are the names of all.
func Journeys() []string {
	var names []string
	for name := range journeys {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

func (m Mix) total() (n int) {
	for _, s := range m {
		n += s.Weight
	}
	return n
}

// draw is the next journey.
func (m Mix) draw(r *rand.Rand) string {
	n := r.IntN(m.total())
	for _, s := range m {
		if n -= s.Weight; n < 0 {
			return s.Journey
		}
	}
	return m[0].Journey
}

func (m Mix) String() string {
	var parts []string
	for _, s := range m {
		parts = append(parts, s.Journey+":"+strconv.Itoa(s.Weight))
	}
	return strings.Join(parts, ",")
}
