package outbox

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"

	"resonanz/shared/wire"
)

// Queues is SQS, of which two calls are used.
type Queues struct{ client *wire.Client }

// NewQueues makes Queues by what cfg says.
func NewQueues(cfg aws.Config) *Queues { return &Queues{wire.New(cfg, wire.SQS)} }

// Entry is one message of a batch, under an id that tells it from the others.
type Entry struct {
	ID         string
	Body       string
	Attributes map[string]string
}

// Answer is what SQS says of a batch: it names each entry once.
type Answer struct {
	Successful []Taken
	Failed     []Failed
}

// Taken is an entry that is in the queue now.
type Taken struct {
	ID        string `json:"Id"`
	MessageID string `json:"MessageId"`
}

// Failed is an entry that is not. Where it is the sender's fault it never will be.
type Failed struct {
	ID          string `json:"Id"`
	Code        string
	SenderFault bool
}

// The calls as SQS documents them.
type (
	attribute struct{ DataType, StringValue string }
	message   struct {
		MessageBody       string
		MessageAttributes map[string]attribute `json:",omitempty"`
	}
	batchEntry struct {
		ID string `json:"Id"`
		message
	}
	batchCall struct {
		QueueURL string `json:"QueueUrl"`
		Entries  []batchEntry
	}
	sendCall struct {
		QueueURL string `json:"QueueUrl"`
		message
	}
)

func newMessage(body string, attributes map[string]string) message {
	m := message{MessageBody: body}
	for name, v := range attributes {
		if m.MessageAttributes == nil {
			m.MessageAttributes = make(map[string]attribute, len(attributes))
		}
		m.MessageAttributes[name] = attribute{"String", v}
	}
	return m
}

// SendBatch implements API.
func (q *Queues) SendBatch(ctx context.Context, queueURL string, entries []Entry) (*Answer, error) {
	in := batchCall{QueueURL: queueURL, Entries: make([]batchEntry, len(entries))}
	for i, e := range entries {
		in.Entries[i] = batchEntry{e.ID, newMessage(e.Body, e.Attributes)}
	}
	var out Answer
	return &out, q.call(ctx, "SendMessageBatch", in, &out)
}

// Send sends one message.
func (q *Queues) Send(ctx context.Context, queueURL, body string, attributes map[string]string) error {
	return q.call(ctx, "SendMessage", sendCall{queueURL, newMessage(body, attributes)}, new(struct{}))
}

func (q *Queues) call(ctx context.Context, action string, in, out any) error {
	ask, err := json.Marshal(in)
	if err != nil {
		return fmt.Errorf("writing %s: %w", action, err)
	}
	answer, err := q.client.Call(ctx, action, ask)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(answer, out); err != nil {
		return fmt.Errorf("reading the answer of %s: %w", action, err)
	}
	return nil
}
