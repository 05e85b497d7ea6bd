package store

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
)

// Erasure is the record of one act of erasing: who did it and what went, never of
// whom.
type Erasure struct {
	At      time.Time      `json:"at"`
	By      string         `json:"by"`      // code of who asked for it
	Subject string         `json:"subject"` // of the erasure log: a hash
	Whole   bool           `json:"whole"`   // nothing was left to erase after it
	Counts  map[string]int `json:"counts"`  // what was erased, by name
}

// Attributes of the record.
const (
	pkErased    = "ERASURES" // all of them; the sort key begins with the time
	attrErasure = "erasure"
)

// NoteErasure keeps the record of an act of erasing for good.
func (t *Table) NoteErasure(ctx context.Context, e Erasure) error {
	b, err := json.Marshal(&e)
	if err == nil {
		it := key(pkErased, formatTime(e.At)+"#"+rand.Text()[:8])
		it[attrErasure] = text(string(b))
		_, err = t.api.PutItem(ctx, &dynamodb.PutItemInput{TableName: t.name, Item: it})
	}
	if err != nil {
		return fmt.Errorf("noting an erasure: %w", err)
	}
	return nil
}

// Erasures reads the records of all acts of erasing, consistently, the oldest
// first.
func (t *Table) Erasures(ctx context.Context) ([]Erasure, error) {
	var all []Erasure
	err := t.query(ctx, &dynamodb.QueryInput{
		KeyConditionExpression:    aws.String("PK = :pk"),
		ExpressionAttributeValues: item{":pk": text(pkErased)},
		ConsistentRead:            consistent,
	}, func(it item) error {
		var e Erasure
		r := reader{it: it}
		r.json(attrErasure, &e)
		all = append(all, e)
		return r.err
	})
	if err != nil {
		return nil, fmt.Errorf("reading the erasures: %w", err)
	}
	return all, nil
}
