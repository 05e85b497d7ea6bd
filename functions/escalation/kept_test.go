package main

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"resonanz/shared/casefile"
	"resonanz/shared/escalate"
	"resonanz/shared/feedback"
	"resonanz/shared/period"
)

// TestKeepingBackWhatConcernsNobodyChangesNoCase is the law by which fanout sends
// less: whatever is said, under any thresholds, in any order of storing and of
// delivering, the same cases come of all messages and of those alone that concern
// one.
func TestKeepingBackWhatConcernsNobodyChangesNoCase(t *testing.T) {
	march, err := period.Parse("2026-03")
	if err != nil {
		t.Fatal(err)
	}
	const responses = 3
	own := func(n int) feedback.ResponseKey {
		return feedback.NewResponseKey(march, feedback.ResponseIDOf(eventID(n)))
	}
	rapid.Check(t, func(rt *rapid.T) {
		everything, less := newRig(), newRig()
		everything.rules.LowRatingMax = rapid.IntRange(1, 5).Draw(rt, "low")
		everything.rules.HighValueMax = rapid.IntRange(0, 5).Draw(rt, "high value")
		less.rules = everything.rules
		var queue []string
		concerns := map[string]bool{}
		for n := range rapid.IntRange(1, 8).Draw(rt, "events") {
			// The first of each response begins it, the others come later or were
			// submitted earlier by a device that was offline.
			k := own(n % responses)
			when := noon.Add(time.Duration(rapid.IntRange(-60, 60).Draw(rt, "minutes")) * time.Minute)
			var body string
			var said escalate.Said
			if rapid.IntRange(0, 4).Draw(rt, "complaint") == 0 {
				c := told(n, k, when, "delivery.late", rapid.Bool().Draw(rt, "callback"))
				said, body = escalate.Complaint(&c), storedAs(rt, feedback.KindComplaint, c)
				everything.put(rt, feedback.KindComplaint, k, c.EventID, c)
				less.put(rt, feedback.KindComplaint, k, c.EventID, c)
			} else {
				v := vote(n, k, when, rapid.IntRange(1, 5).Draw(rt, "stars"), rapid.IntRange(0, 3).Draw(rt, "callback") == 0)
				v.HasText = rapid.IntRange(0, 3).Draw(rt, "text") == 0
				v.Segment = rapid.SampledFrom([]string{"", "B", "A"}).Draw(rt, "segment")
				said, body = escalate.Vote(&v), stored(rt, v)
				everything.store(rt, v)
				less.store(rt, v)
			}
			concerns[body] = escalate.Concerns(&said)
			queue = append(queue, body)
			if rapid.Bool().Draw(rt, "delivered at once") {
				deliverBoth(rt, everything, less, queue, concerns)
				queue = nil
			}
		}
		deliverBoth(rt, everything, less, rapid.Permutation(queue).Draw(rt, "order"), concerns)
		for n := range responses {
			for _, f := range escalate.Families {
				number := escalate.Number(f, own(n), 0)
				if diff := cmp.Diff(casesOf(rt, everything, number), casesOf(rt, less, number)); diff != "" {
					rt.Fatalf("case %s (-of everything +of less):\n%s", number, diff)
				}
			}
		}
	})
}

// deliverBoth delivers a queue, to less what concerns a case only.
func deliverBoth(t *rapid.T, everything, less *rig, queue []string, concerns map[string]bool) {
	for _, body := range queue {
		if failed := everything.deliver(t, body); failed != nil {
			t.Fatal(everything.log.String())
		}
		if !concerns[body] {
			continue
		}
		if failed := less.deliver(t, body); failed != nil {
			t.Fatal(less.log.String())
		}
	}
}

// casesOf is a case with its timeline as text; "null": there is none.
func casesOf(t *rapid.T, r *rig, n casefile.Number) string {
	c, timeline := r.state(t, n)
	b, err := json.MarshalIndent([]any{c, timeline}, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
