package demo

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"resonanz/infra/local/progress"
	"resonanz/infra/local/stack"
)

// The whole month on the whole stack, twice: on a fresh one every figure of the
// report is known beforehand, and a second run does not disturb the first.
func TestTheMonthComesOutRight(t *testing.T) {
	s, err := stack.Start(t.Context(), stack.Options{Dir: t.TempDir(), Progress: t.Output()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Stop(); err != nil {
			t.Error(err)
		}
	})
	cfg, err := s.Project.Config()
	if err != nil {
		t.Fatal(err)
	}
	for run := range 2 {
		dir := t.TempDir()
		r, err := Run(t.Context(), progress.New(t.Output()), Options{Outputs: s.Outputs, Config: cfg, Dir: dir, Seed: 1, Now: time.Now()})
		if err != nil {
			t.Fatalf("run %d: %v", run, err)
		}
		if r.Accepted == 0 || r.Accepted != r.Stored || r.Stored != r.Facts {
			t.Errorf("run %d: %d accepted, %d stored, %d facts", run, r.Accepted, r.Stored, r.Facts)
		}
		for _, name := range []string{"demo.json", "report.html", "report.json", "report.pdf", "report.xlsx", "report.csv.zip"} {
			if info, err := os.Stat(filepath.Join(dir, name)); err != nil || info.Size() == 0 {
				t.Errorf("run %d: %s: %v", run, name, err)
			}
		}
	}
}
