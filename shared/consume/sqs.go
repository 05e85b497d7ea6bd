package consume

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strconv"
	"time"

	lambdaevents "github.com/aws/aws-lambda-go/events"

	"resonanz/events"
)

// Meta is what SQS says about a message. ID changes when a message is sent
// again: nothing may be deduplicated on it.
type Meta struct {
	ID       string
	Attempt  int       // 1 for the first delivery
	SentAt   time.Time // zero when unknown
	QueueARN string
}

// Delivery is one message of a batch.
type Delivery struct {
	Message events.Message
	Meta    Meta

	record *lambdaevents.SQSMessage
	err    error
}

// Fail marks the delivery as not done: it comes again, or goes to the
// dead-letter queue when err is Poison. Without it a delivery is done.
func (d *Delivery) Fail(err error) { d.err = err }

func (d *Delivery) failure() error { return d.err }

// SQS hands each message to handle. An error makes that message come again;
// one marked Poison sends it to the dead-letter queue. The response lists the
// failed ones and is never null.
func (c *Consumer) SQS(ctx context.Context, ev lambdaevents.SQSEvent, handle func(context.Context, events.Message, Meta) error) lambdaevents.SQSEventResponse {
	return c.sqs(ctx, ev, Decode, func(batch []*Delivery) {
		c.each(ctx, batch, func(d *Delivery) error { return handle(ctx, d.Message, d.Meta) })
	})
}

// each handles one delivery after the other while there is time.
func (c *Consumer) each(ctx context.Context, batch []*Delivery, handle func(*Delivery) error) {
	for _, d := range batch {
		if c.late(ctx) {
			d.Fail(ErrDeadline)
			continue
		}
		d.Fail(c.contain(ctx, func() error { return handle(d) }))
	}
}

// Raw hands the body of each message to handle as it came, for queues that
// others write to; else it is SQS.
func (c *Consumer) Raw(ctx context.Context, ev lambdaevents.SQSEvent, handle func(ctx context.Context, body string, m Meta) error) lambdaevents.SQSEventResponse {
	whole := func(string) (events.Message, error) { return events.Message{}, nil }
	return c.sqs(ctx, ev, whole, func(batch []*Delivery) {
		c.each(ctx, batch, func(d *Delivery) error { return handle(ctx, d.record.Body, d.Meta) })
	})
}

// SQSBatch hands all well-formed messages to handle at once, for consumers that
// write one object per batch. An error fails those that handle has not failed
// itself; handle is not called for an empty batch. Where it panics, it is called
// again with each message alone, so that only the one at fault comes again.
func (c *Consumer) SQSBatch(ctx context.Context, ev lambdaevents.SQSEvent, handle func(context.Context, []*Delivery) error) lambdaevents.SQSEventResponse {
	return c.sqs(ctx, ev, Decode, func(batch []*Delivery) { together(ctx, c, batch, false, handle) })
}

func (c *Consumer) sqs(ctx context.Context, ev lambdaevents.SQSEvent, decode func(body string) (events.Message, error), run func([]*Delivery)) lambdaevents.SQSEventResponse {
	all := make([]Delivery, len(ev.Records))
	good := make([]*Delivery, 0, len(ev.Records))
	for i := range ev.Records {
		r := &ev.Records[i]
		all[i] = Delivery{record: r, Meta: meta(r)}
		all[i].Message, all[i].err = decode(r.Body)
		if all[i].err == nil {
			good = append(good, &all[i])
		}
	}
	if len(good) > 0 {
		run(good)
	}
	out := lambdaevents.SQSEventResponse{BatchItemFailures: []lambdaevents.SQSBatchItemFailure{}}
	seen := make(map[string]bool)
	for i := range all {
		d := &all[i]
		if d.err == nil || c.buried(ctx, d) {
			continue
		}
		c.log().WarnContext(ctx, "message failed", slog.String("message_id", d.Meta.ID), slog.Int("attempt", d.Meta.Attempt), slog.String("error", d.err.Error()))
		if !seen[d.Meta.ID] {
			seen[d.Meta.ID] = true
			out.BatchItemFailures = append(out.BatchItemFailures, lambdaevents.SQSBatchItemFailure{ItemIdentifier: d.Meta.ID})
		}
	}
	return out
}

