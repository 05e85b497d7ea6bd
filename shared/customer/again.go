package customer

import (
	"context"
	"fmt"
	"strings"
	"time"

	"resonanz/shared/erasure"
	"resonanz/shared/feedback"
)

// Keys hands out every customer key that can be found, as often as it is found:
// Table.KeyedItems.
type Keys func(ctx context.Context, each func(customerKey string) error) error

// Again erases what was erased since a time and shows all the same: the index
// lagged behind, or a message was under way. What was accepted after an erasure is
// left alone. It returns what it did, and of how many customers.
func (e *Eraser) Again(ctx context.Context, keys Keys, since time.Time, by string) (d Done, customers int, err error) {
	log, err := erasure.Load(ctx, e.Log, since)
	if err != nil || len(log) == 0 {
		return d, 0, err
	}
	found := map[string]time.Time{}
	err = keys(ctx, func(customerKey string) error {
		if at, ok := log[erasure.Customer(customerKey)]; ok {
			found[customerKey] = at
		}
		return nil
	})
	if err != nil {
		return d, 0, fmt.Errorf("erasing again: %w", err)
	}
	for customerKey, at := range found {
		var one Done
		if err := e.customer(ctx, customerKey, at, &one); err != nil {
			d.add(one)
			return d, customers, fmt.Errorf("erasing again: %w", err)
		}
		if d.Left = d.Left || one.Left; one.Events+one.Lines+one.Ended+one.Files > 0 {
			customers++
		}
		d.add(one)
	}
	return d, customers, nil
}

func cmpKeys(a, b feedback.ResponseKey) int { return strings.Compare(string(a), string(b)) }
