package responses_test

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"resonanz/events"
	"resonanz/shared/feedback"
	. "resonanz/shared/responses"
)

// steps draws the timeline entries of a few cases around the ends of months: some
// told twice, some in the same millisecond.
func steps(t *rapid.T) (all []events.Step) {
	base := time.Date(2026, 3, 31, 21, 59, 0, 0, time.UTC)
	for i := range rapid.IntRange(0, 12).Draw(t, "steps") {
		at := base.Add(time.Duration(rapid.IntRange(-3, 3).Draw(t, "minutes")) * time.Minute)
		s := events.Step{
			Case: fmt.Sprintf("2603-AAAA-AAA%d", rapid.IntRange(0, 2).Draw(t, "case")), Seq: i, At: at, Action: rapid.SampledFrom([]string{"opened", "decided"}).Draw(t, "action"),
			Family: "complaint", Touchpoint: "hotline", ReceivedAt: base, Satisfaction: rapid.IntRange(0, 5).Draw(t, "satisfaction"),
		}
		if rapid.Bool().Draw(t, "escalated") {
			e := events.Escalation{Rule: rapid.SampledFrom([]string{"CRITICAL", "SLA_BREACH"}).Draw(t, "rule"), RaisedAt: base.Add(-time.Hour)}
			if rapid.Bool().Draw(t, "seen") {
				e.SeenAt = at
			}
			if rapid.Bool().Draw(t, "handled") {
				e.HandledAt = at
			}
			s.Escalations = []events.Escalation{e}
		}
		all = append(all, s)
	}
	return all
}

func loadSteps(t *rapid.T, all []events.Step) *Batch {
	b := new(Batch)
	for i := range all {
		err := b.AddTransition(&all[i])
		for j := range all[i].Escalations {
			err = errors.Join(err, b.AddEscalation(&all[i], &all[i].Escalations[j]))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return b
}

// toldSteps is everything a Set says of cases.
func toldSteps(b *Batch, cutoff time.Time) (lines []string) {
	set := Select(b, WindowOf(march, time.UTC))
	for t := range set.Transitions(cutoff) {
		lines = append(lines, fmt.Sprint(b.Text(t.Case), " ", t.Seq, " ", b.Text(t.Action), " ", At(t.At), t.Satisfaction))
	}
	for e := range set.Escalations(cutoff) {
		lines = append(lines, fmt.Sprint(b.Text(e.Case), " ", b.Text(e.Rule), " raised ", e.Raised, " seen ", e.Seen, " handled ", e.Handled))
	}
	sum, n := set.Hash(cutoff)
	return append(lines, fmt.Sprint(sum, n))
}

func TestOrderDuplicatesAndFilesOfStepsChangeNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		all := steps(t)
		cutoff := time.Date(2026, 3, 31, 21, 59+rapid.IntRange(-3, 4).Draw(t, "cutoff"), 0, 0, time.UTC)
		want := toldSteps(loadSteps(t, all), cutoff)
		again := slices.Clone(all)
		if len(all) > 0 {
			again = append(again, rapid.SliceOfN(rapid.SampledFrom(all), 0, 6).Draw(t, "duplicates")...)
			again = rapid.Permutation(again).Draw(t, "order")
		}
		var files []*Batch
		for len(again) > 0 {
			n := rapid.IntRange(1, len(again)).Draw(t, "file")
			files = append(files, loadSteps(t, again[:n]))
			again = again[n:]
		}
		joined := rapid.Bool().Draw(t, "joined")
		whole := new(Batch)
		if joined {
			whole = Join(files)
		} else {
			for _, f := range files {
				whole.Append(f)
			}
		}
		if diff := gocmp.Diff(want, toldSteps(whole, cutoff)); diff != "" {
			t.Fatalf("other order, duplicates and files (-want +got):\n%s", diff)
		}
	})
}

