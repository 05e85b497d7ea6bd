package main

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"resonanz/events"
	"resonanz/shared/casefile"
	"resonanz/shared/escalate"
	"resonanz/shared/feedback"
	"resonanz/shared/lifecycle"
	"resonanz/shared/rulebook"
	"resonanz/shared/store"
)

// clock does what the clock does, every message twice: it tells of all that is
// due at the present time.
func (r *rig) tickAll(t *testing.T) (told int) {
	t.Helper()
	var bodies []string
	err := r.memory.Due(t.Context(), r.clock, func(d store.Due) error {
		if d.Case != nil {
			told++
			body := message(t, events.Message{Type: events.TypeDeadline, Deadline: &events.Deadline{Case: string(d.Case.Case), Step: d.Case.Step, DueAt: d.Case.NextAt}})
			bodies = append(bodies, body, body)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if failed := r.deliver(t, bodies...); failed != nil {
		t.Fatalf("messages %v failed: %s", failed, r.log.String())
	}
	return told
}

// berlin is a time by the clock of Berlin in March 2026, which is in winter.
func berlin(day, hour, minute int) time.Time {
	return time.Date(2026, time.March, day, hour-1, minute, 0, 0, time.UTC)
}

// TestTheClockTellsEveryLevelOnce: noon is Tuesday 13:00 in Berlin. First
// response is due after 8 hours of business, Wednesday 13:00, and at risk after
// 6:24, Wednesday 11:24; resolution after 40 hours is at risk after 32.
func TestTheClockTellsEveryLevelOnce(t *testing.T) {
	r, k := newRig(), responseKey(t, 1)
	c := told(1, k, noon, "delivery.late", false)
	c.Touchpoint = "hotline"
	r.complain(t, c, "")
	levels := func() (all []string) {
		_, timeline := r.complaint(t, k)
		for _, e := range timeline[2:] {
			if e.Alert == nil {
				t.Fatalf("entry %+v tells nobody", e)
			}
			all = append(all, string(e.Alert.Reason)+" "+e.Alert.Clock)
		}
		return all
	}
	var want []string
	for _, tt := range []struct {
		at   time.Time
		want []string
	}{
		{berlin(11, 11, 23), nil},
		{berlin(11, 11, 24), []string{"case_at_risk first_response"}},
		{berlin(11, 12, 59), nil},
		{berlin(11, 13, 0), []string{"case_breached first_response"}},
		{berlin(11, 13, 1), nil},
	} {
		r.clock = tt.at
		for range 2 {
			r.tickAll(t)
		}
		want = append(want, tt.want...)
		if diff := cmp.Diff(want, levels()); diff != "" {
			t.Fatalf("%s: told (-want +got):\n%s", tt.at, diff)
		}
	}
	if strings.Contains(r.out.String(), "DeadlinesLeft") {
		t.Errorf("a deadline was left: %s", r.out.String())
	}
	state, _ := r.complaint(t, k)
	if diff := cmp.Diff([]string{"SLA_AT_RISK", "SLA_BREACH"}, escalations(state)); diff != "" {
		t.Errorf("escalations (-want +got):\n%s", diff)
	}
	for _, metric := range []string{`"CasesAtRisk":1`, `"CasesOverdue":1`} {
		if n := strings.Count(r.out.String(), metric); n != 1 {
			t.Errorf("%s is counted %d times", metric, n)
		}
	}
	// A clock that stood still for weeks tells of everything at once, each once.
	r.clock = berlin(31, 12, 0)
	for range 30 {
		if r.tickAll(t) == 0 {
			break
		}
		r.clock = r.clock.Add(time.Minute)
	}
	seen := map[string]int{}
	for _, l := range levels() {
		seen[l]++
	}
	for _, l := range []string{"case_at_risk first_response", "case_breached first_response", "case_at_risk resolution", "case_breached resolution"} {
		if seen[l] != 1 {
			t.Errorf("%s was told %d times, want once", l, seen[l])
		}
	}
}

func TestAStaleLineOfTheIndexMovesNothing(t *testing.T) {
	r, k := newRig(), responseKey(t, 1)
	r.complain(t, told(1, k, noon, "delivery.late", false), "")
	n := escalate.Number(casefile.Complaint, k, 0)
	for _, d := range []events.Deadline{
		{Case: string(n), Step: 0, DueAt: noon.Add(-time.Hour)}, {Case: string(n), Step: 7, DueAt: noon}, {Case: string(n)},
	} {
		r.deliver(t, message(t, events.Message{Type: events.TypeDeadline, Deadline: &d}))
	}
	if _, timeline := r.complaint(t, k); len(timeline) != 2 {
		t.Errorf("timeline %v, want what was there", actions(timeline))
	}
	// Due before by an index that lags: told, it moves on; told again, it does not.
	r.clock = berlin(11, 11, 24)
	for range 3 {
		r.deliver(t, deadlineOf(t, n, ""), deadlineOf(t, n, ""))
	}
	if _, timeline := r.complaint(t, k); len(timeline) != 3 {
		t.Errorf("timeline %v, want one level more", actions(timeline))
	}
}

func slower() *rulebook.Book { return book(`"first_response_hours": 8`, `"first_response_hours": 16`) }

func TestAChangedConfigurationMovesOpenDeadlines(t *testing.T) {
	r, k := newRig(), responseKey(t, 1)
	r.complain(t, told(1, k, noon, "delivery.late", false), "")
	low := vote(2, responseKey(t, 2), noon, 1, true)
	r.store(t, low)
	r.deliver(t, stored(t, low))
	n := escalate.Number(casefile.Complaint, k, 0)
	before, _ := r.complaint(t, k)
	r.deploy(slower())
	for range 2 {
		if failed := r.deliver(t, deadlineOf(t, n, r.print), deadlineOf(t, escalate.Number(casefile.Callback, low.ResponseKey, 0), r.print)); failed != nil {
			t.Fatalf("messages %v failed", failed)
		}
	}
	after, timeline := r.complaint(t, k)
	if !before.DueAt.Equal(berlin(11, 13, 0)) || !after.DueAt.Equal(berlin(12, 13, 0)) || !after.NextAt.After(before.NextAt) {
		t.Errorf("due %s, next %s, want a day after %s", after.DueAt, after.NextAt, before.DueAt)
	}
	if diff := cmp.Diff([]casefile.Action{casefile.Opened, casefile.Acknowledging, casefile.Rescheduling}, actions(timeline)); diff != "" {
		t.Errorf("timeline (-want +got):\n%s", diff)
	}
	if _, callback := r.state(t, escalate.Number(casefile.Callback, low.ResponseKey, 0)); len(callback) != 1 {
		t.Errorf("callback %v, want it untouched", actions(callback))
	}
}

// relisted notes which cases were put onto the list.
type relisted struct {
	cases
	numbers []casefile.Number
}

func (r *relisted) Relist(ctx context.Context, n casefile.Number) error {
	r.numbers = append(r.numbers, n)
	return r.cases.Relist(ctx, n)
}

// TestASweepListsEveryCase: also one that nothing moves, since it may have been
// stored before cases had a list.
func TestASweepListsEveryCase(t *testing.T) {
	r, k := newRig(), responseKey(t, 1)
	r.complain(t, told(1, k, noon, "delivery.late", false), "")
	list := &relisted{cases: r.cases}
	r.cases = list
	n := escalate.Number(casefile.Complaint, k, 0)
	if failed := r.deliver(t, deadlineOf(t, n, ""), deadlineOf(t, n, r.print)); failed != nil {
		t.Fatalf("messages %v failed", failed)
	}
	if diff := cmp.Diff([]casefile.Number{n}, list.numbers); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// A line of the index that was due by the configuration before must not tell of a
// deadline that has moved, though no sweep has come by yet.
func TestADeadlineIsWorkedOutAnewBeforeItIsTold(t *testing.T) {
	r, k := newRig(), responseKey(t, 1)
	r.complain(t, told(1, k, noon, "delivery.late", false), "")
	r.deploy(slower())
	r.clock = berlin(11, 13, 0)
	r.tickAll(t)
	c, timeline := r.complaint(t, k)
	if x := escalations(c); x != nil || timeline[len(timeline)-1].Action != casefile.Rescheduling {
		t.Errorf("escalations %v with %v, want the deadline moved, not told", x, actions(timeline))
	}
}

func TestAMessageOfAnotherConfigurationWaitsForItsDeployment(t *testing.T) {
	r, k := newRig(), responseKey(t, 1)
	r.complain(t, told(1, k, noon, "delivery.late", false), "")
	n := escalate.Number(casefile.Complaint, k, 0)
	body := deadlineOf(t, n, slower().Print)
	for attempt := 1; attempt <= waits; attempt++ {
		if failed := r.deliverAttempt(t, attempt, body); len(failed) != 1 {
			t.Errorf("attempt %d: %v, want it to come again", attempt, failed)
		}
	}
	if _, timeline := r.complaint(t, k); len(timeline) != 2 {
		t.Fatalf("timeline %v, want nothing moved", actions(timeline))
	}
	// The other was taken back, and never comes: the message ends.
	if failed := r.deliverAttempt(t, waits+1, body); failed != nil || len(r.dead.bodies) != 0 {
		t.Errorf("failed %v, put aside %q, want the message done with", failed, r.dead.reasons)
	}
	r.deploy(slower())
	if failed := r.deliverAttempt(t, 1, body); failed != nil {
		t.Errorf("failed %v, once deployed", failed)
	}
	if _, timeline := r.complaint(t, k); len(timeline) != 3 {
		t.Errorf("timeline %v, want the deadlines moved", actions(timeline))
	}
}

func TestOthersMayChangeTheCaseMeanwhile(t *testing.T) {
	r, k := newRig(), responseKey(t, 1)
	r.complain(t, told(1, k, noon, "delivery.late", false), "")
	n := escalate.Number(casefile.Complaint, k, 0)
	r.clock = berlin(11, 13, 0)
	b := &busy{Memory: r.memory, err: store.ErrVersion, n: 2}
	r.cases = b
	for range 3 { // what fails comes again
		if r.deliver(t, deadlineOf(t, n, "")) == nil {
			break
		}
	}
	if c, _ := r.complaint(t, k); len(c.Handling.Escalations) != 2 {
		t.Errorf("escalations %v, want both levels told", escalations(c))
	}
	b.n = 1000
	r.clock = berlin(20, 13, 0)
	if failed := r.deliver(t, deadlineOf(t, n, "")); len(failed) != 1 {
		t.Errorf("failed %v, want it to come again", failed)
	}
}

// Staff make a complaint of a draft, and a critical one of an ordinary one:
// nobody tells escalation of it, so the clock looks.
func TestWhatStaffMadeOfACaseIsComparedByTheClock(t *testing.T) {
	r := newRig()
	r.deliver(t, r.complain(t, told(1, responseKey(t, 1), noon, "delivery.late", false), "Q"))
	low := vote(2, responseKey(t, 2), noon, 1, false)
	low.HasText = true
	if _, _, err := r.memory.Put(t.Context(), entryOf(t, feedback.KindRating, low.ResponseKey, low.EventID, low, "Q")); err != nil {
		t.Fatal(err)
	}
	r.deliver(t, stored(t, low))
	c, _ := r.complaint(t, low.ResponseKey)
	for _, cmd := range []lifecycle.Command{
		{Do: casefile.Registered, Category: "delivery.late"},
		{Do: casefile.Assessing, Severity: casefile.Critical, Urgency: casefile.Immediate, Category: "delivery.late"},
	} {
		next, es, err := lifecycle.Apply(*c, cmd, casefile.Actor{Kind: casefile.Staff, ID: "anna"}, r.clock, r.lifecycle)
		if err != nil {
			t.Fatal(err)
		}
		if err := r.memory.UpdateCase(t.Context(), &next, pointers(es)...); err != nil {
			t.Fatal(err)
		}
		c = &next
	}
	r.deliver(t, signalled(t, categorySpike("other", noon)))
	for range 2 {
		r.deliver(t, deadlineOf(t, c.Number, ""))
	}
	if c, _ = r.complaint(t, low.ResponseKey); !slices.Contains(escalations(c), "REPEAT_COMPLAINT") {
		t.Errorf("escalations %v, want it to repeat", escalations(c))
	}
	if r.crisis(t) != nil {
		t.Fatal("a crisis without a spike of its category")
	}
	r.deliver(t, signalled(t, categorySpike("delivery.late", noon.Add(time.Hour))))
	if r.crisis(t) == nil {
		t.Error("no crisis, though a case of the category is critical")
	}
}

func TestADeadlineThatNothingIsDoneAboutIsCounted(t *testing.T) {
	r := newRig()
	c := casefile.Case{Number: "2603-0000-0001", Family: casefile.Callback, Status: casefile.Open, Step: 3, NextAt: noon}
	if err := r.memory.CreateCase(t.Context(), &c, &casefile.Entry{Action: casefile.Opened}); err != nil {
		t.Fatal(err)
	}
	r.deliver(t, deadlineOf(t, c.Number, "")) // of a step before
	if n := strings.Count(r.out.String(), `"DeadlinesLeft":1`); n != 1 {
		t.Errorf("counted %d times, want once", n)
	}
}
