package main

import (
	"context"
	"encoding/json"
	"fmt"
	"hash/maphash"
	"log/slog"
	"slices"
	"time"

	"resonanz/events"
	"resonanz/shared/casefile"
	"resonanz/shared/feedback"
	"resonanz/shared/observe"
	"resonanz/shared/outbox"
	"resonanz/shared/period"
	"resonanz/shared/report"
	"resonanz/shared/responses"
	"resonanz/shared/store"
)

// inTransit is how long an event may be on its way from the table to its fact:
// longer than the queue collects, and than a few repetitions take.
const inTransit = time.Hour

// ledger hands out every event of a month, and every step of cases in a time.
type ledger interface {
	Month(ctx context.Context, p period.Period, each func(store.Entry) error) error
	Steps(ctx context.Context, from, to, now time.Time, each func(store.Step) error) error
}

// queue sends messages and says for each whether it was taken.
type queue interface {
	Send(ctx context.Context, queueURL string, messages []outbox.Message) []error
}

// identity is what one event is told by, in the table and among the facts.
type identity struct {
	event [16]byte
	key   responses.Key
}

// prints are fingerprints of identities, of 64 bits: ten million events of a month
// fit a function that way, and two of them are taken for one once in a million
// such months.
type prints struct {
	seed maphash.Seed
	all  []uint64
}

func (p *prints) add(id identity) { p.all = append(p.all, maphash.Comparable(p.seed, id)) }

// settle puts them in order, each once.
func (p *prints) settle() []uint64 {
	slices.Sort(p.all)
	p.all = slices.Compact(p.all)
	return p.all
}

// without counts what is in a and not in b, both settled.
func without(a, b []uint64) (n int64) {
	for _, x := range a {
		for len(b) > 0 && b[0] < x {
			b = b[1:]
		}
		if len(b) == 0 || b[0] != x {
			n++
		}
	}
	return n
}

// reconcile compares what the table holds of the month with the facts: the
// technical part of evidence controlling, of the whole only. It is nil where it is
// not asked for: a final report prints what was found when it was made. What
// cannot be compared is an error as long as somebody tries again.
func (p *press) reconcile(ctx context.Context, o order, latest *earlier, facts *responses.Batch, now time.Time) (*report.Reconciliation, error) {
	if o.group != "" || latest.final() && !o.restate && !o.check {
		return nil, nil //nolint:nilnil // not asked for
	}
	e, err := p.weigh(ctx, o.period, facts, now.Add(-inTransit))
	if err != nil {
		if o.check && !o.last {
			return nil, fmt.Errorf("comparing the evidence of %s: %w", o.period, err)
		}
		p.log.WarnContext(ctx, "evidence not compared", slog.String("period", o.period.String()), slog.String("error", err.Error()))
		return nil, nil //nolint:nilnil // the report says that it was not
	}
	p.metrics.Emit(
		observe.Value{Name: "EventsStored", Unit: observe.Count, N: e.Stored},
		observe.Value{Name: "EventsMissing", Unit: observe.Count, N: e.Missing},
		observe.Value{Name: "FactsUnknown", Unit: observe.Count, N: e.Unknown},
		observe.Value{Name: "StepsMissing", Unit: observe.Count, N: e.StepsStored - e.StepsDelivered},
	)
	p.log.InfoContext(ctx, "evidence compared", slog.String("period", o.period.String()), slog.Int64("stored", e.Stored),
		slog.Int64("delivered", e.Delivered), slog.Int64("missing", e.Missing), slog.Int64("unknown", e.Unknown),
		slog.Int64("steps_stored", e.StepsStored), slog.Int64("steps_delivered", e.StepsDelivered))
	return e, nil
}

// standing is what a report prints: what was found now, else what was found for
// the version before.
func standing(now *report.Reconciliation, latest *earlier) *report.Reconciliation {
	if now == nil && latest != nil {
		return latest.given.Evidence
	}
	return now
}

