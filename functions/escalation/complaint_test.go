package main

import (
	"context"
	"encoding/json"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"resonanz/events"
	"resonanz/shared/casefile"
	"resonanz/shared/escalate"
	"resonanz/shared/feedback"
	"resonanz/shared/store"
)

func TestAComplaintThatHasItsCaseIsLeftAlone(t *testing.T) {
	r, k := newRig(), responseKey(t, 1)
	body := r.complain(t, told(1, k, noon, "delivery.late", true), "")
	for range 3 {
		if failed := r.deliver(t, body, body); failed != nil {
			t.Fatalf("messages %v failed", failed)
		}
	}
	c, timeline := r.complaint(t, k)
	if diff := cmp.Diff([]casefile.Action{casefile.Opened, casefile.Acknowledging}, actions(timeline)); diff != "" {
		t.Errorf("timeline (-want +got):\n%s", diff)
	}
	if x := escalations(c); x != nil {
		t.Errorf("escalations %v, want none", x)
	}
	if callback, _ := r.state(t, escalate.Number(casefile.Callback, k, 0)); callback == nil || callback.Rule != "CALLBACK_REQUESTED" {
		t.Errorf("callback %+v, want the wish kept beside the complaint", callback)
	}
}

// A complaint that came without a case, from whatever stored it, gets one.
func TestAComplaintWithoutACaseIsRegisteredOnce(t *testing.T) {
	r, k := newRig(), responseKey(t, 1)
	c := told(1, k, noon, "delivery.late", false)
	r.put(t, feedback.KindComplaint, k, c.EventID, c)
	body := storedAs(t, feedback.KindComplaint, c)
	for range 3 {
		if failed := r.deliver(t, body, body); failed != nil {
			t.Fatalf("messages %v failed", failed)
		}
	}
	state, timeline := r.complaint(t, k)
	if state.Rule != "COMPLAINT_RECEIVED" || state.Status != casefile.Acknowledged || state.Handling.Team != "workshop" || !state.Notifiable || len(timeline) != 2 {
		t.Errorf("case %+v with %d entries, want it registered and acknowledged", state, len(timeline))
	}
}

func TestACardIsAVoteForEveryRule(t *testing.T) {
	r, k := newRig(), responseKey(t, 1)
	card := feedback.Card{Rating: vote(1, k, noon, 1, true), Card: "visit", Answers: map[string]string{"found": "no"}}
	card.HasText, card.Segment = true, "A"
	r.put(t, feedback.KindCard, k, card.EventID, card)
	for range 2 {
		if failed := r.deliver(t, storedAs(t, feedback.KindCard, card)); failed != nil {
			t.Fatalf("messages %v failed", failed)
		}
	}
	for f, rule := range map[casefile.Family]string{
		casefile.Callback: "LOW_RATING_CALLBACK", casefile.Complaint: "RATING_IS_COMPLAINT", casefile.Attention: "HIGH_VALUE_LOW_RATING",
	} {
		c, timeline := r.state(t, escalate.Number(f, k, 0))
		if c == nil || c.Rule != rule || c.Rating != 1 || c.Segment != "A" || len(timeline) != 1 {
			t.Errorf("%s: %+v with %d entries, want %s", f, c, len(timeline), rule)
		}
	}
}

func TestADraftBecomesAComplaint(t *testing.T) {
	low := func(k feedback.ResponseKey) feedback.Rating {
		v := vote(1, k, noon, 1, false)
		v.HasText = true
		return v
	}
	for name, reverse := range map[string]bool{"as it came": false, "complaint delivered first": true} {
		t.Run(name, func(t *testing.T) {
			r, k := newRig(), responseKey(t, 1)
			v, c := low(k), told(2, k, noon.Add(time.Hour), "delivery.late", false)
			r.store(t, v)
			bodies := []string{stored(t, v), storedAs(t, feedback.KindComplaint, c)}
			if reverse {
				bodies[0], bodies[1] = bodies[1], bodies[0]
			} else if r.deliver(t, bodies[0]) != nil {
				t.Fatal("the vote failed")
			}
			if _, _, err := r.memory.Put(context.Background(), entryOf(t, feedback.KindComplaint, k, c.EventID, c, "Q")); err != nil {
				t.Fatal(err)
			}
			for range 3 {
				if failed := r.deliver(t, append(bodies, bodies...)...); failed != nil {
					t.Fatalf("messages %v failed", failed)
				}
			}
			state, timeline := r.complaint(t, k)
			if state.Status != casefile.Acknowledged || state.Rating != 1 || state.Category != "delivery.late" || state.CustomerKey != "Q" || !state.Notifiable ||
				state.Handling.Clock == nil || len(timeline) != 3 {
				t.Errorf("case %+v with %v, want the draft of the rating and the complaint in one case", state, actions(timeline))
			}
		})
	}
}

