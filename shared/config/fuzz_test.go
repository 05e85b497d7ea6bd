package config

import (
	"encoding/json"
	"testing"
)

// What a function starts with: refused, or read so that writing and reading it again
// is the same, with a time zone and whatever is named found by its name.
func FuzzParse(f *testing.F) {
	for _, s := range []string{
		text, asking, "{}", "null", "[]", `{"organisation":{"time_zone":"Local"}}`, `{"organisation":{"time_zone":"../etc"}}`, `{"organisation":{"time_zone":"UTC"},"touchpoints":[{"id":"a"},{"id":"a"}]}`,
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		c, err := Parse(b)
		if err != nil {
			if c != nil {
				t.Error("refused, and read")
			}
			return
		}
		if c.Zone() == nil {
			t.Error("no time zone")
		}
		for i := range c.Touchpoints {
			if id := c.Touchpoints[i].ID; c.Touchpoint(id) == nil {
				t.Errorf("%q is not found", id)
			}
		}
		one, err := json.Marshal(c)
		if err != nil {
			t.Fatal(err)
		}
		again, err := Parse(one)
		if err != nil {
			t.Fatalf("read, and not again: %v", err)
		}
		if two, err := json.Marshal(again); err != nil || string(two) != string(one) {
			t.Errorf("%s\nbecomes\n%s, %v", one, two, err)
		}
	})
}
