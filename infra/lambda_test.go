package main

import (
	"maps"
	"strings"
	"testing"

	"resonanz/infra/lambdaenv"
)

// TestEveryFunctionsRuntimeKnowsWhatItHas: memory, and below one vCPU a single
// processor.
func TestEveryFunctionsRuntimeKnowsWhatItHas(t *testing.T) {
	tmpl := synth(t, dev)
	for _, m := range lambdaenv.Memories {
		p := tmpl.one(t, "AWS::Lambda::Function", exported(m.Function)).Properties
		want(t, m.Function, whole(p["MemorySize"]), m.MiB)
		env := map[string]string{}
		for name, value := range dig(p, "Environment", "Variables").(map[string]any) {
			if strings.HasPrefix(name, "GO") {
				env[name] = written(value)
			}
		}
		want(t, m.Function+" runtime", env, lambdaenv.Environment(m.MiB))
	}
}

// given is the environment of a function without what Go's runtime reads of it.
func given(p map[string]any) map[string]any {
	env := maps.Clone(dig(p, "Environment", "Variables").(map[string]any))
	maps.DeleteFunc(env, func(name string, _ any) bool { return strings.HasPrefix(name, "GO") })
	return env
}
