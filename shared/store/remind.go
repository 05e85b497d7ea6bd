package store

import (
	"context"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"resonanz/shared/feedback"
)

// Reminder says when the customer of an invitation is to be asked once more.
// The due index shows it from then on, until it is forgotten.
type Reminder struct {
	ResponseKey feedback.ResponseKey
	EventID     feedback.EventID // of the invitation
	DueAt       time.Time
}

func (r *Reminder) check() error {
	if r.ResponseKey.Month().IsZero() || r.EventID == "" || r.DueAt.IsZero() {
		return ErrInvalid
	}
	return nil
}

// Remind keeps r. A response has one reminder: the same one kept twice is one.
func (t *Table) Remind(ctx context.Context, r Reminder) error {
	err := r.check()
	if err == nil {
		it := key(pkRemind+string(r.ResponseKey), skRemind)
		it[attrEventID] = text(string(r.EventID))
		it[AttrDueShard] = text(dueShard(string(r.ResponseKey)))
		it[AttrDueAt] = text(formatTime(r.DueAt))
		_, err = t.api.PutItem(ctx, &dynamodb.PutItemInput{TableName: t.name, Item: it})
	}
	if err != nil {
		return fmt.Errorf("keeping the reminder of %s: %w", r.ResponseKey, err)
	}
	return nil
}

// ForgetReminder ends the reminder of a response; without one it does nothing.
func (t *Table) ForgetReminder(ctx context.Context, k feedback.ResponseKey) error {
	_, err := t.api.DeleteItem(ctx, &dynamodb.DeleteItemInput{TableName: t.name, Key: key(pkRemind+string(k), skRemind)})
	if err != nil {
		return fmt.Errorf("forgetting the reminder of %s: %w", k, err)
	}
	return nil
}
