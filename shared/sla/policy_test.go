package sla

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"resonanz/shared/casefile"
)

// office is a policy of 8 and 40 business hours, Monday to Friday 9 to 17.
func office(t *testing.T, presets ...string) *Policy {
	t.Helper()
	c, err := NewCalendar(in(t, "Europe/Berlin"), []Block{{[]string{"mon", "tue", "wed", "thu", "fri"}, "09:00", "17:00"}}, "2026-04-03", "2026-04-06")
	if err != nil {
		t.Fatal(err)
	}
	return &Policy{
		ID: "DEFAULT", Calendar: c, FirstResponse: 8 * time.Hour, Resolution: 40 * time.Hour,
		AtRiskPercent: 80, CloseDays: 14, Presets: presets, Print: "one",
	}
}

func TestTheClockOfAComplaintFromReceiptToReopening(t *testing.T) {
	p := office(t, PSD2101)
	received := at("2026-03-09T08:00:00Z") // Monday, 9:00 in Berlin
	c := p.Start(received)
	want := &casefile.Clock{
		Policy: "DEFAULT", Print: "one", Runs: []casefile.Run{{From: received}},
		Deadlines: []casefile.Deadline{
			{Name: FirstResponse, AtRiskAt: at("2026-03-09T14:24:00Z"), DueAt: at("2026-03-09T16:00:00Z")},
			{Name: Resolution, AtRiskAt: at("2026-03-12T16:00:00Z"), DueAt: at("2026-03-13T16:00:00Z")},
			{Name: PSD2101, AtRiskAt: at("2026-03-26T14:23:59.2Z"), DueAt: at("2026-03-30T21:59:59Z")},
		},
	}
	if diff := cmp.Diff(want, c); diff != "" {
		t.Fatalf("at receipt (-want +got):\n%s", diff)
	}

	answered := at("2026-03-09T10:00:00Z")
	Meet(c, FirstResponse, answered)
	Meet(c, FirstResponse, answered.Add(time.Hour)) // the first counts
	p.Stop(c, answered)                             // the customer was asked, after two hours
	p.Stop(c, answered.Add(time.Hour))              // stopping what stands changes nothing
	if f := Find(c, FirstResponse); !f.MetAt.Equal(answered) || f.DueAt.IsZero() {
		t.Errorf("first response %+v, want it met then and its date kept", f)
	}
	if r, s := Find(c, Resolution), Find(c, PSD2101); !r.DueAt.IsZero() || s.DueAt.IsZero() {
		t.Errorf("resolution %+v, preset %+v; want only the preset to go on", r, s)
	}
	if got := p.Used(c, answered.Add(24*time.Hour)); got != 2*time.Hour {
		t.Errorf("used %s while it stood, want 2 h", got)
	}

	replied := at("2026-03-18T08:00:00Z")
	p.Resume(c, replied)
	p.Resume(c, replied.Add(time.Hour)) // resuming what runs changes nothing
	if r := Find(c, Resolution); !r.DueAt.Equal(at("2026-03-24T14:00:00Z")) {
		t.Errorf("resolution due %s, want the 38 hours left from the reply on", r.DueAt)
	}

	resolved := at("2026-03-19T08:00:00Z")
	MeetAll(c, resolved)
	p.Stop(c, resolved)
	if r := Find(c, Resolution); StateOf(r, resolved) != Met || r.DueAt.IsZero() {
		t.Errorf("resolution %+v, want it met in time", r)
	}
	reopened := at("2026-03-25T08:00:00Z")
	p.Resume(c, reopened)
	if r := Find(c, Resolution); !r.MetAt.IsZero() || !r.DueAt.Equal(at("2026-03-30T13:00:00Z")) { // 40 − 2 − 8 h; clocks went forward
		t.Errorf("resolution %+v, want it owed again with the 30 hours left", r)
	}
	if s := Find(c, PSD2101); StateOf(s, reopened) != Met {
		t.Errorf("preset %+v, want it met by the first resolution", s)
	}
	if got := p.CloseAt(resolved); !got.Equal(at("2026-04-02T07:00:00Z")) {
		t.Errorf("closes at %s, want the same time of day after 14 days", got)
	}
}

func TestAClockThatUsedUpItsTimeBeforeItStoodIsLateAtOnceWhenItRuns(t *testing.T) {
	p := office(t)
	c := p.Start(at("2026-03-09T08:00:00Z"))
	p.Stop(c, at("2026-03-16T10:00:00Z"))
	p.Resume(c, at("2026-03-20T10:00:00Z"))
	if r := Find(c, Resolution); !r.DueAt.Equal(at("2026-03-13T16:00:00Z")) {
		t.Errorf("resolution due %s, want when the time was used up", r.DueAt)
	}
}

