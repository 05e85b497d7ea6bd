package casefile_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"resonanz/events"
	"resonanz/shared/casefile"
	"resonanz/shared/feedback"
	"resonanz/shared/period"
)

var noon = time.Date(2026, time.March, 15, 12, 0, 0, 0, time.UTC)

func march(t *testing.T) period.Period {
	t.Helper()
	p, err := period.Parse("2026-03")
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestTheNumberOfACaseIsFixed(t *testing.T) {
	// Numbers are derived, never stored apart: a change here would open every
	// case twice. Computed once with sha256sum and Crockford's alphabet.
	got := casefile.NumberOf(casefile.Callback, "2026-03-abcdefghijklmn27", march(t), 0)
	if want := casefile.Number("2603-QNVN-D8HV"); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestNumbersTellFamilySubjectAndAttemptApart(t *testing.T) {
	p := march(t)
	seen := make(map[casefile.Number]string)
	for _, family := range []casefile.Family{casefile.Callback, casefile.Complaint} {
		for _, subject := range []string{"a", "b", "a1"} {
			for attempt := range 12 {
				n := casefile.NumberOf(family, subject, p, attempt)
				what := string(family) + " " + subject + " " + string(rune('0'+attempt))
				if other, ok := seen[n]; ok {
					t.Errorf("%s and %s share %s", what, other, n)
				}
				seen[n] = what
				if parsed, err := casefile.ParseNumber(string(n)); err != nil || parsed != n {
					t.Errorf("%s: %v", n, err)
				}
			}
		}
	}
}

func TestWhatIsNoNumberIsRefused(t *testing.T) {
	for _, s := range []string{"", "2603", "2603-7K2M-Q4X", "2603-7K2M-Q4XAB", "2613-7K2M-Q4XA", "2600-7K2M-Q4XA", "26O3-7K2M-Q4XA",
		"2603-7k2m-q4xa", "2603-7I2M-Q4XA", "2603-7L2M-Q4XA", "2603-7O2M-Q4XA", "2603-7U2M-Q4XA", "2603_7K2M_Q4XA", "2603-7K2M-Q4Ä"} {
		if n, err := casefile.ParseNumber(s); !errors.Is(err, feedback.ErrInvalid) || n != "" {
			t.Errorf("%q: got %q, %v", s, n, err)
		}
	}
}

// history is a case with n entries, sealed one after the other.
func history(t testing.TB, n int) (*casefile.Case, []casefile.Entry) {
	t.Helper()
	c := &casefile.Case{Number: "2603-7K2M-Q4XA", OpenedAt: noon, NextAt: casefile.NoAction}
	var timeline []casefile.Entry
	for i := range n {
		e := casefile.Entry{At: noon.Add(time.Duration(i) * time.Hour), Action: casefile.Annotated, Step: i, Rating: i%5 + 1}
		if i%3 == 0 {
			due := noon
			e.Alert = &events.Alert{Reason: events.CaseOpened, At: noon, DueAt: &due}
		}
		if err := casefile.Seal(c, &e); err != nil {
			t.Fatal(err)
		}
		timeline = append(timeline, e)
	}
	return c, timeline
}

func TestSealingNumbersLinksAndNamesTheAlert(t *testing.T) {
	c, timeline := history(t, 4)
	if err := casefile.Check(c, timeline); err != nil {
		t.Error(err)
	}
	last := timeline[3]
	if c.Version != 4 || c.Head != last.Hash || last.Seq != 4 || last.Prev != timeline[2].Hash || last.Case != c.Number {
		t.Errorf("got %+v, %+v", c, last)
	}
	if last.Alert.ID != "2603-7K2M-Q4XA#4" || last.Alert.Case != "2603-7K2M-Q4XA" {
		t.Errorf("got %+v", last.Alert)
	}
	if err := casefile.Check(&casefile.Case{}, nil); err != nil {
		t.Errorf("nothing is whole: %v", err)
	}
}

func TestATimelineSurvivesStorage(t *testing.T) {
	c, timeline := history(t, 5)
	var c2 casefile.Case
	var timeline2 []casefile.Entry
	for from, to := range map[any]any{c: &c2, &timeline: &timeline2} {
		b, err := json.Marshal(from)
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(b, to); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff(c, &c2) + cmp.Diff(timeline, timeline2); diff != "" {
		t.Error(diff)
	}
	if err := casefile.Check(&c2, timeline2); err != nil {
		t.Error(err)
	}
}

func TestTheZoneOfATimeDoesNotMatter(t *testing.T) {
	c, timeline := history(t, 1)
	timeline[0].At = timeline[0].At.In(time.FixedZone("CET", 3600))
	if err := casefile.Check(c, timeline); err != nil {
		t.Error(err)
	}
}

func TestEveryTamperingIsFound(t *testing.T) {
	tamper := map[string]func(c *casefile.Case, l []casefile.Entry) []casefile.Entry{
		"changed":    func(_ *casefile.Case, l []casefile.Entry) []casefile.Entry { l[1].Rating++; return l },
		"alert":      func(_ *casefile.Case, l []casefile.Entry) []casefile.Entry { l[0].Alert.Priority = "low"; return l },
		"left out":   func(_ *casefile.Case, l []casefile.Entry) []casefile.Entry { return append(l[:1], l[2:]...) },
		"cut off":    func(_ *casefile.Case, l []casefile.Entry) []casefile.Entry { return l[:3] },
		"head":       func(c *casefile.Case, l []casefile.Entry) []casefile.Entry { c.Head[0]++; return l },
		"version":    func(c *casefile.Case, l []casefile.Entry) []casefile.Entry { c.Version++; return l },
		"moved":      func(_ *casefile.Case, l []casefile.Entry) []casefile.Entry { l[1], l[2] = l[2], l[1]; return l },
		"repeated":   func(_ *casefile.Case, l []casefile.Entry) []casefile.Entry { return append(l, l[3]) },
		"other case": func(c *casefile.Case, l []casefile.Entry) []casefile.Entry { c.Number = "2603-0000-0000"; return l },
		"hash only":  func(_ *casefile.Case, l []casefile.Entry) []casefile.Entry { l[3].Hash[5]++; return l },
		"rewritten end": func(c *casefile.Case, l []casefile.Entry) []casefile.Entry {
			forged := casefile.Case{Number: c.Number, Version: 3, Head: l[2].Hash}
			e := casefile.Entry{At: noon, Action: casefile.Upgraded}
			_ = casefile.Seal(&forged, &e)
			return append(l[:3], e)
		},
	}
	for name, f := range tamper {
		c, timeline := history(t, 4)
		if err := casefile.Check(c, f(c, timeline)); !errors.Is(err, casefile.ErrBroken) {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

func TestAnyOneChangedFieldBreaksTheChain(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		c, timeline := history(t, rapid.IntRange(1, 9).Draw(rt, "entries"))
		e := &timeline[rapid.IntRange(0, len(timeline)-1).Draw(rt, "entry")]
		switch rapid.IntRange(0, 6).Draw(rt, "field") {
		case 0:
			e.At = e.At.Add(time.Millisecond)
		case 1:
			e.Action = casefile.Overdue
		case 2:
			e.Cause = "another"
		case 3:
			e.Step += 1
		case 4:
			e.DueAt = noon
		case 5:
			e.Status = casefile.Closed
		case 6:
			e.Rule = "ANOTHER"
		}
		if err := casefile.Check(c, timeline); !errors.Is(err, casefile.ErrBroken) {
			rt.Fatalf("got %v", err)
		}
	})
}

func TestAHashIsReadAsItIsWritten(t *testing.T) {
	_, timeline := history(t, 1)
	h := timeline[0].Hash
	var got casefile.Hash
	if err := got.UnmarshalText([]byte(h.String())); err != nil || got != h {
		t.Errorf("got %s, %v", got, err)
	}
	for _, s := range []string{"", "00", strings.Repeat("g", 64), h.String() + "00"} {
		if err := got.UnmarshalText([]byte(s)); err == nil {
			t.Errorf("%q is no hash", s)
		}
	}
}

func TestWhatAnEventCausedIsKnown(t *testing.T) {
	timeline := []casefile.Entry{{Cause: "a"}, {}, {Cause: "b"}}
	for id, want := range map[feedback.EventID]bool{"a": true, "b": true, "c": false, "": false} {
		if got := casefile.CausedBy(timeline, id); got != want {
			t.Errorf("%s: got %v", id, got)
		}
	}
}
