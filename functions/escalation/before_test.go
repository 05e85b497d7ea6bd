package main

import (
	"slices"
	"testing"
	"time"

	"resonanz/shared/casefile"
	"resonanz/shared/escalate"
	"resonanz/shared/lifecycle"
)

// TestAComplaintOfBeforeGetsAClock takes a complaint as it was stored before
// complaints had a lifecycle, be there somebody left to tell or not.
func TestAComplaintOfBeforeGetsAClock(t *testing.T) {
	for name, next := range map[string]time.Time{"due": noon, "told all": casefile.NoAction} {
		for _, print := range []string{"", usual().Print} {
			if print == "" && next.Equal(casefile.NoAction) {
				continue // the clock asks by the fingerprint alone
			}
			r, k := newRig(), responseKey(t, 1)
			c := casefile.Case{
				Number: escalate.Number(casefile.Complaint, k, 0), Family: casefile.Complaint, Subject: string(k), ResponseKey: k,
				Rule: "COMPLAINT_RECEIVED", Priority: "normal", Status: casefile.Received, Touchpoint: "repair", EventID: eventID(1),
				Category: "delivery.late", OpenedAt: noon.Add(-24 * time.Hour), DueAt: noon, NextAt: next,
			}
			e := casefile.Entry{
				At: c.OpenedAt, Action: casefile.Opened, Cause: c.EventID, Rule: c.Rule, Priority: c.Priority, Category: c.Category, Status: c.Status, DueAt: noon,
			}
			if err := r.memory.CreateCase(t.Context(), &c, &e); err != nil {
				t.Fatal(err)
			}
			for range 2 {
				if failed := r.deliver(t, deadlineOf(t, c.Number, print)); failed != nil {
					t.Fatal(r.log.String())
				}
			}
			state, timeline := r.complaint(t, k)
			if state.Handling.Clock == nil || state.Handling.Team != "workshop" || state.NextAt.Equal(casefile.NoAction) {
				t.Errorf("%s: nobody looks at it: %+v", name, state)
			}
			rescheduled := slices.DeleteFunc(actions(timeline), func(a casefile.Action) bool { return a != casefile.Rescheduling })
			if len(rescheduled) != 1 {
				t.Errorf("%s: %v", name, actions(timeline))
			}
		}
	}
}

func TestAnotherChainReachesACaseOfWhichAllWereTold(t *testing.T) {
	r, k := newRig(), responseKey(t, 1)
	r.complain(t, told(1, k, noon, "delivery.late", false), "")
	for range 40 {
		r.clock = r.clock.Add(24 * time.Hour)
		r.tickAll(t)
	}
	was, timeline := r.complaint(t, k)
	if timeline[len(timeline)-1].Rule != lifecycle.StillOpen {
		t.Fatalf("somebody is left to tell at %s", was.NextAt)
	}
	longer := book(`"c@example.com"]`, `"c@example.com", "d@example.com", "e@example.com"]`)
	if longer.Print == r.print {
		t.Fatal("nobody is told of the longer chain")
	}
	r.deploy(longer)
	if failed := r.deliver(t, deadlineOf(t, was.Number, longer.Print)); failed != nil {
		t.Fatal(r.log.String())
	}
	now, timeline := r.complaint(t, k)
	if timeline[len(timeline)-1].Action != casefile.Overdue || now.Step <= was.Step {
		t.Errorf("the next of the chain hears nothing: %v", actions(timeline))
	}
}
