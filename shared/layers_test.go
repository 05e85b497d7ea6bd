// Package shared_test holds the direction of dependencies: functions → shared →
// the domain.
package shared_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const module = "resonanz/"

// domain are the packages that hold terms, formulas and rules. They import the
// standard library and each other.
var domain = []string{
	"events",
	"shared/benefit", "shared/casefile", "shared/escalate", "shared/evidence", "shared/fcr", "shared/feedback", "shared/frap", "shared/handling", "shared/lifecycle", "shared/period",
	"shared/report", "shared/responses", "shared/satisfaction", "shared/signal", "shared/sla",
}

// tooLarge must not get into a function: what only the build needs, and what
// makes a cold start slow.
var tooLarge = []string{
	"github.com/aws/aws-cdk-go", "github.com/aws/jsii-runtime-go", "github.com/aws/constructs-go",
	"github.com/aws/aws-sdk-go-v2/config", // walks files and the network for credentials
	"github.com/goccy/go-yaml", "github.com/santhosh-tekuri/jsonschema",
	"github.com/rickar/cal", // the configuration that functions read has the dates of holidays
	"github.com/chromedp",
	// makes a cold start slow, and shared/wire does the one call of it
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager",
	"testing", // and with it every package that exists for tests
}

// heavy is what a few functions need, and nobody waits for those; it must not get
// into another one.
var heavy = map[string][]string{
	"github.com/parquet-go/parquet-go":                {"compact", "facts", "report", "watch"},
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch": {"report"},
	"github.com/aws/aws-sdk-go-v2/service/sqs":        {"customers", "sweep"}, // they read dead letters; shared/outbox sends
	"gonum.org/v1":                {"report"},
	"codeberg.org/go-pdf/fpdf":    {"report"},
	"github.com/xuri/excelize/v2": {"report"},
	"github.com/tdewolff/minify":  {"desk", "desk/app"},
	"github.com/yuin/goldmark":    {"desk", "desk/app"},
}

// aloof are the functions that talk to nothing: they carry no client of AWS.
var aloof = []string{"desk", "kiosk"}

// pkg is what `go list` says about a package, tests left out.
type pkg struct {
	ImportPath string
	Standard   bool
	Imports    []string
	Deps       []string
}

func (p pkg) local() (path string, ok bool) { return strings.CutPrefix(p.ImportPath, module) }

// list asks for the packages of the module that match, with all they import.
func list(t *testing.T, patterns ...string) map[string]pkg {
	t.Helper()
	lookAt(t, "../events", "../functions", "../shared")
	args := append([]string{"list", "-e", "-deps", "-json=ImportPath,Standard,Imports,Deps"}, patterns...)
	cmd := exec.CommandContext(t.Context(), "go", args...)
	cmd.Dir = ".."
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	all := make(map[string]pkg)
	for d := json.NewDecoder(bytes.NewReader(out)); ; {
		var p pkg
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		all[p.ImportPath] = p
	}
}

// lookAt reads the folders that `go list` will read, in this process: else a
// cached result of this test would outlive a new import.
func lookAt(t *testing.T, dirs ...string) {
	t.Helper()
	for _, d := range dirs {
		err := filepath.WalkDir(d, func(path string, _ fs.DirEntry, err error) error {
			if err == nil {
				_, err = os.Stat(path)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

// under reports whether path is dir or below it.
func under(path, dir string) bool {
	rest, ok := strings.CutPrefix(path, dir)
	return ok && (rest == "" || rest[0] == '/')
}

func TestTheDomainImportsTheStandardLibraryOnly(t *testing.T) {
	var patterns []string
	for _, d := range domain {
		patterns = append(patterns, "./"+d)
	}
	found := 0
	for path, p := range list(t, patterns...) {
		local, ok := p.local()
		if !ok && !p.Standard {
			t.Errorf("the domain depends on %s", path)
		}
		if ok && !slices.Contains(domain, local) {
			t.Errorf("the domain depends on %s", path)
		}
		if ok {
			found++
		}
	}
	if found != len(domain) {
		t.Errorf("%d of %d packages of the domain found", found, len(domain))
	}
}

func TestSharedPackagesKnowNoFunctionAndNoStack(t *testing.T) {
	found := 0
	for path, p := range list(t, "./shared/...") {
		local, ok := p.local()
		if !ok {
			continue
		}
		found++
		if !under(local, "shared") && local != "events" {
			t.Errorf("shared depends on %s", path)
		}
		for _, i := range p.Imports {
			for _, large := range tooLarge {
				if under(i, large) && large != "testing" && local != "shared/pages/browsertest" && local != "shared/openapi/openapitest" { // some packages are for tests
					t.Errorf("%s imports %s", path, i)
				}
			}
		}
	}
	if found < len(domain) {
		t.Errorf("%d packages found", found)
	}
}

func TestFunctionsCarryOnlyWhatTheyNeed(t *testing.T) {
	all := list(t, "./functions/...")
	found := 0
	for path, p := range all {
		local, ok := p.local()
		if !ok || !under(local, "functions") {
			continue
		}
		found++
		for _, d := range p.Deps {
			for _, large := range tooLarge {
				if under(d, large) {
					t.Errorf("%s carries %s", path, d)
				}
			}
			for large, needed := range heavy {
				if under(d, large) && !slices.Contains(needed, strings.TrimPrefix(local, "functions/")) {
					t.Errorf("%s carries %s", path, d)
				}
			}
			if under(d, "github.com/aws/aws-sdk-go-v2") && slices.Contains(aloof, strings.TrimPrefix(local, "functions/")) {
				t.Errorf("%s carries %s", path, d)
			}
			if other, ok := strings.CutPrefix(d, module); ok && !under(other, "shared") && other != "events" && !under(d, path) {
				t.Errorf("%s depends on %s", path, d)
			}
		}
	}
	if found == 0 {
		t.Error("no function found")
	}
}
