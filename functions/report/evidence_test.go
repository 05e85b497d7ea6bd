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
	"resonanz/shared/feedback"
	"resonanz/shared/outbox"
	"resonanz/shared/period"
	"resonanz/shared/responses"
	"resonanz/shared/store"
)

// outgoing collects what was sent; err refuses it.
type outgoing struct {
	bodies []string
	err    error
}

func (o *outgoing) Send(_ context.Context, queueURL string, messages []outbox.Message) []error {
	results := make([]error, len(messages))
	for i, m := range messages {
		if results[i] = o.err; o.err == nil {
			o.bodies = append(o.bodies, queueURL+" "+m.Body)
		}
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

// schedule lets the schedule call the function.
func (r *rig) schedule() error {
	_, err := r.Handle(r.t.Context(), json.RawMessage(`{"schedule":"report"}`))
	return err
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
	if err := r.schedule(); err != nil {
		t.Fatal(err)
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
	if err := r.schedule(); err != nil {
		t.Fatal(err)
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
			for range 2 { // the schedule tries again
				if err := r.schedule(); err != nil {
					t.Fatal(err)
				}
			}
			want := events.Signal{
				Rule: "EVIDENCE_GAP", Subject: "facts@2026-03 preliminary", At: open, Observed: tt.observed, Of: tt.of, Expected: float64(tt.of),
			}
			if diff := cmp.Diff([]events.Signal{want, want}, r.sent.signals(t)); diff != "" {
				t.Errorf("signals (-want +got):\n%s", diff)
			}
			r.clock, r.sent.bodies = after, nil
			if err := r.schedule(); err != nil {
				t.Fatal(err)
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

func TestEvidenceThatCannotBeComparedIsAnError(t *testing.T) {
	down := errors.New("no answer")
	r := newRig(t)
	r.stored(rated(1, during))
	r.sent.err = down
	if err := r.schedule(); !errors.Is(err, down) {
		t.Errorf("got %v, want the schedule to try again", err)
	}
	r.sent.err = nil
	r.ledger = unreadable{err: down}
	if err := r.schedule(); !errors.Is(err, down) {
		t.Errorf("got %v, want the schedule to try again", err)
	}
	r.ledger = unreadable{entry: &store.Entry{EventID: "x", ResponseKey: "2026-03-bbbbbbbbbbbbbbba", ReceivedAt: during}}
	if err := r.schedule(); !errors.Is(err, feedback.ErrInvalid) {
		t.Errorf("got %v, want an event without an id refused", err)
	}
	if r.versions() != 1 {
		t.Errorf("%d versions, want the report made all the same", r.versions())
	}
}

func TestAReportOnDemandComparesNothing(t *testing.T) {
	r := newRig(t)
	r.ledger = unreadable{err: errors.New("read")}
	r.rate(open.Add(-time.Hour), 5)
	r.post("", 201)
	if len(r.sent.bodies) != 0 {
		t.Errorf("sent %q", r.sent.bodies)
	}
}