// weigh counts what was received before a time, in the table and among the facts.
// What was received lately may be on its way.
func (p *press) weigh(ctx context.Context, month period.Period, facts *responses.Batch, before time.Time) (*report.Reconciliation, error) {
	delivered := prints{seed: maphash.MakeSeed()}
	identities(facts, month, before.UnixMilli(), delivered.add)
	stored := prints{seed: delivered.seed}
	err := p.table.Month(ctx, month, func(entry store.Entry) error {
		if !entry.ReceivedAt.Before(before) {
			return nil
		}
		id, err := identify(entry.EventID, entry.ResponseKey)
		if err != nil {
			return fmt.Errorf("counting event %s: %w", entry.EventID, err)
		}
		stored.add(id)
		return nil
	})
	if err != nil {
		return nil, err
	}
	a, b := stored.settle(), delivered.settle()
	e := &report.Reconciliation{
		At: before, Stored: int64(len(a)), Delivered: int64(len(b)), Missing: without(a, b), Unknown: without(b, a),
	}
	e.StepsStored, e.StepsDelivered, err = p.weighSteps(ctx, month, facts, before)
	return e, err
}

// weighSteps counts the steps of cases that happened in a month and before a time,
// and those of them that have their fact.
func (p *press) weighSteps(ctx context.Context, month period.Period, facts *responses.Batch, before time.Time) (stored, delivered int64, err error) {
	from, to := month.Bounds(p.cfg.Zone())
	if before.Before(to) {
		to = before
	}
	if !from.Before(to) {
		return 0, 0, nil
	}
	known := make(map[store.Step]bool)
	for i := range facts.Transitions {
		s := &facts.Transitions[i]
		if s.At >= from.UnixMilli() && s.At < to.UnixMilli() {
			known[store.Step{Case: casefile.Number(facts.Text(s.Case)), Seq: int(s.Seq)}] = true
		}
	}
	err = p.table.Steps(ctx, from, to, p.now(), func(s store.Step) error {
		stored++
		if known[s] {
			delivered++
		}
		return nil
	})
	return stored, delivered, err
}

// identities hands over the facts of a month that were received before a time, in
// milliseconds since 1970 UTC.
func identities(facts *responses.Batch, month period.Period, before int64, each func(identity)) {
	of := uint16(month.Index()) //nolint:gosec // 0..3071
	take := func(event [16]byte, key responses.Key, received int64) {
		if key.Month == of && received < before {
			each(identity{event, key})
		}
	}
	for i := range facts.Votes {
		v := &facts.Votes[i]
		take(v.Event, v.Key, v.Received)
	}
	for i := range facts.Invitations {
		v := &facts.Invitations[i]
		take(v.Event, v.Key, v.Received)
	}
	for i := range facts.Complaints {
		c := &facts.Complaints[i]
		take(c.Event, c.Key, c.Received)
	}
	for i := range facts.Deliveries {
		d := &facts.Deliveries[i]
		take(d.Event, d.Key, d.Received)
	}
}

func identify(event feedback.EventID, key feedback.ResponseKey) (id identity, err error) {
	if id.event, err = responses.ParseEventID(event); err != nil {
		return id, err
	}
	id.key, err = responses.ParseKey(key)
	return id, err
}

// tellGaps tells escalation what does not add up: EVIDENCE_GAP. Told twice of one
// version of the report, it is one case.
func (h *handler) tellGaps(ctx context.Context, month period.Period, status store.ReportStatus, e *report.Reconciliation) error {
	var messages []outbox.Message
	tell := func(what string, observed, of int64) error {
		body, err := json.Marshal(events.Message{Version: events.Version, Type: events.TypeSignal, Signal: &events.Signal{
			Rule: "EVIDENCE_GAP", Subject: what + "@" + month.String() + " " + string(status), At: e.At.Add(inTransit),
			Observed: int(observed), Of: int(of), Expected: float64(of),
		}})
		if err != nil {
			return fmt.Errorf("wording a signal: %w", err)
		}
		messages = append(messages, outbox.Message{Body: string(body)})
		return nil
	}
	if e.Missing > 0 || e.Unknown > 0 {
		if err := tell("facts", e.Delivered, e.Stored); err != nil {
			return err
		}
	}
	if e.StepsStored != e.StepsDelivered {
		if err := tell("steps", e.StepsDelivered, e.StepsStored); err != nil {
			return err
		}
	}
	for _, err := range h.queue.Send(ctx, h.escalation, messages) {
		if err != nil {
			return fmt.Errorf("telling of missing evidence: %w", err)
		}
	}
	return nil
}
