// Command recover is for the day when the worst happened: it makes facts again from
// the table, brings a backup into the table of a new stack, sends again what a
// window of time had to set off, and carries secrets from one stack to another.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"strings"
	"time"

	"resonanz/infra/command"
	"resonanz/infra/configure"
	"resonanz/shared/period"
)

const usage = `usage: make rebuild [PERIOD=2026-03] [OUT=folder]   [STAGE=dev | LOCAL=1]
       make restore FROM=folder|table:NAME           [STAGE=dev | LOCAL=1]
       make replay SINCE=24h [TO="escalation mail"]  [STAGE=dev | LOCAL=1]
       make secrets OUT=file | FROM=file             [STAGE=dev | LOCAL=1]
which run: go run ./infra/recover rebuild|restore|replay|secrets …

  rebuild   facts of a month, or of all months, from the table, into the bucket or a folder
    --period   one month only
    --out      a folder for the facts instead of the stack's bucket

  restore   every item of a backup into the table of a new stack, and its files
    --from        a folder of make export, a folder of DynamoDB's own export to S3,
                  or table:NAME, such as one that point-in-time recovery made
    --bucket      the old bucket of facts and reports, where it is left: its reports and erasures
    --attachments the old bucket of attachments, where it is left
    --replay      set off again what was stored in this time before the backup (default 24h; 0: nothing)
    --fill        into a table that is in use: only what is missing is written

  replay    what was stored since then goes to the queues again; who has done it knows
    --since       a time (RFC 3339), or how long ago: 24h
    --until       default: now
    --to          some of: escalation reporting notify mail (default: all)

  secrets   the keys of links, devices and webhooks, so that what one stack signed another believes
    --out / --from   a file; keep it as you keep passwords

  --stage   the deployed stack Resonanz-<stage>, by your AWS credentials (default dev)
  --local   the local stack of make up`

var errUsage = command.ErrUsage

func main() { command.Main(usage, run) }

// flags are those of all commands.
type flags struct {
	*flag.FlagSet
	stage *string
	local *bool
}

func newFlags(name string) flags {
	f := flags{FlagSet: flag.NewFlagSet(name, flag.ContinueOnError)}
	f.SetOutput(io.Discard)
	f.stage, f.local = f.String("stage", configure.Dev, ""), f.Bool("local", false, "")
	return f
}

func (f flags) read(args []string) error {
	if err := f.Parse(args); err != nil {
		return fmt.Errorf("%w: %w", errUsage, err)
	}
	if f.NArg() > 0 {
		return fmt.Errorf("%w: %s", errUsage, strings.Join(f.Args(), " "))
	}
	return nil
}

func run(ctx context.Context, args []string, out io.Writer) error {
	if len(args) == 0 {
		return fmt.Errorf("%w: say what: rebuild, restore, replay or secrets", errUsage)
	}
	switch args[0] {
	case "rebuild":
		return runRebuild(ctx, args[1:], out)
	case "restore":
		return runRestore(ctx, args[1:], out)
	case "replay":
		return runReplay(ctx, args[1:], out)
	case "secrets":
		return runSecrets(ctx, args[1:], out)
	}
	return fmt.Errorf("%w: there is no %q", errUsage, args[0])
}

func runRebuild(ctx context.Context, args []string, out io.Writer) error {
	f := newFlags("rebuild")
	month, folder := f.String("period", "", ""), f.String("out", "", "")
	if err := f.read(args); err != nil {
		return err
	}
	var only period.Period
	if *month != "" {
		var err error
		if only, err = period.Parse(*month); err != nil {
			return fmt.Errorf("%w: --period: %w", errUsage, err)
		}
	}
	p, err := find(ctx, *f.local, *f.stage)
	if err != nil {
		return err
	}
	return rebuild(ctx, p, only, *folder, out)
}

func runRestore(ctx context.Context, args []string, out io.Writer) error {
	f := newFlags("restore")
	from, bucket, attachments := f.String("from", "", ""), f.String("bucket", "", ""), f.String("attachments", "", "")
	again, fill := f.Duration("replay", 24*time.Hour, ""), f.Bool("fill", false, "")
	if err := f.read(args); err != nil {
		return err
	}
	if *from == "" || *again < 0 {
		return fmt.Errorf("%w: name what to restore: --from backup, or --from table:NAME", errUsage)
	}
	p, err := find(ctx, *f.local, *f.stage)
	if err != nil {
		return err
	}
	b, err := open(*from, p.items)
	if err != nil {
		return err
	}
	b.buckets = map[kind]string{factsBucket: *bucket, filesBucket: *attachments}
	return restore(ctx, restoring{backup: b, into: p, replay: *again, fill: *fill, now: time.Now}, out)
}

func runReplay(ctx context.Context, args []string, out io.Writer) error {
	f := newFlags("replay")
	since, until, to := f.String("since", "", ""), f.String("until", "", ""), f.String("to", "", "")
	if err := f.read(args); err != nil {
		return err
	}
	now := time.Now()
	w := window{until: now}
	var err error
	if w.since, err = moment(*since, now); err != nil {
		return fmt.Errorf("%w: --since: %w", errUsage, err)
	}
	if *until != "" {
		if w.until, err = moment(*until, now); err != nil {
			return fmt.Errorf("%w: --until: %w", errUsage, err)
		}
	}
	if w.to, err = targets(*to); err != nil {
		return fmt.Errorf("%w: --to: %w", errUsage, err)
	}
	p, err := find(ctx, *f.local, *f.stage)
	if err != nil {
		return err
	}
	return replay(ctx, p, w, out)
}

// moment is a time, or one that lies a duration before now.
func moment(s string, now time.Time) (time.Time, error) {
	if ago, err := time.ParseDuration(s); err == nil && ago >= 0 {
		return now.Add(-ago), nil
	}
	at, err := time.Parse(time.RFC3339, s)
	if err != nil {
		return at, fmt.Errorf("%q is neither a time such as 2026-03-10T12:00:00Z nor a duration such as 24h", s)
	}
	return at, nil
}

func runSecrets(ctx context.Context, args []string, out io.Writer) error {
	f := newFlags("secrets")
	to, from := f.String("out", "", ""), f.String("from", "", "")
	if err := f.read(args); err != nil {
		return err
	}
	if (*to == "") == (*from == "") {
		return fmt.Errorf("%w: name one file: --out secrets.json, or --from secrets.json", errUsage)
	}
	p, err := find(ctx, *f.local, *f.stage)
	if err != nil {
		return err
	}
	if *to != "" {
		return keepSecrets(ctx, p, *to, out)
	}
	return putSecrets(ctx, p, *from, out)
}
