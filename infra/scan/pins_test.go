package main

import (
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

const root = "../.."

func contents(t *testing.T, path ...string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(append([]string{root}, path...)...))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// every calls visit for each file of ours whose name matches.
func every(t *testing.T, pattern string, visit func(path string)) {
	t.Helper()
	n := 0
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (d.Name() == "node_modules" || d.Name() == ".git" || d.Name() == "testdata" || path == filepath.Join(root, "build")) {
			return filepath.SkipDir
		}
		if ok, _ := filepath.Match(pattern, d.Name()); ok && !d.IsDir() {
			n++
			visit(path)
		}
		return nil
	})
	if err != nil || n == 0 {
		t.Fatalf("%s: none found, %v", pattern, err)
	}
}

// Go keeps the sum of every module; a module replaced by a folder, or by another
// without a version, would have none.
func TestEveryModuleIsPinnedByItsSum(t *testing.T) {
	mod, sum := contents(t, "go.mod"), contents(t, "go.sum")
	if strings.Contains(mod, "replace ") || !regexp.MustCompile(`(?m)^go \d+\.\d+`).MatchString(mod) {
		t.Error("go.mod replaces a module, or names no version of Go")
	}
	required := regexp.MustCompile(`(?m)^\s*(?:require )?([a-z0-9.\-]+\.[a-z]+/\S+|[a-z]+\.[a-z]+/\S+|pgregory\.net/\S+) (v\S+)`).FindAllStringSubmatch(mod, -1)
	if len(required) < 20 {
		t.Fatalf("%d modules read", len(required))
	}
	for _, m := range required {
		if !strings.Contains(sum, m[1]+" "+m[2]+" h1:") {
			t.Errorf("%s %s has no sum", m[1], m[2])
		}
	}
}

func TestEveryPackageOfPythonIsPinnedByItsHash(t *testing.T) {
	every(t, "requirements*.txt", func(path string) {
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		name, hashes := "", 1
		for _, line := range append(strings.Split(string(b), "\n"), "end==1") {
			line = strings.TrimSpace(line)
			switch {
			case line == "" || strings.HasPrefix(line, "#"):
			case strings.HasPrefix(line, "--hash=sha256:"):
				hashes++
			case strings.Contains(line, "=="):
				if hashes == 0 {
					t.Errorf("%s: %s has no hash", path, name)
				}
				name, hashes = line, 0
			default:
				t.Errorf("%s: %q is no pin", path, line)
			}
		}
	})
}

func TestEveryPackageOfNodeIsPinnedByItsHash(t *testing.T) {
	every(t, "package.json", func(path string) {
		var wants struct{ Dependencies, DevDependencies map[string]string }
		b, err := os.ReadFile(path)
		if err != nil || json.Unmarshal(b, &wants) != nil {
			t.Fatal(path, err)
		}
		exact := regexp.MustCompile(`^\d+\.\d+\.\d+$`)
		for _, of := range []map[string]string{wants.Dependencies, wants.DevDependencies} {
			for name, version := range of {
				if !exact.MatchString(version) {
					t.Errorf("%s: %s %s is a range", path, name, version)
				}
			}
		}
		var lock struct {
			Packages map[string]struct{ Integrity, Resolved string }
		}
		if b, err = os.ReadFile(filepath.Join(filepath.Dir(path), "package-lock.json")); err != nil || json.Unmarshal(b, &lock) != nil || len(lock.Packages) < 2 {
			t.Fatalf("%s has no lock: %v", path, err)
		}
		for name, p := range lock.Packages {
			if name != "" && !strings.HasPrefix(p.Integrity, "sha512-") {
				t.Errorf("%s: %s has no hash", path, name)
			}
		}
	})
}

// What make and CI install by a command names its version, and what pip installs
// comes from a file with hashes.
func TestEveryToolIsPinned(t *testing.T) {
	loose := map[*regexp.Regexp]string{
		regexp.MustCompile(`go (?:install|run|get) [^\n]*@(?:latest|master|main|upgrade)\b`): "the newest there is",
		regexp.MustCompile(`npm (?:install|i)\b|\bnpx\b`):                                    "not from the lock",
		regexp.MustCompile(`pip3? install (?:[^\n\\]|\\\n)*`):                                "",
		regexp.MustCompile(`curl [^\n]*\|\s*(?:ba)?sh`):                                      "whatever the address answers",
		regexp.MustCompile(`(?m)^\s*(?:-\s*)?uses:[^\n]*@v?[0-9.]+\s*$`):                     "a tag that can move",
	}
	files := []string{"Makefile", ".ci/run"}
	for _, file := range files {
		text := contents(t, file)
		for pattern, why := range loose {
			for _, found := range pattern.FindAllString(text, -1) {
				if why == "" && strings.Contains(found, "--require-hashes") {
					continue
				}
				t.Errorf("%s: %q: %s", file, found, why)
			}
		}
		for _, m := range regexp.MustCompile(`go install (\S+)`).FindAllStringSubmatch(text, -1) {
			if !regexp.MustCompile(`@(?:v\d|\$\([A-Z]+_VERSION\))`).MatchString(m[1]) {
				t.Errorf("%s: %s names no version", file, m[1])
			}
		}
	}
	for _, m := range regexp.MustCompile(`(?m)^([A-Z]+_VERSION) :?= ?(.*)$`).FindAllStringSubmatch(contents(t, "Makefile"), -1) {
		if !regexp.MustCompile(`^v\d+\.\d+\.\d+$`).MatchString(m[2]) {
			t.Errorf("%s is %q, not one version", m[1], m[2])
		}
	}
}
