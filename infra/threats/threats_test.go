// Package threats_test holds the threat model to the project: each threat has what
// holds it and tests that show it, and the rules that no single package can hold.
package threats_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var shown = regexp.MustCompile("`([a-z0-9/]+)` (Test[A-Za-z0-9]+)")

// row is one threat.
type row struct{ kind, threat, holds, shown string }

func rows(t *testing.T) (all []row) {
	t.Helper()
	b, err := os.ReadFile("../threats.md")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(b)) {
		cells := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), "|")
		if !strings.HasPrefix(line, "|") || strings.HasPrefix(line, "|---") || strings.TrimSpace(cells[0]) == "" {
			continue
		}
		if len(cells) != 4 {
			t.Errorf("%d cells: %s", len(cells), line)
			continue
		}
		for i := range cells {
			cells[i] = strings.TrimSpace(cells[i])
		}
		all = append(all, row{cells[0], cells[1], cells[2], cells[3]})
	}
	return all
}

func TestEveryThreatIsShownToBeHeld(t *testing.T) {
	kinds, named := map[string]int{}, map[string]bool{}
	for _, r := range rows(t) {
		kinds[r.kind]++
		if r.threat == "" || r.holds == "" || named[r.threat] {
			t.Errorf("%q: empty or twice", r.threat)
		}
		named[r.threat] = true
		tests := shown.FindAllStringSubmatch(r.shown, -1)
		if left := strings.Trim(shown.ReplaceAllString(r.shown, ""), ", "); len(tests) == 0 || left != "" {
			t.Errorf("%q: shown by %q, which is no list of tests", r.threat, r.shown)
		}
		for _, x := range tests {
			if !exists(t, x[1], x[2]) {
				t.Errorf("%q: there is no %s in %s", r.threat, x[2], x[1])
			}
		}
	}
	for _, kind := range strings.Split("STRIDE", "") {
		if kinds[kind] == 0 {
			t.Errorf("no threat of kind %s", kind)
		}
	}
	if len(kinds) != len("STRIDE") {
		t.Errorf("kinds %v", kinds)
	}
}

// exists reports whether a package has a test.
func exists(t *testing.T, dir, name string) bool {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(root, filepath.FromSlash(dir), "*_test.go"))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(b), "\nfunc "+name+"(") {
			return true
		}
	}
	return false
}
