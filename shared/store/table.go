package store

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"resonanz/shared/feedback"
	"resonanz/shared/wire"
)

// DynamoAPI is the part of DynamoDB that is used. Throttled and failed calls
// are repeated by the client, as its retryer says; nothing here retries.
type DynamoAPI interface {
	PutItem(context.Context, *dynamodb.PutItemInput, ...func(*dynamodb.Options)) (*dynamodb.PutItemOutput, error)
	GetItem(context.Context, *dynamodb.GetItemInput, ...func(*dynamodb.Options)) (*dynamodb.GetItemOutput, error)
	BatchGetItem(context.Context, *dynamodb.BatchGetItemInput, ...func(*dynamodb.Options)) (*dynamodb.BatchGetItemOutput, error)
	DeleteItem(context.Context, *dynamodb.DeleteItemInput, ...func(*dynamodb.Options)) (*dynamodb.DeleteItemOutput, error)
	Query(context.Context, *dynamodb.QueryInput, ...func(*dynamodb.Options)) (*dynamodb.QueryOutput, error)
	TransactWriteItems(context.Context, *dynamodb.TransactWriteItemsInput, ...func(*dynamodb.Options)) (*dynamodb.TransactWriteItemsOutput, error)
}

// Table is the store in DynamoDB. It is safe for concurrent use.
type Table struct {
	api   DynamoAPI
	name  *string
	owner string // of the leases this process takes
	now   func() time.Time

	direct *wire.Client // for Put; nil: api
}

// New makes a store on the named table.
func New(api DynamoAPI, table string) *Table {
	return &Table{api: api, name: &table, owner: rand.Text(), now: time.Now}
}

// At returns the store with another clock, by which items are gone whose time is
// up: DynamoDB deletes them some days later.
func (t *Table) At(now func() time.Time) *Table {
	other := *t
	other.now = now
	return &other
}

// gone says that an item's time to live is up, though it is still there.
func (t *Table) gone(it item) bool {
	until, ok := it[AttrTTL].(*types.AttributeValueMemberN)
	if !ok {
		return false
	}
	at, err := strconv.ParseInt(until.Value, 10, 64)
	return err == nil && at <= t.now().Unix()
}

var (
	absent     = aws.String("attribute_not_exists(PK)")
	consistent = aws.Bool(true)
)

// Put stores e unless its id is known within its response: one conditional
// write of at most one write unit for a rating without text. Duplicate and
// ErrConflict come with the entry stored before. A write that the client
// repeated because its answer was lost is a Duplicate too: stored it is.
func (t *Table) Put(ctx context.Context, e *Entry) (Outcome, *Entry, error) {
	if err := e.check(); err != nil {
		return 0, nil, fmt.Errorf("storing event %s: %w", e.EventID, err)
	}
	put := t.putAbsent
	if t.direct != nil {
		put = t.putDirect
	}
	taken, there, err := put(ctx, e)
	if err != nil {
		return 0, nil, fmt.Errorf("storing event %s: %w", e.EventID, err)
	}
	if !taken {
		return Accepted, nil, nil
	}
	stored, err := unmarshalEntry(there)
	if err != nil {
		return 0, nil, fmt.Errorf("storing event %s again: %w", e.EventID, err)
	}
	if e.same(stored) {
		return Duplicate, stored, nil
	}
	return 0, stored, fmt.Errorf("storing event %s: %w", e.EventID, ErrConflict)
}

// putAbsent writes the item of e unless its key is taken, and returns the item that
// is there if so.
func (t *Table) putAbsent(ctx context.Context, e *Entry) (taken bool, there item, err error) {
	_, err = t.api.PutItem(ctx, &dynamodb.PutItemInput{
		TableName:                           t.name,
		Item:                                marshalEntry(e),
		ConditionExpression:                 absent,
		ReturnValuesOnConditionCheckFailure: types.ReturnValuesOnConditionCheckFailureAllOld,
	})
	if refused := new(types.ConditionalCheckFailedException); errors.As(err, &refused) {
		return true, refused.Item, nil
	}
	return false, nil, err
}

// Get reads one entry, consistently, or ErrNotFound.
func (t *Table) Get(ctx context.Context, k feedback.ResponseKey, id feedback.EventID) (*Entry, error) {
	if k.Month().IsZero() {
		return nil, fmt.Errorf("reading event %s: %w", id, ErrNotFound)
	}
	item, err := t.item(ctx, partition(k), sortKey(k, id))
	if err != nil {
		return nil, fmt.Errorf("reading event %s: %w", id, err)
	}
	e, err := unmarshalEntry(item)
	if err != nil {
		return nil, fmt.Errorf("reading event %s: %w", id, err)
	}
	return e, nil
}

// item reads one item, consistently, or ErrNotFound, also where its time to live is
// up.
func (t *Table) item(ctx context.Context, pk, sk string) (item, error) {
	out, err := t.api.GetItem(ctx, &dynamodb.GetItemInput{TableName: t.name, Key: key(pk, sk), ConsistentRead: consistent})
	if err != nil {
		return nil, err
	}
	if len(out.Item) == 0 || t.gone(out.Item) {
		return nil, ErrNotFound
	}
	return out.Item, nil
}

// query hands every item of every page to each, in key order, but for those whose
// time to live is up.
func (t *Table) query(ctx context.Context, in *dynamodb.QueryInput, each func(item) error) error {
	in.TableName = t.name
	for {
		out, err := t.api.Query(ctx, in)
		if err != nil {
			return err
		}
		for _, it := range out.Items {
			if t.gone(it) {
				continue
			}
			if err := each(it); err != nil {
				return err
			}
		}
		if len(out.LastEvaluatedKey) == 0 {
			return nil
		}
		in.ExclusiveStartKey = out.LastEvaluatedKey
	}
}
