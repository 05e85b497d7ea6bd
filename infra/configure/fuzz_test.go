package configure

import (
	"errors"
	"testing"

	"resonanz/shared/rulebook"
)

// Whatever someone types, the answer is a configuration or problems with lines
// of the file: never a crash, never a line that is not there.
func FuzzEveryTextIsAnswered(f *testing.F) {
	for _, seed := range []string{
		valid, answering, "", "a: &a [*a]", "<<: {links: 1}", "links: &l {valid_days: 40}\nrules: *l\n", "? [a, b]\n: c\n", "touchpoints:\n- id: !!str 7\n",
		"- - -", "{", "links: {valid_days: 0x1F}", "organisation: |\n  text\n", "\"touch\\u0070oints\": []\n", "1: 2\nnull: 3\n",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		cfg, err := Check("f.yaml", []byte(text))
		if err == nil {
			if cfg == nil || len(cfg.Touchpoints) == 0 {
				t.Errorf("neither a configuration nor an error")
			}
			if _, err := rulebook.New(cfg); err != nil {
				t.Errorf("accepted, and no function starts with it: %v", err)
			}
			return
		}
		var e *Error
		if !errors.As(err, &e) || len(e.Problems) == 0 {
			t.Fatalf("got %v, want an *Error with problems", err)
		}
		lines := 1
		for _, c := range text {
			if c == '\n' || c == '\r' {
				lines++
			}
		}
		for _, p := range e.Problems {
			if p.Line < 1 || p.Line > lines || p.Text == "" {
				t.Errorf("problem %+v in a text of %d lines", p, lines)
			}
		}
	})
}
