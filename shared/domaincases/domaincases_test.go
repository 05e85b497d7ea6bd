package domaincases

import "testing"

func TestEveryCaseIsHereAndNamesItself(t *testing.T) {
	names := Names()
	if len(names) != 24 {
		t.Errorf("%d cases, want 24", len(names))
	}
	for _, name := range names {
		var c struct {
			Case      string
			Tolerance float64 `json:"tolerance_abs"`
			Input     any
			Expected  any
		}
		Load(t, name[:2], &c)
		if c.Case != name || c.Tolerance != Tolerance || c.Input == nil || c.Expected == nil {
			t.Errorf("%s: case %q, tolerance %v, or a missing part", name, c.Case, c.Tolerance)
		}
	}
}
