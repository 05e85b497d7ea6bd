package e2e

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/google/uuid"

	"resonanz/shared/casefile"
	"resonanz/shared/feedback"
	"resonanz/shared/period"
)

// unhappy sends n ratings that want a callback and returns their responses.
func unhappy(t *testing.T, n int) []feedback.ResponseKey {
	t.Helper()
	keys := make([]feedback.ResponseKey, n)
	for i := range keys {
		inv := invite(t, "de")
		wishCallback(t, inv)
		keys[i] = inv.ResponseKey
	}
	return keys
}

func wishCallback(t *testing.T, inv invitation) {
	t.Helper()
	mustVote(t, inv.URL, url.Values{"stars": {"1"}, "callback": {"1"}, "contact": {"synthetic-contact@example.com"}})
}

// once waits until each response has its case and exactly one mail, and checks
// that the number stays one.
func once(t *testing.T, keys []feedback.ResponseKey) {
	t.Helper()
	for _, k := range keys {
		number := string(callbackCase(t, k))
		eventually(t, "a mail about "+number, 120*time.Second, func() (bool, string) {
			n := mailsAbout(t, number)
			return n > 0, fmt.Sprintf("%d mails", n)
		})
		drained(t, string(k))
	}
	for _, k := range keys {
		number := string(callbackCase(t, k))
		if n := mailsAbout(t, number); n != 1 {
			t.Errorf("%d mails about case %s, want one", n, number)
		}
	}
}

// drained waits until no message about a subject is left in a queue, so that
// nothing more can happen to it. The subject is anything that all messages about
// it hold; empty: every message.
func drained(t *testing.T, subject string) {
	t.Helper()
	eventually(t, "empty queues", 120*time.Second, func() (bool, string) {
		all := 0
		var where []string
		for _, q := range deployed.Queues() {
			n := waiting(t, q.URL, subject)
			all += n
			where = append(where, fmt.Sprintf("%s %d", q.Name, n))
		}
		return all == 0, strings.Join(where, ", ")
	})
}

func action(service, name string) func(call) bool {
	return func(c call) bool { return c.Service == service && c.Action == name }
}

func TestFanoutCrashesAfterSending(t *testing.T) {
	// What was sent is in the queues, fanout never learns of it: all of it comes
	// again.
	functionsToAWS.inject(t, &fault{what: lose, match: action("sqs", "SendMessageBatch"), times: 4})
	keys := unhappy(t, 3)
	settled(t)
	once(t, keys)
}

func TestFactsCrashesBeforeAcknowledging(t *testing.T) {
	f := &fault{what: lose, match: func(c call) bool {
		return c.Service == "s3" && c.Action == "PutObject" && strings.Contains(c.Path, "/facts/")
	}, times: 2, status: http.StatusForbidden, body: "<Error><Code>AccessDenied</Code></Error>"}
	functionsToAWS.inject(t, f)
	i := invite(t, "en")
	mustVote(t, i.URL, url.Values{"stars": {"4"}})
	settled(t)
	before := makeReport(t)
	drained(t, "")
	if after := makeReport(t); after.Total.N != before.Total.N {
		t.Errorf("facts that came twice changed n from %d to %d", before.Total.N, after.Total.N)
	}
}

// mailAbout matches the mail to staff about the callback that a response wishes.
func mailAbout(key feedback.ResponseKey) func(call) bool {
	number := string(casefile.NumberOf(casefile.Callback, string(key), key.Month(), 0))
	return func(c call) bool {
		return c.Service == "ses" && c.Action == "SendEmail" && strings.Contains(c.Body, number)
	}
}

func TestNotifyTimesOut(t *testing.T) {
	meanwhile(t)
	i := invite(t, "de")
	functionsToAWS.inject(t, &fault{what: hang, match: mailAbout(i.ResponseKey), times: 2})
	wishCallback(t, i)
	once(t, []feedback.ResponseKey{i.ResponseKey})
}

func TestMailServiceRefusesForAWhile(t *testing.T) {
	meanwhile(t)
	i := invite(t, "de")
	functionsToAWS.inject(t, &fault{what: refuse, match: mailAbout(i.ResponseKey), times: 4,
		status: http.StatusTooManyRequests, body: `{"__type":"TooManyRequestsException","message":"injected"}`})
	wishCallback(t, i)
	once(t, []feedback.ResponseKey{i.ResponseKey})
}

