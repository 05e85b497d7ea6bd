package main

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"resonanz/shared/factfile"
)

// call carries out a command line against the repository's own configuration.
func call(args ...string) (string, error) {
	var out strings.Builder
	err := run(append(args, "--config", "../feedback.yaml"), &out)
	return out.String(), err
}

func mustCall(t *testing.T, args ...string) string {
	t.Helper()
	out, err := call(args...)
	if err != nil {
		t.Fatalf("offline %s: %v", strings.Join(args, " "), err)
	}
	return out
}

// files maps the files below dir to the hashes of their bytes.
func files(t *testing.T, dir string) map[string][32]byte {
	t.Helper()
	found := make(map[string][32]byte)
	err := fs.WalkDir(os.DirFS(dir), ".", func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		b, err := os.ReadFile(filepath.Join(dir, path))
		found[filepath.ToSlash(path)] = sha256.Sum256(b)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func TestTheSameSeedMakesTheSameFacts(t *testing.T) {
	one, same, other := t.TempDir(), t.TempDir(), t.TempDir()
	said := mustCall(t, "facts", "--n", "12000", "--period", "2026-03", "--seed", "7", "--out", one)
	if !strings.HasPrefix(said, "12000 facts (") {
		t.Errorf("facts said %q, want 12000 facts", said)
	}
	mustCall(t, "facts", "--n", "12000", "--period", "2026-03", "--seed", "7", "--out", same)
	mustCall(t, "facts", "--n", "12000", "--period", "2026-03", "--seed", "8", "--out", other)
	if d := cmp.Diff(files(t, one), files(t, same)); d != "" {
		t.Errorf("the same seed made other files (-first +second):\n%s", d)
	}
	if cmp.Equal(files(t, one), files(t, other)) {
		t.Error("another seed made the same files")
	}
	for path := range files(t, one) {
		if _, _, ok := factfile.ParseKey(path); !ok && path != givenName {
			t.Errorf("file %s: want facts/month=<month>/<kind>/<id>.parquet", path)
		}
	}
}

func TestReportsComeFromFacts(t *testing.T) {
	facts, first, second := t.TempDir(), t.TempDir(), t.TempDir()
	mustCall(t, "facts", "--n", "8000", "--period", "2026-03", "--seed", "1", "--out", facts)
	said := mustCall(t, "report", "--period", "2026-03", "--facts", facts, "--out", first)
	if !strings.HasPrefix(said, "2026-03 final: 8000 facts, ") {
		t.Errorf("report said %q, want the month, its standing and 8000 facts", said)
	}
	// What was given is kept beside the report and builds it again.
	mustCall(t, "report", "--period", "2026-03", "--facts", filepath.Join(facts, "facts"), "--given", filepath.Join(first, "inputs.json"), "--out", second)
	if d := cmp.Diff(files(t, first), files(t, second)); d != "" {
		t.Errorf("the same facts made another report (-first +second):\n%s", d)
	}

	var r struct {
		Header struct{ Period, Status string }
		Total  struct{ N, Satisfied int }
		Change struct{ Previous struct{ N int } } `json:"change_vs_previous"`
		// Everything that comes in is made up, not votes alone.
		Quality struct {
			Issued    int `json:"invitations"`
			Bounced   int `json:"invitations_bounced"`
			Delivered int `json:"invitations_delivered"`
		} `json:"collection_quality"`
		Absent []any `json:"absent"`
	}
	b, err := os.ReadFile(filepath.Join(first, "report.json"))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, &r); err != nil {
		t.Fatal(err)
	}
	if r.Header.Period != "2026-03" || r.Header.Status != "final" {
		t.Errorf("report of %s, %s; want 2026-03, final", r.Header.Period, r.Header.Status)
	}
	if r.Total.N < 800 || r.Total.Satisfied <= r.Total.N/2 || r.Change.Previous.N < 100 {
		t.Errorf("%d responses, %d satisfied, %d the month before: too few for 8000 facts of mostly content customers", r.Total.N, r.Total.Satisfied, r.Change.Previous.N)
	}
	if q := r.Quality; q.Bounced == 0 || q.Issued != q.Bounced+q.Delivered {
		t.Errorf("%+v: want some invitations that never arrived", q)
	}
	if len(r.Absent) > 0 {
		t.Errorf("sections without data: %v", r.Absent)
	}
	for _, kind := range factfile.Kinds {
		if _, err := os.Stat(filepath.Join(facts, "facts", "month=2026-03", string(kind))); err != nil {
			t.Errorf("no facts of kind %s: %v", kind, err)
		}
	}
	for _, language := range []string{"de", "en"} {
		for name, begins := range map[string]string{"report." + language + ".html": "<!doctype html>", "report." + language + ".pdf": "%PDF-", "report." + language + ".xlsx": "PK", "tables." + language + ".zip": "PK"} {
			b, err := os.ReadFile(filepath.Join(first, name))
			if err != nil {
				t.Fatal(err)
			}
			if len(b) < 1000 || !strings.EqualFold(string(b[:len(begins)]), begins) {
				t.Errorf("%s: %d bytes that begin with %q", name, len(b), b[:len(begins)])
			}
		}
	}
	var manifest struct {
		Objects []struct{ Name, SHA256 string }
	}
	if b, err = os.ReadFile(filepath.Join(first, "manifest.json")); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, &manifest); err != nil {
		t.Fatal(err)
	}
	all := files(t, first)
	for _, o := range manifest.Objects {
		if sum := all[o.Name]; hex.EncodeToString(sum[:]) != o.SHA256 {
			t.Errorf("%s is not what the manifest says", o.Name)
		}
	}
	if len(manifest.Objects)+1 != len(all) {
		t.Errorf("the manifest names %d of %d files", len(manifest.Objects), len(all)-1)
	}
}

