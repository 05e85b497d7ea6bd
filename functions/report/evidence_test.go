package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"resonanz/events"
	"resonanz/shared/casefile"
	"resonanz/shared/factfile"
	"resonanz/shared/feedback"
	"resonanz/shared/outbox"
	"resonanz/shared/period"
	"resonanz/shared/responses"
	"resonanz/shared/store"
)

// outgoing collects what was sent; refuse is a queue that takes nothing.
type outgoing struct {
	bodies []string
	refuse string
}

func (o *outgoing) Send(_ context.Context, queueURL string, messages []outbox.Message) []error {
	results := make([]error, len(messages))
	for i, m := range messages {
		if queueURL == o.refuse {
			results[i] = errors.New("no answer")
			continue
		}
		o.bodies = append(o.bodies, queueURL+" "+m.Body)
	}
	return results
}

// signals are those sent to escalation.
func (o *outgoing) signals(t *testing.T) (all []events.Signal) {
	t.Helper()
	for _, b := range o.bodies {
		body, ok := strings.CutPrefix(b, "escalation ")
		var m events.Message
		if err := json.Unmarshal([]byte(body), &m); !ok || err != nil || m.Signal == nil {
			t.Fatalf("sent %s, %v", b, err)
		}
		all = append(all, *m.Signal)
	}
	return all
}

func rated(n int, received time.Time) *feedback.Rating {
	return &feedback.Rating{
		EventID:     feedback.EventID(fmt.Sprintf("018e4f6a-3c1b-4e2d-9f00-%012d", 9000+n)),
		ResponseKey: feedback.ResponseKey("2026-03-bbbbbbbbbbbbbbb" + string(rune('a'+n))),
		Touchpoint:  "hotline", Channel: feedback.EmailLink, Scale: feedback.Stars5, Rating: 4,
		SubmittedAt: during, ReceivedAt: received, CollectionMode: feedback.Self,
	}
}

// stored puts a vote into the table.
func (r *rig) stored(v *feedback.Rating) {
	r.t.Helper()
	event, err := json.Marshal(v)
	if err != nil {
		r.t.Fatal(err)
	}
	if _, _, err := r.table.Put(r.t.Context(), &store.Entry{
		Kind: feedback.KindRating, ResponseKey: v.ResponseKey, EventID: v.EventID, ReceivedAt: v.ReceivedAt, Event: event, Digest: store.DigestOf(event),
	}); err != nil {
		r.t.Fatal(err)
	}
}

// delivered puts its fact into the bucket.
func (r *rig) delivered(v *feedback.Rating) {
	r.t.Helper()
	var b responses.Batch
	if err := b.AddRating(v); err != nil {
		r.t.Fatal(err)
	}
	r.store(&b)
}

// schedule lets the schedule call the function, and the queue deliver the order of
// the whole at its n-th attempt; false: it is to come again.
func (r *rig) schedule(attempt int) bool {
	r.t.Helper()
	r.sent.bodies = nil
	if _, err := r.Handle(r.t.Context(), json.RawMessage(`{"schedule":"report"}`)); err != nil {
		r.t.Fatal(err)
	}
	whole, ok := strings.CutPrefix(r.sent.bodies[0], "orders ")
	if !ok {
		r.t.Fatalf("sent %q", r.sent.bodies)
	}
	r.sent.bodies = nil
	return len(r.deliver(attempt, whole)) == 0
}

func TestWhatWasStoredAndDeliveredIsNoGap(t *testing.T) {
	r := newRig(t)
	var again responses.Batch
	for i := range 5 {
		v := rated(i, during)
		r.stored(v)
		r.delivered(v)
		if err := again.AddRating(v); err != nil {
			t.Fatal(err)
		}
	}
	r.store(&again) // delivered twice
	if !r.schedule(1) {
		t.Fatalf("the order is to come again: %s", r.log.String())
	}
	if len(r.sent.bodies) != 0 {
		t.Errorf("sent %q, want nothing", r.sent.bodies)
	}
	if !strings.Contains(r.metrics.String(), `"EventsStored":5`) || !strings.Contains(r.metrics.String(), `"EventsMissing":0`) {
		t.Errorf("metrics %s", r.metrics.String())
	}
}

