package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"resonanz/infra/bench/reference"
)

// The least function, built, started and asked as all are.
func TestAProcessIsMeasured(t *testing.T) {
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	b := &bench{
		root: root, dir: dir, many: filepath.Join(dir, manyFolder), settings: template(t),
		plays: chosen(plays(), reference.Hello)[:2], starts: 1, rounds: 1, warm: 20, progress: new(bytes.Buffer),
	}
	if err := b.trust(); err != nil {
		t.Fatal(err)
	}
	for _, folder := range []string{shippedFolder, manyFolder, probedFolder} {
		if err := os.MkdirAll(filepath.Join(dir, folder, reference.Hello), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	shipped := filepath.Join(dir, shippedFolder, reference.Hello, "bootstrap")
	if err := reference.Build(t.Context(), root, shipped, []string{reference.Folder(reference.Hello)}); err != nil {
		t.Fatal(err)
	}
	if err := os.Link(shipped, filepath.Join(dir, manyFolder, reference.Hello, "bootstrap")); err != nil {
		t.Fatal(err)
	}
	if err := b.buildProbed(t.Context()); err != nil {
		t.Fatal(err)
	}
	all, err := b.measure(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range all {
		if len(f.Cold) != 1 || len(f.Warm) != judgedTimes || f.Cold[0] <= 0 || f.Init[0] <= 0 || f.First[0] <= 0 || f.Warm[0] <= 0 ||
			f.Allocs < 10 || f.AllocBytes < 1000 || f.Started < 1<<20 || f.Resident < 1<<20 || f.Binary < 1<<20 || f.Packed >= f.Binary || len(f.Calls) != 0 {
			t.Errorf("got %+v", f)
		}
	}
}

func TestTheFlagsAreThoseOfTheBuild(t *testing.T) {
	b, err := os.ReadFile("../../Makefile")
	if err != nil {
		t.Fatal(err)
	}
	want := `go build -trimpath -buildvcs=false -tags lambda.norpc -ldflags "-s -w"`
	got := "go build " + strings.Replace(strings.Join(reference.Flags, " "), "-s -w", `"-s -w"`, 1)
	if got != want || !strings.Contains(string(b), want) {
		t.Errorf("references are built by %s", got)
	}
}

func TestTheProbeIsFoundAmongTheLog(t *testing.T) {
	l := &tail{said: make(chan string, 1)}
	for _, part := range []string{"a line\nbench-pro", "be 12 345", "\nanother\n", strings.Repeat("x", 3*keptBytes)} {
		if _, err := l.Write([]byte(part)); err != nil {
			t.Fatal(err)
		}
	}
	if got := <-l.said; got != "bench-probe 12 345" {
		t.Errorf("got %q", got)
	}
	if l.bytes() != int64(3*keptBytes+34) || len(l.last()) != keptBytes {
		t.Errorf("%d bytes, %d kept", l.bytes(), len(l.last()))
	}
}
