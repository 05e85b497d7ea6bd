// Package recording keeps what journeys of customers and staff make the functions do
// at AWS, in the units that AWS charges: as it was counted on the way between the
// deployed functions and the emulator.
package recording

import (
	"encoding/json"
	"fmt"
	"os"
	"slices"
)

// Recording is what each journey causes, from its first request until nothing moves
// any more.
type Recording struct {
	Journeys map[string]*Journey `json:"journeys"`
	// Clock is what one look of the clock calls when nothing is due, by action.
	Clock map[string]int `json:"clock"`
}

// Journey is one way through the stack, gone Times times.
type Journey struct {
	Does     string             `json:"does"`
	Times    int                `json:"times"`
	Requests map[string]Request `json:"requests"` // by route
	Work     map[string]*Work   `json:"work"`     // by function
	Logs     map[string]Log     `json:"logs"`     // by function
	// Metrics are those that its logs give to CloudWatch: function, name and
	// dimensions.
	Metrics []string `json:"metrics"`
}

// Request is what one route of the HTTP API was asked.
type Request struct {
	Count    int    `json:"count"`
	Function string `json:"function"`
	Sent     int    `json:"sent"`     // bytes of all requests' bodies
	Answered int    `json:"answered"` // bytes of all answers, headers included
}

// Log is what one function wrote to its log.
type Log struct {
	Lines int `json:"lines"`
	Bytes int `json:"bytes"`
}

// Work is what one function asked of AWS.
type Work struct {
	// Calls by service and action, but for those to queues: how many messages go
	// into one depends on how many are there.
	Calls map[string]Call `json:"calls,omitempty"`
	// Sent are the messages by queue.
	Sent map[string]Message `json:"sent,omitempty"`
}

// Call is what calls of one action add up to.
type Call struct {
	Count      int     `json:"count"`
	Bytes      int     `json:"bytes"`                 // of all requests' bodies
	WriteUnits float64 `json:"write_units,omitempty"` // of the table, of 1 KB each
	IndexUnits float64 `json:"index_units,omitempty"` // of its indexes, of 1 KB each
	ReadUnits  float64 `json:"read_units,omitempty"`  // of 4 KB each
	Inserts    int     `json:"inserts,omitempty"`     // items that are new: those the stream tells on
	Stored     int     `json:"stored,omitempty"`      // bytes of items in the table afterwards, more than before
}

// Message is what messages to one queue add up to.
type Message struct {
	Count int `json:"count"`
	Bytes int `json:"bytes"`
}

// Read reads a recording from a file.
func Read(path string) (*Recording, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("reading the recorded calls: %w", err)
	}
	var r Recording
	if err := json.Unmarshal(b, &r); err != nil {
		return nil, fmt.Errorf("reading %s: %w", path, err)
	}
	return &r, nil
}

// Write keeps a recording in a file.
func (r *Recording) Write(path string) error {
	b, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(path, append(b, '\n'), 0o600)
}

// tolerance is by how much bytes may differ: identifiers and times are not all of one
// length.
const tolerance = 0.06

// slack is by how much the reads behind the stream may differ: what they look for may be
// there already, or not yet.
const slack = 3

// Drift says in words how a journey differs from what was recorded of it: counts and
// units to the digit, bytes by more than six per cent, reads behind the stream by more
// than three.
func Drift(recorded, seen *Journey) (changes []string) {
	was, is := recorded.figures(), seen.figures()
	names := make([]string, 0, len(was)+len(is))
	for name := range was {
		names = append(names, name)
	}
	for name := range is {
		if _, both := was[name]; !both {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	for _, name := range names {
		a, b := was[name], is[name]
		if a.near && within(a.n, b.n) || a.loose && max(a.n, b.n)-min(a.n, b.n) <= slack || a.n == b.n {
			continue
		}
		changes = append(changes, fmt.Sprintf("%s: %g, recorded %g", name, b.n, a.n))
	}
	return changes
}

// reads reports whether an action only reads the table.
func reads(action string) bool {
	return slices.Contains([]string{"dynamodb.BatchGetItem", "dynamodb.GetItem", "dynamodb.Query"}, action)
}

func within(a, b float64) bool {
	return max(a, b)-min(a, b) <= max(16, tolerance*max(a, b))
}

// figure is one number of a journey; near: it may differ a little.
type figure struct {
	n     float64
	near  bool // six per cent
	loose bool // slack
}

func (j *Journey) figures() map[string]figure {
	all := map[string]figure{"times": {n: float64(j.Times)}}
	exact := func(name string, n float64) {
		if n != 0 {
			all[name] = figure{n: n}
		}
	}
	near := func(name string, n int) { all[name] = figure{n: float64(n), near: true} }
	for route, r := range j.Requests {
		exact(route+" requests", float64(r.Count))
		near(route+" bytes sent", r.Sent)
		near(route+" bytes answered", r.Answered)
	}
	asked := make(map[string]bool)
	for _, r := range j.Requests {
		asked[r.Function] = true
	}
	for function, l := range j.Logs {
		near(function+" bytes of a line of log", l.Bytes/max(1, l.Lines))
		if asked[function] { // behind the stream it depends on what comes at once
			exact(function+" lines of log", float64(l.Lines))
		}
	}
	for _, metric := range j.Metrics {
		exact("metric "+metric, 1)
	}
	for function, w := range j.Work {
		for action, c := range w.Calls {
			name := function + " " + action
			if !asked[function] && reads(action) {
				all[name+" calls"], all[name+" read units"] = figure{n: float64(c.Count), loose: true}, figure{n: c.ReadUnits, loose: true}
				continue
			}
			exact(name+" calls", float64(c.Count))
			exact(name+" write units", c.WriteUnits)
			exact(name+" index units", c.IndexUnits)
			exact(name+" read units", c.ReadUnits)
			exact(name+" new items", float64(c.Inserts))
			near(name+" bytes", c.Bytes)
			near(name+" bytes stored", c.Stored)
		}
		for queue, m := range w.Sent {
			exact(function+" messages to "+queue, float64(m.Count))
			near(function+" bytes to "+queue, m.Bytes)
		}
	}
	return all
}
