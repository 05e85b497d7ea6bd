package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"resonanz/shared/feedback"
)

// Beat is the last sign of life of a device.
type Beat struct {
	Device     feedback.Device
	Touchpoint feedback.Touchpoint
	At         time.Time // by our clock; UTC, milliseconds
	// DueAt is when the device counts as silent unless it is heard of before
	// (escalate.SilentAt); zero: it is not watched; casefile.NoAction: its
	// silence is known.
	DueAt  time.Time
	Queued int    // events that wait on the device
	App    string // version of what runs there; empty: not told
}

// Gap is a silence that a case was opened about.
type Gap struct {
	Device     feedback.Device
	Touchpoint feedback.Touchpoint
	LastAt     time.Time // the last sign of life before it
	SilentAt   time.Time // when the device should have been heard of
	// NextAt is when it is looked at again; zero: it is over, and forgotten
	// after a week.
	NextAt time.Time
	Now    time.Time
}

// gapFor is how long a gap that is over is remembered: longer than the due
// index lags behind.
const gapFor = 7 * 24 * time.Hour

func (b *Beat) check() error {
	if b.Device == "" || b.Touchpoint == "" || b.At.IsZero() || b.Queued < 0 {
		return ErrInvalid
	}
	return nil
}

func (g *Gap) check() error {
	if g.Device == "" || g.Touchpoint == "" || g.LastAt.IsZero() || g.SilentAt.IsZero() || g.NextAt.IsZero() && g.Now.IsZero() {
		return ErrInvalid
	}
	return nil
}

// Beat keeps b as the device's last sign of life, whatever was kept before: one
// write, one item for each device.
func (t *Table) Beat(ctx context.Context, b Beat) error {
	if err := b.check(); err != nil {
		return fmt.Errorf("storing the beat of %s: %w", b.Device, err)
	}
	if _, err := t.api.PutItem(ctx, &dynamodb.PutItemInput{TableName: t.name, Item: marshalBeat(&b)}); err != nil {
		return fmt.Errorf("storing the beat of %s: %w", b.Device, err)
	}
	return nil
}

// Watch keeps the DueAt of b, which was read, unless the device has been heard
// of again meanwhile: then it changes nothing and returns ErrVersion.
func (t *Table) Watch(ctx context.Context, b Beat) error {
	if err := b.check(); err != nil {
		return fmt.Errorf("watching %s: %w", b.Device, err)
	}
	_, err := t.api.PutItem(ctx, &dynamodb.PutItemInput{
		TableName:                 t.name,
		Item:                      marshalBeat(&b),
		ConditionExpression:       aws.String("last_at = :at"),
		ExpressionAttributeValues: item{":at": text(formatTime(b.At))},
	})
	if heard := new(types.ConditionalCheckFailedException); errors.As(err, &heard) {
		err = ErrVersion
	}
	if err != nil {
		return fmt.Errorf("watching %s: %w", b.Device, err)
	}
	return nil
}

// LastBeat reads a device's last sign of life, consistently, or ErrNotFound.
func (t *Table) LastBeat(ctx context.Context, d feedback.Device) (*Beat, error) {
	it, err := t.item(ctx, pkDevice+string(d), skBeat)
	if err != nil {
		return nil, fmt.Errorf("reading the beat of %s: %w", d, err)
	}
	r := reader{it: it}
	b := &Beat{
		Device: d, Touchpoint: feedback.Touchpoint(r.text(attrTouchpoint)),
		At: r.time(attrLastAt), Queued: int(r.number(attrQueued)), App: r.optional(attrApp),
	}
	if r.optional(AttrDueAt) != "" {
		b.DueAt = r.time(AttrDueAt)
	}
	if r.err != nil {
		return nil, fmt.Errorf("reading the beat of %s: %w", d, r.err)
	}
	return b, nil
}

func marshalBeat(b *Beat) item {
	it := key(pkDevice+string(b.Device), skBeat)
	it[attrTouchpoint] = text(string(b.Touchpoint))
	it[attrLastAt] = text(formatTime(b.At))
	it[attrQueued] = number(int64(b.Queued))
	if b.App != "" {
		it[attrApp] = text(b.App)
	}
	if !b.DueAt.IsZero() {
		it[AttrDueShard] = text(dueShard(string(b.Device)))
		it[AttrDueAt] = text(formatTime(b.DueAt))
	}
	return it
}

// PutGap keeps g, whatever was kept of the same gap before.
func (t *Table) PutGap(ctx context.Context, g Gap) error {
	if err := g.check(); err != nil {
		return fmt.Errorf("storing the gap of %s: %w", g.Device, err)
	}
	it := key(pkDevice+string(g.Device), skGap+formatTime(g.LastAt))
	it[attrTouchpoint] = text(string(g.Touchpoint))
	it[attrLastAt] = text(formatTime(g.LastAt))
	it[attrSilentAt] = text(formatTime(g.SilentAt))
	if g.NextAt.IsZero() {
		it[AttrTTL] = number(g.Now.Add(gapFor).Unix())
	} else {
		it[AttrDueShard] = text(dueShard(string(g.Device)))
		it[AttrDueAt] = text(formatTime(g.NextAt))
	}
	if _, err := t.api.PutItem(ctx, &dynamodb.PutItemInput{TableName: t.name, Item: it}); err != nil {
		return fmt.Errorf("storing the gap of %s: %w", g.Device, err)
	}
	return nil
}
