package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"runtime"
	"strings"
	"testing"
	"time"

	lambdaevents "github.com/aws/aws-lambda-go/events"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"resonanz/events"
	"resonanz/shared/casefile"
	"resonanz/shared/consume"
	"resonanz/shared/feedback"
	"resonanz/shared/observe"
	"resonanz/shared/outbox"
	"resonanz/shared/store"
)

// broker is SQS as fanout sees it: queues of bodies, and a verdict that lets
// entries or whole calls fail.
type broker struct {
	queues  map[string][]string
	reasons []string
	entry   func(queue, body string) *outbox.Failed
	call    func(queue string) error
	after   func() // runs when a call's messages are in the queue
}

func newBroker() *broker { return &broker{queues: map[string][]string{}} }

func (b *broker) SendBatch(_ context.Context, q string, entries []outbox.Entry) (*outbox.Answer, error) {
	if b.call != nil {
		if err := b.call(q); err != nil {
			return nil, err
		}
	}
	out := new(outbox.Answer)
	for _, e := range entries {
		if b.entry != nil {
			if f := b.entry(q, e.Body); f != nil {
				f.ID = e.ID
				out.Failed = append(out.Failed, *f)
				continue
			}
		}
		b.queues[q] = append(b.queues[q], e.Body)
		out.Successful = append(out.Successful, outbox.Taken{ID: e.ID})
	}
	if b.after != nil {
		b.after()
	}
	return out, nil
}

func (b *broker) Send(_ context.Context, queueURL, text string, attributes map[string]string) error {
	b.queues[queueURL] = append(b.queues[queueURL], text)
	b.reasons = append(b.reasons, attributes["reason"])
	return nil
}

func newHandler(b *broker, log *bytes.Buffer) *handler {
	noWait := func(context.Context, time.Duration) bool { return true }
	return &handler{
		consumer: consume.Consumer{Log: observe.LoggerTo(log, "fanout", slog.LevelDebug), Sender: b, DLQ: "dlq"},
		queue:    outbox.New(b).WithWait(noWait),
		routes:   []route{{store.ToEscalation, "escalation"}, {store.ToReporting, "reporting"}, {store.ToNotify, "notify"}, {store.ToMail, "mail"}},
		metrics:  observe.NewMetricsTo(log, "fanout", time.Now),
	}
}

// record is the stream record of an inserted item.
func record(seq int, attributes map[string]string) lambdaevents.DynamoDBEventRecord {
	image := map[string]lambdaevents.DynamoDBAttributeValue{}
	for name, value := range attributes {
		image[name] = lambdaevents.NewStringAttribute(value)
	}
	return lambdaevents.DynamoDBEventRecord{
		EventName: "INSERT",
		Change: lambdaevents.DynamoDBStreamRecord{
			SequenceNumber: fmt.Sprint(seq), NewImage: image,
			Keys: map[string]lambdaevents.DynamoDBAttributeValue{"PK": image["PK"], "SK": image["SK"]},
		},
	}
}

func eventID(n int) feedback.EventID {
	return feedback.EventID(fmt.Sprintf("0190b0c0-0000-7000-8000-%012d", n))
}

func ledgerRecord(t rapid.TB, seq int) lambdaevents.DynamoDBEventRecord {
	t.Helper()
	event, err := json.Marshal(feedback.Rating{EventID: eventID(seq), ResponseKey: "2026-03-aaaaaaaaaaaaaaaa", Rating: 2})
	if err != nil {
		t.Fatal(err)
	}
	return record(seq, map[string]string{
		"PK": "2026-03#00", "SK": "2026-03-aaaaaaaaaaaaaaaa#" + string(eventID(seq)), "kind": "rating", "event": string(event),
		"personal": `{"comment":"geheimer Kommentar"}`,
	})
}

func kindRecord(t rapid.TB, seq int, kind feedback.Kind, event any) lambdaevents.DynamoDBEventRecord {
	t.Helper()
	b, err := json.Marshal(event)
	if err != nil {
		t.Fatal(err)
	}
	return record(seq, map[string]string{
		"PK": "2026-03#00", "SK": "2026-03-aaaaaaaaaaaaaaaa#" + string(eventID(seq)), "kind": string(kind), "event": string(b),
		"personal": `{"email":"geheim@example.com","comment":"geheimer Kommentar"}`,
	})
}

