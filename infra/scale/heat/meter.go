// Package heat has the real code of the store write and read against a table that
// only counts: which partition of the table and of its indexes each write and each
// read falls on, in which second, and how many units it takes.
package heat

import (
	"context"
	"math"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"resonanz/shared/store"
)

type item = map[string]types.AttributeValue

// The spaces in which keys are: that of the table, and those of its indexes.
const (
	Table    = "table"
	Due      = "index " + store.IndexDue
	Customer = "index " + store.IndexCustomer
)

// Meter is a DynamoDB that counts. What is written is kept only by a Meter that
// remembers: conditions are looked at there, and everything else is a success. It is
// not safe for concurrent use.
type Meter struct {
	Second int // of what comes next

	writes, reads map[string]map[string][]float64 // space → key → units in each second
	kept          map[string]map[string]item      // by PK and SK; nil: nothing is kept
	operations    int
	refused       int // conditional writes that took units for nothing
	bytes         float64
}

// NewMeter counts; one that remembers also answers what it was given.
func NewMeter(remembers bool) *Meter {
	m := &Meter{writes: make(map[string]map[string][]float64), reads: make(map[string]map[string][]float64)}
	if remembers {
		m.kept = make(map[string]map[string]item)
	}
	return m
}

// forget what was counted, and keep what was written.
func (m *Meter) forget() {
	kept := m.kept
	*m = *NewMeter(false)
	m.kept = kept
}

func (m *Meter) count(in map[string]map[string][]float64, space, key string, units float64) {
	keys := in[space]
	if keys == nil {
		keys = make(map[string][]float64)
		in[space] = keys
	}
	seconds := keys[key]
	for len(seconds) <= m.Second {
		seconds = append(seconds, 0)
	}
	seconds[m.Second] += units
	keys[key] = seconds
}

// put counts one write of it; in a transaction each takes twice the units (AWS:
// "DynamoDB read and write operations"). What was there before decides what an
// index takes: a line that moves is taken out of one place and put into another.
func (m *Meter) put(it item, transaction bool) {
	pk, sk := text(it[store.AttrPK]), text(it[store.AttrSK])
	units := writeUnits(it)
	if transaction {
		units *= 2
	}
	m.operations++
	m.bytes += float64(size(it))
	m.count(m.writes, Table, pk, units)
	var before item
	if m.kept != nil {
		before = m.kept[pk][sk]
		if m.kept[pk] == nil {
			m.kept[pk] = make(map[string]item)
		}
		m.kept[pk][sk] = it
	}
	m.index(Due, store.AttrDueShard, store.AttrDueAt, before, it, writeUnits)
	m.index(Customer, store.AttrCustomerKey, store.AttrPK, before, it, func(item) float64 { return 1 }) // keys only
}

func (m *Meter) index(space, hash, order string, before, after item, units func(item) float64) {
	from, to := text(before[hash]), text(after[hash])
	if from != "" && (from != to || text(before[order]) != text(after[order])) {
		m.count(m.writes, space, from, units(before))
	}
	if to != "" {
		m.count(m.writes, space, to, units(after))
	}
}

func (m *Meter) taken(it item) item {
	return m.kept[text(it[store.AttrPK])][text(it[store.AttrSK])]
}

// PutItem counts a write. A condition that does not hold takes the units all the same.
func (m *Meter) PutItem(_ context.Context, in *dynamodb.PutItemInput, _ ...func(*dynamodb.Options)) (*dynamodb.PutItemOutput, error) {
	if old := m.taken(in.Item); old != nil && in.ConditionExpression != nil {
		m.operations++
		m.refused++
		m.count(m.writes, Table, text(in.Item[store.AttrPK]), writeUnits(in.Item))
		return nil, &types.ConditionalCheckFailedException{Item: old}
	}
	m.put(in.Item, false)
	return new(dynamodb.PutItemOutput), nil
}

