package main

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"resonanz/events"
	"resonanz/shared/casefile"
	"resonanz/shared/feedback"
	"resonanz/shared/lifecycle"
)

// says is a complaint with words of its own, taken as the intake does.
func (r *rig) says(t *testing.T, comment, remedy string) (feedback.ResponseKey, string) {
	t.Helper()
	k := responseKey(t, 1)
	c := told(1, k, noon, "delivery.late", false)
	e := entryOf(t, feedback.KindComplaint, k, c.EventID, c, "")
	personal, err := json.Marshal(feedback.Personal{Comment: comment, Remedy: remedy, Email: "kundin@example.com"})
	if err != nil {
		t.Fatal(err)
	}
	e.Personal = personal
	state, es := lifecycle.Receive(&c, lifecycle.Opening{Notifiable: true}, r.clock, r.lifecycle)
	if _, _, err := r.memory.Submit(t.Context(), e, &state, pointers(es)...); err != nil {
		t.Fatal(err)
	}
	return k, storedAs(t, feedback.KindComplaint, c)
}

func TestAComplaintThatThreatensIsCriticalAtOnceAndOnce(t *testing.T) {
	for name, words := range map[string][2]string{
		"in what happened":        {"Ich gebe das meinem Anwalt.", ""},
		"in what would put right": {"Zu spät.", "Eine Antwort, sonst: ANWALT"},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig()
			k, body := r.says(t, words[0], words[1])
			for range 3 {
				if failed := r.deliver(t, body, body); failed != nil {
					t.Fatalf("messages %v failed", failed)
				}
			}
			c, timeline := r.complaint(t, k)
			if c.Priority != "critical" || c.Handling.Severity != casefile.Critical || c.Handling.Urgency != casefile.Immediate {
				t.Errorf("%s, %+v", c.Priority, c.Handling)
			}
			if diff := cmp.Diff([]string{"CRITICAL_SEVERITY"}, escalations(c)); diff != "" {
				t.Errorf("escalations (-want +got):\n%s", diff)
			}
			last := timeline[len(timeline)-1]
			if len(timeline) != 3 || last.Alert == nil || last.Alert.Reason != events.CaseEscalated || last.Alert.Severity != "critical" {
				t.Errorf("timeline %v, alert %+v", actions(timeline), last.Alert)
			}
			// The next of the chain hears an hour later, unless somebody has seen it.
			if !c.NextAt.Equal(r.clock.Add(time.Hour)) {
				t.Errorf("the next recipient hears at %s", c.NextAt)
			}
			if b, err := json.Marshal([]any{c, timeline}); err != nil || strings.Contains(strings.ToLower(string(b)), "anwalt") || strings.Contains(r.log.String(), "Anwalt") {
				t.Errorf("the customer's words are in the case, %v", err)
			}
		})
	}
}

func TestACriticalComplaintByItsWordsMakesASpikeACrisis(t *testing.T) {
	r := newRig()
	r.deliver(t, message(t, events.Message{Type: events.TypeSignal, Signal: &events.Signal{
		Rule: "SPIKE", Subject: "complaints:delivery.late@2026-03-10", Category: "delivery.late", At: noon, Observed: 9,
	}}))
	_, body := r.says(t, "Mein Anwalt schreibt Ihnen.", "")
	r.deliver(t, body)
	if k, err := r.memory.Crisis(t.Context()); err != nil || k.Case == "" {
		t.Errorf("no crisis: %+v, %v", k, err)
	}
}

func TestWhatStaffFoundLessSevereStaysSo(t *testing.T) {
	r := newRig()
	k, body := r.says(t, "Ich gebe das meinem Anwalt.", "")
	r.deliver(t, body)
	c, _ := r.complaint(t, k)
	next, entries, err := lifecycle.Apply(*c, lifecycle.Command{
		Do: casefile.Assessing, Severity: casefile.Low, Words: casefile.NewWords("Der Anwalt ist ihr Mann."),
	}, casefile.Actor{Kind: casefile.Staff, ID: "a.k"}, r.clock, r.lifecycle)
	if err != nil {
		t.Fatal(err)
	}
	if err := r.memory.UpdateCase(t.Context(), &next, pointers(entries)...); err != nil {
		t.Fatal(err)
	}
	r.deliver(t, body, body)
	if c, _ := r.complaint(t, k); c.Handling.Severity != casefile.Low || c.Priority != "high" {
		t.Errorf("%s, %s", c.Handling.Severity, c.Priority)
	}
}

func TestAnOrdinaryComplaintIsNotCritical(t *testing.T) {
	r := newRig()
	k, body := r.says(t, "Die Fachanwältin hat das Paket nie bekommen.", "Neues Paket")
	r.deliver(t, body)
	if c, timeline := r.complaint(t, k); c.Handling.Severity != casefile.Medium || len(timeline) != 2 {
		t.Errorf("%s with %v", c.Handling.Severity, actions(timeline))
	}
}
