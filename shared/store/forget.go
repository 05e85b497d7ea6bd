package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"resonanz/shared/casefile"
	"resonanz/shared/feedback"
)

// Forgotten is what Forget found of a customer.
type Forgotten struct {
	Responses []feedback.ResponseKey // in order
	Cases     []casefile.Number      // in order
	Events    int                    // entries of the ledger that held something personal
	Lines     int                    // timeline entries that had words
}

// Forget takes a customer out of the table: own words, addresses and the key go
// from every entry of the customer's responses and from cases and their
// timelines; contacts and reminders go whole, but for an opt-out. Everything
// that is counted stays, and so does each chain of hashes. It can be repeated,
// and should be: the index that finds a customer's items lags a little behind.
// Errors: ErrInvalid without a key; after another error, what is left is found
// again.
func (t *Table) Forget(ctx context.Context, customerKey string) (Forgotten, error) {
	f, err := t.forget(ctx, customerKey)
	if err != nil {
		return f, fmt.Errorf("forgetting a customer: %w", err)
	}
	return f, nil
}

func (t *Table) forget(ctx context.Context, customerKey string) (f Forgotten, err error) {
	if customerKey == "" {
		return f, ErrInvalid
	}
	responses, cases := map[feedback.ResponseKey]bool{}, map[casefile.Number]bool{}
	err = t.query(ctx, &dynamodb.QueryInput{
		IndexName:                 aws.String(IndexCustomer),
		KeyConditionExpression:    aws.String("customer_key = :key"),
		ExpressionAttributeValues: item{":key": text(customerKey)},
	}, func(it item) error {
		r := reader{it: it}
		pk, sk := r.text(AttrPK), r.text(AttrSK)
		if r.err != nil {
			return r.err
		}
		if number, ok := strings.CutPrefix(pk, pkCase); ok {
			cases[casefile.Number(number)] = true
			return nil
		}
		key, _, err := splitSortKey(sk)
		responses[key] = true
		return err
	})
	if err != nil {
		return f, err
	}
	f.Responses, f.Cases = slices.Sorted(maps.Keys(responses)), slices.Sorted(maps.Keys(cases))
	contacts := map[ContactID]bool{KeyContact(customerKey): true}
	// Cases first, the ledger last: what finds them stands in both.
	for _, n := range f.Cases {
		lines, err := t.forgetCase(ctx, n)
		f.Lines += lines
		if err != nil {
			return f, err
		}
	}
	for _, k := range f.Responses {
		if err := t.ForgetReminder(ctx, k); err != nil {
			return f, err
		}
		entries, err := t.Response(ctx, k)
		if err != nil {
			return f, err
		}
		for i := range entries {
			if email := emailOf(entries[i].Personal); email != "" {
				contacts[AddressContact(email)] = true
			}
		}
	}
	for _, id := range slices.Sorted(maps.Keys(contacts)) {
		if err := t.forgetContact(ctx, id); err != nil {
			return f, err
		}
	}
	for _, k := range f.Responses {
		events, err := t.forgetResponse(ctx, k)
		f.Events += events
		if err != nil {
			return f, err
		}
	}
	return f, nil
}

func emailOf(personal json.RawMessage) string {
	var p feedback.Personal
	if len(personal) == 0 || json.Unmarshal(personal, &p) != nil {
		return ""
	}
	return p.Email
}

// forgetCase takes the words out of a timeline, then the customer out of the
// case, whose state others may be changing.
func (t *Table) forgetCase(ctx context.Context, n casefile.Number) (lines int, err error) {
	pk := pkCase + string(n)
	err = t.query(ctx, &dynamodb.QueryInput{
		KeyConditionExpression:    aws.String("PK = :pk AND begins_with(SK, :sk)"),
		ExpressionAttributeValues: item{":pk": text(pk), ":sk": text(skEntry)},
		ConsistentRead:            consistent,
	}, func(it item) error {
		if it[attrPersonal] == nil {
			return nil
		}
		lines++
		return t.without(ctx, it, nil, attrPersonal)
	})
	if err != nil {
		return lines, err
	}
	return lines, patiently(ctx, func() error {
		it, err := t.item(ctx, pk, skState)
		if err != nil {
			return err
		}
		return t.without(ctx, it, it[attrVersion], AttrCustomerKey)
	})
}

// forgetResponse takes what is personal out of every entry of a response. An
// erased entry has no digest either: it was made of the words too.
func (t *Table) forgetResponse(ctx context.Context, k feedback.ResponseKey) (events int, err error) {
	err = t.query(ctx, &dynamodb.QueryInput{
		KeyConditionExpression:    aws.String("PK = :pk AND begins_with(SK, :sk)"),
		ExpressionAttributeValues: item{":pk": text(partition(k)), ":sk": text(string(k) + "#")},
		ConsistentRead:            consistent,
	}, func(it item) error {
		if it[attrPersonal] == nil && it[AttrCustomerKey] == nil {
			return nil
		}
		events++
		return t.without(ctx, it, nil, attrPersonal, AttrCustomerKey, attrDigest)
	})
	return events, err
}

// forgetContact deletes what is remembered of a contact, but for an opt-out.
func (t *Table) forgetContact(ctx context.Context, id ContactID) error {
	return t.query(ctx, &dynamodb.QueryInput{
		KeyConditionExpression:    aws.String("PK = :pk"),
		ExpressionAttributeValues: item{":pk": text(pkContact + string(id))},
		ConsistentRead:            consistent,
	}, func(it item) error {
		if it[attrOptedOutAt] != nil {
			return nil
		}
		_, err := t.api.DeleteItem(ctx, &dynamodb.DeleteItemInput{TableName: t.name, Key: item{AttrPK: it[AttrPK], AttrSK: it[AttrSK]}})
		return err
	})
}

// without writes an item again without some attributes; version, where it is
// not nil, must still be the item's: else ErrVersion.
func (t *Table) without(ctx context.Context, it item, version types.AttributeValue, attributes ...string) error {
	for _, name := range attributes {
		delete(it, name)
	}
	in := &dynamodb.PutItemInput{TableName: t.name, Item: it}
	if version != nil {
		in.ConditionExpression = aws.String("#version = :version")
		in.ExpressionAttributeNames = map[string]string{"#version": attrVersion}
		in.ExpressionAttributeValues = item{":version": version}
	}
	_, err := t.api.PutItem(ctx, in)
	if moved := new(types.ConditionalCheckFailedException); errors.As(err, &moved) {
		return ErrVersion
	}
	return err
}