func TestTheCustomerOfACaseStandsInTheLedger(t *testing.T) {
	r, k := newRig(), responseKey(t, 1)
	v := vote(1, k, noon, 2, true)
	if _, _, err := r.memory.Put(t.Context(), entryOf(t, feedback.KindRating, k, v.EventID, v, "Q")); err != nil {
		t.Fatal(err)
	}
	r.deliver(t, stored(t, v))
	c, timeline := r.state(t, escalate.Number(casefile.Callback, k, 0))
	if c == nil || c.CustomerKey != "Q" {
		t.Fatalf("case %+v, want that of customer Q", c)
	}
	for _, v := range []any{c, timeline} {
		b, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		if got := string(b); len(got) == 0 || containsAny(got, `"Q"`, "kundin", "0221") {
			t.Errorf("something personal in %s", got)
		}
	}
}

func TestRepeatedComplaintsEscalateInAnyOrder(t *testing.T) {
	for name, order := range map[string][]int{"in order": {0, 1, 2}, "the last first": {2, 1, 0}, "twice": {1, 0, 2, 0, 1, 2, 2, 1, 0}} {
		t.Run(name, func(t *testing.T) {
			r := newRig()
			var bodies []string
			for i, category := range []string{"billing.incorrect_invoice", "billing.incorrect_invoice", "delivery.late"} {
				r.clock = noon.Add(time.Duration(i) * 24 * time.Hour)
				bodies = append(bodies, r.complain(t, told(i, responseKey(t, i), r.clock, category, false), "Q"))
			}
			bodies = append(bodies,
				r.complain(t, told(7, responseKey(t, 7), r.clock, "delivery.late", false), ""), // anonymous
				r.complain(t, told(8, responseKey(t, 8), r.clock, "delivery.late", false), "Z"))
			for _, i := range append(order, 3, 4) {
				if failed := r.deliver(t, bodies[i]); failed != nil {
					t.Fatalf("message %d failed", i)
				}
			}
			for i, want := range map[int][]string{0: nil, 1: {"REPEAT_COMPLAINT"}, 2: nil, 7: nil, 8: nil} {
				c, timeline := r.complaint(t, responseKey(t, i))
				if diff := cmp.Diff(want, escalations(c)); diff != "" {
					t.Errorf("complaint %d (-want +got):\n%s", i, diff)
				}
				if want == nil {
					continue
				}
				last := timeline[len(timeline)-1]
				if c.Priority != "high" || last.Action != casefile.Raising || last.Alert == nil || last.Alert.Reason != events.CaseEscalated || last.Alert.Rule != "REPEAT_COMPLAINT" || last.Alert.Team != "workshop" {
					t.Errorf("case %+v with %+v, want the team told that it repeats", c, last)
				}
			}
		})
	}
}

func TestWhatConcernsTheHandlingOfComplaintsFollowsUp(t *testing.T) {
	r, k := newRig(), responseKey(t, 1)
	body := r.complain(t, told(1, k, noon, "delivery.late", false), "Q")
	again := told(2, k, noon.Add(time.Hour), "complaint_handling.delay", false)
	r.put(t, feedback.KindComplaint, k, again.EventID, again)
	for range 2 {
		r.deliver(t, body, storedAs(t, feedback.KindComplaint, again))
	}
	c, _ := r.complaint(t, k)
	if diff := cmp.Diff([]string{"FOLLOW_UP_COMPLAINT"}, escalations(c)); diff != "" {
		t.Errorf("escalations (-want +got):\n%s", diff)
	}
}

