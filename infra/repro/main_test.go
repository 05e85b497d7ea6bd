package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func write(t *testing.T, dir, name, text string, mode os.FileMode) {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), mode); err != nil {
		t.Fatal(err)
	}
}

func hashed(t *testing.T, dir string) map[string]string {
	t.Helper()
	sums, err := hashes(dir)
	if err != nil {
		t.Fatal(err)
	}
	return sums
}

func TestTheSameFilesAtTwoPathsAreTheSame(t *testing.T) {
	one, two := t.TempDir(), filepath.Join(t.TempDir(), "deeper")
	for _, dir := range []string{one, two} {
		write(t, dir, "arm64/rating/bootstrap", "binary", 0o755)
		write(t, dir, "cdk.out/tree.json", dir, 0o644) // names its folder, and is not compared
	}
	if diff := compare(hashed(t, one), hashed(t, two)); len(diff) > 0 {
		t.Error(diff)
	}
	if len(hashed(t, one)) != 1 {
		t.Errorf("hashed %v", hashed(t, one))
	}
}

func TestEveryDifferenceIsNamed(t *testing.T) {
	one, two := t.TempDir(), t.TempDir()
	write(t, one, "content", "a", 0o644)
	write(t, two, "content", "b", 0o644)
	write(t, one, "mode", "a", 0o755)
	write(t, two, "mode", "a", 0o644)
	write(t, one, "only in one", "a", 0o644)
	write(t, two, "only in two", "a", 0o644)
	write(t, one, "same", "a", 0o644)
	write(t, two, "same", "a", 0o644)
	a, b := hashed(t, one), hashed(t, two)
	var names []string
	for _, name := range sorted(map[string]string{"content": "", "mode": "", "only in one": "", "only in two": ""}) {
		names = append(names, compare(pick(a, name), pick(b, name))...)
	}
	if diff := cmp.Diff(names, compare(a, b)); diff != "" || len(names) != 4 {
		t.Errorf("differences (-want +got):\n%s", diff)
	}
}

func pick(m map[string]string, name string) map[string]string {
	if v, ok := m[name]; ok {
		return map[string]string{name: v}
	}
	return nil
}
