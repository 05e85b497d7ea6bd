package responses

import (
	"encoding/binary"
	width "math/bits"
	"slices"
)

// pair is an index with the first bytes of its sort key beside it.
type pair struct {
	prefix uint64
	i      uint32
}

// sorter is the room that sorting needs.
type sorter struct {
	pairs, spare []pair
	to           []uint32
}

// reserve makes room for n facts.
func (s *sorter) reserve(n int) {
	if n > len(s.to) {
		s.pairs, s.spare, s.to = make([]pair, n), make([]pair, n), make([]uint32, n)
	}
}

// eventRank is a number of an event id that other ids hardly have. Ids need not be
// random: those of version 7 begin with the time.
func eventRank(event *[16]byte) uint64 {
	return (binary.BigEndian.Uint64(event[:8]) ^ binary.BigEndian.Uint64(event[8:])) * 0x9e37_79b9_7f4a_7c15
}

// rank is a number of k that is in the order of keys.
func (k Key) rank() uint64 {
	return uint64(k.Month)<<48 | binary.BigEndian.Uint64(k.ID[:8])>>16
}

// A run is what is sorted at once: it fits the cache of a processor, where
// sorting the whole would wait for memory at every step, and needs no room that
// counts.
const (
	runFacts   = 1 << 12
	mostRuns   = 1 << 12
	digitBits  = 11
	digitsMask = 1<<digitBits - 1
)

// partition moves facts, in place, so that those of one run stand together and
// the runs in order of rank; it tells where each begins, and the end.
func partition[F any](facts []F, rank func(*F) uint64) []int {
	runs := min(len(facts)/runFacts, mostRuns)
	if runs < 2 {
		return []int{0, len(facts)}
	}
	lowest, highest := rank(&facts[0]), rank(&facts[0])
	for i := range facts {
		r := rank(&facts[i])
		lowest, highest = min(lowest, r), max(highest, r)
	}
	shift := max(width.Len64(highest-lowest)-width.Len(uint(runs)), 0)
	run := func(f *F) int { return int((rank(f) - lowest) >> shift) }
	ends := make([]int, (highest-lowest)>>shift+2)
	for i := range facts {
		ends[run(&facts[i])+1]++
	}
	for r := 1; r < len(ends); r++ {
		ends[r] += ends[r-1]
	}
	next := slices.Clone(ends)
	for r := range len(ends) - 1 {
		for next[r] < ends[r+1] { // each swap brings one fact home
			i := next[r]
			home := run(&facts[i])
			if home != r {
				facts[i], facts[next[home]] = facts[next[home]], facts[i]
			}
			next[home]++
		}
	}
	return ends
}

// order are the facts in order of rank, then of full.
func order[F any](s *sorter, facts []F, rank func(*F) uint64, full func(a, b *F) int) []pair {
	s.reserve(len(facts))
	pairs := s.pairs[:len(facts)]
	for i := range facts {
		pairs[i] = pair{rank(&facts[i]), uint32(i)}
	}
	sorted, spare := sortPairs(pairs, s.spare[:len(facts)], func(i, j uint32) int { return full(&facts[i], &facts[j]) })
	s.pairs, s.spare = sorted[:cap(sorted)], spare[:cap(spare)]
	return sorted
}

// gather moves the facts that order names to the front, in its order; it needs no
// second copy, only room for where each fact goes.
func gather[F any](s *sorter, facts []F, order []pair) []F {
	const unplaced = 1<<32 - 1
	to := s.to[:len(facts)]
	for i := range to {
		to[i] = unplaced
	}
	for k, p := range order {
		to[p.i] = uint32(k)
	}
	rest := uint32(len(order))
	for i := range to {
		if to[i] == unplaced {
			to[i], rest = rest, rest+1
		}
	}
	for i := range facts {
		for to[i] != uint32(i) { // each swap brings one fact home
			j := to[i]
			facts[i], facts[j] = facts[j], facts[i]
			to[i], to[j] = to[j], j
		}
	}
	return facts[:len(order)]
}

// sortPairs sorts pairs by prefix, then by full. The result is one of the two
// slices, which are of equal length; the other is spare again. Ids are random,
// so a radix sort (least digit first) costs a third of comparing; digits that
// all pairs share, such as the month's, cost nothing.
func sortPairs(pairs, spare []pair, full func(i, j uint32) int) (sorted, rest []pair) {
	for shift := 0; shift < 64; shift += digitBits {
		var starts [1 << digitBits]uint32
		for _, p := range pairs {
			starts[p.prefix>>shift&digitsMask]++
		}
		if len(pairs) == 0 || starts[pairs[0].prefix>>shift&digitsMask] == uint32(len(pairs)) {
			continue
		}
		var sum uint32
		for d, n := range starts {
			starts[d], sum = sum, sum+n
		}
		for _, p := range pairs {
			d := p.prefix >> shift & digitsMask
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