// dying is a store that fails the n-th of its writes: before it, or after it was
// done, when only the answer is lost.
type dying struct {
	*store.Memory
	n     int
	after bool
	calls int
}

func (d *dying) write(do func() error) error {
	d.calls++
	if d.calls != d.n {
		return do()
	}
	if d.after {
		if err := do(); err != nil {
			return err
		}
	}
	return errThrottled
}

func (d *dying) CreateCase(ctx context.Context, c *casefile.Case, es ...*casefile.Entry) error {
	return d.write(func() error { return d.Memory.CreateCase(ctx, c, es...) })
}

func (d *dying) UpdateCase(ctx context.Context, c *casefile.Case, es ...*casefile.Entry) error {
	return d.write(func() error { return d.Memory.UpdateCase(ctx, c, es...) })
}

func (d *dying) PutCrisis(ctx context.Context, k *casefile.Crisis) error {
	return d.write(func() error { return d.Memory.PutCrisis(ctx, k) })
}

func TestAWorkerThatDiesWhileItComparesLosesNothing(t *testing.T) {
	for n := range 8 {
		for _, after := range []bool{false, true} {
			r := newRig()
			d := &dying{Memory: r.memory, n: n, after: after}
			r.cases, r.crises = d, d
			var queue []string
			for i := range 2 {
				c := told(i, responseKey(t, i), noon.Add(time.Duration(i)*time.Hour), "privacy", true)
				queue = append(queue, r.complain(t, c, "Q"))
				second := told(10+i, responseKey(t, i), noon.Add(2*time.Hour), "complaint_handling.delay", false)
				r.put(t, feedback.KindComplaint, second.ResponseKey, second.EventID, second)
				queue = append(queue, storedAs(t, feedback.KindComplaint, second))
			}
			for rounds := 0; len(queue) > 0; rounds++ {
				if rounds > 3 {
					t.Fatalf("write %d: still %d messages", n, len(queue))
				}
				var again []string
				for _, i := range r.deliver(t, queue...) {
					again = append(again, queue[i])
				}
				queue = again
			}
			for i, want := range [][]string{{"CRITICAL_SEVERITY", "FOLLOW_UP_COMPLAINT"}, {"CRITICAL_SEVERITY", "FOLLOW_UP_COMPLAINT", "REPEAT_COMPLAINT"}} {
				c, timeline := r.complaint(t, responseKey(t, i))
				got := map[string]int{}
				for _, x := range escalations(c) {
					got[x]++
				}
				if diff := cmp.Diff(map[string]int{want[0]: 1, want[1]: 1}, without(got, "REPEAT_COMPLAINT")); diff != "" {
					t.Errorf("write %d, after it %t: complaint %d (-want +got):\n%s", n, after, i, diff)
				}
				if got["REPEAT_COMPLAINT"] != i {
					t.Errorf("write %d, after it %t: complaint %d repeats %d times, want %d", n, after, i, got["REPEAT_COMPLAINT"], i)
				}
				if callback, entries := r.state(t, escalate.Number(casefile.Callback, responseKey(t, i), 0)); callback == nil || len(entries) != 2 {
					t.Errorf("write %d, after it %t: callback %+v with %d entries", n, after, callback, len(entries))
				}
				if len(timeline) != 2+1+1+i { // received, acknowledged, the second word, its rule and REPEAT_COMPLAINT
					t.Errorf("write %d, after it %t: complaint %d has %v", n, after, i, actions(timeline))
				}
			}
			if len(r.dead.bodies) != 0 {
				t.Errorf("write %d: put aside %q", n, r.dead.reasons)
			}
		}
	}
}

func without(m map[string]int, key string) map[string]int {
	out := map[string]int{}
	for k, v := range m {
		if k != key {
			out[k] = v
		}
	}
	return out
}
