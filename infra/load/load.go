package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"resonanz/infra/configure"
	"resonanz/infra/load/cloud"
	"resonanz/infra/load/traffic"
	"resonanz/infra/load/world"
	"resonanz/infra/local/stack"
)

const (
	share      = 0.7              // of what is possible: the rate where none is given
	aloneWaits = 60 * time.Second // for consumers to be done
	wholeWaits = 5 * time.Minute
)

// report is what a run measured, as JSON beside what it prints.
type report struct {
	Machine machine `json:"machine"`
	Commit  string  `json:"commit"`
	Seed    uint64  `json:"seed"`
	Mix     string  `json:"mix"`
	Runs    []*one  `json:"runs"`
}

// load measures the functions under our own invoker, then the stack on the emulator.
func load(ctx context.Context, o *options, out io.Writer) error {
	r := &report{Machine: thisMachine(), Commit: o.commit, Seed: o.seed, Mix: o.mix.String()}
	fmt.Fprintf(out, "commit %s, %s, seed %d\nmix %s\n", r.Commit, r.Machine, r.Seed, r.Mix)
	err := loadAlone(ctx, o, r, out)
	if err == nil && !o.alone && ctx.Err() == nil {
		err = loadWhole(ctx, o, r, out)
	}
	if o.out != "" {
		err = errors.Join(err, stack.WriteJSON(o.out, r))
		fmt.Fprintf(out, "\nas JSON: %s\n", o.out)
	}
	for _, run := range r.Runs {
		err = errors.Join(err, run.breach())
	}
	return err
}

func loadAlone(ctx context.Context, o *options, r *report, out io.Writer) (err error) {
	a, err := startAlone(ctx, o, os.TempDir())
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	run := &one{Where: "functions under an invoker with warm processes, AWS from memory with the latencies of delays.json", Concurrency: o.concurrency}
	r.Runs = append(r.Runs, run)
	rate := o.rate
	began := time.Now()
	l := newLoad(a, o)
	if rate == 0 {
		fmt.Fprintf(out, "\nhow much is possible: %d journeys at a time\n", 2*o.concurrency)
		run.Possible = l.Saturate(ctx, 2*o.concurrency, min(o.last/4, 15*time.Second))
		rate = share * run.Possible
		warm := l.Record
		l.Record = traffic.NewRecorder()
		l.Record.Continue(warm) // what was accepted so far is looked for, too
	}
	run.drive(ctx, l, rate, o.last)
	run.Functions = a.Fleet.Stats()
	run.Calls, run.UnknownCalls = a.Cloud.Calls(), a.Cloud.Unknown()
	if err := run.settle(ctx, a, l.Record, began, aloneWaits); err != nil {
		return err
	}
	run.Functions = a.Fleet.Stats()
	run.print(out)
	return nil
}

func loadWhole(ctx context.Context, o *options, r *report, out io.Writer) (err error) {
	if o.emulator == 0 {
		return nil
	}
	fmt.Fprintln(out)
	w, err := world.StartWhole(ctx, out)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, w.Close()) }()
	run := &one{Where: "the deployed stack on the emulator, end to end (an invocation takes about 0.1 s there, whatever the function does)"}
	r.Runs = append(r.Runs, run)
	began := time.Now()
	l := newLoad(w, o)
	run.drive(ctx, l, o.emulator, o.last)
	if err := run.settle(ctx, w, l.Record, began, wholeWaits); err != nil {
		return err
	}
	run.print(out)
	return nil
}

func startAlone(ctx context.Context, o *options, temp string) (*world.Alone, error) {
	cfg, err := configure.Load(filepath.Join("infra", "feedback.yaml"))
	if err != nil {
		return nil, err
	}
	delays, err := cloud.Published(o.seed)
	if err != nil {
		return nil, err
	}
	return world.StartAlone(ctx, world.AloneOptions{Dir: o.functions, Config: cfg, Concurrency: o.concurrency, Delays: delays, Temp: temp})
}

func newLoad(w world.World, o *options) *traffic.Load {
	v := w.View()
	return &traffic.Load{Client: w, Config: v.Config, Devices: v.Devices, Token: v.Token, Mix: o.mix, Seed: o.seed, Record: traffic.NewRecorder()}
}
