package main

import (
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"resonanz/shared/config"
)

const shipped = "../../feedback.yaml"

func TestItWritesWhatFunctionsRead(t *testing.T) {
	dir := t.TempDir()
	outs := []string{filepath.Join(dir, "rating"), filepath.Join(dir, "facts")}
	if err := run(append([]string{"-in", shipped}, outs...), io.Discard, io.Discard); err != nil {
		t.Fatal(err)
	}
	for _, out := range outs {
		if c := read(t, out); c.Device("kiosk-cologne-1") == nil || c.Zone().String() != "Europe/Berlin" {
			t.Errorf("%s: the configuration cannot be asked", out)
		}
	}
}

func TestCheckingWritesNothing(t *testing.T) {
	out := filepath.Join(t.TempDir(), "rating")
	if err := run([]string{"-in", shipped, "-check", out}, io.Discard, io.Discard); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(out); !os.IsNotExist(err) {
		t.Errorf("%s was written", out)
	}
}

func TestItListsTheStages(t *testing.T) {
	var out strings.Builder
	if err := run([]string{"-in", shipped, "-stages"}, &out, io.Discard); err != nil || out.String() != "dev\nprod\n" {
		t.Errorf("got %q, %v", out.String(), err)
	}
}

func TestItWritesTheConfigurationOfAStage(t *testing.T) {
	out := t.TempDir()
	if err := run([]string{"-in", shipped, "-stage", "prod", out}, io.Discard, io.Discard); err != nil {
		t.Fatal(err)
	}
	if !read(t, out).Keep {
		t.Error("it is not production's")
	}
}

func TestItShowsTheConfigurationToPeople(t *testing.T) {
	var out strings.Builder
	if err := run([]string{"-in", shipped, "-stage", "prod", "-print"}, &out, io.Discard); err != nil {
		t.Fatal(err)
	}
	if cfg, err := config.Parse([]byte(out.String())); err != nil || !cfg.Keep {
		t.Errorf("it is not production's: %v", err)
	}
}

// read is the configuration that a function in dir reads.
func read(t *testing.T, dir string) *config.Config {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(dir, config.File))
	if err != nil {
		t.Fatal(err)
	}
	c, err := config.Unpack(string(b))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestABrokenConfigurationLeavesTheOldOne(t *testing.T) {
	dir := t.TempDir()
	in, out := filepath.Join(dir, "feedback.yaml"), filepath.Join(dir, config.File)
	for path, text := range map[string]string{in: "links:\n  valid_days: 99\n", out: "old"} {
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	err := run([]string{"-in", in, dir}, io.Discard, io.Discard)
	if err == nil || !strings.Contains(err.Error(), in+":2: links.valid_days: is 99") {
		t.Errorf("got %v", err)
	}
	if b, _ := os.ReadFile(out); string(b) != "old" {
		t.Errorf("the old configuration was replaced by %q", b)
	}
}
