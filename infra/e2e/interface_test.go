package e2e

import (
	"bytes"
	"context"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"resonanz/infra/local/toolchain"
)

// apitest makes the virtual environment of the interface's testers and returns
// its bin folder.
func apitest(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(deployed.Project.Root, "build", "tools", "apitest")
	var log bytes.Buffer
	if _, err := toolchain.Venv(t.Context(), dir, filepath.Join("apitest", "requirements.txt"), &log); err != nil {
		t.Fatalf("%v\n%s", err, log.String())
	}
	return filepath.Join(dir, "bin")
}

// described fetches the description as anybody would.
func described(t *testing.T) string {
	t.Helper()
	a := do(t, http.MethodGet, "/openapi.json", "")
	if a.Status != http.StatusOK || a.Header.Get("Content-Type") != "application/json" {
		t.Fatalf("GET /openapi.json: %d %s", a.Status, a.Header.Get("Content-Type"))
	}
	path := filepath.Join(t.TempDir(), "openapi.json")
	if err := os.WriteFile(path, []byte(a.Body), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestTheDescriptionOfTheInterfaceIsValid(t *testing.T) {
	out, err := exec.CommandContext(t.Context(), filepath.Join(apitest(t), "openapi-spec-validator"), described(t)).CombinedOutput()
	if err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

// Requests made up from the description, fitting it and not: no answer is a
// server's error, none is of a status, type or shape that is not described, and
// nothing malformed is accepted.
func TestTheInterfaceAnswersAsDescribed(t *testing.T) {
	meanwhile(t)
	tool, doc := filepath.Join(apitest(t), "schemathesis"), described(t)
	const checks = "not_a_server_error,status_code_conformance,content_type_conformance,response_headers_conformance,response_schema_conformance,negative_data_rejection"
	system, clerk := token(t, "invite", "reports", "intake"), token(t, "cases", "approve")
	path := func(is string) []string { return []string{"--include-path-regex", is} }
	for _, as := range []struct {
		name, authorization string
		only                []string
	}{
		{"a device", deviceKey(t, "kiosk-cologne-1"), []string{"--include-tag", "intake"}},
		{"a system that sends", system, path("^/v1/(ratings|cards|complaints|batch|beats)$")},
		{"a system that invites and reads", system, path("^/v1/(invitations|reports)|^/(r|c|u|k|p|complain|kiosk|healthz|openapi)")},
		{"a clerk who reads", clerk, path("^/v1/(cases|cases/[^/]*|cases/[^/]*/attachments/.*|cases/[^/]*/[^/]*/preview|actions.*|webhooks.*|devices|desk)$")},
		{"a clerk at work, one half", clerk, path("^/v1/cases/[^/]*/[ac][a-z]*$")},
		{"a clerk at work, the other", clerk, path("^/v1/cases/[^/]*/[bd-z][a-z]*$")},
		{"nobody", "Bearer none", []string{"--include-path-regex", "^/v1/", "--phases", "examples,fuzzing"}},
	} {
		t.Run(as.name, func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithTimeout(t.Context(), 4*time.Minute)
			defer cancel()
			// One worker: Hypothesis shares a cache between threads that does not bear it.
			args := append([]string{
				"run", doc, "--url", deployed.PublicURL, "--header", "Authorization: " + as.authorization,
				"--checks", checks, "--phases", "examples,coverage,fuzzing", "--max-examples", "12", "--workers", "1",
				"--seed", "1", "--generation-deterministic",
				"--suppress-health-check", "all", "--warnings", "off", "--continue-on-failure", "--no-color",
			}, as.only...)
			cmd := exec.CommandContext(ctx, tool, args...)
			cmd.Dir = t.TempDir()
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Errorf("%v\n%.12000s", err, out)
			}
		})
	}
}
