package report_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"resonanz/shared/casefile"
	"resonanz/shared/feedback"
	"resonanz/shared/handling"
	"resonanz/shared/lifecycle"
	"resonanz/shared/report"
	"resonanz/shared/responses"
	"resonanz/shared/sla"
)

// plain are commands with everything they need.
var plain = map[casefile.Action]lifecycle.Command{
	casefile.Registered:    {Do: casefile.Registered, Category: "product.defect"},
	casefile.Dismissing:    {Do: casefile.Dismissing, Reason: "no_complaint"},
	casefile.Duplicating:   {Do: casefile.Duplicating, Duplicate: "2603-0000-0000"},
	casefile.Assessing:     {Do: casefile.Assessing, Severity: casefile.High, Words: words("Because.")},
	casefile.Investigating: investigate, casefile.Asking: ask, casefile.Deciding: accept, casefile.Compensating: voucher(700),
	casefile.Apologising: apologise, casefile.Resolving: resolve, casefile.Closing: finish, casefile.Reopening: again,
	casefile.Withdrawing: withdraw, casefile.Replying: {Do: casefile.Replying, Words: words("The blue one.")},
	casefile.Accepting: {Do: casefile.Accepting}, casefile.Rating: stars(2),
	casefile.Linking: {Do: casefile.Linking, CorrectiveAction: "new-carrier"},
}

// life lets a case live for a while, from some day before, in or after March.
func life(t *rapid.T, n int) *tale {
	at := monday.Add(time.Duration(rapid.IntRange(-40*24, 30*24).Draw(t, "hours")) * time.Hour).Add(time.Duration(n) * time.Millisecond)
	var s *tale
	switch rapid.IntRange(0, 4).Draw(t, "kind") {
	case 0:
		s = drafted(t, n, at)
	case 1:
		s = opened(t, n, at, lifecycle.Opening{}, category(t), annoyance(t))
	default:
		s = received(t, n, at, category(t), annoyance(t))
	}
	for range rapid.IntRange(0, 12).Draw(t, "steps") {
		s.after(time.Duration(rapid.IntRange(0, 120).Draw(t, "later")) * time.Hour)
		by := rapid.SampledFrom([]casefile.Actor{anna, anna, customer}).Draw(t, "by")
		var can []lifecycle.Command
		for _, do := range lifecycle.Allowed(s.Case, by.Kind, s.now, s.rules) {
			cmd, ok := plain[do]
			if _, _, err := lifecycle.Apply(s.Case, cmd, by, s.now, s.rules); ok && err == nil {
				can = append(can, cmd)
				if do == casefile.Investigating || do == casefile.Deciding || do == casefile.Resolving {
					can = append(can, cmd, cmd) // get far
				}
			}
		}
		if len(can) > 0 {
			s.do(by, rapid.SampledFrom(can).Draw(t, "do"))
		}
	}
	return s
}

func category(t *rapid.T) func(*feedback.Complaint) {
	name := rapid.SampledFrom([]string{"delivery.late", "billing.refund_delay", "product.safety", "other"}).Draw(t, "category")
	place := rapid.SampledFrom([]feedback.Touchpoint{"hotline", "checkout-cologne"}).Draw(t, "touchpoint")
	return func(c *feedback.Complaint) { c.Category, c.Touchpoint = name, place }
}

func annoyance(t *rapid.T) func(*feedback.Complaint) {
	n := rapid.IntRange(0, 5).Draw(t, "annoyance")
	return func(c *feedback.Complaint) {
		if n > 0 {
			c.Annoyance = &n
		}
	}
}

func lives(t *rapid.T) []*tale {
	var out []*tale
	for i := range rapid.IntRange(0, 6).Draw(t, "cases") {
		out = append(out, life(t, i+1))
	}
	return out
}

// everything asks for all that the sections can say.
func everything(in *report.Input) {
	in.Contacts = map[feedback.Touchpoint]int64{"hotline": 1000}
	in.Assumptions = &report.Assumptions{WouldHaveLeft: 0.2, Retained: 0.5, MarginCents: 9000, Years: 2, PerHourCents: 4000, HoursPerCase: 1.5}
	in.Actions = []report.Action{{ID: "new-carrier", Category: "delivery", StartsAt: monday}}
}

