package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func mustKeep(t *testing.T, path, commit string, runs ...Run) []Run {
	t.Helper()
	for _, r := range runs {
		if err := keep(path, commit, r); err != nil {
			t.Fatal(err)
		}
	}
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var f Figures
	if err := json.Unmarshal(b, &f); err != nil {
		t.Fatal(err)
	}
	if f.Machine == "" || f.Go == "" || f.Commit != commit {
		t.Errorf("figures of %q, %q, %q: want machine, Go and commit %q", f.Machine, f.Go, f.Commit, commit)
	}
	return f.Runs
}

func TestFiguresHoldEachSizeOnce(t *testing.T) {
	path := filepath.Join(t.TempDir(), "new", "figures.json")
	got := mustKeep(t, path, "a", Run{Facts: 2, Seconds: 9}, Run{Facts: 1, Seconds: 1}, Run{Facts: 2, Seconds: 3})
	if diff := cmp.Diff([]Run{{Facts: 1, Seconds: 1}, {Facts: 2, Seconds: 3}}, got); diff != "" {
		t.Error(diff)
	}
}

func TestFiguresAreOfOneCommit(t *testing.T) {
	path := filepath.Join(t.TempDir(), "figures.json")
	mustKeep(t, path, "a", Run{Facts: 1})
	if diff := cmp.Diff([]Run{{Facts: 2}}, mustKeep(t, path, "b", Run{Facts: 2})); diff != "" {
		t.Error(diff)
	}
}

func TestFiguresThatCannotBeReadAreAnError(t *testing.T) {
	path := filepath.Join(t.TempDir(), "figures.json")
	if err := os.WriteFile(path, []byte("{"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := keep(path, "", Run{Facts: 1}); err == nil {
		t.Error("broken figures were overwritten")
	}
}
