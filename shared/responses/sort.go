package responses

import (
	"encoding/binary"
	"slices"
)

// pair is an index with the first bytes of its sort key beside it.
type pair struct {
	prefix uint64
	i      uint32
}

// sorter is the room that sorting needs, one kind of facts after the other: at
// most a third of what the facts themselves take.
type sorter struct {
	pairs, spare []pair
	to           []uint32
}

// reserve makes room for n facts.
func (s *sorter) reserve(n int) {
	s.pairs, s.spare, s.to = make([]pair, 0, n), make([]pair, 0, n), make([]uint32, n)
}

func eventPrefix(event *[16]byte) uint64 { return binary.BigEndian.Uint64(event[:8]) }

func (k Key) prefix() uint64 {
	return uint64(k.Month)<<48 | binary.BigEndian.Uint64(k.ID[:8])>>16
}

const digitBits = 11

// sortPairs sorts pairs by prefix, then by full. The result is one of the two
// slices, which are of equal length; the other is spare again. Ids are random,
// so a radix sort (least digit first) costs a third of comparing; digits that
// all pairs share, such as the month's, cost nothing.
func sortPairs(pairs, spare []pair, full func(i, j uint32) int) (sorted, rest []pair) {
	for shift := 0; shift < 64; shift += digitBits {
		var starts [1 << digitBits]uint32
		for _, p := range pairs {
			starts[p.prefix>>shift&(1<<digitBits-1)]++
		}
		if len(pairs) == 0 || starts[pairs[0].prefix>>shift&(1<<digitBits-1)] == uint32(len(pairs)) {
			continue
		}
		var sum uint32
		for d, n := range starts {
			starts[d], sum = sum, sum+n
		}
		for _, p := range pairs {
			d := p.prefix >> shift & (1<<digitBits - 1)
			spare[starts[d]] = p
			starts[d]++
		}
		pairs, spare = spare, pairs
	}
	for start := 0; start < len(pairs); {
		end := start + 1
		for end < len(pairs) && pairs[end].prefix == pairs[start].prefix {
			end++
		}
		if end-start > 1 {
			slices.SortFunc(pairs[start:end], func(p, q pair) int { return full(p.i, q.i) })
		}
		start = end
	}
	return pairs, spare
}