func timelineRecord(t rapid.TB, seq int, alert *events.Alert) lambdaevents.DynamoDBEventRecord {
	t.Helper()
	entry, err := json.Marshal(casefile.Entry{Case: "2603-7K2M-Q4XA", Seq: 1, Action: casefile.Opened, Alert: alert})
	if err != nil {
		t.Fatal(err)
	}
	return record(seq, map[string]string{"PK": "CASE#2603-7K2M-Q4XA", "SK": "T#0001", "entry": string(entry)})
}

func poisonRecord(seq int) lambdaevents.DynamoDBEventRecord {
	return record(seq, map[string]string{"PK": "2026-03#00", "SK": "k", "kind": "sonnet", "event": "geheimer Kommentar"})
}

func failures(out lambdaevents.DynamoDBEventResponse) []string {
	all := []string{}
	for _, f := range out.BatchItemFailures {
		all = append(all, f.ItemIdentifier)
	}
	return all
}

// eventIDs are the distinct events in a queue.
func eventIDs(t rapid.TB, bodies []string) map[feedback.EventID]bool {
	t.Helper()
	ids := map[feedback.EventID]bool{}
	for _, b := range bodies {
		var m events.Message
		if err := json.Unmarshal([]byte(b), &m); err != nil {
			t.Fatal(err)
		}
		var r feedback.Rating
		if err := json.Unmarshal(m.Stored.Event, &r); err != nil {
			t.Fatal(err)
		}
		ids[r.EventID] = true
	}
	return ids
}

func TestEachRecordReachesItsQueues(t *testing.T) {
	b, log := newBroker(), new(bytes.Buffer)
	modified := ledgerRecord(t, 6)
	modified.EventName = "MODIFY"
	out, err := newHandler(b, log).Handle(t.Context(), lambdaevents.DynamoDBEvent{Records: []lambdaevents.DynamoDBEventRecord{
		ledgerRecord(t, 1),
		timelineRecord(t, 2, &events.Alert{ID: "2603-7K2M-Q4XA#1", Reason: events.CaseOpened, Case: "2603-7K2M-Q4XA"}),
		timelineRecord(t, 3, nil),
		record(4, map[string]string{"PK": "CASE#2603-7K2M-Q4XA", "SK": "STATE"}),
		record(5, map[string]string{"PK": "ONCE#x#mail", "SK": "-"}),
		modified,
		record(7, map[string]string{"PK": "REPORT#2026-03", "SK": "0001", "report": `{"period":"2026-03","version":1,"created_at":"2026-04-01T04:00:00Z"}`}),
	}})
	if err != nil || out.BatchItemFailures == nil || len(out.BatchItemFailures) != 0 {
		t.Fatalf("response %+v, error %v, want an empty list", out, err)
	}
	got := map[string]int{}
	for q, bodies := range b.queues {
		got[q] = len(bodies)
	}
	if diff := cmp.Diff(map[string]int{"escalation": 1, "reporting": 1, "notify": 2}, got); diff != "" {
		t.Errorf("messages by queue (-want +got):\n%s", diff)
	}
	var m events.Message
	if err := json.Unmarshal([]byte(b.queues["notify"][1]), &m); err != nil {
		t.Fatal(err)
	}
	if m.Alert == nil || m.Alert.Reason != events.ReportReady || m.Alert.Period != "2026-03" {
		t.Errorf("message %+v, want the report's alert", m)
	}
	for q, bodies := range b.queues {
		if strings.Contains(strings.Join(bodies, ""), "geheimer") {
			t.Errorf("what a customer wrote is in the %s queue", q)
		}
	}
}

