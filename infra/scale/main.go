// Command scale works out, by simulation and on paper, how far the design goes: the
// heat of the table's keys, what waits in queues under bursts, how long the report
// takes with a hundred times the facts, where each quota of AWS bites, and what is
// asked of the facts by Athena. It prints what README.md beside it says, and fails
// where a bound is broken.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"resonanz/infra/scale/effort"
	"resonanz/infra/scale/growth"
	"resonanz/infra/scale/settings"
)

// page is the paper, from the root of the project.
const page = "infra/scale/README.md"

// efforts is what the functions spend, from the root of the project.
const efforts = "infra/scale/effort/effort.json"

func main() {
	if err := run(context.Background(), os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "scale:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string, out io.Writer) error {
	f := flag.NewFlagSet("scale", flag.ContinueOnError)
	root := f.String("root", ".", "the root of the project")
	update := f.Bool("update", false, "write what comes out into "+page)
	measure := f.String("measure", "", "the folder of built functions: measure what they spend, into "+efforts+", and nothing else")
	report := f.String("report", "", "the figures that make bench-report wrote: keep them in "+figures+", and nothing else")
	python := f.String("python", "", "a Python that has DuckDB: ask it what Athena would be asked; empty: nothing is asked")
	facts := f.String("facts", "", "the folder of facts to ask of")
	if err := f.Parse(args); err != nil {
		return err
	}
	if *measure != "" {
		return measured(ctx, *root, *measure, out)
	}
	if *report != "" {
		return copied(*report, filepath.Join(*root, figures))
	}
	p, err := work(ctx, *root)
	if err != nil {
		return err
	}
	file := filepath.Join(*root, page)
	old, err := os.ReadFile(file)
	if err != nil {
		return fmt.Errorf("reading the paper: %w", err)
	}
	fresh, err := fill(string(old), p.parts)
	if err != nil {
		return err
	}
	for _, part := range p.parts {
		if _, err := fmt.Fprintf(out, "%s\n\n", part.text); err != nil {
			return err
		}
	}
	if *python != "" {
		if err := asked(ctx, *python, *facts, out); err != nil {
			p.broken = append(p.broken, err)
		}
	}
	if *update {
		if err := os.WriteFile(file, []byte(fresh), 0o644); err != nil { //nolint:gosec // a page of the project
			return fmt.Errorf("writing the paper: %w", err)
		}
	} else if fresh != string(old) {
		p.broken = append(p.broken, fmt.Errorf("%s says something else: go run ./infra/scale -update", page))
	}
	return errors.Join(p.broken...)
}

func measured(ctx context.Context, root, dir string, out io.Writer) error {
	s, err := settings.Read(root)
	if err != nil {
		return err
	}
	e, err := effort.Measure(ctx, dir, s)
	if err != nil {
		return err
	}
	b, err := json.MarshalIndent(e, "", "  ")
	if err != nil {
		return fmt.Errorf("writing what was measured: %w", err)
	}
	if err := os.WriteFile(filepath.Join(root, efforts), append(b, '\n'), 0o644); err != nil { //nolint:gosec // a file of the project
		return fmt.Errorf("writing what was measured: %w", err)
	}
	_, err = fmt.Fprintf(out, "%s\n", b)
	return err
}

// copied keeps figures that can be read.
func copied(from, to string) error {
	f, err := growth.Read(from)
	if err != nil {
		return err
	}
	if _, err := growth.Fit(f.Sizes()); err != nil {
		return fmt.Errorf("keeping %s: %w", from, err)
	}
	b, err := os.ReadFile(from)
	if err != nil {
		return fmt.Errorf("keeping figures: %w", err)
	}
	if err := os.WriteFile(to, b, 0o644); err != nil { //nolint:gosec // a file of the project
		return fmt.Errorf("keeping figures: %w", err)
	}
	return nil
}
