package main

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"resonanz/shared/casefile"
	"resonanz/shared/intake"
	"resonanz/shared/openapi/openapitest"
)

// schemaOf is that of the body of a command in the description.
func schemaOf(t *testing.T, name string) map[string]any {
	t.Helper()
	post := asMap(asMap(asMap(openapitest.Document()["paths"])["/v1/cases/{number}/"+name])["post"])
	schema := asMap(asMap(asMap(asMap(post["requestBody"])["content"])["application/json"])["schema"])
	if schema == nil {
		t.Fatalf("%s is not described", name)
	}
	return schema
}

// Every command takes the fields that are described and no other, and cannot go
// without those that are required.
func TestCommandsTakeWhatIsDescribed(t *testing.T) {
	all := map[string]bool{}
	for _, name := range intake.Commands() {
		for field := range asMap(schemaOf(t, name)["properties"]) {
			all[field] = true
		}
	}
	r := newRig(t)
	k := r.complain()
	for _, name := range intake.Commands() {
		schema := schemaOf(t, name)
		for field := range all {
			_, p := refused(t, r.do(as(command(k.Number, name, 2, `{"`+field+`":null}`), lead, scope+" "+scopeApproval)))
			unknown := false
			for _, e := range p.Errors {
				unknown = unknown || e.Field == field && e.Code == "unknown_field"
			}
			if known := asMap(schema["properties"])[field] != nil; known == unknown {
				t.Errorf("%s: %s is described %t, known %t", name, field, known, !unknown)
			}
		}
		for _, field := range list(schema["required"]) {
			body := "{}"
			if name == "decide" && field == "text" {
				body = `{"outcome":"accepted"}`
			}
			_, p := refused(t, r.do(as(command(k.Number, name, 2, body), lead, scope+" "+scopeApproval)))
			if !slices.ContainsFunc(p.Errors, func(e struct{ Field, Code, Detail string }) bool {
				return e.Field == field && e.Code == "missing_field"
			}) {
				t.Errorf("%s goes without %s: %+v", name, field, p)
			}
		}
	}
}

func asMap(v any) map[string]any {
	m, _ := v.(map[string]any)
	return m
}

func list(v any) (out []string) {
	all, _ := v.([]any)
	for _, s := range all {
		out = append(out, s.(string))
	}
	return out
}

func TestEveryAddressOfCasesThatIsDescribedIsAnswered(t *testing.T) {
	r := newRig(t)
	k := r.complain()
	for pattern, operations := range asMap(openapitest.Document()["paths"]) {
		if !regexp.MustCompile("^/v1/(cases|actions|webhooks|devices|desk)").MatchString(pattern) {
			continue
		}
		for method, o := range asMap(operations) {
			path := strings.NewReplacer("{number}", string(k.Number), "{id}", "1", "{command}", "note").Replace(pattern)
			q := get(path)
			q.RequestContext.HTTP.Method = strings.ToUpper(method)
			res := r.do(q)
			if _, methods, answer := r.answerer(strings.Split(strings.TrimPrefix(path, "/v1/"), "/")); answer == nil || !strings.Contains(methods, strings.ToUpper(method)) {
				t.Errorf("%s %s is not answered: %d", method, pattern, res.StatusCode)
			}
			scopes := fmt.Sprint(asMap(o)["security"])
			if needs := strings.HasSuffix(pattern, "/approve") || strings.HasSuffix(pattern, "/decline"); needs != strings.Contains(scopes, "resonanz/approve") || !strings.Contains(scopes, scope) {
				t.Errorf("%s %s: scopes %s", method, pattern, scopes)
			}
		}
	}
}

func TestEveryActionOfStaffHasAName(t *testing.T) {
	named := map[string]bool{"resume": true}
	for _, name := range names {
		named[name] = true
	}
	if got := slices.Sorted(maps.Keys(named)); !slices.Equal(got, intake.Commands()) {
		t.Errorf("names %v, commands %v", got, intake.Commands())
	}
	for _, name := range intake.Commands() {
		c, _ := intake.ParseCommand(name, []byte(bodies[name]))
		if c == nil || nameOf(c.Do, map[bool]casefile.Status{true: casefile.AwaitingCustomer}[name == "resume"]) != name {
			t.Errorf("%s: %+v", name, c)
		}
	}
}
