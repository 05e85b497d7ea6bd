package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/dynamodbstreams"
	streamtypes "github.com/aws/aws-sdk-go-v2/service/dynamodbstreams/types"
	"github.com/google/go-cmp/cmp"

	"resonanz/events"
)

// table is DynamoDB and its stream as far as they are read: record n of the
// stream has the sequence number n, and a page holds two of them.
type table struct {
	items   map[string]map[string]string
	records []record
	err     error
	open    bool // the shard is still written to: it never ends
}

type record struct {
	seq   int
	event streamtypes.OperationType
	image map[string]string
}

func (d *table) GetItem(_ context.Context, in *dynamodb.GetItemInput, _ ...func(*dynamodb.Options)) (*dynamodb.GetItemOutput, error) {
	out := new(dynamodb.GetItemOutput)
	text := func(name string) string { return in.Key[name].(*types.AttributeValueMemberS).Value }
	if it, ok := d.items[text("PK")+" "+text("SK")]; ok && *in.ConsistentRead {
		out.Item = map[string]types.AttributeValue{"digest": &types.AttributeValueMemberB{Value: []byte{1}}}
		for name, v := range it {
			out.Item[name] = &types.AttributeValueMemberS{Value: v}
		}
	}
	return out, d.err
}

func (d *table) GetShardIterator(_ context.Context, in *dynamodbstreams.GetShardIteratorInput, _ ...func(*dynamodbstreams.Options)) (*dynamodbstreams.GetShardIteratorOutput, error) {
	if in.ShardIteratorType != streamtypes.ShardIteratorTypeAtSequenceNumber {
		return nil, errors.New("ValidationException")
	}
	return &dynamodbstreams.GetShardIteratorOutput{ShardIterator: in.SequenceNumber}, d.err
}

func (d *table) GetRecords(_ context.Context, in *dynamodbstreams.GetRecordsInput, _ ...func(*dynamodbstreams.Options)) (*dynamodbstreams.GetRecordsOutput, error) {
	from, err := strconv.Atoi(*in.ShardIterator)
	if err != nil {
		return nil, err
	}
	out := new(dynamodbstreams.GetRecordsOutput)
	for _, r := range d.records {
		if r.seq < from || r.seq >= from+2 {
			continue
		}
		image := map[string]streamtypes.AttributeValue{"n": &streamtypes.AttributeValueMemberN{Value: "1"}}
		for name, v := range r.image {
			image[name] = &streamtypes.AttributeValueMemberS{Value: v}
		}
		out.Records = append(out.Records, streamtypes.Record{EventName: r.event,
			Dynamodb: &streamtypes.StreamRecord{SequenceNumber: aws.String(fmt.Sprint(r.seq)), NewImage: image}})
	}
	if d.open || len(d.records) > 0 && from+2 <= d.records[len(d.records)-1].seq {
		out.NextShardIterator = aws.String(fmt.Sprint(from + 2))
	}
	return out, nil
}

// rating is a stored rating with what the customer wrote.
func rating(n int) map[string]string {
	return map[string]string{"PK": "2026-03#00", "SK": fmt.Sprintf("k#%d", n), "kind": "rating",
		"event": fmt.Sprintf(`{"n":%d}`, n), "personal": `{"comment":"private words"}`}
}

func stored(n int) string {
	b, err := json.Marshal(events.Message{Version: events.Version, Type: events.TypeStored,
		Stored: &events.Stored{Kind: "rating", Event: json.RawMessage(fmt.Sprintf(`{"n":%d}`, n))}})
	if err != nil {
		panic(err)
	}
	return string(b)
}

func streamOffice(b *broker, d *table) *office {
	o := officeOn(b)
	o.stream.items, o.stream.records = d, d
	return o
}

