package store

import (
	"context"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"resonanz/shared/casefile"
)

// Relist puts an open case that was stored before cases had a list of their own
// onto that list, with what it is filtered by. Nothing else about it changes;
// others are left alone, one that somebody changes at the same time as well: it
// is put there by that change. Errors: ErrNotFound.
func (t *Table) Relist(ctx context.Context, n casefile.Number) error {
	if err := t.relist(ctx, n); err != nil {
		return fmt.Errorf("listing case %s: %w", n, err)
	}
	return nil
}

func (t *Table) relist(ctx context.Context, n casefile.Number) error {
	it, err := t.item(ctx, pkCase+string(n), skState)
	if err != nil {
		return err
	}
	c, err := unmarshalState(it)
	if err != nil {
		return err
	}
	r := reader{it: it}
	if at := r.optional(AttrDueShard); at == "" || at == casesShard || c.Status.Ended() {
		return nil
	}
	put, err := t.putState(c, c.Version)
	if err != nil {
		return err
	}
	_, err = t.api.PutItem(ctx, &dynamodb.PutItemInput{
		TableName: put.TableName, Item: put.Item, ConditionExpression: aws.String("#v = :v"),
		ExpressionAttributeNames: put.ExpressionAttributeNames, ExpressionAttributeValues: put.ExpressionAttributeValues,
	})
	if changed := new(types.ConditionalCheckFailedException); errors.As(err, &changed) {
		return nil
	}
	return err
}

// Relist is Table.Relist: here every open case is on the list.
func (m *Memory) Relist(ctx context.Context, n casefile.Number) error {
	_, err := m.GetCase(ctx, n)
	return err
}
