// Command doctor looks whether this machine, the configuration and the AWS account
// have what the stack needs, and says what to do where they have not. It changes
// nothing.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"

	"resonanz/infra/configure"
	"resonanz/infra/local/toolchain"
)

const usage = `usage: make doctor [STAGE=dev] [OFFLINE=1]
which runs: go run ./infra/doctor [--stage dev] [--offline]

  --stage     whose configuration and deployed stack are looked at (default dev)
  --offline   this machine and the configuration only: nothing is asked over the network
  --in FILE   the configuration (default infra/feedback.yaml)`

// Exit statuses beside 0.
const (
	foundBad   = 1
	wrongUsage = 2
)

// patience bounds everything that is asked over the network.
const patience = time.Minute

// order is one command line.
type order struct {
	stage, in string
	offline   bool
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	status := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(status)
}

func run(ctx context.Context, args []string, out, wrong io.Writer) int {
	o := order{}
	f := flag.NewFlagSet("doctor", flag.ContinueOnError)
	f.SetOutput(io.Discard)
	f.StringVar(&o.stage, "stage", configure.Dev, "")
	f.BoolVar(&o.offline, "offline", false, "")
	f.StringVar(&o.in, "in", "", "")
	if err := f.Parse(args); err != nil || f.NArg() > 0 {
		fmt.Fprintln(wrong, errors.Join(err, errors.New(usage)))
		return wrongUsage
	}
	sections, err := o.look(ctx)
	if err != nil {
		fmt.Fprintln(wrong, "error:", err)
		return foundBad
	}
	if print(out, sections) {
		return foundBad
	}
	return 0
}

// look looks at everything in the order in which it is needed.
func (o order) look(ctx context.Context) ([]section, error) {
	wd, err := os.Getwd()
	if err != nil {
		return nil, fmt.Errorf("finding the project: %w", err)
	}
	root, err := toolchain.Root(wd)
	if err != nil {
		return nil, err
	}
	name := o.in
	if name == "" {
		name = "infra/feedback.yaml"
		o.in = filepath.Join(root, filepath.FromSlash(name))
	}
	cfg, lines := configuration(o.in, name, o.stage)
	found := []section{
		{"this machine", machine(ctx, root)},
		{"configuration, " + name + ", stage " + o.stage, lines},
	}
	if o.offline || cfg == nil { // nothing in the account is looked for by a wrong configuration
		return found, nil
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	a, title, missing := connect(ctx, o.stage, cfg)
	if a == nil {
		return append(found, section{title, missing}), nil
	}
	return append(found, section{title, a.examine(ctx)}), nil
}
