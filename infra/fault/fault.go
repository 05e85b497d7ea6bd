// Package fault stands between the deployed functions and AWS and makes any
// call fail in any way that a network, a service or a process can: refused,
// throttled, slow, cut, lost after its effect, in effect twice, or the calling
// process killed at that very moment.
package fault

import (
	"net/http"
	"sync/atomic"
	"time"
)

// Failure is what happens to a call that a fault hits.
type Failure int

// The failures. In the words "before" and "after" lies whether the call takes
// effect: that is what a function that dies or reads an error cannot know.
const (
	Refuse     Failure = iota // before: the function reads the fault's error
	Lose                      // after: it takes effect, the function reads the fault's error
	Hang                      // before: never answered, the caller's time runs out
	Throttle                  // before: the service's own throttling error
	Break                     // before: the service's own internal error
	Delay                     // answered late
	Cut                       // before: the connection is closed
	CutAfter                  // after: the connection is closed
	Half                      // after: the connection is closed in the middle of the answer
	Twice                     // in effect twice, as when a client sends again what had arrived; the second answer counts
	Partial                   // of a batch a part is done, the rest is given back; another call is throttled
	KillBefore                // the calling process is killed, the call takes no effect
	KillAfter                 // the call takes effect, then the calling process is killed
)

var failures = [...]string{
	"refuse", "lose", "hang", "throttle", "break", "delay", "cut before", "cut after", "half an answer", "twice", "partial", "kill before", "kill after",
}

func (f Failure) String() string { return failures[f] }

// Effective reports whether the call takes effect although the function may
// never hear of it.
func (f Failure) Effective() bool {
	return f == Lose || f == CutAfter || f == Half || f == Twice || f == KillAfter
}

// Fault makes matching calls fail.
type Fault struct {
	What  Failure
	Match func(Call) bool // asked in the order of the calls, one at a time
	Times int             // at most so many of them
	// Status and Body are what Refuse and Lose answer; the zero values are a
	// refusal for want of permission.
	Status int
	Body   string
	Delay  time.Duration // of Delay

	hits atomic.Int32
	miss atomic.Int32
}

// Hits is how often the fault struck.
func (f *Fault) Hits() int { return int(f.hits.Load()) }

// Missed is how often it should have killed a process and found none.
func (f *Fault) Missed() int { return int(f.miss.Load()) }

// answer is what a fault tells by itself.
func (f *Fault) answer() reply {
	if f.Status == 0 {
		return reply{http.StatusForbidden, jsonType, []byte(`{"__type":"AccessDeniedException","message":"injected"}`)}
	}
	return reply{f.Status, jsonType, []byte(f.Body)}
}
