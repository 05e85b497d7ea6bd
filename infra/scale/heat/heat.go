package heat

import (
	"math"
	"slices"
)

// Units are the units of one kind that fell on the keys of one space.
type Units struct {
	Space string
	Keys  int // that were touched at all
	Total float64
	// Of the units of one key in one second, over all keys and all seconds.
	P50, P99, Max float64
	Hottest       string // the key of Max
}

// Heat is what a scenario did to the table.
type Heat struct {
	Name       string
	What       string // in a sentence
	Seconds    int
	Events     int // that the scenario is about
	Operations int // calls of DynamoDB
	Refused    int // conditional writes that found something
	ItemBytes  float64
	Writes     []Units // by space: Table, Due, Customer
	Reads      []Units
	Bound      float64 // that no key's writes in a second may exceed; 0: none
	Note       string
}

// heat sums up what m counted.
func (m *Meter) heat(name string, events, seconds int) *Heat {
	h := &Heat{Name: name, Seconds: seconds, Events: events, Operations: m.operations, Refused: m.refused}
	if m.operations > 0 {
		h.ItemBytes = m.bytes / float64(m.operations)
	}
	for _, space := range []string{Table, Due, Customer} {
		if keys := m.writes[space]; keys != nil {
			h.Writes = append(h.Writes, sum(space, keys, seconds))
		}
		if keys := m.reads[space]; keys != nil {
			h.Reads = append(h.Reads, sum(space, keys, seconds))
		}
	}
	return h
}

func sum(space string, keys map[string][]float64, seconds int) Units {
	u := Units{Space: space, Keys: len(keys)}
	all := make([]float64, 0, len(keys)*seconds)
	for key, of := range keys {
		for _, n := range of {
			u.Total += n
			if n > u.Max || n == u.Max && key < u.Hottest {
				u.Max, u.Hottest = n, key
			}
			all = append(all, n)
		}
		for range seconds - len(of) {
			all = append(all, 0)
		}
	}
	slices.Sort(all)
	u.P50, u.P99 = quantile(all, 0.5), quantile(all, 0.99)
	return u
}

// quantile is the smallest value that at least the share q of the sorted values
// does not exceed.
func quantile(sorted []float64, q float64) float64 {
	if len(sorted) == 0 {
		return 0
	}
	return sorted[max(0, int(math.Ceil(q*float64(len(sorted))))-1)]
}

// Of is the writes in one space; zero where there were none.
func (h *Heat) Of(space string) Units {
	for _, u := range h.Writes {
		if u.Space == space {
			return u
		}
	}
	return Units{Space: space}
}
