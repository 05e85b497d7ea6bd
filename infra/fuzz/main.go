// Command fuzz throws bytes at every reader of the project in turn: at each Fuzz
// function there is, for a while. It finds them by itself, so none is forgotten.
package main

import (
	"bufio"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"

	"resonanz/infra/command"
)

const usage = `usage: make fuzz [TIME=60s] [ONLY=FuzzName] [BESIDE=1]
which runs: go run ./infra/fuzz --time 60s [--only FuzzName] [--beside 1]

  --time    how long each is given
  --only    those whose name matches
  --beside  how many at a time; with more than one each has one worker
What breaks one is kept beside it in testdata/fuzz, and tried by every go test from then on.`

func main() { command.Main(usage, run) }

func run(ctx context.Context, args []string, out io.Writer) error {
	f := flag.NewFlagSet("fuzz", flag.ContinueOnError)
	f.SetOutput(io.Discard)
	each := f.Duration("time", time.Minute, "")
	only := f.String("only", "", "")
	beside := f.Int("beside", 1, "")
	if err := f.Parse(args); err != nil || f.NArg() > 0 || *each <= 0 || *beside < 1 {
		return fmt.Errorf("%w: say how long, such as TIME=60s, and how many beside each other, such as BESIDE=2", command.ErrUsage)
	}
	pattern, err := regexp.Compile(*only)
	if err != nil {
		return fmt.Errorf("%w: ONLY: %w", command.ErrUsage, err)
	}
	targets, err := find(ctx, pattern)
	if err != nil {
		return err
	}
	if len(targets) == 0 {
		return fmt.Errorf("%w: no Fuzz function is called %s", command.ErrUsage, *only)
	}
	fmt.Fprintf(out, "%-34s %-28s %12s %8s %8s\n", "reader", "of", "executions", "new", "seconds")
	broken := all(targets, *beside, func(t target) error {
		r, err := t.run(ctx, *each, *beside)
		line := fmt.Sprintf("%-34s %-28s %12d %8d %8.0f\n", t.name, strings.TrimPrefix(t.pkg, "./"), r.executions, r.interesting, r.took.Seconds())
		if err != nil {
			line += err.Error() + "\n"
			err = fmt.Errorf("%s of %s is broken", t.name, t.pkg)
		}
		_, _ = io.WriteString(out, line)
		return err
	})
	fmt.Fprintf(out, "%d readers, %d broken\n", len(targets), len(broken))
	return errors.Join(broken...)
}

// all runs targets, some beside each other, and returns what went wrong.
func all(targets []target, beside int, run func(target) error) (broken []error) {
	var wait sync.WaitGroup
	var lock sync.Mutex
	next := make(chan target)
	for range beside {
		wait.Go(func() {
			for t := range next {
				if err := run(t); err != nil {
					lock.Lock()
					broken = append(broken, err)
					lock.Unlock()
				}
			}
		})
	}
	for _, t := range targets {
		next <- t
	}
	close(next)
	wait.Wait()
	return broken
}

// target is one Fuzz function.
type target struct{ pkg, name string }

// find looks into the tests of the project as they lie there: compiling them all to
// ask them takes longer than most runs.
func find(ctx context.Context, only *regexp.Regexp) ([]target, error) {
	lines, err := exec.CommandContext(ctx, "git", "grep", "--untracked", "-E", "^func Fuzz", "--", "*_test.go").Output()
	if err != nil {
		return nil, fmt.Errorf("looking for Fuzz functions: %w", err)
	}
	return read(string(lines), only), nil
}

var declared = regexp.MustCompile(`^(.+)/[^/]+_test\.go:func (Fuzz\w*)\(`)

// read reads what git grep prints: file, colon, line.
func read(lines string, only *regexp.Regexp) (all []target) {
	for line := range strings.Lines(lines) {
		if m := declared.FindStringSubmatch(line); m != nil && only.MatchString(m[2]) {
			all = append(all, target{"./" + m[1], m[2]})
		}
	}
	return all
}

// result is what came of one.
type result struct {
	executions, interesting int
	took                    time.Duration
}

// progress is such as "fuzz: elapsed: 3s, execs: 9123 (3040/sec), new interesting: 4 (total: 40)".
var progress = regexp.MustCompile(`execs: (\d+).*new interesting: (\d+)`)

func (t target) run(ctx context.Context, each time.Duration, beside int) (result, error) {
	begun := time.Now()
	args := []string{"test", "-vet=off", "-run", "^$", "-fuzz", "^" + t.name + "$", "-fuzztime", each.String(), t.pkg}
	if beside > 1 {
		args = append(args, "-parallel", "1")
	}
	cmd := exec.CommandContext(ctx, "go", args...)
	pipe, err := cmd.StdoutPipe()
	if err != nil {
		return result{}, err
	}
	cmd.Stderr = cmd.Stdout
	if err := cmd.Start(); err != nil {
		return result{}, fmt.Errorf("fuzzing: %w", err)
	}
	var r result
	var said strings.Builder
	lines := bufio.NewScanner(pipe)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		if m := progress.FindStringSubmatch(lines.Text()); m != nil {
			r.executions, _ = strconv.Atoi(m[1])
			r.interesting, _ = strconv.Atoi(m[2])
			continue
		}
		said.WriteString(lines.Text() + "\n")
	}
	_, _ = io.Copy(io.Discard, pipe)
	err = cmd.Wait()
	r.took = time.Since(begun)
	if err != nil {
		return r, fmt.Errorf("%w\n%s", err, said.String())
	}
	if r.executions == 0 {
		return r, fmt.Errorf("nothing was run:\n%s", said.String())
	}
	return r, nil
}
