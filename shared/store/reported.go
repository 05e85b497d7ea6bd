package store

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"golang.org/x/sync/errgroup"

	"resonanz/events"
	"resonanz/shared/casefile"
)

// Step names one step of a case that reporting keeps.
type Step struct {
	Case casefile.Number
	Seq  int
}

// stepReaders bounds how many timelines are read at a time.
const stepReaders = 16

// endedBefore is how many months before from cases may have ended of which steps are
// looked for: what the customer says of how a case was handled comes after its end.
const endedBefore = 2

// Steps hands every step that happened in [from, to) to each, of the cases that
// are on the work list or ended from two months before until now: never two at a
// time, in no order, each once. Steps of before there were facts of them are left out. The
// lists lag a little behind the cases. An error of each ends the reading and is
// returned.
func (t *Table) Steps(ctx context.Context, from, to, now time.Time, each func(Step) error) error {
	numbers := make(map[casefile.Number]bool)
	err := t.OpenCases(ctx, func(d casefile.Due) error {
		numbers[d.Case] = true
		return nil
	})
	for month := firstOf(from.UTC()).AddDate(0, -endedBefore, 0); err == nil && !firstOf(month).After(now.UTC()); month = firstOf(month).AddDate(0, 1, 0) {
		err = t.query(ctx, &dynamodb.QueryInput{
			IndexName:                 aws.String(IndexDue),
			KeyConditionExpression:    aws.String("due_shard = :shard"),
			ExpressionAttributeValues: item{":shard": text(closedShard(month.Format("2006-01")))},
			ProjectionExpression:      aws.String(AttrPK),
		}, func(it item) error {
			r := reader{it: it}
			if id, ok := strings.CutPrefix(r.text(AttrPK), pkCase); ok {
				numbers[casefile.Number(id)] = true
			}
			return r.err
		})
	}
	if err == nil {
		err = t.stepsOf(ctx, slices.Sorted(maps.Keys(numbers)), from, to, each)
	}
	if err != nil {
		return fmt.Errorf("reading the steps of cases: %w", err)
	}
	return nil
}

func firstOf(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), 1, 0, 0, 0, 0, time.UTC)
}

// stepsOf reads the timelines of cases, several at a time.
func (t *Table) stepsOf(ctx context.Context, numbers []casefile.Number, from, to time.Time, each func(Step) error) error {
	reading, ctx := errgroup.WithContext(ctx)
	reading.SetLimit(stepReaders)
	found := make(chan Step)
	go func() {
		for _, n := range numbers {
			reading.Go(func() error { return t.caseSteps(ctx, n, from, to, found) })
		}
		_ = reading.Wait() // told below
		close(found)
	}()
	var failed error
	for s := range found { // to the end, so that no reader is left behind
		if failed == nil {
			failed = each(s)
		}
	}
	if failed != nil {
		return failed
	}
	return reading.Wait()
}

func (t *Table) caseSteps(ctx context.Context, n casefile.Number, from, to time.Time, found chan<- Step) error {
	return t.query(ctx, &dynamodb.QueryInput{
		KeyConditionExpression:    aws.String("PK = :pk AND begins_with(SK, :t)"),
		FilterExpression:          aws.String("attribute_exists(#f)"),
		ProjectionExpression:      aws.String("#f"),
		ExpressionAttributeNames:  map[string]string{"#f": attrFact},
		ExpressionAttributeValues: item{":pk": text(pkCase + string(n)), ":t": text(skEntry)},
	}, func(it item) error {
		var s events.Step
		r := reader{it: it}
		if r.json(attrFact, &s); r.err != nil {
			return r.err
		}
		if within(&s, from, to) {
			select {
			case found <- Step{n, s.Seq}:
			case <-ctx.Done():
				return ctx.Err()
			}
		}
		return nil
	})
}

func within(s *events.Step, from, to time.Time) bool { return !s.At.Before(from) && s.At.Before(to) }
