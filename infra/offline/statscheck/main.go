// The command statscheck compares the statistics of reports with those of a
// package that others made: statsmodels and scipy, in a virtual environment of
// their own. It makes random inputs, writes them with our results as CSV, and
// prints the largest difference of each kind. It fails on any above the tolerance.
//
//	go run ./infra/offline/statscheck [-n 10000] [-seed 1] [-out build/stats-check]
package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"maps"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"

	"resonanz/infra/local/toolchain"
	"resonanz/shared/satisfaction"
	"resonanz/shared/signal"
)

// The largest differences that rounding explains. Shares and scores are in
// percent; a count of a million has an interval of thousands, so that of Poisson
// means is relative, as is that of tails, which may be tiny.
const (
	tolerance         = 1e-9
	toleranceRelative = 1e-9
)

func main() {
	n := flag.Int("n", 10_000, "random inputs of each kind")
	seed := flag.Uint64("seed", 1, "of the random inputs")
	out := flag.String("out", filepath.Join("build", "stats-check"), "folder for the inputs with our results")
	flag.Parse()
	if err := run(context.Background(), *n, *seed, *out, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(ctx context.Context, n int, seed uint64, out string, w io.Writer) error {
	root, err := toolchain.Root(".")
	if err != nil {
		return err
	}
	here := filepath.Join(root, "infra", "offline", "statscheck")
	python, err := toolchain.Venv(ctx, filepath.Join(root, "build", "tools", "statistics"), filepath.Join(here, "requirements.txt"), os.Stderr)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(out, 0o755); err != nil {
		return fmt.Errorf("making the folder for results: %w", err)
	}
	file := filepath.Join(out, "results.csv")
	var b bytes.Buffer
	if err := write(&b, n, seed); err != nil {
		return err
	}
	if err := os.WriteFile(file, b.Bytes(), 0o644); err != nil {
		return fmt.Errorf("writing results: %w", err)
	}
	cmd := exec.CommandContext(ctx, python, filepath.Join(here, "check.py"), file)
	cmd.Stderr = os.Stderr
	answer, err := cmd.Output()
	if err != nil {
		return fmt.Errorf("comparing results: %w", err)
	}
	return judge(answer, n, w)
}

// kind is one statistic: a random input and our value and interval of it.
type kind struct {
	name     string
	relative bool
	input    func(*rand.Rand) [4]float64
	result   func(in [4]float64) [3]float64
}

var kinds = []kind{
	{"wilson", false, proportion, func(in [4]float64) [3]float64 {
		ci := satisfaction.Wilson(int64(in[0]), int64(in[1]))
		return [3]float64{*satisfaction.Percent(int64(in[0]), int64(in[1])), ci.Lo(), ci.Hi()}
	}},
	{"newcombe", false, twoProportions, func(in [4]float64) [3]float64 {
		c := satisfaction.ChangeOf(
			satisfaction.Proportion{Satisfied: int64(in[0]), N: int64(in[1])},
			satisfaction.Proportion{Satisfied: int64(in[2]), N: int64(in[3])})
		return [3]float64{*c.DeltaPP, c.CI95PP.Lo(), c.CI95PP.Hi()}
	}},
	{"nps_wald", false, divided, func(in [4]float64) [3]float64 {
		p := satisfaction.NetPromoterOf(int64(in[0]), int64(in[1]), int64(in[2]))
		return [3]float64{*p.NPS, p.Wald.Lo(), p.Wald.Hi()}
	}},
	{"nps_adjusted", false, answers, func(in [4]float64) [3]float64 {
		p := satisfaction.NetPromoterOf(int64(in[0]), int64(in[1]), int64(in[2]))
		return [3]float64{*p.Adjusted, p.CI95.Lo(), p.CI95.Hi()}
	}},
	{"poisson_mean", true, func(r *rand.Rand) [4]float64 { return [4]float64{float64(size(r) - 1)} }, func(in [4]float64) [3]float64 {
		ci := satisfaction.PoissonMean(int64(in[0]))
		return [3]float64{in[0], ci.Lo(), ci.Hi()}
	}},
	{"poisson_tail", true, hour, func(in [4]float64) [3]float64 {
		p := signal.Tail(int(in[0]), in[1])
		return [3]float64{p, p, p}
	}},
}

// size is a number from 1 to a million, small ones as likely as large ones.
func size(r *rand.Rand) int64 { return int64(math.Exp(r.Float64() * math.Log(1e6))) }

// proportion is k of n; one in ten is none or all.
func proportion(r *rand.Rand) [4]float64 {
	n := size(r)
	k := r.Int64N(n + 1)
	switch r.IntN(20) {
	case 0:
		k = 0
	case 1:
		k = n
	}
	return [4]float64{float64(k), float64(n)}
}

func twoProportions(r *rand.Rand) [4]float64 {
	this, before := proportion(r), proportion(r)
	return [4]float64{this[0], this[1], before[0], before[1]}
}

// answers are promoters, passives and detractors; some groups are empty.
func answers(r *rand.Rand) [4]float64 {
	var in [4]float64
	for in[0]+in[1]+in[2] == 0 {
		for i := range 3 {
			in[i] = float64(size(r))
			if r.IntN(5) == 0 {
				in[i] = 0
			}
		}
	}
	return in
}

// hour is a count and the mean expected: what bursts are judged by.
func hour(r *rand.Rand) [4]float64 {
	mean := math.Exp(r.Float64()*math.Log(1e5)) / 100 // 0.01 to 1,000
	k := max(0, math.Round(mean+r.NormFloat64()*4*math.Sqrt(mean)))
	return [4]float64{k, mean}
}

// divided are answers of more than one group: for those of one there is no
// interval without width (worked case 05).
func divided(r *rand.Rand) [4]float64 {
	for {
		in := answers(r)
		if n := in[0] + in[1] + in[2]; in[0] < n && in[1] < n && in[2] < n {
			return in
		}
	}
}

// write writes n random inputs of each kind with our results; the same seed
// gives the same bytes.
func write(w io.Writer, n int, seed uint64) error {
	out := csv.NewWriter(w)
	rows := [][]string{{"kind", "a", "b", "c", "d", "value", "low", "high"}}
	r := rand.New(rand.NewPCG(seed, 0))
	for _, k := range kinds {
		for range n {
			in := k.input(r)
			row := []string{k.name}
			for _, v := range append(in[:], func() []float64 { got := k.result(in); return got[:] }()...) {
				row = append(row, strconv.FormatFloat(v, 'g', -1, 64))
			}
			rows = append(rows, row)
		}
	}
	if err := out.WriteAll(rows); err != nil {
		return fmt.Errorf("writing results: %w", err)
	}
	return nil
}

// difference is the largest of one kind.
type difference struct {
	Inputs   int        `json:"inputs"`
	Absolute float64    `json:"absolute"`
	Relative float64    `json:"relative"`
	At       [4]float64 `json:"at"`
}

// judge prints the largest differences; one above the tolerance is an error.
func judge(answer []byte, n int, w io.Writer) error {
	var found map[string]difference
	if err := json.Unmarshal(answer, &found); err != nil {
		return fmt.Errorf("reading the comparison: %w", err)
	}
	var failed []error
	for _, k := range kinds {
		d := found[k.name]
		largest, allowed, of := d.Absolute, tolerance, "absolute"
		if k.relative {
			largest, allowed, of = d.Relative, toleranceRelative, "relative"
		}
		fmt.Fprintf(w, "%-13s %6d inputs, largest difference %.1e %s, at most %.0e\n", k.name, d.Inputs, largest, of, allowed)
		switch {
		case d.Inputs != n:
			failed = append(failed, fmt.Errorf("%s: %d inputs were compared, want %d", k.name, d.Inputs, n))
		case cmp.Compare(largest, allowed) > 0:
			failed = append(failed, fmt.Errorf("%s differs by %g at %v, want at most %g", k.name, largest, d.At, allowed))
		}
	}
	for name := range maps.Keys(found) {
		if !slices.ContainsFunc(kinds, func(k kind) bool { return k.name == name }) {
			failed = append(failed, fmt.Errorf("%s: nobody asked for it", name))
		}
	}
	return errors.Join(failed...)
}
