package customer

import (
	"context"
	"errors"
	"strconv"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"
	"github.com/google/go-cmp/cmp"

	"resonanz/shared/store"
)

// post is SQS: queues of bodies, of which some are hidden.
type post struct {
	queues  map[string][]string // by URL
	taken   map[string]bool     // receipts that are out
	hidden  map[string]int      // letters that somebody else reads
	shown   int                 // letters that were let go of
	receive error
}

func receipt(url, body string) string { return url + "|" + body }

func (p *post) GetQueueAttributes(_ context.Context, in *sqs.GetQueueAttributesInput, _ ...func(*sqs.Options)) (*sqs.GetQueueAttributesOutput, error) {
	return &sqs.GetQueueAttributesOutput{Attributes: map[string]string{
		"ApproximateNumberOfMessages":           strconv.Itoa(len(p.queues[*in.QueueUrl])),
		"ApproximateNumberOfMessagesNotVisible": strconv.Itoa(p.hidden[*in.QueueUrl]),
	}}, nil
}

func (p *post) ReceiveMessage(_ context.Context, in *sqs.ReceiveMessageInput, _ ...func(*sqs.Options)) (*sqs.ReceiveMessageOutput, error) {
	if p.receive != nil {
		return nil, p.receive
	}
	out := new(sqs.ReceiveMessageOutput)
	for _, body := range p.queues[*in.QueueUrl] {
		r := receipt(*in.QueueUrl, body)
		if p.taken[r] || len(out.Messages) == int(in.MaxNumberOfMessages) {
			continue
		}
		p.taken[r] = true
		out.Messages = append(out.Messages, types.Message{MessageId: aws.String(r), ReceiptHandle: aws.String(r), Body: aws.String(body)})
	}
	return out, nil
}

func (p *post) DeleteMessage(_ context.Context, in *sqs.DeleteMessageInput, _ ...func(*sqs.Options)) (*sqs.DeleteMessageOutput, error) {
	var left []string
	for _, body := range p.queues[*in.QueueUrl] {
		if receipt(*in.QueueUrl, body) != *in.ReceiptHandle {
			left = append(left, body)
		}
	}
	p.queues[*in.QueueUrl] = left
	return new(sqs.DeleteMessageOutput), nil
}

func (p *post) ChangeMessageVisibility(_ context.Context, in *sqs.ChangeMessageVisibilityInput, _ ...func(*sqs.Options)) (*sqs.ChangeMessageVisibilityOutput, error) {
	p.taken[*in.ReceiptHandle] = false
	p.shown++
	return new(sqs.ChangeMessageVisibilityOutput), nil
}

func ofCustomer() *Values {
	return valuesOf("K-1", []*file{{key: "2026-03-abcdefghijklmn27", entries: []store.Entry{{Personal: []byte(`{"email":"kundin@example.com"}`)}}}})
}

func TestLettersOfACustomerAreStruckAndOthersShownAgain(t *testing.T) {
	const stored, mailed = "stored", "mailed"
	p := &post{taken: map[string]bool{}, queues: map[string][]string{
		stored: {`{"response_key":"2026-03-abcdefghijklmn27"}`, `{"broken":"kundin@example.com"}`},
		mailed: {`{"tags":{"response":["2026-03-abcdefghijklmn27"]}}`, `{"to":["kundin@example.com"]}`},
	}}
	for i := range 25 { // more than one call hands out
		p.queues[mailed] = append(p.queues[mailed], `{"to":["anderer`+strconv.Itoa(i)+`@example.com"]}`)
	}
	struck, unread, err := NewOffice(p, QueuesOf(stored, " "+mailed)).Strike(t.Context(), ofCustomer())
	if err != nil || struck != 3 || unread != 0 {
		t.Errorf("%d struck, %d unread, %v", struck, unread, err)
	}
	want := map[string]int{stored: 1, mailed: 25} // what is still to be counted names the response
	if got := map[string]int{stored: len(p.queues[stored]), mailed: len(p.queues[mailed])}; !cmp.Equal(want, got) || p.shown != 26 {
		t.Errorf("left %v, want %v; %d shown again", got, want, p.shown)
	}
}

func TestLettersThatSomebodyElseReadsAreCounted(t *testing.T) {
	p := &post{taken: map[string]bool{}, queues: map[string][]string{"q": {"a"}}, hidden: map[string]int{"q": 4}}
	if _, unread, err := NewOffice(p, []Queue{{URL: "q"}}).Strike(t.Context(), ofCustomer()); err != nil || unread != 4 {
		t.Errorf("%d unread, %v", unread, err)
	}
	p.receive = errors.New("throttled")
	if _, _, err := NewOffice(p, []Queue{{URL: "q"}}).Strike(t.Context(), ofCustomer()); !errors.Is(err, p.receive) {
		t.Error(err)
	}
	delete(p.queues, "q")
	delete(p.hidden, "q")
	if _, _, err := NewOffice(p, []Queue{{URL: "q"}}).Strike(t.Context(), ofCustomer()); err != nil {
		t.Errorf("an empty queue is read: %v", err)
	}
}
