package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

const (
	stateStarted = "started"
	stateDone    = "done"
)

// Begin claims an effect until now + lease. Started: do it, then Finish it; or
// Release it when it surely did not happen. A lease that ran out without either
// can be taken over, and Begin says so: then the effect may happen twice, so the
// lease must be longer than the invocation.
func (t *Table) Begin(ctx context.Context, effect string, now time.Time, lease time.Duration) (OnceState, error) {
	it := t.marker(effect, stateStarted, now)
	it[attrUntil] = number(now.Add(lease).UnixMilli())
	it[attrOwner] = text(t.owner)
	out, err := t.api.PutItem(ctx, &dynamodb.PutItemInput{
		TableName:                           t.name,
		Item:                                it,
		ReturnValues:                        types.ReturnValueAllOld,
		ConditionExpression:                 aws.String("attribute_not_exists(PK) OR (#s = :started AND #u <= :now) OR #ttl <= :second"),
		ExpressionAttributeNames:            map[string]string{"#s": attrState, "#u": attrUntil, "#ttl": AttrTTL},
		ExpressionAttributeValues:           item{":started": text(stateStarted), ":now": number(now.UnixMilli()), ":second": number(now.Unix())},
		ReturnValuesOnConditionCheckFailure: types.ReturnValuesOnConditionCheckFailureAllOld,
	})
	if err == nil {
		left := reader{it: out.Attributes}
		if left.optional(attrState) == stateStarted && left.number(AttrTTL) > now.Unix() {
			return TakenOver, nil
		}
		return Started, nil
	}
	var taken *types.ConditionalCheckFailedException
	if !errors.As(err, &taken) {
		return 0, fmt.Errorf("beginning effect %s: %w", effect, err)
	}
	r := reader{it: taken.Item}
	if r.optional(attrState) == stateDone {
		return Done, nil
	}
	return InProgress, nil
}

// Finish marks an effect as done, whoever holds the lease: it did happen. It is
// remembered for 90 days.
func (t *Table) Finish(ctx context.Context, effect string, now time.Time) error {
	_, err := t.api.PutItem(ctx, &dynamodb.PutItemInput{TableName: t.name, Item: t.marker(effect, stateDone, now)})
	if err != nil {
		return fmt.Errorf("finishing effect %s: %w", effect, err)
	}
	return nil
}

// Release gives an effect back that did not happen, so that the next delivery
// tries at once. It changes nothing when the effect is done or another process
// holds the lease by now.
func (t *Table) Release(ctx context.Context, effect string) error {
	_, err := t.api.DeleteItem(ctx, &dynamodb.DeleteItemInput{
		TableName:                 t.name,
		Key:                       key(pkOnce+effect, skOnce),
		ConditionExpression:       aws.String("#s = :started AND #o = :owner"),
		ExpressionAttributeNames:  map[string]string{"#s": attrState, "#o": attrOwner},
		ExpressionAttributeValues: item{":started": text(stateStarted), ":owner": text(t.owner)},
	})
	if gone := new(types.ConditionalCheckFailedException); err != nil && !errors.As(err, &gone) {
		return fmt.Errorf("releasing effect %s: %w", effect, err)
	}
	return nil
}

func (t *Table) marker(effect, state string, now time.Time) item {
	it := key(pkOnce+effect, skOnce)
	it[attrState] = text(state)
	it[AttrTTL] = number(now.Add(doneFor).Unix())
	return it
}
