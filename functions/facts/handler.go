package main

import (
	"context"
	"maps"
	"slices"
	"time"

	lambdaevents "github.com/aws/aws-lambda-go/events"

	"resonanz/shared/consume"
	"resonanz/shared/factfile"
	"resonanz/shared/facts"
	"resonanz/shared/observe"
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

// Handle writes one object for each month and kind of a batch and acknowledges
// a message once the objects that hold its facts are stored. A batch that comes
// again writes the same object; facts that come again in another batch are
// duplicates, which the report's fold removes.
func (h *handler) Handle(ctx context.Context, ev lambdaevents.SQSEvent) (lambdaevents.SQSEventResponse, error) {
	return h.consumer.SQSBatch(ctx, ev, h.batch), nil
}

func (h *handler) batch(ctx context.Context, batch []*consume.Delivery) error {
	parts := make(map[facts.Partition]*part)
	var poison, written, failed, objects int64
	for _, d := range batch {
		if err := h.add(parts, d); err != nil {
			d.Fail(consume.Poison(err))
			poison++
		}
	}
	for _, at := range slices.SortedFunc(maps.Keys(parts), facts.Compare) {
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

// add puts the facts of d into the parts of their months and kinds. An error means
// that no retry can make facts of it; then none is added.
func (h *handler) add(parts map[facts.Partition]*part, d *consume.Delivery) error {
	all, err := facts.Of(&d.Message, h.zone)
	if err != nil {
		return err
	}
	for _, f := range all {
		p := parts[f.Partition]
		if p == nil {
			p = new(part)
		}
		if err := f.Put(&p.facts); err != nil {
			return err
		}
		parts[f.Partition] = p
		p.deliveries = append(p.deliveries, d)
	}
	return nil
}

func (h *handler) write(ctx context.Context, at facts.Partition, p *part) error {
	content, err := factfile.Write(at.Kind, &p.facts)
	if err != nil {
		return err
	}
	return h.bucket.Put(ctx, at.Key(&p.facts), contentType, content)
}
