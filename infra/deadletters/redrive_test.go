package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func numbered(n int) []string {
	all := make([]string, n)
	for i := range all {
		all[i] = fmt.Sprintf("body %02d", i)
	}
	return all
}

func TestLettersGoBackToWhereTheyCameFrom(t *testing.T) {
	for _, name := range []string{"escalation", "reporting", "notify", "mail", "mailevents", "attachments", "report"} {
		b := newBroker()
		b.put(name+"-dead", numbered(25)...)
		b.put("other-dead", "stays")
		got, err := do(t, officeOn(b), "redrive --queue "+name)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(numbered(25), b.bodies(name)) + cmp.Diff([]string{}, b.bodies(name+"-dead")) + cmp.Diff([]string{"stays"}, b.bodies("other-dead")); diff != "" {
			t.Error(diff)
		}
		for _, m := range b.queues[name] {
			if len(m.attributes) > 0 {
				t.Errorf("%s carries %v on", m.body, m.attributes)
			}
		}
		if !strings.Contains(got, name+": 25 sent back") {
			t.Errorf("got\n%s", got)
		}
	}
}

func TestALetterThatCannotBeSentStaysToBeSeen(t *testing.T) {
	b := newBroker()
	b.put("notify-dead", numbered(12)...)
	b.refuse = func(call, _, body string) bool { return call == "send" && (body == "body 03" || body == "body 11") }
	got, err := do(t, officeOn(b), "redrive --queue notify")
	if !errors.Is(err, errSome) || !strings.Contains(got, "id-4 stays: ") || !strings.Contains(got, "notify: 10 sent back") {
		t.Errorf("%v\n%s", err, got)
	}
	if diff := cmp.Diff([]string{"body 03", "body 11"}, b.bodies("notify-dead")); diff != "" {
		t.Error(diff)
	}
	if n := b.hidden("notify-dead"); n != 0 {
		t.Errorf("%d letters are left hidden", n)
	}
}

func TestALetterSentAndNotDeletedIsNamed(t *testing.T) {
	b := newBroker()
	b.put("notify-dead", numbered(2)...)
	b.refuse = func(call, _, body string) bool { return call == "delete" && body == "body 01" }
	got, err := do(t, officeOn(b), "redrive --queue notify")
	if !errors.Is(err, errSome) || !strings.Contains(got, "id-2 was sent back and could not be deleted") || !strings.Contains(got, "notify: 1 sent back") {
		t.Errorf("%v\n%s", err, got)
	}
}

func TestOnlyTheNamedLetterIsTouched(t *testing.T) {
	for command, sent := range map[string][]string{"redrive --queue escalation --only id-15": {"body 14"}, "drop --queue escalation --only id-15 --yes": {}} {
		b := newBroker()
		b.put("escalation-dead", numbered(25)...)
		if got, err := do(t, officeOn(b), command); err != nil || !strings.Contains(got, "escalation: 1 ") {
			t.Errorf("%s: %v\n%s", command, err, got)
		}
		left := b.bodies("escalation-dead")
		if len(left) != 24 || slices.Contains(left, "body 14") || b.hidden("escalation-dead") != 0 {
			t.Errorf("%s: left %v, %d of them hidden", command, left, b.hidden("escalation-dead"))
		}
		if diff := cmp.Diff(sent, b.bodies("escalation")); diff != "" {
			t.Errorf("%s: %s", command, diff)
		}
		if last := b.queues["escalation-dead"][23]; last.received != 0 {
			t.Errorf("%s: went on reading when it had what it was asked for", command)
		}
	}
}

func TestALetterThatIsNotThereIsAnError(t *testing.T) {
	b := newBroker()
	b.put("escalation-dead", numbered(3)...)
	for _, command := range []string{"redrive --queue escalation --only id-9", "drop --queue escalation --only id-9 --yes", "redrive --queue notify --only id-1"} {
		if _, err := do(t, officeOn(b), command); err == nil || !strings.Contains(err.Error(), "no message id-") {
			t.Errorf("%s: %v", command, err)
		}
	}
	if len(b.bodies("escalation-dead")) != 3 || b.hidden("escalation-dead") != 0 {
		t.Errorf("left %v, %d hidden", b.bodies("escalation-dead"), b.hidden("escalation-dead"))
	}
}

