package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"

	"resonanz/shared/outbox"
	"resonanz/shared/store"
)

// held is a message in the fake.
type held struct {
	id, body   string
	attributes map[string]string
	received   int
	hidden     bool
}

// broker is SQS as far as dead letters go. What is received is hidden until it
// is released; twice hands each message out two times before that.
type broker struct {
	mu     sync.Mutex // a list looks into all queues at once
	queues map[string][]*held
	n      int
	twice  bool
	shown  bool    // nothing is ever hidden
	asked  []int32 // visibility of each receive, in seconds
	// refuse says whether an entry of a batch fails; nil: none does.
	refuse func(call, queue, body string) bool
	// consume sees every sent message; nil: it stays in its queue.
	consume func(queue string, m *held)
}

func newBroker() *broker { return &broker{queues: map[string][]*held{}} }

// put adds messages as a function or a queue puts them aside.
func (b *broker) put(queue string, bodies ...string) {
	for _, body := range bodies {
		b.n++
		m := &held{id: fmt.Sprintf("id-%d", b.n), body: body, attributes: map[string]string{"reason": "because", "source": "was-" + strconv.Itoa(b.n)}}
		b.queues[queue] = append(b.queues[queue], m)
	}
}

func (b *broker) bodies(queue string) []string {
	all := []string{}
	for _, m := range b.queues[queue] {
		all = append(all, m.body)
	}
	return all
}

func (b *broker) hidden(queue string) int {
	n := 0
	for _, m := range b.queues[queue] {
		if m.hidden {
			n++
		}
	}
	return n
}

func (b *broker) fails(call, queue, body string) bool {
	return b.refuse != nil && b.refuse(call, queue, body)
}

func (b *broker) GetQueueAttributes(_ context.Context, in *sqs.GetQueueAttributesInput, _ ...func(*sqs.Options)) (*sqs.GetQueueAttributesOutput, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	hidden := b.hidden(*in.QueueUrl)
	return &sqs.GetQueueAttributesOutput{Attributes: map[string]string{
		"ApproximateNumberOfMessages":           strconv.Itoa(len(b.queues[*in.QueueUrl]) - hidden),
		"ApproximateNumberOfMessagesNotVisible": strconv.Itoa(hidden),
	}}, nil
}

func (b *broker) ReceiveMessage(_ context.Context, in *sqs.ReceiveMessageInput, _ ...func(*sqs.Options)) (*sqs.ReceiveMessageOutput, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if n := in.MaxNumberOfMessages; n < 1 || n > 10 {
		return nil, errors.New("ReadCountOutOfRange")
	}
	b.asked = append(b.asked, in.VisibilityTimeout)
	out := new(sqs.ReceiveMessageOutput)
	for _, m := range b.queues[*in.QueueUrl] {
		if m.hidden || len(out.Messages) == int(in.MaxNumberOfMessages) {
			continue
		}
		m.received++
		m.hidden = !b.shown && (!b.twice || m.received%2 == 0)
		got := types.Message{MessageId: aws.String(m.id), ReceiptHandle: aws.String(m.id), Body: aws.String(m.body),
			Attributes:        map[string]string{"ApproximateReceiveCount": strconv.Itoa(m.received), "SentTimestamp": strconv.FormatInt(sentAt.UnixMilli(), 10)},
			MessageAttributes: map[string]types.MessageAttributeValue{}}
		for name, v := range m.attributes {
			got.MessageAttributes[name] = types.MessageAttributeValue{DataType: aws.String("String"), StringValue: aws.String(v)}
		}
		out.Messages = append(out.Messages, got)
	}
	return out, nil
}

func (b *broker) SendBatch(_ context.Context, queueURL string, entries []outbox.Entry) (*outbox.Answer, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(entries) < 1 || len(entries) > 10 {
		return nil, errors.New("TooManyEntriesInBatchRequest")
	}
	out := new(outbox.Answer)
	for _, e := range entries {
		if b.fails("send", queueURL, e.Body) {
			out.Failed = append(out.Failed, outbox.Failed{ID: e.ID, Code: "InternalError"})
			continue
		}
		b.n++
		m := &held{id: fmt.Sprintf("id-%d", b.n), body: e.Body, attributes: map[string]string{}}
		for name, v := range e.Attributes {
			m.attributes[name] = v
		}
		out.Successful = append(out.Successful, outbox.Taken{ID: e.ID, MessageID: m.id})
		if b.consume != nil {
			b.consume(queueURL, m)
			continue
		}
		b.queues[queueURL] = append(b.queues[queueURL], m)
	}
	return out, nil
}

func (b *broker) DeleteMessageBatch(_ context.Context, in *sqs.DeleteMessageBatchInput, _ ...func(*sqs.Options)) (*sqs.DeleteMessageBatchOutput, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(in.Entries) < 1 || len(in.Entries) > 10 {
		return nil, errors.New("TooManyEntriesInBatchRequest")
	}
	out := new(sqs.DeleteMessageBatchOutput)
	for _, e := range in.Entries {
		for i, m := range b.queues[*in.QueueUrl] {
			if m.id != *e.ReceiptHandle {
				continue
			}
			if b.fails("delete", *in.QueueUrl, m.body) {
				out.Failed = append(out.Failed, types.BatchResultErrorEntry{Id: e.Id, Code: aws.String("InternalError")})
				break
			}
			b.queues[*in.QueueUrl] = append(b.queues[*in.QueueUrl][:i:i], b.queues[*in.QueueUrl][i+1:]...)
			break
		}
	}
	return out, nil
}

func (b *broker) ChangeMessageVisibilityBatch(_ context.Context, in *sqs.ChangeMessageVisibilityBatchInput, _ ...func(*sqs.Options)) (*sqs.ChangeMessageVisibilityBatchOutput, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(in.Entries) < 1 || len(in.Entries) > 10 {
		return nil, errors.New("TooManyEntriesInBatchRequest")
	}
	for _, e := range in.Entries {
		for _, m := range b.queues[*in.QueueUrl] {
			if m.id == *e.ReceiptHandle {
				m.hidden = e.VisibilityTimeout != 0
			}
		}
	}
	return new(sqs.ChangeMessageVisibilityBatchOutput), nil
}

// sentAt is when every message in the fake was sent, three hours before now.
var sentAt = time.Date(2026, time.March, 15, 9, 0, 0, 0, time.UTC)

// officeOn is an office over the fake; a dead-letter queue bears the name of its
// queue and "-dead".
func officeOn(b *broker) *office {
	o := &office{
		sqs: b, send: b, now: func() time.Time { return sentAt.Add(3 * time.Hour) },
		wait: func(context.Context, time.Duration) bool { return true },
		stream: &republisher{routes: []route{
			{store.ToEscalation, "escalation"}, {store.ToReporting, "reporting"}, {store.ToNotify, "notify"}, {store.ToMail, "mail"},
		}},
	}
	for _, q := range outputs {
		source := q.name
		if q.source == "" {
			source = ""
		}
		o.queues = append(o.queues, queue{q.name, q.name + "-dead", source})
	}
	return o
}

// do carries out a command line and returns what it printed.
func do(t interface {
	Helper()
	Context() context.Context
}, o *office, args string) (string, error) {
	t.Helper()
	ord, err := read(strings.Fields(args))
	if err != nil {
		return "", err
	}
	var out strings.Builder
	err = o.carryOut(t.Context(), ord, io.Writer(&out))
	return out.String(), err
}
