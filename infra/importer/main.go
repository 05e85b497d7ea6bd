// Command importer brings in what was collected elsewhere before: past ratings and
// complaints from a CSV, from Qualtrics or from Zendesk. It checks the whole file
// first, then sends it to the JSON interface as imported events: they count in
// their own months, and no case, no mail and no escalation comes of them. Running
// it again stores nothing twice.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"resonanz/infra/caller"
	"resonanz/infra/command"
	"resonanz/infra/configure"
	"resonanz/shared/config"
)

const usage = `usage: go run ./infra/importer file --file past.csv [--format csv|qualtrics|zendesk] [--map map.yaml] [--dry] [--stage prod] [--api https://…]
       go run ./infra/importer seed [--months 6] [--n 200] [--seed 1] [--stage dev] [--dry]

  file      ratings and complaints of the past; README.md beside this program tells the formats
  --format  csv (the default), qualtrics or zendesk
  --map     which columns mean what, where they do not say it themselves
  --dry     check only
  --stage   by whose configuration the file is checked (default dev), and into whose
            deployed stack it goes: by your AWS credentials, which find it, and TOKEN
  --api     base address of the interface instead, with an access token of scope
            resonanz/intake in the environment variable TOKEN
  Without --stage and --api it goes into the local stack of make up.

  seed      plainly synthetic past months: into the local stack, or with --stage into a
            deployed one that does not keep its data, by your AWS credentials and TOKEN`

// The ways in which a run fails.
var (
	errUsage   = command.ErrUsage
	errInvalid = errors.New("nothing was sent")
	errPartial = errors.New("not everything was sent: run the same command again, nothing is stored twice")
	errRefused = errors.New("some rows were refused")
)

func main() {
	command.Main(usage, func(ctx context.Context, args []string, out io.Writer) error {
		return run(ctx, args, os.Getenv("TOKEN"), out)
	})
}

// order is one command line, read and checked.
type order struct {
	command            string
	file, format, maps string
	api, stage         string
	dry                bool
	months, n          int
	seed               uint64
}

// The commands.
const (
	fromFile = "file"
	fromSeed = "seed"
)

// read reads a command line, without the program's name. Errors: errUsage.
func read(args []string, token string) (order, error) {
	o := order{}
	if len(args) > 0 && !strings.HasPrefix(args[0], "-") {
		o.command, args = args[0], args[1:]
	}
	f := flag.NewFlagSet("importer", flag.ContinueOnError)
	f.SetOutput(io.Discard)
	f.BoolVar(&o.dry, "dry", false, "")
	switch o.command {
	case fromFile:
		f.StringVar(&o.file, "file", "", "")
		f.StringVar(&o.format, "format", "csv", "")
		f.StringVar(&o.maps, "map", "", "")
		f.StringVar(&o.api, "api", "", "")
		f.StringVar(&o.stage, "stage", "", "")
	case fromSeed:
		f.IntVar(&o.months, "months", 6, "")
		f.IntVar(&o.n, "n", 200, "")
		f.Uint64Var(&o.seed, "seed", 1, "")
		f.StringVar(&o.stage, "stage", "", "")
	default:
		return o, fmt.Errorf("%w: name what to do: file or seed", errUsage)
	}
	if err := f.Parse(args); err != nil {
		return o, fmt.Errorf("%w: %w", errUsage, err)
	}
	switch {
	case f.NArg() > 0:
		return o, fmt.Errorf("%w: %s", errUsage, strings.Join(f.Args(), " "))
	case o.command == fromSeed && (o.months < 1 || o.months > 60 || o.n < 1 || o.n > 20_000):
		return o, fmt.Errorf("%w: --months is 1 to 60 and --n, ratings in each of them, 1 to 20000", errUsage)
	case o.stage != "" && token == "" && !o.dry:
		return o, fmt.Errorf("%w: --stage needs an access token in the environment variable TOKEN", errUsage)
	case o.command == fromSeed:
		return o, nil
	case o.file == "":
		return o, fmt.Errorf("%w: name the file: --file past.csv", errUsage)
	case !slices.Contains(formats, o.format):
		return o, fmt.Errorf("%w: --format is one of %s", errUsage, strings.Join(formats, ", "))
	case o.api != "" && token == "" && !o.dry:
		return o, fmt.Errorf("%w: --api needs an access token in the environment variable TOKEN", errUsage)
	case o.api != "" && !caller.Safe(o.api):
		return o, fmt.Errorf("%w: --api must be an https address (http on this machine only)", errUsage)
	}
	return o, nil
}

func run(ctx context.Context, args []string, token string, out io.Writer) error {
	o, err := read(args, token)
	if err != nil {
		return err
	}
	stage := o.stage
	if stage == "" {
		stage = configure.Dev
	}
	cfg, err := configure.LoadStage(filepath.Join("infra", "feedback.yaml"), stage)
	if err != nil {
		return err
	}
	if o.command == fromSeed {
		return sow(ctx, cfg, o, token, out)
	}
	connect := func() (*caller.Caller, error) {
		return caller.To(ctx, caller.Place{API: o.api, Stage: o.stage, Token: token}, "intake")
	}
	return bring(ctx, cfg, o, connect, time.Now(), out)
}

// bring checks a file, then sends it.
func bring(ctx context.Context, cfg *config.Config, o order, connect func() (*caller.Caller, error), now time.Time, out io.Writer) error {
	m, err := readMapping(o.maps)
	if err != nil {
		return err
	}
	again := func() (*reading, error) { return open(cfg, o.file, o.format, m, now) }
	n, err := check(again, filepath.Base(o.file), out)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "%s: %s without an error%s\n", filepath.Base(o.file), countOf(n.events, "event")+n.months(), n.leftOut())
	if o.dry {
		return nil
	}
	p, err := connect()
	if err != nil {
		return err
	}
	return send(ctx, p, again, n, out)
}

// countOf is "1 row" or "100,000 rows".
func countOf(n int, what string) string {
	if n != 1 {
		what += "s"
	}
	return thousands(n) + " " + what
}

func thousands(n int) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}
