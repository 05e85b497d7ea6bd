package escalate

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

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
			if c.Status != casefile.Acknowledged || c.Rule != string(ComplaintReceived) || c.Category != "delivery.late" || c.EventID != "complaint" {
				t.Errorf("case %+v, want a registered complaint with the text of the complaint", c)
			}
			if c.Rating != 1 || c.Scale == "" || c.Handling.Clock == nil {
				t.Errorf("case %+v, want the low rating shown beside a running clock", c)
			}
			d.check(t)
			told := 0
			for _, e := range d.timelines[c.Number] {
				if e.Alert != nil {
					told++
				}
			}
			if told != 2 || len(d.timelines[c.Number]) != 3 {
				t.Errorf("timeline %+v, want staff told of both", d.timelines[c.Number])
			}
		})
	}
}

func TestAVoteChangesNoDutyOfAComplaint(t *testing.T) {
	d, noon := newDesk(rules()), at("2026-03-10T12:00:00Z")
	n := Number(casefile.Complaint, key("r"), 0)
	d.deliver(complaint("first", key("r"), noon, "other", false))
	before := d.cases[n]
	before.Category, before.Status, before.Touchpoint = "billing", casefile.Assessed, "hotline" // as staff set it
	d.cases[n] = before
	low := vote("low", key("r"), noon.Add(-time.Hour), 1, false)
	low.HasText, low.Segment, low.CustomerKey = true, "B", "Q"
	d.deliver(low)
	after := d.cases[n]
	if e := d.timelines[n][2]; e.Action != casefile.Annotated || e.Alert == nil || e.Alert.Reason != events.CaseChanged || e.Alert.Status != "assessed" {
		t.Errorf("entry %+v, want staff told of the rating", e)
	}
	before.Rating, before.Scale, before.Version, before.Head = 1, low.Scale, after.Version, after.Head
	if diff := cmp.Diff(before, after); diff != "" {
		t.Errorf("case (-before +after):\n%s", diff)
	}
}

func TestWhatComesSecondEscalatesToo(t *testing.T) {
	d, noon := newDesk(rules()), at("2026-03-10T12:00:00Z")
	n := Number(casefile.Complaint, key("r"), 0)
	d.deliver(complaint("first", key("r"), noon, "delivery.late", false))
	if x := d.cases[n].Handling.Escalations; len(x) != 0 {
		t.Fatalf("escalations %+v of an ordinary complaint, want none", x)
	}
	for range 2 {
		d.deliver(complaint("second", key("r"), noon.Add(time.Hour), "discrimination", false))
		d.deliver(complaint("third", key("r"), noon.Add(2*time.Hour), "complaint_handling.delay", false))
	}
	c := d.cases[n]
	var raised []string
	for _, x := range c.Handling.Escalations {
		raised = append(raised, x.Rule)
	}
	if diff := cmp.Diff([]string{"CRITICAL_SEVERITY", "FOLLOW_UP_COMPLAINT"}, raised); diff != "" {
		t.Errorf("escalations (-want +got):\n%s", diff)
	}
	if c.Priority != string(Critical) {
		t.Errorf("priority %s, want it critical", c.Priority)
	}
	d.check(t)
}

func TestWhatStaffHandledIsNotRaisedAgain(t *testing.T) {
	d, noon := newDesk(rules()), at("2026-03-10T12:00:00Z")
	n := Number(casefile.Complaint, key("r"), 0)
	d.deliver(complaint("first", key("r"), noon, "complaint_handling", false))
	c := d.cases[n]
	if len(c.Handling.Escalations) != 1 {
		t.Fatalf("escalations %+v, want one", c.Handling.Escalations)
	}
	c.Handling.Escalations[0].HandledAt = noon.Add(time.Hour)
	if x := Raises(&c, d.ledger[key("r")], d.rules); x != nil {
		t.Errorf("raised again: %+v", x)
	}
}