func TestAnItemPutAsideIsPublishedAsFanoutWouldHave(t *testing.T) {
	d := &table{items: map[string]map[string]string{
		"2026-03#00 k#1": rating(1),
		"CASE#c T#0001":  {"PK": "CASE#c", "SK": "T#0001", "entry": `{"alert":{"id":"c#1","reason":"case_opened"}}`},
		"CASE#c STATE":   {"PK": "CASE#c", "SK": "STATE"},
		"2026-03#00 i#2": {"PK": "2026-03#00", "SK": "i#2", "kind": "invitation",
			"event": `{"event_id":"018e4f6a-3c1b-7e2d-9f00-5a6b7c8d9e01","response_key":"2026-03-zp4oewb2bd2h333y","mailed":true}`, "personal": "private words"},
		"2026-03#00 broken": {"PK": "2026-03#00", "SK": "broken", "kind": "rating", "event": "{private words"},
	}}
	b := newBroker()
	for _, k := range []string{`"2026-03#00","sk":"k#1"`, `"CASE#c","sk":"T#0001"`, `"CASE#c","sk":"STATE"`, `"2026-03#00","sk":"broken"`, `"2026-03#00","sk":"gone"`, `1`, `"2026-03#00","sk":"i#2"`} {
		b.put("stream-dead", `{"pk":`+k+`,"event_name":"INSERT","sequence_number":"7"}`)
	}
	got, err := do(t, streamOffice(b, d), "redrive --queue stream")
	if !errors.Is(err, errSome) || !strings.Contains(got, "stream: 4 published again") {
		t.Errorf("%v\n%s", err, got)
	}
	for _, want := range []string{"id-4 stays: reading a stream record", "id-5 stays: the item is no longer in the table", "id-6 stays: neither"} {
		if !strings.Contains(got, want) {
			t.Errorf("lacks %q:\n%s", want, got)
		}
	}
	if sent := b.bodies("escalation"); len(sent) != 1 || sent[0] != stored(1) {
		t.Errorf("escalation got %v", sent)
	}
	if sent := b.bodies("reporting"); len(sent) != 2 || sent[0] != stored(1) || !strings.Contains(sent[1], `"kind":"invitation"`) {
		t.Errorf("reporting got %v", sent)
	}
	if sent := b.bodies("mail"); len(sent) != 1 || !strings.Contains(sent[0], `"type":"invite"`) {
		t.Errorf("mail got %v", sent)
	}
	if sent := b.bodies("notify"); len(sent) != 1 || !strings.Contains(sent[0], `"id":"c#1"`) {
		t.Errorf("notify got %v", sent)
	}
	if strings.Contains(fmt.Sprint(b.bodies("escalation"), b.bodies("reporting"), b.bodies("notify"), got), "private") {
		t.Error("what the customer wrote has left the table")
	}
	if n := len(b.bodies("stream-dead")); n != 3 {
		t.Errorf("%d letters left, want 3", n)
	}
}

func TestARangePutAsideIsReadFromTheStreamAgain(t *testing.T) {
	insert := streamtypes.OperationTypeInsert
	d := &table{open: true, records: []record{
		{8, insert, rating(8)}, {9, insert, rating(9)}, {10, streamtypes.OperationTypeModify, rating(10)},
		{13, insert, rating(13)}, {14, insert, rating(14)},
	}}
	b := newBroker()
	b.put("stream-dead", rangeBody("9", "13"), rangeBody("13", "13"), rangeBody("10", "12"))
	if got, err := do(t, streamOffice(b, d), "redrive --queue stream"); err != nil {
		t.Fatalf("%v\n%s", err, got)
	}
	want := []string{stored(9), stored(13), stored(13)}
	if diff := cmp.Diff(want, b.bodies("escalation")) + cmp.Diff(want, b.bodies("reporting")); diff != "" {
		t.Error(diff)
	}
	if len(b.bodies("stream-dead")) != 0 {
		t.Error("the letter is still there")
	}
}

func TestARangeThatCannotBeReadStays(t *testing.T) {
	insert := streamtypes.OperationTypeInsert
	broken := rating(10)
	broken["event"] = "{"
	for _, c := range []struct {
		name, says string
		table      *table
		sent       int
	}{
		{"forgotten", "until 2026-03-16T09:00:00Z", &table{err: &streamtypes.TrimmedDataAccessException{}}, 0},
		{"stream gone", "forgotten", &table{err: &streamtypes.ResourceNotFoundException{}}, 0},
		{"unreachable", "reading the stream again: down", &table{err: errors.New("down")}, 0},
		{"never ends", "did not come", &table{open: true, records: []record{{9, insert, rating(9)}}}, 0},
		{"one is poison", "no item of this store", &table{records: []record{{9, insert, rating(9)}, {10, insert, broken}, {13, insert, rating(13)}}}, 2},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := newBroker()
			b.put("stream-dead", rangeBody("9", "13"))
			got, err := do(t, streamOffice(b, c.table), "redrive --queue stream")
			if !errors.Is(err, errSome) || !strings.Contains(got, c.says) || len(b.bodies("stream-dead")) != 1 {
				t.Errorf("%v\n%s", err, got)
			}
			if n := len(b.bodies("reporting")); n != c.sent {
				t.Errorf("%d messages sent, want %d", n, c.sent)
			}
		})
	}
}

func TestAPartlyPublishedRecordStays(t *testing.T) {
	b := newBroker()
	b.put("stream-dead", `{"pk":"2026-03#00","sk":"k#1"}`)
	b.refuse = func(call, queue, _ string) bool { return call == "send" && queue == "reporting" }
	_, err := do(t, streamOffice(b, &table{items: map[string]map[string]string{"2026-03#00 k#1": rating(1)}}), "redrive --queue stream")
	if !errors.Is(err, errSome) || len(b.bodies("stream-dead")) != 1 || len(b.bodies("escalation")) != 1 {
		t.Errorf("%v, left %v", err, b.bodies("stream-dead"))
	}
}

func TestSequenceNumbersAreComparedAsNumbers(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want int
	}{{"9", "10", -1}, {"100", "99", 1}, {"4421584500000000017450439091", "4421584500000000017450439092", -1}, {"7", "7", 0}} {
		if got := compareSequence(c.a, c.b); got != c.want {
			t.Errorf("%s and %s: %d, want %d", c.a, c.b, got, c.want)
		}
	}
}
