package lifecycle_test

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"resonanz/events"
	"resonanz/shared/casefile"
	"resonanz/shared/lifecycle"
)

// ways are the edges of the domain's lifecycle, once more.
const ways = `
draft>received received>acknowledged received>withdrawn received>duplicate draft>dismissed dismissed>received
acknowledged>assessed assessed>in_investigation in_investigation>awaiting_customer awaiting_customer>in_investigation
in_investigation>decided decided>resolved resolved>closed resolved>reopened closed>reopened reopened>in_investigation
acknowledged>withdrawn assessed>withdrawn in_investigation>withdrawn awaiting_customer>withdrawn decided>withdrawn
resolved>withdrawn reopened>withdrawn `

func TestTheLifecycleIsThatOfItsModel(t *testing.T) {
	reached := map[casefile.Status]int{}
	done := map[casefile.Action]int{}
	rapid.Check(t, func(rt *rapid.T) {
		notifiable := rapid.Bool().Draw(rt, "notifiable")
		var s *story
		m := &model{files: map[string]bool{}, notifiable: notifiable}
		if rapid.IntRange(0, 4).Draw(rt, "draft") == 0 {
			s = drafted(t)
			s.Notifiable = notifiable
			m.status = casefile.Draft
		} else {
			w := complaint()
			w.Category = rapid.SampledFrom([]string{"delivery.late", "product.safety", "billing.refund_delay", "complaint_handling.no_reply"}).Draw(rt, "category")
			s = &story{now: monday, rules: rules(t), tb: t}
			s.keep(lifecycle.Receive(w, lifecycle.Opening{Notifiable: notifiable}, monday, s.rules))
			m.status, m.category, m.severity = casefile.Acknowledged, w.Category, least(w.Category)
			invariants(rt, s, m, 0, true, false)
		}
		for range rapid.IntRange(20, 100).Draw(rt, "steps") {
			s.later(rapid.SampledFrom([]time.Duration{time.Millisecond, time.Minute, 3 * time.Hour, 26 * time.Hour, 15 * 24 * time.Hour, 35 * 24 * time.Hour}).Draw(rt, "later"))
			from := len(s.timeline)
			switch rapid.IntRange(0, 9).Draw(rt, "who") {
			case 0, 1:
				clock(rt, s, m)
				continue
			case 2:
				outside(rt, s, m)
				continue
			}
			by, cmd := order(rt, &s.Case)
			m.escalations = s.Handling.Escalations
			before, frozen := s.Case, freeze(rt, s.Case)
			allowed := slices.Contains(lifecycle.Allowed(s.Case, by.Kind, s.now, s.rules), cmd.Do)
			err := s.try(by, cmd)
			if got := freeze(rt, before); got != frozen {
				rt.Fatalf("%s changed the case it was given:\n%s\n%s", cmd.Do, frozen, got)
			}
			legal, told := m.step(by, &cmd, s.now)
			if legal != (err == nil) {
				rt.Fatalf("%s by %s at %s: the model says %v, but %v", cmd.Do, by.Kind, before.Status, legal, err)
			}
			if legal && !allowed {
				rt.Fatalf("%s by %s at %s went through, but is not among what is allowed", cmd.Do, by.Kind, before.Status)
			}
			if err != nil {
				var r *lifecycle.Refusal
				if !errors.As(err, &r) || freeze(rt, s.Case) != frozen || len(s.timeline) != from {
					rt.Fatalf("%s was refused, but changed something: %v", cmd.Do, err)
				}
				continue
			}
			invariants(rt, s, m, from, false, told)
			reached[s.Status]++
			done[cmd.Do]++
			if s.Status.Ended() && s.Status != casefile.Closed && rapid.IntRange(0, 3).Draw(rt, "enough") > 0 {
				break
			}
		}
		if err := casefile.Check(&s.Case, s.timeline); err != nil {
			rt.Fatal(err)
		}
		replays(rt, s)
	})
	for status := range forward {
		if status != casefile.Draft && reached[status] == 0 {
			t.Errorf("no case was ever %s: the commands drawn are too wild", status)
		}
	}
	for _, do := range []casefile.Action{
		casefile.Asking, casefile.Compensating, casefile.Approving, casefile.Declining, casefile.Resolving, casefile.Closing, casefile.Reopening, casefile.Seeing, casefile.Handled,
	} {
		if done[do] == 0 {
			t.Errorf("nothing was ever %s: the commands drawn are too wild", do)
		}
	}
}

// clock lets the clock act, and the model follow: of all that passes, only
// closing changes where a case stands.
func clock(rt *rapid.T, s *story, m *model) {
	had := len(s.timeline)
	for i := range s.ticks() {
		e := &s.timeline[had+i]
		if e.Action == casefile.Closing {
			after := m.resolvedAt.Add(14*24*time.Hour - time.Hour) // by the clock on the wall: summer time
			if !m.is(casefile.Resolved) || !m.root || !m.accepted && s.now.Before(after) {
				rt.Fatalf("closed by the clock though %s, root cause %v, resolved %s", m.status, m.root, m.resolvedAt)
			}
			m.status, m.closedAt = casefile.Closed, s.now
			if e.Inform != m.notifiable {
				rt.Fatal("closed without a word")
			}
			continue
		}
		if e.Inform || e.From != "" || e.Alert == nil {
			rt.Fatalf("the clock did something else: %+v", e)
		}
	}
	if m.is(casefile.Resolved) && m.root && s.now.Sub(m.resolvedAt) > 14*24*time.Hour+time.Hour {
		rt.Fatal("still not closed")
	}
	if !s.NextAt.IsZero() && m.status != casefile.Draft && !s.NextAt.After(s.now) {
		rt.Fatalf("the clock has more to do at %s, but did not do it by %s", s.NextAt, s.now)
	}
	if got := s.ticks(); len(got) != 0 {
		rt.Fatal("the clock did it twice")
	}
}

