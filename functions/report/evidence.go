package main

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"time"

	"resonanz/events"
	"resonanz/shared/feedback"
	"resonanz/shared/monthly"
	"resonanz/shared/observe"
	"resonanz/shared/outbox"
	"resonanz/shared/period"
	"resonanz/shared/responses"
	"resonanz/shared/store"
)

// inTransit is how long an event may be on its way from the table to its fact:
// longer than the queue collects, and than a few repetitions take.
const inTransit = time.Hour

// ledger hands out every event of a month.
type ledger interface {
	Month(ctx context.Context, p period.Period, each func(store.Entry) error) error
}

// queue sends messages and says for each whether it was taken.
type queue interface {
	Send(ctx context.Context, queueURL string, messages []outbox.Message) []error
}

// controller looks whether what was stored was delivered: the technical part of
// evidence controlling.
type controller struct {
	ledger     ledger
	queue      queue
	escalation string // URL
}

// identity is what one event is told by, in the table and among the facts.
type identity struct {
	event [16]byte
	key   responses.Key
}

// evidence is how a month adds up.
type evidence struct {
	stored, delivered int // events in the table, and facts of different events
	missing           int // stored and not delivered
	unknown           int // delivered and not stored
}

func (e evidence) whole() bool { return e.missing == 0 && e.unknown == 0 }

// checkEvidence compares the events of a month in the table with its facts, and
// tells escalation when they differ: EVIDENCE_GAP. What was received lately may be
// on its way. Told twice of one version of the report, it is one case.
func (h *handler) checkEvidence(ctx context.Context, month period.Period, status store.ReportStatus) error {
	now := h.now().UTC().Truncate(time.Millisecond)
	e, err := h.weigh(ctx, month, now.Add(-inTransit))
	if err != nil {
		return err
	}
	h.metrics.Emit(
		observe.Value{Name: "EventsStored", Unit: observe.Count, N: int64(e.stored)},
		observe.Value{Name: "EventsMissing", Unit: observe.Count, N: int64(e.missing)},
		observe.Value{Name: "FactsUnknown", Unit: observe.Count, N: int64(e.unknown)},
	)
	h.log.InfoContext(ctx, "evidence compared", slog.String("period", month.String()), slog.Int("stored", e.stored),
		slog.Int("delivered", e.delivered), slog.Int("missing", e.missing), slog.Int("unknown", e.unknown))
	if e.whole() {
		return nil
	}
	body, err := json.Marshal(events.Message{Version: events.Version, Type: events.TypeSignal, Signal: &events.Signal{
		Rule: "EVIDENCE_GAP", Subject: "facts@" + month.String() + " " + string(status), At: now,
		Observed: e.delivered, Of: e.stored, Expected: float64(e.stored),
	}})
	if err != nil {
		return fmt.Errorf("wording a signal: %w", err)
	}
	for _, err := range h.queue.Send(ctx, h.escalation, []outbox.Message{{Body: string(body)}}) {
		if err != nil {
			return fmt.Errorf("telling of missing evidence: %w", err)
		}
	}
	return nil
}

// weigh counts what was received before a time, in the table and among the facts.
func (h *handler) weigh(ctx context.Context, month period.Period, before time.Time) (e evidence, err error) {
	facts, err := monthly.Read(ctx, h.objects, []period.Period{month})
	if err != nil {
		return e, err
	}
	known := identities(facts, before.UnixMilli())
	for _, later := range known {
		if !later {
			e.delivered++
		}
	}
	e.unknown = e.delivered
	err = h.ledger.Month(ctx, month, func(entry store.Entry) error {
		if !entry.ReceivedAt.Before(before) {
			return nil
		}
		id, err := identify(entry.EventID, entry.ResponseKey)
		if err != nil {
			return fmt.Errorf("counting event %s: %w", entry.EventID, err)
		}
		e.stored++
		switch done, found := known[id]; {
		case !found:
			e.missing++
		case !done:
			known[id] = true
			e.unknown--
		}
		return nil
	})
	return e, err
}

// identities are the different facts; true: received at or after before, in
// milliseconds, so that nobody need look for its event.
func identities(facts *responses.Batch, before int64) map[identity]bool {
	known := make(map[identity]bool, len(facts.Votes)+len(facts.Invitations)+len(facts.Complaints)+len(facts.Deliveries))
	for i := range facts.Votes {
		v := &facts.Votes[i]
		known[identity{v.Event, v.Key}] = v.Received >= before
	}
	for i := range facts.Invitations {
		v := &facts.Invitations[i]
		known[identity{v.Event, v.Key}] = v.Received >= before
	}
	for i := range facts.Complaints {
		c := &facts.Complaints[i]
		known[identity{c.Event, c.Key}] = c.Received >= before
	}
	for i := range facts.Deliveries {
		d := &facts.Deliveries[i]
		known[identity{d.Event, d.Key}] = d.Received >= before
	}
	return known
}

func identify(event feedback.EventID, key feedback.ResponseKey) (id identity, err error) {
	if id.event, err = responses.ParseEventID(event); err != nil {
		return id, err
	}
	id.key, err = responses.ParseKey(key)
	return id, err
}
