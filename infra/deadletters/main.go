// Command deadletters shows what the stack has put aside and why, and sends it
// back once the cause is mended.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"strings"

	"resonanz/infra/command"
)

const usage = `usage: make dlq [QUEUE=name] [ONLY=id] [MAX=n] [REDRIVE=1 | DROP=1] [LOCAL=1 | STAGE=dev]
which runs: go run ./infra/deadletters [command] [--stage dev | --local]

  list      what lies in the dead-letter queues, and why (the default)
            --queue NAME  only this one
            --max N       at most N of each queue (default 10)
            --bodies      with the whole messages
  redrive   send dead letters back to where they came from
            --queue NAME  of this queue
            --only ID     only this message
            --max N       at most N in one run (default 1000)
  drop      delete one dead letter for good
            --queue NAME --only ID --yes

  --stage   the deployed stack Resonanz-<stage>, by your AWS credentials (default dev)
  --local   the local stack of make up

queues: ` + "%s"

// errUsage says that the arguments, not the stack, are wrong.
var errUsage = command.ErrUsage

// What may be done.
const (
	list    = "list"
	redrive = "redrive"
	drop    = "drop"
)

// How many letters one run looks at, unless told otherwise.
const (
	listed   = 10
	redriven = 1000
)

// order is one command line, read and checked.
type order struct {
	command string
	stage   string
	local   bool
	queue   string // empty: all of them
	only    string // message id; empty: all of them
	max     int
	bodies  bool
}

func main() { command.Main(fmt.Sprintf(usage, strings.Join(queueNames(), ", ")), run) }

func run(ctx context.Context, args []string, out io.Writer) error {
	o, err := read(args)
	if err != nil {
		return err
	}
	f, title, err := open(ctx, o.local, o.stage)
	if err != nil {
		return err
	}
	fmt.Fprintln(out, title)
	return f.carryOut(ctx, o, out)
}

// read reads a command line, without the program's name. Errors: errUsage.
func read(args []string) (order, error) {
	o := order{command: list}
	if len(args) > 0 && !strings.HasPrefix(args[0], "-") {
		o.command, args = args[0], args[1:]
	}
	most := redriven
	switch o.command {
	case list:
		most = listed
	case redrive, drop:
	default:
		return o, fmt.Errorf("%w: no command %q", errUsage, o.command)
	}
	f := flag.NewFlagSet(o.command, flag.ContinueOnError)
	f.SetOutput(io.Discard)
	f.StringVar(&o.stage, "stage", "dev", "")
	f.BoolVar(&o.local, "local", false, "")
	f.StringVar(&o.queue, "queue", "", "")
	f.IntVar(&o.max, "max", most, "")
	f.StringVar(&o.only, "only", "", "")
	f.BoolVar(&o.bodies, "bodies", false, "")
	yes := f.Bool("yes", false, "")
	if err := f.Parse(args); err != nil {
		return o, fmt.Errorf("%w of %s: %w", errUsage, o.command, err)
	}
	wrong := func(what string) (order, error) {
		return o, fmt.Errorf("%w of %s: %s", errUsage, o.command, what)
	}
	switch {
	case f.NArg() > 0:
		return wrong(strings.Join(f.Args(), " "))
	case o.max < 1:
		return wrong("--max must be 1 or more")
	case o.queue != "" && !known(o.queue):
		return wrong(fmt.Sprintf("no queue %q: there are %s", o.queue, strings.Join(queueNames(), ", ")))
	case o.command != list && o.queue == "":
		return wrong("name the queue (QUEUE=name, --queue name): " + strings.Join(queueNames(), ", "))
	case o.command == list && (o.only != "" || *yes):
		return wrong("one message (ONLY, --only) is sent back (REDRIVE=1, redrive) or dropped (DROP=1, drop): say which")
	case o.command == drop && o.only == "":
		return wrong("name the message (ONLY=id, --only id)")
	case o.command == drop && !*yes:
		return wrong("a dropped message is gone: say --yes")
	}
	return o, nil
}
