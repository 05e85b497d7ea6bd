package cloud

import (
	"context"
	"crypto/md5" //nolint:gosec // what SQS answers with, and the SDK compares
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"maps"
	"slices"
	"sync"
	"time"
)

// Message is one in a queue.
type Message struct {
	ID       string
	Body     string
	Sent     time.Time
	Received int // how often it was handed out
}

// queue keeps messages until somebody takes them. Order is that of arrival, which
// SQS does not promise and nobody may rely on.
type queue struct {
	waiting  []Message
	arriving chan struct{} // has one while there may be something to take
}

// queues are those that anybody named, by URL.
type queues struct {
	mu  sync.Mutex
	all map[string]*queue
}

func (q *queues) of(url string) *queue {
	if q.all == nil {
		q.all = make(map[string]*queue)
	}
	if q.all[url] == nil {
		q.all[url] = &queue{arriving: make(chan struct{}, 1)}
	}
	return q.all[url]
}

func (q *queues) put(url string, m ...Message) {
	q.mu.Lock()
	defer q.mu.Unlock()
	one := q.of(url)
	one.waiting = append(one.waiting, m...)
	select {
	case one.arriving <- struct{}{}:
	default: // it is told already
	}
}

// accepted is what SQS answers to a message.
type accepted struct {
	ID               string `json:"Id,omitempty"`
	MessageID        string `json:"MessageId"`
	MD5OfMessageBody string
}

func (q *queues) take(url, id, body string) accepted {
	m := Message{ID: rand.Text(), Body: body, Sent: time.Now()}
	q.put(url, m)
	sum := md5.Sum([]byte(body)) //nolint:gosec // as above
	return accepted{id, m.ID, hex.EncodeToString(sum[:])}
}

func (q *queues) send(body []byte) (any, error) {
	var in struct{ QueueURL, MessageBody string }
	if err := json.Unmarshal(body, &in); err != nil {
		return nil, err
	}
	return q.take(in.QueueURL, "", in.MessageBody), nil
}

func (q *queues) sendBatch(body []byte) (any, error) {
	var in struct {
		QueueURL string
		Entries  []struct{ ID, MessageBody string }
	}
	if err := json.Unmarshal(body, &in); err != nil {
		return nil, err
	}
	out := struct {
		Successful []accepted
		Failed     []struct{}
	}{Failed: []struct{}{}}
	for _, e := range in.Entries {
		out.Successful = append(out.Successful, q.take(in.QueueURL, e.ID, e.MessageBody))
	}
	return out, nil
}

// Put puts messages into a queue, as back into it after a failure.
func (c *Cloud) Put(url string, m ...Message) { c.queues.put(url, m...) }

// Waiting is how many messages each queue holds, by URL.
func (c *Cloud) Waiting() map[string]int {
	c.queues.mu.Lock()
	defer c.queues.mu.Unlock()
	n := make(map[string]int)
	for _, url := range slices.Sorted(maps.Keys(c.queues.all)) {
		n[url] = len(c.queues.all[url].waiting)
	}
	return n
}

// Receive waits for a message in a queue, then up to window for more, and takes at
// most limit of them, as a mapping of Lambda does. It returns none at the end of ctx.
func (c *Cloud) Receive(ctx context.Context, url string, limit int, window time.Duration) []Message {
	c.queues.mu.Lock()
	q := c.queues.of(url)
	c.queues.mu.Unlock()
	full := func() bool {
		c.queues.mu.Lock()
		defer c.queues.mu.Unlock()
		return len(q.waiting) >= limit
	}
	var end <-chan time.Time
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-end:
			return c.queues.cut(q, limit)
		case <-q.arriving:
		}
		if full() || window == 0 {
			if got := c.queues.cut(q, limit); len(got) > 0 {
				return got
			}
			continue
		}
		if end == nil {
			timer := time.NewTimer(window)
			defer timer.Stop()
			end = timer.C
		}
	}
}

func (q *queues) cut(one *queue, limit int) []Message {
	q.mu.Lock()
	defer q.mu.Unlock()
	n := min(limit, len(one.waiting))
	got := slices.Clone(one.waiting[:n])
	one.waiting = slices.Delete(one.waiting, 0, n)
	for i := range got {
		got[i].Received++
	}
	if len(one.waiting) > 0 {
		select {
		case one.arriving <- struct{}{}:
		default:
		}
	}
	return got
}
