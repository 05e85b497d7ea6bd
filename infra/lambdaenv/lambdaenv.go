// Package lambdaenv says how much memory each function has, why, and what Go's
// runtime is told of it. The stack deploys by it and `make bench` measures by it.
package lambdaenv

import (
	"fmt"
	"strconv"
)

// VCPU is the memory in MiB that comes with one whole vCPU; less memory comes with
// as much less of it (AWS Lambda Developer Guide, "Configure Lambda function
// memory").
const VCPU = 1769

// memoryShare is the part of a function's memory, in percent, up to which the heap
// may grow before the collector works harder: the rest is for the binary's own
// pages, stacks and what the collector finds out too late.
const memoryShare = 80

// roomyGC lets the heap grow to five times what is in use before it is collected;
// Go's own is twice.
const roomyGC = 400

// Environment is what Go's runtime reads of a function's environment, for a memory
// in MiB.
//
// Every function is told of its memory (GOMEMLIMIT), so that a large month makes
// the collector work harder instead of ending the process.
//
// With less than one vCPU a function has two processors to be seen and a share of
// one to be used. One processor for Go (GOMAXPROCS) spares waking a second thread
// to take work from the first: an accepted rating took 555 µs of CPU instead of
// 790 on two cores, the collection of a heap of a few megabytes included. Collecting
// that a quarter as often (GOGC) makes it 490, and spares the collection that fell
// into the start. Collecting by the limit alone (GOGC=off) was worse: the heap
// grows over memory that has to be paged in. Functions with a vCPU or more decode
// and fold in parallel, on large heaps: they keep Go's own.
func Environment(memory int) map[string]string {
	env := map[string]string{"GOMEMLIMIT": fmt.Sprintf("%dMiB", memory*memoryShare/100)}
	if memory < VCPU {
		env["GOMAXPROCS"] = "1"
		env["GOGC"] = strconv.Itoa(roomyGC)
	}
	return env
}
