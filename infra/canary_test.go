package main

import (
	"testing"

	"resonanz/shared/config"
)

// The canary's client has its own scope, and no other client has it.
func TestTheCanarysTokenOpensNothingElse(t *testing.T) {
	tmpl := synth(t, dev)
	for _, id := range tmpl.of("AWS::Cognito::UserPoolClient") {
		var got []string
		for _, s := range list(tmpl.Resources[id].Properties["AllowedOAuthScopes"]) {
			if text := written(s); text == "UsersResourceServer/canary" || name(id) == "UsersCanaryClient" {
				got = append(got, text)
			}
		}
		var wanted []string
		if name(id) == "UsersCanaryClient" {
			wanted = []string{"UsersResourceServer/canary"}
		}
		want(t, name(id), got, wanted)
	}
}

func TestWithoutACanaryNothingOfItIsThere(t *testing.T) {
	tmpl := synth(t, variant{name: "uncanny", change: func(c *config.Config) { c.Canary = config.Canary{} }})
	for id := range tmpl.Resources {
		switch name(id) {
		case "Canary", "CanaryRole", "CanaryLogs", "CanarySchedule", "CanaryScheduleRole", "UsersCanaryClient", "CanaryAlarm", "CanaryLateAlarm", "CanaryErrorAlarm":
			t.Errorf("%s is there", id)
		}
	}
}

// Nobody calls it there but who wants to: what is stored is counted by whoever works
// with an emulator.
func TestOnAnEmulatorTheCanarySleeps(t *testing.T) {
	for _, v := range []struct {
		of   variant
		want any
	}{{local, "DISABLED"}, {dev, nil}} {
		want(t, v.of.name, synth(t, v.of).one(t, "AWS::Scheduler::Schedule", "CanarySchedule").Properties["State"], v.want)
	}
}