func TestAnInvitationThatWeSendReachesTheMailQueue(t *testing.T) {
	b, log := newBroker(), new(bytes.Buffer)
	invitation := feedback.Invitation{EventID: eventID(1), ResponseKey: "2026-03-aaaaaaaaaaaaaaaa", Mailed: true}
	byCaller := invitation
	byCaller.EventID, byCaller.Mailed = eventID(2), false
	out, err := newHandler(b, log).Handle(t.Context(), lambdaevents.DynamoDBEvent{Records: []lambdaevents.DynamoDBEventRecord{
		kindRecord(t, 1, feedback.KindInvitation, invitation),
		kindRecord(t, 2, feedback.KindInvitation, byCaller),
		kindRecord(t, 3, feedback.KindDelivery, feedback.Delivery{EventID: eventID(3), ResponseKey: invitation.ResponseKey, Outcome: feedback.Bounced}),
		kindRecord(t, 4, feedback.KindComplaint, feedback.Complaint{EventID: eventID(4)}),
		kindRecord(t, 5, feedback.KindCard, feedback.Card{Rating: feedback.Rating{EventID: eventID(5)}}),
		record(6, map[string]string{"PK": "CONTACT#kaaaa", "SK": "-"}),
		record(7, map[string]string{"PK": "REMIND#2026-03-aaaaaaaaaaaaaaaa", "SK": "-"}),
		record(8, map[string]string{"PK": "DEVICE#kiosk-1", "SK": "BEAT"}),
	}})
	if err != nil || len(out.BatchItemFailures) != 0 {
		t.Fatalf("response %+v, error %v", out, err)
	}
	got := map[string]int{}
	for q, bodies := range b.queues {
		got[q] = len(bodies)
		if strings.Contains(strings.Join(bodies, ""), "geheim") {
			t.Errorf("something personal is in the %s queue", q)
		}
	}
	if diff := cmp.Diff(map[string]int{"escalation": 2, "reporting": 5, "mail": 1}, got); diff != "" {
		t.Errorf("messages by queue (-want +got):\n%s", diff)
	}
	m, err := consume.Decode(b.queues["mail"][0])
	want := &events.Invite{ResponseKey: invitation.ResponseKey, EventID: eventID(1)}
	if diff := cmp.Diff(want, m.Invite); err != nil || diff != "" {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
}

// TestAStepOfACaseReachesStaffAndTheCustomer: each as the entry says, and what
// was written stays in the table.
func TestAStepOfACaseReachesStaffAndTheCustomer(t *testing.T) {
	b, log := newBroker(), new(bytes.Buffer)
	step := func(seq int, inform bool, alert *events.Alert) lambdaevents.DynamoDBEventRecord {
		entry, err := json.Marshal(casefile.Entry{
			Case: "2603-7K2M-Q4XA", Seq: seq, Action: casefile.Answering, Inform: inform, Alert: alert,
			Words: &casefile.Words{Salt: "geheimes Salz", Text: "geheime Antwort"},
		})
		if err != nil {
			t.Fatal(err)
		}
		return record(seq, map[string]string{
			"PK": "CASE#2603-7K2M-Q4XA", "SK": fmt.Sprintf("T#%04d", seq), "entry": string(entry),
			"personal": `{"salt":"geheimes Salz","text":"geheime Antwort"}`,
		})
	}
	out, err := newHandler(b, log).Handle(t.Context(), lambdaevents.DynamoDBEvent{Records: []lambdaevents.DynamoDBEventRecord{
		step(3, true, &events.Alert{ID: "2603-7K2M-Q4XA#3", Reason: events.CustomerActed}), step(4, true, nil), step(5, false, nil),
		record(6, map[string]string{"PK": "HOOK#crm", "SK": "2603-7K2M-Q4XA#3", "hook": "geheim"}),
	}})
	if err != nil || len(out.BatchItemFailures) != 0 || len(b.reasons) != 0 {
		t.Fatalf("response %+v, error %v, poison %v", out, err, b.reasons)
	}
	want := map[string][]string{
		"notify": {`{"v":1,"type":"alert","alert":{"id":"2603-7K2M-Q4XA#3","reason":"customer_acted","at":"0001-01-01T00:00:00Z","step":0}}`},
		"mail": {
			`{"v":1,"type":"inform","inform":{"case":"2603-7K2M-Q4XA","seq":3}}`,
			`{"v":1,"type":"inform","inform":{"case":"2603-7K2M-Q4XA","seq":4}}`,
		},
	}
	if diff := cmp.Diff(want, b.queues); diff != "" {
		t.Errorf("messages by queue (-want +got):\n%s", diff)
	}
	if strings.Contains(log.String(), "geheim") {
		t.Errorf("something personal is in the log: %s", log)
	}
}

// TestAFailedMailQueueBringsTheWholeRecordAgain: one of the two messages of a
// record went out; both come again, and consumers know.
func TestAFailedMailQueueBringsTheWholeRecordAgain(t *testing.T) {
	b := newBroker()
	b.entry = func(queue, _ string) *outbox.Failed {
		if queue == "mail" {
			return &outbox.Failed{Code: "InternalError"}
		}
		return nil
	}
	ev := lambdaevents.DynamoDBEvent{Records: []lambdaevents.DynamoDBEventRecord{
		kindRecord(t, 1, feedback.KindInvitation, feedback.Invitation{EventID: eventID(1), ResponseKey: "2026-03-aaaaaaaaaaaaaaaa", Mailed: true}),
	}}
	h := newHandler(b, new(bytes.Buffer))
	out, err := h.Handle(t.Context(), ev)
	if err != nil || len(out.BatchItemFailures) != 1 {
		t.Fatalf("response %+v, error %v, want the record again", out, err)
	}
	b.entry = nil
	if out, err := h.Handle(t.Context(), ev); err != nil || len(out.BatchItemFailures) != 0 || len(b.queues["mail"]) != 1 {
		t.Errorf("response %+v, error %v, queues %v", out, err, b.queues)
	}
}

func TestAPoisonRecordGoesAsideWithItsReason(t *testing.T) {
	b, log := newBroker(), new(bytes.Buffer)
	out, err := newHandler(b, log).Handle(t.Context(), lambdaevents.DynamoDBEvent{Records: []lambdaevents.DynamoDBEventRecord{
		ledgerRecord(t, 1), poisonRecord(2), ledgerRecord(t, 3),
	}})
	if err != nil || len(out.BatchItemFailures) != 0 {
		t.Fatalf("response %+v, error %v, want the poison not to block", out, err)
	}
	if len(eventIDs(t, b.queues["escalation"])) != 2 || len(eventIDs(t, b.queues["reporting"])) != 2 {
		t.Errorf("queues %v, want both good records in both", b.queues)
	}
	if len(b.queues["dlq"]) != 1 || !strings.Contains(b.queues["dlq"][0], `"sequence_number":"2"`) || len(b.reasons[0]) < 10 {
		t.Errorf("put aside %q for %q, want record 2 with its reason", b.queues["dlq"], b.reasons)
	}
	if s := strings.Join(b.queues["dlq"], "") + log.String(); strings.Contains(s, "geheimer") {
		t.Errorf("what a customer wrote left the table:\n%s", s)
	}
}

func TestAMessageSQSRefusesGoesAside(t *testing.T) {
	b := newBroker()
	b.entry = func(queue, body string) *outbox.Failed {
		if queue == "reporting" && strings.Contains(body, string(eventID(2))) {
			return &outbox.Failed{Code: "InvalidMessageContents", SenderFault: true}
		}
		return nil
	}
	out, err := newHandler(b, new(bytes.Buffer)).Handle(t.Context(), lambdaevents.DynamoDBEvent{Records: []lambdaevents.DynamoDBEventRecord{
		ledgerRecord(t, 1), ledgerRecord(t, 2), ledgerRecord(t, 3),
	}})
	if err != nil || len(out.BatchItemFailures) != 0 || len(b.queues["dlq"]) != 1 || len(b.queues["reporting"]) != 2 {
		t.Errorf("response %+v, error %v, queues %v, want one record put aside", out, err, b.queues)
	}
}

func TestTheFirstFailureIsReported(t *testing.T) {
	b := newBroker()
	b.entry = func(queue, body string) *outbox.Failed {
		if queue == "reporting" && (strings.Contains(body, string(eventID(3))) || strings.Contains(body, string(eventID(5)))) {
			return &outbox.Failed{Code: "InternalError"}
		}
		return nil
	}
	ev := lambdaevents.DynamoDBEvent{}
	for i := 1; i <= 6; i++ {
		ev.Records = append(ev.Records, ledgerRecord(t, i))
	}
	h := newHandler(b, new(bytes.Buffer))
	out, err := h.Handle(t.Context(), ev)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"3"}, failures(out)); diff != "" {
		t.Errorf("sequence numbers (-want +got):\n%s", diff)
	}
	h.wholeBatch = true
	if _, err := h.Handle(t.Context(), ev); !errors.Is(err, errIncomplete) {
		t.Errorf("error %v where only whole batches count, want %v", err, errIncomplete)
	}
}

