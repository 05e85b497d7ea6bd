package configure

import (
	"encoding/json"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"resonanz/shared/config"
)

// Whatever a stage lays over the file: it is a configuration that functions read as
// it was checked, or problems with lines of the file. What one stage says is for no
// other, and every stage is checked whichever is asked for.
func FuzzStages(f *testing.F) {
	for _, section := range []string{
		"prod: {retention: {log_days: 365}}", "trial: {keep: true, organisation: {name: X}}", "prod: {touchpoints: null}", "prod: {stages: {a: {}}}", "Prod: {}", "prod: []",
		"cognito: {}", "prod: {rules: {minimum_n: x}}", "? [a]\n  : b", "trial: &a {keep: true}\n  other: *a", "prod: null",
	} {
		f.Add("  "+section+"\n", "prod")
		f.Add("  "+section+"\n", "trial")
	}
	f.Fuzz(func(t *testing.T, section, stage string) {
		text := []byte(valid + "\nstages:\n" + section)
		cfg, err := CheckStage("f.yaml", text, stage)
		var e *Error
		if errors.As(err, &e) {
			if len(e.Problems) == 0 {
				t.Error("refused, and nothing is named")
			}
			for _, p := range e.Problems {
				if p.Line < 1 || p.Text == "" {
					t.Errorf("problem %+v", p)
				}
			}
			return
		}
		if err != nil {
			return // a stage that nobody named
		}
		b, err := JSON(cfg)
		if err != nil {
			t.Fatal(err)
		}
		read, err := config.Parse(b)
		if err != nil {
			t.Fatalf("accepted, and no function reads it: %v\n%s", err, b)
		}
		one, err := json.Marshal(read)
		if err != nil {
			t.Fatal(err)
		}
		again, err := config.Parse(one)
		if err != nil {
			t.Fatal(err)
		}
		if two, err := json.Marshal(again); err != nil || string(one) != string(two) {
			t.Error(cmp.Diff(string(one), string(two)), err)
		}
		if _, err := CheckStage("f.yaml", text, Dev); err != nil {
			t.Errorf("accepted for %s, and not for %s: %v", stage, Dev, err)
		}
	})
}
