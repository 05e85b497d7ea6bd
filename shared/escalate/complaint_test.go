package escalate

import (
	"fmt"
	"testing"
	"time"

	"resonanz/events"
	"resonanz/shared/casefile"
)

func TestALowRatingAndAComplaintAreOneCase(t *testing.T) {
	noon, k := at("2026-03-10T12:00:00Z"), key("r")
	low := vote("vote", k, noon, 1, false)
	low.HasText = true
	told := complaint("complaint", k, noon.Add(time.Hour), "delivery.late", false)
	for name, order := range map[string][]Said{"rating first": {low, told}, "complaint first": {told, low}} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(rules())
			for _, s := range order {
				d.deliver(s)
			}
			if len(d.cases) != 1 {
				t.Fatalf("%d cases, want one", len(d.cases))
			}
			c := d.cases[Number(casefile.Complaint, k, 0)]
			if c.Status != casefile.Received || c.Rule != string(ComplaintReceived) || c.Category != "delivery.late" || c.EventID != "complaint" {
				t.Errorf("case %+v, want a registered complaint with the text of the complaint", c)
			}
			if c.Rating != 1 || c.Scale == "" || !c.DueAt.Equal(noon.Add(24*time.Hour)) {
				t.Errorf("case %+v, want the low rating shown and its earlier deadline kept", c)
			}
			e := d.timelines[c.Number]
			if len(e) != 2 || e[1].Alert == nil || e[1].Alert.Reason != events.CaseChanged || e[1].Status != casefile.Received {
				t.Errorf("timeline %+v, want staff told of both", e)
			}
		})
	}
}

func TestACriticalComplaintIsDueAtOnce(t *testing.T) {
	d, noon := newDesk(rules()), at("2026-03-10T12:00:00Z")
	n := Number(casefile.Complaint, key("r"), 0)
	d.deliver(complaint("e", key("r"), noon, "product.safety", false))
	c, a := d.cases[n], d.timelines[n][0].Alert
	if c.Rule != string(CriticalSeverity) || c.Priority != string(Critical) || !c.DueAt.Equal(noon) {
		t.Errorf("case %+v, want it critical and due at once", c)
	}
	if a == nil || a.Category != "product.safety" || a.Priority != string(Critical) || a.EventID != "e" || a.Scale != "" {
		t.Errorf("alert %+v, want the category named and no rating", a)
	}
	for step := range 2 { // an hour each, not a day
		d.now = noon.Add(time.Duration(step+1)*time.Hour - time.Millisecond)
		if d.miss(n, step) {
			t.Fatalf("step %d: the next was told before the hour was over", step)
		}
		d.now = d.now.Add(time.Millisecond)
		if !d.miss(n, step) {
			t.Fatalf("step %d: the next was not told after an hour", step)
		}
	}
	if c := d.cases[n]; !c.NextAt.Equal(casefile.NoAction) || c.Status != casefile.Received {
		t.Errorf("case %+v, want nobody left to tell", c)
	}
	if e := d.timelines[n][2]; e.Category != "product.safety" || e.Alert.Category != "product.safety" {
		t.Errorf("entry %+v, want the category named", e)
	}
}

func TestACriticalComplaintUpgradesAnotherOne(t *testing.T) {
	d, noon := newDesk(rules()), at("2026-03-10T12:00:00Z")
	n := Number(casefile.Complaint, key("r"), 0)
	d.deliver(complaint("first", key("r"), noon, "delivery.late", false))
	d.deliver(complaint("second", key("r"), noon.Add(time.Hour), "discrimination", false))
	d.deliver(complaint("third", key("r"), noon.Add(2*time.Hour), "billing", false))
	c := d.cases[n]
	if c.Rule != string(CriticalSeverity) || c.Category != "discrimination" || c.EventID != "second" || !c.NextAt.Equal(noon.Add(2*time.Hour)) {
		t.Errorf("case %+v, want the critical complaint to lead", c)
	}
	var actions []string
	for _, e := range d.timelines[n] {
		actions = append(actions, fmt.Sprintf("%s %s %t", e.Action, e.Category, e.Alert != nil))
	}
	want := "[opened delivery.late true upgraded discrimination true annotated billing true]"
	if got := fmt.Sprint(actions); got != want {
		t.Errorf("timeline %s, want %s", got, want)
	}
}

func TestAStatusThatStaffSetIsNotUndone(t *testing.T) {
	d, noon := newDesk(rules()), at("2026-03-10T12:00:00Z")
	n := Number(casefile.Complaint, key("r"), 0)
	d.deliver(complaint("first", key("r"), noon, "other", false))
	c := d.cases[n]
	c.Status = "acknowledged"
	d.cases[n] = c
	d.deliver(complaint("second", key("r"), noon.Add(time.Hour), "privacy", false))
	if got := d.cases[n].Status; got != "acknowledged" {
		t.Errorf("status %s, want it as staff set it", got)
	}
}

func TestAWishBesideAComplaintIsACallback(t *testing.T) {
	d, noon := newDesk(rules()), at("2026-03-10T12:00:00Z")
	d.deliver(complaint("e", key("r"), noon, "billing", true))
	c, ok := d.cases[Number(casefile.Callback, key("r"), 0)]
	if !ok || len(d.cases) != 2 || c.Rule != string(CallbackRequested) || c.Category != "billing" || !c.DueAt.Equal(noon.Add(24*time.Hour)) {
		t.Errorf("callback %+v of %d cases, want one beside the complaint", c, len(d.cases))
	}
	d.deliver(vote("low", key("r"), noon.Add(time.Hour), 1, true))
	c = d.cases[Number(casefile.Callback, key("r"), 0)]
	if len(d.cases) != 2 || c.Rule != string(LowRatingCallback) || c.EventID != "low" {
		t.Errorf("callback %+v of %d cases, want the low rating to join it", c, len(d.cases))
	}
}
