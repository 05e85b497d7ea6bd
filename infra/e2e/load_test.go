package e2e

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"resonanz/infra/local/stack"
)

// TestALoadLosesNothing is a load run of a few seconds: the functions that are
// deployed, under an invoker with warm processes, with AWS from memory.
func TestALoadLosesNothing(t *testing.T) {
	t.Parallel()
	figures := filepath.Join(t.TempDir(), "load.json")
	out, err := tool(t, "load")(t, "load", "--functions", filepath.Join(deployed.Project.BuildDir(), stack.Arch()),
		"--rate", "10", "--seconds", "3", "--concurrency", "2", "--alone", "--out", figures)
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if !strings.Contains(out, "lost 0") {
		t.Errorf("it does not say what was lost:\n%s", out)
	}
	b, err := os.ReadFile(figures)
	if err != nil {
		t.Fatal(err)
	}
	var measured struct {
		Runs []struct {
			Figures []struct{ N int }
			Outcome struct{ Accepted, Stored, Facts int }
		}
	}
	if err := json.Unmarshal(b, &measured); err != nil {
		t.Fatal(err)
	}
	if len(measured.Runs) != 1 || len(measured.Runs[0].Figures) == 0 {
		t.Fatalf("no figures: %s", b)
	}
	if o := measured.Runs[0].Outcome; o.Accepted == 0 || o.Stored != o.Accepted || o.Facts != o.Accepted {
		t.Errorf("accepted, stored, facts: %+v", o)
	}
}
