package responses

import (
	"bytes"
	"cmp"
	"slices"
)

// left counts the facts of one kind that are left out.
type left struct{ duplicates, invalid, outside int64 }

// within reports whether k lies in the months, and counts it where it does not.
func (l *left) within(m Months, k Key) bool {
	ok := m.hold(int(k.Month))
	if !ok {
		l.outside++
	}
	return ok
}

// distinct returns the facts that keep accepts, each event once, in order of
// the response key, then the event id; it reorders facts. Of the facts of one
// event the first by compare, which orders by the event id first, stays.
func distinct[F any](l *left, facts []F, keep func(*F) bool, ids func(*F) (*[16]byte, Key), compare func(a, b *F) int) []F {
	var s sorter
	facts = only(facts, keep)

	facts = firsts(&s, l, facts, func(f *F) uint64 { event, _ := ids(f); return eventRank(event) }, compare, func(a, b *F) bool {
		eventA, _ := ids(a)
		eventB, _ := ids(b)
		return *eventA == *eventB
	})

	byKey := func(f *F) uint64 { _, key := ids(f); return key.rank() }
	for run := range runs(facts, byKey) {
		gather(&s, run, order(&s, run, byKey, func(a, b *F) int {
			eventA, keyA := ids(a)
			eventB, keyB := ids(b)
			return cmp.Or(keyA.Compare(keyB), bytes.Compare(eventA[:], eventB[:]))
		}))
	}
	return facts
}

// firsts sorts facts by rank, then by compare, and keeps the first of those that
// are the same, which have one rank and stand together by compare; it counts the
// others.
func firsts[F any](s *sorter, l *left, facts []F, rank func(*F) uint64, compare func(a, b *F) int, same func(a, b *F) bool) []F {
	n := 0
	for run := range runs(facts, rank) {
		kept := slices.CompactFunc(order(s, run, rank, compare), func(p, q pair) bool {
			return p.prefix == q.prefix && same(&run[p.i], &run[q.i])
		})
		n += copy(facts[n:], gather(s, run, kept))
	}
	l.duplicates += int64(len(facts) - n)
	return facts[:n]
}

// runs partitions facts by rank, and yields the runs in order.
func runs[F any](facts []F, rank func(*F) uint64) func(yield func([]F) bool) {
	return func(yield func([]F) bool) {
		ends := partition(facts, rank)
		for r := range len(ends) - 1 {
			if run := facts[ends[r]:ends[r+1]]; len(run) > 0 && !yield(run) {
				return
			}
		}
	}
}

// only moves the facts that keep accepts to the front, in their order.
func only[F any](facts []F, keep func(*F) bool) []F {
	n := 0
	for i := range facts {
		if keep(&facts[i]) {
			if n != i {
				facts[n] = facts[i]
			}
			n++
		}
	}
	return facts[:n]
}
