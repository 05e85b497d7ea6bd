package config

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestDatesAreOneText(t *testing.T) {
	for text, want := range map[string]Calendar{
		`{"id":"a","blocks":null,"holidays":"2026-01-01 2026-04-03"}`: {ID: "a", Holidays: Dates{"2026-01-01", "2026-04-03"}},
		`{"id":"b","blocks":null}`:                                    {ID: "b"},
	} {
		var got Calendar
		if err := json.Unmarshal([]byte(text), &got); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
		if b, err := json.Marshal(got); err != nil || string(b) != text {
			t.Errorf("%s, %v", b, err)
		}
	}
	var c Calendar
	if err := json.Unmarshal([]byte(`{"holidays":["2026-01-01"]}`), &c); err == nil {
		t.Error("a list is read")
	}
}
