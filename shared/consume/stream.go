package consume

import (
	"context"
	"encoding/json"
	"log/slog"

	lambdaevents "github.com/aws/aws-lambda-go/events"
)

// Change is one record of a table's stream.
type Change struct {
	Record lambdaevents.DynamoDBEventRecord

	err error
}

// Fail marks the change as not done; see Delivery.Fail.
func (c *Change) Fail(err error) { c.err = err }

func (c *Change) failure() error { return c.err }

// Stream hands each change to handle, in order. The first failure stops: it and
// everything after it come again, since a shard is delivered in order. One
// marked Poison goes to the dead-letter queue (its keys and its reason, never
// its contents) and the shard moves on. The response names a sequence number
// and its list is never null.
func (c *Consumer) Stream(ctx context.Context, ev lambdaevents.DynamoDBEvent, handle func(context.Context, lambdaevents.DynamoDBEventRecord) error) lambdaevents.DynamoDBEventResponse {
	return c.stream(ctx, ev, func(batch []*Change) {
		for _, ch := range batch {
			if c.late(ctx) {
				ch.Fail(ErrDeadline)
				return
			}
			ch.Fail(c.contain(ctx, func() error { return handle(ctx, ch.Record) }))
			if ch.err != nil && !IsPoison(ch.err) {
				return
			}
		}
	})
}

// StreamBatch hands all changes to handle at once, for publishers that send in
// batches. Handle marks with Fail what it could not do; an error fails every
// change it has not marked. The earliest failure decides where the stream
// resumes, so later changes may come again although they were done.
func (c *Consumer) StreamBatch(ctx context.Context, ev lambdaevents.DynamoDBEvent, handle func(context.Context, []*Change) error) lambdaevents.DynamoDBEventResponse {
	return c.stream(ctx, ev, func(batch []*Change) { together(ctx, c, batch, true, handle) })
}

func (c *Consumer) stream(ctx context.Context, ev lambdaevents.DynamoDBEvent, run func([]*Change)) lambdaevents.DynamoDBEventResponse {
	out := lambdaevents.DynamoDBEventResponse{BatchItemFailures: []lambdaevents.DynamoDBBatchItemFailure{}}
	if len(ev.Records) == 0 {
		return out
	}
	batch := make([]*Change, len(ev.Records))
	for i := range ev.Records {
		batch[i] = &Change{Record: ev.Records[i]}
	}
	run(batch)
	for _, ch := range batch {
		if ch.err == nil || c.buriedChange(ctx, ch) {
			continue
		}
		seq := ch.Record.Change.SequenceNumber
		c.log().WarnContext(ctx, "stream record failed", slog.String("sequence_number", seq), slog.String("error", ch.err.Error()))
		out.BatchItemFailures = append(out.BatchItemFailures, lambdaevents.DynamoDBBatchItemFailure{ItemIdentifier: seq})
		return out
	}
	return out
}

// buriedRecord is the body of a stream record in the dead-letter queue: enough
// to read the item again, and nothing a customer wrote.
type buriedRecord struct {
	PK             string `json:"pk"`
	SK             string `json:"sk"`
	EventName      string `json:"event_name"`
	SequenceNumber string `json:"sequence_number"`
}

func (c *Consumer) buriedChange(ctx context.Context, ch *Change) bool {
	if !IsPoison(ch.err) || c.DLQ == "" {
		return false
	}
	key := func(name string) string {
		if v, ok := ch.Record.Change.Keys[name]; ok && v.DataType() == lambdaevents.DataTypeString {
			return v.String()
		}
		return ""
	}
	seq := ch.Record.Change.SequenceNumber
	body, err := json.Marshal(buriedRecord{key("PK"), key("SK"), ch.Record.EventName, seq})
	if err == nil {
		err = c.bury(ctx, string(body), ch.err.Error(), seq)
	}
	if err != nil {
		c.log().ErrorContext(ctx, "dead-letter queue unreachable", slog.String("sequence_number", seq), slog.String("error", err.Error()))
		return false
	}
	c.log().ErrorContext(ctx, "poison stream record", slog.String("sequence_number", seq), slog.String("reason", ch.err.Error()))
	return true
}
