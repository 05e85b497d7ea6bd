// Command staff enters people who may sign in at the desk, changes what they may
// do, and removes them: users of the stack's own pool. With an issuer of one's own
// (oidc.issuer) people are kept there.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"strings"

	"resonanz/infra/command"
	"resonanz/infra/staff/roster"
)

const usage = `usage: make staff [EMAIL=anna@example.com CODE=a.k ROLES="cases reports"] [REMOVE=1] [LOCAL=1 | STAGE=dev]
which runs: go run ./infra/staff [--stage dev | --local]

  without --email   lists who may sign in
  --email ADDRESS   whom to enter or change; in the cloud the pool writes to who is new
  --code CODE       what the person's deeds are recorded under: a short code, no name
  --roles "A B"     what the person may do, of: %s
  --remove          the person may sign in no longer
  --stage NAME      the deployed stack Resonanz-<stage>, by your AWS credentials (default dev)
  --local           the local stack of make up, where a password is made and printed`

// errUsage says that the arguments, not the stack, are wrong.
var errUsage = command.ErrUsage

// order is one command line, read and checked.
type order struct {
	stage  string
	local  bool
	remove bool
	person roster.Person
}

func main() { command.Main(fmt.Sprintf(usage, strings.Join(roster.Roles, ", ")), run) }

func run(ctx context.Context, args []string, out io.Writer) error {
	o, err := read(args)
	if err != nil {
		return err
	}
	at, err := open(ctx, o)
	if err != nil {
		return err
	}
	return o.carryOut(ctx, at, out)
}

func read(args []string) (order, error) {
	var o order
	var roles string
	f := flag.NewFlagSet("staff", flag.ContinueOnError)
	f.SetOutput(io.Discard)
	f.StringVar(&o.stage, "stage", "dev", "")
	f.BoolVar(&o.local, "local", false, "")
	f.BoolVar(&o.remove, "remove", false, "")
	f.StringVar(&o.person.Email, "email", "", "")
	f.StringVar(&o.person.Code, "code", "", "")
	f.StringVar(&roles, "roles", "", "")
	if err := f.Parse(args); err != nil {
		return o, fmt.Errorf("%w: %w", errUsage, err)
	}
	o.person.Roles = strings.FieldsFunc(roles, func(r rune) bool { return r == ' ' || r == ',' })
	switch p := o.person; {
	case f.NArg() > 0:
		return o, fmt.Errorf("%w: %q", errUsage, f.Args())
	case p.Email == "" && (p.Code != "" || roles != "" || o.remove):
		return o, fmt.Errorf("%w: whose? Name the address: EMAIL=anna@example.com", errUsage)
	case o.remove && (p.Code != "" || roles != ""):
		return o, fmt.Errorf("%w: who is removed has neither code nor roles", errUsage)
	}
	return o, nil
}

// carryOut does what o says and tells it.
func (o order) carryOut(ctx context.Context, at place, out io.Writer) error {
	switch {
	case o.person.Email == "":
		return list(ctx, at, out)
	case o.remove:
		if err := at.Remove(ctx, o.person.Email); err != nil {
			return fmt.Errorf("removing %s: %w", o.person.Email, err)
		}
		_, err := fmt.Fprintln(out, "removed; whoever is signed in stays so until the token ends, an hour at most")
		return err
	default:
		return o.enter(ctx, at, out)
	}
}

func (o order) enter(ctx context.Context, at place, out io.Writer) error {
	p := o.person
	if len(p.Roles) == 0 { // the roles stay
		people, err := at.List(ctx)
		if err != nil {
			return err
		}
		for i := range people {
			if strings.EqualFold(people[i].Email, p.Email) {
				p.Roles = people[i].Roles
			}
		}
		if len(p.Roles) == 0 {
			return fmt.Errorf(`%w: what may %s do? ROLES="cases reports", of: %s`, errUsage, p.Email, strings.Join(roster.Roles, ", "))
		}
	}
	done, err := at.Enter(ctx, p, o.local)
	if err != nil {
		return fmt.Errorf("entering %s: %w", p.Email, err)
	}
	said := []string{"nothing to change"}
	switch {
	case done.Created && !o.local:
		said = []string{"entered; an invitation with a password for the first time is on its way by mail"}
	case done.Created:
		said = []string{"entered"}
	case len(done.Given)+len(done.Taken) > 0 || p.Code != "":
		said = []string{"as wanted"}
	}
	if len(done.Given) > 0 {
		said = append(said, "may now: "+strings.Join(done.Given, ", "))
	}
	if len(done.Taken) > 0 {
		said = append(said, "may no longer: "+strings.Join(done.Taken, ", ")+" (until the token ends, an hour at most)")
	}
	if p.Code == "" && done.Created {
		said = append(said, "without CODE= timelines show the pool's own id")
	}
	if o.local {
		password := roster.Password()
		if err := at.SetPassword(ctx, p.Email, password); err != nil {
			return err
		}
		said = append(said, "password "+password)
	}
	_, err = fmt.Fprintf(out, "%s: %s\nsign in at %s\n", p.Email, strings.Join(said, "\n  "), at.desk)
	return err
}

// list tells who may sign in.
func list(ctx context.Context, at place, out io.Writer) error {
	people, err := at.List(ctx)
	if err != nil {
		return err
	}
	if len(people) == 0 {
		_, err := fmt.Fprintln(out, `nobody may sign in yet: make staff EMAIL=anna@example.com CODE=a.k ROLES="cases reports"`)
		return err
	}
	for i := range people {
		p := &people[i]
		state := ""
		if p.Invited {
			state = "  invited, not signed in yet (an invitation is good for 7 days; to send another: REMOVE=1, then enter again)"
		}
		if _, err := fmt.Fprintf(out, "%-36s %-16s %s%s\n", p.Email, p.Code, strings.Join(p.Roles, " "), state); err != nil {
			return err
		}
	}
	return nil
}
