package store

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"resonanz/shared/signal"
)

// keptDays is how long the counts of a day are kept: twice the longest time
// that says what is usual, and some days.
const keptDays = 200

// PutDay keeps the counts of one day, in place of what was kept of it.
func (t *Table) PutDay(ctx context.Context, d signal.Day) error {
	date, err := time.Parse(time.DateOnly, d.Date)
	if err != nil {
		return fmt.Errorf("keeping the counts of a day: %w", err)
	}
	b, err := json.Marshal(&d)
	if err != nil {
		return fmt.Errorf("keeping the counts of %s: %w", d.Date, err)
	}
	it := key(pkDays, d.Date)
	it[attrDay], it[AttrTTL] = text(string(b)), number(date.AddDate(0, 0, keptDays).Unix())
	if _, err := t.api.PutItem(ctx, &dynamodb.PutItemInput{TableName: t.name, Item: it}); err != nil {
		return fmt.Errorf("keeping the counts of %s: %w", d.Date, err)
	}
	return nil
}

// Days reads the counts of the days from one date to another (yyyy-mm-dd, both
// included), in their order, consistently. Days that were not kept are left out.
func (t *Table) Days(ctx context.Context, from, to string) ([]signal.Day, error) {
	var days []signal.Day
	if from > to {
		return days, nil
	}
	err := t.query(ctx, &dynamodb.QueryInput{
		KeyConditionExpression:    aws.String("PK = :pk AND SK BETWEEN :from AND :to"),
		ExpressionAttributeValues: item{":pk": text(pkDays), ":from": text(from), ":to": text(to)},
		ConsistentRead:            consistent,
	}, func(it item) error {
		var d signal.Day
		r := reader{it: it}
		r.json(attrDay, &d)
		days = append(days, d)
		return r.err
	})
	if err != nil {
		return nil, fmt.Errorf("reading the counts of days: %w", err)
	}
	return days, nil
}

// PutDay is Table.PutDay.
func (m *Memory) PutDay(ctx context.Context, d signal.Day) error {
	_, err := time.Parse(time.DateOnly, d.Date)
	if err == nil {
		err = ctx.Err()
	}
	if err != nil {
		return fmt.Errorf("keeping the counts of a day: %w", err)
	}
	b, err := json.Marshal(&d) // a copy
	if err != nil {
		return fmt.Errorf("keeping the counts of %s: %w", d.Date, err)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.days[d.Date] = b
	return nil
}

// Days is Table.Days.
func (m *Memory) Days(ctx context.Context, from, to string) ([]signal.Day, error) {
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("reading the counts of days: %w", err)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	var days []signal.Day
	for _, date := range slices.Sorted(maps.Keys(m.days)) {
		if date < from || date > to {
			continue
		}
		var d signal.Day
		if err := json.Unmarshal(m.days[date], &d); err != nil {
			return nil, fmt.Errorf("reading the counts of days: %w", err)
		}
		days = append(days, d)
	}
	return days, nil
}
