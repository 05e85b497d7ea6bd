package main

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"resonanz/infra/fault"
)

// summary is what a run came to.
type summary struct {
	options
	rounds   int
	checked  int
	broken   int
	failures map[fault.Failure]int
	by       map[string]int // faults by function
	windows  map[string]int
	repeated map[string]int
	sweep    *sweep
	told     map[string]bool
}

func newSummary(o options) *summary {
	return &summary{options: o, failures: make(map[fault.Failure]int), by: make(map[string]int), told: make(map[string]bool)}
}

// add tells of a round. A breach that stays is told once.
func (s *summary) add(out io.Writer, name string, r *result) {
	s.rounds++
	s.checked += r.checked
	for _, h := range r.hits {
		s.failures[h.what]++
		s.by[h.fn]++
	}
	s.windows, s.repeated = maps.Clone(r.windows), r.repeated
	fmt.Fprintf(out, "%-10s %3d calls, %3d failed, %5d checks, %3.0f s", name, len(r.seen), len(r.hits), r.checked, r.took.Seconds())
	fresh := slices.DeleteFunc(slices.Clone(r.breaches), func(b string) bool { return s.told[b] })
	if len(fresh) == 0 {
		fmt.Fprintln(out, "  all hold")
		return
	}
	s.broken += len(fresh)
	fmt.Fprintf(out, "  %d BROKEN\n", len(fresh))
	for _, b := range fresh {
		s.told[b] = true
		fmt.Fprintln(out, "    broken:", b)
	}
	for _, h := range r.hits {
		fmt.Fprintln(out, "    struck:", h.target)
	}
}

// print is the end of a run.
func (s *summary) print(out io.Writer, took time.Duration) {
	total := 0
	for _, n := range s.failures {
		total += n
	}
	fmt.Fprintf(out, "\n%d rounds of %d journeys in %.0f s, seed %d: %d faults, %d checks, %d broken\n", s.rounds, len(journeys), took.Seconds(), s.seed, total, s.checked, s.broken)
	var parts []string
	for what := fault.Refuse; what <= fault.KillAfter; what++ {
		if n := s.failures[what]; n > 0 {
			parts = append(parts, fmt.Sprintf("%s %d", what, n))
		}
	}
	fmt.Fprintln(out, "faults:   ", strings.Join(parts, ", "))
	parts = nil
	for _, fn := range slices.Sorted(maps.Keys(s.by)) {
		parts = append(parts, fmt.Sprintf("%s %d", fn, s.by[fn]))
	}
	fmt.Fprintln(out, "functions:", strings.Join(parts, ", "))
	if s.sweep != nil {
		fmt.Fprintf(out, "sweep:     %d of %d crashes struck, %d calls did not come again, %d not reached in time\n",
			len(s.sweep.struck), s.sweep.planned, len(s.sweep.missed), len(s.sweep.order))
	}
	for _, fn := range slices.Sorted(maps.Keys(s.windows)) {
		fmt.Fprintf(out, "window:    %s had %d accidents between an effect and its mark; %d effects came again\n", fn, s.windows[fn], s.repeated[fn])
	}
	if s.broken > 0 {
		fmt.Fprintf(out, "again:     make chaos SEED=%d", s.seed)
		if s.only != "" {
			fmt.Fprintf(out, " ONLY=%s", s.only)
		}
		fmt.Fprintln(out)
	}
}
