// Chaos breaks the deployed stack in every way that its calls to AWS can fail,
// and looks at what is left. `make chaos` runs it; README.md says what it does
// and how to read it.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"

	"resonanz/infra/fault"
)

// options are those of the command line.
type options struct {
	seed  uint64
	runs  int
	only  string
	short bool
	sweep bool
}

func main() {
	var o options
	flag.Uint64Var(&o.seed, "seed", 1, "what the random rounds and the order of the sweep follow from")
	flag.IntVar(&o.runs, "runs", 20, "random rounds")
	flag.StringVar(&o.only, "only", "", "the function whose calls fail; empty: all of them")
	flag.BoolVar(&o.short, "short", false, "as much as fits two minutes")
	flag.BoolVar(&o.sweep, "sweep", true, "kill each function at each of its calls")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	err := run(ctx, os.Stdout, o)
	switch {
	case errors.Is(err, errBroken):
		os.Exit(1)
	case err != nil:
		fmt.Fprintln(os.Stderr, "chaos:", err)
		os.Exit(2)
	}
}

// errBroken says that a promise was broken; the summary says which.
var errBroken = errors.New("a promise was broken")

// shortFor bounds the rounds of a short run: one that is begun is ended.
const shortFor = 45 * time.Second

func run(ctx context.Context, out io.Writer, o options) (err error) {
	began := time.Now()
	if o.sweep && !fault.CanKill {
		fmt.Fprintln(out, "processes are killed on Linux only: there is no sweep here")
		o.sweep = false
	}
	r, err := newRig(ctx, os.Stderr)
	if err != nil {
		return fmt.Errorf("starting the stack: %w", err)
	}
	defer func() { err = errors.Join(err, r.close()) }()
	b := &battery{rig: r, script: newScript(r.proxy), owed: newOwed(), windows: make(map[string]int)}
	sum := newSummary(o)
	failed := b.rounds(ctx, out, o, sum)
	sum.print(out, time.Since(began))
	if failed == nil && sum.broken > 0 {
		failed = errBroken
	}
	return failed
}

// rounds are those of a run, told as they end. Whoever interrupts them gets the
// summary of those that did.
func (b *battery) rounds(ctx context.Context, out io.Writer, o options, sum *summary) error {
	ready := time.Now()
	late := func() bool { return o.short && time.Since(ready) > shortFor }

	clean, err := b.round(ctx, nothing)
	if err != nil {
		return err
	}
	sum.add(out, "clean", clean)
	if o.sweep {
		s := newSweep(o, clean.seen)
		sum.sweep = s
		for n := 1; !late() || n == 1; n++ {
			targets := s.next()
			if len(targets) == 0 {
				break
			}
			res, err := b.round(ctx, exactly(targets))
			if err != nil {
				return err
			}
			s.done(targets, res)
			sum.add(out, fmt.Sprintf("sweep %d", n), res)
			for _, t := range targets {
				if len(res.breaches) > 0 {
					fmt.Fprintln(out, "    planned:", t)
				}
			}
		}
	}
	for n := range o.runs {
		if late() && n > 0 {
			break
		}
		res, err := b.round(ctx, random(o.seed, n, o.only))
		if err != nil {
			return err
		}
		sum.add(out, fmt.Sprintf("random %d", n+1), res)
	}
	return nil
}
