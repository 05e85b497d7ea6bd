package main

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"

	"resonanz/shared/outbox"
)

// queues is the part of SQS that is used.
type queues interface {
	GetQueueAttributes(context.Context, *sqs.GetQueueAttributesInput, ...func(*sqs.Options)) (*sqs.GetQueueAttributesOutput, error)
	ReceiveMessage(context.Context, *sqs.ReceiveMessageInput, ...func(*sqs.Options)) (*sqs.ReceiveMessageOutput, error)
	DeleteMessageBatch(context.Context, *sqs.DeleteMessageBatchInput, ...func(*sqs.Options)) (*sqs.DeleteMessageBatchOutput, error)
	ChangeMessageVisibilityBatch(context.Context, *sqs.ChangeMessageVisibilityBatchInput, ...func(*sqs.Options)) (*sqs.ChangeMessageVisibilityBatchOutput, error)
}

// office is where dead letters are looked at and dealt with.
type office struct {
	sqs    queues
	send   outbox.API
	queues []queue
	stream *republisher
	now    func() time.Time
	// wait is the pause before a refused send is repeated; nil: the usual one.
	wait func(context.Context, time.Duration) bool
}

const (
	// perCall is the most that SQS hands out, takes or deletes at once.
	perCall = 10
	// idleRounds is how many receives in a row may bring nothing new before a
	// queue counts as seen: SQS may hand out one message twice.
	idleRounds = 3
)

// For how long a letter is hidden from others at most: a look ends at once;
// sending it back must end before someone else can do the same.
const (
	look = 2 * time.Second
	work = 2 * time.Minute
)

// count is how many letters lie in a queue, those hidden for the moment
// included. SQS counts approximately.
func (o *office) count(ctx context.Context, q queue) (int, error) {
	names := []types.QueueAttributeName{
		types.QueueAttributeNameApproximateNumberOfMessages,
		types.QueueAttributeNameApproximateNumberOfMessagesNotVisible,
		types.QueueAttributeNameApproximateNumberOfMessagesDelayed,
	}
	answer, err := o.sqs.GetQueueAttributes(ctx, &sqs.GetQueueAttributesInput{QueueUrl: &q.dead, AttributeNames: names})
	if err != nil {
		return 0, fmt.Errorf("counting the dead letters of %s: %w", q.name, err)
	}
	n := 0
	for _, name := range names {
		k, _ := strconv.Atoi(answer.Attributes[string(name)])
		n += k
	}
	return n, nil
}

// receive takes up to n letters, at most ten, and hides them for a while. None
// means that the queue is empty.
func (o *office) receive(ctx context.Context, q queue, n int, hidden time.Duration) ([]letter, error) {
	answer, err := o.sqs.ReceiveMessage(ctx, &sqs.ReceiveMessageInput{
		QueueUrl:              &q.dead,
		MaxNumberOfMessages:   int32(n),                    //nolint:gosec // at most ten
		VisibilityTimeout:     int32(hidden / time.Second), //nolint:gosec // minutes
		WaitTimeSeconds:       1,                           // asks all of SQS's servers; without it, a few
		MessageAttributeNames: []string{"All"},
		MessageSystemAttributeNames: []types.MessageSystemAttributeName{
			types.MessageSystemAttributeNameApproximateReceiveCount, types.MessageSystemAttributeNameSentTimestamp,
		},
	})
	if err != nil {
		return nil, fmt.Errorf("reading the dead letters of %s: %w", q.name, err)
	}
	letters := make([]letter, len(answer.Messages))
	for i := range answer.Messages {
		letters[i] = letterOf(q.name, &answer.Messages[i])
	}
	return letters, nil
}

// each hands the letters of a queue to deal in batches of at most ten, every
// letter once, until the queue is seen, most letters were handed out, or deal
// has enough. It returns how many were handed out.
func (o *office) each(ctx context.Context, q queue, most int, hidden time.Duration, deal func([]letter) (enough bool, err error)) (int, error) {
	seen := map[string]bool{}
	for idle := 0; len(seen) < most && idle < idleRounds; {
		got, err := o.receive(ctx, q, min(perCall, most-len(seen)), hidden)
		if err != nil {
			return len(seen), err
		}
		if len(got) == 0 {
			break
		}
		var fresh []letter
		for _, l := range got {
			if !seen[l.id] {
				seen[l.id] = true
				fresh = append(fresh, l)
			}
		}
		idle++
		if len(fresh) == 0 {
			continue
		}
		idle = 0
		if enough, err := deal(fresh); enough || err != nil {
			return len(seen), err
		}
	}
	return len(seen), nil
}

// remove deletes letters and returns an error for each that is still there.
func (o *office) remove(ctx context.Context, q queue, letters []letter) []error {
	results := make([]error, len(letters))
	for start := 0; start < len(letters); start += perCall {
		part := letters[start:min(start+perCall, len(letters))]
		entries := make([]types.DeleteMessageBatchRequestEntry, len(part))
		for i := range part {
			entries[i] = types.DeleteMessageBatchRequestEntry{Id: aws.String(strconv.Itoa(i)), ReceiptHandle: &part[i].receipt}
		}
		answer, err := o.sqs.DeleteMessageBatch(ctx, &sqs.DeleteMessageBatchInput{QueueUrl: &q.dead, Entries: entries})
		for i := range part {
			results[start+i] = err
		}
		if err != nil {
			continue
		}
		for _, f := range answer.Failed {
			if i, err := strconv.Atoi(aws.ToString(f.Id)); err == nil && i >= 0 && i < len(part) {
				results[start+i] = fmt.Errorf("SQS answered %s", aws.ToString(f.Code))
			}
		}
	}
	return results
}

// release shows letters again that were hidden and are not gone. Where
// it fails, they show by themselves when their time is over.
func (o *office) release(ctx context.Context, q queue, letters []letter) {
	for start := 0; start < len(letters); start += perCall {
		part := letters[start:min(start+perCall, len(letters))]
		entries := make([]types.ChangeMessageVisibilityBatchRequestEntry, len(part))
		for i := range part {
			entries[i] = types.ChangeMessageVisibilityBatchRequestEntry{Id: aws.String(strconv.Itoa(i)), ReceiptHandle: &part[i].receipt}
		}
		_, _ = o.sqs.ChangeMessageVisibilityBatch(ctx, &sqs.ChangeMessageVisibilityBatchInput{QueueUrl: &q.dead, Entries: entries})
	}
}
