// Command load drives the function binaries as customers, kiosks, systems and staff
// would, and says how fast they answer and whether anything was lost.
package main

import (
	"context"
	"fmt"
	"io"

	"resonanz/infra/command"
)

const usage = `usage: make load [RATE=50] [CONCURRENCY=10] [SECONDS=60] [MIX=link:60,kiosk:20,card:8,complaint:2,desk:10]
       make soak [MINUTES=30] [RATE=20]`

var errUsage = command.ErrUsage

func main() { command.Main(usage, run) }

func run(_ context.Context, args []string, _ io.Writer) error {
	return fmt.Errorf("%w: %v", errUsage, args)
}
