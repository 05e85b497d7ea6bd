package main

import (
	"testing"
	"time"
	"unicode"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"
)

// A dead letter may hold anything: what a terminal shows of it is plain and short.
func FuzzLetter(f *testing.F) {
	for _, body := range []string{
		`{"version":1,"type":"stored","stored":{"event":{"event_id":"0190b0c0-0000-7000-8000-000000000001"}}}`, `{"pk":"CASE#2603-7K2M-Q4XA","sk":"T#1"}`,
		`{"requestContext":{"condition":"RetryAttemptsExhausted","approximateInvokeCount":3},"DDBStreamBatchInfo":{"streamArn":"a","shardId":"b","startSequenceNumber":"1","endSequenceNumber":"2"}}`,
		`{"Records":[{"s3":{"object":{"key":"quarantine/2603-7K2M-Q4XA/1/A"}}}]}`, `{"eventType":"Bounce","mail":{"tags":{"response":["2026-03-abcdefghijklmn27"]}}}`, "\x1b[2J", "",
	} {
		f.Add(body, "no case\n\x1b[31m")
	}
	f.Fuzz(func(t *testing.T, body, reason string) {
		for _, queue := range queueNames() {
			l := letterOf(queue, &types.Message{
				Body: &body, MessageId: aws.String("id"), MessageAttributes: map[string]types.MessageAttributeValue{"reason": {StringValue: &reason}},
			})
			for _, shown := range []string{l.about(), l.why()} {
				for _, c := range plain(shown) { // as the list prints it
					if unicode.IsControl(c) {
						t.Fatalf("%s: %q shows %q", queue, body, shown)
					}
				}
			}
			_ = age(time.Since(l.sent))
		}
		if k, err := readKeys(body); err == nil && (k.PK == "" || k.SK == "") {
			t.Errorf("%q has no keys", body)
		}
	})
}
