package main

import (
	"errors"
	"io"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"resonanz/infra/load/fleet"
	"resonanz/infra/load/growth"
	"resonanz/infra/load/traffic"
	"resonanz/infra/load/world"
)

func TestArgumentsAreReadOrRefused(t *testing.T) {
	o, err := parse("soak", []string{"--functions", "built", "--minutes", "1.5"})
	if err != nil || o.last != 90*time.Second || !filepath.IsAbs(o.functions) || o.mix.String() != traffic.Usual {
		t.Errorf("got %+v, %v", o, err)
	}
	for _, args := range [][]string{
		nil, {"--functions", "built", "more"}, {"--functions", "built", "--rate", "-1"}, {"--functions", "built", "--seconds", "0"},
		{"--functions", "built", "--concurrency", "0"}, {"--functions", "built", "--mix", "fax:1"}, {"--functions", "built", "--speed", "1"},
	} {
		if _, err := parse("load", args); !errors.Is(err, errUsage) {
			t.Errorf("%v: %v", args, err)
		}
	}
	for _, args := range [][]string{nil, {"march"}} {
		if err := run(t.Context(), args, io.Discard); !errors.Is(err, errUsage) {
			t.Errorf("%v: %v", args, err)
		}
	}
}

func TestARunFailsForWhateverIsNotAsPromised(t *testing.T) {
	good := func() *one {
		return &one{Where: "somewhere", Outcome: &world.Outcome{Accepted: 3, Stored: 3, Facts: 3}}
	}
	if err := good().breach(); err != nil {
		t.Errorf("nothing is wrong: %v", err)
	}
	for want, spoil := range map[string]func(r *one){
		"2 accepted events are not in the table": func(r *one) { r.Outcome.NotStored = 2 },
		"1 messages were given up":               func(r *one) { r.Outcome.Dead = 1 },
		"4 times: vote answers 500":              func(r *one) { r.Failures = map[string]int{"vote answers 500": 4} },
		"does not understand: dynamodb.Scan":     func(r *one) { r.UnknownCalls = map[string]int{"dynamodb.Scan": 1} },
		"facts failed 1 times":                   func(r *one) { r.Functions = []fleet.Stat{{Name: "facts", Errors: 1}} },
	} {
		r := good()
		spoil(r)
		if err := r.breach(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("want %q, got %v", want, err)
		}
	}
}

func TestASoakFailsForWhateverGrows(t *testing.T) {
	good := func() *soaked {
		return &soaked{Growth: []growth.Finding{{Function: "facts", Judged: 2}}, Goroutines: map[string][2]int{"facts": {13, 14}}}
	}
	if err := good().grows(); err != nil {
		t.Errorf("nothing grows: %v", err)
	}
	for want, spoil := range map[string]func(s *soaked){
		"facts grows: memory":    func(s *soaked) { s.Growth[0].RSS.Grows = true },
		"13 goroutines early":    func(s *soaked) { s.Goroutines["facts"] = [2]int{13, 60} },
		"temporary files grow":   func(s *soaked) { s.TempFiles = [2]int{3, 90} },
		"ran long enough to say": func(s *soaked) { s.Growth = nil },
	} {
		s := good()
		spoil(s)
		if err := s.grows(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("want %q, got %v", want, err)
		}
	}
}

func TestWhatIsPrintedNamesLossAndQuantiles(t *testing.T) {
	var out strings.Builder
	r := &one{
		Where: "somewhere", Rate: 20, Seconds: 10, Figures: []traffic.Figure{{Name: "vote", N: 5, P50: 8.5, P999: 70}},
		Statuses: map[int]int{303: 5}, HeldBack: 2, Outcome: &world.Outcome{Accepted: 5, Stored: 5, Facts: 4, NotFacts: 1},
		Functions: []fleet.Stat{{Name: "rating", Invocations: 5, Cold: 1}},
	}
	r.print(&out)
	for _, want := range []string{"p99.9", "70.0", "5 × 303", "held back as too many 2", "accepted 5 = stored 5 = facts 4", "lost 1", "cold starts"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("%q is not in\n%s", want, out.String())
		}
	}
}