// TestACrashAfterSendingRepeatsAndLosesNothing kills the function at every
// point after a call to SQS and runs it again, as the stream does.
func TestACrashAfterSendingRepeatsAndLosesNothing(t *testing.T) {
	const records, calls = 25, 6 // three batches for each of two queues
	var ev lambdaevents.DynamoDBEvent
	for i := range records {
		ev.Records = append(ev.Records, ledgerRecord(t, i))
	}
	for crash := 1; crash <= calls; crash++ {
		b, n := newBroker(), 0
		b.after = func() {
			if n++; n == crash {
				runtime.Goexit() // nothing after this runs, as when Lambda kills a function
			}
		}
		h := newHandler(b, new(bytes.Buffer))
		answered := false
		died := make(chan struct{})
		go func() {
			defer close(died)
			_, _ = h.Handle(context.Background(), ev)
			answered = true
		}()
		<-died
		if answered {
			t.Fatalf("crash after call %d: the function answered", crash)
		}
		out, err := h.Handle(t.Context(), ev)
		if err != nil || len(out.BatchItemFailures) != 0 {
			t.Fatalf("second run: response %+v, error %v", out, err)
		}
		for _, q := range []string{"escalation", "reporting"} {
			if ids := eventIDs(t, b.queues[q]); len(ids) != records {
				t.Errorf("crash after call %d: %d distinct events in the %s queue, want %d", crash, len(ids), q, records)
			}
		}
		if total := len(b.queues["escalation"]) + len(b.queues["reporting"]); total <= 2*records {
			t.Errorf("crash after call %d: %d messages, want some twice", crash, total)
		}
	}
}

