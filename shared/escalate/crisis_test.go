package escalate

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"resonanz/events"
	"resonanz/shared/casefile"
	"resonanz/shared/feedback"
)

// war is a room in which spikes are spotted, as the escalation function does
// with the table.
type war struct {
	rules  Rules
	crisis casefile.Crisis
	cases  map[casefile.Number]casefile.Case
}

func (w *war) spot(s casefile.Spike) bool {
	var last *casefile.Case
	if c, ok := w.cases[w.crisis.Case]; ok {
		last = &c
	}
	next, changed := Spot(w.crisis, s, last, w.rules)
	if changed {
		w.crisis = next
	}
	if next.Next != "" {
		c, _ := CrisisCase(&next, s.At, w.rules)
		w.cases[c.Number] = c
		w.crisis.Case, w.crisis.Next = next.Next, ""
	}
	return changed
}

func (w *war) end(at time.Time) {
	c := w.cases[w.crisis.Case]
	c.Status, c.EndedAt = casefile.Closed, at
	w.cases[c.Number] = c
}

func newWar() *war { return &war{rules: rules(), cases: map[casefile.Number]casefile.Case{}} }

var warDay = at("2026-03-10T00:00:00Z")

func at10(hours float64) time.Time { return warDay.Add(time.Duration(hours * float64(time.Hour))) }

func spikeAt(t feedback.Touchpoint, hours float64) casefile.Spike {
	return casefile.Spike{Rule: "SPIKE", Subject: fmt.Sprintf("%s@%g", t, hours), Touchpoint: t, At: at10(hours)}
}

func spikeOf(category string, hours float64) casefile.Spike {
	return casefile.Spike{Rule: "SPIKE", Subject: fmt.Sprintf("%s@%g", category, hours), Category: category, At: at10(hours)}
}

func criticalOf(category string, hours float64) casefile.Spike {
	return CriticalSpike(&casefile.Case{Number: "2603-0000-0001", Touchpoint: "hotline", Category: category, OpenedAt: at10(hours)})
}

func TestWhatIsACrisis(t *testing.T) {
	for name, tt := range map[string]struct {
		spikes []casefile.Spike
		want   bool
	}{
		"one spike":                           {[]casefile.Spike{spikeAt("a", 1)}, false},
		"two at one touchpoint":               {[]casefile.Spike{spikeAt("a", 1), spikeAt("a", 2)}, false},
		"at two touchpoints":                  {[]casefile.Spike{spikeAt("a", 1), spikeAt("b", 2)}, true},
		"on the last minute of the window":    {[]casefile.Spike{spikeAt("a", 1), spikeAt("b", 25)}, true},
		"beyond the window":                   {[]casefile.Spike{spikeAt("a", 1), spikeAt("b", 25.01)}, false},
		"the older one comes later":           {[]casefile.Spike{spikeAt("b", 25.01), spikeAt("a", 1)}, false},
		"of a category alone":                 {[]casefile.Spike{spikeOf("delivery", 1), spikeOf("billing", 1)}, false},
		"of a category and a touchpoint":      {[]casefile.Spike{spikeOf("delivery", 1), spikeAt("a", 1)}, false},
		"a critical complaint alone":          {[]casefile.Spike{criticalOf("product.safety", 1)}, false},
		"of a category, with a critical case": {[]casefile.Spike{spikeOf("product.safety", 2), criticalOf("product.safety", 1)}, true},
		"the critical case comes later":       {[]casefile.Spike{spikeOf("product.safety", 1), criticalOf("product.safety", 2)}, true},
		"a branch of what spikes":             {[]casefile.Spike{spikeOf("product", 1), criticalOf("product.safety", 2)}, true},
		"the trunk of what spikes":            {[]casefile.Spike{spikeOf("privacy.leak", 1), criticalOf("privacy", 2)}, true},
		"of another category":                 {[]casefile.Spike{spikeOf("delivery", 1), criticalOf("product.safety", 2)}, false},
		"a name that begins the same":         {[]casefile.Spike{spikeOf("pro", 1), criticalOf("product", 2)}, false},
		"critical complaints at two places":   {[]casefile.Spike{criticalOf("privacy", 1), criticalOf("discrimination", 2)}, false},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWar()
			for _, s := range tt.spikes {
				w.spot(s)
			}
			if got := len(w.cases) > 0; got != tt.want {
				t.Errorf("crisis %t, want %t: %+v", got, tt.want, w.crisis)
			}
		})
	}
}

func TestMoreTouchpointsCanBeAskedFor(t *testing.T) {
	for asked, want := range map[int]bool{0: false, 2: true, 3: false} {
		w := newWar()
		w.rules.CrisisTouchpoints = asked
		w.spot(spikeAt("a", 1))
		w.spot(spikeAt("b", 1))
		if got := len(w.cases) > 0; got != want {
			t.Errorf("asked for %d: crisis %t, want %t", asked, got, want)
		}
	}
}

