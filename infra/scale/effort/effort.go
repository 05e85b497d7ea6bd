// Package effort measures how much processor time the functions behind the table
// spend on an invocation and on each record of it, and keeps the figures.
package effort

import (
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"math"

	"resonanz/infra/load/cloud"
	"resonanz/infra/scale/settings"
)

//go:embed effort.json
var kept []byte

// Effort is what one function spends, on the machine where it was measured.
type Effort struct {
	Fixed float64 `json:"invocation_cpu_ms"` // of an invocation, whatever it holds
	Each  float64 `json:"record_cpu_ms"`     // of a record
}

// Efforts are those of all that were measured.
type Efforts struct {
	Machine   string            `json:"machine"`
	Date      string            `json:"date"`
	Command   string            `json:"command"`
	Functions map[string]Effort `json:"functions"`
}

// Kept are the figures of effort.json.
func Kept() (*Efforts, error) {
	e := new(Efforts)
	if err := json.Unmarshal(kept, e); err != nil {
		return nil, fmt.Errorf("reading effort.json: %w", err)
	}
	return e, nil
}

// Waits are the calls that an invocation waits for one after the other; those made
// at the same time count once.
type Waits struct {
	Call  string                // as delays.json names it
	Times func(records int) int // one after the other
}

// calls are what each function waits for. Fanout sends ten messages in a call, five
// calls at a time, to one queue after the other.
var calls = map[string][]Waits{
	"rating":     {{"dynamodb.PutItem", once}},
	"fanout":     {{"sqs.", func(n int) int { return 2 * up(n, 50) }}},
	"facts":      {{"s3.PutObject", once}},
	"escalation": {{"dynamodb.Query", func(n int) int { return n }}}, // what a response said before, of each record
}

func once(int) int { return 1 }

func up(n, by int) int { return (n + by - 1) / by }

// Time is how long an invocation takes, and each record of it, in seconds: processor
// time at the share of a processor that the function has, and what it waits for at
// the median of delays.json. Waits that come in steps are made a line between one
// record and a full batch of so many.
func (e *Efforts) Time(name string, f settings.Function, d *cloud.Delays, batch int) (fixed, each float64, err error) {
	own, ok := e.Functions[name]
	if !ok || f.Memory == 0 {
		return 0, 0, fmt.Errorf("%s was not measured, or is no function", name)
	}
	share := math.Min(f.CPU(), 1)
	wait := func(n int) (ms float64) {
		for _, w := range calls[name] {
			ms += d.Calls[w.Call].P50 * float64(w.Times(n))
		}
		return ms
	}
	for _, w := range calls[name] {
		if d.Calls[w.Call].P50 == 0 {
			return 0, 0, errors.New("no delay of " + w.Call)
		}
	}
	if batch > 1 {
		each = (wait(batch) - wait(1)) / float64(batch-1)
	}
	fixed = wait(1) - each
	return (own.Fixed/share + max(0, fixed)) / 1000, (own.Each/share + each) / 1000, nil
}
