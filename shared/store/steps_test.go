package store_test

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	lambdaevents "github.com/aws/aws-lambda-go/events"
	"pgregory.net/rapid"

	"resonanz/events"
	"resonanz/shared/casefile"
	"resonanz/shared/escalate"
	"resonanz/shared/lifecycle"
	"resonanz/shared/period"
	"resonanz/shared/responses"
	"resonanz/shared/store"
)

// check holds what reporting was told of a case against the case.
func check(h *history) {
	h.tb.Helper()
	facts := new(responses.Batch)
	seq := 0
	for _, m := range h.messages {
		if m.Type != events.TypeStep {
			continue
		}
		text, err := json.Marshal(m)
		if err != nil {
			h.tb.Fatal(err)
		}
		for _, private := range []string{secret, "Erika", "erika", "kunde-4711", "@example.com"} {
			if strings.Contains(string(text), private) {
				h.tb.Fatalf("%q in %s", private, text)
			}
		}
		seq++
		s, e := m.Step, &h.timeline[seq-1]
		if s.Case != string(h.Number) || s.Seq != seq || e.Seq != seq || s.Action != string(e.Action) || s.Status != string(e.Status) ||
			s.From != string(e.From) || s.Rule != e.Rule || s.Informed != e.Inform || s.By == "" || s.ReceivedAt.IsZero() || !s.At.Equal(e.At.Truncate(time.Millisecond)) {
			h.tb.Fatalf("step %d is %s\nof %+v", seq, text, e)
		}
		if err := facts.AddTransition(s); err != nil {
			h.tb.Fatal(err)
		}
		for i := range s.Escalations {
			if err := facts.AddEscalation(s, &s.Escalations[i]); err != nil {
				h.tb.Fatal(err)
			}
		}
	}
	if seq != h.Version || seq != len(facts.Transitions) {
		h.tb.Fatalf("%d steps of %d entries", seq, h.Version)
	}
	month := period.Of(h.now, time.UTC)
	set := responses.NewSet(facts, month.Add(-24), month)
	all := slices.Collect(set.Escalations(time.Time{}))
	if len(all) != len(h.Handling.Escalations) {
		h.tb.Fatalf("%d escalations are facts, %d were raised: %+v", len(all), len(h.Handling.Escalations), h.Handling.Escalations)
	}
	ms := func(t time.Time) int64 {
		if t.IsZero() {
			return 0
		}
		return t.UnixMilli()
	}
	for _, x := range h.Handling.Escalations {
		event := responses.EscalationEvent(string(h.Number), x.Rule, x.Clock, x.RaisedAt)
		i := slices.IndexFunc(all, func(e *responses.Escalation) bool { return e.Event == event })
		if i < 0 {
			h.tb.Fatalf("%s of %s is no fact", x.Rule, x.RaisedAt)
		}
		e := all[i]
		if e.Raised != ms(x.RaisedAt) || e.Seen != ms(x.SeenAt) || e.Handled != ms(x.HandledAt) {
			h.tb.Fatalf("%s stands at %+v, want %+v", x.Rule, e, x)
		}
		if got := set.Batch().Text(e.Touchpoint); got != string(h.Touchpoint) || set.Batch().Text(e.Family) != string(h.Family) {
			h.tb.Fatalf("%s is of touchpoint %q, want %q", x.Rule, got, h.Touchpoint)
		}
	}
}

func TestEveryEntryIsOneStepAndEveryRuleRaisedOneEscalation(t *testing.T) {
	begun := slices.Sorted(maps.Keys(openings))
	rapid.Check(t, func(rt *rapid.T) {
		h := begin(t, rt)
		name := rapid.SampledFrom(begun).Draw(rt, "opening")
		openings[name](h)
		if name != "complaint" && len(h.Handling.Escalations) == 0 { // the rule that opened it
			rt.Fatal("the rule that opened it escalated nothing")
		}
		for range rapid.IntRange(0, 30).Draw(rt, "moves") {
			h.now = h.now.Add(rapid.SampledFrom([]time.Duration{time.Millisecond, time.Hour, 26 * time.Hour, 15 * 24 * time.Hour}).Draw(rt, "later"))
			switch rapid.IntRange(0, 9).Draw(rt, "who") {
			case 0:
				h.tick()
			case 1:
				h.befall(rt)
			default:
				o := rapid.SampledFrom(h.possible()).Draw(rt, "order")
				by := casefile.Actor{Kind: o.by}
				if o.by == casefile.Staff {
					by = staffMember
				}
				h.try(by, o.cmd)
			}
		}
		check(h)
		if !h.Status.Ended() {
			return
		}
		for _, x := range h.Handling.Escalations {
			if x.HandledAt.IsZero() && x.Rule != lifecycle.DisappointedAfterClosure {
				rt.Fatalf("the case has ended, and %s is not handled", x.Rule)
			}
		}
	})
}