func TestAGroupHasItsOwnReport(t *testing.T) {
	facts, out := t.TempDir(), t.TempDir()
	mustCall(t, "facts", "--n", "3000", "--period", "2026-03", "--out", facts)
	mustCall(t, "report", "--period", "2026-03", "--facts", facts, "--out", out, "--group", "cologne")
	var r struct {
		Header       struct{ Group string }
		ByTouchpoint map[string]any `json:"by_touchpoint"`
	}
	b, err := os.ReadFile(filepath.Join(out, "report.json"))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, &r); err != nil {
		t.Fatal(err)
	}
	if _, ok := r.ByTouchpoint["checkout-cologne"]; r.Header.Group != "cologne" || len(r.ByTouchpoint) != 1 || !ok {
		t.Errorf("group %q with %v", r.Header.Group, r.ByTouchpoint)
	}
}

func TestCompactionAndDamageAreSeenInTheReport(t *testing.T) {
	facts, before, after := t.TempDir(), t.TempDir(), t.TempDir()
	mustCall(t, "facts", "--n", "3000", "--period", "2026-03", "--out", facts)
	mustCall(t, "report", "--period", "2026-03", "--facts", facts, "--out", before)
	many := len(files(t, filepath.Join(facts, "facts")))
	if said := mustCall(t, "compact", "--facts", facts); !strings.Contains(said, " merged into ") {
		t.Errorf("compact said %q", said)
	}
	if few := len(files(t, filepath.Join(facts, "facts"))); few >= many {
		t.Errorf("%d files became %d", many, few)
	}
	mustCall(t, "report", "--period", "2026-03", "--facts", facts, "--out", after)
	same := func(name string) bool { return files(t, before)[name] == files(t, after)[name] }
	for _, name := range []string{"report.json", "report.de.html", "report.en.pdf", "report.de.xlsx", "tables.en.zip"} {
		if !same(name) {
			t.Errorf("compaction changed %s", name)
		}
	}
	cut := filepath.Join(facts, "facts/month=2026-03/rating/cut.parquet")
	if err := os.WriteFile(cut, []byte("PAR1"), 0o644); err != nil {
		t.Fatal(err)
	}
	if said := mustCall(t, "report", "--period", "2026-03", "--facts", facts, "--out", after); !strings.HasPrefix(said, "not read: facts/month=2026-03/rating/cut.parquet (truncated)\n") {
		t.Errorf("report said %q, want the damaged file first", said)
	}
}

