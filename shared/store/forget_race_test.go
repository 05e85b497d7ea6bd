package store

import (
	"context"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// hasty is a table whose contact opts out right after it was read.
type hasty struct {
	counter
	deleted *dynamodb.DeleteItemInput
}

func (h *hasty) Query(context.Context, *dynamodb.QueryInput, ...func(*dynamodb.Options)) (*dynamodb.QueryOutput, error) {
	it := key(pkContact+"a1", skContact)
	it[attrLastAt] = text("2026-03-10T12:00:00.000Z")
	return &dynamodb.QueryOutput{Items: []item{it}}, nil
}

func (h *hasty) DeleteItem(_ context.Context, in *dynamodb.DeleteItemInput, _ ...func(*dynamodb.Options)) (*dynamodb.DeleteItemOutput, error) {
	h.deleted = in
	return nil, &types.ConditionalCheckFailedException{}
}

func TestAnOptOutOutlivesAnErasureAtTheSameTime(t *testing.T) {
	h := new(hasty)
	items, err := New(h, "table").ForgetContact(t.Context(), "a1")
	if err != nil || items != 0 || aws.ToString(h.deleted.ConditionExpression) != "attribute_not_exists(#out)" ||
		h.deleted.ExpressionAttributeNames["#out"] != attrOptedOutAt {
		t.Errorf("%d items, %v, deleted by %+v", items, err, h.deleted)
	}
}
