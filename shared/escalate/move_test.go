package escalate

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"resonanz/events"
	"resonanz/shared/casefile"
	"resonanz/shared/feedback"
)

// TestOrderAndRepetitionChangeNothing is the law of the rules: whatever order
// the votes of a response and the complaint beside them are stored and delivered
// in, and however often, the same cases stand with the same rule, deadline and
// state, and the same words are on record.
func TestOrderAndRepetitionChangeNothing(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		start := at("2026-03-10T12:00:00Z")
		n := rapid.IntRange(1, 6).Draw(rt, "words")
		complains := rapid.IntRange(0, 2*n).Draw(rt, "complaint") // which of them is one
		var words []Said
		for i := range n {
			// Few distinct times, so that received_at and event_id have to decide too.
			v := vote(fmt.Sprintf("e%d", i), key("r"), start.Add(time.Duration(rapid.IntRange(0, 3).Draw(rt, "minutes"))*time.Minute), 0, false)
			v.ReceivedAt = v.SubmittedAt.Add(time.Duration(rapid.IntRange(-10, 2).Draw(rt, "delay")) * time.Minute)
			v.Scale = rapid.SampledFrom([]feedback.Scale{feedback.Stars5, feedback.CSAT10}).Draw(rt, "scale")
			v.Rating = rapid.IntRange(1, 5).Draw(rt, "rating")
			v.CallbackRequested = rapid.Bool().Draw(rt, "callback")
			v.HasText = rapid.Bool().Draw(rt, "text")
			v.Segment = rapid.SampledFrom([]string{"", "A", "B"}).Draw(rt, "segment")
			if i == complains {
				c := complaint(string(v.EventID), v.ResponseKey, v.SubmittedAt, rapid.SampledFrom([]string{"delivery.late", "privacy", "other"}).Draw(rt, "category"), v.CallbackRequested)
				c.ReceivedAt = v.ReceivedAt
				v = c
			}
			words = append(words, v)
		}
		reference := newDesk(rules())
		for _, v := range words {
			reference.deliver(v)
		}

		other := newDesk(rules())
		// The stream may run ahead of the queue: some words are stored before any
		// is delivered.
		for _, v := range rapid.Permutation(words).Draw(rt, "stored first")[:rapid.IntRange(0, n).Draw(rt, "ahead")] {
			other.store(v)
		}
		for _, v := range rapid.Permutation(append(words, words...)).Draw(rt, "delivered") {
			other.deliver(v)
		}
		other.check(t)

		// What was escalated on the way tells of the order; a complaint is a case
		// from then on, whatever made a draft of it before.
		ignore := cmpopts.IgnoreFields(casefile.Case{}, "Head", "Handling", "Version")
		draft := cmp.FilterPath(func(p cmp.Path) bool {
			return len(p) > 2 && (p.Last().String() == ".OpenedAt" || p.Last().String() == ".Segment" || p.Last().String() == ".Language")
		}, cmp.Ignore())
		for number, want := range reference.cases {
			options := cmp.Options{ignore}
			if want.Family == casefile.Complaint {
				options = append(options, draft)
			}
			if diff := cmp.Diff(map[casefile.Number]casefile.Case{number: want}, map[casefile.Number]casefile.Case{number: other.cases[number]}, options); diff != "" {
				rt.Fatalf("case (-as drawn +reordered and repeated):\n%s", diff)
			}
			if diff := cmp.Diff(causes(reference.timelines[number]), causes(other.timelines[number])); diff != "" {
				rt.Fatalf("words on record (-as drawn +reordered and repeated):\n%s", diff)
			}
		}
		if len(reference.cases) != len(other.cases) {
			rt.Fatalf("%d cases, want %d", len(other.cases), len(reference.cases))
		}

		// And the cases are those that the single decisions ask for.
		want := map[casefile.Family]Decision{}
		for i := range words {
			for _, d := range Decide(&words[i], rules()) {
				w, ok := want[d.Family]
				if !ok || rank(string(d.Rule)) < rank(string(w.Rule)) {
					w.Rule = d.Rule
				}
				if !ok || d.DueAt.Before(w.DueAt) {
					w.DueAt = d.DueAt
				}
				if !ok || d.NextAt.Before(w.NextAt) {
					w.NextAt = d.NextAt
				}
				want[d.Family] = w
			}
		}
		if len(want) != len(other.cases) {
			rt.Fatalf("%d cases, want %d", len(other.cases), len(want))
		}
		for _, c := range other.cases {
			w := want[c.Family]
			if c.Rule != string(w.Rule) {
				rt.Fatalf("case %+v, want rule %s", c, w.Rule)
			}
			if c.Status != casefile.Acknowledged && (!c.DueAt.Equal(w.DueAt) || !c.NextAt.Equal(w.NextAt)) {
				rt.Fatalf("case %+v, want %+v", c, w)
			}
		}
	})
}

