// Command offline does without AWS what reporting does with it: it makes
// synthetic facts, builds a month's report from a folder of Parquet facts with
// the fold and the renderers of the report function, and measures both.
//
//	go run ./infra/offline facts  --n 1000000 --period 2026-03 --seed 1 --out DIR
//	go run ./infra/offline report --period 2026-03 --facts DIR --out DIR
//	go run ./infra/offline bench  --period 2026-03 --facts DIR
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"

	"resonanz/infra/configure"
	"resonanz/shared/config"
	"resonanz/shared/period"
)

func main() {
	if err := run(os.Args[1:], os.Stdout); err != nil {
		if !errors.Is(err, flag.ErrHelp) {
			fmt.Fprintln(os.Stderr, "offline:", err)
		}
		os.Exit(1)
	}
}

// run carries out one command line, without the program's name.
func run(args []string, out io.Writer) error {
	if len(args) == 0 {
		return errors.New("say what to do: facts, report or bench")
	}
	switch args[0] {
	case "facts":
		return factsCommand(args[1:], out)
	case "report":
		return reportCommand(args[1:], out)
	case "bench":
		return benchCommand(args[1:], out)
	}
	return fmt.Errorf("%q: say what to do: facts, report or bench", args[0])
}

// options are the flags that every command knows.
type options struct {
	*flag.FlagSet
	month, configuration *string
}

func flags(name string) options {
	f := flag.NewFlagSet("offline "+name, flag.ContinueOnError)
	return options{f,
		f.String("period", "", "the month, such as 2026-03"),
		f.String("config", "infra/feedback.yaml", "the configuration"),
	}
}

// parse reads the flags; every one named in required must be given.
func (o options) parse(args []string, required ...string) (period.Period, *config.Config, error) {
	if err := o.Parse(args); err != nil {
		return period.Period{}, nil, err
	}
	if o.NArg() > 0 {
		return period.Period{}, nil, fmt.Errorf("%q is no flag", o.Arg(0))
	}
	for _, name := range append([]string{"period"}, required...) {
		if o.Lookup(name).Value.String() == "" {
			return period.Period{}, nil, fmt.Errorf("--%s is missing", name)
		}
	}
	p, err := period.Parse(*o.month)
	if err != nil {
		return p, nil, fmt.Errorf("--period: %w", err)
	}
	cfg, err := configure.Load(*o.configuration)
	return p, cfg, err
}