// Parting facts and putting them together again says the same; entries of one case
// are never parted.
func TestHalvesHoldEverything(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		all := steps(t)
		ratings, invitations := facts(t)
		make := func() *Batch {
			b := loadSteps(t, all)
			b.Append(load(t, ratings, invitations))
			return b
		}
		cutoff := time.Date(2026, 4, 3, 0, 0, 0, 0, time.UTC)
		want := append(toldSteps(make(), cutoff), told(make(), cutoff, march.Add(-1), march.Add(1), march.Add(1))...)
		again := func() *Batch {
			zeros, ones := make().Halves(rapid.IntRange(0, 63).Draw(t, "bit"))
			in := map[string]bool{}
			for i := range zeros.Transitions {
				in[zeros.Text(zeros.Transitions[i].Case)] = true
			}
			for i := range ones.Transitions {
				if in[ones.Text(ones.Transitions[i].Case)] {
					t.Fatal("a case lies in both halves")
				}
			}
			return Join([]*Batch{ones, zeros})
		}
		got := append(toldSteps(again(), cutoff), told(again(), cutoff, march.Add(-1), march.Add(1), march.Add(1))...)
		if diff := gocmp.Diff(want, got); diff != "" {
			t.Fatalf("(-want +got):\n%s", diff)
		}
	})
}

func TestAnEscalationIsAsItStoodAtTheCutoff(t *testing.T) {
	at := func(minute int) time.Time { return time.Date(2026, 3, 10, 9, minute, 0, 0, time.UTC) }
	b := new(Batch)
	add := func(minute int, e events.Escalation) {
		s := events.Step{Case: "2603-AAAA-AAAA", Seq: minute, At: at(minute), Action: "assigned", Family: "complaint", ReceivedAt: at(0)}
		e.Rule, e.RaisedAt = "SLA_BREACH", at(1)
		if err := b.AddEscalation(&s, &e); err != nil {
			t.Fatal(err)
		}
	}
	add(1, events.Escalation{})
	add(5, events.Escalation{SeenAt: at(5)})
	add(9, events.Escalation{SeenAt: at(5), HandledAt: at(9)})
	add(9, events.Escalation{SeenAt: at(5)}) // of the entry before in the same millisecond
	add(1, events.Escalation{})              // told again, late
	add(20, events.Escalation{})             // by a clock that was ahead
	set := Select(b, WindowOf(march, time.UTC))
	for _, c := range []struct {
		cutoff        time.Time
		n             int
		seen, handled time.Time
	}{
		{at(1), 0, time.Time{}, time.Time{}},
		{at(2), 1, time.Time{}, time.Time{}},
		{at(6), 1, at(5), time.Time{}},
		{at(10), 1, at(5), at(9)},
		{time.Time{}, 1, at(5), at(9)},
	} {
		n := 0
		for e := range set.Escalations(c.cutoff) {
			n++
			if ms := func(t time.Time) int64 { return max(t.UnixMilli(), 0) }; e.Seen != ms(c.seen) || e.Handled != ms(c.handled) {
				t.Errorf("at %v: seen %v, handled %v", c.cutoff, At(e.Seen), At(e.Handled))
			}
		}
		if n != c.n {
			t.Errorf("at %v: %d escalations, want %d", c.cutoff, n, c.n)
		}
	}
	if set.Duplicates != 1 {
		t.Errorf("%d duplicates, want 1", set.Duplicates)
	}
}

func TestStepsOfOtherMonthsAreLeftOut(t *testing.T) {
	zone, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	b := new(Batch)
	// The window of March begins on 1 March of the year before and ends with April.
	for i, at := range []string{"2025-02-28T22:59:59Z", "2025-02-28T23:00:00Z", "2026-04-30T21:59:59Z", "2026-04-30T22:00:00Z"} {
		when, err := time.Parse(time.RFC3339, at)
		if err != nil {
			t.Fatal(err)
		}
		s := events.Step{Case: "2603-AAAA-AAAA", Seq: i, At: when, Action: "opened", Family: "complaint", ReceivedAt: when}
		if err := errors.Join(b.AddTransition(&s), b.AddEscalation(&s, &events.Escalation{Rule: "CRITICAL", RaisedAt: when})); err != nil {
			t.Fatal(err)
		}
	}
	set := Select(b, WindowOf(march, zone))
	var seqs []uint32
	for tr := range set.Transitions(time.Time{}) {
		seqs = append(seqs, tr.Seq)
	}
	escalations := 0
	for range set.Escalations(time.Time{}) {
		escalations++
	}
	if !slices.Equal(seqs, []uint32{1, 2}) || escalations != 2 || set.Outside != 4 {
		t.Errorf("transitions %v, %d escalations, %d outside; want 1 and 2, two, four", seqs, escalations, set.Outside)
	}
}

