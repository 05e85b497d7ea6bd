// Package settings reads what the stack is set to out of its reviewed template, so
// that no figure of it stands twice.
package settings

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// Template is the reviewed template, from the root of the project. The stages that
// differ from it do so in nothing that is read here.
const Template = "infra/testdata/dev.json"

// Mapping is how Lambda takes from a queue or a stream for one function.
type Mapping struct {
	Batch      int // records at most
	Window     int // seconds that Lambda collects
	AtOnce     int // invocations at the same time at most; 0: no limit of its own
	Factor     int // batches of one shard at the same time; streams only
	MaxAge     int // seconds after which a record is put aside; streams only
	Visibility int // seconds; queues only
}

// Function is what one function is given.
type Function struct {
	Memory  int // MiB
	Timeout int // seconds
}

// Settings are those of the stack that bear on how much it takes.
type Settings struct {
	Mappings  map[string]Mapping  // by function
	Functions map[string]Function // by name
	Rate      int                 // requests a second that the API lets through
	Burst     int                 // requests at once that it lets through
}

// CPU is the share of a processor that Lambda gives a function: one whole at 1,769
// MB, and in proportion (AWS: "Configure Lambda function memory").
func (f Function) CPU() float64 { return float64(f.Memory) / 1769 }

type resource struct {
	Type       string
	Properties json.RawMessage
}

// Read reads the template of the project at root.
func Read(root string) (*Settings, error) {
	b, err := os.ReadFile(filepath.Join(root, Template))
	if err != nil {
		return nil, fmt.Errorf("reading the settings of the stack: %w", err)
	}
	var t struct{ Resources map[string]resource }
	if err := json.Unmarshal(b, &t); err != nil {
		return nil, fmt.Errorf("reading %s: %w", Template, err)
	}
	s := &Settings{Mappings: make(map[string]Mapping), Functions: make(map[string]Function)}
	for id, r := range t.Resources {
		if err := s.take(id, r, t.Resources); err != nil {
			return nil, fmt.Errorf("reading %s: %s: %w", Template, id, err)
		}
	}
	if len(s.Mappings) == 0 || len(s.Functions) == 0 || s.Rate == 0 {
		return nil, fmt.Errorf("reading %s: no mappings, functions or throttle in it", Template)
	}
	return s, nil
}

func (s *Settings) take(id string, r resource, all map[string]resource) error {
	switch r.Type {
	case "AWS::Lambda::Function":
		var p struct{ MemorySize, Timeout int }
		if err := json.Unmarshal(r.Properties, &p); err != nil {
			return err
		}
		if p.MemorySize > 0 { // else one of the CDK's own
			s.Functions[function(id)] = Function{p.MemorySize, p.Timeout}
		}
	case "AWS::ApiGatewayV2::Stage":
		var p struct {
			DefaultRouteSettings struct{ ThrottlingRateLimit, ThrottlingBurstLimit int }
		}
		if err := json.Unmarshal(r.Properties, &p); err != nil {
			return err
		}
		s.Rate, s.Burst = p.DefaultRouteSettings.ThrottlingRateLimit, p.DefaultRouteSettings.ThrottlingBurstLimit
	case "AWS::Lambda::EventSourceMapping":
		return s.takeMapping(r, all)
	}
	return nil
}

func (s *Settings) takeMapping(r resource, all map[string]resource) error {
	var p struct {
		BatchSize, MaximumBatchingWindowInSeconds, ParallelizationFactor, MaximumRecordAgeInSeconds int
		FunctionName                                                                                struct{ Ref string }
		ScalingConfig                                                                               struct{ MaximumConcurrency int }
		EventSourceArn                                                                              struct {
			Of []string `json:"Fn::GetAtt"`
		}
	}
	if err := json.Unmarshal(r.Properties, &p); err != nil {
		return err
	}
	if p.FunctionName.Ref == "" || len(p.EventSourceArn.Of) == 0 {
		return errors.New("a mapping of another shape")
	}
	m := Mapping{
		Batch: p.BatchSize, Window: p.MaximumBatchingWindowInSeconds, AtOnce: p.ScalingConfig.MaximumConcurrency,
		Factor: max(p.ParallelizationFactor, 1), MaxAge: p.MaximumRecordAgeInSeconds,
	}
	if source := all[p.EventSourceArn.Of[0]]; source.Type == "AWS::SQS::Queue" {
		var q struct{ VisibilityTimeout int }
		if err := json.Unmarshal(source.Properties, &q); err != nil {
			return err
		}
		m.Visibility = q.VisibilityTimeout
	}
	s.Mappings[function(p.FunctionName.Ref)] = m
	return nil
}

// function is the name behind a logical id, which ends in eight characters that the
// CDK makes: "RatingEA0E3874" is rating.
func function(id string) string {
	const made = 8
	if len(id) <= made {
		return strings.ToLower(id)
	}
	name := id[:len(id)-made]
	return strings.ToLower(name[:1]) + name[1:]
}
