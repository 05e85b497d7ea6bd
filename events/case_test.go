package events_test

import (
	"encoding/json"
	"strings"
	"testing"

	lambdaevents "github.com/aws/aws-lambda-go/events"

	"resonanz/events"
	"resonanz/shared/casefile"
	"resonanz/shared/store"
)

func TestTheStreamOfACaseTellsStaffInformsTheCustomerAndIsReported(t *testing.T) {
	answered, err := json.Marshal(events.Message{Version: 1, Type: events.TypeInform, Inform: &events.Inform{Case: "2603-W5DA-3M0T", Seq: 3}})
	if err != nil {
		t.Fatal(err)
	}
	type parcel struct {
		body string
		to   store.Targets
	}
	want := [][]parcel{
		{{compact(t, "message-alert-complaint.json"), store.ToNotify}, {compact(t, "message-step-opened.json"), store.ToReporting}},
		{{compact(t, "message-inform.json"), store.ToMail}, {compact(t, "message-step-acknowledged.json"), store.ToReporting}},
		{{string(answered), store.ToMail}, {compact(t, "message-step-answered.json"), store.ToReporting}},
	}
	ev := decode[lambdaevents.DynamoDBEvent](t, "stream-case.json")
	if len(ev.Records) != len(want) {
		t.Fatalf("%d records", len(ev.Records))
	}
	var timeline []casefile.Entry
	for i, r := range ev.Records {
		got, err := store.FromStream(r.Change.NewImage)
		if err != nil || len(got) != len(want[i]) {
			t.Errorf("record %d: %d messages, %v", i, len(got), err)
			continue
		}
		for n, p := range want[i] {
			b, err := json.Marshal(got[n].Message)
			if err != nil || string(b) != p.body || got[n].To != p.to {
				t.Errorf("record %d: to %v, %v\n%s\nwant %s", i, got[n].To, err, b, p.body)
			}
			if strings.Contains(string(b), "Guten Tag") {
				t.Errorf("record %d: the words of a timeline in %s", i, b)
			}
		}
		var e casefile.Entry
		if err := json.Unmarshal([]byte(r.Change.NewImage["entry"].String()), &e); err != nil {
			t.Fatal(err)
		}
		if words, ok := r.Change.NewImage["personal"]; ok {
			e.Words = new(casefile.Words)
			if err := json.Unmarshal([]byte(words.String()), e.Words); err != nil {
				t.Fatal(err)
			}
		}
		timeline = append(timeline, e)
	}
	last := timeline[len(timeline)-1]
	if err := casefile.Check(&casefile.Case{Number: last.Case, Version: last.Seq, Head: last.Hash}, timeline); err != nil {
		t.Error(err)
	}
	if s := casefile.Replay(timeline); s.Status != casefile.Acknowledged || s.Handling.FirstResponseAt.IsZero() || s.Handling.Clock == nil {
		t.Errorf("it replays to %+v", s)
	}
}
