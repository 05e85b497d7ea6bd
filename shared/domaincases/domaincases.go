// Package domaincases holds the worked cases that fix the rules of the domain
// to the digit, for table tests.
package domaincases

import (
	"embed"
	"encoding/json"
	"io/fs"
	"strings"
	"testing"
)

//go:embed *.json
var files embed.FS

// Tolerance is the absolute tolerance of every number in the cases.
const Tolerance = 1e-6

// Load reads the case with that number, such as "06", into c: a struct with the
// parts Input and Expected that the test needs.
func Load(tb testing.TB, number string, c any) {
	tb.Helper()
	names, err := fs.Glob(files, number+"_*.json")
	if err != nil || len(names) != 1 {
		tb.Fatalf("worked case %s: found %d files, want 1", number, len(names))
	}
	b, err := files.ReadFile(names[0])
	if err != nil {
		tb.Fatalf("worked case %s: %v", number, err)
	}
	if err := json.Unmarshal(b, c); err != nil {
		tb.Fatalf("worked case %s: %v", names[0], err)
	}
}

// Names lists the cases, such as "01_csat_stars".
func Names() []string {
	entries, err := files.ReadDir(".")
	if err != nil {
		return nil
	}
	names := make([]string, len(entries))
	for i, e := range entries {
		names[i] = strings.TrimSuffix(e.Name(), ".json")
	}
	return names
}
