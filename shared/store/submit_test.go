package store

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/google/go-cmp/cmp"

	"resonanz/events"
	"resonanz/shared/casefile"
)

// ledgered answers transactions with err, and GetItem with an item.
type ledgered struct {
	DynamoAPI
	err      error
	item     item
	writes   []*dynamodb.TransactWriteItemsInput
	lookups  int
	accepted int // transactions that go through after so many that do not
}

func (l *ledgered) TransactWriteItems(_ context.Context, in *dynamodb.TransactWriteItemsInput, _ ...func(*dynamodb.Options)) (*dynamodb.TransactWriteItemsOutput, error) {
	if in.ClientRequestToken != nil {
		return nil, errors.New("the token of an earlier try")
	}
	in.ClientRequestToken = aws.String("a token of the client's")
	l.writes = append(l.writes, in)
	if l.accepted > 0 && len(l.writes) > l.accepted {
		return &dynamodb.TransactWriteItemsOutput{}, nil
	}
	return &dynamodb.TransactWriteItemsOutput{}, l.err
}

func (l *ledgered) GetItem(context.Context, *dynamodb.GetItemInput, ...func(*dynamodb.Options)) (*dynamodb.GetItemOutput, error) {
	l.lookups++
	return &dynamodb.GetItemOutput{Item: l.item}, nil
}

// cancelled is a transaction that failed for these reasons: of the state, of two
// lines, of the event.
func cancelled(reasons ...string) *types.TransactionCanceledException {
	all := make([]types.CancellationReason, len(reasons))
	for i, code := range reasons {
		all[i].Code = aws.String(code)
	}
	return &types.TransactionCanceledException{CancellationReasons: all}
}

const (
	fine     = "None"
	failed   = "ConditionalCheckFailed"
	conflict = "TransactionConflict"
)

func complaint(t *testing.T) (*Entry, *casefile.Case, []*casefile.Entry) {
	t.Helper()
	e := rated(t, false)
	e.Kind, e.Personal = "complaint", []byte(`{"complaint":"private words"}`)
	c := openCase(1)
	c.Version, c.CustomerKey = 0, "customer-1"
	return e, c, []*casefile.Entry{
		{At: c.OpenedAt, Action: casefile.Opened, Status: casefile.Received, Alert: &events.Alert{Reason: events.CaseOpened}},
		{At: c.OpenedAt, Action: casefile.Acknowledging, Status: casefile.Acknowledged, Inform: true},
	}
}

func TestASubmissionIsOneTransaction(t *testing.T) {
	e, c, lines := complaint(t)
	api := &ledgered{}
	got, stored, err := New(api, "table").Submit(t.Context(), e, c, lines...)
	if got != Accepted || stored != nil || err != nil || len(api.writes) != 1 || api.lookups != 0 {
		t.Fatalf("got %v, %v, %v after %d writes and %d lookups", got, stored, err, len(api.writes), api.lookups)
	}
	var keys []string
	for _, w := range api.writes[0].TransactItems {
		if aws.ToString(w.Put.ConditionExpression) != *absent {
			t.Errorf("%v may take the place of another", w.Put.Item[AttrPK])
		}
		keys = append(keys, textOf(w.Put.Item[AttrSK]))
	}
	if diff := cmp.Diff([]string{"STATE", "T#0001", "T#0002", sortKey(e.ResponseKey, e.EventID)}, keys); diff != "" {
		t.Error(diff)
	}
}

func TestEveryAnswerToASubmissionSaysWhatIsStored(t *testing.T) {
	e, _, _ := complaint(t)
	other := *e
	other.Digest[0]++
	shown := cancelled(failed, fine, fine, failed)
	shown.CancellationReasons[3].Item = marshalEntry(e)
	foreign := cancelled(fine, fine, fine, failed)
	foreign.CancellationReasons[3].Item = marshalEntry(&other)
	for name, c := range map[string]struct {
		api     *ledgered
		want    Outcome
		err     error
		writes  int
		lookups int
	}{
		"replayed":                    {&ledgered{err: shown}, Duplicate, nil, 1, 0},
		"replayed, and not shown":     {&ledgered{err: cancelled(failed, failed, failed, failed), item: marshalEntry(e)}, Duplicate, nil, 1, 1},
		"another body":                {&ledgered{err: foreign}, 0, ErrConflict, 1, 0},
		"number taken":                {&ledgered{err: cancelled(failed, failed, fine, fine)}, 0, ErrExists, 1, 1},
		"met another":                 {&ledgered{err: cancelled(conflict, fine, fine, fine), accepted: 2}, Accepted, nil, 3, 0},
		"met another write":           {&ledgered{err: &types.TransactionConflictException{}, accepted: 1}, Accepted, nil, 2, 0},
		"met others again and again":  {&ledgered{err: cancelled(fine, fine, fine, conflict)}, 0, ErrVersion, 1 + patience, 0},
		"throttled":                   {&ledgered{err: errThrottled}, 0, errThrottled, 1, 0},
		"cancelled for other reasons": {&ledgered{err: cancelled("ThrottlingError", fine, fine, fine)}, 0, nil, 1, 0},
	} {
		e, state, lines := complaint(t)
		got, _, err := New(c.api, "table").Submit(t.Context(), e, state, lines...)
		if got != c.want || c.err != nil && !errors.Is(err, c.err) || (err == nil) != (got != 0) {
			t.Errorf("%s: got %v, %v", name, got, err)
		}
		if len(c.api.writes) != c.writes || c.api.lookups != c.lookups {
			t.Errorf("%s: %d writes and %d lookups", name, len(c.api.writes), c.api.lookups)
		}
		if (state.Version == 0) != (got != Accepted) {
			t.Errorf("%s: the case is at version %d", name, state.Version)
		}
	}
}

