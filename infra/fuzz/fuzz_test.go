package main

import (
	"errors"
	"regexp"
	"slices"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestWhatIsDeclaredIsFound(t *testing.T) {
	got := read("shared/link/fuzz_test.go:func FuzzVerify(f *testing.F) {\nshared/intake/csv_test.go:func FuzzCSV(f *testing.F) {\n", regexp.MustCompile("Ver"))
	if diff := cmp.Diff([]target{{"./shared/link", "FuzzVerify"}}, got, cmp.AllowUnexported(target{})); diff != "" {
		t.Error(diff)
	}
}

func TestProgressIsRead(t *testing.T) {
	if m := progress.FindStringSubmatch("fuzz: elapsed: 3s, execs: 9123 (3040/sec), new interesting: 4 (total: 40)"); m == nil || m[1] != "9123" || m[2] != "4" {
		t.Error(m)
	}
}

func TestEachIsRunOnceAndNothingThatBreaksIsLost(t *testing.T) {
	targets := []target{{"a", "FuzzA"}, {"b", "FuzzB"}, {"c", "FuzzC"}}
	var lock sync.Mutex
	var got []string
	broken := all(targets, 2, func(x target) error {
		lock.Lock()
		defer lock.Unlock()
		got = append(got, x.name)
		return errors.New(x.pkg)
	})
	slices.Sort(got)
	if diff := cmp.Diff([]string{"FuzzA", "FuzzB", "FuzzC"}, got); diff != "" || len(broken) != 3 {
		t.Error(diff, broken)
	}
}
