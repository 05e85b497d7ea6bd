package store

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"resonanz/shared/feedback"
	"resonanz/shared/period"
)

// writeUnit is what one write unit holds, in bytes.
const writeUnit = 1024

// size is the size of an item as DynamoDB counts it: the UTF-8 length of every
// attribute name and of every text, the length of binary values, and for a
// number at most 21 bytes.
func size(t *testing.T, it item) int {
	t.Helper()
	n := 0
	for name, v := range it {
		n += len(name)
		switch v := v.(type) {
		case *types.AttributeValueMemberS:
			n += len(v.Value)
		case *types.AttributeValueMemberB:
			n += len(v.Value)
		case *types.AttributeValueMemberN:
			n += 21
		default:
			t.Fatalf("attribute %s of an unexpected type %T", name, v)
		}
	}
	return n
}

func ptr[T any](v T) *T { return &v }

// rated is a vote by link; longest fills every field that has a bound.
func rated(t testing.TB, longest bool) *Entry {
	t.Helper()
	at := time.Date(2026, time.March, 15, 12, 34, 56, 789e6, time.UTC)
	id := feedback.DeriveEventID("size")
	r := feedback.Rating{
		EventID: id, ResponseKey: feedback.NewResponseKey(period.Of(at, time.UTC), feedback.ResponseIDOf(id)),
		Touchpoint: "checkout-cologne", Channel: feedback.EmailLink, Scale: feedback.Stars5, Rating: 4,
		SubmittedAt: at, ReceivedAt: at, Language: "de", CollectionMode: feedback.Self,
	}
	if longest {
		r.Touchpoint, r.Channel, r.Scale, r.Rating = feedback.Touchpoint(strings.Repeat("t", 40)), feedback.ResponseCard, feedback.CSAT10, 10
		r.Device, r.Segment, r.Topic, r.Reason = feedback.Device(strings.Repeat("d", 40)), "A", strings.Repeat("o", 40), strings.Repeat("r", 40)
		r.NPS, r.CES, r.FCR, r.Expectation = ptr(10), ptr(7), ptr(false), ptr(10)
		r.CallbackRequested, r.HasText, r.CollectionMode = true, true, feedback.Assisted
	}
	b, err := json.Marshal(&r)
	if err != nil {
		t.Fatal(err)
	}
	return &Entry{Kind: feedback.KindRating, ResponseKey: r.ResponseKey, EventID: id, ReceivedAt: at, Event: b, Digest: DigestOf(b)}
}

func TestARatingWithoutTextFitsOneWriteUnit(t *testing.T) {
	for name, longest := range map[string]bool{"usual": false, "longest": true} {
		n := size(t, marshalEntry(rated(t, longest)))
		t.Logf("%s rating: %d bytes", name, n)
		if n > writeUnit {
			t.Errorf("%s rating: %d bytes, want at most %d", name, n, writeUnit)
		}
	}
}

func TestARatingWithoutCustomerTouchesNoIndex(t *testing.T) {
	it := marshalEntry(rated(t, true))
	for _, name := range []string{AttrDueShard, AttrDueAt, AttrCustomerKey, AttrTTL} {
		if _, ok := it[name]; ok {
			t.Errorf("attribute %s is set", name)
		}
	}
}

// counter counts calls, keeps the last written item, and answers with err.
// A month is read by several goroutines at once.
type counter struct {
	calls atomic.Int64
	last  *dynamodb.PutItemInput
	err   error
}

func (c *counter) PutItem(_ context.Context, in *dynamodb.PutItemInput, _ ...func(*dynamodb.Options)) (*dynamodb.PutItemOutput, error) {
	c.calls.Add(1)
	c.last = in
	return &dynamodb.PutItemOutput{}, c.err
}

func (c *counter) GetItem(context.Context, *dynamodb.GetItemInput, ...func(*dynamodb.Options)) (*dynamodb.GetItemOutput, error) {
	c.calls.Add(1)
	return &dynamodb.GetItemOutput{}, c.err
}

func (c *counter) BatchGetItem(context.Context, *dynamodb.BatchGetItemInput, ...func(*dynamodb.Options)) (*dynamodb.BatchGetItemOutput, error) {
	c.calls.Add(1)
	return &dynamodb.BatchGetItemOutput{}, c.err
}

