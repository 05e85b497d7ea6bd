package store_test

import (
	"context"
	"errors"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"resonanz/shared/feedback"
	"resonanz/shared/store"
)

func TestAContactSaysNothingOfTheCustomer(t *testing.T) {
	shape := regexp.MustCompile(`^[ka][a-z2-7]{26}$`)
	seen := make(map[store.ContactID]bool)
	for _, id := range []store.ContactID{
		store.KeyContact("K-17"), store.KeyContact("k-17"), store.KeyContact("kundin"),
		store.AddressContact("kundin@example.com"), store.AddressContact("kundin"),
	} {
		if !shape.MatchString(string(id)) || seen[id] || strings.Contains(string(id), "kundin") {
			t.Errorf("%s", id)
		}
		seen[id] = true
	}
	if store.AddressContact("Kundin@EXAMPLE.com") != store.AddressContact("kundin@example.com") {
		t.Error("the case of an address is no difference")
	}
	if store.KeyContact("") != "" || store.AddressContact("") != "" {
		t.Error("nobody is a contact")
	}
	// What was stored once must be found for ever.
	if got := store.KeyContact("K-17"); got != "k67z7wgw55b5wozp2q5vrsvnuyi" {
		t.Errorf("got %s", got)
	}
}

// cancelling is a DynamoDB whose transactions end as it is told.
type cancelling struct {
	store.DynamoAPI
	reasons [][]types.CancellationReason // of one call after the other; then it works
	calls   int
	entry   map[string]types.AttributeValue // what GetItem finds
}

func (c *cancelling) TransactWriteItems(context.Context, *dynamodb.TransactWriteItemsInput, ...func(*dynamodb.Options)) (*dynamodb.TransactWriteItemsOutput, error) {
	c.calls++
	if c.calls <= len(c.reasons) {
		return nil, &types.TransactionCanceledException{CancellationReasons: c.reasons[c.calls-1]}
	}
	return &dynamodb.TransactWriteItemsOutput{}, nil
}

func (c *cancelling) PutItem(context.Context, *dynamodb.PutItemInput, ...func(*dynamodb.Options)) (*dynamodb.PutItemOutput, error) {
	c.calls++
	if c.calls <= len(c.reasons) {
		return nil, &types.TransactionConflictException{}
	}
	return &dynamodb.PutItemOutput{}, nil
}

func (c *cancelling) GetItem(context.Context, *dynamodb.GetItemInput, ...func(*dynamodb.Options)) (*dynamodb.GetItemOutput, error) {
	return &dynamodb.GetItemOutput{Item: c.entry}, nil
}

// What the emulator does not do: one transaction meets another, and the reasons
// show the first failure only.
func TestReasonsThatDoNotShowEverything(t *testing.T) {
	none, conflict := types.CancellationReason{Code: aws.String("None")}, types.CancellationReason{Code: aws.String("TransactionConflict")}
	failed := types.CancellationReason{Code: aws.String("ConditionalCheckFailed")}
	id := feedback.DeriveEventID("contacts")
	e := &store.Entry{
		Kind: feedback.KindInvitation, EventID: id, ResponseKey: feedback.KeyFor(id, time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC), time.UTC),
		Event: []byte(`{}`), Digest: store.DigestOf([]byte("body")),
	}
	s := func(v string) types.AttributeValue { return &types.AttributeValueMemberS{Value: v} }
	stored := map[string]types.AttributeValue{
		store.AttrPK: s("2026-03#00"), store.AttrSK: s(string(e.ResponseKey) + "#" + string(id)),
		"kind": s("invitation"), "at": s("2026-03-01T12:00:00.000Z"), "event": s(`{}`),
		"digest": &types.AttributeValueMemberB{Value: e.Digest[:]},
	}
	for _, c := range []struct {
		name    string
		reasons [][]types.CancellationReason
		entry   map[string]types.AttributeValue
		want    store.Outcome
		err     error
		calls   int
	}{
		{"the contact shows, the entry does not", [][]types.CancellationReason{{none, failed}}, stored, store.Duplicate, nil, 1},
		{"the entry shows without its item", [][]types.CancellationReason{{failed, none}}, stored, store.Duplicate, nil, 1},
		{"a pause", [][]types.CancellationReason{{none, failed}}, nil, 0, store.ErrFatigue, 1},
		{"met another, then free", [][]types.CancellationReason{{none, conflict}, {conflict, none}}, nil, store.Accepted, nil, 3},
		{"met another, then a pause", [][]types.CancellationReason{{none, conflict}, {none, failed}}, nil, 0, store.ErrFatigue, 2},
		{"met others again and again", [][]types.CancellationReason{{conflict}, {conflict}, {conflict}, {conflict}, {conflict}, {conflict}}, nil, 0, store.ErrVersion, 6},
		{"throttled", [][]types.CancellationReason{{none, {Code: aws.String("ThrottlingError")}}}, nil, 0, new(types.TransactionCanceledException), 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			api := &cancelling{reasons: c.reasons, entry: c.entry}
			outcome, _, err := store.New(api, "table").Invite(t.Context(), e, store.Contact{Key: "k", Fatigue: time.Hour})
			var cancelled *types.TransactionCanceledException
			if ok := errors.Is(err, c.err) || errors.As(err, &cancelled) && errors.As(c.err, &cancelled); !ok || outcome != c.want || api.calls != c.calls {
				t.Errorf("got %v, %v after %d calls; want %v, %v after %d", outcome, err, api.calls, c.want, c.err, c.calls)
			}
		})
	}
}

func TestAnOptOutWaitsForAnInvitationOnItsWay(t *testing.T) {
	api := &cancelling{reasons: make([][]types.CancellationReason, 2)}
	if err := store.New(api, "table").OptOut(t.Context(), "k", store.Unsubscribed, time.Now()); err != nil || api.calls != 3 {
		t.Errorf("got %v after %d calls", err, api.calls)
	}
	api = &cancelling{reasons: make([][]types.CancellationReason, 20)}
	if err := store.New(api, "table").OptOut(t.Context(), "k", store.Unsubscribed, time.Now()); !errors.Is(err, store.ErrVersion) {
		t.Errorf("got %v after %d calls", err, api.calls)
	}
}
