package main

import (
	"fmt"
	"os"

	"github.com/goccy/go-yaml"
)

// exemption says why a rule does not hold for some resources.
type exemption struct {
	Tool   string   `yaml:"tool"`
	Rule   string   `yaml:"rule"`
	On     []string `yaml:"on"` // names of resources, or types, such as AWS::SQS::Queue
	Reason string   `yaml:"reason"`
}

func (e exemption) key(on string) string { return e.Tool + " " + e.Rule + " " + on }

// shortest is the length under which a reason is none.
const shortest = 20

func readExemptions(path string) ([]exemption, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("reading exemptions: %w", err)
	}
	var all []exemption
	if err := yaml.UnmarshalWithOptions(b, &all, yaml.Strict()); err != nil {
		return nil, fmt.Errorf("reading %s: %w", path, err)
	}
	seen := map[string]bool{}
	for _, e := range all {
		if e.Tool == "" || e.Rule == "" || len(e.On) == 0 || len(e.Reason) < shortest {
			return nil, fmt.Errorf("reading %s: %s %s: wants tool, rule, on and a reason", path, e.Tool, e.Rule)
		}
		for _, on := range e.On {
			if seen[e.key(on)] {
				return nil, fmt.Errorf("reading %s: %s is there twice", path, e.key(on))
			}
			seen[e.key(on)] = true
		}
	}
	return all, nil
}
