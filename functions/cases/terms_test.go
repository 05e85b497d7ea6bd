package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"slices"
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"

	"resonanz/shared/openapi/openapitest"
)

// constants are the values of all constants of a type in a folder of shared.
func constants(t *testing.T, folder, typ string) (out []string) {
	t.Helper()
	for _, file := range map[string][]string{
		"casefile": {"casefile.go", "handling.go"}, "lifecycle": {"next.go"}, "store": {"hooks.go"},
	}[folder] {
		f, err := parser.ParseFile(token.NewFileSet(), "../../shared/"+folder+"/"+file, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(f, func(n ast.Node) bool {
			spec, ok := n.(*ast.ValueSpec)
			if !ok {
				return true
			}
			if id, ok := spec.Type.(*ast.Ident); ok && id.Name == typ {
				for _, v := range spec.Values {
					if lit, ok := v.(*ast.BasicLit); ok {
						s, _ := strconv.Unquote(lit.Value)
						out = append(out, s)
					}
				}
			}
			return true
		})
	}
	slices.Sort(out)
	return out
}

// enum is the list of values at a place in the schemas of the description.
func enum(t *testing.T, at ...string) []string {
	t.Helper()
	v := asMap(openapitest.Document()["components"])["schemas"]
	for _, step := range at {
		v = asMap(v)[step]
	}
	out := list(asMap(v)["enum"])
	slices.Sort(out)
	return out
}

// What a case can be is described whole: a new status, a new action shows here.
func TestEveryTermIsDescribed(t *testing.T) {
	property := func(schema, name string) []string { return []string{schema, "properties", name} }
	for _, c := range []struct {
		folder, typ string
		at          []string
	}{
		{"casefile", "Status", []string{"CaseStatus"}},
		{"casefile", "Family", []string{"CaseFamily"}},
		{"casefile", "Severity", []string{"Severity"}},
		{"casefile", "Urgency", []string{"Urgency"}},
		{"casefile", "Action", property("TimelineEntry", "action")},
		{"casefile", "ActorKind", append(property("TimelineEntry", "by"), "properties", "kind")},
		{"casefile", "DecisionOutcome", property("Decision", "outcome")},
		{"casefile", "CompensationState", property("Compensation", "state")},
		{"lifecycle", "StepName", property("Step", "step")},
		{"store", "HookStatus", append(property("Deliveries", "deliveries"), "items", "properties", "status")},
	} {
		want := constants(t, c.folder, c.typ)
		if diff := cmp.Diff(want, enum(t, c.at...)); diff != "" || len(want) == 0 {
			t.Errorf("%s (-want +described):\n%s", c.typ, diff)
		}
	}
	if diff := cmp.Diff(sorted(statuses), enum(t, "CaseStatus")); diff != "" {
		t.Errorf("statuses that can be asked for:\n%s", diff)
	}
	if diff := cmp.Diff(sorted(states), enum(t, "CaseSLA")); diff != "" {
		t.Errorf("states of deadlines that can be asked for:\n%s", diff)
	}
	if diff := cmp.Diff(sorted(families), enum(t, "CaseFamily")); diff != "" {
		t.Errorf("families that can be asked for:\n%s", diff)
	}
	if diff := cmp.Diff(sorted([]sla{noClock, met, paused, running, atRisk, breached}), enum(t, "CaseSLA")); diff != "" {
		t.Errorf("states of deadlines:\n%s", diff)
	}
}

func sorted[S ~string](all []S) (out []string) {
	for _, s := range all {
		out = append(out, string(s))
	}
	slices.Sort(out)
	return out
}
