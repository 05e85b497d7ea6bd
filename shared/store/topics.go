package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"resonanz/shared/feedback"
)

// Contacts about the same topic are linked in order: each knows the one before.
// The link is one between responses; who the customer is stays here, hashed, and
// is forgotten with the contact.
const (
	skTopic     = "TOPIC#"
	attrLastKey = "last_key"
)

// ErrMoved says that another contact of the customer about the topic was stored
// in between: read LastContact again.
var ErrMoved = errors.New("another contact about the topic came in between")

// Touch is a contact about a topic, the last that was told of; the zero Touch is
// none. Contacts may be told of late: the one before may have been the later.
type Touch struct {
	Key feedback.ResponseKey // of its invitation
	At  time.Time            // UTC, milliseconds
}

// LastContact reads, consistently, the last contact of a customer about a topic;
// the zero Touch when none is remembered, which is for 400 days.
func (t *Table) LastContact(ctx context.Context, id ContactID, topic string) (Touch, error) {
	if id == "" || topic == "" {
		return Touch{}, nil
	}
	it, err := t.item(ctx, pkContact+string(id), skTopic+topic)
	if errors.Is(err, ErrNotFound) {
		return Touch{}, nil
	}
	if err != nil {
		return Touch{}, fmt.Errorf("reading the last contact about a topic: %w", err)
	}
	r := reader{it: it}
	touch := Touch{Key: feedback.ResponseKey(r.text(attrLastKey)), At: r.time(attrLastAt)}
	if r.err != nil {
		return Touch{}, fmt.Errorf("reading the last contact about a topic: %w", r.err)
	}
	return touch, nil
}

// linked reports whether the contact is one of a customer about a topic.
func (c *Contact) linked() bool { return c.Topic != "" && c.asked() != "" }

// touch makes e the last contact about the topic, unless another one than
// c.Before has become so.
func (t *Table) touch(e *Entry, c *Contact) types.TransactWriteItem {
	it := key(pkContact+string(c.asked()), skTopic+c.Topic)
	it[attrLastKey], it[attrLastAt] = text(string(e.ResponseKey)), text(formatTime(c.At))
	it[AttrTTL] = number(c.Now.Add(askedFor).Unix())
	put := &types.Put{TableName: t.name, Item: it, ConditionExpression: aws.String("attribute_not_exists(#last) OR #ttl <= :now"),
		ExpressionAttributeNames:  map[string]string{"#last": attrLastKey, "#ttl": AttrTTL},
		ExpressionAttributeValues: item{":now": number(t.now().Unix())}}
	if c.Before.Key != "" {
		put.ConditionExpression = aws.String("#last = :before")
		put.ExpressionAttributeNames = map[string]string{"#last": attrLastKey}
		put.ExpressionAttributeValues = item{":before": text(string(c.Before.Key))}
	}
	return types.TransactWriteItem{Put: put}
}

// Record stores the entry of a contact that nobody is asked about, and makes it
// the last about its topic. Outcomes and errors are those of Put, and ErrMoved.
func (t *Table) Record(ctx context.Context, e *Entry, c Contact) (Outcome, *Entry, error) {
	if !c.linked() {
		return t.Put(ctx, e)
	}
	if err := e.check(); err != nil {
		return 0, nil, fmt.Errorf("storing event %s: %w", e.EventID, err)
	}
	var outcome Outcome
	var stored *Entry
	err := patiently(ctx, func() (err error) {
		outcome = Accepted
		_, err = t.api.TransactWriteItems(ctx, &dynamodb.TransactWriteItemsInput{TransactItems: []types.TransactWriteItem{
			{Put: &types.Put{
				TableName: t.name, Item: marshalEntry(e), ConditionExpression: absent,
				ReturnValuesOnConditionCheckFailure: types.ReturnValuesOnConditionCheckFailureAllOld,
			}},
			t.touch(e, &c),
		}})
		if err != nil {
			outcome, stored, err = t.uninvited(ctx, e, 1, err)
		}
		return err
	})
	if err != nil {
		return 0, stored, fmt.Errorf("storing event %s: %w", e.EventID, err)
	}
	return outcome, stored, nil
}
