// Package facts says what becomes a fact of stored events and of steps of cases:
// anonymous, checked, and in the month and kind of the file that it belongs into.
// The function that writes facts uses it, and so does rebuilding them from the table.
package facts

import (
	"cmp"
	"fmt"
	"time"

	"resonanz/events"
	"resonanz/shared/factfile"
	"resonanz/shared/feedback"
	"resonanz/shared/period"
	"resonanz/shared/responses"
)

// Partition is where facts lie together.
type Partition struct {
	Month  period.Period
	Kind   feedback.Kind
	Canary bool // what the canary said lies apart from what customers said
}

// Compare orders partitions by month and kind, the canary's behind customers'.
func Compare(a, b Partition) int {
	last := 0
	if a.Canary != b.Canary {
		last = -1
		if a.Canary {
			last = 1
		}
	}
	return cmp.Or(cmp.Compare(a.Month.Index(), b.Month.Index()), cmp.Compare(a.Kind, b.Kind), last)
}

// Key names the file that holds the facts of a partition in b.
func (p Partition) Key(b *responses.Batch) string {
	key := factfile.Key(p.Month, p.Kind, b)
	if p.Canary {
		return factfile.CanaryKey(key)
	}
	return key
}

// Fact is a fact and where it goes.
type Fact struct {
	Partition
	put func(*responses.Batch) error
}

// Put adds the fact to a batch of its partition.
func (f Fact) Put(b *responses.Batch) error { return f.put(b) }

// Of returns the facts of a message; months begin in zone. An error means that no
// retry can make facts of it: it names the field and never repeats a value.
func Of(m *events.Message, zone *time.Location) ([]Fact, error) {
	switch m.Type {
	case events.TypeStored:
		return readStored(m.Stored)
	case events.TypeStep:
		return readStep(m.Step, zone)
	}
	return nil, fmt.Errorf("a message of type %s does not belong into this queue", m.Type)
}

// readStored returns the fact of an event. Its month is that of the response key,
// as in the table.
func readStored(s *events.Stored) ([]Fact, error) {
	key, put, err := read(s)
	if err != nil {
		return nil, err
	}
	parsed, err := responses.ParseKey(key)
	if err != nil {
		return nil, fmt.Errorf("reading a stored %s: %w", s.Kind, err)
	}
	return []Fact{{Partition{parsed.Period(), factfile.KindOf(s.Kind), feedback.OfCanary(s.Event)}, func(b *responses.Batch) error {
		if err := put(b); err != nil {
			return fmt.Errorf("reading a stored %s: %w", s.Kind, err)
		}
		return nil
	}}}, nil
}
