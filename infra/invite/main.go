// Command invite sends a CSV of contacts of any length to the invitation
// interface: it checks all of it first, then issues the links, and writes them
// to another CSV. Running it again sends nothing twice.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"resonanz/infra/caller"
	"resonanz/infra/command"
	"resonanz/infra/configure"
	"resonanz/shared/config"
)

const usage = `usage: go run ./infra/invite --file contacts.csv [--out links.csv] [--stage prod] [--api https://…]

  --file  the contacts: comma separated, in UTF-8; the first line names the columns,
          touchpoint and channel at least, of: event_id, touchpoint, channel, language,
          segment, customer_key, consent, card, send, email, topic, contact_at, resolved,
          beyond_first_level
  --out   where the links are written (default: beside the contacts, as contacts.links.csv)
  --stage by whose configuration the contacts are checked (default dev), and whose deployed
          stack invites them: by your AWS credentials, which find it, and TOKEN
  --api   base address of the interface instead, with an access token of scope
          resonanz/invite in the environment variable TOKEN
  Without --stage and --api the local stack of make up invites them.

A row without event_id gets one made of its other cells: the same row again is no new
invitation, in this month and the next. Where a customer has several contacts, name them.`

// The ways in which a run fails.
var (
	errUsage   = command.ErrUsage
	errInvalid = errors.New("nothing was sent")
	errPartial = errors.New("not everything was sent: run the same command again, nothing is sent twice")
)

func main() {
	command.Main(usage, func(ctx context.Context, args []string, out io.Writer) error {
		return run(ctx, args, os.Getenv("TOKEN"), out)
	})
}

// order is one command line, read and checked.
type order struct {
	file, out, api, stage string
}

// read reads a command line, without the program's name. Errors: errUsage.
func read(args []string, token string) (order, error) {
	var o order
	f := flag.NewFlagSet("invite", flag.ContinueOnError)
	f.SetOutput(io.Discard)
	f.StringVar(&o.file, "file", "", "")
	f.StringVar(&o.out, "out", "", "")
	f.StringVar(&o.api, "api", "", "")
	f.StringVar(&o.stage, "stage", "", "")
	if err := f.Parse(args); err != nil {
		return o, fmt.Errorf("%w: %w", errUsage, err)
	}
	if o.out == "" {
		o.out = strings.TrimSuffix(o.file, filepath.Ext(o.file)) + ".links.csv"
	}
	switch {
	case f.NArg() > 0:
		return o, fmt.Errorf("%w: %s", errUsage, strings.Join(f.Args(), " "))
	case o.file == "":
		return o, fmt.Errorf("%w: name the contacts: --file contacts.csv", errUsage)
	case filepath.Clean(o.out) == filepath.Clean(o.file):
		return o, fmt.Errorf("%w: --out would overwrite the contacts", errUsage)
	case o.stage != "" && token == "":
		return o, fmt.Errorf("%w: --stage needs an access token in the environment variable TOKEN", errUsage)
	case o.api != "" && token == "":
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
	connect := func() (*caller.Caller, error) {
		return caller.To(ctx, caller.Place{API: o.api, Stage: o.stage, Token: token}, "invite")
	}
	return invite(ctx, cfg, connect, o.file, o.out, time.Now(), out)
}

// invite checks the contacts, then sends them: what is wrong with them at the instant
// now is wrong for the whole run.
func invite(ctx context.Context, cfg *config.Config, connect func() (*caller.Caller, error), file, links string, now time.Time, out io.Writer) error {
	rows, err := check(cfg, file, now, out)
	if err != nil {
		return err
	}
	p, err := connect()
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "%s: %s without an error; sending to %s\n", filepath.Base(file), countOf(rows, "row"), p.Base)
	return send(ctx, cfg, p, file, links, rows, now, out)
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
