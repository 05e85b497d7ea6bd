package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var assetHash = regexp.MustCompile(`[0-9a-f]{64}`)

// masked is a template without what changes with every build.
func masked(t *testing.T, raw map[string]any) string {
	t.Helper()
	b, err := json.MarshalIndent(raw, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return assetHash.ReplaceAllString(string(b), "ASSET") + "\n"
}

// golden compares with a file of testdata; `go test ./infra -update` rewrites it.
func golden(t *testing.T, file, got string) {
	t.Helper()
	path := filepath.Join("testdata", file)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(got, "\n")); diff != "" {
		t.Errorf("%s (-want +got); if it is meant, run `go test ./infra -update` and read the change:\n%s", path, diff)
	}
}

func TestTheTemplateIsTheReviewedOne(t *testing.T) {
	golden(t, "dev.json", masked(t, synth(t, dev).raw))
}

// Every other way to deploy is kept as its difference from dev, so that one sees
// at a glance what a stage, the emulator or an owner's choices change.
func TestVariantsDifferFromDevOnlyAsReviewed(t *testing.T) {
	base := synth(t, dev)
	for _, v := range []variant{prod, local, own} {
		t.Run(v.name, func(t *testing.T) {
			other := synth(t, v)
			lines := append(missing("- ", base, other), missing("+ ", other, base)...)
			slices.SortStableFunc(lines, func(a, b string) int { return strings.Compare(a[2:], b[2:]) })
			golden(t, v.name+".diff", strings.Join(lines, "\n")+"\n")
		})
	}
}

// maskedLines are the leaves of a template without what changes with every build,
// and with the configuration that functions hold.
func maskedLines(raw map[string]any) []string {
	lines := flat(raw)
	for i, l := range lines {
		lines[i] = assetHash.ReplaceAllString(l, "ASSET")
	}
	slices.Sort(lines)
	return lines
}

// missing are the lines of a template that another does not have; a resource that
// is missing as a whole is one line.
func missing(mark string, from, in *template) (lines []string) {
	there := maskedLines(in.raw)
	for _, l := range maskedLines(from.raw) {
		id, _, _ := strings.Cut(strings.TrimPrefix(l, "Resources."), ".")
		if r := from.Resources[id]; strings.HasPrefix(l, "Resources.") && r != nil && in.Resources[id] == nil {
			l = "Resources." + id + ": " + r.Type
		} else if _, found := slices.BinarySearch(there, l); found {
			continue
		}
		if l = mark + l; len(lines) == 0 || lines[len(lines)-1] != l {
			lines = append(lines, l)
		}
	}
	return lines
}

func TestTheSameSourcesGiveTheSameTemplate(t *testing.T) {
	first, err := dev.synthesise(t)
	if err != nil {
		t.Fatal(err)
	}
	second, err := dev.synthesise(t)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(first), string(second)); diff != "" {
		t.Errorf("templates differ:\n%s", diff)
	}
}
