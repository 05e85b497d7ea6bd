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
	"math/rand/v2"
	"net/http"
	"net/url"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"resonanz/infra/configure"
	"resonanz/infra/local/stack"
	"resonanz/shared/config"
)

const usage = `usage: go run ./infra/invite --file contacts.csv [--out links.csv] [--api https://…]

  --file  the contacts: comma separated, in UTF-8; the first line names the columns,
          touchpoint and channel at least, of: event_id, touchpoint, channel, language,
          segment, customer_key, consent, card, send, email
  --out   where the links are written (default: beside the contacts, as contacts.links.csv)
  --api   base address of the interface, with an access token of scope resonanz/invite
          in the environment variable TOKEN (default: the local stack of make up)

A row without event_id gets one made of its other cells: the same row again is no new
invitation, in this month and the next. Where a customer has several contacts, name them.`

// The ways in which a run fails.
var (
	errUsage   = errors.New("wrong arguments")
	errInvalid = errors.New("nothing was sent")
	errPartial = errors.New("not everything was sent: run the same command again, nothing is sent twice")
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:], os.Getenv("TOKEN"), os.Stdout)
	stop()
	switch {
	case err == nil:
	case errors.Is(err, errUsage):
		fmt.Fprintln(os.Stderr, err)
		fmt.Fprintln(os.Stderr, usage)
		os.Exit(2)
	default:
		fmt.Fprintln(os.Stderr, "error:", err)
		os.Exit(1)
	}
}

// order is one command line, read and checked.
type order struct {
	file, out, api string
}

// read reads a command line, without the program's name. Errors: errUsage.
func read(args []string, token string) (order, error) {
	var o order
	f := flag.NewFlagSet("invite", flag.ContinueOnError)
	f.SetOutput(io.Discard)
	f.StringVar(&o.file, "file", "", "")
	f.StringVar(&o.out, "out", "", "")
	f.StringVar(&o.api, "api", "", "")
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
	case o.api != "" && token == "":
		return o, fmt.Errorf("%w: --api needs an access token in the environment variable TOKEN", errUsage)
	case o.api != "" && !safe(o.api):
		return o, fmt.Errorf("%w: --api must be an https address (http on this machine only)", errUsage)
	}
	return o, nil
}

// safe reports whether a token can be sent to an address.
func safe(address string) bool {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return false
	}
	host := u.Hostname()
	here := host == "localhost" || host == "127.0.0.1" || host == "::1" || strings.HasSuffix(host, ".localhost")
	return u.Scheme == "https" || u.Scheme == "http" && here
}

func run(ctx context.Context, args []string, token string, out io.Writer) error {
	o, err := read(args, token)
	if err != nil {
		return err
	}
	cfg, err := configure.Load(filepath.Join("infra", "feedback.yaml"))
	if err != nil {
		return err
	}
	return invite(ctx, cfg, func() (*post, error) { return connect(o.api, token) }, o.file, o.out, out)
}

// connect prepares to speak to the interface at an address, with an access
// token; without an address to that of the local stack.
func connect(api, token string) (*post, error) {
	p := &post{
		client: &http.Client{Timeout: time.Minute, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }},
		base:   strings.TrimRight(api, "/"),
		token:  func(context.Context) (string, error) { return token, nil },
		wait:   wait,
		jitter: rand.Float64,
		now:    time.Now,
	}
	if api == "" {
		local, err := stack.ReadOutputs(filepath.Join("build", "local"))
		if err != nil {
			return nil, err
		}
		p.base = local.PublicURL
		p.token = func(ctx context.Context) (string, error) { return local.Token(ctx, "invite") }
	}
	return p, nil
}

// invite checks the contacts, then sends them.
func invite(ctx context.Context, cfg *config.Config, connect func() (*post, error), file, links string, out io.Writer) error {
	rows, err := check(cfg, file, out)
	if err != nil {
		return err
	}
	p, err := connect()
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "%s: %s without an error; sending to %s\n", filepath.Base(file), countOf(rows, "row"), p.base)
	return send(ctx, cfg, p, file, links, rows, out)
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

// wait waits for d, or until ctx ends.
func wait(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
