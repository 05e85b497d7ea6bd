// Package flow simulates what waits between the table and those that consume what
// it stored: at each place arrivals, so many invocations at the same time, a batch
// each, one after the other. Amounts are continuous and time goes in steps, which is
// exact enough for what lasts seconds and more.
package flow

import "math"

// Step is how long a step of the simulation is, in seconds.
const Step = 0.1

// Stage is a place where records wait for a function.
type Stage struct {
	Name   string
	Batch  int     // records of an invocation at most
	Window float64 // seconds that Lambda collects before it invokes
	Fixed  float64 // seconds of an invocation
	Each   float64 // seconds of a record besides
	// Lanes is how many invocations run at the same time, by the seconds since
	// records came first.
	Lanes func(since float64) float64
}

// Capacity is records a second when batches are full, with so many lanes.
func (s *Stage) Capacity(lanes float64) float64 { return lanes * float64(s.Batch) / s.Takes(s.Batch) }

// Takes is the seconds of an invocation with n records.
func (s *Stage) Takes(n int) float64 { return s.Fixed + s.Each*float64(n) }

// Result is what became of a load at a stage.
type Result struct {
	Stage    string
	Capacity float64 // records a second with all lanes that there were at the most
	Backlog  float64 // the most that waited
	Oldest   float64 // the longest that one waited, seconds
	Drained  float64 // seconds after the last arrival until nothing waited; +Inf: not within the time looked at
	InFlight float64 // the most that functions had in hand
	Out      []float64
}

// Constant arrives at a rate for some seconds, and then nothing until the end.
func Constant(rate, seconds, until float64) []float64 {
	in := make([]float64, int(math.Round(until/Step)))
	for i := range in {
		if float64(i) < seconds/Step {
			in[i] = rate * Step
		}
	}
	return in
}

// Run has a stage work on what arrives in each step, in order.
func (s *Stage) Run(in []float64) Result {
	r := Result{Stage: s.Name, Out: make([]float64, len(in)), Drained: math.Inf(1)}
	arrived := make([]float64, len(in)+1) // up to the beginning of each step
	gone, first, last, oldest := 0.0, -1, -1, 0
	for i, n := range in {
		if n > 0 {
			last = i
			if first < 0 {
				first = i
			}
		}
		arrived[i+1] = arrived[i] + n
		waiting := arrived[i+1] - gone
		if waiting <= 0 {
			continue
		}
		lanes := s.Lanes(float64(i-first) * Step)
		could := s.Capacity(lanes) * Step
		took := min(could, waiting)
		r.Out[i] = took
		gone += took
		r.Capacity = max(r.Capacity, could/Step)
		r.Backlog = max(r.Backlog, waiting-took)
		r.InFlight = max(r.InFlight, min(lanes*float64(s.Batch), took/Step*s.Takes(s.Batch)))
		// Who is served now came when so many had arrived.
		for oldest < i && arrived[oldest+1] <= gone-took {
			oldest++
		}
		r.Oldest = max(r.Oldest, float64(i-oldest)*Step)
	}
	if left := arrived[len(in)] - gone; left <= 1e-6*max(1, arrived[len(in)]) && last >= 0 {
		end := last
		for i := len(in) - 1; i > last; i-- {
			if r.Out[i] > 1e-9 {
				end = i
				break
			}
		}
		r.Drained = float64(end-last)*Step + s.Window
	}
	r.Oldest += s.Window
	return r
}

// Fixed is a number of lanes that does not change.
func Fixed(n float64) func(float64) float64 { return func(float64) float64 { return n } }

// Growing is how Lambda adds to those that take from a queue: it begins with five,
// and adds so many a minute up to a limit.
func Growing(begins, aMinute, most float64) func(float64) float64 {
	return func(since float64) float64 { return min(most, begins+aMinute*since/60) }
}
