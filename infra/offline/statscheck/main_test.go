package main

import (
	"bytes"
	"encoding/json"
	"io"
	"strings"
	"testing"
)

func TestTheSameSeedGivesTheSameInputs(t *testing.T) {
	var a, b, other bytes.Buffer
	for w, seed := range map[*bytes.Buffer]uint64{&a: 7, &b: 7, &other: 8} {
		if err := write(w, 50, seed); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(a.Bytes(), b.Bytes()) || bytes.Equal(a.Bytes(), other.Bytes()) {
		t.Error("the inputs do not follow from the seed")
	}
	if rows := strings.Count(a.String(), "\n"); rows != 1+50*len(kinds) {
		t.Errorf("%d rows, want 50 of each of %d kinds", rows, len(kinds))
	}
	if strings.Contains(a.String(), "NaN") || strings.Contains(a.String(), "Inf") {
		t.Error("a result is no number")
	}
}

func TestADifferenceAboveTheToleranceFails(t *testing.T) {
	answer := func(change func(map[string]difference)) []byte {
		all := make(map[string]difference)
		for _, k := range kinds {
			all[k.name] = difference{Inputs: 3, Absolute: 1e-12, Relative: 1e-14}
		}
		change(all)
		b, err := json.Marshal(all)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	if err := judge(answer(func(map[string]difference) {}), 3, io.Discard); err != nil {
		t.Errorf("differences of rounding: %v", err)
	}
	for name, change := range map[string]func(map[string]difference){
		"a large one":          func(all map[string]difference) { all["wilson"] = difference{Inputs: 3, Absolute: 1e-5} },
		"a large relative one": func(all map[string]difference) { all["poisson_mean"] = difference{Inputs: 3, Relative: 1e-5} },
		"inputs left out":      func(all map[string]difference) { all["newcombe"] = difference{Inputs: 2} },
		"a kind left out":      func(all map[string]difference) { delete(all, "nps_wald") },
		"a kind of its own":    func(all map[string]difference) { all["other"] = difference{Inputs: 3} },
	} {
		if err := judge(answer(change), 3, io.Discard); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}