func causes(timeline []casefile.Entry) map[feedback.EventID]int {
	m := map[feedback.EventID]int{}
	for _, e := range timeline {
		if e.Cause != "" { // the acknowledgement of a complaint has none of its own
			m[e.Cause]++
		}
	}
	return m
}

func TestALowVoteStrengthensACallback(t *testing.T) {
	d, noon := newDesk(rules()), at("2026-03-10T12:00:00Z")
	d.deliver(vote("later", key("r"), noon, 4, true))
	d.deliver(vote("earlier", key("r"), noon.Add(-time.Hour), 1, true))
	n := Number(casefile.Callback, key("r"), 0)
	c := d.cases[n]
	if c.Rule != string(LowRatingCallback) || c.Priority != string(High) || !c.DueAt.Equal(noon.Add(23*time.Hour)) || !c.NextAt.Equal(c.DueAt) {
		t.Errorf("case %+v, want the stronger rule, high priority and the earlier deadline", c)
	}
	if c.EventID != "later" {
		t.Errorf("the contact is taken from %q, want the last vote that asked", c.EventID)
	}
	e := d.timelines[n][1]
	if e.Action != casefile.Upgraded || e.Alert == nil || e.Alert.Reason != events.CaseChanged || e.Alert.Priority != string(High) {
		t.Errorf("entry %+v, want an upgrade that staff hear of", e)
	}
}

func TestABetterVoteWithoutAWishIsRecorded(t *testing.T) {
	d, noon := newDesk(rules()), at("2026-03-10T12:00:00Z")
	d.deliver(vote("first", key("r"), noon, 2, true))
	before := d.cases[Number(casefile.Callback, key("r"), 0)]
	d.deliver(vote("second", key("r"), noon.Add(time.Hour), 5, false))
	n := Number(casefile.Callback, key("r"), 0)
	if diff := cmp.Diff(before, d.cases[n], cmpopts.IgnoreFields(casefile.Case{}, "Version", "Head")); diff != "" {
		t.Errorf("the better vote changed the case (-before +after):\n%s", diff)
	}
	e := d.timelines[n][1]
	if e.Action != casefile.Annotated || e.Rating != 5 || e.Alert == nil || e.Alert.Rating != 5 || e.Alert.EventID != "second" {
		t.Errorf("entry %+v, want an annotation naming the new rating", e)
	}
}

func TestAVoteBeforeTheFirstWishIsNotRecorded(t *testing.T) {
	d, noon := newDesk(rules()), at("2026-03-10T12:00:00Z")
	d.deliver(vote("wish", key("r"), noon, 2, true))
	d.deliver(vote("before", key("r"), noon.Add(-time.Hour), 4, false))
	if got := len(d.timelines[Number(casefile.Callback, key("r"), 0)]); got != 1 {
		t.Errorf("%d entries, want the opening only", got)
	}
}

func TestRepeatedChangesStopAlertingStaff(t *testing.T) {
	d, noon := newDesk(rules()), at("2026-03-10T12:00:00Z")
	for i := range 20 {
		d.deliver(vote(fmt.Sprintf("e%02d", i), key("r"), noon.Add(time.Duration(i)*time.Minute), 1+i%2, true))
	}
	timeline := d.timelines[Number(casefile.Callback, key("r"), 0)]
	alerts := 0
	for _, e := range timeline {
		if e.Alert != nil {
			alerts++
		}
	}
	if len(timeline) != 20 || alerts != 1+maxChangeAlerts {
		t.Errorf("%d entries with %d alerts, want 20 with %d", len(timeline), alerts, 1+maxChangeAlerts)
	}
}

func TestTheSameVoteAgainIsNoNews(t *testing.T) {
	d, noon := newDesk(rules()), at("2026-03-10T12:00:00Z")
	d.deliver(vote("a", key("r"), noon, 2, true))
	d.deliver(vote("b", key("r"), noon.Add(time.Minute), 2, true))
	timeline := d.timelines[Number(casefile.Callback, key("r"), 0)]
	if len(timeline) != 2 || timeline[1].Alert != nil {
		t.Errorf("timeline %+v, want the second vote recorded without an alert", timeline)
	}
}

