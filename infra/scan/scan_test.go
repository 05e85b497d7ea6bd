package main

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestWhatNoExemptionCoversIsAProblemAndSoIsOneThatCoversNothing(t *testing.T) {
	found := []finding{
		{tool: "checkov", rule: "A", resource: "Table", kind: "AWS::DynamoDB::Table", what: "no key", template: "dev"},
		{tool: "checkov", rule: "A", resource: "Queue", kind: "AWS::SQS::Queue", what: "no key", template: "dev"},
		{tool: "cfn-lint", rule: "A", resource: "Other", kind: "AWS::SQS::Queue", what: "odd", template: "dev"},
	}
	var got []string
	for _, err := range judge(found, []exemption{
		{Tool: "checkov", Rule: "A", On: []string{"Table", "Bucket"}}, {Tool: "checkov", Rule: "A", On: []string{"AWS::SQS::Queue"}}, {Tool: "cfn-lint", Rule: "B", On: []string{"Other"}},
	}) {
		got = append(got, err.Error())
	}
	want := []string{
		"dev: cfn-lint A: AWS::SQS::Queue Other: odd",
		"exemptions.yaml: cfn-lint B on Other is not needed: take it away",
		"exemptions.yaml: checkov A on Bucket is not needed: take it away",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestWhatTheToolsPrintIsRead(t *testing.T) {
	got, err := readCfnLint([]byte(`[{"Rule":{"Id":"W3005"},"Message":"m","Location":{"Path":["Resources","RatingEA0E3874","DependsOn",0]}},{"Rule":{"Id":"E1"},"Message":"n","Location":{"Path":null}}]`),
		map[string]string{"RatingEA0E3874": "AWS::Lambda::Function"}, "t")
	if err != nil {
		t.Fatal(err)
	}
	more, err := readCheckov([]byte(`{"results":{"failed_checks":[{"check_id":"CKV_1","check_name":"n","resource":"AWS::SQS::Queue.MailDlq4103D6ED"}]},"summary":{"passed":3,"parsing_errors":0}}`), "t")
	if err != nil {
		t.Fatal(err)
	}
	want := []finding{
		{"cfn-lint", "W3005", "Rating", "AWS::Lambda::Function", "m", "t"}, {"cfn-lint", "E1", "", "", "n", "t"},
		{"checkov", "CKV_1", "MailDlq", "AWS::SQS::Queue", "n", "t"},
	}
	if diff := cmp.Diff(want, append(got, more...), cmp.AllowUnexported(finding{})); diff != "" {
		t.Error(diff)
	}
}

// A tool that broke must not look like one that found nothing.
func TestAToolThatLookedAtNothingIsAnError(t *testing.T) {
	for _, out := range []string{`{}`, `{"summary":{"passed":0,"parsing_errors":0}}`, `{"summary":{"passed":9,"parsing_errors":1}}`, `[]`} {
		if _, err := readCheckov([]byte(out), "t"); err == nil {
			t.Errorf("%s is taken", out)
		}
	}
	if _, err := printed(t.Context(), "false"); err == nil {
		t.Error("a program that printed nothing is taken")
	}
	if _, err := printed(t.Context(), filepath.Join(t.TempDir(), "none")); err == nil {
		t.Error("a program that is not there is taken")
	}
	if err := scanTemplates(t.Context(), t.TempDir(), t.TempDir(), os.Stdout); err == nil || !strings.Contains(err.Error(), "make synth") {
		t.Error(err)
	}
}

func TestADatabaseThatIsNotReachedIsNoResult(t *testing.T) {
	said := func(script string) string {
		t.Helper()
		program := filepath.Join(t.TempDir(), "govulncheck")
		if err := os.WriteFile(program, []byte("#!/bin/sh\n"+script), 0o755); err != nil {
			t.Fatal(err)
		}
		var out strings.Builder
		if err := weaknesses(context.Background(), t.TempDir(), program, &out); err != nil {
			return "error: " + err.Error()
		}
		return out.String()
	}
	t.Setenv("GOVULNDB", "")
	for script, want := range map[string]string{
		"echo 'No vulnerabilities found.'": "govulncheck: No vulnerabilities found.\n",
		`echo 'govulncheck: fetching vulnerabilities: Get "https://vuln.go.dev/index/modules.json.gz": dial tcp: no such host'; exit 1`: "GOVULNDB",
		"echo 'Vulnerability #1: GO-2026-5960'; exit 3": "GO-2026-5960",
	} {
		if got := said(script); !strings.Contains(got, want) {
			t.Errorf("%s: %s", script, got)
		}
	}
	t.Setenv("GOVULNDB", "file:///copy")
	if got := said("echo $*"); !strings.Contains(got, "-db file:///copy ./functions/...") {
		t.Error(got)
	}
}

func TestEveryExemptionHasItsReason(t *testing.T) {
	if _, err := readExemptions("exemptions.yaml"); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"no reason": "- {tool: checkov, rule: A, on: [B], reason: because}", "twice": "- {tool: checkov, rule: A, on: [B, B], reason: a sentence that says why}",
		"unknown": "- {tool: checkov, rule: A, on: [B], reason: a sentence that says why, until: never}",
	} {
		path := filepath.Join(t.TempDir(), "exemptions.yaml")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := readExemptions(path); err == nil {
			t.Errorf("%s is taken", name)
		}
	}
}
