package traffic

import (
	"maps"
	"math"
	"slices"
	"sync"
	"time"

	"resonanz/shared/feedback"
)

// Accepted is what was answered with success, each under the one thing by which it
// is found again.
type Accepted struct {
	Events    map[feedback.EventID]feedback.Kind // by their own id
	Responses map[feedback.ResponseKey]bool      // a vote of the response
	Marks     map[string]bool                    // by a word in what was typed
	Cases     map[Escalated]bool                 // that follow
}

// Escalated is a case that must follow from something accepted.
type Escalated struct {
	ResponseKey feedback.ResponseKey
	Family      string
}

// Total is how many events were accepted.
func (a *Accepted) Total() int { return len(a.Events) + len(a.Responses) + len(a.Marks) }

// Recorder collects what happens. It is safe for concurrent use.
type Recorder struct {
	mu       sync.Mutex
	times    map[string][]time.Duration // by what was asked
	statuses map[int]int
	failures map[string]int
	unknown  int
	refused  int
	accepted Accepted
}

// NewRecorder is an empty one.
func NewRecorder() *Recorder {
	return &Recorder{
		times: make(map[string][]time.Duration), statuses: make(map[int]int), failures: make(map[string]int),
		accepted: Accepted{
			Events: make(map[feedback.EventID]feedback.Kind), Responses: make(map[feedback.ResponseKey]bool),
			Marks: make(map[string]bool), Cases: make(map[Escalated]bool),
		},
	}
}

func (r *Recorder) answered(as string, took time.Duration, status int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.times[as] = append(r.times[as], took)
	r.statuses[status]++
}

// unanswered counts a request of which nobody knows whether it took effect.
func (r *Recorder) unanswered(what string, events int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.failures[what]++
	r.unknown += events
}

// held counts a request that was one too many.
func (r *Recorder) held() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.refused++
}

// failed counts an answer that nobody expected.
func (r *Recorder) failed(what string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.failures[what]++
}

func (r *Recorder) note(change func(a *Accepted)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	change(&r.accepted)
}

// Continue takes over what was accepted and what is unknown of another record, and
// none of its times.
func (r *Recorder) Continue(from *Recorder) {
	r.mu.Lock()
	defer r.mu.Unlock()
	from.mu.Lock()
	defer from.mu.Unlock()
	r.accepted, r.unknown, r.failures = from.accepted, from.unknown, maps.Clone(from.failures)
}

// Accepted is what was accepted so far. It is the recorder's own: read it when
// nothing is under way any more.
func (r *Recorder) Accepted() *Accepted { return &r.accepted }

// Counts are those of answers by status, of failures by what failed, of events sent
// of which it is unknown whether they were accepted, and of requests that were held
// back as too many.
func (r *Recorder) Counts() (statuses map[int]int, failures map[string]int, unknown, refused int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return maps.Clone(r.statuses), maps.Clone(r.failures), r.unknown, r.refused
}

// Figure is how long one kind of request took.
type Figure struct {
	Name string  `json:"name"`
	N    int     `json:"n"`
	P50  float64 `json:"p50_ms"`
	P90  float64 `json:"p90_ms"`
	P99  float64 `json:"p99_ms"`
	P999 float64 `json:"p99.9_ms"`
	Max  float64 `json:"max_ms"`
}

// All is the name of the figure of all requests together.
const All = "all requests"

// Figures are those of each kind of request, by name, and of all at the end.
func (r *Recorder) Figures() []Figure {
	r.mu.Lock()
	defer r.mu.Unlock()
	var figures []Figure
	var all []time.Duration
	for _, name := range slices.Sorted(maps.Keys(r.times)) {
		figures = append(figures, figure(name, slices.Clone(r.times[name])))
		all = append(all, r.times[name]...)
	}
	if len(all) > 0 {
		figures = append(figures, figure(All, all))
	}
	return figures
}

// figure works quantiles out: each is a time that was measured (nearest rank).
func figure(name string, d []time.Duration) Figure {
	slices.Sort(d)
	at := func(q float64) float64 {
		i := int(math.Ceil(q*float64(len(d)))) - 1
		return float64(d[max(0, i)].Microseconds()) / 1000
	}
	return Figure{name, len(d), at(0.5), at(0.9), at(0.99), at(0.999), at(1)}
}