func TestACrisisIsCriticalAndSaysWhatSpikes(t *testing.T) {
	w := newWar()
	w.spot(spikeAt("b", 1))
	w.spot(spikeAt("a", 2))
	now := at10(2.1)
	w.crisis.Next = w.crisis.Case
	c, e := CrisisCase(&w.crisis, now, w.rules)
	if c.Number != w.crisis.Case || c.Family != casefile.Alarm || c.Rule != "CRISIS" || c.Priority != "critical" || c.Status != casefile.Open ||
		!c.OpenedAt.Equal(at10(2)) || !c.NextAt.Equal(now.Add(time.Hour)) || !IsCrisis(&c, &w.crisis) {
		t.Errorf("case %+v, want it critical and due at once", c)
	}
	if a := e.Alert; a == nil || a.Priority != "critical" || a.Signal == nil || a.Signal.Subject != "a, b" || a.Signal.Observed != 2 {
		t.Errorf("alert %+v, want what spikes named", e.Alert)
	}
	moved, _, ok := Missed(c, events.Deadline{Case: string(c.Number)}, c.NextAt, w.rules)
	if !ok || !moved.NextAt.Equal(c.NextAt.Add(time.Hour)) {
		t.Errorf("after an hour %+v, want the next told within another", moved)
	}
}

func TestACrisisEndsWithItsCase(t *testing.T) {
	w := newWar()
	w.spot(spikeAt("a", 1))
	w.spot(spikeAt("b", 2))
	first := w.crisis.Case
	w.spot(spikeAt("c", 3))
	if len(w.cases) != 1 || w.crisis.Case != first || !w.crisis.Since.Equal(at10(2)) {
		t.Fatalf("crisis %+v of %d cases, want the one go on", w.crisis, len(w.cases))
	}
	w.end(at10(4))
	for _, s := range []casefile.Spike{spikeAt("a", 1), spikeAt("b", 2), spikeAt("c", 3), spikeAt("d", 4)} {
		if w.spot(s) {
			t.Errorf("%s counts after the end of the crisis", s.Subject)
		}
	}
	w.spot(spikeAt("a", 4.5))
	if len(w.cases) != 1 {
		t.Fatalf("%d cases: what was before the end counts with what came after", len(w.cases))
	}
	w.spot(spikeAt("b", 5))
	if len(w.cases) != 2 || w.crisis.Case == first {
		t.Errorf("crisis %+v of %d cases, want another one", w.crisis, len(w.cases))
	}
}

func TestACrisisThatIsToBeMadeIsOn(t *testing.T) {
	w := newWar()
	w.spot(spikeAt("a", 1))
	begun, _ := Spot(w.crisis, spikeAt("b", 2), nil, w.rules)
	if begun.Next == "" || begun.Case != "" {
		t.Fatalf("crisis %+v, want one to be made", begun)
	}
	more, changed := Spot(begun, spikeAt("c", 3), nil, w.rules)
	if !changed || more.Next != begun.Next || !more.Since.Equal(begun.Since) || len(more.Spikes) != 3 {
		t.Errorf("crisis %+v, want the one that began", more)
	}
}

// TestAnyOrderOfSpikesIsOneCrisis: spikes within one window, in any order and
// repeated, make one crisis or none, and what is kept stays small.
func TestAnyOrderOfSpikesIsOneCrisis(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		var spikes []casefile.Spike
		for range rapid.IntRange(1, 8).Draw(rt, "spikes") {
			hours := float64(rapid.IntRange(0, 24).Draw(rt, "hour"))
			switch rapid.IntRange(0, 3).Draw(rt, "kind") {
			case 0:
				spikes = append(spikes, spikeOf(rapid.SampledFrom([]string{"product.safety", "delivery"}).Draw(rt, "category"), hours))
			case 1:
				spikes = append(spikes, criticalOf(rapid.SampledFrom([]string{"product.safety", "privacy"}).Draw(rt, "category"), hours))
			default:
				spikes = append(spikes, spikeAt(rapid.SampledFrom([]feedback.Touchpoint{"a", "b"}).Draw(rt, "touchpoint"), hours))
			}
		}
		play := func(order []casefile.Spike) *war {
			w := newWar()
			for _, s := range order {
				w.spot(s)
			}
			return w
		}
		one := play(spikes)
		two := play(rapid.Permutation(append(spikes, spikes...)).Draw(rt, "order"))
		if len(one.cases) != len(two.cases) || len(one.cases) > 1 {
			rt.Fatalf("%d cases in order, %d in any order", len(one.cases), len(two.cases))
		}
		if diff := cmp.Diff(one.crisis.Spikes, two.crisis.Spikes, cmp.Transformer("when", func(s casefile.Spike) string {
			return fmt.Sprint(s.Touchpoint, s.Category, s.Critical, s.At)
		})); diff != "" {
			rt.Fatalf("spikes kept (-in order +in any order):\n%s", diff)
		}
		if len(two.crisis.Spikes) > 6 {
			rt.Fatalf("%d spikes kept", len(two.crisis.Spikes))
		}
		if two.spot(spikes[0]) {
			rt.Fatal("a spike delivered again is news")
		}
	})
}
