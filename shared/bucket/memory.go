package bucket

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"
)

// Memory is a bucket in memory, for tests. It is safe for concurrent use.
type Memory struct {
	// Now is the clock by which objects are stored; set it before use.
	Now func() time.Time

	mu      sync.Mutex
	objects map[string][]byte
	types   map[string]string
	stored  map[string]time.Time
}

// NewMemory returns an empty bucket.
func NewMemory() *Memory {
	return &Memory{Now: time.Now, objects: make(map[string][]byte), types: make(map[string]string), stored: make(map[string]time.Time)}
}

// Put is S3.Put.
func (m *Memory) Put(ctx context.Context, key, contentType string, body []byte) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("storing object %s: %w", key, err)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.objects[key], m.types[key], m.stored[key] = slices.Clone(body), contentType, m.Now()
	return nil
}

// Get is S3.Get.
func (m *Memory) Get(ctx context.Context, key string) ([]byte, error) {
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("fetching object %s: %w", key, err)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	body, ok := m.objects[key]
	if !ok {
		return nil, fmt.Errorf("fetching object %s: %w", key, ErrNotFound)
	}
	return slices.Clone(body), nil
}

// List is S3.List.
func (m *Memory) List(ctx context.Context, prefix string, yield func(key string) error) error {
	return m.ListSince(ctx, prefix, time.Time{}, yield)
}

// ListSince is S3.ListSince.
func (m *Memory) ListSince(ctx context.Context, prefix string, since time.Time, yield func(key string) error) error {
	for _, key := range m.Keys() {
		if err := ctx.Err(); err != nil {
			return fmt.Errorf("listing objects below %s: %w", prefix, err)
		}
		if !strings.HasPrefix(key, prefix) || m.storedAt(key).Before(since.Truncate(time.Second)) {
			continue
		}
		if err := yield(key); err != nil {
			return err
		}
	}
	return nil
}

// Delete is Sweeper.Delete.
func (m *Memory) Delete(ctx context.Context, key string) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("deleting object %s: %w", key, err)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.objects, key)
	delete(m.types, key)
	delete(m.stored, key)
	return nil
}

// Sizes is Sweeper.Sizes.
func (m *Memory) Sizes(ctx context.Context, prefix string, before time.Time, yield func(key string, bytes int64) error) error {
	return m.List(ctx, prefix, func(key string) error {
		if !before.IsZero() && !m.storedAt(key).Before(before) {
			return nil
		}
		body, err := m.Get(ctx, key)
		if err != nil {
			return err
		}
		return yield(key, int64(len(body)))
	})
}

// storedAt is when an object was stored.
func (m *Memory) storedAt(key string) time.Time {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.stored[key]
}

// Keys are the names of all objects, in order.
func (m *Memory) Keys() []string {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Sorted(maps.Keys(m.objects))
}

// ContentType is the type an object was stored with; "" for none.
func (m *Memory) ContentType(key string) string {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.types[key]
}
