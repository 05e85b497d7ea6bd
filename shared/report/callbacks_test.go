package report_test

import (
	"testing"
	"time"

	"resonanz/events"
	"resonanz/shared/casefile"
	"resonanz/shared/escalate"
	"resonanz/shared/feedback"
	"resonanz/shared/lifecycle"
	"resonanz/shared/report"
)

// owed begins the tale of a call back that customer number n was promised within
// a day.
func owed(t testing.TB, n int, at time.Time) *tale {
	t.Helper()
	rules := escalate.Rules{LowRatingMax: 2, CallbackDue: day, StepAfter: day, Recipients: func(string) int { return 2 }, MaxSkew: 5 * time.Minute}
	said := []escalate.Said{{
		EventID: feedback.DeriveEventID("vote", string(keyOf(t, n, at))), ResponseKey: keyOf(t, n, at), Touchpoint: "hotline",
		Channel: feedback.EmailLink, Scale: feedback.Stars5, Rating: 1, CallbackRequested: true, SubmittedAt: at, ReceivedAt: at,
	}}
	c, e, ok := escalate.Next(casefile.Callback, nil, nil, said, at, rules)
	if !ok {
		t.Fatal("no case")
	}
	s := &tale{now: at, rules: handlingRules(t), t: t}
	s.keep(c, []casefile.Entry{e})
	return s
}

// overdue lets the deadline of a call back pass.
func (s *tale) overdue() *tale {
	s.t.Helper()
	s.now = s.NextAt
	c, e, ok := escalate.Missed(s.Case, events.Deadline{Case: string(s.Number), Step: s.Step, DueAt: s.NextAt}, s.now, escalate.Rules{StepAfter: day, Recipients: func(string) int { return 2 }})
	if !ok {
		s.t.Fatal("nothing was missed")
	}
	s.keep(c, []casefile.Entry{e})
	return s
}

func TestCallsBackInTime(t *testing.T) {
	made := func(s *tale, after time.Duration) *tale {
		s.now = s.now.Add(after)
		return s.do(anna, lifecycle.Command{Do: casefile.Closing})
	}
	before := monday.Add(-10 * day)
	w := tell(
		made(owed(t, 1, monday), time.Hour),               // in time
		made(owed(t, 2, monday), 2*time.Hour),             // in time
		made(owed(t, 3, monday).overdue(), time.Hour),     // late
		owed(t, 4, monday).overdue().overdue(),            // overdue
		owed(t, 5, monday.Add(22*day)),                    // not due yet
		made(owed(t, 6, before.Add(-10*day)), time.Hour),  // of the month before
		made(owed(t, 7, before).overdue(), 5*day),         // of the month before, made in this one
		made(owed(t, 8, monday).overdue(), 30*day),        // made in April, overdue by then
		made(owed(t, 9, monday.Add(22*day)), 3*time.Hour), // in time, on the last day
	)
	r := reportOf(t, w)
	if got := r.Tasks.CalledBack; got.K != 3 || got.N != 7 || got.Withheld {
		t.Errorf("called back in time: %+v, want 3 of 7", got)
	}
	if _, ok := r.AbsenceOf(report.SecTasks, ""); ok {
		t.Error("the section says that there is nothing to count")
	}
	if r.Complaints.Received != 0 {
		t.Errorf("a call back is no complaint: %+v", r.Complaints)
	}
}
