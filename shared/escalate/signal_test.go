package escalate

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"resonanz/events"
	"resonanz/shared/casefile"
	"resonanz/shared/feedback"
)

func spikeSignal() *events.Signal {
	return &events.Signal{
		Rule: "SPIKE", Subject: "checkout-cologne@2026-03-31T23", Touchpoint: "checkout-cologne",
		At: at("2026-03-31T23:30:00Z"), Observed: 9, Of: 21, Expected: 1.5,
	}
}

func TestASignalIsTheCaseOfFigures(t *testing.T) {
	d, now := newDesk(rules()), at("2026-03-31T23:30:05Z")
	c, e := Signalled(spikeSignal(), now, d.rules)
	d.keep(c, e)
	due := now.Add(24 * time.Hour)
	want := casefile.Case{
		Number: SignalNumber(spikeSignal(), 0), Family: casefile.Alarm, Subject: "checkout-cologne@2026-03-31T23",
		Rule: "SPIKE", Priority: "high", Status: casefile.Open, Touchpoint: "checkout-cologne",
		OpenedAt: at("2026-03-31T23:30:00Z"), DueAt: due, NextAt: due, Version: 1,
		Handling: casefile.Handling{Escalations: []casefile.Escalation{{Rule: "SPIKE", RaisedAt: now}}},
	}
	if diff := cmp.Diff(want, d.cases[c.Number], cmpopts.IgnoreFields(casefile.Case{}, "Head")); diff != "" {
		t.Errorf("case (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(spikeSignal(), d.timelines[c.Number][0].Alert.Signal); diff != "" {
		t.Errorf("figures told to staff (-want +got):\n%s", diff)
	}
	d.now = due
	if !d.miss(c.Number, 0) {
		t.Error("nobody else was told of an alarm that nobody looked into")
	}
	d.check(t)
}

func TestASignalHasOneNumber(t *testing.T) {
	s := spikeSignal()
	again := *s
	again.At, again.Observed = at("2026-04-01T00:00:00Z"), 12 // told again after the end of the month
	if SignalNumber(s, 0) != SignalNumber(&again, 0) || !strings.HasPrefix(string(SignalNumber(s, 0)), "2603-") {
		t.Errorf("numbers %s and %s of one signal", SignalNumber(s, 0), SignalNumber(&again, 0))
	}
	seen := map[casefile.Number]string{SignalNumber(s, 0): "the first"}
	for name, change := range map[string]func(*events.Signal){
		"rule":    func(s *events.Signal) { s.Rule = "SUSPICIOUS_VOTING" },
		"subject": func(s *events.Signal) { s.Subject = "hotline@2026-03-31T23" },
		"month":   func(s *events.Signal) { s.Subject = "hotline@2026-04" },
		"no time": func(s *events.Signal) { s.Subject = "2026-03 final" },
	} {
		o := *s
		change(&o)
		n := SignalNumber(&o, 0)
		if other, ok := seen[n]; ok {
			t.Errorf("another %s has the number of %s", name, other)
		}
		seen[n] = name
	}
	if SignalNumber(s, 1) == SignalNumber(s, 0) {
		t.Error("another attempt has the same number")
	}
}

func TestASignalThatIsNoneIsRefused(t *testing.T) {
	for name, change := range map[string]func(*events.Signal){
		"no rule":            func(s *events.Signal) { s.Rule = "" },
		"a rule of cases":    func(s *events.Signal) { s.Rule = "CRISIS" },
		"no subject":         func(s *events.Signal) { s.Subject = "" },
		"subject too long":   func(s *events.Signal) { s.Subject = strings.Repeat("x", 201) },
		"no time":            func(s *events.Signal) { s.At = time.Time{} },
		"another kind of it": func(s *events.Signal) { s.Rule = "spike" },
	} {
		s := spikeSignal()
		change(s)
		if err := CheckSignal(s); !errors.Is(err, feedback.ErrInvalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, rule := range []Rule{Spike, DataGap, SuspiciousVoting, EvidenceGap} {
		s := spikeSignal()
		s.Rule = string(rule)
		if err := CheckSignal(s); err != nil {
			t.Errorf("%s: %v", rule, err)
		}
		if c, _ := Signalled(s, at("2026-04-01T00:00:00Z"), rules()); c.Priority == "" {
			t.Errorf("%s has no priority", rule)
		}
	}
}
