package events_test

import (
	"encoding/json"
	"strings"
	"testing"

	lambdaevents "github.com/aws/aws-lambda-go/events"

	"resonanz/shared/store"
)

func TestTheStreamOfAMailedInvitationAsksForItsMail(t *testing.T) {
	type parcel struct {
		golden string
		to     store.Targets
	}
	want := [][]parcel{
		{}, // a contact
		{{"message-stored-invitation-mailed.json", store.ToReporting}, {"message-invite.json", store.ToMail}},
		{}, // a reminder
		{{"message-stored-delivery.json", store.ToReporting}},
		{}, // a sign of life
	}
	ev := decode[lambdaevents.DynamoDBEvent](t, "stream-mail.json")
	if len(ev.Records) != len(want) {
		t.Fatalf("%d records", len(ev.Records))
	}
	for i, r := range ev.Records {
		got, err := store.FromStream(r.Change.NewImage)
		if err != nil || len(got) != len(want[i]) {
			t.Errorf("record %d: %d messages, %v", i, len(got), err)
			continue
		}
		for n, p := range want[i] {
			b, err := json.Marshal(got[n].Message)
			if err != nil || string(b) != compact(t, p.golden) || got[n].To != p.to {
				t.Errorf("record %d: to %v, %v\n%s\nwant %s", i, got[n].To, err, b, compact(t, p.golden))
			}
			if strings.Contains(string(b), "kundin") || strings.Contains(string(b), "K-17") {
				t.Errorf("record %d: something personal in %s", i, b)
			}
		}
	}
}

// TestTheMailEventsAreThoseThatSESPublishes: the queue gets them as they are,
// each with the tags of the mail, after one line of greeting.
func TestTheMailEventsAreThoseThatSESPublishes(t *testing.T) {
	ev := decode[lambdaevents.SQSEvent](t, "bounce-batch.json")
	if !strings.HasPrefix(ev.Records[0].Body, "Successfully validated SNS topic") {
		t.Errorf("the first is no greeting: %s", ev.Records[0].Body)
	}
	for i, r := range ev.Records[1:] {
		var e struct {
			EventType string
			Mail      struct{ Tags map[string][]string }
		}
		if err := json.Unmarshal([]byte(r.Body), &e); err != nil || e.EventType == "" {
			t.Errorf("event %d: %v", i, err)
		}
		for _, tag := range []string{"response", "event", "mail", "ses:configuration-set"} {
			if len(e.Mail.Tags[tag]) != 1 {
				t.Errorf("event %d: tag %s is %v", i, tag, e.Mail.Tags[tag])
			}
		}
	}
}
