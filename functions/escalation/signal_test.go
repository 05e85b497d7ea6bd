package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"sync"
	"testing"
	"time"

	"resonanz/events"
	"resonanz/shared/casefile"
	"resonanz/shared/escalate"
	"resonanz/shared/feedback"
	"resonanz/shared/lifecycle"
	"resonanz/shared/observe"
	"resonanz/shared/store"
)

func spike(touchpoint feedback.Touchpoint, at time.Time) events.Signal {
	return events.Signal{
		Rule: "SPIKE", Subject: string(touchpoint) + "@" + at.Format("2006-01-02T15"), Touchpoint: touchpoint, At: at, Observed: 9, Expected: 1.5,
	}
}

func categorySpike(category string, at time.Time) events.Signal {
	return events.Signal{Rule: "SPIKE", Subject: category + "@" + at.Format("2006-01-02T15"), Category: category, At: at, Observed: 7, Expected: 0.5}
}

func signalled(t testing.TB, s events.Signal) string {
	t.Helper()
	return message(t, events.Message{Type: events.TypeSignal, Signal: &s})
}

// alarms are the open alarm cases, by rule.
func (r *rig) alarms(t testing.TB) map[string][]casefile.Case {
	t.Helper()
	page, err := r.memory.Cases(t.Context(), store.CaseQuery{Families: []casefile.Family{casefile.Alarm}, Limit: store.MaxCases})
	if err != nil {
		t.Fatal(err)
	}
	all := map[string][]casefile.Case{}
	for _, c := range page.Cases {
		if _, timeline := r.state(t, c.Number); len(timeline) == 0 {
			t.Errorf("case %s has no timeline", c.Number)
		}
		all[c.Rule] = append(all[c.Rule], c)
	}
	return all
}

func TestASignalOpensOneCase(t *testing.T) {
	r := newRig()
	later := spike("hotline", noon)
	later.At, later.Observed = noon.Add(30*time.Minute), 12 // the same hour, looked at again
	for range 2 {
		for _, s := range []events.Signal{
			spike("hotline", noon), later,
			{Rule: "SUSPICIOUS_VOTING", Subject: "kiosk-1@2026-03-10T12", Touchpoint: "hotline", Device: "kiosk-1", At: noon, Observed: 25},
			{Rule: "DATA_GAP", Subject: "repair@2026-03-10", Touchpoint: "repair", At: noon},
			{Rule: "EVIDENCE_GAP", Subject: "2026-02 final", At: noon, Observed: 99, Of: 100},
		} {
			if failed := r.deliver(t, signalled(t, s), signalled(t, s)); failed != nil {
				t.Fatalf("messages %v failed", failed)
			}
		}
	}
	all := r.alarms(t)
	for rule, priority := range map[string]string{"SPIKE": "high", "SUSPICIOUS_VOTING": "normal", "DATA_GAP": "normal", "EVIDENCE_GAP": "high"} {
		if len(all[rule]) != 1 || all[rule][0].Priority != priority || all[rule][0].Status != casefile.Open {
			t.Errorf("%s: %+v, want one open case of priority %s", rule, all[rule], priority)
			continue
		}
		_, timeline := r.state(t, all[rule][0].Number)
		if len(timeline) != 1 || timeline[0].Alert == nil || timeline[0].Alert.Signal == nil {
			t.Errorf("%s: timeline %+v, want the figures told once", rule, timeline)
		}
	}
	if len(all["CRISIS"]) != 0 {
		t.Errorf("one spike is a crisis: %+v", all["CRISIS"])
	}
}

func TestASignalThatIsNoneIsPutAside(t *testing.T) {
	r := newRig()
	s := spike("hotline", noon)
	s.Subject = ""
	if failed := r.deliver(t, signalled(t, s)); failed != nil || len(r.dead.bodies) != 1 {
		t.Errorf("failed %v, put aside %q", failed, r.dead.reasons)
	}
}

func TestANumberTakenByAnotherAlarm(t *testing.T) {
	r, s := newRig(), spike("hotline", noon)
	taken := casefile.Case{Number: escalate.SignalNumber(&s, 0), Family: casefile.Alarm, Rule: "SPIKE", Subject: "another", Status: casefile.Open, NextAt: casefile.NoAction}
	if err := r.memory.CreateCase(t.Context(), &taken, &casefile.Entry{Action: casefile.Opened}); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		r.deliver(t, signalled(t, s))
	}
	if got := r.alarms(t)["SPIKE"]; len(got) != 2 {
		t.Errorf("%d cases, want its own beside the other", len(got))
	}
}