func TestAClosedCaseStaysClosed(t *testing.T) {
	d, noon := newDesk(rules()), at("2026-03-10T12:00:00Z")
	n := Number(casefile.Callback, key("r"), 0)
	d.deliver(vote("first", key("r"), noon, 4, true))
	c := d.cases[n]
	c.Status, c.NextAt = casefile.Closed, time.Time{}
	d.cases[n] = c
	d.deliver(vote("second", key("r"), noon.Add(time.Hour), 1, true))
	got := d.cases[n]
	if got.Status != casefile.Closed || !got.NextAt.IsZero() || got.Rule != string(CallbackRequested) {
		t.Errorf("case %+v, want it closed as it was", got)
	}
	if e := d.timelines[n][1]; e.Action != casefile.Annotated || e.Alert == nil {
		t.Errorf("entry %+v, want staff told of the new vote", e)
	}
	if d.miss(n, got.Step) {
		t.Error("a deadline moved a closed case")
	}
}

func TestMissedDeadlinesClimbTheChain(t *testing.T) {
	d, noon := newDesk(rules()), at("2026-03-10T12:00:00Z")
	n := Number(casefile.Callback, key("r"), 0)
	d.deliver(vote("first", key("r"), noon, 1, true))

	d.now = noon.Add(24*time.Hour - time.Millisecond)
	if d.miss(n, 0) {
		t.Fatal("the case moved before its deadline")
	}
	for step := range 2 {
		d.now = d.cases[n].NextAt
		if d.miss(n, step+1) {
			t.Fatalf("a message of step %d moved a case at step %d", step+1, step)
		}
		if !d.miss(n, step) {
			t.Fatalf("the deadline at step %d moved nothing", step)
		}
		if d.miss(n, step) {
			t.Fatalf("the message of step %d moved the case twice", step)
		}
		e := d.timelines[n][step+1]
		if e.Action != casefile.Overdue || e.Alert.Reason != events.CaseOverdue || e.Alert.Step != step+1 || !e.Alert.DueAt.Equal(noon.Add(24*time.Hour)) {
			t.Errorf("entry %+v, want the deadline's alert to recipient %d", e, step+1)
		}
	}
	c := d.cases[n]
	if !c.NextAt.Equal(d.now.Add(casefile.Reminder)) || c.Status != casefile.Open {
		t.Errorf("case %+v, want it open and the last of the chain reminded of it", c)
	}
	if err := casefile.Check(&c, d.timelines[n]); err != nil {
		t.Error(err)
	}
}

func TestAChainOfOneIsRemindedWeekly(t *testing.T) {
	r := rules()
	r.Recipients = func(string) int { return 1 }
	d, noon := newDesk(r), at("2026-03-10T12:00:00Z")
	n := Number(casefile.Callback, key("r"), 0)
	d.deliver(vote("first", key("r"), noon, 1, true))
	d.now = d.cases[n].NextAt
	for step := range 3 {
		if !d.miss(n, step) || !d.cases[n].NextAt.Equal(d.now.Add(casefile.Reminder)) {
			t.Errorf("case %+v, want a reminder and one a week later", d.cases[n])
		}
		d.now = d.cases[n].NextAt
	}
}

// A team may have a chain of its own, longer or shorter than that of all others.
func TestEachTeamIsSteppedThroughItsOwnChain(t *testing.T) {
	r := rules()
	r.Recipients = func(team string) int { return map[string]int{"": 3, "long": 4, "alone": 1}[team] }
	now := at("2026-03-10T12:00:00Z")
	for team, levels := range map[string]int{"": 1, "long": 2, "alone": 0} {
		c := casefile.Case{Number: "1", Family: casefile.Callback, Status: casefile.Open, NextAt: now}
		c.Handling.Team = team
		for step := range 5 {
			wait := casefile.Reminder
			if step < levels {
				wait = r.StepAfter
			}
			next, e, moved := Missed(c, events.Deadline{Step: step}, c.NextAt, r)
			if !moved || !next.NextAt.Equal(c.NextAt.Add(wait)) || e.Alert.Team != team {
				t.Errorf("team %q, step %d: next after %v, want %v", team, step, next.NextAt.Sub(c.NextAt), wait)
			}
			c = next
		}
	}
}

func TestAnEarlierDeadlineDoesNotUndoASteppedCase(t *testing.T) {
	d, noon := newDesk(rules()), at("2026-03-10T12:00:00Z")
	n := Number(casefile.Callback, key("r"), 0)
	d.deliver(vote("later", key("r"), noon, 4, true))
	d.now = d.cases[n].NextAt
	d.miss(n, 0)
	next := d.cases[n].NextAt
	d.deliver(vote("earlier", key("r"), noon.Add(-time.Hour), 4, true))
	if c := d.cases[n]; !c.DueAt.Equal(noon.Add(23*time.Hour)) || !c.NextAt.Equal(next) || c.Step != 1 {
		t.Errorf("case %+v, want the earlier promise on record and the chain where it was", c)
	}
}