// invariants hold after every change.
func invariants(rt *rapid.T, s *story, m *model, from int, opened, told bool) {
	if s.Status != m.status {
		rt.Fatalf("the case is %s, the model %s", s.Status, m.status)
	}
	if s.Version != len(s.timeline) || len(s.timeline) == from {
		rt.Fatalf("version %d of %d entries", s.Version, len(s.timeline))
	}
	status := casefile.Status("")
	if from > 0 {
		status = s.timeline[from-1].Status
	}
	informed := false
	for i := range s.timeline[from:] {
		e := &s.timeline[from+i]
		changed := e.Status != status
		if changed && status != "" && (e.From != status || !strings.Contains(ways, string(status)+">"+string(e.Status)+" ") && !strings.Contains(ways, string(status)+">"+string(e.Status)+"\n")) {
			rt.Fatalf("no edge: %s (%s) > %s", status, e.From, e.Status)
		}
		if !changed && e.From != "" {
			rt.Fatalf("from %s without a change", e.From)
		}
		quiet := e.Status == casefile.Received || e.Status == casefile.Dismissed || e.Status == casefile.Duplicate && s.Handling.AcknowledgedAt.IsZero()
		want := m.notifiable && (changed && !quiet || told)
		if e.Inform != want {
			rt.Fatalf("%s, %s > %s: told %v", e.Action, status, e.Status, e.Inform)
		}
		if informed && e.Inform {
			rt.Fatal("told twice of one command")
		}
		informed = informed || e.Inform
		status = e.Status
		if a := e.Alert; a != nil && (a.Reason == "" || a.Rule == "" || a.ID == "" || a.Status != string(e.Status) || a.Reason == events.CaseOpened && !opened && e.Action != casefile.Registered) {
			rt.Fatalf("alert %+v", a)
		}
	}
	h := &s.Handling
	if k := h.Clock; k != nil {
		running := k.Runs[len(k.Runs)-1].To.IsZero()
		if running != m.runs() {
			rt.Fatalf("the clock runs: %v, though %s", running, s.Status)
		}
		for _, d := range k.Deadlines {
			if d.Name == "first_response" && d.MetAt.IsZero() == m.answered {
				rt.Fatalf("first response met at %s, but answered: %v", d.MetAt, m.answered)
			}
			if told := !h.ResolvedAt.IsZero(); told && d.MetAt.IsZero() && (d.Name != "resolution" || s.Status == casefile.Resolved) {
				rt.Fatalf("%s is owed of what was told at %s", d.Name, h.ResolvedAt)
			}
		}
		for i := 1; i < len(k.Runs); i++ {
			if k.Runs[i].From.Before(k.Runs[i-1].To) {
				rt.Fatalf("time runs backwards: %+v", k.Runs)
			}
		}
	} else if !m.is(casefile.Draft, casefile.Dismissed, casefile.Duplicate) { // a draft may be a duplicate
		rt.Fatal("a complaint without a clock")
	}
	if s.Status == casefile.Closed && h.RootCause == "" {
		rt.Fatal("closed without a root cause")
	}
	if d := h.Decision; d != nil && (d.By == "" || d.Outcome == casefile.Rejected && d.Reason == "") {
		rt.Fatalf("decided %+v", d)
	}
	if e := s.last(); e.Action == casefile.Deciding && e.WordsHash == (casefile.Hash{}) {
		rt.Fatal("decided without words")
	}
	if m.category != "" && s.Category != m.category {
		rt.Fatalf("category %s, by the model %s", s.Category, m.category)
	}
	if limit, _ := m.limits(); m.category != "" && lifecycle.Owed(h) != m.sum() || m.sum() > limit {
		rt.Fatalf("owed %d, by the model %d", lifecycle.Owed(h), m.sum())
	}
	if s.Status == casefile.Resolved && m.waiting() {
		rt.Fatal("resolved with a compensation that nobody approved")
	}
	if m.status != casefile.Draft && h.Severity != "" && h.Severity != casefile.Severities[m.severity] {
		rt.Fatalf("severity %s, by the model %s", h.Severity, casefile.Severities[m.severity])
	}
	if s.Status.Ended() != s.NextAt.IsZero() {
		rt.Fatalf("%s, and the clock looks at %s", s.Status, s.NextAt)
	}
	for _, e := range h.Escalations {
		if !e.HandledAt.IsZero() && e.SeenAt.IsZero() || e.RaisedAt.IsZero() {
			rt.Fatalf("escalation %+v", e)
		}
	}
}

// replays holds that the timeline, also as it is stored, leads to the case.
func replays(rt *rapid.T, s *story) {
	if diff := cmp.Diff(s.State(), casefile.Replay(s.timeline)); diff != "" {
		rt.Fatalf("the timeline replays to something else:\n%s", diff)
	}
	b, err := json.Marshal(s.timeline)
	if err != nil {
		rt.Fatal(err)
	}
	var stored []casefile.Entry
	if err := json.Unmarshal(b, &stored); err != nil {
		rt.Fatal(err)
	}
	if err := casefile.Check(&s.Case, stored); err != nil {
		rt.Fatalf("as stored: %v", err)
	}
	if diff := cmp.Diff(s.State(), casefile.Replay(stored)); diff != "" {
		rt.Fatalf("the stored timeline replays to something else:\n%s", diff)
	}
}

// freeze is the case as text: two that are the same have the same.
func freeze(rt *rapid.T, c casefile.Case) string {
	b, err := json.Marshal(&c)
	if err != nil {
		rt.Fatal(err)
	}
	return string(b)
}
