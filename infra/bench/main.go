// Command bench measures every function as it ships beside two references: how
// long it takes to start and to answer, how much processor time, memory and log an
// invocation takes, and how large it is. AWS is answered from memory, over TLS and
// without delay. Processor time is that of the whole process as the scheduler
// counts it, so other programs on the machine change it little; time by the clock
// needs a quiet machine.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"resonanz/infra/command"
	"resonanz/infra/configure"
)

const usage = `usage: make bench [ONLY=rating]
which runs: go run ./infra/bench --dir build/bench

  --dir      holds functions/, where make build put them; takes what is made
  --only     functions and other names of the table, separated by commas
  --starts   processes of each that are started and asked once
  --rounds   processes of each that are kept warm
  --warm     invocations of each
  --commit   for the record`

func main() { command.Main(usage, run) }

func run(ctx context.Context, args []string, out io.Writer) error {
	f := flag.NewFlagSet("bench", flag.ContinueOnError)
	f.SetOutput(io.Discard)
	dir := f.String("dir", "build/bench", "")
	only := f.String("only", "", "")
	starts := f.Int("starts", 21, "")
	rounds := f.Int("rounds", 5, "")
	warm := f.Int("warm", 600, "")
	commit := f.String("commit", "unknown", "")
	if err := f.Parse(args); err != nil || f.NArg() > 0 || *starts < 1 || *rounds < 1 || *warm < 1 {
		return fmt.Errorf("%w of bench: %s", command.ErrUsage, strings.Join(args, " "))
	}
	b, err := newBench(*dir, *only)
	if err != nil {
		return err
	}
	b.starts, b.rounds, b.warm, b.progress = *starts, *rounds, *warm, os.Stderr
	if err := b.prepare(ctx); err != nil {
		return err
	}
	figures, err := b.measure(ctx)
	if err != nil {
		return err
	}
	if err := reckon(b.root, figures); err != nil {
		return err
	}
	r := &record{At: time.Now().UTC(), Machine: machine(), Commit: *commit, Starts: *starts, Rounds: *rounds, Warm: *warm, Figures: figures}
	r.judge()
	if err := r.keep(b.dir); err != nil {
		return err
	}
	r.print(out)
	r.printMemory(out)
	if len(r.Over) > 0 {
		return errors.New("over a bound: " + strings.Join(r.Over, "; "))
	}
	return nil
}

// newBench reads what the functions are measured with.
func newBench(dir, only string) (*bench, error) {
	root, err := os.Getwd()
	if err != nil {
		return nil, fmt.Errorf("finding the project: %w", err)
	}
	if dir, err = filepath.Abs(dir); err != nil {
		return nil, fmt.Errorf("finding %s: %w", dir, err)
	}
	b := &bench{root: root, dir: dir, many: filepath.Join(dir, manyFolder), plays: chosen(plays(), only)}
	if len(b.plays) == 0 {
		return nil, fmt.Errorf("%w of bench: nothing is named %q", command.ErrUsage, only)
	}
	template, err := os.ReadFile(filepath.Join(root, "infra", "testdata", "dev.json"))
	if err != nil {
		return nil, fmt.Errorf("reading the template of the stack: %w", err)
	}
	if b.settings, err = settingsOf(template); err != nil {
		return nil, err
	}
	if b.config, err = configure.Load(filepath.Join(root, "infra", "feedback.yaml")); err != nil {
		return nil, err
	}
	if err := os.MkdirAll(filepath.Dir(b.empty()), 0o750); err != nil {
		return nil, fmt.Errorf("making a folder: %w", err)
	}
	return b, b.trust()
}

// chosen are the plays whose name or function is listed, and the references.
func chosen(all []play, only string) []play {
	var some []play
	for _, p := range all {
		if p.function == "" {
			p.function, _, _ = strings.Cut(p.name, "/")
		}
		named := only == "" || p.function == references[0] || p.function == references[1]
		for _, name := range strings.Split(only, ",") {
			named = named || name == p.name || name == p.function
		}
		if named {
			some = append(some, p)
		}
	}
	return some
}