// buried sends a poison message to the dead-letter queue. Where that fails, the
// message is reported failed and takes the long way there.
func (c *Consumer) buried(ctx context.Context, d *Delivery) bool {
	if !IsPoison(d.err) || c.DLQ == "" {
		return false
	}
	if err := c.bury(ctx, d.record.Body, d.err.Error(), d.Meta.ID); err != nil {
		c.log().ErrorContext(ctx, "dead-letter queue unreachable", slog.String("message_id", d.Meta.ID), slog.String("error", err.Error()))
		return false
	}
	c.log().ErrorContext(ctx, "poison message", slog.String("message_id", d.Meta.ID), slog.String("reason", d.err.Error()))
	return true
}

// bury sends body to the dead-letter queue with the attributes reason (at most
// 256 printable ASCII characters) and source (where the record came from).
func (c *Consumer) bury(ctx context.Context, body, reason, source string) error {
	if body == "" {
		body = "{}" // SQS refuses an empty body
	}
	if err := c.Sender.Send(ctx, c.DLQ, body, map[string]string{"reason": printable(reason), "source": printable(source)}); err != nil {
		return fmt.Errorf("sending to the dead-letter queue: %w", err)
	}
	return nil
}

func printable(s string) string {
	b := []byte(s[:min(len(s), 256)])
	for i, c := range b {
		if c < ' ' || c > '~' {
			b[i] = '?'
		}
	}
	if len(b) == 0 {
		return "-"
	}
	return string(b)
}

// Decode reads the body of a message and checks that it is whole: a known
// version and type, and exactly the part that the type names. Every error is
// Poison.
func Decode(body string) (events.Message, error) {
	var m events.Message
	if err := json.Unmarshal([]byte(body), &m); err != nil {
		return m, Poison(fmt.Errorf("malformed message: %w", err))
	}
	if m.Version != events.Version {
		return m, Poison(fmt.Errorf("message of version %d: this function reads version %d", m.Version, events.Version))
	}
	set := 0
	for _, part := range [...]bool{m.Stored != nil, m.Deadline != nil, m.Alert != nil, m.Invite != nil, m.Silence != nil,
		m.Inform != nil, m.Signal != nil, m.Hook != nil, m.Step != nil, m.Order != nil} {
		if part {
			set++
		}
	}
	var named bool
	switch m.Type {
	case events.TypeStored:
		named = m.Stored != nil
	case events.TypeDeadline:
		named = m.Deadline != nil
	case events.TypeAlert:
		named = m.Alert != nil
	case events.TypeInvite:
		named = m.Invite != nil
	case events.TypeSilence:
		named = m.Silence != nil
	case events.TypeInform:
		named = m.Inform != nil
	case events.TypeSignal:
		named = m.Signal != nil
	case events.TypeHook:
		named = m.Hook != nil
	case events.TypeStep:
		named = m.Step != nil
	case events.TypeOrder:
		named = m.Order != nil
	default:
		return m, Poison(errors.New("message of an unknown type"))
	}
	if !named || set != 1 {
		return m, Poison(fmt.Errorf("message of type %s: exactly the part of that name must be set", m.Type))
	}
	return m, nil
}

func meta(r *lambdaevents.SQSMessage) Meta {
	m := Meta{ID: r.MessageId, QueueARN: r.EventSourceARN}
	m.Attempt, _ = strconv.Atoi(r.Attributes["ApproximateReceiveCount"])
	if ms, err := strconv.ParseInt(r.Attributes["SentTimestamp"], 10, 64); err == nil {
		m.SentAt = time.UnixMilli(ms).UTC()
	}
	return m
}
