package store

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"resonanz/shared/feedback"
)

// maxAny is how many keys one BatchGetItem takes.
const maxAny = 100

// anyTries bounds how often what a BatchGetItem left out is asked for again.
const anyTries = 3

// errLeftOut says that DynamoDB left keys out again and again: it throttles.
var errLeftOut = errors.New("keys were left out: throttled")

// GetAny reads the entry of an event that is kept under one of several keys,
// consistently and with one call for each 100 of them: the entry under the first
// of ks that holds one, or ErrNotFound. Keys without a month hold nothing; none
// occurs twice.
func (t *Table) GetAny(ctx context.Context, ks []feedback.ResponseKey, id feedback.EventID) (*Entry, error) {
	found := make(map[feedback.ResponseKey]*Entry, 1)
	for some := range slices.Chunk(ks, maxAny) {
		if err := t.getAny(ctx, some, id, found); err != nil {
			return nil, fmt.Errorf("reading event %s: %w", id, err)
		}
	}
	for _, k := range ks {
		if e := found[k]; e != nil {
			return e, nil
		}
	}
	return nil, fmt.Errorf("reading event %s: %w", id, ErrNotFound)
}

func (t *Table) getAny(ctx context.Context, ks []feedback.ResponseKey, id feedback.EventID, found map[feedback.ResponseKey]*Entry) error {
	var keys []item
	for _, k := range ks {
		if !k.Month().IsZero() {
			keys = append(keys, key(partition(k), sortKey(k, id)))
		}
	}
	for try := 0; len(keys) > 0; try++ {
		if try == anyTries {
			return errLeftOut
		}
		out, err := t.api.BatchGetItem(ctx, &dynamodb.BatchGetItemInput{
			RequestItems: map[string]types.KeysAndAttributes{*t.name: {Keys: keys, ConsistentRead: consistent}},
		})
		if err != nil {
			return err
		}
		for _, it := range out.Responses[*t.name] {
			e, err := unmarshalEntry(it)
			if err != nil {
				return err
			}
			found[e.ResponseKey] = e
		}
		keys = out.UnprocessedKeys[*t.name].Keys
	}
	return nil
}
