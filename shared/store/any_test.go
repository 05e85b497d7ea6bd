package store

import (
	"context"
	"errors"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"resonanz/shared/feedback"
)

// forgetful answers a BatchGetItem for one key at a time, as a throttled table may.
type forgetful struct {
	DynamoAPI
	items map[string]item
	most  int // keys answered in all
	calls int
}

func (f *forgetful) BatchGetItem(_ context.Context, in *dynamodb.BatchGetItemInput, _ ...func(*dynamodb.Options)) (*dynamodb.BatchGetItemOutput, error) {
	f.calls++
	asked := in.RequestItems["table"]
	out := &dynamodb.BatchGetItemOutput{Responses: map[string][]item{}, UnprocessedKeys: map[string]types.KeysAndAttributes{}}
	rest := asked.Keys
	if f.calls <= f.most {
		if it, ok := f.items[rest[0][AttrSK].(*types.AttributeValueMemberS).Value]; ok {
			out.Responses["table"] = []item{it}
		}
		rest = rest[1:]
	}
	if len(rest) > 0 {
		out.UnprocessedKeys["table"] = types.KeysAndAttributes{Keys: rest, ConsistentRead: asked.ConsistentRead}
	}
	return out, nil
}

func TestWhatABatchLeavesOutIsAskedForAgain(t *testing.T) {
	e := rated(t, false)
	before := feedback.NewResponseKey(e.ResponseKey.Month().Add(-1), e.ResponseKey.ID())
	ks := []feedback.ResponseKey{before, e.ResponseKey}
	f := &forgetful{items: map[string]item{sortKey(e.ResponseKey, e.EventID): marshalEntry(e)}, most: 2}
	got, err := New(f, "table").GetAny(t.Context(), ks, e.EventID)
	if err != nil || got.ResponseKey != e.ResponseKey || f.calls != 2 {
		t.Errorf("got %+v, %v after %d calls", got, err, f.calls)
	}
	// A key that was never answered may hold the event: not found would be a lie.
	f = &forgetful{most: 1}
	if _, err := New(f, "table").GetAny(t.Context(), ks, e.EventID); err == nil || errors.Is(err, ErrNotFound) || f.calls != anyTries {
		t.Errorf("got %v after %d calls, want an error that is not ErrNotFound after %d", err, f.calls, anyTries)
	}
}
