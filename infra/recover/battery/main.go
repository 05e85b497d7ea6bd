// Command battery is the proof of recovery: a month of customers on a stack, a table
// that is emptied and comes back, then the end of the whole stack and a new one that
// goes on. It runs the very commands that an operator would, and counts what it
// checks; it ends with 1 where anything is lost, told twice, or not forgotten.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"resonanz/infra/command"
	"resonanz/infra/local/stack"
	"resonanz/infra/local/toolchain"
)

const usage = `usage: make recovery [SEED=1]
which runs: go run ./infra/recover/battery [--seed 1]`

func main() { command.Main(usage, run) }

// battery is one run.
type battery struct {
	out      io.Writer
	seed     uint64
	tools    string // folder of the operators' commands
	work     string // folder of everything that is written
	root     string // of the project
	checks   int
	breaches []string
}

var errBreach = errors.New("not all that has to survive does")

func run(ctx context.Context, args []string, out io.Writer) (err error) {
	f := flag.NewFlagSet("battery", flag.ContinueOnError)
	f.SetOutput(io.Discard)
	seed := f.Uint64("seed", 1, "")
	if err := f.Parse(args); err != nil {
		return fmt.Errorf("%w: %w", command.ErrUsage, err)
	}
	ctx, cancel := context.WithTimeout(ctx, 20*time.Minute)
	defer cancel()
	b := &battery{out: out, seed: *seed}
	wd, err := os.Getwd()
	if err != nil {
		return fmt.Errorf("finding the project: %w", err)
	}
	if b.root, err = toolchain.Root(wd); err != nil {
		return err
	}
	if b.work, err = os.MkdirTemp("", "resonanz-recovery-"); err != nil {
		return fmt.Errorf("making a folder: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(b.work)) }()
	if err := b.build(ctx); err != nil {
		return err
	}
	began := time.Now()
	if err := b.play(ctx); err != nil {
		return err
	}
	fmt.Fprintf(out, "\nrecovery: %d checks, %d breaches, seed %d, %s\n", b.checks, len(b.breaches), b.seed, time.Since(began).Round(time.Second))
	for _, breach := range b.breaches {
		fmt.Fprintln(out, "  breach:", breach)
	}
	if len(b.breaches) > 0 {
		return errBreach
	}
	return nil
}

// play is the whole story.
func (b *battery) play(ctx context.Context) error {
	m, err := b.month(ctx)
	if err != nil {
		return err
	}
	err = b.emptied(ctx, m)
	if err == nil {
		err = b.last(ctx, m)
	}
	if err := errors.Join(err, m.a.Stop()); err != nil {
		return err
	}
	return b.anew(ctx, m)
}

// check counts one thing that has to hold.
func (b *battery) check(holds bool, what string, args ...any) {
	b.checks++
	mark := "ok    "
	if what = fmt.Sprintf(what, args...); !holds {
		mark = "BREACH"
		b.breaches = append(b.breaches, what)
	}
	fmt.Fprintln(b.out, mark, what)
}

func (b *battery) say(what string) { fmt.Fprintln(b.out, "\n"+what) }

// build builds what operators run.
func (b *battery) build(ctx context.Context) error {
	b.tools = filepath.Join(b.work, "bin")
	cmd := exec.CommandContext(ctx, "go", "build", "-buildvcs=false", "-o", b.tools+"/", "./infra/recover", "./infra/exporter", "./infra/offline")
	cmd.Dir = b.root
	if said, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("building what operators run: %w\n%s", err, said)
	}
	return nil
}

// start brings a stack up in a folder that looks like the project, so that the
// operators' commands take it for the local stack.
func (b *battery) start(ctx context.Context, name string) (*stack.Stack, error) {
	home := b.home(name)
	if err := os.MkdirAll(filepath.Join(home, "build", "local"), 0o700); err != nil {
		return nil, fmt.Errorf("making a folder: %w", err)
	}
	for _, shared := range []string{"go.mod", "infra"} {
		if err := os.Symlink(filepath.Join(b.root, shared), filepath.Join(home, shared)); err != nil {
			return nil, fmt.Errorf("making a folder: %w", err)
		}
	}
	s, err := stack.Start(ctx, stack.Options{Dir: filepath.Join(home, "build", "local"), Progress: b.out})
	if err != nil {
		return nil, fmt.Errorf("starting stack %s: %w", name, err)
	}
	return s, nil
}

func (b *battery) home(name string) string { return filepath.Join(b.work, name) }

// operate runs a command as an operator of a stack does.
func (b *battery) operate(ctx context.Context, home, tool string, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, filepath.Join(b.tools, tool), args...)
	cmd.Dir = b.home(home)
	said, err := cmd.CombinedOutput()
	for line := range strings.Lines(string(said)) {
		fmt.Fprint(b.out, "    ", line)
	}
	return string(said), err
}

// must is operate for what has to go well.
func (b *battery) must(ctx context.Context, home, tool string, args ...string) (string, error) {
	said, err := b.operate(ctx, home, tool, args...)
	if err != nil {
		err = fmt.Errorf("%s %s: %w", tool, strings.Join(args, " "), err)
	}
	return said, err
}

// eventually waits for something; it says what was missing last.
func eventually(ctx context.Context, what string, patience time.Duration, try func() (missing string, err error)) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for {
		missing, err := try()
		if err == nil && missing == "" {
			return nil
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return errors.Join(fmt.Errorf("waiting for %s: %s", what, missing), err)
		}
	}
}
