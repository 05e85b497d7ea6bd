package store

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"resonanz/events"
	"resonanz/shared/casefile"
	"resonanz/shared/feedback"
)

// Due is one line of the due index: exactly one part is set.
type Due struct {
	Case    *casefile.Due   // the next clock action of a case has come
	Silence *events.Silence // a device was not heard of in time, or its gap is to be looked at again
	Invite  *events.Invite  // a customer is to be reminded
	Hook    *events.Hook    // a webhook is to be tried again
}

// clockShards are the partitions of the due index that the clock reads: those
// of dueShard, and that of the cases.
var clockShards = [dueShards + 1]string{"0", "1", "2", "3", casesShard}

// dueAttributes are the attributes that a line of the due index is read from: a
// case has far more.
const dueAttributes = "PK, SK, due_at, step, touchpoint, last_at, silent_at, event_id, hook"

// Due hands everything whose time is at or before until to each, the earliest
// of a shard first. The index lags a little behind the items: who acts on a
// line reads the item again. A line that cannot be read holds up no other: the
// error, ErrInvalid, comes when all have been handed over.
func (t *Table) Due(ctx context.Context, until time.Time, each func(Due) error) error {
	var unreadable error
	for _, shard := range clockShards {
		err := t.query(ctx, &dynamodb.QueryInput{
			IndexName:                 aws.String(IndexDue),
			KeyConditionExpression:    aws.String("due_shard = :shard AND due_at <= :until"),
			ExpressionAttributeValues: item{":shard": text(shard), ":until": text(formatTime(until))},
			ProjectionExpression:      aws.String(dueAttributes),
		}, func(it item) error {
			d, err := unmarshalDue(it)
			if err != nil {
				unreadable = err
				return nil //nolint:nilerr // told when all have been handed over
			}
			return each(d)
		})
		if err != nil {
			return fmt.Errorf("reading what is due: %w", err)
		}
	}
	if unreadable != nil {
		return fmt.Errorf("reading what is due: %w: %w", ErrInvalid, unreadable)
	}
	return nil
}

func unmarshalDue(it item) (d Due, err error) {
	r := reader{it: it}
	pk, sk, at := r.text(AttrPK), r.text(AttrSK), r.time(AttrDueAt)
	if id, ok := strings.CutPrefix(pk, pkCase); ok {
		d.Case = &casefile.Due{Case: casefile.Number(id), Step: int(r.number(attrStep)), NextAt: at}
	} else if id, ok := strings.CutPrefix(pk, pkDevice); ok {
		d.Silence = &events.Silence{
			Device: feedback.Device(id), Touchpoint: feedback.Touchpoint(r.text(attrTouchpoint)),
			LastAt: r.time(attrLastAt), DueAt: at,
		}
		if strings.HasPrefix(sk, skGap) {
			d.Silence.DueAt = r.time(attrSilentAt)
		}
	} else if id, ok := strings.CutPrefix(pk, pkRemind); ok {
		d.Invite = &events.Invite{ResponseKey: feedback.ResponseKey(id), EventID: feedback.EventID(r.text(attrEventID)), Reminder: true}
	} else if strings.HasPrefix(pk, pkHook) {
		h := new(Hook)
		r.json(attrHook, h)
		d.Hook = &events.Hook{Endpoint: h.Endpoint, Alert: h.Alert, Attempt: h.Attempt}
	} else if r.err == nil {
		return Due{}, fmt.Errorf("reading a line of the due index: neither case, device, reminder nor webhook: %w", ErrInvalid)
	}
	return d, r.err
}