func jsonOf(t *rapid.T, b *responses.Batch, change ...func(*report.Input)) ([]byte, *report.Report) {
	r, err := report.Build(march(t, b, append([]func(*report.Input){everything}, change...)...))
	if err != nil {
		t.Fatal(err)
	}
	out, err := r.JSON()
	if err != nil {
		t.Fatal(err)
	}
	return out, r
}

func TestOrderDuplicatesAndFilesOfStepsChangeNoByte(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := tell(lives(t)...)
		want, _ := jsonOf(t, w.batch(t))

		mixed := new(world)
		mixed.complaints = rapid.Permutation(append(slices.Clone(w.complaints), some(t, w.complaints)...)).Draw(t, "complaints")
		mixed.steps = rapid.Permutation(append(slices.Clone(w.steps), some(t, w.steps)...)).Draw(t, "steps")
		files := make([]responses.Batch, 3)
		for i := range mixed.complaints {
			if err := files[rapid.IntRange(0, 2).Draw(t, "file")].AddComplaint(&mixed.complaints[i]); err != nil {
				t.Fatal(err)
			}
		}
		for i := range mixed.steps {
			addStep(t, &files[rapid.IntRange(0, 2).Draw(t, "file")], &mixed.steps[i])
		}
		whole := new(responses.Batch)
		for i := range files {
			whole.Append(&files[i])
		}
		if got, _ := jsonOf(t, whole); !bytes.Equal(want, got) {
			t.Fatal(cmp.Diff(string(want), string(got)))
		}
	})
}

// some draws a part of list again.
func some[T any](t *rapid.T, list []T) []T {
	if len(list) == 0 {
		return nil
	}
	from := rapid.IntRange(0, len(list)).Draw(t, "from")
	return list[from:]
}

// TestCountsAreThoseOfTheTimelines counts again, from the timelines themselves.
func TestCountsAreThoseOfTheTimelines(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		tales := lives(t)
		in := march(t, new(responses.Batch))
		start, end := in.Period.Bounds(in.Zone)
		in.Cutoff = rapid.SampledFrom([]time.Time{in.FreezeAt(), start.Add(12 * day), end.Add(40 * day)}).Draw(t, "cutoff")
		asOf := end
		if in.Cutoff.Before(end) {
			asOf = in.Cutoff
		}
		_, r := jsonOf(t, tell(tales...).batch(t), func(given *report.Input) { given.Cutoff = in.Cutoff })
		c, k := &r.Complaints, &r.Tasks

		var want struct{ received, drafts, excluded, closed, resolved, openStart, openEnd, counted, late int64 }
		for _, s := range tales {
			known := entries(s, in.Cutoff)
			if len(known) == 0 {
				if len(s.facts) > 0 && s.facts[0].ReceivedAt.Before(in.Cutoff) && !s.facts[0].ReceivedAt.Before(start) && s.facts[0].ReceivedAt.Before(end) {
					want.received++ // its case comes a second later
				}
				continue
			}
			received := s.OpenedAt
			if s.Handling.Clock != nil {
				received = s.Handling.Clock.Runs[0].From
			}
			here := !received.Before(start) && received.Before(end)
			add := func(n *int64, on bool) {
				if on {
					*n++
				}
			}
			switch known[len(known)-1].Status {
			case casefile.Draft:
				add(&want.drafts, here)
				continue
			case casefile.Withdrawn, casefile.Duplicate, casefile.Dismissed:
				add(&want.excluded, here)
				continue
			}
			add(&want.received, here)
			if !received.Before(asOf) {
				continue
			}
			had := func(status casefile.Status) bool {
				return slices.ContainsFunc(entries(s, asOf), func(e casefile.Entry) bool {
					return e.Status == status && e.From != "" && !e.At.Before(start)
				})
			}
			isOpen := func(t time.Time) bool {
				if !received.Before(t) {
					return false
				}
				all := entries(s, t)
				return len(all) == 0 || all[len(all)-1].Status != casefile.Resolved && all[len(all)-1].Status != casefile.Closed
			}
			add(&want.closed, had(casefile.Closed))
			add(&want.resolved, had(casefile.Resolved))
			add(&want.openStart, isOpen(start))
			add(&want.openEnd, isOpen(asOf))
			times := measured(s, received, asOf, in.Policies)
			overdue := isOpen(asOf) && (times.FirstResponse == sla.Breached && times.FirstResponseWall == nil || times.Resolution == sla.Breached)
			add(&want.late, overdue)
			add(&want.counted, overdue || had(casefile.Resolved))
		}
		got := want
		got.received, got.drafts, got.excluded = c.Received, c.Drafts, c.Excluded
		got.closed, got.resolved, got.openStart, got.openEnd = c.Closed, c.Resolved, c.OpenStart, c.OpenEnd
		got.counted, got.late = k.Complaints, c.Overdue
		if got != want {
			t.Fatalf("the report counts %+v, the timelines %+v", got, want)
		}
	})
}

