package store

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"resonanz/events"
	"resonanz/shared/casefile"
	"resonanz/shared/feedback"
)

func TestWhatWasRestoredIsCountedAndNobodyIsTold(t *testing.T) {
	invitation := rated(t, false)
	invitation.Kind = feedback.KindInvitation
	event, err := json.Marshal(feedback.Invitation{EventID: invitation.EventID, ResponseKey: invitation.ResponseKey, Mailed: true})
	if err != nil {
		t.Fatal(err)
	}
	invitation.Event = event
	at := time.Date(2026, time.March, 15, 12, 0, 0, 0, time.UTC)
	line, err := marshalLine(&casefile.Case{Number: "2603-AAAA-BBBB"}, &casefile.Entry{
		Case: "2603-AAAA-BBBB", Seq: 1, At: at, Action: casefile.Registered, Inform: true,
		Alert: &events.Alert{ID: "2603-AAAA-BBBB#1", Reason: events.CaseOpened, At: at, Case: "2603-AAAA-BBBB"},
	})
	if err != nil {
		t.Fatal(err)
	}
	report := key("REPORT#2026-03", "0002")
	report[attrReport] = text(`{"version":2}`)
	for name, c := range map[string]struct {
		it           item
		before, want int // messages
	}{
		"a vote":                {marshalEntry(rated(t, false)), 1, 1},
		"an invitation by mail": {marshalEntry(invitation), 2, 1},
		"a step":                {line, 4, 1},
		"a report":              {report, 1, 0},
		"a state":               {key("CASE#2603-AAAA-BBBB", "STATE"), 0, 0},
	} {
		before, err := FromStream(image(t, c.it))
		if err != nil || len(before) != c.before {
			t.Fatalf("%s: %+v %v", name, before, err)
		}
		var want []Parcel
		for _, p := range before {
			if p.To.Has(ToReporting) {
				want = append(want, Parcel{p.Message, ToReporting})
			}
		}
		c.it[AttrRestored] = text("backup-1")
		got, err := FromStream(image(t, c.it))
		if err != nil || len(got) != c.want {
			t.Errorf("%s: %+v %v", name, got, err)
		}
		if diff := cmp.Diff(want, append([]Parcel(nil), got...)); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}