func TestTheHashOfStepsIsThatOfTheDescribedText(t *testing.T) {
	at, solved := time.UnixMilli(1773133200123), true
	key := feedback.NewResponseKey(march, feedback.ResponseID{0xfe, 1, 2, 3})
	id := feedback.EventID("11111111-0000-8000-8000-000000000001")
	b := new(Batch)
	full := events.Step{
		Case: "2603-AAAA-AAAA", Seq: 3, At: at, Action: "decided", By: "staff", Rule: "CRITICAL", From: "assessed", Status: "decided", Informed: true, Notifiable: true,
		Family: "complaint", Touchpoint: "hotline", Channel: feedback.WebForm, ResponseKey: key, Category: "billing", Severity: "high", Segment: "B", ReceivedAt: at.Add(1e6),
		Policy: "DEFAULT", AcknowledgedAt: at.Add(2e6), FirstResponseAt: at.Add(3e6), ResolvedAt: at.Add(4e6), LastResolvedAt: at.Add(5e6), ClosedAt: at.Add(6e6),
		ReopenedAt: at.Add(7e6), ApologyAt: at.Add(8e6), Decision: "rejected", DecisionReason: "wear", Owned: true, RootCause: "process", Measure: "A-1", Satisfaction: 4,
		Compensations: []events.Compensation{{Kind: "refund", Cents: 500}, {Kind: "apology"}},
	}
	raised := events.Escalation{Rule: "SLA_BREACH", Clock: "resolution", RaisedAt: at.Add(9e6), SeenAt: at.Add(10e6), HandledAt: at.Add(11e6)}
	bare := events.Step{Case: "2603-AAAA-AAAA", Seq: 4, At: at, Action: "opened", Family: "gap"}
	err := errors.Join(b.AddTransition(&full), b.AddTransition(&bare), b.AddEscalation(&full, &raised),
		b.AddInvitation(&feedback.Invitation{EventID: id, ResponseKey: key, Touchpoint: "hotline", Channel: feedback.SMSLink, IssuedAt: at, ReceivedAt: at, ExpiresAt: at,
			Topic: "billing", Resolved: &solved, Beyond: true, Known: true, Previous: key, PreviousAt: at.Add(-time.Second), Skipped: feedback.SkippedFatigue}))
	if err != nil {
		t.Fatal(err)
	}
	event := EventID(EscalationEvent("2603-AAAA-AAAA", "SLA_BREACH", "resolution", raised.RaisedAt))
	text := "resonanz facts 1\n" +
		"not_asked\t" + string(id) + "\t" + string(key) + "\thotline\tsms_link\t1773133200123\t1773133200123\t1773133200123\t\t\n" +
		"contact\t" + string(id) + "\t" + string(key) + "\thotline\t1773133200123\t1773133200123\tbilling\t1\t1\t1\t" + string(key) + "\t1773133199123\n" +
		"transition\t2603-AAAA-AAAA\t3\t1773133200123\tdecided\tstaff\tCRITICAL\tassessed\tdecided\t1\t1\tcomplaint\thotline\tweb_form\tbilling\thigh\tB\t" + string(key) +
		"\t1773133200124\tDEFAULT\t1773133200125\t1773133200126\t1773133200127\t1773133200128\t1773133200129\t1773133200130\t1773133200131\trejected\twear\t1\tprocess\tA-1\t4\t" +
		`[{"kind":"refund","cents":500},{"kind":"apology"}]` + "\n" +
		"transition\t2603-AAAA-AAAA\t4\t1773133200123\topened\t\t\t\t\t0\t0\tgap\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t0\t\t\t\t\n" +
		"escalation\t" + string(event) + "\t2603-AAAA-AAAA\tSLA_BREACH\tresolution\tcomplaint\thotline\tbilling\t1773133200132\t1773133200133\t1773133200134\t1773133200123\n"
	want := sha256.Sum256([]byte(text))
	set := Select(b, WindowOf(march, time.UTC))
	if sum, n := set.Hash(time.Time{}); sum != "sha256:"+hex.EncodeToString(want[:]) || n != 4 {
		t.Errorf("hash %s of %d facts is not that of\n%s", sum, n, text)
	}
	for range set.Invitations() {
		t.Error("somebody who was not asked is among the invited")
	}
	contacts := 0
	for c := range set.Contacts(time.Time{}) {
		if solved, told := c.Resolved.Get(); !told || solved != 1 || !c.Beyond || !c.Known || c.PreviousKey.ResponseKey() != key || b.Text(c.Topic) != "billing" {
			t.Errorf("contact %+v", *c)
		}
		contacts++
	}
	if contacts != 1 {
		t.Errorf("%d contacts", contacts)
	}
}

