package store

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"resonanz/shared/casefile"
)

// shelvedHook is what a delivery is kept under.
type shelvedHook struct{ endpoint, alert string }

// Crisis is Table.Crisis.
func (m *Memory) Crisis(ctx context.Context) (casefile.Crisis, error) {
	if err := ctx.Err(); err != nil {
		return casefile.Crisis{}, fmt.Errorf("reading the crisis: %w", err)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	c := m.crisis
	c.Spikes = slices.Clone(c.Spikes)
	return c, nil
}

// PutCrisis is Table.PutCrisis.
func (m *Memory) PutCrisis(ctx context.Context, c *casefile.Crisis) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	err := ctx.Err()
	if err == nil && c.Version != m.crisis.Version {
		err = ErrVersion
	}
	if err != nil {
		return fmt.Errorf("keeping the crisis: %w", err)
	}
	c.Version++
	m.crisis = *c
	m.crisis.Spikes = slices.Clone(c.Spikes)
	return nil
}

// Applied is Table.Applied.
func (m *Memory) Applied(ctx context.Context) (string, error) {
	if err := ctx.Err(); err != nil {
		return "", fmt.Errorf("reading the configuration applied: %w", err)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.applied, nil
}

// SetApplied is Table.SetApplied.
func (m *Memory) SetApplied(ctx context.Context, print string) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("keeping the configuration applied: %w", err)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.applied = print
	return nil
}

// Actions is Table.Actions.
func (m *Memory) Actions(ctx context.Context) ([]casefile.CorrectiveAction, error) {
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("reading the corrective actions: %w", err)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	var all []casefile.CorrectiveAction
	for _, id := range slices.Sorted(maps.Keys(m.actions)) {
		all = append(all, m.actions[id])
	}
	return all, nil
}

// PutAction is Table.PutAction.
func (m *Memory) PutAction(ctx context.Context, a casefile.CorrectiveAction) error {
	err := ctx.Err()
	if err == nil && a.ID == "" {
		err = ErrInvalid
	}
	if err != nil {
		return fmt.Errorf("keeping corrective action %s: %w", a.ID, err)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.actions[a.ID] = a
	return nil
}

// PutHook is Table.PutHook.
func (m *Memory) PutHook(ctx context.Context, h Hook) error {
	err := ctx.Err()
	if err == nil {
		err = h.check()
	}
	var kept Hook
	if err == nil {
		err = throughJSON(&h, &kept)
	}
	if err != nil {
		return fmt.Errorf("keeping the webhook of %s to %s: %w", h.Alert.ID, h.Endpoint, err)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.hooks[shelvedHook{h.Endpoint, h.Alert.ID}] = kept
	return nil
}

// Hook is Table.Hook.
func (m *Memory) Hook(ctx context.Context, endpoint, alertID string) (*Hook, error) {
	err := ctx.Err()
	m.mu.Lock()
	defer m.mu.Unlock()
	kept, ok := m.hooks[shelvedHook{endpoint, alertID}]
	if err == nil && !ok {
		err = ErrNotFound
	}
	h := new(Hook)
	if err == nil {
		err = throughJSON(&kept, h)
	}
	if err != nil {
		return nil, fmt.Errorf("reading the webhook of %s to %s: %w", alertID, endpoint, err)
	}
	return h, nil
}

// Hooks is Table.Hooks.
func (m *Memory) Hooks(ctx context.Context, endpoint, cursor string, limit int) (HookPage, error) {
	after, err := hookStart(endpoint, cursor, limit)
	if ctx.Err() != nil {
		err = ctx.Err()
	}
	m.mu.Lock()
	var alerts []string
	for k := range m.hooks {
		if k.endpoint == endpoint && (after == "" || k.alert < after) {
			alerts = append(alerts, k.alert)
		}
	}
	m.mu.Unlock()
	slices.Sort(alerts)
	slices.Reverse(alerts)
	var page HookPage
	for _, alert := range alerts {
		if err != nil {
			break
		}
		if len(page.Hooks) == limit {
			page.Cursor = sealCursor(hookList(endpoint), page.Hooks[limit-1].Alert.ID)
			break
		}
		var h *Hook
		if h, err = m.Hook(ctx, endpoint, alert); err == nil {
			page.Hooks = append(page.Hooks, *h)
		}
	}
	if err != nil {
		return HookPage{}, fmt.Errorf("reading the webhooks to %s: %w", endpoint, err)
	}
	return page, nil
}
