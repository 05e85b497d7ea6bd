package store

import (
	"context"
	"fmt"

	"resonanz/shared/feedback"
)

// GetAny is Table.GetAny.
func (m *Memory) GetAny(ctx context.Context, ks []feedback.ResponseKey, id feedback.EventID) (*Entry, error) {
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("reading event %s: %w", id, err)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, k := range ks {
		if e, ok := m.entries[k][id]; ok {
			e = cloneEntry(&e)
			return &e, nil
		}
	}
	return nil, fmt.Errorf("reading event %s: %w", id, ErrNotFound)
}
