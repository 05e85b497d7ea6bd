package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const configuration = "../feedback.yaml"

func mustRun(t *testing.T, args ...string) string {
	t.Helper()
	var out bytes.Buffer
	if err := run(append(args, "--config", configuration), &out); err != nil {
		t.Fatalf("%v: %v", args, err)
	}
	return out.String()
}

// contents are the files below dir with their hashes.
func contents(t *testing.T, dir string) map[string][32]byte {
	t.Helper()
	all := make(map[string][32]byte)
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		name, err := filepath.Rel(dir, path)
		all[name] = sha256.Sum256(b)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestTheSameSeedMakesTheSameBytes(t *testing.T) {
	made := make(map[string]map[string][32]byte)
	for name, seed := range map[string]string{"one": "1", "one again": "1", "two": "2"} {
		dir := t.TempDir()
		mustRun(t, "facts", "--n", "30000", "--period", "2026-03", "--seed", seed, "--out", dir)
		made[name] = contents(t, dir)
	}
	if d := cmp.Diff(made["one"], made["one again"]); d != "" {
		t.Errorf("the same seed made other files:\n%s", d)
	}
	if cmp.Equal(made["one"], made["two"]) {
		t.Error("another seed made the same files")
	}
}

func TestSyntheticFactsAreAMonthAsItMightBe(t *testing.T) {
	facts, out := t.TempDir(), t.TempDir()
	if told := mustRun(t, "facts", "--n", "30000", "--period", "2026-03", "--out", facts); !strings.HasPrefix(told, "30000 facts ") {
		t.Errorf("told %q", told)
	}
	mustRun(t, "report", "--period", "2026-03", "--facts", facts, "--out", out)
	b, err := os.ReadFile(filepath.Join(out, "report.json"))
	if err != nil {
		t.Fatal(err)
	}
	var r struct {
		Header struct {
			Status string `json:"status"`
		} `json:"header"`
		Total struct {
			N       int     `json:"n"`
			CSATPct float64 `json:"csat_pct"`
		} `json:"total"`
		Touchpoints map[string]struct{ N int }         `json:"by_touchpoint"`
		Channels    map[string]struct{ N int }         `json:"by_channel"`
		Change      struct{ Previous struct{ N int } } `json:"change_vs_previous"`
		Quality     map[string]json.RawMessage         `json:"collection_quality"`
	}
	if err := json.Unmarshal(b, &r); err != nil {
		t.Fatal(err)
	}
	if r.Header.Status != "final" || r.Total.N < 5000 || r.Total.CSATPct < 40 || r.Total.CSATPct > 95 || len(r.Touchpoints) != 3 || len(r.Channels) < 5 || r.Change.Previous.N == 0 {
		t.Errorf("%+v", r)
	}
	for _, some := range []string{"invitations", "votes_changed", "changes_after_window_ignored", "kiosk_debounced", "clock_skewed", "assisted", "callbacks_requested", "late"} {
		if n := string(r.Quality[some]); n == "" || n == "0" {
			t.Errorf("%s = %q, want some", some, n)
		}
	}
	for _, page := range []string{"report.de.html", "report.en.html"} {
		if b, err := os.ReadFile(filepath.Join(out, page)); err != nil || !bytes.Contains(b, []byte("</html>")) {
			t.Errorf("%s: %v", page, err)
		}
	}
	again := t.TempDir()
	mustRun(t, "report", "--period", "2026-03", "--facts", filepath.Join(facts, "facts"), "--out", again)
	if d := cmp.Diff(contents(t, out), contents(t, again)); d != "" {
		t.Errorf("the folder named facts gave another report:\n%s", d)
	}
	if told := mustRun(t, "bench", "--period", "2026-03", "--facts", facts); !strings.Contains(told, "30000 facts") {
		t.Errorf("bench told %q", told)
	}
}

func TestWrongCommandsSayWhatToDo(t *testing.T) {
	full := t.TempDir()
	if err := os.Mkdir(filepath.Join(full, "facts"), 0o755); err != nil {
		t.Fatal(err)
	}
	for want, args := range map[string][]string{
		"say what to do":        {},
		`"dance"`:               {"dance"},
		"--period is missing":   {"facts", "--out", "x"},
		"--out is missing":      {"facts", "--period", "2026-03"},
		"2026-3":                {"report", "--period", "2026-3", "--facts", full, "--out", "x"},
		"holds facts already":   {"facts", "--period", "2026-03", "--out", full},
		"no folder named facts": {"report", "--period", "2026-03", "--facts", t.TempDir(), "--out", "x"},
		"--cutoff":              {"report", "--period", "2026-03", "--facts", full, "--out", "x", "--cutoff", "yesterday"},
		"is no flag":            {"report", "--period", "2026-03", "more"},
	} {
		if len(args) > 1 {
			args = append([]string{args[0], "--config", configuration}, args[1:]...)
		}
		if err := run(args, &bytes.Buffer{}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v: error = %v, want %q in it", args, err, want)
		}
	}
}
