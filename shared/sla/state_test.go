package sla

import (
	"testing"

	"resonanz/shared/casefile"
)

func TestADeadlineIsBreachedOnceItIsPastAndStaysSo(t *testing.T) {
	p := office(t) // 40 h: due on Friday at five in the afternoon
	late, early := p.Start(at("2026-03-09T08:00:00Z")), p.Start(at("2026-03-09T08:00:00Z"))
	due := at("2026-03-13T16:00:00Z")
	for _, tc := range []struct {
		now  string
		want State
	}{{"2026-03-13T16:00:00Z", Pending}, {"2026-03-13T16:00:00.001Z", Breached}, {"2026-03-15T12:00:00Z", Breached}} {
		if got := p.State(late, Resolution, at(tc.now)); got != tc.want {
			t.Errorf("%s: %s, want %s", tc.now, got, tc.want)
		}
	}
	p.Stop(late, at("2026-03-13T17:00:00Z")) // after closing time: no more business time, and late all the same
	p.Stop(early, due)
	for name, tc := range map[string]struct {
		clock *casefile.Clock
		want  State
	}{"asked when it was late": {late, Breached}, "asked when it was due": {early, Pending}} {
		if got := p.State(tc.clock, Resolution, at("2026-05-01T12:00:00Z")); got != tc.want {
			t.Errorf("%s: %s, want %s", name, got, tc.want)
		}
	}
	if got := p.State(late, ENWG111A, due); got != Pending {
		t.Errorf("a deadline that is not there: %s", got)
	}
	p.Resume(early, at("2026-03-16T10:00:00Z"))
	if got := p.State(early, Resolution, at("2026-03-16T10:00:00Z")); got != Breached {
		t.Errorf("running again with no time left: %s", got)
	}
	answered := p.Start(at("2026-03-09T08:00:00Z"))
	Meet(answered, FirstResponse, at("2026-03-10T08:00:00.001Z"))
	p.Stop(answered, at("2026-03-10T08:00:00.001Z"))
	if got := p.State(answered, FirstResponse, due); got != Breached {
		t.Errorf("answered after a day: %s", got)
	}
}
