package main

import (
	"strings"
	"testing"
)

// The examples of the page beside this test import as they stand there.
func TestTheExamplesImport(t *testing.T) {
	for _, tt := range []struct{ name, format, maps, said string }{
		{"past.csv", "csv", "", "4 events of 2024-06 without an error"},
		{"survey.csv", "qualtrics", "survey.yaml", "2 events of 2024-07 without an error; left out: 1 not finished, 1 previews and tests"},
		{"tickets.ndjson", "zendesk", "tickets.yaml", "2 events of 2024-08 without an error; left out: 1 not rated"},
	} {
		r := newRig(t)
		maps := ""
		if tt.maps != "" {
			maps = "examples/" + tt.maps
		}
		if said, err := r.bring("examples/"+tt.name, tt.format, maps); err != nil || !strings.Contains(said, tt.said) {
			t.Errorf("%s: %v: %s", tt.name, err, said)
		}
	}
}
