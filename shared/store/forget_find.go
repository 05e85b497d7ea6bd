package store

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"resonanz/shared/casefile"
	"resonanz/shared/feedback"
)

// CustomerItem is one item that bears a customer's key: a case, or an entry of a
// response. A response shows once for each of its entries that bear the key.
type CustomerItem struct {
	Case     casefile.Number      // empty: of a response
	Response feedback.ResponseKey // empty: of a case
	Event    feedback.EventID     // of the response
}

// CustomerPage is a part of what bears a customer's key: responses, the oldest
// month first, and then cases.
type CustomerPage struct {
	Items  []CustomerItem
	Cursor string // of the next page; empty: this is the last
}

// MaxCustomerItems is how many items a page has at most.
const MaxCustomerItems = 500

// CustomerItems reads a page of what bears a customer's key, with one call of the
// index, which lags a little behind. Limit is 1 to MaxCustomerItems. Errors:
// ErrInvalid without a key, for another limit or a cursor that is none of this
// customer.
func (t *Table) CustomerItems(ctx context.Context, customerKey, cursor string, limit int) (CustomerPage, error) {
	page, err := t.customerItems(ctx, customerKey, cursor, limit)
	if err != nil {
		return CustomerPage{}, fmt.Errorf("reading what bears a customer's key: %w", err)
	}
	return page, nil
}

func (t *Table) customerItems(ctx context.Context, customerKey, cursor string, limit int) (page CustomerPage, err error) {
	if customerKey == "" || limit < 1 || limit > MaxCustomerItems {
		return page, ErrInvalid
	}
	place, err := openCursor(customerList(customerKey), cursor)
	if err != nil {
		return page, err
	}
	in := &dynamodb.QueryInput{
		TableName: t.name, IndexName: aws.String(IndexCustomer),
		KeyConditionExpression:    aws.String("customer_key = :key"),
		ExpressionAttributeValues: item{":key": text(customerKey)},
		ProjectionExpression:      aws.String("PK, SK"),
		Limit:                     aws.Int32(int32(limit)), // at most MaxCustomerItems
	}
	if place != "" {
		pk, sk, _ := strings.Cut(place, " ")
		in.ExclusiveStartKey = key(pk, sk)
		in.ExclusiveStartKey[AttrCustomerKey] = text(customerKey)
	}
	out, err := t.api.Query(ctx, in)
	if err != nil {
		return page, err
	}
	for _, it := range out.Items {
		found, err := customerItem(it)
		if err != nil {
			return page, err
		}
		page.Items = append(page.Items, found)
	}
	if len(out.LastEvaluatedKey) > 0 {
		r := reader{it: out.LastEvaluatedKey}
		page.Cursor = sealCursor(customerList(customerKey), r.text(AttrPK)+" "+r.text(AttrSK))
		err = r.err
	}
	return page, err
}

func customerItem(it item) (c CustomerItem, err error) {
	r := reader{it: it}
	pk, sk := r.text(AttrPK), r.text(AttrSK)
	if r.err != nil {
		return c, r.err
	}
	if number, ok := strings.CutPrefix(pk, pkCase); ok {
		c.Case = casefile.Number(number)
		return c, nil
	}
	c.Response, c.Event, err = splitSortKey(sk)
	return c, err
}

func customerList(customerKey string) []string { return []string{"customer", customerKey} }

// Known is what is remembered of a contact.
type Known struct {
	LastAt     time.Time // of the last invitation; zero: none is remembered
	OptedOutAt time.Time // zero: not opted out
	Why        Why       // of the opt-out
	Topics     []Topic   // the last contact about each, in order of their codes
}

// Topic is the last contact of a customer about a topic.
type Topic struct {
	Topic string
	Touch
}

// KnownOf reads, consistently, what is remembered of a contact; the zero Known
// when nothing is. The empty id is nobody.
func (t *Table) KnownOf(ctx context.Context, id ContactID) (Known, error) {
	var k Known
	if id == "" {
		return k, nil
	}
	err := t.query(ctx, &dynamodb.QueryInput{
		KeyConditionExpression:    aws.String("PK = :pk"),
		ExpressionAttributeValues: item{":pk": text(pkContact + string(id))},
		ConsistentRead:            consistent,
	}, func(it item) error {
		r := reader{it: it}
		if topic, ok := strings.CutPrefix(r.text(AttrSK), skTopic); ok {
			k.Topics = append(k.Topics, Topic{topic, Touch{Key: feedback.ResponseKey(r.text(attrLastKey)), At: r.time(attrLastAt)}})
			return r.err
		}
		if r.optional(attrLastAt) != "" {
			k.LastAt = r.time(attrLastAt)
		}
		if r.optional(attrOptedOutAt) != "" {
			k.OptedOutAt, k.Why = r.time(attrOptedOutAt), Why(r.optional(attrWhy))
		}
		return r.err
	})
	if err != nil {
		return Known{}, fmt.Errorf("reading what is known of a contact: %w", err)
	}
	return k, nil
}
