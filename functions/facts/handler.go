package main

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	lambdaevents "github.com/aws/aws-lambda-go/events"

	"resonanz/events"
	"resonanz/shared/consume"
	"resonanz/shared/factfile"
	"resonanz/shared/feedback"
	"resonanz/shared/observe"
	"resonanz/shared/period"
	"resonanz/shared/responses"
)

// storage stores an object for good before it returns.
type storage interface {
	Put(ctx context.Context, key, contentType string, content []byte) error
}

// contentType is Parquet's registered media type.
const contentType = "application/vnd.apache.parquet"

type handler struct {
	consumer consume.Consumer
	bucket   storage
	zone     *time.Location // in which months begin
	metrics  *observe.Metrics
}

// part are the facts of a batch that go into one object, and the message of each.
type part struct {
	facts      responses.Batch
	deliveries []*consume.Delivery
}

type partition struct {
	month period.Period
	kind  feedback.Kind
}

// Handle writes one object for each month and kind of a batch and acknowledges
// a message once the objects that hold its facts are stored. A batch that comes
// again writes the same object; facts that come again in another batch are
// duplicates, which the report's fold removes.
func (h *handler) Handle(ctx context.Context, ev lambdaevents.SQSEvent) (lambdaevents.SQSEventResponse, error) {
	return h.consumer.SQSBatch(ctx, ev, h.batch), nil
}

func (h *handler) batch(ctx context.Context, batch []*consume.Delivery) error {
	parts := make(map[partition]*part)
	var poison, written, failed, objects int64
	for _, d := range batch {
		if err := h.add(parts, d); err != nil {
			d.Fail(consume.Poison(err))
			poison++
		}
	}
	for _, at := range slices.SortedFunc(maps.Keys(parts), compare) {
		p := parts[at]
		if err := h.write(ctx, at, p); err != nil {
			for _, d := range p.deliveries {
				d.Fail(err)
			}
			failed += int64(len(p.deliveries))
			continue
		}
		objects++
		written += int64(len(p.deliveries))
	}
	h.metrics.Emit(
		observe.Value{Name: "FactsWritten", Unit: observe.Count, N: written},
		observe.Value{Name: "FactObjects", Unit: observe.Count, N: objects},
		observe.Value{Name: "FactsFailed", Unit: observe.Count, N: failed},
		observe.Value{Name: "FactsPoison", Unit: observe.Count, N: poison},
	)
	return nil
}

func compare(a, b partition) int {
	return cmp.Or(cmp.Compare(a.month.Index(), b.month.Index()), cmp.Compare(a.kind, b.kind))
}

// add puts the facts of d into the parts of their months and kinds. An error means
// that no retry can make facts of it; then none is added.
func (h *handler) add(parts map[partition]*part, d *consume.Delivery) error {
	var facts []placed
	var err error
	switch d.Message.Type {
	case events.TypeStored:
		facts, err = readStored(d.Message.Stored)
	case events.TypeStep:
		facts, err = readStep(d.Message.Step, h.zone)
	default:
		err = fmt.Errorf("a message of type %s does not belong into this queue", d.Message.Type)
	}
	if err != nil {
		return err
	}
	for _, f := range facts {
		p := parts[f.partition]
		if p == nil {
			p = new(part)
		}
		if err := f.put(&p.facts); err != nil {
			return err
		}
		parts[f.partition] = p
		p.deliveries = append(p.deliveries, d)
	}
	return nil
}

// readStored returns the fact of an event. Its month is that of the response key,
// as in the table.
func readStored(s *events.Stored) ([]placed, error) {
	key, put, err := read(s)
	if err != nil {
		return nil, err
	}
	parsed, err := responses.ParseKey(key)
	if err != nil {
		return nil, fmt.Errorf("reading a stored %s: %w", s.Kind, err)
	}
	return []placed{{partition{parsed.Period(), factfile.KindOf(s.Kind)}, func(b *responses.Batch) error {
		if err := put(b); err != nil {
			return fmt.Errorf("reading a stored %s: %w", s.Kind, err)
		}
		return nil
	}}}, nil
}

func (h *handler) write(ctx context.Context, at partition, p *part) error {
	content, err := factfile.Write(at.kind, &p.facts)
	if err != nil {
		return err
	}
	return h.bucket.Put(ctx, factfile.Key(at.month, at.kind, &p.facts), contentType, content)
}
