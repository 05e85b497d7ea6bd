package config

import (
	"encoding/json"
	"slices"
	"testing"
)

func TestDatesAreOneText(t *testing.T) {
	var c Calendar
	if err := json.Unmarshal([]byte(`{"holidays":"2026-01-01 2026-04-03"}`), &c); err != nil {
		t.Fatal(err)
	}
	if got := c.Holidays.All(); !slices.Equal(got, []string{"2026-01-01", "2026-04-03"}) {
		t.Errorf("got %q", got)
	}
	for day, want := range map[string]bool{"2026-01-01": true, "2026-04-03": true, "2026-04-04": false, "2026-04-0": false, "": false, " ": false} {
		if got := c.Holidays.Has(day); got != want {
			t.Errorf("%q: got %t", day, got)
		}
	}
	if none := Dates(""); len(none.All()) != 0 || none.Has("2026-01-01") {
		t.Error("there are days where there are none")
	}
	if err := json.Unmarshal([]byte(`{"holidays":["2026-01-01"]}`), &c); err == nil {
		t.Error("a list is read")
	}
}
