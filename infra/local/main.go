// Command local is the local environment: the whole stack, deployed by the
// real CDK into an AWS emulator on this machine. `make help` lists the targets
// that call it.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"resonanz/infra/command"
	"resonanz/infra/local/emulator"
	"resonanz/infra/local/toolchain"
)

const usage = `usage: go run ./infra/local <command>

  up          deploy the stack to a local emulator; outputs in build/local/outputs.json
              --port N         of the emulator (or EMULATOR_PORT; default: a free one)
              --public-port N  of the customer pages (or PUBLIC_PORT; default: a free one)
  down        end the local emulator and everything it started
  demo        up, then a month of customers through the public endpoints
  token       a JWT for the local stack         --scope "invite reports"
  device-key  key and link of a device          --device kiosk-cologne-1
  invoke      one function binary, one payload  --fn rating --event events/samples/….json`

// verb runs with the environment's folder (build/local, absolute) and its
// own arguments.
type verb func(ctx context.Context, dir string, args []string, out io.Writer) error

var commands = map[string]verb{
	"up":         up,
	"down":       down,
	"token":      token,
	"device-key": deviceKey,
	"invoke":     invoke,
	"demo":       playDemo,
}

// errUsage says that the arguments, not the environment, are wrong.
var errUsage = command.ErrUsage

func main() { command.Main(usage, run) }

func run(ctx context.Context, args []string, out io.Writer) error {
	if len(args) == 0 {
		return fmt.Errorf("%w: name a command", errUsage)
	}
	if args[0] == "supervise" { // what `up` leaves running; it was told its folder
		return supervise(ctx, os.Getenv(emulator.Marker), args[1:], out)
	}
	cmd, ok := commands[args[0]]
	if !ok {
		return fmt.Errorf("%w: no command %q", errUsage, args[0])
	}
	wd, err := os.Getwd()
	if err != nil {
		return fmt.Errorf("finding the project: %w", err)
	}
	root, err := toolchain.Root(wd)
	if err != nil {
		return err
	}
	return cmd(ctx, filepath.Join(root, "build", "local"), args[1:], out)
}

// flags makes a flag set that reports errors instead of exiting.
func flags(name string) *flag.FlagSet {
	f := flag.NewFlagSet(name, flag.ContinueOnError)
	f.SetOutput(io.Discard)
	return f
}

func parse(f *flag.FlagSet, args []string) error {
	if err := f.Parse(args); err != nil {
		return fmt.Errorf("%w of %s: %w", errUsage, f.Name(), err)
	}
	if f.NArg() > 0 {
		return fmt.Errorf("%w of %s: %s", errUsage, f.Name(), strings.Join(f.Args(), " "))
	}
	return nil
}
