package main

import (
	"math/rand/v2"
	"slices"

	"resonanz/infra/fault"
)

const (
	// perRound is how many calls of one function are struck in one round: few
	// enough that no message is struck as often as its queue tries.
	perRound = 4
	// alike is how many of the calls that look alike are struck.
	alike = 2
	// tries is how often a call is waited for that does not come.
	tries = 2
)

// sweep is a crash at each call of each function: before it takes effect and
// after.
type sweep struct {
	pending map[target]int // tries so far
	order   []target
	planned int
	struck  map[target]bool
	missed  []target // calls that did not come again
}

// newSweep plans a crash at every call that a clean round saw.
func newSweep(o options, seen []call) *sweep {
	s := &sweep{pending: make(map[target]int), struck: make(map[target]bool)}
	for _, c := range seen {
		if o.only != "" && c.fn != o.only || c.n > alike {
			continue
		}
		for _, what := range []fault.Failure{fault.KillBefore, fault.KillAfter} {
			s.order = append(s.order, target{c, what})
		}
	}
	s.planned = len(s.order)
	rand.New(rand.NewPCG(o.seed, 0)).Shuffle(len(s.order), func(i, j int) { s.order[i], s.order[j] = s.order[j], s.order[i] })
	return s
}

// next are the crashes of the next round: some of each function.
func (s *sweep) next() (round []target) {
	of := make(map[string]int)
	at := make(map[call]bool)
	for _, t := range s.order {
		if of[t.fn] < perRound && !at[t.call] {
			of[t.fn]++
			at[t.call] = true
			round = append(round, t)
		}
	}
	return round
}

// done notes which of them struck.
func (s *sweep) done(round []target, r *result) {
	for _, h := range r.hits {
		s.struck[h.target] = true
	}
	s.order = slices.DeleteFunc(s.order, func(t target) bool {
		if s.struck[t] {
			return true
		}
		if !slices.Contains(round, t) {
			return false
		}
		s.pending[t]++
		if s.pending[t] < tries {
			return false
		}
		s.missed = append(s.missed, t)
		return true
	})
}