func TestAHoldingReplyAllowesTheLongestTimeOnce(t *testing.T) {
	p := office(t, PSD2101, ENWG111A)
	received := at("2026-03-10T09:00:00Z")
	c := p.Start(received)
	now := at("2026-03-20T09:00:00Z")
	for _, other := range []string{ENWG111A, Resolution, FCADISP} {
		if p.Hold(c, other, received, now) {
			t.Errorf("%s was held", other)
		}
	}
	if !p.Hold(c, PSD2101, received, now) || p.Hold(c, PSD2101, received, now) {
		t.Error("a holding reply moves the date, and once")
	}
	if d := Find(c, PSD2101); !d.DueAt.Equal(at("2026-04-30T21:59:59Z")) || !d.HeldAt.Equal(now) {
		t.Errorf("deadline %+v, want 35 business days", d)
	}
	met := p.Start(received)
	MeetAll(met, now)
	if p.Hold(met, PSD2101, received, now) {
		t.Error("what is met was held")
	}
}

func TestAChangedPolicyMovesWhatIsOpen(t *testing.T) {
	p := office(t, ENWG111A, GDPR123)
	received := at("2026-03-09T08:00:00Z")
	c := p.Start(received)
	Meet(c, FirstResponse, at("2026-03-09T09:00:00Z"))
	Meet(c, ENWG111A, at("2026-03-10T09:00:00Z"))
	kept := []casefile.Deadline{*Find(c, FirstResponse), *Find(c, ENWG111A)}

	changed := office(t, FCADISP)
	changed.Print, changed.Resolution, changed.FirstResponse = "two", 16*time.Hour, time.Hour
	if !changed.Retime(c, received) {
		t.Fatal("nothing moved")
	}
	if c.Print != "two" || Find(c, GDPR123) != nil || Find(c, FCADISP) == nil {
		t.Errorf("clock %+v, want the presets of the new policy", c)
	}
	if got := Find(c, Resolution).DueAt; !got.Equal(at("2026-03-10T16:00:00Z")) {
		t.Errorf("resolution due %s, want 16 hours", got)
	}
	if diff := cmp.Diff(kept, []casefile.Deadline{*Find(c, FirstResponse), *Find(c, ENWG111A)}); diff != "" {
		t.Errorf("what was met changed (-want +got):\n%s", diff)
	}
	if changed.Retime(c, received) {
		t.Error("the same policy moved a date")
	}
	same := *changed
	same.Print = "three" // another text, the same dates
	if same.Retime(c, received) || c.Print != "three" {
		t.Error("want the fingerprint taken over and no date moved")
	}
}

func TestLevelsStandAsFarAsTheNewDatesBearThemOut(t *testing.T) {
	received := at("2026-03-09T08:00:00Z") // 40 h: at risk 12 March 16:00, due 13 March 16:00
	for _, tc := range []struct {
		name       string
		level      int
		told       string
		resolution time.Duration
		want       int
	}{
		{"told of the breach, now not even at risk", 2, "2026-03-13T16:01:00Z", 80 * time.Hour, 0},
		{"told of the breach, now at risk", 3, "2026-03-13T16:01:00Z", 44 * time.Hour, 1},
		{"told it is at risk, now breached", 1, "2026-03-12T16:01:00Z", 16 * time.Hour, 1},
		{"told of the breach, still breached", 2, "2026-03-13T16:01:00Z", 16 * time.Hour, 2},
		{"told of nothing", 0, "", 16 * time.Hour, 0},
	} {
		p := office(t)
		c := p.Start(received)
		d := Find(c, Resolution)
		if d.Level = tc.level; tc.level > 0 {
			d.LevelAt = at(tc.told)
		}
		p.Print, p.Resolution = "two", tc.resolution
		p.Retime(c, received)
		if got := Find(c, Resolution); got.Level != tc.want || got.LevelAt.IsZero() != (tc.want == 0) {
			t.Errorf("%s: level %d at %s, want %d", tc.name, got.Level, got.LevelAt, tc.want)
		}
	}
}

func TestAClockWithoutRunsHasNoDates(t *testing.T) {
	p := office(t)
	c := &casefile.Clock{Policy: "OLD", Deadlines: []casefile.Deadline{{Name: Resolution}}}
	p.Stop(c, at("2026-03-09T08:00:00Z"))
	if p.Retime(c, at("2026-03-09T08:00:00Z")) || c.Policy != "DEFAULT" || len(c.Runs) != 0 {
		t.Errorf("clock %+v", c)
	}
}
