package main

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"

	"resonanz/events"
	"resonanz/shared/outbox"
)

const (
	// batch is how many messages to one queue are collected before they are sent.
	batch = 100
	// lanes is how many batches are on their way at once, while the index is read
	// on.
	lanes = 4
)

// outgoing collects messages to queues and sends them in batches, several at a
// time.
type outgoing struct {
	queue   queue
	pending map[string]*parcel // by queue
	lanes   chan struct{}
	sending sync.WaitGroup

	mu    sync.Mutex
	tally tally
}

// parcel is a batch of messages to one queue.
type parcel struct {
	messages []outbox.Message
	types    []events.Type
}

// tally is what became of the messages.
type tally struct {
	sent    map[events.Type]int64
	failed  int64
	failure error // the last
}

func newOutgoing(q queue) *outgoing {
	return &outgoing{queue: q, pending: make(map[string]*parcel), lanes: make(chan struct{}, lanes), tally: tally{sent: make(map[events.Type]int64)}}
}

// add puts a message to a queue into the next batch.
func (o *outgoing) add(ctx context.Context, url string, m events.Message) error {
	body, err := json.Marshal(m)
	if err != nil {
		return fmt.Errorf("wording a message of type %s: %w", m.Type, err)
	}
	p := o.pending[url]
	if p == nil {
		p = new(parcel)
		o.pending[url] = p
	}
	p.messages, p.types = append(p.messages, outbox.Message{Body: string(body)}), append(p.types, m.Type)
	if len(p.messages) == batch {
		o.send(ctx, url)
	}
	return nil
}

// send puts the batch to a queue on its way.
func (o *outgoing) send(ctx context.Context, url string) {
	p := o.pending[url]
	delete(o.pending, url)
	o.lanes <- struct{}{}
	o.sending.Go(func() {
		defer func() { <-o.lanes }()
		results := o.queue.Send(ctx, url, p.messages)
		o.mu.Lock()
		defer o.mu.Unlock()
		for i, err := range results {
			if err != nil {
				o.tally.failed++
				o.tally.failure = err
				continue
			}
			o.tally.sent[p.types[i]]++
		}
	})
}

// flush sends what is left and waits until everything was answered.
func (o *outgoing) flush(ctx context.Context) {
	for url := range o.pending {
		o.send(ctx, url)
	}
	o.sending.Wait()
}

// failed reports whether a message that was answered was not taken.
func (o *outgoing) failed() bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.tally.failed > 0
}