func TestDynamoDBThrottles(t *testing.T) {
	// More often than the client tries again by itself, which is twice for each of 20
	// events: whichever has the third refusal, the kiosk is told to come back, and does.
	put := func(c call) bool { return c.By == "rating" && c.Action == "PutItem" }
	functionsToAWS.inject(t, &fault{what: refuse, match: put, times: 45, status: http.StatusBadRequest,
		body: `{"__type":"com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException","message":"injected"}`})
	key := deviceKey(t, "kiosk-cologne-2")
	at := time.Now().Add(-2 * time.Hour)
	events := make([]any, 20)
	for i := range events {
		events[i] = rating("checkout-cologne", "kiosk", "stars_1_5", 1+i%5, at.Add(time.Duration(i)*10*time.Second))
	}
	pending := events
	told := false
	for round := 0; len(pending) > 0; round++ {
		if round == 20 {
			t.Fatalf("%d events were not taken after 20 rounds", len(pending))
		}
		a := do(t, http.MethodPost, "/v1/batch", marshal(t, map[string]any{"events": pending}), "Authorization", key, "Content-Type", "application/json")
		if a.Status == http.StatusServiceUnavailable || a.Status == http.StatusTooManyRequests {
			if a.Header.Get("Retry-After") == "" {
				t.Errorf("%d without Retry-After", a.Status)
			}
			told = true
			continue
		}
		if a.Status != http.StatusOK {
			t.Fatalf("%d %s", a.Status, a.Body)
		}
		var got struct{ Results []struct{ Status string } }
		a.json(t, &got)
		var again []any
		for i, r := range got.Results {
			switch r.Status {
			case "retry":
				told = true
				again = append(again, pending[i])
			case "accepted", "duplicate":
			default:
				t.Fatalf("event %d: %s", i, r.Status)
			}
		}
		pending = again
	}
	if !told {
		t.Error("no event was ever sent back: the throttling was not felt")
	}
	stored := ratingsStored(t)
	for _, e := range events {
		if _, ok := stored[feedback.EventID(e.(map[string]any)["event_id"].(string))]; !ok {
			t.Errorf("event %v was accepted and is not stored", e)
		}
	}
	settled(t)
}

func TestPoisonInTheStreamBlocksNothing(t *testing.T) {
	before := waiting(t, deployed.StreamFailureURL, "")
	id := uuid.NewString()
	_, err := dynamodb.NewFromConfig(deployed.AWS()).PutItem(t.Context(), &dynamodb.PutItemInput{
		TableName: &deployed.Table,
		Item: map[string]types.AttributeValue{ // looks like a ledger event, is none
			"PK":    &types.AttributeValueMemberS{Value: period.Of(time.Now().AddDate(-2, 0, 0), cfg.Zone()).String() + "#00"},
			"SK":    &types.AttributeValueMemberS{Value: "2024-01-aaaaaaaaaaaaaaaa#" + id},
			"kind":  &types.AttributeValueMemberS{Value: "rating"},
			"event": &types.AttributeValueMemberS{Value: "{"},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	keys := unhappy(t, 1) // behind the poison in the stream
	eventually(t, "the poison with its reason in the failure queue", 60*time.Second, func() (bool, string) {
		found, err := deployed.Peek(t.Context(), deployed.StreamFailureURL)
		if err != nil {
			return false, err.Error()
		}
		for _, m := range found {
			if strings.Contains(m.Body, id) {
				return m.Attributes["reason"].StringValue != "", fmt.Sprintf("attributes %v", m.Attributes)
			}
		}
		return false, fmt.Sprintf("%d messages, %d before", len(found), before)
	})
	once(t, keys)
	settled(t)
}

func TestPoisonInAQueueBlocksNothing(t *testing.T) {
	for _, q := range deployed.Queues() {
		t.Run(q.Name, func(t *testing.T) {
			id := uuid.NewString()
			aside := func() (n int) {
				dead, err := deployed.Peek(t.Context(), q.DeadURL)
				if err != nil {
					t.Fatal(err)
				}
				for _, m := range dead {
					// What SES sends may name a customer: bounce puts it aside without its contents.
					if (strings.Contains(m.Body, id) || q.Name == "mailevents") && m.Attributes["reason"].StringValue != "" {
						n++
					}
				}
				return n
			}
			before := aside()
			for _, body := range []string{`{"poison":"` + id + `"`, `{"v":1,"type":"` + id + `"}`, `{"v":99,"type":"stored","x":"` + id + `"}`} {
				if _, err := queues().SendMessage(t.Context(), &sqs.SendMessageInput{QueueUrl: aws.String(q.URL), MessageBody: &body}); err != nil {
					t.Fatal(err)
				}
			}
			eventually(t, "three dead letters, each with its reason", 60*time.Second, func() (bool, string) {
				n := aside() - before
				return n == 3, fmt.Sprintf("%d of 3", n)
			})
		})
	}
	once(t, unhappy(t, 1))
	settled(t)
}
