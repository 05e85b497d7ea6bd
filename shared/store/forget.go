package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"resonanz/shared/casefile"
	"resonanz/shared/feedback"
)

// What an erasure takes from the table, part by part. Each part can be taken
// again, and an erasure goes from what is found by something else to what finds
// it: package customer does.

// ForgetCase takes the words out of the timeline of a case, then the customer's
// key out of its state; how the case stands is not touched, nor is the chain of
// hashes. It returns how many entries had words. Errors: ErrNotFound; ErrVersion
// when others kept changing the case.
func (t *Table) ForgetCase(ctx context.Context, n casefile.Number) (lines int, err error) {
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
	if err == nil {
		err = patiently(ctx, func() error {
			it, err := t.item(ctx, pk, skState)
			if err != nil || it[AttrCustomerKey] == nil {
				return err
			}
			return t.without(ctx, it, it[attrVersion], AttrCustomerKey)
		})
	}
	if err != nil {
		return lines, fmt.Errorf("forgetting the customer of case %s: %w", n, err)
	}
	return lines, nil
}

// ForgetResponse takes what is personal out of every entry of a response, and
// returns of how many. An erased entry has no digest either: it was made of the
// words too.
func (t *Table) ForgetResponse(ctx context.Context, k feedback.ResponseKey) (events int, err error) {
	if k.Month().IsZero() {
		return 0, nil
	}
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
	if err != nil {
		return events, fmt.Errorf("forgetting who gave response %s: %w", k, err)
	}
	return events, nil
}

// ForgetContact deletes what is remembered of a contact, but for an opt-out, and
// returns how many items that were. The empty id is nobody.
func (t *Table) ForgetContact(ctx context.Context, id ContactID) (items int, err error) {
	if id == "" {
		return 0, nil
	}
	err = t.query(ctx, &dynamodb.QueryInput{
		KeyConditionExpression:    aws.String("PK = :pk"),
		ExpressionAttributeValues: item{":pk": text(pkContact + string(id))},
		ConsistentRead:            consistent,
	}, func(it item) error {
		if it[attrOptedOutAt] != nil {
			return nil
		}
		_, err := t.api.DeleteItem(ctx, &dynamodb.DeleteItemInput{
			TableName: t.name, Key: item{AttrPK: it[AttrPK], AttrSK: it[AttrSK]},
			ConditionExpression: willing, ExpressionAttributeNames: map[string]string{"#out": attrOptedOutAt},
		})
		if out := new(types.ConditionalCheckFailedException); errors.As(err, &out) {
			return nil // opted out since it was read
		}
		if err == nil {
			items++
		}
		return err
	})
	if err != nil {
		return items, fmt.Errorf("forgetting a contact: %w", err)
	}
	return items, nil
}

// without writes an item again without some attributes; version, where it is
// not nil, must still be the item's: else ErrVersion. An item that is gone by now
// does not come back.
func (t *Table) without(ctx context.Context, it item, version types.AttributeValue, attributes ...string) error {
	for _, name := range attributes {
		delete(it, name)
	}
	in := &dynamodb.PutItemInput{TableName: t.name, Item: it, ConditionExpression: aws.String("attribute_exists(PK)")}
	if version != nil {
		in.ConditionExpression = aws.String("#version = :version")
		in.ExpressionAttributeNames = map[string]string{"#version": attrVersion}
		in.ExpressionAttributeValues = item{":version": version}
	}
	_, err := t.api.PutItem(ctx, in)
	if moved := new(types.ConditionalCheckFailedException); errors.As(err, &moved) {
		if version == nil {
			return nil
		}
		return ErrVersion
	}
	return err
}

// Forgotten is what Forget found of a customer.
type Forgotten struct {
	Responses []feedback.ResponseKey // in order
	Cases     []casefile.Number      // in order
	Events    int                    // entries of the ledger that held something personal
	Lines     int                    // timeline entries that had words
}

// forgetter is a store, part by part.
type forgetter interface {
	CustomerItems(ctx context.Context, customerKey, cursor string, limit int) (CustomerPage, error)
	Response(context.Context, feedback.ResponseKey) ([]Entry, error)
	ForgetCase(context.Context, casefile.Number) (int, error)
	ForgetResponse(context.Context, feedback.ResponseKey) (int, error)
	ForgetContact(context.Context, ContactID) (int, error)
	ForgetReminder(context.Context, feedback.ResponseKey) error
}

// Forget takes all parts of a customer out of the table, without a look at
// anything else: files, queues and the work that a case still asks for are for
// package customer. Errors: ErrInvalid without a key; after another error, what
// is left is found again.
func (t *Table) Forget(ctx context.Context, customerKey string) (Forgotten, error) {
	return forget(ctx, t, customerKey)
}

func forget(ctx context.Context, s forgetter, customerKey string) (f Forgotten, err error) {
	cursor := ""
	for {
		page, err := s.CustomerItems(ctx, customerKey, cursor, MaxCustomerItems)
		if err != nil {
			return f, fmt.Errorf("forgetting a customer: %w", err)
		}
		for _, it := range page.Items {
			if it.Case != "" {
				f.Cases = append(f.Cases, it.Case)
			} else {
				f.Responses = append(f.Responses, it.Response)
			}
		}
		if cursor = page.Cursor; cursor == "" {
			break
		}
	}
	slices.Sort(f.Cases)
	slices.Sort(f.Responses)
	f.Responses = slices.Compact(f.Responses)
	// Cases first, the ledger last: what finds them stands in both.
	for _, n := range f.Cases {
		lines, err := s.ForgetCase(ctx, n)
		f.Lines += lines
		if err != nil {
			return f, err
		}
	}
	if _, err := s.ForgetContact(ctx, KeyContact(customerKey)); err != nil {
		return f, err
	}
	for _, k := range f.Responses {
		if err := s.ForgetReminder(ctx, k); err != nil {
			return f, err
		}
		entries, err := s.Response(ctx, k)
		if err != nil {
			return f, err
		}
		for i := range entries {
			if _, err := s.ForgetContact(ctx, AddressContact(EmailOf(&entries[i]))); err != nil {
				return f, err
			}
		}
		events, err := s.ForgetResponse(ctx, k)
		f.Events += events
		if err != nil {
			return f, err
		}
	}
	return f, nil
}

// EmailOf is the address that was given with an entry; empty: none.
func EmailOf(e *Entry) string {
	var p feedback.Personal
	if len(e.Personal) == 0 || json.Unmarshal(e.Personal, &p) != nil {
		return ""
	}
	return strings.TrimSpace(p.Email)
}
