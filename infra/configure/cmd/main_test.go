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
	outs := []string{filepath.Join(dir, "rating", "feedback.json"), filepath.Join(dir, "facts", "feedback.json")}
	if err := run(append([]string{"-in", shipped}, outs...), io.Discard, io.Discard); err != nil {
		t.Fatal(err)
	}
	for _, out := range outs {
		b, err := os.ReadFile(out)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := config.Parse(b); err != nil {
			t.Errorf("%s: %v", out, err)
		}
	}
}

func TestCheckingWritesNothing(t *testing.T) {
	out := filepath.Join(t.TempDir(), "feedback.json")
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
	out := filepath.Join(t.TempDir(), "feedback.json")
	if err := run([]string{"-in", shipped, "-stage", "prod", out}, io.Discard, io.Discard); err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	if cfg, err := config.Parse(b); err != nil || !cfg.Keep {
		t.Errorf("it is not production's: %v", err)
	}
}

func TestABrokenConfigurationLeavesTheOldOne(t *testing.T) {
	dir := t.TempDir()
	in, out := filepath.Join(dir, "feedback.yaml"), filepath.Join(dir, "feedback.json")
	for path, text := range map[string]string{in: "links:\n  valid_days: 99\n", out: "old"} {
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	err := run([]string{"-in", in, out}, io.Discard, io.Discard)
	if err == nil || !strings.Contains(err.Error(), in+":2: links.valid_days: is 99") {
		t.Errorf("got %v", err)
	}
	if b, _ := os.ReadFile(out); string(b) != "old" {
		t.Errorf("the old configuration was replaced by %q", b)
	}
}
