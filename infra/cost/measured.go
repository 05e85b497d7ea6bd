package main

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"slices"
	"time"

	"resonanz/infra/scale/effort"
)

const measuredFile = "infra/cost/measured.json"

// measured is the processor time of warm functions, as `make bench` measures it: of the
// whole process, for its usual work, in milliseconds of a core.
type measured struct {
	At      time.Time          `json:"at"`
	Commit  string             `json:"commit"`
	Machine json.RawMessage    `json:"machine"`
	Hello   float64            `json:"hello_ms"` // of a function that does nothing
	CPU     map[string]float64 `json:"cpu_ms"`   // by function, for one invocation

	behind *effort.Efforts // of consumers, measured record by record
}

// messages of one invocation that make bench measures, of consumers whose time for each
// record by itself was not (infra/scale/effort).
var messages = map[string]float64{"notify": 2, "courier": 1}

func readMeasured(path string) (*measured, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("reading processor times: %w", err)
	}
	var m measured
	if err := json.Unmarshal(b, &m); err != nil {
		return nil, fmt.Errorf("reading %s: %w", path, err)
	}
	m.behind, err = effort.Kept()
	return &m, err
}

// invocation is what a function takes for a request or a call of the clock.
func (m *measured) invocation(function string) float64 { return m.of(function) }

func (m *measured) of(function string) float64 {
	ms, ok := m.CPU[function]
	if !ok {
		panic("the processor time of " + function + " was never measured: make bench, make cost ARGS=\"--measured build/bench/bench.json\"")
	}
	return ms
}

// batches are what a consumer takes for n messages in so many batches. Where records were
// not measured by themselves, what a function that does nothing takes is taken once a
// batch, the rest for each message.
func (m *measured) batches(function string, batches, n float64) float64 {
	if own, ok := m.behind.Functions[function]; ok {
		return batches*own.Fixed + n*own.Each
	}
	each := math.Max(0, m.of(function)-m.Hello) / math.Max(1, messages[function])
	return batches*m.Hello + n*each
}

// take makes the file of processor times from one of make bench.
func take(bench, to string) error {
	b, err := os.ReadFile(bench)
	if err != nil {
		return fmt.Errorf("reading what make bench measured: %w", err)
	}
	var in struct {
		measured
		Figures []struct {
			Name string
			Warm []float64 `json:"warm_cpu_ns"`
		}
	}
	if err := json.Unmarshal(b, &in); err != nil {
		return fmt.Errorf("reading %s: %w", bench, err)
	}
	out := in.measured
	out.CPU = make(map[string]float64)
	for _, f := range in.Figures {
		if len(f.Warm) > 0 {
			out.CPU[f.Name] = math.Round(median(f.Warm)/1e3) / 1e3
		}
	}
	out.Hello = out.CPU["hello/as-rating"]
	if b, err = json.MarshalIndent(out, "", "  "); err != nil {
		return err
	}
	return os.WriteFile(to, append(b, '\n'), 0o600)
}

func median(of []float64) float64 {
	all := slices.Sorted(slices.Values(of))
	return (all[(len(all)-1)/2] + all[len(all)/2]) / 2
}
