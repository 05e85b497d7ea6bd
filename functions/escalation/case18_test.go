package main

import (
	"context"
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"resonanz/shared/casefile"
	"resonanz/shared/escalate"
	"resonanz/shared/feedback"
)

// TestWorkedCase18InAnyOrder stores what worked case 18 tells and delivers it in
// any order, each event as often as one likes: rule and subject escalate once.
func TestWorkedCase18InAnyOrder(t *testing.T) {
	b, err := os.ReadFile("../../shared/domaincases/18_escalation_decisions.json")
	if err != nil {
		t.Fatal(err)
	}
	var worked struct {
		Input struct {
			Events []struct {
				EventID   string `json:"event_id"`
				Type      string
				Response  string `json:"response_key"`
				Complaint string `json:"complaint_id"`
				Customer  string
				Category  string
				Segment   string
				Rating    int
				Callback  bool `json:"callback_requested"`
				Comment   *string
				At        time.Time
			}
		}
		Expected struct {
			Escalations []struct{ Rule, Subject string }
		}
	}
	if err := json.Unmarshal(b, &worked); err != nil {
		t.Fatal(err)
	}
	var want []string
	for _, e := range worked.Expected.Escalations {
		want = append(want, e.Rule+" "+e.Subject)
	}
	slices.Sort(want)

	rapid.Check(t, func(rt *rapid.T) {
		r := newRig()
		keys, ids := map[string]feedback.ResponseKey{}, map[string]int{}
		key := func(name string) feedback.ResponseKey {
			if _, ok := keys[name]; !ok {
				keys[name] = responseKey(rt, len(keys))
			}
			return keys[name]
		}
		var bodies []string
		for _, e := range worked.Input.Events {
			id, again := ids[e.EventID]
			if !again {
				id = len(ids)
				ids[e.EventID] = id
			}
			r.clock = e.At
			if e.Type == "complaint" {
				bodies = append(bodies, r.complain(rt, told(id, key(e.Complaint), e.At, e.Category, false), e.Customer))
				continue
			}
			v := vote(id, key(e.Response), e.At, e.Rating, e.Callback)
			v.HasText, v.Segment = e.Comment != nil, e.Segment
			r.store(rt, v)
			bodies = append(bodies, stored(rt, v))
		}
		for _, body := range rapid.Permutation(append(bodies, bodies...)).Draw(rt, "delivered") {
			if failed := r.deliver(rt, body); failed != nil {
				rt.Fatalf("a message failed: %s", r.log.String())
			}
		}
		var got []string
		for name, k := range keys {
			for _, f := range escalate.Families {
				if c, _ := r.state(rt, escalate.Number(f, k, 0)); c != nil {
					for _, rule := range escalations(c) {
						got = append(got, rule+" "+name)
					}
					if strings.HasPrefix(name, "c") && f == casefile.Complaint && c.Status != casefile.Acknowledged {
						rt.Fatalf("complaint %s is %s", name, c.Status)
					}
				}
			}
		}
		slices.Sort(got)
		if diff := cmp.Diff(want, got); diff != "" {
			rt.Fatalf("escalations (-want +got):\n%s", diff)
		}
		all, err := r.memory.CustomerCases(context.Background(), "Q", 10)
		if err != nil || len(all) != 2 {
			rt.Fatalf("%d complaints of Q, %v", len(all), err)
		}
	})
}