func (c *counter) DeleteItem(context.Context, *dynamodb.DeleteItemInput, ...func(*dynamodb.Options)) (*dynamodb.DeleteItemOutput, error) {
	c.calls.Add(1)
	return &dynamodb.DeleteItemOutput{}, c.err
}

func (c *counter) Query(context.Context, *dynamodb.QueryInput, ...func(*dynamodb.Options)) (*dynamodb.QueryOutput, error) {
	c.calls.Add(1)
	return &dynamodb.QueryOutput{}, c.err
}

func (c *counter) TransactWriteItems(context.Context, *dynamodb.TransactWriteItemsInput, ...func(*dynamodb.Options)) (*dynamodb.TransactWriteItemsOutput, error) {
	c.calls.Add(1)
	return &dynamodb.TransactWriteItemsOutput{}, c.err
}

func TestEveryAnswerOfPutTakesOneCall(t *testing.T) {
	e := rated(t, false)
	other := *e
	other.Digest[0]++
	for name, c := range map[string]struct {
		api  *counter
		want Outcome
		err  error
	}{
		"accepted":  {&counter{}, Accepted, nil},
		"duplicate": {&counter{err: &types.ConditionalCheckFailedException{Item: marshalEntry(e)}}, Duplicate, nil},
		"conflict":  {&counter{err: &types.ConditionalCheckFailedException{Item: marshalEntry(&other)}}, 0, ErrConflict},
		"not ours":  {&counter{err: &types.ConditionalCheckFailedException{Item: item{"PK": text("x")}}}, 0, ErrInvalid},
		"throttled": {&counter{err: errThrottled}, 0, errThrottled},
	} {
		got, _, err := New(c.api, "table").Put(t.Context(), e)
		if got != c.want || !errors.Is(err, c.err) || c.api.calls.Load() != 1 {
			t.Errorf("%s: got %v, %v after %d calls", name, got, err, c.api.calls.Load())
		}
	}
}

var errThrottled = &types.ProvisionedThroughputExceededException{}

func TestErrorsNameNoPersonalData(t *testing.T) {
	e := rated(t, false)
	e.Personal = []byte(`{"comment":"my secret"}`)
	e.CustomerKey = "customer-77"
	other := *e
	other.Digest[0]++
	for _, cause := range []error{errThrottled, &types.ConditionalCheckFailedException{Item: marshalEntry(&other)}} {
		_, _, err := New(&counter{err: cause}, "table").Put(t.Context(), e)
		if err == nil || strings.Contains(err.Error(), "secret") || strings.Contains(err.Error(), "customer-77") {
			t.Errorf("got %v", err)
		}
	}
}

func TestReadersPassErrorsOn(t *testing.T) {
	s := New(&counter{err: errThrottled}, "table")
	march, _ := period.Parse("2026-03")
	e := rated(t, false)
	_, get := s.Get(t.Context(), e.ResponseKey, e.EventID)
	_, response := s.Response(t.Context(), e.ResponseKey)
	_, latest := s.LatestReport(t.Context(), march, "")
	_, begin := s.Begin(t.Context(), "x", time.Time{}, time.Minute)
	for name, err := range map[string]error{
		"get": get, "response": response, "latest": latest, "begin": begin,
		"month":   s.Month(t.Context(), march, func(Entry) error { return nil }),
		"finish":  s.Finish(t.Context(), "x", time.Time{}),
		"release": s.Release(t.Context(), "x"),
	} {
		if !errors.Is(err, errThrottled) {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

func TestShardsAreUsedEvenly(t *testing.T) {
	march, _ := period.Parse("2026-03")
	count := make(map[string]int)
	const n = 64_000
	for i := range n {
		k := feedback.NewResponseKey(march, feedback.ResponseID{byte(i), byte(i >> 8), 7})
		count[partition(k)]++
	}
	if len(count) != shards {
		t.Errorf("%d partitions, want %d", len(count), shards)
	}
	for pk, c := range count {
		if !strings.HasPrefix(pk, "2026-03#") || c < n/shards/2 || c > n/shards*2 {
			t.Errorf("partition %s holds %d of %d", pk, c, n)
		}
	}
}

func BenchmarkPutBeforeTheSDK(b *testing.B) {
	s := New(&counter{}, "table")
	e := rated(b, false)
	b.ReportAllocs()
	for b.Loop() {
		if _, _, err := s.Put(b.Context(), e); err != nil {
			b.Fatal(err)
		}
	}
}
