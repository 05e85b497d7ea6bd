package customer

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"
)

// LettersAPI are the calls of SQS by which dead letters are struck.
type LettersAPI interface {
	GetQueueAttributes(context.Context, *sqs.GetQueueAttributesInput, ...func(*sqs.Options)) (*sqs.GetQueueAttributesOutput, error)
	ReceiveMessage(context.Context, *sqs.ReceiveMessageInput, ...func(*sqs.Options)) (*sqs.ReceiveMessageOutput, error)
	DeleteMessage(context.Context, *sqs.DeleteMessageInput, ...func(*sqs.Options)) (*sqs.DeleteMessageOutput, error)
	ChangeMessageVisibility(context.Context, *sqs.ChangeMessageVisibilityInput, ...func(*sqs.Options)) (*sqs.ChangeMessageVisibilityOutput, error)
}

// Office holds the dead-letter queues.
type Office struct {
	api    LettersAPI
	queues []Queue
}

// Queue is one of them. Tells: what lies in it tells of mail or files by the names
// of responses and cases, and is of no use once these are erased. Whatever else
// names a response is still to be counted, and stays unless it holds what the
// customer gave.
type Queue struct {
	URL   string
	Tells bool
}

// NewOffice is the office of these queues.
func NewOffice(api LettersAPI, queues []Queue) *Office { return &Office{api, queues} }

// QueuesOf reads URLs that are separated by spaces; those whose letters tell of
// mail or files are named apart.
func QueuesOf(plain, telling string) []Queue {
	var all []Queue
	for _, url := range strings.Fields(plain) {
		all = append(all, Queue{url, false})
	}
	for _, url := range strings.Fields(telling) {
		all = append(all, Queue{url, true})
	}
	return all
}

const (
	perCall    = 10   // messages that SQS hands out at once
	hidden     = 30   // seconds; letters that stay are shown again at once
	mostRead   = 2000 // of one queue
	idleRounds = 3    // receives in a row that bring nothing new: SQS may hand out one message twice
)

// Strike deletes the letters that hold something of v, queue by queue.
func (o *Office) Strike(ctx context.Context, v *Values) (struck, unread int, err error) {
	for _, q := range o.queues {
		lie, err := o.count(ctx, q)
		if err != nil || lie == 0 {
			if err != nil {
				return struck, unread, err
			}
			continue
		}
		gone, read, err := o.strike(ctx, q, v)
		struck += gone
		if err != nil {
			return struck, unread, err
		}
		unread += max(0, lie-read)
	}
	return struck, unread, nil
}

func (o *Office) count(ctx context.Context, q Queue) (n int, err error) {
	names := []types.QueueAttributeName{
		types.QueueAttributeNameApproximateNumberOfMessages, types.QueueAttributeNameApproximateNumberOfMessagesNotVisible,
	}
	out, err := o.api.GetQueueAttributes(ctx, &sqs.GetQueueAttributesInput{QueueUrl: &q.URL, AttributeNames: names})
	if err != nil {
		return 0, fmt.Errorf("counting dead letters: %w", err)
	}
	for _, name := range names {
		k, _ := strconv.Atoi(out.Attributes[string(name)])
		n += k
	}
	return n, nil
}

// strike reads one queue to its end, or mostRead of it.
func (o *Office) strike(ctx context.Context, q Queue, v *Values) (struck, read int, err error) {
	seen := map[string]bool{}
	var stay []string // receipts
	defer func() {
		for _, receipt := range stay { // what fails shows by itself when its time is over
			_, _ = o.api.ChangeMessageVisibility(context.WithoutCancel(ctx), &sqs.ChangeMessageVisibilityInput{QueueUrl: &q.URL, ReceiptHandle: &receipt})
		}
	}()
	for idle := 0; len(seen) < mostRead && idle < idleRounds; idle++ {
		out, err := o.api.ReceiveMessage(ctx, &sqs.ReceiveMessageInput{
			QueueUrl: &q.URL, MaxNumberOfMessages: perCall, VisibilityTimeout: hidden,
			WaitTimeSeconds: 1, // asks all of SQS's servers; without it, a few
		})
		if err != nil {
			return struck, len(seen), fmt.Errorf("reading dead letters: %w", err)
		}
		if len(out.Messages) == 0 {
			break
		}
		for i := range out.Messages {
			m := &out.Messages[i]
			if id := aws.ToString(m.MessageId); !seen[id] {
				seen[id], idle = true, -1
			}
			if !v.In(aws.ToString(m.Body), q.Tells) {
				stay = append(stay, aws.ToString(m.ReceiptHandle))
				continue
			}
			if _, err := o.api.DeleteMessage(ctx, &sqs.DeleteMessageInput{QueueUrl: &q.URL, ReceiptHandle: m.ReceiptHandle}); err != nil {
				return struck, len(seen), fmt.Errorf("deleting a dead letter: %w", err)
			}
			struck++
		}
	}
	return struck, len(seen), nil
}
