package outbox

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"
	"github.com/google/go-cmp/cmp"

	"resonanz/shared/wire"
)

// broker is SQS behind its protocol: it keeps what it is asked and always says the
// same.
type broker struct {
	status       int
	answer       string
	action, body string
}

func (b *broker) Do(r *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(r.Body)
	b.action, b.body = r.Header.Get("X-Amz-Target"), string(body)
	return &http.Response{StatusCode: b.status, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(b.answer))}, err
}

func (b *broker) config() aws.Config {
	return aws.Config{Region: "eu-central-1", HTTPClient: b, Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
		return aws.Credentials{AccessKeyID: "a", SecretAccessKey: "b"}, nil
	})}
}

// asked is a call without the order of its members.
func (b *broker) asked(t *testing.T) map[string]any {
	t.Helper()
	in := map[string]any{}
	if err := json.Unmarshal([]byte(b.body), &in); err != nil {
		t.Fatal(err)
	}
	in["action"] = b.action
	return in
}

const words = "<\"ä\" & \u2028 \xff\n>"

// SQS is asked for what the SDK would ask it for.
func TestQueuesAreAskedAsTheSDKAsks(t *testing.T) {
	b := &broker{status: 200, answer: `{}`}
	client := sqs.NewFromConfig(b.config(), func(o *sqs.Options) { o.DisableMessageChecksumValidation = true })
	reason := map[string]types.MessageAttributeValue{"reason": {DataType: aws.String("String"), StringValue: aws.String(words)}}
	if _, err := client.SendMessageBatch(t.Context(), &sqs.SendMessageBatchInput{QueueUrl: aws.String("q"), Entries: []types.SendMessageBatchRequestEntry{
		{Id: aws.String("0"), MessageBody: aws.String(words), MessageAttributes: reason}, {Id: aws.String("1"), MessageBody: aws.String("b")},
	}}); err != nil {
		t.Fatal(err)
	}
	want := b.asked(t)
	q := NewQueues(b.config())
	if _, err := q.SendBatch(t.Context(), "q", []Entry{{"0", words, map[string]string{"reason": words}}, {"1", "b", nil}}); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, b.asked(t)); diff != "" {
		t.Error(diff)
	}
	if _, err := client.SendMessage(t.Context(), &sqs.SendMessageInput{QueueUrl: aws.String("q"), MessageBody: aws.String(words), MessageAttributes: reason}); err != nil {
		t.Fatal(err)
	}
	want = b.asked(t)
	if err := q.Send(t.Context(), "q", words, map[string]string{"reason": words}); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, b.asked(t)); diff != "" {
		t.Error(diff)
	}
}

func TestQueuesTellWhatBecameOfEachEntry(t *testing.T) {
	b := &broker{status: 200, answer: `{"Successful":[{"Id":"1","MessageId":"m","MD5OfMessageBody":"x"}],"Failed":[{"Id":"0","Code":"InvalidMessageContents","SenderFault":true,"Message":"no"}]}`}
	got, err := NewQueues(b.config()).SendBatch(t.Context(), "q", []Entry{{ID: "0", Body: "a"}, {ID: "1", Body: "b"}})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(&Answer{Successful: []Taken{{"1", "m"}}, Failed: []Failed{{"0", "InvalidMessageContents", true}}}, got); diff != "" {
		t.Error(diff)
	}
}

func TestACallThatFailedSendsNothing(t *testing.T) {
	for name, b := range map[string]*broker{
		"refused":       {status: 400, answer: `{"__type":"com.amazonaws.sqs#QueueDoesNotExist","message":"no"}`},
		"no JSON":       {status: 200, answer: `<html>`},
		"another shape": {status: 200, answer: `{"Failed":"no"}`},
	} {
		errs := New(NewQueues(b.config())).Send(t.Context(), "q", []Message{{Body: "a"}, {Body: "b"}})
		if errs[0] == nil || errs[1] == nil {
			t.Errorf("%s: %v", name, errs)
		}
		if refused := new(wire.Error); errors.As(errs[0], &refused) != (name == "refused") {
			t.Errorf("%s: %v", name, errs[0])
		}
	}
}