func TestWordsAreNoSteps(t *testing.T) {
	at := time.Date(2026, 3, 10, 9, 0, 0, 0, time.UTC)
	good := func() *events.Step {
		return &events.Step{Case: "2603-AAAA-AAAA", Seq: 1, At: at, Action: "opened", Family: "complaint", ReceivedAt: at}
	}
	for name, spoil := range map[string]func(*events.Step){
		"no case":           func(s *events.Step) { s.Case = "" },
		"no time":           func(s *events.Step) { s.At = time.Time{} },
		"no action":         func(s *events.Step) { s.Action = "" },
		"no family":         func(s *events.Step) { s.Family = "" },
		"a negative place":  func(s *events.Step) { s.Seq = -1 },
		"a note":            func(s *events.Step) { s.DecisionReason = "he was wrong" },
		"a name":            func(s *events.Step) { s.RootCause = "Müller" },
		"a long text":       func(s *events.Step) { s.Measure = strings.Repeat("x", 65) },
		"a grade of six":    func(s *events.Step) { s.Satisfaction = 6 },
		"a broken key":      func(s *events.Step) { s.ResponseKey = "2026-03-x" },
		"a negative amount": func(s *events.Step) { s.Compensations = []events.Compensation{{Kind: "refund", Cents: -1}} },
		"a promise in words": func(s *events.Step) {
			s.Compensations = []events.Compensation{{Kind: "a bunch of flowers"}}
		},
	} {
		s := good()
		spoil(s)
		b := new(Batch)
		if err := b.AddTransition(s); !errors.Is(err, feedback.ErrInvalid) || b.Len() != 0 {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, e := range map[string]events.Escalation{
		"no rule": {RaisedAt: at}, "no time": {Rule: "CRITICAL"}, "a clock in words": {Rule: "CRITICAL", Clock: "at night", RaisedAt: at},
	} {
		b := new(Batch)
		if err := b.AddEscalation(good(), &e); !errors.Is(err, feedback.ErrInvalid) || b.Len() != 0 {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestCompensationsAreReadAsTheyWereWritten(t *testing.T) {
	promised := []events.Compensation{{Kind: "refund", Cents: 500}, {Kind: "apology"}}
	text, err := CompensationsText(promised)
	if err != nil {
		t.Fatal(err)
	}
	got, err := ParseCompensations(text)
	if diff := gocmp.Diff(promised, got); err != nil || diff != "" {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
	if got, err := ParseCompensations(""); got != nil || err != nil {
		t.Errorf("nothing: %v, %v", got, err)
	}
	for _, bad := range []string{"{", `[{"kind":"two words"}]`, `[{"kind":"refund","cents":-1}]`} {
		if _, err := ParseCompensations(bad); !errors.Is(err, feedback.ErrInvalid) {
			t.Errorf("%s: %v", bad, err)
		}
	}
}
