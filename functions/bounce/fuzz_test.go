package main

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	lambdaevents "github.com/aws/aws-lambda-go/events"
)

// What SES tells is read or put aside; what is put aside names no recipient.
func FuzzNotice(f *testing.F) {
	b, err := os.ReadFile("../../events/samples/bounce-batch.json")
	if err != nil {
		f.Fatal(err)
	}
	var batch lambdaevents.SQSEvent
	if err := json.Unmarshal(b, &batch); err != nil {
		f.Fatal(err)
	}
	for i := range batch.Records {
		f.Add(batch.Records[i].Body)
	}
	f.Add(`{"eventType":"Bounce","bounce":null,"mail":{"tags":{"response":["a","b"]}}}`)
	f.Add(greeting + " for Amazon SES event publishing.")
	f.Fuzz(func(t *testing.T, body string) {
		shown := without(body)
		if !strings.HasPrefix(body, greeting) && !json.Valid([]byte(shown)) {
			t.Errorf("%q is put aside as %q", body, shown)
		}
		for _, secret := range []string{"destination", "emailAddress", "commonHeaders"} {
			if strings.Contains(shown, `"`+secret+`":`) {
				t.Errorf("%q is put aside with %s", body, secret)
			}
		}
		n, err := parse(body)
		if err != nil {
			return
		}
		if _, _, ours, err := n.about(); err != nil && ours {
			t.Errorf("%q is ours and is not read: %v", body, err)
		}
		if v, err := n.judge(); err == nil && v.dead && v.outcome == "" {
			t.Errorf("%q: an address is dead and nothing is noted", body)
		}
	})
}
