package main

import (
	"context"
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"resonanz/events"
	"resonanz/shared/casefile"
	"resonanz/shared/escalate"
	"resonanz/shared/feedback"
	"resonanz/shared/store"
)

// once are the rules that escalate a subject once, whatever comes.
var once = []string{
	"LOW_RATING_CALLBACK", "CALLBACK_REQUESTED", "RATING_IS_COMPLAINT", "HIGH_VALUE_LOW_RATING",
	"CRITICAL_SEVERITY", "REPEAT_COMPLAINT", "FOLLOW_UP_COMPLAINT", "SPIKE", "DATA_GAP",
}

// TestNobodyFadesAway lets customers vote and complain, figures signal and time
// pass, delivers every message twice and in any order, and lets the worker die at
// any write. Afterwards everybody who asked for something has a case, no rule has
// escalated a subject twice, and every timeline replays to the state kept.
func TestNobodyFadesAway(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		r := newRig()
		d := &dying{Memory: r.memory}
		r.cases, r.crises = d, d
		var queue []string
		asked := map[casefile.Number]bool{} // the cases there have to be
		spikes := map[feedback.Touchpoint]bool{}
		deliver := func() {
			order := rapid.Permutation(append(queue, queue...)).Draw(rt, "delivered")
			d.calls, d.n, d.after = 0, rapid.IntRange(0, 6).Draw(rt, "dies at write"), rapid.Bool().Draw(rt, "after it")
			for rounds := 0; len(order) > 0; rounds++ {
				if rounds > 5 {
					rt.Fatalf("still %d messages: %s", len(order), r.log.String())
				}
				var again []string
				for _, i := range r.deliver(rt, order...) {
					again = append(again, order[i])
				}
				order = again
			}
			queue = nil
		}
		for n := range rapid.IntRange(1, 8).Draw(rt, "happenings") {
			k := responseKey(rt, rapid.IntRange(0, 2).Draw(rt, "response"))
			customer := rapid.SampledFrom([]string{"", "Q"}).Draw(rt, "customer")
			wish := rapid.Bool().Draw(rt, "wish")
			switch rapid.IntRange(0, 5).Draw(rt, "what") {
			case 0, 1:
				v := vote(n, k, r.clock, rapid.IntRange(1, 5).Draw(rt, "stars"), wish)
				v.HasText, v.Segment = rapid.Bool().Draw(rt, "text"), rapid.SampledFrom([]string{"", "A"}).Draw(rt, "segment")
				if _, _, err := r.memory.Put(context.Background(), entryOf(rt, feedback.KindRating, k, v.EventID, v, customer)); err != nil {
					rt.Fatal(err)
				}
				said := escalate.Vote(&v)
				for _, x := range escalate.Decide(&said, r.rules) {
					asked[escalate.Number(x.Family, k, 0)] = true
				}
				queue = append(queue, stored(rt, v))
			case 2, 3:
				c := told(n, k, r.clock, rapid.SampledFrom([]string{"privacy", "delivery.late", "complaint_handling.delay"}).Draw(rt, "category"), wish)
				asked[escalate.Number(casefile.Complaint, k, 0)] = true
				if wish {
					asked[escalate.Number(casefile.Callback, k, 0)] = true
				}
				if have, _ := r.state(rt, escalate.Number(casefile.Complaint, k, 0)); have == nil {
					queue = append(queue, r.complain(rt, c, customer))
				} else { // its case is there: the intake stores the word alone
					if _, _, err := r.memory.Put(context.Background(), entryOf(rt, feedback.KindComplaint, k, c.EventID, c, customer)); err != nil {
						rt.Fatal(err)
					}
					queue = append(queue, storedAs(rt, feedback.KindComplaint, c))
				}
			case 4:
				s := spike(rapid.SampledFrom([]feedback.Touchpoint{"hotline", "repair"}).Draw(rt, "touchpoint"), r.clock)
				spikes[s.Touchpoint] = true
				queue = append(queue, message(rt, events.Message{Type: events.TypeSignal, Signal: &s}))
			case 5: // all within a day: spikes count together
				r.clock = r.clock.Add(time.Duration(rapid.IntRange(1, 170).Draw(rt, "minutes")) * time.Minute)
				err := r.memory.Due(context.Background(), r.clock, func(l store.Due) error {
					queue = append(queue, message(rt, events.Message{Type: events.TypeDeadline, Deadline: &events.Deadline{Case: string(l.Case.Case), Step: l.Case.Step, DueAt: l.Case.NextAt}}))
					return nil
				})
				if err != nil {
					rt.Fatal(err)
				}
			}
			if rapid.Bool().Draw(rt, "deliver now") {
				deliver()
			}
		}
		deliver()
		if len(r.dead.bodies) != 0 {
			rt.Fatalf("put aside: %q", r.dead.reasons)
		}
		for n := range asked {
			if c, _ := r.state(rt, n); c == nil {
				rt.Fatalf("somebody asked for case %s, and there is none", n)
			}
		}
		page, err := r.memory.Cases(context.Background(), store.CaseQuery{Limit: store.MaxCases})
		if err != nil {
			rt.Fatal(err)
		}
		crises := 0
		for i := range page.Cases {
			c, timeline := r.state(rt, page.Cases[i].Number) // which checks and replays it
			raised, caused := map[string]int{}, map[feedback.EventID]int{}
			for _, rule := range escalations(c) {
				raised[rule]++
			}
			for _, e := range timeline {
				caused[e.Cause]++
			}
			delete(caused, "")
			for _, rule := range once {
				if raised[rule] > 1 {
					rt.Fatalf("case %s: %s escalated it %d times", c.Number, rule, raised[rule])
				}
			}
			for id, times := range caused {
				if times > 1 {
					rt.Fatalf("case %s: event %s is told %d times", c.Number, id, times)
				}
			}
			if c.Rule == string(escalate.Crisis) {
				crises++
			}
		}
		if want := len(spikes) == 2; crises > 1 || want != (crises == 1) {
			rt.Fatalf("%d crises after spikes at %s", crises, fmt.Sprint(spikes))
		}
	})
}
