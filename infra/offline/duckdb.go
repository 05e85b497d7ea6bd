package main

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"

	"resonanz/shared/report"
)

//go:embed sidebyside.py
var query string

// measured is what one program made of the same files.
type measured struct {
	Seconds float64          `json:"seconds"`
	PeakKiB int64            `json:"peak_kib"`
	Version string           `json:"version"`
	Facts   int64            `json:"facts"`
	CPU     float64          `json:"cpu_seconds"`
	Formats float64          `json:"formats_seconds"` // to write every format in every language
	Figures map[string]int64 `json:"figures"`
}

// mostRatio is how much longer than DuckDB the report may take, mostFormats how
// long all its formats, in seconds.
const (
	mostRatio   = 2.0
	mostFormats = 3.0
)

// besideCommand lets this program and DuckDB work out the same figures of the same
// files, each in a process of its own, and compares figures, time and memory. It
// fails when a figure differs, or a bound is broken. Without DuckDB the report is
// measured alone.
func besideCommand(args []string, out io.Writer) error {
	f := flags("beside")
	facts := f.String("facts", "", "the folder that holds facts/month=…")
	python := f.String("python", "", "a Python that has DuckDB; empty: the report is measured alone")
	runs := f.Int("runs", 2, "how often each is run; the fastest counts")
	seconds := f.Float64("seconds", 0, "the report may take so many seconds; 0: no bound")
	memory := f.Int64("mib", 0, "the report may take so much memory; 0: no bound")
	kept := f.String("figures", "", "the file of figures to put what was measured into; empty: none")
	commit := f.String("commit", "", "what was measured, for the file of figures")
	p, cfg, err := f.parse(args, "facts")
	if err != nil {
		return err
	}
	src, err := openFolder(*facts)
	if err != nil {
		return err
	}
	root, err := filepath.Abs(src.root)
	if err != nil {
		return err
	}
	self, err := os.Executable()
	if err != nil {
		return fmt.Errorf("finding this program: %w", err)
	}
	start, end := p.Bounds(cfg.Zone())
	millis := func(n int64) string { return strconv.FormatInt(n, 10) }
	freeze := p.Freeze(cfg.Report.FreezeDay, cfg.Zone())
	ours, err := fastest(*runs, nil, self, "bench", "--json", "--period", p.String(), "--facts", root, "--config", *f.configuration)
	if err != nil {
		return err
	}
	var wrong []error
	at := func(value, most float64, what string) {
		if most > 0 && value > most {
			wrong = append(wrong, fmt.Errorf("%s: %.2f, at most %g is allowed", what, value, most))
		}
	}
	if _, err := fmt.Fprintf(out, "%d facts: report %.2f s, %d MiB; every format %.2f s\n", ours.Facts, ours.Seconds, ours.PeakKiB/1024, ours.Formats); err != nil {
		return err
	}
	at(ours.Seconds, *seconds, "seconds of the report")
	at(mib(ours.PeakKiB), float64(*memory), "MiB of the report")
	at(ours.Formats, mostFormats, "seconds of every format")
	run := Run{
		Facts: ours.Facts, BestOf: max(*runs, 1), Seconds: ours.Seconds, CPUSeconds: ours.CPU, MiB: mib(ours.PeakKiB), FormatsSeconds: ours.Formats, LoadAverage: load(),
	}
	done := func() error {
		if *kept == "" {
			return nil
		}
		return keep(*kept, *commit, run)
	}
	if *python == "" {
		return errors.Join(append(wrong, done())...)
	}
	theirs, err := fastest(*runs, []byte(query), *python, "-", root, p.String(), millis(start.UnixMilli()), millis(end.UnixMilli()), millis(freeze.UnixMilli()))
	if err != nil {
		return err
	}
	ratio := ours.Seconds / theirs.Seconds
	if _, err := fmt.Fprintf(out, "DuckDB %s: %.2f s, %d MiB; the report takes %.2f times as long (at most %g); %d figures compared\n",
		theirs.Version, theirs.Seconds, theirs.PeakKiB/1024, ratio, mostRatio, len(theirs.Figures)); err != nil {
		return err
	}
	at(ratio, mostRatio, "times as long as DuckDB")
	run.DuckDBSeconds, run.DuckDBMiB, run.DuckDBVersion = theirs.Seconds, mib(theirs.PeakKiB), theirs.Version
	return errors.Join(append(append(wrong, done()), differences(ours.Figures, theirs.Figures)...)...)
}

func mib(kib int64) float64 { return float64(kib) / 1024 }

// differences names every figure that the two do not have alike.
func differences(ours, theirs map[string]int64) (wrong []error) {
	names := maps.Clone(ours)
	maps.Copy(names, theirs)
	for _, name := range slices.Sorted(maps.Keys(names)) {
		if ours[name] != theirs[name] {
			wrong = append(wrong, fmt.Errorf("%s: the report has %d, DuckDB %d", name, ours[name], theirs[name]))
		}
	}
	return wrong
}

// fastest runs a program some times and returns what it printed the fastest time.
func fastest(runs int, in []byte, name string, args ...string) (best measured, err error) {
	for i := range max(runs, 1) {
		cmd := exec.Command(name, args...)
		cmd.Stdin, cmd.Stderr = bytes.NewReader(in), os.Stderr
		b, err := cmd.Output()
		if err != nil {
			return best, fmt.Errorf("running %s: %w", filepath.Base(name), err)
		}
		var m measured
		if err := json.Unmarshal(b, &m); err != nil {
			return best, fmt.Errorf("reading what %s printed: %w", filepath.Base(name), err)
		}
		if i == 0 || m.Seconds < best.Seconds {
			best = m
		}
	}
	return best, nil
}

// compared are the figures of a report that DuckDB works out too. What is nothing
// is left out.
func compared(r *report.Report) map[string]int64 {
	figures := make(map[string]int64)
	put := func(name string, n int64) {
		if n != 0 {
			figures[name] = n
		}
	}
	for kind, rows := range map[string]report.Breakdown{"touchpoint": r.ByTouchpoint, "channel": r.ByChannel} {
		for _, row := range rows {
			put(kind+"."+row.Name+".n", row.N)
			put(kind+"."+row.Name+".satisfied", row.Satisfied)
		}
	}
	nps := r.Recommend.NPS
	put("nps.promoters", nps.Promoters)
	put("nps.passives", nps.Passives)
	put("nps.detractors", nps.Detractors)
	q := r.Quality
	put("responses", q.Responses)
	put("debounced", q.KioskDebounced)
	put("invitations", q.Invitations)
	put("delivered", q.Delivered)
	put("answered", q.Answered)
	for _, row := range r.Complaints.Matrix {
		put("category."+row.Category, row.N)
	}
	return figures
}