// entries are those of a timeline before t.
func entries(s *tale, t time.Time) []casefile.Entry {
	i := slices.IndexFunc(s.timeline, func(e casefile.Entry) bool { return !e.At.Before(t) })
	if i < 0 {
		return s.timeline
	}
	return s.timeline[:i]
}

// measured are the times of a tale by its timeline alone.
func measured(s *tale, received, asOf time.Time, policies map[string]*sla.Policy) handling.Times {
	c := handling.Complaint{FirstResponseAt: s.Handling.FirstResponseAt, History: []handling.Step{{Status: casefile.Received, At: received}}}
	policy := "DEFAULT"
	all := entries(s, asOf)
	for i, e := range all {
		if e.From != "" && e.Status != casefile.Received {
			c.History = append(c.History, handling.Step{Status: e.Status, At: e.At})
		}
		if k := casefile.Replay(all[:i+1]).Handling.Clock; k != nil {
			policy = k.Policy
		}
	}
	return handling.Measure(&c, policies[policy], asOf)
}

// TestErasingACustomerChangesNoByte: nothing that an erasure takes was in a step.
func TestErasingACustomerChangesNoByte(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		tales := lives(t)
		w := tell(tales...)
		want, _ := jsonOf(t, w.batch(t))
		erased := &world{complaints: w.complaints}
		for _, s := range tales {
			for i, e := range s.timeline {
				c := s.states[i]
				c.CustomerKey, e.Words = "", nil
				erased.steps = append(erased.steps, *casefile.StepOf(&c, &e))
			}
		}
		facts, err := json.Marshal(w.steps)
		if err != nil {
			t.Fatal(err)
		}
		for _, personal := range []string{"crm-1", "Which parcel", "It broke again", anna.ID} {
			if bytes.Contains(facts, []byte(personal)) || bytes.Contains(want, []byte(personal)) {
				t.Fatalf("%q is in a fact or in the report", personal)
			}
		}
		if got, _ := jsonOf(t, erased.batch(t)); !bytes.Equal(want, got) {
			t.Fatal(cmp.Diff(string(want), string(got)))
		}
	})
}

// TestWhatComesAfterTheCutoffChangesNoByte: a version that is built again later,
// from facts that have grown since, says the same.
func TestWhatComesAfterTheCutoffChangesNoByte(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := tell(lives(t)...)
		cutoff := monday.Add(time.Duration(rapid.IntRange(-20*24, 40*24).Draw(t, "cutoff")) * time.Hour)
		then := func(in *report.Input) { in.Cutoff = cutoff }
		known := new(world)
		for _, c := range w.complaints {
			if c.ReceivedAt.Before(cutoff) {
				known.complaints = append(known.complaints, c)
			}
		}
		for _, s := range w.steps {
			if s.At.Before(cutoff) {
				known.steps = append(known.steps, s)
			}
		}
		want, err := report.Build(march(t, known.batch(t), everything, then))
		if errors.Is(err, report.ErrFuture) {
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		b, err := want.JSON()
		if err != nil {
			t.Fatal(err)
		}
		if got, _ := jsonOf(t, w.batch(t), then); !bytes.Equal(b, got) {
			t.Fatal(cmp.Diff(string(b), string(got)))
		}
	})
}
