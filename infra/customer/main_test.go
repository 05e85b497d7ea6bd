package main

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"resonanz/shared/feedback"
)

func environment(pairs ...string) func(string) string {
	return func(name string) string {
		for _, p := range pairs {
			if n, v, _ := strings.Cut(p, "="); n == name {
				return v
			}
		}
		return ""
	}
}

func TestAnOrderIsAboutOne(t *testing.T) {
	for name, x := range map[string]struct {
		args []string
		env  func(string) string
		want order
	}{
		"a key":      {nil, environment("KEY=K-1"), order{key: "K-1", by: "operator", stage: "dev"}},
		"a case":     {[]string{"--erase", "--local"}, environment("CASE=2603-7K2M-Q4XA"), order{number: "2603-7K2M-Q4XA", erase: true, local: true, by: "operator", stage: "dev"}},
		"a response": {[]string{"--by", "d.s"}, environment("RESPONSE=2026-03-abcdefghijklmn27"), order{response: "2026-03-abcdefghijklmn27", by: "d.s", stage: "dev"}},
		"an address": {[]string{"--stage", "prod"}, environment("EMAIL= Kundin@Example.com"), order{email: "kundin@example.com", by: "operator", stage: "prod"}},
	} {
		got, err := read(x.args, x.env)
		if diff := cmp.Diff(x.want, got, cmp.AllowUnexported(order{})); err != nil || diff != "" {
			t.Errorf("%s: %v\n%s", name, err, diff)
		}
	}
}

func TestWhatIsNoOrderIsRefusedWithoutRepeatingWhoItIs(t *testing.T) {
	for name, x := range map[string]struct {
		args []string
		env  func(string) string
	}{
		"nobody":              {nil, environment()},
		"two":                 {nil, environment("KEY=K-1", "CASE=2603-7K2M-Q4XA")},
		"an address as a key": {nil, environment("KEY=kundin@example.com")},
		"no address":          {nil, environment("EMAIL=Erika Beispiel")},
		"no case":             {nil, environment("CASE=kundin@example.com")},
		"no response":         {nil, environment("RESPONSE=kundin@example.com")},
		"an argument":         {[]string{"kundin@example.com"}, environment("KEY=K-1")},
		"a name as a code":    {[]string{"--by", "kundin@example.com"}, environment("KEY=K-1")},
		"an unknown flag":     {[]string{"--all"}, environment("KEY=K-1")},
	} {
		if _, err := read(x.args, x.env); !errors.Is(err, errUsage) || strings.Contains(err.Error(), "kundin") || strings.Contains(err.Error(), "Erika") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestResponsesAreListedByTheirKeys(t *testing.T) {
	if got := list([]feedback.ResponseKey{"a", "b"}); got != "a, b" {
		t.Error(got)
	}
}
