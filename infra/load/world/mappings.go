package world

import (
	"context"
	"encoding/json"
	"hash/maphash"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"resonanz/infra/load/cloud"
	"resonanz/shared/store"
)

// The consumers, as infra/mappings.go has them with the windows of a local stack; a
// test compares. Concurrency 0: as many as the functions have processes.
var consumers = []struct {
	function, queue    string
	batch, concurrency int
	window             time.Duration
}{
	{"escalation", "escalation", 50, 0, time.Second},
	{"notify", "notify", 5, 5, 0},
	{"courier", "mail", 5, 5, 0},
	{"facts", "reporting", 5000, 2, time.Second},
}

const (
	streamShards = 4 // of a table on demand that is new
	streamBatch  = 100
	streamWindow = time.Second
	tries        = 6               // maxReceiveCount of the queues
	streamTries  = 30              // RetryAttempts of the stream's mapping
	visibility   = 2 * time.Second // until a message that failed is there again: sooner than in the cloud
)

// mappings hand out what is in the stream and in the queues, as Lambda does.
type mappings struct {
	all    sync.WaitGroup
	busy   atomic.Int64 // records and messages that a function has in hand
	seed   maphash.Seed
	shards [streamShards]*shard
}

// shard is a part of the stream, in order.
type shard struct {
	mu       sync.Mutex
	pending  []cloud.Change
	arriving chan struct{}
}

func newMappings() *mappings {
	m := &mappings{seed: maphash.MakeSeed()}
	for i := range m.shards {
		m.shards[i] = &shard{arriving: make(chan struct{}, 1)}
	}
	return m
}

// changed takes what the table did. Changes of items are not delivered, only new ones.
func (m *mappings) changed(c cloud.Change) {
	if !c.Insert {
		return
	}
	s := m.shards[maphash.Bytes(m.seed, c.Key[store.AttrPK])%streamShards]
	s.mu.Lock()
	defer s.mu.Unlock()
	m.busy.Add(1)
	s.pending = append(s.pending, c)
	select {
	case s.arriving <- struct{}{}:
	default: // it is told already
	}
}

func (m *mappings) underWay() int { return int(m.busy.Load()) }

func (m *mappings) start(ctx context.Context, a *Alone) {
	for _, s := range m.shards {
		m.all.Go(func() { m.stream(ctx, a, s) })
	}
	for _, c := range consumers {
		n := c.concurrency
		if n == 0 {
			n = 10 // no more than a mapping of a new function begins with
		}
		for range n {
			m.all.Go(func() {
				for {
					batch := a.Cloud.Receive(ctx, queueURL(c.queue), c.batch, c.window)
					if batch == nil {
						return
					}
					m.busy.Add(int64(len(batch)))
					m.deliver(ctx, a, c.function, c.queue, batch)
					m.busy.Add(-int64(len(batch)))
				}
			})
		}
	}
}

// stream hands the records of a shard out in order, a batch at a time.
func (m *mappings) stream(ctx context.Context, a *Alone, s *shard) {
	next := 0 // sequence number of the first pending record
	failed := 0
	for {
		select {
		case <-ctx.Done():
			return
		case <-s.arriving:
		}
		if !s.full() && !pause(ctx, streamWindow) {
			return
		}
		batch := s.first(streamBatch)
		if len(batch) == 0 {
			continue
		}
		done := m.publish(ctx, a, batch, next)
		if done == 0 {
			if failed++; failed >= streamTries {
				done = 1 // put aside, as poison
				a.Cloud.Put(deadOf("stream"), cloud.Message{Body: "a record that fanout gives up"})
			} else if !pause(ctx, 200*time.Millisecond) {
				return
			}
		}
		if done > 0 {
			failed = 0
		}
		next += done
		s.drop(done)
		m.busy.Add(-int64(done))
	}
}

func pause(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

func (s *shard) full() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.pending) >= streamBatch
}

func (s *shard) first(n int) []cloud.Change {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.pending[:min(n, len(s.pending)):min(n, len(s.pending))]
}

// drop takes n records away, and says so while there are more.
func (s *shard) drop(n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.pending = s.pending[n:]
	if len(s.pending) == 0 {
		s.pending = nil // or what was handed out stays in memory
		return
	}
	select {
	case s.arriving <- struct{}{}:
	default:
	}
}

// publish returns how many records fanout has done with.
func (m *mappings) publish(ctx context.Context, a *Alone, batch []cloud.Change, first int) int {
	payload, err := json.Marshal(cloud.StreamEvent(batch, first))
	if err != nil {
		return 0
	}
	response, _, err := a.Fleet.Invoke(ctx, "fanout", payload)
	if err != nil {
		return 0 // the fleet counts it; the batch comes again
	}
	var out events.DynamoDBEventResponse
	if json.Unmarshal(response, &out) != nil {
		return 0
	}
	done := len(batch)
	for _, f := range out.BatchItemFailures {
		if n, err := strconv.Atoi(f.ItemIdentifier); err == nil {
			done = min(done, n-first)
		}
	}
	return max(0, done)
}

// deliver hands messages out; those that fail come again, or are given up.
func (m *mappings) deliver(ctx context.Context, a *Alone, function, queue string, batch []cloud.Message) {
	var e events.SQSEvent
	for i := range batch {
		e.Records = append(e.Records, events.SQSMessage{
			MessageId: batch[i].ID, ReceiptHandle: batch[i].ID, Body: batch[i].Body, EventSource: "aws:sqs",
			EventSourceARN: "arn:aws:sqs:eu-central-1:000000000000:" + queue, AWSRegion: "eu-central-1",
			Attributes: map[string]string{"ApproximateReceiveCount": strconv.Itoa(batch[i].Received), "SentTimestamp": strconv.FormatInt(batch[i].Sent.UnixMilli(), 10)},
		})
	}
	payload, err := json.Marshal(e)
	if err != nil {
		return
	}
	response, _, err := a.Fleet.Invoke(ctx, function, payload)
	var out events.SQSEventResponse
	again := make(map[string]bool)
	if err != nil || json.Unmarshal(response, &out) != nil {
		for i := range batch {
			again[batch[i].ID] = true
		}
	}
	for _, f := range out.BatchItemFailures {
		again[f.ItemIdentifier] = true
	}
	if len(again) == 0 || !pause(ctx, visibility) {
		return
	}
	for i := range batch {
		switch {
		case !again[batch[i].ID]:
		case batch[i].Received >= tries:
			a.Cloud.Put(deadOf(function), batch[i])
		default:
			a.Cloud.Put(queueURL(queue), batch[i])
		}
	}
}