func TestOnlyOpenComplaintsAreRaised(t *testing.T) {
	said := []Said{complaint("e", key("r"), at("2026-03-10T12:00:00Z"), "privacy", false)}
	for _, c := range []casefile.Case{
		{Family: casefile.Complaint, Status: casefile.Closed}, {Family: casefile.Complaint, Status: casefile.Withdrawn},
		{Family: casefile.Complaint, Status: casefile.Draft}, {Family: casefile.Callback, Status: casefile.Open},
	} {
		if x := Raises(&c, said, rules()); x != nil {
			t.Errorf("%s, %s: %+v", c.Family, c.Status, x)
		}
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
	d.check(t)
}

// filed is a complaint case of a customer, opened so many days after the first
// of January.
func filed(n int, days float64, category string, status casefile.Status) casefile.Case {
	return casefile.Case{
		Number: casefile.Number(fmt.Sprintf("2601-0000-%04d", n)), Family: casefile.Complaint, Status: status, Category: category,
		OpenedAt: at("2026-01-01T00:00:00Z").Add(time.Duration(days * 24 * float64(time.Hour))),
	}
}

func TestRepeats(t *testing.T) {
	const open = casefile.Acknowledged
	raised := filed(2, 9, "a", open)
	raised.Handling.Escalations = []casefile.Escalation{{Rule: string(RepeatComplaint)}}
	for name, tt := range map[string]struct {
		cases []casefile.Case
		count int
		want  []int
	}{
		"none":                           {nil, 2, nil},
		"one":                            {[]casefile.Case{filed(1, 0, "a", open)}, 2, nil},
		"two of one category":            {[]casefile.Case{filed(1, 0, "a", open), filed(2, 9, "a", open)}, 2, []int{2}},
		"in any order":                   {[]casefile.Case{filed(2, 9, "a", open), filed(1, 0, "a", open)}, 2, []int{2}},
		"listed twice":                   {[]casefile.Case{filed(1, 0, "a", open), filed(1, 0, "a", open)}, 2, nil},
		"at the same time":               {[]casefile.Case{filed(1, 0, "a", open), filed(2, 0, "a", open)}, 2, []int{2}},
		"of two categories":              {[]casefile.Case{filed(1, 0, "a", open), filed(2, 9, "a.b", open)}, 2, nil},
		"on the last day":                {[]casefile.Case{filed(1, 0, "a", open), filed(2, 90, "a", open)}, 2, []int{2}},
		"after the last day":             {[]casefile.Case{filed(1, 0, "a", open), filed(2, 90.001, "a", open)}, 2, nil},
		"the earlier one is closed":      {[]casefile.Case{filed(1, 0, "a", casefile.Closed), filed(2, 9, "a", open)}, 2, []int{2}},
		"the earlier one was taken back": {[]casefile.Case{filed(1, 0, "a", casefile.Withdrawn), filed(2, 9, "a", open)}, 2, []int{2}},
		"the later one is closed":        {[]casefile.Case{filed(1, 0, "a", open), filed(2, 9, "a", casefile.Closed)}, 2, nil},
		"a draft is no complaint":        {[]casefile.Case{filed(1, 0, "a", casefile.Draft), filed(2, 9, "a", open)}, 2, nil},
		"nor is what was dismissed":      {[]casefile.Case{filed(1, 0, "a", casefile.Dismissed), filed(2, 9, "a", open)}, 2, nil},
		"nor a duplicate":                {[]casefile.Case{filed(1, 0, "a", casefile.Duplicate), filed(2, 9, "a", open)}, 2, nil},
		"raised before":                  {[]casefile.Case{filed(1, 0, "a", open), raised}, 2, nil},
		"three, raised before":           {[]casefile.Case{filed(1, 0, "a", open), raised, filed(3, 20, "a", open)}, 2, []int{3}},
		"three are wanted":               {[]casefile.Case{filed(1, 0, "a", open), filed(2, 9, "a", open), filed(3, 20, "a", open)}, 3, []int{3}},
		"three, the first too long ago":  {[]casefile.Case{filed(1, 0, "a", open), filed(2, 80, "a", open), filed(3, 100, "a", open)}, 3, nil},
		"switched off":                   {[]casefile.Case{filed(1, 0, "a", open), filed(2, 9, "a", open)}, 0, nil},
	} {
		t.Run(name, func(t *testing.T) {
			r := rules()
			r.RepeatCount = tt.count
			var want []casefile.Number
			for _, n := range tt.want {
				want = append(want, filed(n, 0, "", "").Number)
			}
			if diff := cmp.Diff(want, Repeats(tt.cases, r)); diff != "" {
				t.Errorf("repeats (-want +got):\n%s", diff)
			}
		})
	}
}
