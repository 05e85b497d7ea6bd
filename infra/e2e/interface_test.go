package e2e

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"testing"
	"time"

	"resonanz/infra/local/toolchain"
	"resonanz/shared/openapi"
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

// tester is somebody whom requests are made up for, and what he is sent to.
type tester struct {
	name, authorization string
	tag, paths          string // one of them; paths is a regular expression
	phases              string // empty: all
}

func (x *tester) chosen() []string {
	args := []string{"--include-path-regex", x.paths}
	if x.tag != "" {
		args = []string{"--include-tag", x.tag}
	}
	return append(args, "--phases", cmp.Or(x.phases, "examples,coverage,fuzzing"))
}

func testers(t *testing.T) []tester {
	t.Helper()
	system, clerk := token(t, "invite", "reports", "intake"), token(t, "cases", "approve")
	return []tester{
		{name: "a device", authorization: deviceKey(t, "kiosk-cologne-1"), tag: "intake"},
		{name: "a system that sends", authorization: system, paths: "^/v1/(ratings|cards|complaints|batch|beats)$"},
		{name: "a system that invites and reads", authorization: system, paths: "^/v1/(invitations|reports)|^/(healthz|openapi)"},
		{name: "who opens pages", authorization: system, paths: "^/(r|c|u|k|p|complain|kiosk)/"},
		{name: "a clerk who reads", authorization: clerk, paths: "^/v1/(cases|cases/[^/]*|cases/[^/]*/attachments/.*|cases/[^/]*/[^/]*/preview|actions.*|webhooks.*|devices|desk)$"},
		{name: "a clerk at work, one half", authorization: clerk, paths: "^/v1/cases/[^/]*/[ac][a-z]*$"},
		{name: "a clerk at work, the other", authorization: clerk, paths: "^/v1/cases/[^/]*/[bd-z][a-z]*$"},
		{name: "who hands out and erases", authorization: token(t, "privacy"), paths: "^/v1/customers/"},
		{name: "the canary", authorization: canaryToken(t), paths: "^/v1/canary/"},
		{name: "nobody", authorization: "Bearer none", paths: "^/v1/", phases: "examples,fuzzing"},
	}
}

// Every address of the description is tested by somebody who may go there.
func TestSomebodyIsSentToEveryAddressOfTheInterface(t *testing.T) {
	var doc struct{ Paths map[string]any }
	if err := json.Unmarshal([]byte(openapi.Document), &doc); err != nil || len(doc.Paths) == 0 {
		t.Fatal(len(doc.Paths), err)
	}
	all := testers(t)
	for path := range doc.Paths {
		if !slices.ContainsFunc(all, func(x tester) bool {
			return x.name != "nobody" && x.paths != "" && regexp.MustCompile(x.paths).MatchString(path)
		}) {
			t.Errorf("nobody who may is sent to %s", path)
		}
	}
}

// Requests made up from the description, fitting it and not: no answer is a
// server's error, none is of a status, type or shape that is not described, and
// nothing malformed is accepted.
func TestTheInterfaceAnswersAsDescribed(t *testing.T) {
	meanwhile(t)
	tool, doc := filepath.Join(apitest(t), "schemathesis"), described(t)
	const checks = "not_a_server_error,status_code_conformance,content_type_conformance,response_headers_conformance,response_schema_conformance,negative_data_rejection"
	for _, as := range testers(t) {
		t.Run(as.name, func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithTimeout(t.Context(), 8*time.Minute) // ten at once, on two cores that do more
			defer cancel()
			// One worker: Hypothesis shares a cache between threads that does not bear it.
			args := append([]string{
				"run", doc, "--url", deployed.PublicURL, "--header", "Authorization: " + as.authorization,
				"--checks", checks, "--max-examples", "12", "--workers", "1",
				"--seed", "1", "--generation-deterministic",
				"--suppress-health-check", "all", "--warnings", "off", "--continue-on-failure", "--no-color",
			}, as.chosen()...)
			cmd := exec.CommandContext(ctx, tool, args...)
			cmd.Dir = t.TempDir()
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Errorf("%v\n%.12000s", err, out)
			}
		})
	}
}
