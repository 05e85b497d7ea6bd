package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"resonanz/shared/casefile"
)

// Crisis reads what is known of spikes and of the crisis they made,
// consistently; nothing was written yet: the zero Crisis.
func (t *Table) Crisis(ctx context.Context) (casefile.Crisis, error) {
	var c casefile.Crisis
	it, err := t.item(ctx, pkCrisis, skOnly)
	if errors.Is(err, ErrNotFound) {
		return c, nil
	}
	r := reader{it: it, err: err}
	if r.json(attrCrisis, &c); r.err != nil {
		return casefile.Crisis{}, fmt.Errorf("reading the crisis: %w", r.err)
	}
	return c, nil
}

// PutCrisis keeps c, read at c.Version, and moves it to the next version.
// Errors: ErrVersion when it has changed since it was read; then c is as it was.
func (t *Table) PutCrisis(ctx context.Context, c *casefile.Crisis) error {
	next := *c
	next.Version++
	b, err := json.Marshal(&next)
	if err != nil {
		return fmt.Errorf("keeping the crisis: %w", err)
	}
	it := key(pkCrisis, skOnly)
	it[attrCrisis], it[attrVersion] = text(string(b)), number(int64(next.Version))
	in := &dynamodb.PutItemInput{TableName: t.name, Item: it, ConditionExpression: absent}
	if c.Version > 0 {
		in.ConditionExpression = aws.String("#v = :v")
		in.ExpressionAttributeNames = map[string]string{"#v": attrVersion}
		in.ExpressionAttributeValues = item{":v": number(int64(c.Version))}
	}
	_, err = t.api.PutItem(ctx, in)
	if changed := new(types.ConditionalCheckFailedException); errors.As(err, &changed) {
		err = ErrVersion
	}
	if err != nil {
		return fmt.Errorf("keeping the crisis: %w", err)
	}
	*c = next
	return nil
}

// Applied reads the fingerprint of the configuration by which the deadlines of
// all cases were worked out, consistently; empty: none yet.
func (t *Table) Applied(ctx context.Context) (string, error) {
	it, err := t.item(ctx, pkPrint, skOnly)
	if errors.Is(err, ErrNotFound) {
		return "", nil
	}
	r := reader{it: it, err: err}
	if err != nil {
		return "", fmt.Errorf("reading the configuration applied: %w", err)
	}
	print := r.text(attrPrint)
	if r.err != nil {
		return "", fmt.Errorf("reading the configuration applied: %w", r.err)
	}
	return print, nil
}

// SetApplied keeps the fingerprint of the configuration that was applied.
func (t *Table) SetApplied(ctx context.Context, print string) error {
	it := key(pkPrint, skOnly)
	it[attrPrint] = text(print)
	if _, err := t.api.PutItem(ctx, &dynamodb.PutItemInput{TableName: t.name, Item: it}); err != nil {
		return fmt.Errorf("keeping the configuration applied: %w", err)
	}
	return nil
}

// Actions reads all corrective actions, consistently, in the order of their ids.
func (t *Table) Actions(ctx context.Context) ([]casefile.CorrectiveAction, error) {
	var all []casefile.CorrectiveAction
	err := t.query(ctx, &dynamodb.QueryInput{
		KeyConditionExpression:    aws.String("PK = :pk"),
		ExpressionAttributeValues: item{":pk": text(pkAction)},
		ConsistentRead:            consistent,
	}, func(it item) error {
		var a casefile.CorrectiveAction
		r := reader{it: it}
		r.json(attrAction, &a)
		all = append(all, a)
		return r.err
	})
	if err != nil {
		return nil, fmt.Errorf("reading the corrective actions: %w", err)
	}
	return all, nil
}

// PutAction keeps a, whatever was kept under its id before. Errors: ErrInvalid
// without an id.
func (t *Table) PutAction(ctx context.Context, a casefile.CorrectiveAction) error {
	b, err := json.Marshal(a)
	if a.ID == "" {
		err = ErrInvalid
	}
	if err == nil {
		it := key(pkAction, a.ID)
		it[attrAction] = text(string(b))
		_, err = t.api.PutItem(ctx, &dynamodb.PutItemInput{TableName: t.name, Item: it})
	}
	if err != nil {
		return fmt.Errorf("keeping corrective action %s: %w", a.ID, err)
	}
	return nil
}
