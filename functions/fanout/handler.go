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
	bodies := make([]string, len(batch)) // empty: nothing to publish
	targets := make([]store.Targets, len(batch))
	var poison, published int64
	for i, ch := range batch {
		if ch.Record.EventName != string(lambdaevents.DynamoDBOperationTypeInsert) {
			continue
		}
		m, to, ok, err := store.FromStream(ch.Record.Change.NewImage)
		if err == nil && ok {
			var b []byte
			b, err = json.Marshal(m)
			bodies[i], targets[i] = string(b), to
		}
		if err != nil {
			poison++
			ch.Fail(consume.Poison(err))
			bodies[i] = ""
		}
	}
	failed := make(map[int]bool)
	for _, r := range h.routes {
		var members []int
		var messages []outbox.Message
		for i := range batch {
			if bodies[i] != "" && targets[i].Has(r.target) && !failed[i] {
				members = append(members, i)
				messages = append(messages, outbox.Message{Body: bodies[i]})
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