func TestTheColumnsAreDescribed(t *testing.T) {
	var out strings.Builder
	if err := run([]string{"schema"}, &out); err != nil {
		t.Fatal(err)
	}
	for _, kind := range factfile.Kinds {
		if !strings.Contains(out.String(), "\n### "+string(kind)+"\n") {
			t.Errorf("%s is not described", kind)
		}
		for _, c := range factfile.Columns(kind) {
			if !strings.Contains(out.String(), "| "+c.Name+" | "+c.Type+" | ") {
				t.Errorf("%s: column %s is not described", kind, c.Name)
			}
		}
	}
}

func TestAnEarlierCutoffMakesAPreliminaryReport(t *testing.T) {
	facts := t.TempDir()
	mustCall(t, "facts", "--n", "500", "--period", "2026-03", "--out", facts)
	said := mustCall(t, "report", "--period", "2026-03", "--facts", facts, "--out", t.TempDir(), "--cutoff", "2026-04-01T06:00:00+02:00")
	if !strings.HasPrefix(said, "2026-03 preliminary: ") {
		t.Errorf("report said %q, want a preliminary one", said)
	}
}

func TestAMonthWithoutFactsHasAReport(t *testing.T) {
	facts, out := t.TempDir(), t.TempDir()
	mustCall(t, "facts", "--n", "10", "--period", "2026-03", "--out", facts)
	said := mustCall(t, "report", "--period", "2025-07", "--facts", facts, "--out", out)
	if !strings.Contains(said, "0 responses, CSAT not defined") {
		t.Errorf("report said %q, want no responses and no figure", said)
	}
}

func TestBenchTellsTimeAndMemory(t *testing.T) {
	facts := t.TempDir()
	mustCall(t, "facts", "--n", "500", "--period", "2026-03", "--out", facts)
	said := mustCall(t, "bench", "--period", "2026-03", "--facts", facts)
	for _, want := range []string{"report of 500 facts", " s wall, ", " s CPU, ", "peak memory", "cores"} {
		if !strings.Contains(said, want) {
			t.Errorf("bench said %q, want %q in it", said, want)
		}
	}
}

func TestFiguresThatDifferAreNamed(t *testing.T) {
	wrong := differences(map[string]int64{"a": 1, "b": 2, "c": 3}, map[string]int64{"a": 1, "b": 4, "d": 5})
	var said []string
	for _, err := range wrong {
		said = append(said, err.Error())
	}
	want := []string{"b: the report has 2, DuckDB 4", "c: the report has 3, DuckDB 0", "d: the report has 0, DuckDB 5"}
	if d := cmp.Diff(want, said); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}

func TestWrongCommandLinesSayWhatIsMissing(t *testing.T) {
	full := t.TempDir()
	mustCall(t, "facts", "--n", "10", "--period", "2026-03", "--out", full)
	for _, c := range []struct{ args, want string }{
		{"", "say what to do"},
		{"dance", "say what to do"},
		{"facts --period 2026-03", "--out is missing"},
		{"facts --period 2026-13 --out " + full, "--period"},
		{"facts --out " + full, "--period is missing"},
		{"facts --period 2026-03 --n -1 --out " + t.TempDir(), "--n -1"},
		{"facts --period 2026-03 --n 10 --out " + full, "holds facts already"},
		{"facts --period 2026-03 --out x y", `"y" is no flag`},
		{"report --period 2026-03 --facts " + full, "--out is missing"},
		{"report --period 2026-03 --out x --facts " + t.TempDir(), "no folder named facts"},
		{"report --period 2026-03 --out x --cutoff yesterday --facts " + full, "--cutoff"},
		{"report --period 2026-03 --out x --group berlin --facts " + full, "group \"berlin\""},
		{"report --period 2026-03 --out x --given nowhere.json --facts " + full, "--given"},
		{"compact --facts " + t.TempDir(), "no folder named facts"},
		{"beside --period 2026-03", "--facts is missing"},
		{"bench --period 2026-03", "--facts is missing"},
	} {
		var out strings.Builder
		args := strings.Fields(c.args)
		if len(args) > 1 && args[len(args)-1] != "y" {
			args = append(args, "--config", "../feedback.yaml")
		}
		err := run(args, &out)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("offline %s: error = %v, want %q in it", c.args, err, c.want)
		}
	}
}
