// Command load drives the function binaries as customers, kiosks, systems and staff
// would, and says how fast they answer and whether anything was lost.
package main

import (
	"context"
	"fmt"
	"io"

	"resonanz/infra/command"
	"resonanz/infra/load/traffic"
)

const usage = `usage: make load [RATE=50] [CONCURRENCY=10] [SECONDS=60] [MIX=` + traffic.Usual + `] [SEED=1] [EMULATOR=5]
       make soak [MINUTES=30] [RATE=20] [CONCURRENCY=10] [SEED=1] [EMULATOR=2]
which run: go run ./infra/load load|soak --functions folder …

  --rate           journeys a second; load without it: 70 % of what is possible
  --concurrency    processes of each function at most
  --seconds, --minutes
  --mix            weights of the journeys
  --emulator-rate  journeys a second on the emulator; 0: without it
  --out            a file for the figures as JSON`

var errUsage = command.ErrUsage

func main() { command.Main(usage, run) }

func run(ctx context.Context, args []string, out io.Writer) error {
	if len(args) == 0 {
		return fmt.Errorf("%w: load or soak", errUsage)
	}
	verbs := map[string]func(context.Context, *options, io.Writer) error{"load": load, "soak": soak}
	do, ok := verbs[args[0]]
	if !ok {
		return fmt.Errorf("%w: %q is neither load nor soak", errUsage, args[0])
	}
	o, err := parse(args[0], args[1:])
	if err != nil {
		return err
	}
	return do(ctx, o, out)
}
