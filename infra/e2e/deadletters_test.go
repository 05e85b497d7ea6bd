package e2e

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"
	"github.com/google/uuid"

	"resonanz/infra/local/emulator"
	"resonanz/shared/feedback"
)

// deadLetters is the tool as an operator of a deployed stack runs it: credentials
// and region from the environment, addresses from the stack's outputs.
func deadLetters(t *testing.T, args ...string) string {
	t.Helper()
	out, err := programs.command(t, "deadletters", append(args, "--stage", deployed.Stage)).CombinedOutput()
	if err != nil {
		t.Fatalf("deadletters %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return string(out)
}

// aside waits for messages in a dead-letter queue that are meant, and returns
// them.
func aside(t *testing.T, queue, what string, meant func(emulator.Message) bool) []emulator.Message {
	t.Helper()
	var found []emulator.Message
	eventually(t, what, 90*time.Second, func() (bool, string) {
		all, err := deployed.Peek(t.Context(), queue)
		if err != nil {
			return false, err.Error()
		}
		found = slices.DeleteFunc(all, func(m emulator.Message) bool { return !meant(m) })
		return len(found) > 0, "none yet"
	})
	return found
}

func holding(what string) func(emulator.Message) bool {
	return func(m emulator.Message) bool { return strings.Contains(m.Body, what) }
}

func says(t *testing.T, got string, want ...string) {
	t.Helper()
	for _, w := range want {
		if !strings.Contains(got, w) {
			t.Errorf("lacks %q:\n%s", w, got)
		}
	}
}

// giveUpAtOnce has the escalation queue put a message aside after one attempt.
func giveUpAtOnce(t *testing.T) {
	t.Helper()
	q := &deployed.EscalationQueueURL
	was, err := queues().GetQueueAttributes(t.Context(), &sqs.GetQueueAttributesInput{QueueUrl: q, AttributeNames: []types.QueueAttributeName{"RedrivePolicy"}})
	if err != nil {
		t.Fatal(err)
	}
	var policy map[string]any
	if err := json.Unmarshal([]byte(was.Attributes["RedrivePolicy"]), &policy); err != nil {
		t.Fatal(err)
	}
	set := func(ctx context.Context, policy string) {
		if _, err := queues().SetQueueAttributes(ctx, &sqs.SetQueueAttributesInput{QueueUrl: q, Attributes: map[string]string{"RedrivePolicy": policy}}); err != nil {
			t.Error(err)
		}
	}
	policy["maxReceiveCount"] = 1
	set(t.Context(), marshal(t, policy))
	t.Cleanup(func() { set(context.WithoutCancel(t.Context()), was.Attributes["RedrivePolicy"]) })
}

func TestDeadLettersAreListedAndSentBack(t *testing.T) {
	id := uuid.NewString()
	if _, err := queues().SendMessage(t.Context(), &sqs.SendMessageInput{QueueUrl: &deployed.EscalationQueueURL, MessageBody: aws.String(`{"poison":"` + id + `"`)}); err != nil {
		t.Fatal(err)
	}
	poison := aside(t, deployed.EscalationDLQURL, "the poison", holding(id))[0]

	giveUpAtOnce(t)
	i := invite(t, "de")
	functionsToAWS.inject(t, &fault{what: refuse, times: 1, status: http.StatusBadRequest,
		match: func(c call) bool {
			return c.Service == "dynamodb" && c.Action == "TransactWriteItems" && strings.Contains(c.Body, string(i.ResponseKey))
		},
		body: `{"__type":"com.amazonaws.dynamodb.v20120810#ValidationException","message":"injected"}`})
	mustVote(t, i.URL, url.Values{"stars": {"1"}, "callback": {"1"}, "contact": {"synthetic-contact@example.com"}})
	good := aside(t, deployed.EscalationDLQURL, "the vote", holding(string(i.ResponseKey)))[0]

	got := deadLetters(t, "list", "--queue", "escalation", "--max", "200")
	says(t, got, poison.ID, "malformed message: ", good.ID, "of response "+string(i.ResponseKey), "the queue gave up")
	if strings.Contains(got, id) {
		t.Errorf("a list shows what is in a message:\n%s", got)
	}

	says(t, deadLetters(t, "redrive", "--queue", "escalation", "--only", good.ID), "escalation: 1 sent back")
	once(t, []feedback.ResponseKey{i.ResponseKey})

	deadLetters(t, "redrive", "--queue", "escalation", "--only", poison.ID)
	again := aside(t, deployed.EscalationDLQURL, "the poison once more: nothing was mended", func(m emulator.Message) bool {
		return holding(id)(m) && m.ID != poison.ID
	})[0]
	says(t, deadLetters(t, "drop", "--queue", "escalation", "--only", again.ID, "--yes"), "escalation: 1 dropped")
	left, err := deployed.Peek(t.Context(), deployed.EscalationDLQURL)
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range left {
		if m.ID == good.ID || m.ID == poison.ID || m.ID == again.ID {
			t.Errorf("%s is still a dead letter", m.ID)
		}
	}
	settled(t)
}

func TestDeadLettersOfTheStreamArePublishedAgain(t *testing.T) {
	// As fanout puts a record aside, and as Lambda does.
	for _, by := range []string{"fanout", "Lambda"} {
		t.Run(by, func(t *testing.T) {
			i := invite(t, "en")
			functionsToAWS.inject(t, &fault{what: refuse, times: 1, status: http.StatusOK,
				match: func(c call) bool {
					return c.Service == "sqs" && c.Action == "SendMessageBatch" && strings.Contains(c.Body, string(i.ResponseKey)) && strings.Contains(c.Body, `\"kind\":\"rating\"`)
				},
				body: `{"Successful":[],"Failed":[{"Id":"0","SenderFault":true,"Code":"injected"},{"Id":"1","SenderFault":true,"Code":"injected"}]}`})
			mustVote(t, i.URL, url.Values{"stars": {"1"}, "callback": {"1"}, "contact": {"synthetic-contact@example.com"}})
			vote := func(m emulator.Message) bool { // the invitation may share its fate
				return holding(string(i.ResponseKey))(m) && !holding(string(i.EventID))(m)
			}
			aside(t, deployed.StreamFailureURL, "the vote", vote)
			for _, letter := range aside(t, deployed.StreamFailureURL, "all of the response", holding(string(i.ResponseKey))) {
				says(t, deadLetters(t, "list", "--queue", "stream", "--max", "200"), letter.ID, "stream record of item ", string(i.ResponseKey), "message refused by SQS")
				if by == "Lambda" && vote(letter) {
					id := asLambda(t, letter)
					says(t, deadLetters(t, "drop", "--queue", "stream", "--only", letter.ID, "--yes"), "stream: 1 dropped")
					says(t, deadLetters(t, "list", "--queue", "stream", "--max", "200"), id, "1 stream records", "RetryAttemptsExhausted")
					letter.ID = id
				}
				says(t, deadLetters(t, "redrive", "--queue", "stream", "--only", letter.ID), "stream: 1 published again")
			}
			once(t, []feedback.ResponseKey{i.ResponseKey})
		})
	}
	settled(t)
}

// asLambda puts the record of a letter aside once more, as Lambda does after too
// many attempts, and returns the id of that.
func asLambda(t *testing.T, letter emulator.Message) string {
	t.Helper()
	var record struct {
		SequenceNumber string `json:"sequence_number"`
	}
	if err := json.Unmarshal([]byte(letter.Body), &record); err != nil {
		t.Fatal(err)
	}
	described, err := dynamodb.NewFromConfig(deployed.AWS()).DescribeTable(t.Context(), &dynamodb.DescribeTableInput{TableName: &deployed.Table})
	if err != nil {
		t.Fatal(err)
	}
	body := marshal(t, map[string]any{
		"requestContext": map[string]any{"condition": "RetryAttemptsExhausted", "approximateInvokeCount": 31},
		"version":        "1.0",
		"DDBStreamBatchInfo": map[string]any{
			"shardId": "shardId-00000000000000000000-00000000", "streamArn": described.Table.LatestStreamArn, "batchSize": 1,
			"startSequenceNumber": record.SequenceNumber, "endSequenceNumber": record.SequenceNumber,
			"approximateArrivalOfFirstRecord": time.Now().UTC().Format(time.RFC3339),
		},
	})
	sent, err := queues().SendMessage(t.Context(), &sqs.SendMessageInput{QueueUrl: &deployed.StreamFailureURL, MessageBody: &body})
	if err != nil {
		t.Fatal(err)
	}
	return *sent.MessageId
}
