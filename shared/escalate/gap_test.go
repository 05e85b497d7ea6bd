package escalate

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"resonanz/events"
	"resonanz/shared/casefile"
)

func silence() *events.Silence {
	return &events.Silence{
		Device: "kiosk-1", Touchpoint: "checkout-cologne",
		LastAt: at("2026-03-31T22:30:00Z"), DueAt: at("2026-04-01T08:30:00Z"),
	}
}

func TestASilenceIsTheCaseOfADevice(t *testing.T) {
	d, now := newDesk(rules()), at("2026-04-01T08:31:00Z")
	c, e := Silent(silence(), now, d.rules)
	d.keep(c, e)
	due := at("2026-04-02T08:30:00Z")
	want := casefile.Case{
		Number: GapNumber(silence(), 0), Family: casefile.Gap, Subject: "kiosk-1@2026-03-31T22:30:00.000Z",
		Rule: "DATA_GAP", Priority: "normal", Status: casefile.Open,
		Touchpoint: "checkout-cologne", Device: "kiosk-1",
		OpenedAt: at("2026-04-01T08:30:00Z"), DueAt: due, NextAt: due, Version: 1,
		Handling: casefile.Handling{Escalations: []casefile.Escalation{{Rule: "DATA_GAP", RaisedAt: now}}},
	}
	if diff := cmp.Diff(want, d.cases[c.Number], cmpopts.IgnoreFields(casefile.Case{}, "Head")); diff != "" {
		t.Errorf("case (-want +got):\n%s", diff)
	}
	if n := string(c.Number); n[:4] != "2603" {
		t.Errorf("number %s, want that of the month in which the device was heard of last", n)
	}
	a := d.timelines[c.Number][0].Alert
	if a == nil || a.Reason != events.CaseOpened || a.Device != "kiosk-1" || a.Rule != "DATA_GAP" || !a.DueAt.Equal(due) || a.ID != string(c.Number)+"#1" {
		t.Errorf("alert %+v, want the device named", a)
	}
	d.now = due
	if !d.miss(c.Number, 0) || d.cases[c.Number].Step != 1 {
		t.Errorf("case %+v, want the next of the chain told", d.cases[c.Number])
	}
}

func TestEverySilenceHasItsOwnCase(t *testing.T) {
	seen := map[casefile.Number]bool{GapNumber(silence(), 0): true}
	for name, change := range map[string]func(*events.Silence){
		"device": func(s *events.Silence) { s.Device = "kiosk-2" },
		"time":   func(s *events.Silence) { s.LastAt = s.LastAt.Add(time.Millisecond) },
	} {
		s := silence()
		change(s)
		if n := GapNumber(s, 0); seen[n] {
			t.Errorf("another %s has the same number", name)
		}
	}
	s := silence()
	s.LastAt = s.LastAt.In(berlin(t))
	if GapNumber(s, 0) != GapNumber(silence(), 0) || GapNumber(s, 1) == GapNumber(s, 0) {
		t.Error("the number depends on the zone, or not on the attempt")
	}
}

func TestAGapEndsOnce(t *testing.T) {
	d := newDesk(rules())
	c, e := Silent(silence(), at("2026-04-01T08:31:00Z"), d.rules)
	d.keep(c, e)
	c, e, ok := GapEnded(d.cases[c.Number], at("2026-04-01T09:00:00Z"))
	if !ok {
		t.Fatal("the gap did not end")
	}
	d.keep(c, e)
	e = d.timelines[c.Number][1]
	if c.Status != casefile.Closed || !c.NextAt.IsZero() || e.Action != casefile.Ended || e.Status != casefile.Closed ||
		e.Alert == nil || e.Alert.Reason != events.CaseChanged || e.Alert.Device != "kiosk-1" {
		t.Errorf("case %+v with %+v, want it closed and staff told", c, e)
	}
	if _, _, again := GapEnded(c, at("2026-04-01T09:05:00Z")); again {
		t.Error("it ended twice")
	}
	d.now = at("2026-05-01T00:00:00Z")
	if d.miss(c.Number, 0) {
		t.Error("a deadline moved a closed case")
	}
	if x := d.cases[c.Number].Handling.Escalations; len(x) != 1 || !x[0].HandledAt.Equal(at("2026-04-01T09:00:00Z")) {
		t.Errorf("escalations %+v, want the one handled", x)
	}
	d.check(t)
}
