package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"resonanz/shared/casefile"
)

// CreateCase stores a new case, c.Version being 0, with its first timeline
// entries: all or nothing. On success c and es are sealed (casefile.Seal), and
// words among them are salted. Errors: ErrExists when the number is taken.
func (t *Table) CreateCase(ctx context.Context, c *casefile.Case, es ...*casefile.Entry) error {
	if c.Version != 0 {
		return fmt.Errorf("opening case %s at version %d: %w", c.Number, c.Version, ErrInvalid)
	}
	err := t.advance(ctx, c, es)
	if errors.Is(err, errTaken) {
		err = ErrExists
	}
	if err != nil {
		return fmt.Errorf("opening case %s: %w", c.Number, err)
	}
	return nil
}

// UpdateCase stores c, read at c.Version, and the entries that tell the change:
// all or nothing. On success c and es are sealed, as CreateCase does. Errors:
// ErrVersion when the case has changed since it was read, or does not exist.
func (t *Table) UpdateCase(ctx context.Context, c *casefile.Case, es ...*casefile.Entry) error {
	err := ErrVersion
	if c.Version > 0 {
		err = t.advance(ctx, c, es)
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

// advance writes state and entries in one transaction. C and es are changed
// only when it went through.
func (t *Table) advance(ctx context.Context, c *casefile.Case, es []*casefile.Entry) error {
	next, err := chain(c, es)
	if err != nil {
		return err
	}
	puts, err := t.putCase(next, c.Version)
	if err != nil {
		return err
	}
	if _, err = t.api.TransactWriteItems(ctx, &dynamodb.TransactWriteItemsInput{TransactItems: puts}); err != nil {
		return refused(err)
	}
	next.copyTo(c, es)
	return nil
}

// putCase is the writes of a case that is expected at version before (0: not
// there) and of its new lines; the first is that of the state.
func (t *Table) putCase(next *chained, before int) ([]types.TransactWriteItem, error) {
	state, err := t.putState(&next.state, before)
	if err != nil {
		return nil, err
	}
	all := make([]types.TransactWriteItem, 0, 2+len(next.entries)) // room for an event
	all = append(all, types.TransactWriteItem{Put: state})
	for i := range next.entries {
		it, err := marshalLine(&next.state, &next.entries[i])
		if err != nil {
			return nil, err
		}
		all = append(all, types.TransactWriteItem{Put: &types.Put{TableName: t.name, Item: it, ConditionExpression: absent}})
	}
	return all, nil
}

func (t *Table) putState(c *casefile.Case, before int) (*types.Put, error) {
	it, err := marshalState(c)
	if err != nil {
		return nil, err
	}
	put := &types.Put{TableName: t.name, Item: it, ConditionExpression: absent}
	if before > 0 {
		put.ConditionExpression = aws.String("#v = :v")
		put.ExpressionAttributeNames = map[string]string{"#v": attrVersion}
		put.ExpressionAttributeValues = item{":v": number(int64(before))}
	}
	return put, nil
}

// marshalState writes the state of a case. What lists are filtered by stands in
// attributes of its own as well.
func marshalState(c *casefile.Case) (item, error) {
	b, err := json.Marshal(c)
	if err != nil {
		return nil, fmt.Errorf("writing the state: %w", err)
	}
	it := key(pkCase+string(c.Number), skState)
	it[attrCase] = text(string(b))
	it[attrVersion] = number(int64(c.Version))
	it[attrStep] = number(int64(c.Step))
	it[attrStatus] = text(string(c.Status))
	it[attrFamily] = text(string(c.Family))
	for name, v := range map[string]string{
		attrTouchpoint:  string(c.Touchpoint),
		attrTeam:        c.Handling.Team,
		attrOwner:       c.Handling.Owner,
		attrCategory:    c.Category,
		attrSeverity:    string(c.Handling.Severity),
		AttrCustomerKey: c.CustomerKey,
	} {
		if v != "" {
			it[name] = text(v)
		}
	}
	if !c.DueAt.IsZero() {
		it[attrDeadline] = text(formatTime(c.DueAt))
	}
	if shard, at := listed(c); shard != "" {
		it[AttrDueShard] = text(shard)
		it[AttrDueAt] = text(formatTime(at))
	}
	return it, nil
}

func unmarshalState(it item) (*casefile.Case, error) {
	c := new(casefile.Case)
	r := reader{it: it}
	if r.json(attrCase, c); r.err != nil {
		return nil, r.err
	}
	c.CustomerKey = r.optional(AttrCustomerKey)
	return c, nil
}

// marshalLine writes a timeline entry of c: its words beside it, where they can
// be erased, and what reporting keeps of it. The hash of the entry covers neither.
func marshalLine(c *casefile.Case, e *casefile.Entry) (item, error) {
	b, err := json.Marshal(e)
	if err != nil {
		return nil, fmt.Errorf("writing timeline entry %d: %w", e.Seq, err)
	}
	it := key(pkCase+string(e.Case), seqKey(e.Seq))
	it[attrEntry] = text(string(b))
	fact, err := json.Marshal(casefile.StepOf(c, e))
	if err != nil {
		return nil, fmt.Errorf("writing the fact of timeline entry %d: %w", e.Seq, err)
	}
	it[attrFact] = text(string(fact))
	if e.Words != nil {
		words, err := json.Marshal(e.Words)
		if err != nil {
			return nil, fmt.Errorf("writing the words of timeline entry %d: %w", e.Seq, err)
		}
		it[attrPersonal] = text(string(words))
	}
	return it, nil
}

func unmarshalLine(it item) (*casefile.Entry, error) {
	e := new(casefile.Entry)
	r := reader{it: it}
	r.json(attrEntry, e)
	if r.optional(attrPersonal) != "" {
		e.Words = new(casefile.Words)
		r.json(attrPersonal, e.Words)
	}
	return e, r.err
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
	c, err := unmarshalState(it)
	if err != nil {
		return nil, fmt.Errorf("reading case %s: %w", n, err)
	}
	return c, nil
}

// Timeline reads the entries of a case with their words, consistently, in their
// order; none when the number is unknown. Words that were erased are nil beside
// a hash that is not zero.
func (t *Table) Timeline(ctx context.Context, n casefile.Number) ([]casefile.Entry, error) {
	var all []casefile.Entry
	err := t.query(ctx, &dynamodb.QueryInput{
		KeyConditionExpression:    aws.String("PK = :pk AND begins_with(SK, :t)"),
		ExpressionAttributeValues: item{":pk": text(pkCase + string(n)), ":t": text(skEntry)},
		ConsistentRead:            consistent,
	}, func(it item) error {
		e, err := unmarshalLine(it)
		all = append(all, *e)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("reading the timeline of case %s: %w", n, err)
	}
	slices.SortFunc(all, func(a, b casefile.Entry) int { return a.Seq - b.Seq }) // keys of five digits sort among those of four
	return all, nil
}

// EntryOf reads one entry of a case with its words, consistently, or ErrNotFound.
func (t *Table) EntryOf(ctx context.Context, n casefile.Number, seq int) (*casefile.Entry, error) {
	it, err := t.item(ctx, pkCase+string(n), seqKey(seq))
	if err != nil {
		return nil, fmt.Errorf("reading entry %d of case %s: %w", seq, n, err)
	}
	e, err := unmarshalLine(it)
	if err != nil {
		return nil, fmt.Errorf("reading entry %d of case %s: %w", seq, n, err)
	}
	return e, nil
}
