package main

import (
	"flag"
	"fmt"
	"io"
	"path/filepath"
	"time"

	"resonanz/infra/load/traffic"
)

// options are what the command line says.
type options struct {
	functions   string // folder of their binaries
	rate        float64
	concurrency int
	last        time.Duration
	mix         traffic.Mix
	seed        uint64
	out         string
	alone       bool // without the emulator
	emulator    float64
	commit      string
}

func parse(command string, args []string) (*options, error) {
	f := flag.NewFlagSet(command, flag.ContinueOnError)
	f.SetOutput(io.Discard)
	o := new(options)
	f.StringVar(&o.functions, "functions", "", "")
	f.Float64Var(&o.rate, "rate", 0, "")
	f.IntVar(&o.concurrency, "concurrency", 10, "")
	f.Uint64Var(&o.seed, "seed", 1, "")
	f.StringVar(&o.out, "out", "", "")
	f.BoolVar(&o.alone, "alone", false, "")
	f.Float64Var(&o.emulator, "emulator-rate", 5, "")
	f.StringVar(&o.commit, "commit", "unknown", "")
	mix := f.String("mix", traffic.Usual, "")
	seconds, minutes := f.Float64("seconds", 60, ""), f.Float64("minutes", 30, "")
	if err := f.Parse(args); err != nil {
		return nil, fmt.Errorf("%w of %s: %w", errUsage, command, err)
	}
	o.last = time.Duration(*seconds * float64(time.Second))
	if command == "soak" {
		o.last = time.Duration(*minutes * float64(time.Minute))
	}
	var err error
	if o.functions != "" { // a function runs in its own folder
		if o.functions, err = filepath.Abs(o.functions); err != nil {
			return nil, err
		}
	}
	if o.mix, err = traffic.ParseMix(*mix); err != nil {
		return nil, fmt.Errorf("%w of %s: %w", errUsage, command, err)
	}
	switch {
	case o.functions == "":
		err = fmt.Errorf("%w of %s: --functions names the folder of the built functions", errUsage, command)
	case f.NArg() > 0:
		err = fmt.Errorf("%w of %s: %q is one too many", errUsage, command, f.Arg(0))
	case o.rate < 0 || o.emulator < 0 || o.concurrency < 1 || o.last <= 0:
		err = fmt.Errorf("%w of %s: rates, concurrency and duration are positive", errUsage, command)
	}
	return o, err
}
