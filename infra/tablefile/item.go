// Package tablefile writes and reads the items of a table in the format of
// DynamoDB's own export to S3: a line of JSON for each, {"Item":{…}}, in which every
// value says its type, compressed by gzip. Nothing is lost by it, whatever the
// version of this project that wrote the items.
package tablefile

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// Item is an item as the client of DynamoDB has it.
type Item = map[string]types.AttributeValue

// ErrFormat says that a line is no item.
var ErrFormat = errors.New("not the format of a DynamoDB export")

// Marshal is the line of an item, without its end. Equal items have equal lines.
func Marshal(it Item) ([]byte, error) {
	values, err := mapOf(it)
	if err != nil {
		return nil, fmt.Errorf("writing an item: %w", err)
	}
	b, err := json.Marshal(map[string]any{"Item": values})
	if err != nil {
		return nil, fmt.Errorf("writing an item: %w", err)
	}
	return b, nil
}

func mapOf(it Item) (map[string]any, error) {
	values := make(map[string]any, len(it))
	for name, v := range it {
		var err error
		if values[name], err = valueOf(v); err != nil {
			return nil, fmt.Errorf("attribute %s: %w", name, err)
		}
	}
	return values, nil
}

// valueOf is a value under its type. Bytes become Base64 by encoding/json.
func valueOf(v types.AttributeValue) (any, error) {
	one := func(name string, v any) (any, error) { return map[string]any{name: v}, nil }
	switch v := v.(type) {
	case *types.AttributeValueMemberS:
		return one("S", v.Value)
	case *types.AttributeValueMemberN:
		return one("N", v.Value)
	case *types.AttributeValueMemberB:
		return one("B", v.Value)
	case *types.AttributeValueMemberBOOL:
		return one("BOOL", v.Value)
	case *types.AttributeValueMemberNULL:
		return one("NULL", v.Value)
	case *types.AttributeValueMemberSS:
		return one("SS", v.Value)
	case *types.AttributeValueMemberNS:
		return one("NS", v.Value)
	case *types.AttributeValueMemberBS:
		return one("BS", v.Value)
	case *types.AttributeValueMemberM:
		values, err := mapOf(v.Value)
		if err != nil {
			return nil, err
		}
		return one("M", values)
	case *types.AttributeValueMemberL:
		values := make([]any, len(v.Value))
		for i := range v.Value {
			var err error
			if values[i], err = valueOf(v.Value[i]); err != nil {
				return nil, err
			}
		}
		return one("L", values)
	}
	return nil, fmt.Errorf("a value of type %T: %w", v, ErrFormat)
}

// Unmarshal reads what Marshal writes, and what DynamoDB does.
func Unmarshal(line []byte) (Item, error) {
	var row struct {
		Item map[string]json.RawMessage `json:"Item"`
	}
	if err := json.Unmarshal(line, &row); err != nil || row.Item == nil {
		return nil, fmt.Errorf("reading an item: %w", ErrFormat)
	}
	it, err := itemOf(row.Item)
	if err != nil {
		return nil, fmt.Errorf("reading an item: %w", err)
	}
	return it, nil
}

func itemOf(values map[string]json.RawMessage) (Item, error) {
	it := make(Item, len(values))
	for name, raw := range values {
		v, err := read(raw)
		if err != nil {
			return nil, fmt.Errorf("attribute %s: %w", name, err)
		}
		it[name] = v
	}
	return it, nil
}

// read reads a value; it has one type.
func read(raw json.RawMessage) (types.AttributeValue, error) {
	var typed map[string]json.RawMessage
	if err := json.Unmarshal(raw, &typed); err != nil || len(typed) != 1 {
		return nil, ErrFormat
	}
	for name, raw := range typed {
		if v, err := readAs(name, raw); err == nil {
			return v, nil
		}
	}
	return nil, ErrFormat
}

func readAs(name string, raw json.RawMessage) (types.AttributeValue, error) {
	switch name {
	case "S":
		s, err := as[*string](raw)
		return &types.AttributeValueMemberS{Value: deref(s)}, err
	case "N":
		s, err := as[*string](raw)
		return &types.AttributeValueMemberN{Value: deref(s)}, err
	case "B":
		s, err := as[*string](raw)
		if err != nil {
			return nil, err
		}
		b, err := base64.StdEncoding.DecodeString(*s)
		return &types.AttributeValueMemberB{Value: b}, err
	case "BOOL":
		b, err := as[*bool](raw)
		return &types.AttributeValueMemberBOOL{Value: deref(b)}, err
	case "NULL":
		b, err := as[*bool](raw)
		return &types.AttributeValueMemberNULL{Value: deref(b)}, err
	case "SS":
		all, err := as[[]string](raw)
		return &types.AttributeValueMemberSS{Value: all}, err
	case "NS":
		all, err := as[[]string](raw)
		return &types.AttributeValueMemberNS{Value: all}, err
	case "BS":
		all, err := as[[][]byte](raw)
		return &types.AttributeValueMemberBS{Value: all}, err
	case "M":
		values, err := as[map[string]json.RawMessage](raw)
		if err != nil {
			return nil, err
		}
		it, err := itemOf(values)
		return &types.AttributeValueMemberM{Value: it}, err
	case "L":
		values, err := as[[]json.RawMessage](raw)
		if err != nil {
			return nil, err
		}
		all := make([]types.AttributeValue, len(values))
		for i := range values {
			if all[i], err = read(values[i]); err != nil {
				return nil, err
			}
		}
		return &types.AttributeValueMemberL{Value: all}, nil
	}
	return nil, ErrFormat
}

// as reads a value that is there.
func as[T any](raw json.RawMessage) (v T, err error) {
	if string(raw) == "null" {
		return v, ErrFormat
	}
	err = json.Unmarshal(raw, &v)
	return v, err
}

func deref[T any](p *T) (v T) {
	if p != nil {
		v = *p
	}
	return v
}