func TestWhatIsOnItsWayIsNoGap(t *testing.T) {
	r := newRig(t)
	r.stored(rated(1, open.Add(-time.Minute)))    // no fact yet
	r.delivered(rated(2, open.Add(-time.Minute))) // stored after its shard was read
	if !r.schedule(1) {
		t.Fatalf("the order is to come again: %s", r.log.String())
	}
	if len(r.sent.bodies) != 0 {
		t.Errorf("sent %q, want nothing", r.sent.bodies)
	}
}

func TestAGapBetweenTableAndFactsIsTold(t *testing.T) {
	for name, tt := range map[string]struct {
		stored, delivered []int
		observed, of      int
	}{
		"a fact is missing":        {[]int{1, 2, 3}, []int{1, 3}, 2, 3},
		"all are missing":          {[]int{1, 2, 3}, nil, 0, 3},
		"a fact of nothing stored": {[]int{1}, []int{1, 2}, 2, 1},
		"one of each":              {[]int{1, 2}, []int{2, 3}, 2, 2},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			for _, n := range tt.stored {
				r.stored(rated(n, during))
			}
			for _, n := range tt.delivered {
				r.delivered(rated(n, during))
			}
			var got []events.Signal
			for range 2 { // the schedule tries again
				if !r.schedule(1) {
					t.Fatalf("the order is to come again: %s", r.log.String())
				}
				got = append(got, r.sent.signals(t)...)
			}
			want := events.Signal{
				Rule: "EVIDENCE_GAP", Subject: "facts@2026-03 preliminary", At: open, Observed: tt.observed, Of: tt.of, Expected: float64(tt.of),
			}
			if diff := cmp.Diff([]events.Signal{want, want}, got); diff != "" {
				t.Errorf("signals (-want +got):\n%s", diff)
			}
			r.clock = after
			if !r.schedule(1) {
				t.Fatalf("the order is to come again: %s", r.log.String())
			}
			if got := r.sent.signals(t); len(got) != 1 || got[0].Subject != "facts@2026-03 final" {
				t.Errorf("signals %+v, want that of the final report", got)
			}
		})
	}
}

// unreadable is a table that cannot be read, or holds what it should not.
type unreadable struct {
	entry *store.Entry
	err   error
}

func (u unreadable) Month(_ context.Context, _ period.Period, each func(store.Entry) error) error {
	if u.entry != nil {
		return each(*u.entry)
	}
	return u.err
}

// ledgerOnly is a table whose month cannot be read.
type ledgerOnly struct {
	table
	unreadable
}

func (l ledgerOnly) Month(ctx context.Context, p period.Period, each func(store.Entry) error) error {
	return l.unreadable.Month(ctx, p, each)
}

func TestAStepWithoutItsFactIsAGap(t *testing.T) {
	r := newRig(t)
	c := &casefile.Case{
		Number: "2603-7K2M-Q4XA", Family: casefile.Callback, Subject: "2026-03-bbbbbbbbbbbbbbba", Rule: "CALLBACK_REQUESTED", Status: casefile.Open,
		Touchpoint: "hotline", OpenedAt: during, DueAt: during.AddDate(0, 0, 1), NextAt: during.AddDate(0, 0, 1),
	}
	first := &casefile.Entry{At: during, Action: casefile.Opened, Rule: c.Rule, Status: c.Status}
	if err := r.table.CreateCase(t.Context(), c, first); err != nil {
		t.Fatal(err)
	}
	second := &casefile.Entry{At: during.Add(time.Hour), Action: casefile.Annotated, Status: c.Status}
	if err := r.table.UpdateCase(t.Context(), c, second); err != nil {
		t.Fatal(err)
	}
	deliver := func(e *casefile.Entry) {
		t.Helper()
		var b responses.Batch
		if err := b.AddTransition(casefile.StepOf(c, e)); err != nil {
			t.Fatal(err)
		}
		content, err := factfile.Write(feedback.KindTransition, &b)
		if err != nil {
			t.Fatal(err)
		}
		if err := r.bucket.Put(t.Context(), factfile.Key(march, feedback.KindTransition, &b), "", content); err != nil {
			t.Fatal(err)
		}
	}
	deliver(first)
	if !r.schedule(1) {
		t.Fatalf("the order is to come again: %s", r.log.String())
	}
	got := r.sent.signals(t)
	if len(got) != 1 || got[0].Subject != "steps@2026-03 preliminary" || got[0].Observed != 1 || got[0].Of != 2 {
		t.Errorf("signals %+v", got)
	}
	if e := r.get().Evidence.Technical; e == nil || e.StepsStored != 2 || e.StepsDelivered != 1 || e.Missing != 0 {
		t.Errorf("technical evidence %+v", e)
	}
	deliver(second)
	if !r.schedule(1) || len(r.sent.signals(t)) != 0 {
		t.Errorf("sent %q", r.sent.bodies)
	}
}

