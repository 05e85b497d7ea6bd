package escalate

import (
	"encoding/json"
	"os"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"resonanz/shared/casefile"
)

// worked18 is worked case 18.
type worked18 struct {
	Input struct {
		Config struct {
			LowRatingMax int `json:"low_rating_max"`
			RepeatCount  int `json:"repeat_complaint_count"`
			HighValueMax int `json:"high_value_low_rating_max"`
		}
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
		Escalations []struct {
			Rule, Subject, Priority string
			DueAt                   *time.Time `json:"due_at"`
		}
		Count        int
		NotEscalated []string `json:"not_escalated"`
	}
}

// TestWorkedCase18 plays the events of worked case 18 in the order given, the
// redelivery included, and compares everything that was escalated: the cases
// opened, and what was raised in the cases of complaints. That a complaint is
// registered escalates nothing.
func TestWorkedCase18(t *testing.T) {
	b, err := os.ReadFile("../domaincases/18_escalation_decisions.json")
	if err != nil {
		t.Fatal(err)
	}
	var worked worked18
	if err := json.Unmarshal(b, &worked); err != nil {
		t.Fatal(err)
	}
	r := rules()
	r.LowRatingMax, r.HighValueMax, r.RepeatCount = worked.Input.Config.LowRatingMax, worked.Input.Config.HighValueMax, worked.Input.Config.RepeatCount

	desk := newDesk(r)
	names := map[string]string{}
	for _, e := range worked.Input.Events {
		desk.now = e.At
		if e.Type == "complaint" {
			s := complaint(e.EventID, key(e.Complaint), e.At, e.Category, false)
			s.CustomerKey = e.Customer
			names[string(s.ResponseKey)] = e.Complaint
			desk.deliver(s)
			continue
		}
		v := vote(e.EventID, key(e.Response), e.At, e.Rating, e.Callback)
		v.HasText, v.Segment = e.Comment != nil, e.Segment
		names[string(v.ResponseKey)] = e.Response
		desk.deliver(v)
	}
	desk.check(t)

	type escalation struct {
		Rule, Subject, Priority string
		DueAt                   time.Time
	}
	want := map[escalation]int{}
	for _, e := range worked.Expected.Escalations {
		w := escalation{Rule: e.Rule, Subject: e.Subject, Priority: e.Priority}
		if e.DueAt != nil {
			w.DueAt = *e.DueAt
		}
		want[w]++
	}
	if len(want) != worked.Expected.Count {
		t.Fatalf("the worked case names %d escalations, and counts %d", len(want), worked.Expected.Count)
	}
	got := map[escalation]int{}
	registered := map[string]bool{}
	for _, c := range desk.cases {
		if c.Handling.Clock != nil {
			registered[names[c.Subject]] = c.Status == casefile.Acknowledged
		}
		for _, x := range c.Handling.Escalations {
			e := escalation{Rule: x.Rule, Subject: names[c.Subject], Priority: c.Priority}
			if c.Family == casefile.Callback { // the worked case fixes no time for the others
				e.DueAt = c.DueAt
			}
			got[e]++
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("escalations (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(map[string]bool{"c1": true, "c2": true, "c3": true, "c4": true}, registered); diff != "" {
		t.Errorf("complaints registered (-want +got):\n%s", diff)
	}
	for e := range got {
		for _, s := range worked.Expected.NotEscalated {
			if e.Subject == s {
				t.Errorf("%s escalated %s, want it to feed the statistics only", e.Rule, s)
			}
		}
	}
	if c := desk.cases[Number(casefile.Complaint, key("r3"), 0)]; c.Status != casefile.Draft {
		t.Errorf("r3 is %s, want a draft for triage", c.Status)
	}

	// x1 came twice and x5 changed the vote: one case, still open, annotated.
	timeline := desk.timelines[Number(casefile.Callback, key("r1"), 0)]
	var actions []casefile.Action
	for _, e := range timeline {
		actions = append(actions, e.Action)
	}
	if diff := cmp.Diff([]casefile.Action{casefile.Opened, casefile.Annotated}, actions); diff != "" {
		t.Errorf("timeline of r1 (-want +got):\n%s", diff)
	}
	if c := desk.cases[Number(casefile.Callback, key("r1"), 0)]; c.Status != casefile.Open {
		t.Errorf("r1 is %s after a better vote, want it open", c.Status)
	}
}
