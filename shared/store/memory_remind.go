package store

import (
	"cmp"
	"context"
	"fmt"

	"resonanz/shared/feedback"
)

// Remind is Table.Remind.
func (m *Memory) Remind(ctx context.Context, r Reminder) error {
	if err := cmp.Or(ctx.Err(), r.check()); err != nil {
		return fmt.Errorf("keeping the reminder of %s: %w", r.ResponseKey, err)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.reminders[r.ResponseKey] = shelvedReminder{r.EventID, millisecond(r.DueAt)}
	return nil
}

// ForgetReminder is Table.ForgetReminder.
func (m *Memory) ForgetReminder(ctx context.Context, k feedback.ResponseKey) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("forgetting the reminder of %s: %w", k, err)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.reminders, k)
	return nil
}