// TransactWriteItems counts each of its writes.
func (m *Meter) TransactWriteItems(_ context.Context, in *dynamodb.TransactWriteItemsInput, _ ...func(*dynamodb.Options)) (*dynamodb.TransactWriteItemsOutput, error) {
	for _, w := range in.TransactItems {
		if w.Put != nil {
			m.put(w.Put.Item, true)
		}
	}
	return new(dynamodb.TransactWriteItemsOutput), nil
}

// Query reads what is kept of one partition, by the beginning of its sort keys.
func (m *Meter) Query(_ context.Context, in *dynamodb.QueryInput, _ ...func(*dynamodb.Options)) (*dynamodb.QueryOutput, error) {
	pk, from := text(in.ExpressionAttributeValues[":pk"]), text(in.ExpressionAttributeValues[":sk"])
	out, bytes := new(dynamodb.QueryOutput), 0
	for sk, it := range m.kept[pk] {
		if strings.HasPrefix(sk, from) {
			out.Items = append(out.Items, it)
			bytes += size(it)
		}
	}
	units := max(1, math.Ceil(float64(bytes)/4096))
	if !aws.ToBool(in.ConsistentRead) {
		units /= 2
	}
	m.operations++
	m.count(m.reads, Table, pk, units)
	return out, nil
}

// GetItem reads one item.
func (m *Meter) GetItem(_ context.Context, in *dynamodb.GetItemInput, _ ...func(*dynamodb.Options)) (*dynamodb.GetItemOutput, error) {
	it := m.kept[text(in.Key[store.AttrPK])][text(in.Key[store.AttrSK])]
	m.operations++
	m.count(m.reads, Table, text(in.Key[store.AttrPK]), max(1, math.Ceil(float64(size(it))/4096)))
	return &dynamodb.GetItemOutput{Item: it}, nil
}

// DeleteItem counts a write.
func (m *Meter) DeleteItem(_ context.Context, in *dynamodb.DeleteItemInput, _ ...func(*dynamodb.Options)) (*dynamodb.DeleteItemOutput, error) {
	pk, sk := text(in.Key[store.AttrPK]), text(in.Key[store.AttrSK])
	m.operations++
	m.count(m.writes, Table, pk, max(1, writeUnits(m.kept[pk][sk])))
	delete(m.kept[pk], sk)
	return new(dynamodb.DeleteItemOutput), nil
}

// BatchGetItem finds nothing: no scenario asks.
func (m *Meter) BatchGetItem(context.Context, *dynamodb.BatchGetItemInput, ...func(*dynamodb.Options)) (*dynamodb.BatchGetItemOutput, error) {
	return new(dynamodb.BatchGetItemOutput), nil
}

func text(v types.AttributeValue) string {
	if s, ok := v.(*types.AttributeValueMemberS); ok {
		return s.Value
	}
	return ""
}

func writeUnits(it item) float64 { return math.Ceil(float64(size(it)) / 1024) }

// size is how large an item is to DynamoDB, in bytes (AWS: "DynamoDB item sizes and
// formats"): names and values, numbers by pairs of digits.
func size(it item) int {
	n := 0
	for name, v := range it {
		n += len(name) + sizeOf(v)
	}
	return n
}

func sizeOf(v types.AttributeValue) int {
	switch v := v.(type) {
	case *types.AttributeValueMemberS:
		return len(v.Value)
	case *types.AttributeValueMemberB:
		return len(v.Value)
	case *types.AttributeValueMemberN:
		return (len(v.Value)+1)/2 + 1
	case *types.AttributeValueMemberBOOL, *types.AttributeValueMemberNULL:
		return 1
	case *types.AttributeValueMemberM:
		return 3 + size(v.Value) + len(v.Value)
	case *types.AttributeValueMemberL:
		n := 3
		for _, e := range v.Value {
			n += 1 + sizeOf(e)
		}
		return n
	}
	return 0
}
