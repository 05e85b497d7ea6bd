package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"resonanz/events"
	"resonanz/shared/outbox"
	"resonanz/shared/store"
)

const (
	manyDue  = 10_000
	pageSize = 500                  // what a Query of 1 MB holds of whole cases
	answers  = 5 * time.Millisecond // of the services, on a slow day
)

// page answers Query of the due index from n cases, in pages. Anything else that
// is asked of the table ends the test: there is no scan.
type page struct {
	store.DynamoAPI
	n       int
	latency time.Duration
	queries int
}

func (p *page) Query(_ context.Context, in *dynamodb.QueryInput, _ ...func(*dynamodb.Options)) (*dynamodb.QueryOutput, error) {
	p.queries++
	wait(p.latency)
	out := new(dynamodb.QueryOutput)
	if aws.ToString(in.IndexName) != store.IndexDue || in.ExpressionAttributeValues[":shard"].(*types.AttributeValueMemberS).Value != "cases" {
		return out, nil
	}
	start := 0
	if k, ok := in.ExclusiveStartKey["n"].(*types.AttributeValueMemberN); ok {
		start, _ = strconv.Atoi(k.Value)
	}
	for i := start; i < min(start+pageSize, p.n); i++ {
		out.Items = append(out.Items, map[string]types.AttributeValue{
			"PK": &types.AttributeValueMemberS{Value: fmt.Sprintf("CASE#2603-%04d-%04d", i/10_000, i%10_000)}, "SK": &types.AttributeValueMemberS{Value: "STATE"},
			"due_at": &types.AttributeValueMemberS{Value: "2026-03-11T12:00:00.000Z"}, "step": &types.AttributeValueMemberN{Value: "0"},
		})
	}
	if start+pageSize < p.n {
		out.LastEvaluatedKey = map[string]types.AttributeValue{"n": &types.AttributeValueMemberN{Value: strconv.Itoa(start + pageSize)}}
	}
	return out, nil
}

// taker is SQS: it takes everything, after a while.
type taker struct {
	mu      sync.Mutex
	latency time.Duration
	calls   int
	cases   map[string]int
}

func (s *taker) SendBatch(_ context.Context, _ string, entries []outbox.Entry) (*outbox.Answer, error) {
	wait(s.latency)
	out := new(outbox.Answer)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls++
	for _, e := range entries {
		var m events.Message
		if err := json.Unmarshal([]byte(e.Body), &m); err != nil {
			return nil, err
		}
		s.cases[m.Deadline.Case]++
		out.Successful = append(out.Successful, outbox.Taken{ID: e.ID})
	}
	return out, nil
}

// wait is the time a service takes to answer.
func wait(d time.Duration) {
	if d > 0 {
		<-time.After(d)
	}
}

func manyHandler(latency time.Duration) (*handler, *page, *taker) {
	p, s := &page{n: manyDue, latency: latency}, &taker{latency: latency, cases: map[string]int{}}
	h := newHandler(store.New(p, "table"), nil, io.Discard)
	h.queue = outbox.New(s)
	return h, p, s
}

func TestTenThousandDeadlinesInOneRun(t *testing.T) {
	h, p, s := manyHandler(0)
	began := time.Now()
	if err := h.Handle(t.Context(), Tick{}); err != nil {
		t.Fatal(err)
	}
	if len(s.cases) != manyDue {
		t.Errorf("%d cases told of, want %d", len(s.cases), manyDue)
	}
	for c, n := range s.cases {
		if n != 1 {
			t.Errorf("case %s was told of %d times", c, n)
		}
	}
	// One Query for each of the 5 partitions, and one for each further page.
	if want := 5 + manyDue/pageSize - 1; p.queries != want || s.calls != manyDue/10 {
		t.Errorf("%d queries and %d sends, want %d and %d", p.queries, s.calls, want, manyDue/10)
	}
	took := time.Since(began)
	t.Logf("%d deadlines in %s without the network", manyDue, took.Round(time.Millisecond))
	if took > 20*time.Second { // of the minute
		t.Errorf("took %s", took)
	}
}

// BenchmarkTenThousandDeadlines is a whole run with services that take 5 ms for
// each answer.
func BenchmarkTenThousandDeadlines(b *testing.B) {
	for b.Loop() {
		h, _, s := manyHandler(answers)
		if err := h.Handle(b.Context(), Tick{}); err != nil || len(s.cases) != manyDue {
			b.Fatalf("%d cases, %v", len(s.cases), err)
		}
	}
}