// The words of an entry are beside it: the stream shows them, and no message
// made from it does.
func TestWordsAndCustomersAreInNoMessage(t *testing.T) {
	e, c, lines := complaint(t)
	lines[1].Words = &casefile.Words{Text: "private words"}
	api := &ledgered{}
	if _, _, err := New(api, "table").Submit(t.Context(), e, c, lines...); err != nil {
		t.Fatal(err)
	}
	var messages []Parcel
	for _, w := range api.writes[0].TransactItems {
		it := w.Put.Item
		if entry := textOf(it[attrEntry]); strings.Contains(entry, "private") {
			t.Errorf("words in an entry, where they cannot be erased: %s", entry)
		}
		got, err := FromStream(image(t, it))
		if err != nil {
			t.Fatal(err)
		}
		messages = append(messages, got...)
	}
	if textOf(api.writes[0].TransactItems[2].Put.Item[attrPersonal]) == "" {
		t.Fatal("the words are nowhere")
	}
	b, err := json.Marshal(messages)
	if err != nil {
		t.Fatal(err)
	}
	for _, private := range []string{"private", "customer-1", lines[1].Words.Salt} {
		if strings.Contains(string(b), private) {
			t.Errorf("%q in %s", private, b)
		}
	}
	if len(messages) != 5 {
		t.Errorf("%d messages, want the alert, the mail, two steps and the event: %s", len(messages), b)
	}
}

// Whoever erases words takes the attribute away; the chain holds all the same.
func TestATimelineHoldsWithoutItsWords(t *testing.T) {
	_, c, lines := complaint(t)
	lines[0].Words = &casefile.Words{Text: "yes"}
	next, err := chain(c, lines)
	if err != nil {
		t.Fatal(err)
	}
	var timeline []casefile.Entry
	for i := range next.entries {
		it, err := marshalLine(&next.state, &next.entries[i])
		if err != nil {
			t.Fatal(err)
		}
		delete(it, attrPersonal)
		e, err := unmarshalLine(it)
		if err != nil {
			t.Fatal(err)
		}
		timeline = append(timeline, *e)
	}
	if err := casefile.Check(&next.state, timeline); err != nil || timeline[0].Words != nil || timeline[0].WordsHash == (casefile.Hash{}) {
		t.Errorf("got %v, %+v", err, timeline[0])
	}
	timeline[0].Words = &casefile.Words{Salt: "x", Text: "no"}
	if err := casefile.Check(&next.state, timeline); !errors.Is(err, casefile.ErrBroken) {
		t.Errorf("other words are not noticed: %v", err)
	}
}

func TestATimelineEntryTellsStaffTheCustomerAndTheRules(t *testing.T) {
	alert := &events.Alert{Reason: events.CaseOpened, At: time.Date(2026, 3, 10, 9, 0, 0, 0, time.UTC)}
	for name, c := range map[string]struct {
		line casefile.Entry
		want []Targets
	}{
		"nobody":   {casefile.Entry{Action: casefile.Noting}, []Targets{}},
		"staff":    {casefile.Entry{Action: casefile.Opened, Alert: alert}, []Targets{ToNotify}},
		"customer": {casefile.Entry{Action: casefile.Answering, Inform: true}, []Targets{ToMail}},
		"both":     {casefile.Entry{Action: casefile.Resolving, Inform: true, Alert: alert}, []Targets{ToNotify, ToMail}},
		"rules":    {casefile.Entry{Action: casefile.Assessing, Inform: true, At: alert.At}, []Targets{ToMail, ToEscalation}},
		"drafts":   {casefile.Entry{Action: casefile.Registered, Alert: alert, At: alert.At}, []Targets{ToNotify, ToEscalation}},
	} {
		next, err := chain(openCase(1), []*casefile.Entry{&c.line})
		if err != nil {
			t.Fatal(err)
		}
		it, err := marshalLine(&next.state, &next.entries[0])
		if err != nil {
			t.Fatal(err)
		}
		got, err := FromStream(image(t, it))
		if err != nil {
			t.Fatal(err)
		}
		var to []Targets
		for _, p := range got {
			to = append(to, p.To)
			if p.To == ToEscalation {
				want := events.Message{Version: 1, Type: events.TypeDeadline, Deadline: &events.Deadline{Case: string(next.state.Number), DueAt: alert.At}}
				if diff := cmp.Diff(want, p.Message); diff != "" {
					t.Errorf("%s: %s", name, diff)
				}
			}
			if p.To == ToMail {
				want := events.Message{Version: 1, Type: events.TypeInform, Inform: &events.Inform{Case: string(next.state.Number), Seq: 5}}
				if diff := cmp.Diff(want, p.Message); diff != "" {
					t.Errorf("%s: %s", name, diff)
				}
			}
		}
		if diff := cmp.Diff(append(c.want, ToReporting), to); diff != "" { // a step of every entry
			t.Errorf("%s: %s", name, diff)
		}
	}
}
