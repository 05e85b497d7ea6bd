package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	lambdaevents "github.com/aws/aws-lambda-go/events"

	"resonanz/shared/consume"
	"resonanz/shared/observe"
	"resonanz/shared/outbox"
	"resonanz/shared/store"
)

// queue sends messages and says for each whether it was taken.
type queue interface {
	Send(ctx context.Context, queueURL string, messages []outbox.Message) []error
}

// route is the queue that a target stands for.
type route struct {
	target store.Targets
	url    string
}

type handler struct {
	consumer consume.Consumer
	queue    queue
	routes   []route
	metrics  *observe.Metrics
	// wholeBatch makes a failure fail the batch as a whole. On AWS the stream
	// resumes at the sequence number reported; the local emulator looks at
	// errors only, and would take a partly failed batch for done.
	wholeBatch bool
}

// errIncomplete fails a whole batch.
var errIncomplete = errors.New("not every record was published: the batch comes again")

// Handle publishes a batch of the stream. A record may be published more than
// once: whatever follows a failure comes again. Consumers know what they have
// seen.
func (h *handler) Handle(ctx context.Context, ev lambdaevents.DynamoDBEvent) (lambdaevents.DynamoDBEventResponse, error) {
	out := h.consumer.StreamBatch(ctx, ev, h.publish)
	if h.wholeBatch && len(out.BatchItemFailures) > 0 {
		return lambdaevents.DynamoDBEventResponse{}, errIncomplete
	}
	return out, nil
}

func (h *handler) publish(ctx context.Context, batch []*consume.Change) error {
	var all []parcel
	var poison, published int64
	for i, ch := range batch {
		if ch.Record.EventName != string(lambdaevents.DynamoDBOperationTypeInsert) {
			continue
		}
		parcels, err := pack(i, ch.Record.Change.NewImage)
		if err != nil {
			poison++
			ch.Fail(consume.Poison(err))
			continue
		}
		all = append(all, parcels...)
	}
	failed := make(map[int]bool)
	for _, r := range h.routes {
		var members []int
		var messages []outbox.Message
		for _, p := range all {
			if p.to.Has(r.target) && !failed[p.record] {
				members = append(members, p.record)
				messages = append(messages, outbox.Message{Body: p.body})
			}
		}
		for n, err := range h.queue.Send(ctx, r.url, messages) {
			switch i := members[n]; {
			case err == nil:
				published++
			case errors.Is(err, outbox.ErrRefused):
				poison++
				failed[i] = true
				batch[i].Fail(consume.Poison(err))
			default:
				failed[i] = true
				batch[i].Fail(fmt.Errorf("publishing: %w", err))
			}
		}
	}
	h.metrics.Emit(
		observe.Value{Name: "RecordsRead", Unit: observe.Count, N: int64(len(batch))},
		observe.Value{Name: "MessagesPublished", Unit: observe.Count, N: published},
		observe.Value{Name: "RecordsPoisoned", Unit: observe.Count, N: poison},
	)
	return nil
}

// parcel is a body on its way to queues.
type parcel struct {
	record int // of the batch
	body   string
	to     store.Targets
}

// pack writes the messages of one record: all or none.
func pack(record int, image store.Image) ([]parcel, error) {
	messages, err := store.FromStream(image)
	if err != nil {
		return nil, err
	}
	all := make([]parcel, len(messages))
	for n, m := range messages {
		b, err := json.Marshal(m.Message)
		if err != nil {
			return nil, fmt.Errorf("writing a message: %w", err)
		}
		all[n] = parcel{record, string(b), m.To}
	}
	return all, nil
}
