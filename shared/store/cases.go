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

// CreateCase stores a new case, c.Version being 0, with its first timeline
// entry: both or none. On success c and e are sealed (casefile.Seal). Errors:
// ErrExists when the number is taken.
func (t *Table) CreateCase(ctx context.Context, c *casefile.Case, e *casefile.Entry) error {
	if c.Version != 0 {
		return fmt.Errorf("opening case %s at version %d: %w", c.Number, c.Version, ErrInvalid)
	}
	err := t.advance(ctx, c, e)
	if errors.Is(err, errTaken) {
		err = ErrExists
	}
	if err != nil {
		return fmt.Errorf("opening case %s: %w", c.Number, err)
	}
	return nil
}

// UpdateCase stores c, read at c.Version, and the entry that tells the change:
// both or none. On success c and e are sealed. Errors: ErrVersion when the case
// has changed since it was read, or does not exist.
func (t *Table) UpdateCase(ctx context.Context, c *casefile.Case, e *casefile.Entry) error {
	err := ErrVersion
	if c.Version > 0 {
		err = t.advance(ctx, c, e)
	}
	if errors.Is(err, errTaken) {
		err = ErrVersion
	}
	if err != nil {
		return fmt.Errorf("changing case %s at version %d: %w", c.Number, c.Version, err)
	}
	return nil
}

// errTaken says that the condition of a transaction did not hold.
var errTaken = errors.New("condition not met")

// advance writes state and entry in one transaction. C and e are changed only
// when it went through.
func (t *Table) advance(ctx context.Context, c *casefile.Case, e *casefile.Entry) error {
	state, entry := *c, *e
	if e.Alert != nil {
		alert := *e.Alert
		entry.Alert = &alert
	}
	if err := casefile.Seal(&state, &entry); err != nil {
		return err
	}
	put, err := t.putState(&state, c.Version)
	if err != nil {
		return err
	}
	line, err := json.Marshal(&entry)
	if err != nil {
		return fmt.Errorf("writing timeline entry %d: %w", entry.Seq, err)
	}
	it := key(pkCase+string(c.Number), seqKey(entry.Seq))
	it[attrEntry] = text(string(line))
	_, err = t.api.TransactWriteItems(ctx, &dynamodb.TransactWriteItemsInput{TransactItems: []types.TransactWriteItem{
		{Put: put},
		{Put: &types.Put{TableName: t.name, Item: it, ConditionExpression: absent}},
	}})
	if err != nil {
		return refused(err)
	}
	*c, *e = state, entry
	return nil
}

// putState is the write of a case that is expected at version before; 0: not
// there.
func (t *Table) putState(c *casefile.Case, before int) (*types.Put, error) {
	b, err := json.Marshal(c)
	if err != nil {
		return nil, fmt.Errorf("writing the state: %w", err)
	}
	it := key(pkCase+string(c.Number), skState)
	it[attrCase] = text(string(b))
	it[attrVersion] = number(int64(c.Version))
	it[attrStep] = number(int64(c.Step))
	if !c.NextAt.IsZero() {
		it[AttrDueShard] = text(dueShard(string(c.Number)))
		it[AttrDueAt] = text(formatTime(c.NextAt))
	}
	put := &types.Put{TableName: t.name, Item: it, ConditionExpression: absent}
	if before > 0 {
		put.ConditionExpression = aws.String("#v = :v")
		put.ExpressionAttributeNames = map[string]string{"#v": attrVersion}
		put.ExpressionAttributeValues = item{":v": number(int64(before))}
	}
	return put, nil
}

// refused turns the reasons of a cancelled transaction into errTaken, or into
// ErrVersion when another transaction held the items.
func refused(err error) error {
	var cancelled *types.TransactionCanceledException
	if !errors.As(err, &cancelled) {
		return err
	}
	held := false
	for _, r := range cancelled.CancellationReasons {
		switch aws.ToString(r.Code) {
		case "ConditionalCheckFailed":
			return errTaken
		case "TransactionConflict":
			held = true
		}
	}
	if held {
		return ErrVersion
	}
	return err
}

// GetCase reads a case, consistently, or ErrNotFound.
func (t *Table) GetCase(ctx context.Context, n casefile.Number) (*casefile.Case, error) {
	it, err := t.item(ctx, pkCase+string(n), skState)
	if err != nil {
		return nil, fmt.Errorf("reading case %s: %w", n, err)
	}
	c := new(casefile.Case)
	r := reader{it: it}
	if r.json(attrCase, c); r.err != nil {
		return nil, fmt.Errorf("reading case %s: %w", n, r.err)
	}
	return c, nil
}

// Timeline reads the entries of a case, consistently, in their order; none when
// the number is unknown.
func (t *Table) Timeline(ctx context.Context, n casefile.Number) ([]casefile.Entry, error) {
	var all []casefile.Entry
	err := t.query(ctx, &dynamodb.QueryInput{
		KeyConditionExpression:    aws.String("PK = :pk AND begins_with(SK, :t)"),
		ExpressionAttributeValues: item{":pk": text(pkCase + string(n)), ":t": text(skEntry)},
		ConsistentRead:            consistent,
	}, func(it item) error {
		var e casefile.Entry
		r := reader{it: it}
		r.json(attrEntry, &e)
		all = append(all, e)
		return r.err
	})
	if err != nil {
		return nil, fmt.Errorf("reading the timeline of case %s: %w", n, err)
	}
	return all, nil
}
