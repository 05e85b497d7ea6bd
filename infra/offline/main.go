// Command offline does without AWS what reporting does with it: it makes
// synthetic facts, builds a month's report from a folder of Parquet facts with
// the fold and the renderers of the report function, compacts such a folder,
// says what the columns are, and measures, also beside DuckDB.
//
//	go run ./infra/offline facts   --n 1000000 --period 2026-03 --seed 1 --out DIR
//	go run ./infra/offline report  --period 2026-03 --facts DIR --out DIR [--group ID] [--given inputs.json]
//	go run ./infra/offline compact --facts DIR
//	go run ./infra/offline schema
//	go run ./infra/offline bench   --period 2026-03 --facts DIR
//	go run ./infra/offline beside  --period 2026-03 --facts DIR --python PATH
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"runtime/debug"

	"resonanz/infra/configure"
	"resonanz/shared/config"
	"resonanz/shared/period"
)

// memory is how much of it this program wants to take before it looks for what it
// no longer needs as hard as it can: a little less than a report of ten million
// facts may take.
const memory = 1080 << 20

func main() {
	debug.SetMemoryLimit(memory)
	if err := run(os.Args[1:], os.Stdout); err != nil {
		if !errors.Is(err, flag.ErrHelp) {
			fmt.Fprintln(os.Stderr, "offline:", err)
		}
		os.Exit(1)
	}
}

// run carries out one command line, without the program's name.
func run(args []string, out io.Writer) error {
	const want = "say what to do: facts, report, compact, schema, bench or beside"
	if len(args) == 0 {
		return errors.New(want)
	}
	commands := map[string]func([]string, io.Writer) error{
		"facts": factsCommand, "report": reportCommand, "compact": compactCommand, "schema": schemaCommand,
		"bench": benchCommand, "beside": besideCommand,
	}
	command := commands[args[0]]
	if command == nil {
		return fmt.Errorf("%q: %s", args[0], want)
	}
	return command(args[1:], out)
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

// read reads the flags; every one named in required must be given.
func (o options) read(args []string, required ...string) error {
	if err := o.Parse(args); err != nil {
		return err
	}
	if o.NArg() > 0 {
		return fmt.Errorf("%q is no flag", o.Arg(0))
	}
	for _, name := range required {
		if o.Lookup(name).Value.String() == "" {
			return fmt.Errorf("--%s is missing", name)
		}
	}
	return nil
}

// parse reads the flags with the period, and the configuration.
func (o options) parse(args []string, required ...string) (period.Period, *config.Config, error) {
	if err := o.read(args, append([]string{"period"}, required...)...); err != nil {
		return period.Period{}, nil, err
	}
	p, err := period.Parse(*o.month)
	if err != nil {
		return p, nil, fmt.Errorf("--period: %w", err)
	}
	cfg, err := configure.Load(*o.configuration)
	return p, cfg, err
}