// befall is what happens to a case that nobody ordered.
func (h *history) befall(rt *rapid.T) {
	switch {
	case h.Family == casefile.Gap:
		if c, e, ok := escalate.GapEnded(h.Case, h.now); ok {
			h.keep(c, e)
		}
	case len(h.said) > 0:
		h.say(h.Family, rapid.IntRange(1, 5).Draw(rt, "stars"), rapid.Bool().Draw(rt, "text"), rapid.Bool().Draw(rt, "callback"))
	case h.Family == casefile.Complaint:
		if c, entries, ok := lifecycle.Raise(h.Case, "REPEAT_COMPLAINT", "high", h.now, h.book.Lifecycle); ok {
			h.keep(c, entries...)
		}
	}
}

func TestTheWholeWayOfAComplaintIsReported(t *testing.T) {
	h := begin(t, t)
	h.complain("billing.refund_delay")
	h.now = h.now.AddDate(0, 0, 3)
	h.tick() // nobody answered: at risk, then breached
	at := func(do casefile.Action) (found *lifecycle.Command) {
		for i := range orders {
			if orders[i].cmd.Do == do {
				found = &orders[i].cmd
			}
		}
		return found
	}
	for _, do := range []casefile.Action{
		casefile.Assessing, casefile.Investigating, casefile.Apologising, casefile.Compensating, casefile.Linking, casefile.Deciding, casefile.Resolving,
	} {
		h.now = h.now.Add(time.Hour)
		if !h.try(staffMember, *at(do)) {
			t.Fatalf("%s was refused", do)
		}
	}
	if !h.try(staffMember, lifecycle.Command{Do: casefile.Closing, RootCause: "process"}) || !h.try(casefile.Actor{Kind: casefile.Customer}, lifecycle.Command{Do: casefile.Rating, Stars: 2}) {
		t.Fatal("it was not closed, or not rated")
	}
	check(h)
	got := h.messages[len(h.messages)-1].Step
	if got.Satisfaction != 2 || got.RootCause != "process" || got.Decision != "goodwill" || !got.Owned || got.Measure != "more-staff" || got.Policy != "DEFAULT" ||
		got.ApologyAt.IsZero() || got.ResolvedAt.IsZero() || got.ClosedAt.IsZero() || !got.Notifiable || got.Category != "billing.refund_delay" ||
		len(got.Compensations) != 1 || got.ReceivedAt.IsZero() || got.FirstResponseAt.IsZero() || got.Severity != "low" {
		t.Errorf("the last step is %+v", got)
	}
	rules := make(map[string]int)
	for _, x := range h.Handling.Escalations {
		rules[x.Rule]++
	}
	if rules["SLA_AT_RISK"] == 0 || rules["SLA_BREACH"] == 0 || rules["DISAPPOINTED_AFTER_CLOSURE"] != 1 {
		t.Errorf("raised: %v", rules)
	}
}

func TestALineOfBeforeIsNoStep(t *testing.T) {
	e, err := json.Marshal(casefile.Entry{Case: "2603-7K2M-Q4XA", Seq: 1, Action: casefile.Opened})
	if err != nil {
		t.Fatal(err)
	}
	line := store.Image{
		store.AttrPK: lambdaevents.NewStringAttribute("CASE#2603-7K2M-Q4XA"), store.AttrSK: lambdaevents.NewStringAttribute("T#0001"),
		"entry": lambdaevents.NewStringAttribute(string(e)),
	}
	if got, err := store.FromStream(line); err != nil || len(got) != 0 {
		t.Errorf("got %v, %v", got, err)
	}
	for name, fact := range map[string]string{
		"malformed":       "{",
		"of another case": `{"case":"2603-7K2M-Q4XB","seq":1}`,
		"of another line": `{"case":"2603-7K2M-Q4XA","seq":2}`,
	} {
		line["fact"] = lambdaevents.NewStringAttribute(fact)
		if got, err := store.FromStream(line); err == nil {
			t.Errorf("%s: got %v", name, got)
		}
	}
}