// TestStoredIsPublished is the law: whatever fails, resuming where the response
// says ends with every record in both of its queues or put aside, each at least
// once.
func TestStoredIsPublished(t *testing.T) {
	for _, whole := range []bool{false, true} {
		t.Run(fmt.Sprintf("whole batches %t", whole), func(t *testing.T) {
			rapid.Check(t, func(rt *rapid.T) {
				b := newBroker()
				troubles := rapid.IntRange(0, 12).Draw(rt, "troubles")
				b.call = func(string) error {
					if troubles > 0 && rapid.Bool().Draw(rt, "call fails") {
						troubles--
						return errors.New("throttled")
					}
					return nil
				}
				b.entry = func(string, string) *outbox.Failed {
					if troubles > 0 && rapid.Bool().Draw(rt, "entry fails") {
						troubles--
						return &outbox.Failed{Code: "InternalError"}
					}
					return nil
				}
				h := newHandler(b, new(bytes.Buffer))
				h.wholeBatch = whole
				var records []lambdaevents.DynamoDBEventRecord
				poison := 0
				n := rapid.IntRange(1, 30).Draw(rt, "records")
				for i := range n {
					if rapid.IntRange(0, 9).Draw(rt, "poison") == 0 {
						records = append(records, poisonRecord(i))
						poison++
						continue
					}
					records = append(records, ledgerRecord(rt, i))
				}
				for rounds := 0; len(records) > 0; rounds++ {
					if rounds > 100 {
						rt.Fatal("the stream does not move on")
					}
					out, err := h.Handle(context.Background(), lambdaevents.DynamoDBEvent{Records: records})
					if err != nil {
						continue
					}
					next := len(records)
					if len(out.BatchItemFailures) > 0 {
						for i := range records {
							if records[i].Change.SequenceNumber == out.BatchItemFailures[0].ItemIdentifier {
								next = i
							}
						}
					}
					records = records[next:]
				}
				for _, q := range []string{"escalation", "reporting"} {
					if ids := eventIDs(rt, b.queues[q]); len(ids) != n-poison {
						rt.Fatalf("%d distinct events in the %s queue, want %d", len(ids), q, n-poison)
					}
				}
				aside := map[string]bool{}
				for _, body := range b.queues["dlq"] {
					aside[body] = true
				}
				if len(aside) != poison {
					rt.Fatalf("%d records put aside, want %d", len(aside), poison)
				}
			})
		})
	}
}
