package store

import (
	"context"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"resonanz/shared/casefile"
)

// Submit stores the event e of a complaint and the new case c about it, c.Version
// being 0, with its first timeline entries: all or nothing, in one transaction.
// On success c and es are sealed, as CreateCase does; otherwise they are as they
// were. The same event again is a Duplicate, with what was stored first, whoever
// has the case's number. Errors: ErrConflict as Put, with what was stored;
// ErrExists when the event is new and the number is taken: by another subject,
// or by a case that this response has already; ErrVersion when others kept
// writing to the same items.
func (t *Table) Submit(ctx context.Context, e *Entry, c *casefile.Case, es ...*casefile.Entry) (Outcome, *Entry, error) {
	in, next, err := t.submission(e, c, es)
	if err != nil {
		return 0, nil, fmt.Errorf("storing event %s with case %s: %w", e.EventID, c.Number, err)
	}
	var outcome Outcome
	var stored *Entry
	err = patiently(ctx, func() (err error) {
		outcome, stored = Accepted, nil
		try := *in // the client writes a token into it: each try is a transaction of its own
		if _, err = t.api.TransactWriteItems(ctx, &try); err != nil {
			outcome, stored, err = t.unsubmitted(ctx, e, err)
		}
		return err
	})
	if err != nil {
		return 0, stored, fmt.Errorf("storing event %s with case %s: %w", e.EventID, c.Number, err)
	}
	if outcome == Accepted {
		next.copyTo(c, es)
	}
	return outcome, stored, nil
}

// submission is the transaction: the event is new, and so is the case.
func (t *Table) submission(e *Entry, c *casefile.Case, es []*casefile.Entry) (*dynamodb.TransactWriteItemsInput, *chained, error) {
	if err := e.check(); err != nil {
		return nil, nil, err
	}
	if c.Version != 0 {
		return nil, nil, fmt.Errorf("a case at version %d: %w", c.Version, ErrInvalid)
	}
	next, err := chain(c, es)
	if err != nil {
		return nil, nil, err
	}
	puts, err := t.putCase(next, 0)
	if err != nil {
		return nil, nil, err
	}
	return &dynamodb.TransactWriteItemsInput{TransactItems: append(puts, types.TransactWriteItem{Put: &types.Put{
		TableName: t.name, Item: marshalEntry(e), ConditionExpression: absent,
		ReturnValuesOnConditionCheckFailure: types.ReturnValuesOnConditionCheckFailureAllOld,
	}})}, next, nil
}

// unsubmitted says which condition of a cancelled transaction failed. That the
// event exists goes before everything else; it is looked up where the reasons do
// not show it.
func (t *Table) unsubmitted(ctx context.Context, e *Entry, err error) (Outcome, *Entry, error) {
	var met *types.TransactionConflictException
	if errors.As(err, &met) {
		return 0, nil, ErrVersion
	}
	var cancelled *types.TransactionCanceledException
	if !errors.As(err, &cancelled) {
		return 0, nil, err
	}
	var stored *Entry
	failed, held := false, false
	for _, r := range cancelled.CancellationReasons {
		switch aws.ToString(r.Code) {
		case "TransactionConflict":
			held = true
		case "ConditionalCheckFailed":
			failed = true
			if r.Item[attrKind] != nil {
				if stored, err = unmarshalEntry(r.Item); err != nil {
					return 0, nil, err
				}
			}
		}
	}
	if stored == nil && failed {
		earlier, missing := t.Get(ctx, e.ResponseKey, e.EventID)
		if missing != nil && !errors.Is(missing, ErrNotFound) {
			return 0, nil, missing
		}
		stored = earlier
	}
	switch {
	case stored != nil && e.same(stored):
		return Duplicate, stored, nil
	case stored != nil:
		return 0, stored, ErrConflict
	case failed:
		return 0, nil, ErrExists
	case held:
		return 0, nil, ErrVersion
	}
	return 0, nil, err
}