func TestAGapThatCannotBeToldComesAgain(t *testing.T) {
	r := newRig(t)
	r.stored(rated(1, during))
	r.sent.refuse = "escalation"
	if r.schedule(1) {
		t.Error("done, and nobody was told of the gap")
	}
	r.sent.refuse = ""
	if !r.schedule(2) || len(r.sent.signals(t)) != 1 {
		t.Errorf("sent %q", r.sent.bodies)
	}
	if r.versions() != 1 {
		t.Errorf("%d versions, want one", r.versions())
	}
}

func TestAReportWaitsForItsEvidenceButNotForEver(t *testing.T) {
	for name, u := range map[string]unreadable{
		"the table is down":      {err: errors.New("no answer")},
		"an event without an id": {entry: &store.Entry{EventID: "x", ResponseKey: "2026-03-bbbbbbbbbbbbbbba", ReceivedAt: during}},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			r.delivered(rated(1, during))
			r.press.table = ledgerOnly{r.press.table, u}
			for attempt := 1; attempt < patient; attempt++ {
				if r.schedule(attempt) || r.versions() != 0 {
					t.Fatalf("attempt %d: %d versions, want the order to come again", attempt, r.versions())
				}
			}
			if !r.schedule(patient) || r.versions() != 1 {
				t.Fatalf("%d versions, want the report without its evidence: %s", r.versions(), r.log.String())
			}
			f := r.get()
			if f.Evidence.Technical != nil {
				t.Errorf("technical evidence %+v", f.Evidence.Technical)
			}
		})
	}
}

func TestAReportOnDemandComparesAndTellsNobody(t *testing.T) {
	r := newRig(t)
	r.stored(rated(1, during))
	r.delivered(rated(2, during))
	if s := r.post("", 201); !s.Gap {
		t.Errorf("%+v, want the gap named", s)
	}
	e := r.get().Evidence.Technical
	if e == nil || e.Stored != 1 || e.Delivered != 1 || e.Missing != 1 || e.Unknown != 1 {
		t.Errorf("technical evidence %+v", e)
	}
	if len(r.sent.bodies) != 0 {
		t.Errorf("sent %q", r.sent.bodies)
	}
}

func TestAFinalReportPrintsWhatWasFoundWhenItWasMade(t *testing.T) {
	r := newRig(t)
	r.stored(rated(1, during))
	r.delivered(rated(1, during))
	r.clock = after
	r.post("", 201)
	r.stored(rated(2, during))
	r.clock = later
	if s := r.post("", 200); s.Gap || s.Version != "0001" {
		t.Errorf("%+v", s)
	}
	if !r.schedule(1) || len(r.sent.signals(t)) != 1 || r.versions() != 1 {
		t.Errorf("%d versions, sent %q", r.versions(), r.sent.bodies)
	}
}

// orders are the bodies sent to the report queue.
func (o *outgoing) orders(t *testing.T) (all []string) {
	t.Helper()
	for _, b := range o.bodies {
		if body, ok := strings.CutPrefix(b, "orders "); ok {
			all = append(all, body)
		}
	}
	return all
}
