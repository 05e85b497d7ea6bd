package store

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"resonanz/shared/feedback"
	"resonanz/shared/period"
)

const beginsWith = "PK = :pk AND begins_with(SK, :sk)"

// Response reads all entries of a response, consistently, in the order of
// their event ids; none when the key is unknown.
func (t *Table) Response(ctx context.Context, k feedback.ResponseKey) ([]Entry, error) {
	if k.Month().IsZero() {
		return nil, nil
	}
	var all []Entry
	each := func(it item) error {
		e, err := unmarshalEntry(it)
		if err == nil {
			all = append(all, *e)
		}
		return err
	}
	pk, begin := partition(k), string(k)+"#"
	var err error
	if t.direct != nil {
		err = t.queryDirect(ctx, pk, begin, each)
	} else {
		err = t.query(ctx, &dynamodb.QueryInput{
			KeyConditionExpression:    aws.String(beginsWith),
			ExpressionAttributeValues: item{":pk": text(pk), ":sk": text(begin)},
			ConsistentRead:            consistent,
		}, each)
	}
	if err != nil {
		return nil, fmt.Errorf("reading response %s: %w", k, err)
	}
	return all, nil
}

// monthReaders bounds how many shards of a month are read at a time.
const monthReaders = 8

// Month hands every entry of a month to each: never two at a time, in no
// order, eventually consistent. An error of each ends the reading and is
// returned. What the canary said is none of them.
func (t *Table) Month(ctx context.Context, p period.Period, each func(Entry) error) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	entries := make(chan *Entry, 256)
	var next atomic.Uint32
	var readers sync.WaitGroup
	for range monthReaders {
		readers.Go(func() {
			for shard := next.Add(1) - 1; shard < shards && ctx.Err() == nil; shard = next.Add(1) - 1 {
				if err := t.monthShard(ctx, p, shard, entries); err != nil {
					cancel(err)
				}
			}
		})
	}
	go func() {
		readers.Wait()
		close(entries)
	}()
	for e := range entries { // to the end, so that no reader is left behind
		if ctx.Err() != nil {
			continue
		}
		if err := each(*e); err != nil {
			cancel(err)
		}
	}
	if err := context.Cause(ctx); err != nil {
		return fmt.Errorf("reading month %s: %w", p, err)
	}
	return nil
}

func (t *Table) monthShard(ctx context.Context, p period.Period, shard uint32, entries chan<- *Entry) error {
	return t.query(ctx, &dynamodb.QueryInput{
		KeyConditionExpression:    aws.String("PK = :pk"),
		ExpressionAttributeValues: item{":pk": text(shardPartition(p.String(), shard))},
	}, func(it item) error {
		e, err := unmarshalEntry(it)
		if err != nil || feedback.OfCanary(e.Event) {
			return err
		}
		select {
		case entries <- e:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	})
}
