package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// finding is what a tool says of one resource of one template.
type finding struct {
	tool, rule string
	resource   string // name without the CDK's hash; empty: of the template as a whole
	kind       string // such as AWS::SQS::Queue
	what       string
	template   string
}

func (f finding) String() string {
	return fmt.Sprintf("%s: %s %s: %s %s: %s", f.template, f.tool, f.rule, f.kind, f.resource, f.what)
}

// hashed is what the CDK appends to the name of a construct.
var hashed = regexp.MustCompile(`^(.+)[0-9A-F]{8}$`)

func nameOf(id string) string {
	if m := hashed.FindStringSubmatch(id); m != nil {
		return m[1]
	}
	return id
}

// cfnLint exits with a sum of bits where it found something; what it prints is JSON.
func cfnLint(ctx context.Context, bin, template string) ([]finding, error) {
	out, err := printed(ctx, filepath.Join(bin, "cfn-lint"), "--format", "json", "--", template)
	if err != nil {
		return nil, err
	}
	kinds, err := kindsOf(template)
	if err != nil {
		return nil, err
	}
	return readCfnLint(out, kinds, filepath.Base(template))
}

func readCfnLint(out []byte, kinds map[string]string, template string) ([]finding, error) {
	var matches []struct {
		Message string
		Rule    struct{ ID string }
		// Location is a path of names and indexes.
		Location struct{ Path []any }
	}
	if err := json.Unmarshal(out, &matches); err != nil {
		return nil, fmt.Errorf("reading what cfn-lint found in %s: %w", template, err)
	}
	var all []finding
	for _, m := range matches {
		f := finding{tool: "cfn-lint", rule: m.Rule.ID, what: m.Message, template: template}
		if p := m.Location.Path; len(p) > 1 && p[0] == "Resources" {
			id, _ := p[1].(string)
			f.resource, f.kind = nameOf(id), kinds[id]
		}
		all = append(all, f)
	}
	return all, nil
}

func kindsOf(template string) (map[string]string, error) {
	b, err := os.ReadFile(template)
	if err != nil {
		return nil, fmt.Errorf("reading a template: %w", err)
	}
	var t struct {
		Resources map[string]struct{ Type string }
	}
	if err := json.Unmarshal(b, &t); err != nil {
		return nil, fmt.Errorf("reading %s: %w", template, err)
	}
	kinds := make(map[string]string, len(t.Resources))
	for id, r := range t.Resources {
		kinds[id] = r.Type
	}
	return kinds, nil
}

// checkov asks nobody: --skip-download keeps it from looking for its maker's own rules.
func checkov(ctx context.Context, bin, template string) ([]finding, error) {
	out, err := printed(ctx, filepath.Join(bin, "checkov"), "--framework", "cloudformation", "--output", "json", "--compact", "--quiet", "--skip-download", "--file", template)
	if err != nil {
		return nil, err
	}
	return readCheckov(out, filepath.Base(template))
}

func readCheckov(out []byte, template string) ([]finding, error) {
	type answer struct {
		Results struct {
			Failed []struct {
				ID       string `json:"check_id"`
				Name     string `json:"check_name"`
				Resource string
			} `json:"failed_checks"`
		}
		Summary *struct {
			Passed  int
			Parsing int `json:"parsing_errors"`
		}
	}
	var a answer
	if err := json.Unmarshal(out, &a); err != nil {
		return nil, fmt.Errorf("reading what checkov found in %s: %w", template, err)
	}
	if a.Summary == nil || a.Summary.Passed == 0 || a.Summary.Parsing > 0 {
		return nil, fmt.Errorf("checkov could not read %s: %.300s", template, out)
	}
	var all []finding
	for _, r := range a.Results.Failed {
		kind, id, _ := strings.Cut(r.Resource, ".")
		all = append(all, finding{tool: "checkov", rule: r.ID, resource: nameOf(id), kind: kind, what: r.Name, template: template})
	}
	return all, nil
}

// printed runs a tool whose exit status says whether it found something: only what it
// printed tells that from a tool that broke.
func printed(ctx context.Context, program string, args ...string) ([]byte, error) {
	cmd := exec.CommandContext(ctx, program, args...)
	var out, complaints bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &complaints
	err := cmd.Run()
	if exit := new(exec.ExitError); err != nil && !errors.As(err, &exit) {
		return nil, fmt.Errorf("running %s: %w", filepath.Base(program), err)
	}
	if !json.Valid(out.Bytes()) {
		return nil, fmt.Errorf("running %s: %w: %.500s", filepath.Base(program), err, complaints.Bytes())
	}
	return out.Bytes(), nil
}

// judge returns what no exemption covers, and each exemption that covers nothing.
func judge(found []finding, exemptions []exemption) []error {
	var problems []error
	used := map[string]bool{}
	for _, f := range found {
		exempt := false
		for _, e := range exemptions {
			for _, on := range e.On {
				if e.Tool == f.tool && e.Rule == f.rule && (on == f.kind || on == f.resource) {
					exempt, used[e.key(on)] = true, true
				}
			}
		}
		if !exempt {
			problems = append(problems, errors.New(f.String()))
		}
	}
	for _, e := range exemptions {
		for _, on := range e.On {
			if !used[e.key(on)] {
				problems = append(problems, fmt.Errorf("exemptions.yaml: %s %s on %s is not needed: take it away", e.Tool, e.Rule, on))
			}
		}
	}
	slices.SortFunc(problems, func(a, b error) int { return strings.Compare(a.Error(), b.Error()) })
	return problems
}
