package store_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"resonanz/shared/casefile"
	"resonanz/shared/feedback"
	"resonanz/shared/store"
)

// Every item of a table of the emulator is read, once, whatever it is.
func TestEveryItemOfATableIsReadOnce(t *testing.T) {
	client := dynamoDB(t)
	name := newTable(t, client, fmt.Sprintf("scan-%d", time.Now().UnixNano()))
	table := store.New(client, name)
	at := time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC)
	const events = 300
	for i := range events {
		id := feedback.DeriveEventID("scan", fmt.Sprint(i))
		e := &store.Entry{Kind: feedback.KindRating, EventID: id, ResponseKey: feedback.KeyFor(id, at, time.UTC), ReceivedAt: at, Event: []byte(`{}`)}
		if _, _, err := table.Put(t.Context(), e); err != nil {
			t.Fatal(err)
		}
	}
	c := casefile.Case{Number: "2603-27SC-AWKV", Family: casefile.Complaint, Status: casefile.Received, OpenedAt: at}
	if err := table.CreateCase(t.Context(), &c, &casefile.Entry{Case: c.Number, Seq: 1, At: at, Action: casefile.Noting}); err != nil {
		t.Fatal(err)
	}
	if err := table.PutAction(t.Context(), casefile.CorrectiveAction{ID: "more-desks"}); err != nil {
		t.Fatal(err)
	}
	if err := table.OptOut(t.Context(), store.KeyContact("K-1"), store.Unsubscribed, at); err != nil {
		t.Fatal(err)
	}
	if _, err := table.Begin(t.Context(), "mail#1", at, time.Minute); err != nil {
		t.Fatal(err)
	}
	if _, err := client.PutItem(t.Context(), &dynamodb.PutItemInput{TableName: &name, Item: map[string]types.AttributeValue{ // an event without a time
		"PK": &types.AttributeValueMemberS{Value: "2026-03#00"}, "SK": &types.AttributeValueMemberS{Value: "odd"}, "kind": &types.AttributeValueMemberS{Value: "rating"},
	}}); err != nil {
		t.Fatal(err)
	}
	met := map[string]int{}
	err := store.ScanAll(t.Context(), client, name, func(it store.Item) error {
		switch {
		case it.Entry != nil:
			met[string(it.Entry.EventID)]++
			met["events"]++
		case it.Case != nil && it.Case.Number == c.Number:
			met["case"]++
		case it.Line != nil && it.Line.Case == c.Number:
			met["line"]++
		case it.Action != nil:
			met["action "+it.Action.ID]++
		case it.OptOut != nil && it.OptOut.Contact == store.KeyContact("K-1") && it.OptOut.At.Equal(at):
			met["opt-out "+string(it.OptOut.Why)]++
		case it.Unread != nil && it.Unread.Why != "":
			met["unread "+it.Unread.Attributes["SK"]]++
		default:
			met[it.Other]++
		}
		return nil
	})
	if err != nil || met["events"] != events || len(met) != events+7 || met["case"]+met["line"]+met["action more-desks"]+met["opt-out unsubscribed"]+met["marks of what happens once"]+met["unread odd"] != 6 {
		t.Errorf("%v: %d events, %d kinds", err, met["events"], len(met)-events)
	}
	enough := errors.New("enough")
	if err := store.ScanAll(t.Context(), client, name, func(store.Item) error { return enough }); !errors.Is(err, enough) {
		t.Errorf("got %v, want what the reader said", err)
	}
}