func TestLettersThatSomeoneElseReadsAreNotTakenForNone(t *testing.T) {
	b := newBroker()
	b.put("escalation-dead", numbered(2)...)
	for _, m := range b.queues["escalation-dead"] {
		m.hidden = true
	}
	for _, command := range []string{"redrive --queue escalation", "redrive --queue escalation --only id-1"} {
		if got, err := do(t, officeOn(b), command); !errors.Is(err, errHidden) || got != "" {
			t.Errorf("%s: %q, %v", command, got, err)
		}
	}
	if got, err := do(t, officeOn(b), "list"); err != nil || !strings.Contains(got, "escalation: 2 dead letters, hidden for the moment") {
		t.Errorf("%q, %v", got, err)
	}
}

func TestAnEmptyQueueIsNoError(t *testing.T) {
	if got, err := do(t, officeOn(newBroker()), "redrive --queue reporting"); err != nil || got != "reporting: no dead letters\n" {
		t.Errorf("%q, %v", got, err)
	}
}

func TestOneRunIsBounded(t *testing.T) {
	b := newBroker()
	b.put("notify-dead", numbered(30)...)
	got, err := do(t, officeOn(b), "redrive --queue notify --max 13")
	if err != nil || len(b.bodies("notify")) != 13 || len(b.bodies("notify-dead")) != 17 || !strings.Contains(got, "run it again") {
		t.Errorf("%v, %d sent, %d left\n%s", err, len(b.bodies("notify")), len(b.bodies("notify-dead")), got)
	}
	if b.hidden("notify-dead") != 0 {
		t.Errorf("%d letters are hidden and were never looked at", b.hidden("notify-dead"))
	}
}

func TestWhatComesBackIsNotSentForEver(t *testing.T) {
	for _, how := range []string{"put aside", "given up"} {
		t.Run(how, func(t *testing.T) {
			b := newBroker()
			b.put("escalation-dead", "poison", "good")
			sent := 0
			b.consume = func(_ string, m *held) {
				if sent++; m.body != "poison" {
					return
				}
				if how == "put aside" { // a new message, of which the old one is the source
					b.n++
					m = &held{id: fmt.Sprintf("id-%d", b.n), body: m.body, attributes: map[string]string{"reason": "still malformed", "source": m.id}}
				}
				b.queues["escalation-dead"] = append(b.queues["escalation-dead"], m)
			}
			got, err := do(t, officeOn(b), "redrive --queue escalation")
			if !errors.Is(err, errSome) || sent != 2 || !strings.Contains(got, "came back at once") {
				t.Errorf("%d messages sent, %v\n%s", sent, err, got)
			}
			if left := b.bodies("escalation-dead"); len(left) != 1 || b.hidden("escalation-dead") != 0 {
				t.Errorf("left %v, %d hidden", left, b.hidden("escalation-dead"))
			}
		})
	}
}

func TestARunOfAScheduleIsNotSentBackButCanBeDropped(t *testing.T) {
	b := newBroker()
	b.put("schedule-dead", "{}")
	if _, err := do(t, officeOn(b), "redrive --queue schedule"); !errors.Is(err, errNoSource) {
		t.Errorf("got %v", err)
	}
	if _, err := do(t, officeOn(b), "drop --queue schedule --only id-1 --yes"); err != nil || len(b.bodies("schedule-dead")) != 0 {
		t.Errorf("%v, left %v", err, b.bodies("schedule-dead"))
	}
}

// Whatever fails, every letter is afterwards in the queue it came from or among
// the dead letters, and what failed is told.
func TestNoLetterIsLost(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		b := newBroker()
		bodies := numbered(rapid.IntRange(0, 35).Draw(rt, "letters"))
		b.put("reporting-dead", bodies...)
		b.twice = rapid.Bool().Draw(rt, "twice")
		trouble := false
		b.refuse = func(call, _, _ string) bool {
			f := rapid.IntRange(0, 9).Draw(rt, call+" fails") == 0
			trouble = trouble || f && call == "delete"
			return f
		}
		_, err := do(rt, officeOn(b), "redrive --queue reporting --max "+fmt.Sprint(rapid.IntRange(1, 40).Draw(rt, "max")))
		here, there := b.bodies("reporting-dead"), b.bodies("reporting")
		for _, body := range bodies {
			if !slices.Contains(here, body) && !slices.Contains(there, body) {
				rt.Fatalf("%s is lost", body)
			}
		}
		if trouble && !errors.Is(err, errSome) {
			rt.Fatalf("something was not deleted and the run says %v", err)
		}
		if n := len(there); n > len(bodies) {
			rt.Fatalf("%d messages sent for %d letters", n, len(bodies))
		}
	})
}
