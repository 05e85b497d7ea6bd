package main

import (
	"errors"
	"strings"
	"testing"

	"resonanz/infra/staff/roster"
	"resonanz/infra/staff/roster/rostertest"
)

// told is what a command line says of a pool.
func told(t *testing.T, pool *rostertest.Pool, line ...string) (string, error) {
	t.Helper()
	o, err := read(line)
	if err != nil {
		return "", err
	}
	var out strings.Builder
	err = o.carryOut(t.Context(), place{&roster.Roster{API: pool, Pool: "p"}, "https://feedback.example.com/desk"}, &out)
	return out.String(), err
}

func TestPeopleAreEnteredChangedListedAndRemoved(t *testing.T) {
	pool := new(rostertest.Pool)
	for _, c := range []struct {
		line  string
		says  []string
		never string
	}{
		{"", []string{"nobody may sign in yet", "make staff EMAIL="}, ""},
		{"--email anna@example.com --code a.k --roles cases,reports", []string{"an invitation", "may now: cases, reports", "sign in at https://feedback.example.com/desk"}, "\n  password "},
		{"--email anna@example.com --code a.k --roles cases,reports", []string{"as wanted"}, "may "},
		{"--email anna@example.com --roles cases", []string{"may no longer: reports", "an hour at most"}, "may now"},
		{"--email anna@example.com", []string{"nothing to change"}, "may "},
		{"--email ben@example.com --roles reports --local", []string{"entered", "without CODE=", "password "}, "invitation"},
		{"", []string{"anna@example.com", "a.k", "invited, not signed in yet", "ben@example.com"}, "nobody"},
		{"--email anna@example.com --remove", []string{"removed"}, "password"},
		{"", []string{"ben@example.com"}, "anna"},
	} {
		args := strings.Fields(c.line)
		for i := range args {
			args[i] = strings.ReplaceAll(args[i], ",", " ") // roles are one argument
		}
		got, err := told(t, pool, args...)
		if err != nil {
			t.Fatalf("%q: %v", c.line, err)
		}
		for _, says := range c.says {
			if !strings.Contains(got, says) {
				t.Errorf("%q does not say %q: %s", c.line, says, got)
			}
		}
		if c.never != "" && strings.Contains(got, c.never) {
			t.Errorf("%q says %q: %s", c.line, c.never, got)
		}
	}
	if len(pool.Mails) != 1 || pool.Mails[0] != "anna@example.com" {
		t.Errorf("written to %q: in the cloud whoever is new, on this machine nobody", pool.Mails)
	}
}

func TestWrongArgumentsChangeNothing(t *testing.T) {
	pool := new(rostertest.Pool)
	for line, want := range map[string]error{
		"--emial anna@example.com":                          errUsage,
		"--email anna@example.com cases":                    errUsage,
		"--code a.k --roles cases":                          errUsage,
		"--remove":                                          errUsage,
		"--email anna@example.com --remove --roles cases":   errUsage,
		"--email anna@example.com":                          errUsage, // new, and may do what?
		"--email anna@example.com --roles boss":             roster.ErrRole,
		"--email anna --roles cases":                        roster.ErrEmail,
		"--email anna@example.com --code ü --roles cases":   roster.ErrCode,
		"--email nobody@example.com --remove":               roster.ErrUnknown,
		"--email anna@example.com --roles cases --stage":    errUsage,
		"--email anna@example.com --local=perhaps --code c": errUsage,
	} {
		if out, err := told(t, pool, strings.Fields(line)...); !errors.Is(err, want) {
			t.Errorf("%q: %q, %v", line, out, err)
		}
	}
	if len(pool.Users) != 0 {
		t.Errorf("%d people were entered", len(pool.Users))
	}
}

func TestWhereIsSaid(t *testing.T) {
	for line, want := range map[string]order{
		"":                      {stage: "dev"},
		"--local":               {stage: "dev", local: true},
		"--stage prod --remove": {},
		"--stage prod":          {stage: "prod"},
	} {
		got, err := read(strings.Fields(line))
		if (err != nil) != (want.stage == "") {
			t.Errorf("%q: %v", line, err)
		}
		if err == nil && (got.stage != want.stage || got.local != want.local) {
			t.Errorf("%q: %+v", line, got)
		}
	}
}