// crisis is the case of the crisis that is on; nil: none.
func (r *rig) crisis(t testing.TB) *casefile.Case {
	t.Helper()
	k, err := r.memory.Crisis(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	all := r.alarms(t)["CRISIS"]
	if len(all) > 1 {
		t.Fatalf("%d crises at once", len(all))
	}
	if len(all) == 0 {
		return nil
	}
	if all[0].Number != k.Case || k.Next != "" {
		t.Fatalf("crisis %s is kept, case %s is open", k.Case, all[0].Number)
	}
	return &all[0]
}

func TestSpikesAtTwoTouchpointsAreACrisis(t *testing.T) {
	r := newRig()
	first, second := signalled(t, spike("hotline", noon)), signalled(t, spike("repair", noon.Add(time.Hour)))
	r.deliver(t, first, first)
	if c := r.crisis(t); c != nil {
		t.Fatalf("one touchpoint is a crisis: %+v", c)
	}
	for range 3 {
		if failed := r.deliver(t, second, first); failed != nil {
			t.Fatalf("messages %v failed", failed)
		}
	}
	c := r.crisis(t)
	if c == nil || c.Priority != "critical" || !c.OpenedAt.Equal(noon.Add(time.Hour)) {
		t.Fatalf("crisis %+v, want one", c)
	}
	r.deliver(t, signalled(t, spike("checkout", noon.Add(2*time.Hour))))
	if again := r.crisis(t); again == nil || again.Number != c.Number {
		t.Errorf("crisis %+v, want the one go on", again)
	}

	// Closing its case ends it; what was before counts no more.
	r.clock = noon.Add(3 * time.Hour)
	closed, es, err := lifecycle.Apply(*c, lifecycle.Command{Do: casefile.Closing}, casefile.Actor{Kind: casefile.Staff, ID: "anna"}, r.clock, r.lifecycle)
	if err != nil {
		t.Fatal(err)
	}
	if err := r.memory.UpdateCase(t.Context(), &closed, pointers(es)...); err != nil {
		t.Fatal(err)
	}
	if ended, _ := r.state(t, c.Number); len(ended.Handling.Escalations) != 1 || !ended.Handling.Escalations[0].HandledAt.Equal(r.clock) || ended.EndedAt.IsZero() {
		t.Errorf("case %+v, want its escalation handled", ended)
	}
	r.deliver(t, first, second)
	for _, x := range []events.Signal{spike("hotline", noon), spike("repair", noon.Add(time.Hour))} {
		x.At = noon.Add(4 * time.Hour) // looked at again: the day is told as long as it lasts
		r.deliver(t, signalled(t, x))
	}
	if c := r.crisis(t); c != nil {
		t.Fatalf("the crisis came back: %+v", c)
	}
	r.deliver(t, signalled(t, spike("hotline", noon.Add(4*time.Hour))), signalled(t, spike("repair", noon.Add(5*time.Hour))))
	if again := r.crisis(t); again == nil || again.Number == c.Number {
		t.Errorf("crisis %+v, want another one", again)
	}
}

func TestASpikeOfACategoryWithACriticalComplaintIsACrisis(t *testing.T) {
	for name, order := range map[string][]int{"the complaint first": {0, 1}, "the spike first": {1, 0}, "all twice": {0, 1, 1, 0}} {
		t.Run(name, func(t *testing.T) {
			r := newRig()
			bodies := []string{
				r.complain(t, told(1, responseKey(t, 1), noon, "product.safety", false), ""),
				signalled(t, categorySpike("product.safety", noon.Add(time.Hour))),
			}
			for _, i := range order {
				if failed := r.deliver(t, bodies[i]); failed != nil {
					t.Fatalf("message %d failed", i)
				}
			}
			if c := r.crisis(t); c == nil || c.Category != "product.safety" {
				t.Errorf("crisis %+v, want one of the category", c)
			}
		})
	}
}

func TestACriticalCaseOfLongAgoCountsWhileItIsOpen(t *testing.T) {
	r := newRig()
	body := r.complain(t, told(1, responseKey(t, 1), noon, "privacy", false), "")
	r.deliver(t, body)
	r.clock = noon.Add(100 * time.Hour)
	r.deliver(t, signalled(t, categorySpike("delivery.late", r.clock)))
	if c := r.crisis(t); c != nil {
		t.Fatalf("a spike of another category is a crisis: %+v", c)
	}
	r.deliver(t, signalled(t, categorySpike("privacy", r.clock)))
	if c := r.crisis(t); c == nil {
		t.Error("no crisis, though a critical complaint of the category is open")
	}
}

func TestSpikesSideBySideAreOneCrisis(t *testing.T) {
	r := newRig()
	r.consumer.Log = slog.New(slog.DiscardHandler)
	r.metrics = observe.NewMetricsTo(io.Discard, "escalation", r.now)
	var wg sync.WaitGroup
	for w := range 8 {
		wg.Go(func() {
			for i := range 4 {
				body := signalled(t, spike(feedback.Touchpoint(fmt.Sprintf("place-%d", (w+i)%4)), noon.Add(time.Duration((w+i)%4)*time.Minute)))
				for range 50 {
					if r.deliver(t, body) == nil {
						break
					}
				}
			}
		})
	}
	wg.Wait()
	if c := r.crisis(t); c == nil {
		t.Error("no crisis")
	}
	if n := len(r.alarms(t)["SPIKE"]); n != 4 {
		t.Errorf("%d cases of 4 spikes", n)
	}
}

func TestAWorkerThatDiesBetweenTwoWritesOfACrisis(t *testing.T) {
	for n := range 8 { // 6 writes: two alarms, two spikes kept, the case of the crisis, that it is the crisis
		for _, after := range []bool{false, true} {
			r := newRig()
			d := &dying{Memory: r.memory, n: n, after: after}
			r.cases, r.crises = d, d
			for _, body := range []string{signalled(t, spike("hotline", noon)), signalled(t, spike("repair", noon))} {
				for range 3 {
					if r.deliver(t, body) == nil {
						break
					}
				}
			}
			c := r.crisis(t)
			if c == nil {
				t.Errorf("write %d, done before it %t: no crisis", n, after)
				continue
			}
			if _, timeline := r.state(t, c.Number); len(timeline) != 1 {
				t.Errorf("write %d, done before it %t: timeline %v", n, after, actions(timeline))
			}
			if all := r.alarms(t); len(all["SPIKE"]) != 2 {
				t.Errorf("write %d, done before it %t: %d spikes, want 2", n, after, len(all["SPIKE"]))
			}
		}
	}
}

func TestTheNumberOfACrisisIsItsOwn(t *testing.T) {
	r := newRig()
	k := casefile.Crisis{Since: noon}
	taken := casefile.Case{Number: escalate.CrisisNumber(&k, 0), Family: casefile.Callback, Subject: "another", Status: casefile.Open}
	if err := r.memory.CreateCase(t.Context(), &taken, &casefile.Entry{Action: casefile.Opened}); err != nil {
		t.Fatal(err)
	}
	r.deliver(t, signalled(t, spike("hotline", noon)), signalled(t, spike("repair", noon)))
	if c := r.crisis(t); c == nil || c.Number != escalate.CrisisNumber(&k, 1) {
		t.Errorf("crisis %+v, want one under the next number", c)
	}
}

// late takes the number of the crisis just before its case is made.
type late struct {
	*store.Memory
	done bool
}

func (l *late) CreateCase(ctx context.Context, c *casefile.Case, es ...*casefile.Entry) error {
	if c.Rule == string(escalate.Crisis) && !l.done {
		l.done = true
		other := casefile.Case{Number: c.Number, Family: casefile.Callback, Subject: "another", Status: casefile.Open}
		if err := l.Memory.CreateCase(ctx, &other, &casefile.Entry{Action: casefile.Opened}); err != nil {
			return err
		}
	}
	return l.Memory.CreateCase(ctx, c, es...)
}

func TestANumberTakenWhileACrisisBegins(t *testing.T) {
	r := newRig()
	r.cases = &late{Memory: r.memory}
	r.deliver(t, signalled(t, spike("hotline", noon)), signalled(t, spike("repair", noon)))
	k := casefile.Crisis{Since: noon}
	if c := r.crisis(t); c == nil || c.Number != escalate.CrisisNumber(&k, 1) {
		t.Errorf("crisis %+v, want one under the next number", c)
	}
}

// contended is a store in which another worker always spots something first.
type contended struct{ *store.Memory }

func (contended) PutCrisis(context.Context, *casefile.Crisis) error { return store.ErrVersion }

func TestSpottingIsBounded(t *testing.T) {
	r := newRig()
	r.crises = contended{r.memory}
	if err := r.spot(t.Context(), casefile.Spike{Rule: "SPIKE", Subject: "x", Touchpoint: "hotline", At: noon}); !errors.Is(err, store.ErrVersion) {
		t.Errorf("got %v, want it to give way", err)
	}
}
