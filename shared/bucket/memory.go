package bucket

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
)

// Memory is a bucket in memory, for tests. It is safe for concurrent use.
type Memory struct {
	mu      sync.Mutex
	objects map[string][]byte
	types   map[string]string
}

// NewMemory returns an empty bucket.
func NewMemory() *Memory {
	return &Memory{objects: make(map[string][]byte), types: make(map[string]string)}
}

// Put is S3.Put.
func (m *Memory) Put(ctx context.Context, key, contentType string, body []byte) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("storing object %s: %w", key, err)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.objects[key], m.types[key] = slices.Clone(body), contentType
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
	for _, key := range m.Keys() {
		if err := ctx.Err(); err != nil {
			return fmt.Errorf("listing objects below %s: %w", prefix, err)
		}
		if !strings.HasPrefix(key, prefix) {
			continue
		}
		if err := yield(key); err != nil {
			return err
		}
	}
	return nil
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
