// Package outbox sends message bodies to SQS queues: in batches of ten and at
// most 256 KiB, repeating what SQS refused for the moment. Sending the same
// body twice is harmless everywhere in Resonanz, since consumers recognise what
// they have seen, so a doubtful send is always repeated.
package outbox

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"sync"
	"time"
)

// The limits of one SendMessageBatch call. SQS allows more bytes by now; 256 KiB
// is what every queue, tool and emulator accepts.
const (
	maxEntries = 10
	MaxBytes   = 256 << 10
)

// rounds is how often a message is offered before it is reported as failed.
const rounds = 4

// ErrRefused marks a message that SQS will never take as it is: too large, or
// characters SQS does not carry. Sending it again is pointless.
var ErrRefused = errors.New("message refused by SQS")

// errUnanswered marks a message SQS named neither among the taken nor among
// the failed ones.
var errUnanswered = errors.New("sending message: SQS gave no answer for it")

// API offers up to ten messages to a queue; Queues does.
type API interface {
	SendBatch(ctx context.Context, queueURL string, entries []Entry) (*Answer, error)
}

// Message is one message to send. A Reason, if there is one, travels as the
// message attribute "reason": dead-letter queues say with it why they hold a
// message.
type Message struct {
	Body   string
	Reason string
}

// Sender sends. The zero value is not usable; use New.
type Sender struct {
	api    API
	wait   func(context.Context, time.Duration) (goOn bool)
	beside int // calls at the same time; 0: one
}

// New returns a Sender on api.
func New(api API) *Sender { return &Sender{api: api, wait: wait} }

// WithWait replaces the pause between two rounds, for tests and simulations; w
// reports whether to go on.
func (s *Sender) WithWait(w func(context.Context, time.Duration) bool) *Sender {
	return &Sender{api: s.api, wait: w, beside: s.beside}
}

// Beside has up to n calls be under way at the same time, for whoever has many
// messages and a caller that waits. The API must be safe for concurrent use.
func (s *Sender) Beside(n int) *Sender {
	return &Sender{api: s.api, wait: s.wait, beside: n}
}

// Send offers all messages to the queue and returns one result for each, in
// order: nil when SQS took it, an error wrapping ErrRefused when it never will,
// another error when it could not be sent now. After a call that fails as a whole
// nothing more is offered than what is under way: the rest carries the same error.
func (s *Sender) Send(ctx context.Context, queueURL string, messages []Message) []error {
	results := make([]error, len(messages))
	batches := cut(messages, results)
	for len(batches) > 0 {
		n := min(max(s.beside, 1), len(batches))
		errs := make([]error, n)
		var all sync.WaitGroup
		send := func(i int) { errs[i] = s.sendBatch(ctx, queueURL, messages, batches[i], results) }
		for i := range n - 1 {
			all.Go(func() { send(i) })
		}
		send(n - 1)
		all.Wait()
		batches = batches[n:]
		for _, err := range errs {
			if err == nil {
				continue
			}
			for _, batch := range batches {
				for _, i := range batch {
					results[i] = err
				}
			}
			return results
		}
	}
	return results
}

// cut makes batches of the messages, by their numbers; those that are too large get
// their result at once.
func cut(messages []Message, results []error) (batches [][]int) {
	size := 0
	for i, m := range messages {
		n := m.size()
		if n > MaxBytes {
			results[i] = fmt.Errorf("%w: %d bytes, at most %d", ErrRefused, n, MaxBytes)
			continue
		}
		last := len(batches) - 1
		if last < 0 || len(batches[last]) == maxEntries || size+n > MaxBytes {
			batches, size = append(batches, nil), 0
			last++
		}
		batches[last] = append(batches[last], i)
		size += n
	}
	return batches
}

// sendBatch offers the messages numbered in batch until SQS took or refused
// each, or the rounds are over. Its error is that of a call failed as a whole.
func (s *Sender) sendBatch(ctx context.Context, queueURL string, messages []Message, batch []int, results []error) error {
	for round := 0; ; round++ {
		out, err := s.api.SendBatch(ctx, queueURL, entries(messages, batch))
		if err != nil {
			err = fmt.Errorf("sending %d messages: %w", len(batch), err)
			for _, i := range batch {
				results[i] = err
			}
			return err
		}
		for _, i := range batch {
			results[i] = errUnanswered
		}
		for _, e := range out.Successful {
			if i, ok := position(e.ID, results); ok {
				results[i] = nil
			}
		}
		for _, e := range out.Failed {
			i, ok := position(e.ID, results)
			switch {
			case !ok:
			case e.SenderFault:
				results[i] = fmt.Errorf("%w: %s", ErrRefused, e.Code)
			default:
				results[i] = fmt.Errorf("sending message: SQS answered %s", e.Code)
			}
		}
		var again []int
		for _, i := range batch {
			if results[i] != nil && !errors.Is(results[i], ErrRefused) {
				again = append(again, i)
			}
		}
		if len(again) == 0 || round == rounds-1 || !s.wait(ctx, 50*time.Millisecond<<round) {
			return nil // the results say what is missing
		}
		batch = again
	}
}

// position reads the number an entry was sent under.
func position(id string, results []error) (int, bool) {
	i, err := strconv.Atoi(id)
	return i, err == nil && i >= 0 && i < len(results)
}

func entries(messages []Message, batch []int) []Entry {
	out := make([]Entry, len(batch))
	for n, i := range batch {
		out[n] = Entry{ID: strconv.Itoa(i), Body: messages[i].Body}
		if r := messages[i].Reason; r != "" {
			out[n].Attributes = map[string]string{"reason": r}
		}
	}
	return out
}

// size counts what SQS counts: the body and the names, types and values of
// attributes.
func (m Message) size() int {
	n := len(m.Body)
	if m.Reason != "" {
		n += len("reason") + len("String") + len(m.Reason)
	}
	return n
}

func wait(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-t.C:
		return true
	}
}
