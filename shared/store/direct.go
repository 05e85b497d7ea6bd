package store

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/go-json-experiment/json/jsontext"

	"resonanz/shared/wire"
)

// Direct returns the store with Put and Response made without the client, by what
// cfg says: what is stored and answered is the same. The client makes a tree of
// values of each item and walks it through thirty layers; the one write of an
// accepted rating and the one read of its page are worth the bytes they take.
func (t *Table) Direct(cfg aws.Config) *Table {
	other := *t
	other.direct = wire.New(cfg, wire.DynamoDB)
	return &other
}

// putDirect is putAbsent without the client.
func (t *Table) putDirect(ctx context.Context, e *Entry) (taken bool, there item, err error) {
	_, err = t.direct.Call(ctx, "PutItem", t.appendPut(make([]byte, 0, 512+len(e.Event)+len(e.Event)/4+len(e.Personal)), e))
	var refused *wire.Error
	if !errors.As(err, &refused) || refused.Code != "ConditionalCheckFailedException" {
		return false, nil, err
	}
	var shows struct{ Item map[string]shown }
	if err := json.Unmarshal(refused.Body, &shows); err != nil {
		return false, nil, fmt.Errorf("reading the item that is there: %w", err)
	}
	return true, itemShown(shows.Item), nil
}

// queryDirect hands every item of a partition whose sort key begins as given to each,
// in key order, but for those whose time to live is up.
func (t *Table) queryDirect(ctx context.Context, pk, begin string, each func(item) error) error {
	ask := append(make([]byte, 0, 512), `{"TableName":`...)
	ask = append(appendQuoted(ask, *t.name), `,"ConsistentRead":true,"KeyConditionExpression":"`+beginsWith+`","ExpressionAttributeValues":{":pk":{"S":`...)
	ask = append(appendQuoted(ask, pk), `},":sk":{"S":`...)
	ask = append(appendQuoted(ask, begin), "}}"...)
	var after json.RawMessage // as it came
	for {
		next := slices.Clip(ask)
		if after != nil {
			next = append(append(next, `,"ExclusiveStartKey":`...), after...)
		}
		answer, err := t.direct.Call(ctx, "Query", append(next, '}'))
		if err != nil {
			return err
		}
		var page struct {
			Items            []map[string]shown
			LastEvaluatedKey json.RawMessage
		}
		if err := json.Unmarshal(answer, &page); err != nil {
			return fmt.Errorf("reading a page of items: %w", err)
		}
		for _, s := range page.Items {
			if it := itemShown(s); !t.gone(it) {
				if err := each(it); err != nil {
					return err
				}
			}
		}
		if after = page.LastEvaluatedKey; len(after) <= len("null") { // or {}
			return nil
		}
	}
}

// appendPut writes the call that stores e unless its key is taken, and shows what
// is there if so.
func (t *Table) appendPut(b []byte, e *Entry) []byte {
	b = append(b, `{"TableName":`...)
	b = appendQuoted(b, *t.name)
	b = append(b, `,"ConditionExpression":"`...)
	b = append(b, *absent...)
	b = append(b, `","ReturnValuesOnConditionCheckFailure":"ALL_OLD","Item":`...)
	w := jsonWriter{b: append(b, '{')}
	e.write(&w)
	return append(w.b, "}}"...)
}

// jsonWriter writes attributes as DynamoDB's JSON has them: {"kind":{"S":"rating"}.
type jsonWriter struct{ b []byte }

// begin writes the name and type of an attribute; both need no escape.
func (w *jsonWriter) begin(name, kind string) {
	if w.b[len(w.b)-1] != '{' {
		w.b = append(w.b, ',')
	}
	w.b = append(append(w.b, '"'), name...)
	w.b = append(append(append(w.b, `":{"`...), kind...), `":`...)
}

func (w *jsonWriter) text(name, value string) {
	w.begin(name, "S")
	w.b = append(appendQuoted(w.b, value), '}')
}

func (w *jsonWriter) json(name string, value []byte) {
	w.begin(name, "S")
	w.b = append(appendQuoted(w.b, value), '}')
}

func (w *jsonWriter) binary(name string, value []byte) {
	w.begin(name, "B")
	w.b = append(base64.StdEncoding.AppendEncode(append(w.b, '"'), value), `"}`...)
}

func (w *jsonWriter) number(name string, value int64) {
	w.begin(name, "N")
	w.b = append(strconv.AppendInt(append(w.b, '"'), value, 10), `"}`...)
}

// appendQuoted writes a string of JSON. What is no UTF-8 becomes U+FFFD, as with the
// client.
func appendQuoted[T string | []byte](b []byte, value T) []byte {
	b, _ = jsontext.AppendQuote(b, value) // its error says that something became U+FFFD
	return b
}

// shown is an attribute of an item that DynamoDB shows.
type shown struct {
	S, N *string
	B    []byte
}

func itemShown(all map[string]shown) item {
	it := make(item, len(all))
	for name, s := range all {
		it[name] = s.value()
	}
	return it
}

func (s shown) value() types.AttributeValue {
	switch {
	case s.S != nil:
		return &types.AttributeValueMemberS{Value: *s.S}
	case s.N != nil:
		return &types.AttributeValueMemberN{Value: *s.N}
	}
	return &types.AttributeValueMemberB{Value: s.B}
}
